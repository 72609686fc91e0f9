"""What an integration says of its library, and the options that all of them understand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pydantic import BaseModel

from partialjson._core.growing import Growing
from partialjson._missing import MISSING
from partialjson.compat import Fallback, Numbers, from_json, loads, parse_partial_json, shows
from partialjson.integrations.patching import Site

__all__ = ["Item", "Library", "Options", "Sample"]


class Item(BaseModel):
    """A part of ``Sample``."""

    heading: str
    body: str
    score: float


class Sample(BaseModel):
    """What is streamed to measure a library."""

    title: str
    items: list[Item]


@dataclass(frozen=True)
class Options:
    """How partial values are shown while a library uses this parser.

    Attributes:
        numbers: "whole": a number is shown when nothing more of it can come. "shown": at once, as the library does.
        share: may values that are finished be the same objects in all partial results of a document? Otherwise each
            result is a copy.
        strings: "keep" to show a string while it grows, also where the library leaves it out; "as before" for what the
            library does.
    """

    numbers: Numbers = "whole"
    share: bool = True
    strings: Literal["keep", "as before"] = "as before"

    def object_of(self, growing: Growing) -> Any:
        """The object that is growing, as plain values; MISSING for what the library reads better by itself: a document
        that is complete, or no object."""
        if growing.done():
            return MISSING
        value = growing.value(not self.share, True, shows(self.numbers))
        return value if isinstance(value, dict) else MISSING

    def from_json(self, original: Fallback | None = None) -> Callable[..., Any]:
        """``compat.from_json`` with these options."""

        def parse(data: Any, /, **kwargs: Any) -> Any:
            mode = kwargs.get("partial_mode", kwargs.get("allow_partial", False))
            if self.strings == "keep" and mode in (True, "on"):
                kwargs["partial_mode"] = "trailing-strings"
                kwargs.pop("allow_partial", None)
            asked = None if original is None else partial(original, **kwargs)
            return from_json(data, numbers=self.numbers, share=self.share, fallback=asked, **kwargs)

        return parse

    def loads(self, original: Fallback) -> Callable[..., Any]:
        """``compat.loads`` with these options. A call with arguments of its own goes to the original."""

        def parse(json_string: str, /, *args: Any, **kwargs: Any) -> Any:
            if args or kwargs or not isinstance(json_string, str):
                return original(json_string, *args, **kwargs)
            return loads(json_string, numbers=self.numbers, share=self.share, fallback=original)

        return parse

    def parse_partial_json(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``compat.parse_partial_json`` with these options."""

        def parse(s: str, **kwargs: Any) -> Any:
            if not isinstance(s, str):
                return original(s, **kwargs)
            asked = partial(original, **kwargs) if kwargs else original
            return parse_partial_json(s, numbers=self.numbers, share=self.share, fallback=asked)

        return parse


@dataclass(frozen=True)
class Library:
    """A library that this parser can be put into.

    Attributes:
        name: as it is named in ``install``.
        distribution: as it is named by pip.
        at_least, below: the versions that are known; ``at_least`` and the newest one are tested.
        sites: the functions that are replaced, for some options.
        also: names beside these two by which ``install`` knows it.
        does: what it parses again and again, in a few words.
        again: makes the call that it makes at each chunk, of the text so far, to measure what that costs. It must call
            what is there at the time, so that an installation makes a difference.
    """

    name: str
    distribution: str
    at_least: str
    below: str
    sites: Callable[[Options], Sequence[Site]]
    also: tuple[str, ...] = ()
    does: str = ""
    again: Callable[[], Callable[[str], object]] | None = None
