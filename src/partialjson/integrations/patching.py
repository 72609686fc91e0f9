"""How a library's function is replaced for a while, and given back.

A ``Site`` names one function: where it is, and which parameters it must have for its replacement to be right. Nothing
is replaced before all sites of all libraries that were asked for have been found and checked.

A replacement stays a function that can be called after it was taken back, since others may have got hold of it: a
program that imported it by name, or another tool that wrapped it. It then calls the original. So it does not matter in
which order several tools take back what they have put there: what is not on top is not touched, and passes calls on.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Patch", "Site", "find"]

Make = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes the replacement of a function, which is given, in case it is to be called."""

ABSENT: Final = object()


@dataclass(frozen=True)
class Site:
    """A function of a library.

    Attributes:
        where: the module, and after a colon the attribute: ``package.module:function`` or
            ``package.module:Class.method``.
        make: makes the replacement.
        takes: names of parameters that the function must have.
        default_of: not the function itself is replaced, but the default that the function at ``where`` has for this
            keyword-only parameter.
        inside: at ``where`` is not the function but a module that was imported there, with the function in it. That
            name then stands for something like the module, with the replacement in it; the module itself is not
            touched, since others use it.
        is_optional: may it be missing?
    """

    where: str
    make: Make
    takes: tuple[str, ...] = ()
    default_of: str = ""
    inside: str = ""
    is_optional: bool = False


class _StandIn:
    """A module, with one function of its own."""

    def __init__(self, module: Any, name: str, function: Callable[..., Any]) -> None:
        self.__dict__["_module"] = module
        self.__dict__[name] = function

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_module"], name)

    def __repr__(self) -> str:
        return f"<partialjson for {self.__dict__['_module']!r}>"


class Patch:
    """One replacement, in place or not."""

    def __init__(self, site: Site, owner: Any, name: str, original: Any) -> None:
        self.site = site
        self.is_on = False
        self._owner = owner
        self._name = name
        self._original = original
        function = getattr(original, site.inside) if site.inside else original
        made: Any = self._wrapped(function)
        self._made = _StandIn(original, site.inside, made) if site.inside else made

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        made = self.site.make(original)

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            return (made if self.is_on else original)(*args, **kwargs)

        return replacement

    def put(self) -> None:
        if isinstance(self._owner, dict):
            self._owner[self._name] = self._made
        else:
            setattr(self._owner, self._name, self._made)
        self.is_on = True

    def take_back(self) -> None:
        self.is_on = False
        if isinstance(self._owner, dict):
            if self._owner.get(self._name) is self._made:
                self._owner[self._name] = self._original
        elif inspect.getattr_static(self._owner, self._name, None) is self._made:
            setattr(self._owner, self._name, self._original)


def find(sites: Sequence[Site]) -> list[Patch]:
    """The patches for these sites, none of them in place.

    Raises:
        LookupError: a site is not there, or not as it is known; the message says which.
    """
    found = [_find(site) for site in sites]
    return [patch for patch in found if patch is not None]


def _find(site: Site) -> Patch | None:
    module_name, _, path = site.where.partition(":")
    try:
        owner: Any = importlib.import_module(module_name)
    except ImportError as error:
        if site.is_optional:
            return None
        raise LookupError(f"its module {module_name} cannot be imported ({error})") from error
    *outer, name = path.split(".")
    for each in outer:
        owner = getattr(owner, each, ABSENT)
    found = inspect.getattr_static(owner, name, ABSENT) if owner is not ABSENT else ABSENT
    function = getattr(found, site.inside, ABSENT) if site.inside else found
    if not callable(function):
        if site.is_optional:
            return None
        raise LookupError(f"it has no function {site.where}")
    if site.default_of:
        owner, name = function.__kwdefaults__ or {}, site.default_of
        found = owner.get(name)
        if not callable(found):
            raise LookupError(f"{site.where} has no default for {site.default_of}")
    else:
        missing = _missing(function, site.takes)
        if missing:
            raise LookupError(f"{site.where} has no parameter {', '.join(missing)}")
    try:
        return Patch(site, owner, name, found)
    except (AttributeError, ImportError) as error:
        # What the replacement needs of the library.
        raise LookupError(str(error)) from error


def _missing(function: Callable[..., Any], names: Sequence[str]) -> list[str]:
    """Which of these parameters a function does not have."""
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:
        # A function of another language, which does not tell.
        return []
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return []
    return [name for name in names if name not in parameters]
