"""This parser inside other libraries: ``install("langchain", "anthropic")``.

The functions by which these libraries parse a growing text again and again are replaced by those of
``partialjson.compat``. Nothing happens by itself: no import is watched, and only what is named is touched. It can be
taken back, and is on leaving the block if it stands in a ``with`` statement.

Each module here is about one library, and says what it does to it. A library is known by its name and by a range of
versions; in any other version, or if its functions are not those that are known, ``install`` refuses and leaves
everything as it was.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from collections.abc import Iterator
from threading import RLock
from types import TracebackType
from typing import Final, Literal, Self

from partialjson.compat import Numbers
from partialjson.errors import Explained
from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Patch, find

__all__ = [
    "NAMES",
    "Installation",
    "IntegrationError",
    "NotInstalledError",
    "UnknownVersionError",
    "install",
    "installed",
    "libraries",
]

NAMES: Final = (
    "anthropic",
    "dspy",
    "instructor",
    "langchain",
    "llama-index",
    "marvin",
    "mirascope",
    "openai",
    "pydantic-ai",
)
"""The libraries that are known."""


class IntegrationError(Explained, Exception):
    """A library cannot be given this parser, or not in this way; nothing was changed."""

    code: str = "integration"


class NotInstalledError(IntegrationError, ImportError):
    """The library is not installed."""

    code: str = "not_installed"


class UnknownVersionError(IntegrationError):
    """The library is installed in a version that is not known here, or has been changed."""

    code: str = "unknown_version"


class _Active:
    """The patches of one library, and how many installations want them."""

    def __init__(self, options: Options, patches: list[Patch]) -> None:
        self.options = options
        self.patches = patches
        self.wanted = 1


_lock: Final = RLock()
_active: dict[str, _Active] = {}


class Installation:
    """What ``install`` has done: a context manager that takes it back on leaving.

    Attributes:
        names: the libraries.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._is_on = True

    def remove(self) -> None:
        """Take back what was installed, unless another installation of the same library needs it. Calling it again
        changes nothing."""
        with _lock:
            if not self._is_on:
                return
            self._is_on = False
            for name in reversed(self.names):
                active = _active[name]
                active.wanted -= 1
                if active.wanted == 0:
                    del _active[name]
                    for patch in reversed(active.patches):
                        patch.take_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        state = "" if self._is_on else ", removed"
        return f"Installation({', '.join(self.names)}{state})"


def install(
    *names: str,
    numbers: Numbers = "whole",
    share: bool = True,
    strings: Literal["keep", "as before"] = "as before",
) -> Installation:
    """Let these libraries use this parser for JSON that is not complete.

        install("langchain", "anthropic")

        with install("instructor"):
            ...

    Streams that are running go on with what they use, or with this parser; both give the same results. What was
    imported by name before (``from langchain_core.utils.json import parse_partial_json``) stays what it is.

    Args:
        names: libraries, of ``NAMES``, or their names on the package index.
        numbers: "whole": a number is shown when nothing more of it can come, so never half of one. "shown": at once,
            as these libraries do by themselves.
        share: True: values that are finished are the same objects in all partial results of a document, which is
            what makes it fast. A program must not change them; it may change the complete result, which nothing else
            has a part of. False: each result is a copy of its own.
        strings: "keep" to show a string while it grows, also where the library leaves it out until it is whole.

    Raises:
        ValueError: a name is not known, or none is given; an option has a wrong value.
        NotInstalledError: a library is not installed.
        UnknownVersionError: it is, in a version that is not known here.
        IntegrationError: it uses this parser already, with other options.
    """
    if numbers not in ("whole", "shown"):
        raise ValueError(f"numbers must be 'whole' or 'shown', not {numbers!r}")
    if strings not in ("keep", "as before"):
        raise ValueError(f"strings must be 'keep' or 'as before', not {strings!r}")
    if not names:
        raise ValueError(f"install() needs the name of a library: {', '.join(NAMES)}")
    options = Options(numbers, bool(share), strings)
    wanted = tuple(dict.fromkeys(_canonical(name) for name in names))
    with _lock:
        # First everything that can be refused.
        found: dict[str, list[Patch]] = {}
        for name in wanted:
            active = _active.get(name)
            if active is None:
                found[name] = _patches(_library(name), options)
            elif active.options != options:
                raise IntegrationError(
                    f"{name} uses this parser already, with {active.options}; remove that installation first"
                )
        for name in wanted:
            if name in found:
                _active[name] = _Active(options, found[name])
                for patch in found[name]:
                    patch.put()
            else:
                _active[name].wanted += 1
    return Installation(wanted)


def installed() -> tuple[str, ...]:
    """The libraries that use this parser now."""
    with _lock:
        return tuple(sorted(_active))


def libraries() -> Iterator[tuple[Library, str | None, bool]]:
    """All that are known, each with the version that is installed, None if it is not, and whether that is known."""
    for name in NAMES:
        library = _library(name)
        try:
            version = importlib.metadata.version(library.distribution)
        except importlib.metadata.PackageNotFoundError:
            yield library, None, False
        else:
            yield library, version, _is_known(library, version)


def _canonical(name: str) -> str:
    plain = name.strip().lower().replace("_", "-")
    for known in NAMES:
        library = _library(known)
        if plain in (library.name, library.distribution, *library.also):
            return known
    raise ValueError(f"no library {name!r} is known; there are {', '.join(NAMES)}")


def _library(name: str) -> Library:
    module = importlib.import_module(f"partialjson.integrations.{name.replace('-', '_')}")
    library: Library = module.LIBRARY
    return library


def _patches(library: Library, options: Options) -> list[Patch]:
    name = library.distribution
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise NotInstalledError(f"{name} is not installed here: pip install {name}") from None
    known = f"known are {library.at_least} and later, below {library.below}"
    if not _is_known(library, version):
        raise UnknownVersionError(f"{name} {version} is installed; {known}. It was left as it is")
    try:
        return find(library.sites(options))
    except LookupError as error:
        raise UnknownVersionError(
            f"{name} {version} is not what it is known as: {error.args[0]}. It was left as it is"
        ) from error


def _is_known(library: Library, version: str) -> bool:
    return _numbers(library.at_least) <= _numbers(version) < _numbers(library.below)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, without what marks a pre-release, and without zeros at the end."""
    match = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in match.group().split(".")] if match else [0]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
