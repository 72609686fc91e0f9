"""A short way for lines of newline-delimited JSON that lie whole in a chunk.

Making a parser for each line costs several times what reading the line does. Whoever wants nothing but the values needs
no parser for a line that is there from its beginning to its end: one call of the standard library's scanner, or of
pydantic's validator, gives the value that the parser would have given (law 5). ``reader_of`` makes the function that
does this, where there is one. It answers ``UNREAD`` for a line that it cannot be sure of, before any validator has run,
and a parser reads that line: whatever is not JSON, a word for NaN or infinity, and what may pass a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, Final

from partialjson.limits import DEFAULT_DEPTH, Limits

if TYPE_CHECKING:
    from partialjson._core.parser import Parser

__all__ = ["UNREAD", "Unfit", "reader_of"]

UNREAD: Final = object()
"""The answer for a line that only a parser can read."""

_BLANK: Final = " \t\r"


class Unfit(Exception):
    """The line is JSON and does not fit the target; ``error`` is the validator's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def reader_of(pattern: Parser[Any], target: Any) -> Callable[[str | bytes], Any] | None:
    """A function from a line to its value or ``UNREAD``; None if lines are read by parsers like ``pattern`` only.

    The function raises ``Unfit`` for a line that does not fit, and whatever a validator raises.
    """
    options = pattern._options
    plain = {"parse_float", "parse_int", "lenient", "predict"}
    if any(options.get(name) for name in plain) or options.get("on_invalid", "collect") != "collect":
        return None
    limits = options.get("limits") or Limits()
    if target is None:
        return _untyped(_Sizes(limits, DEFAULT_DEPTH))
    if getattr(type(target), "__partialjson_target__", None) is not None:
        return None
    given = {name: options.get(name) for name in ("strict", "context", "by_alias", "by_name")}
    return _typed(target, {name: value for name, value in given.items() if value is not None}, _Sizes(limits, None))


class _Sizes:
    """Which lines cannot pass a limit.

    Attributes:
        safe: so many characters or bytes cannot, whatever they are.
    """

    def __init__(self, limits: Limits, depth: int | None) -> None:
        # The validator's own limit of depth is that of a typed parser; a line that passes it is not valid for it.
        self._depth = limits.depth if limits.depth is not None else depth
        self._most = min(limits.string, limits.document)
        self.safe = min(self._most, limits.number, self._depth if self._depth is not None else self._most)
        number = f"[0-9.eE+-]{{{limits.number + 1}}}" if limits.number < 1 << 20 else None
        self._number = None if number is None else re.compile(number)
        self._number_bytes = None if number is None else re.compile(number.encode())

    def allow(self, line: str | bytes) -> bool:
        """Does a line that is longer than ``safe`` pass no limit either?"""
        if len(line) > self._most:
            return False
        if isinstance(line, str):
            brackets = line.count("[") + line.count("{")
            has_long_number = self._number is not None and self._number.search(line) is not None
        else:
            brackets = line.count(b"[") + line.count(b"{")
            has_long_number = self._number_bytes is not None and self._number_bytes.search(line) is not None
        return not has_long_number and (self._depth is None or brackets <= self._depth)


def _untyped(sizes: _Sizes) -> Callable[[str | bytes], Any]:
    decoder: Any = JSONDecoder(parse_constant=_refuse)
    scan = decoder.scan_once
    safe = sizes.safe

    def read(line: str | bytes) -> Any:
        if len(line) > safe and not sizes.allow(line):
            return UNREAD
        try:
            text = line if isinstance(line, str) else line.decode()
            value, end = scan(text, 0)
        except (StopIteration, ValueError, RecursionError):
            return UNREAD
        return value if end == len(text) or not text[end:].strip(_BLANK) else UNREAD

    return read


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _typed(target: Any, options: dict[str, Any], sizes: _Sizes) -> Callable[[str | bytes], Any]:
    from pydantic import ValidationError

    from partialjson.typed.targets import adapter_of

    validate: Any = adapter_of(target).validator.validate_json
    if options:
        validate = partial(validate, **options)
    safe = sizes.safe

    def read(line: str | bytes) -> Any:
        if len(line) > safe and not sizes.allow(line):
            return UNREAD
        if isinstance(line, str):
            if "NaN" in line or "Infinity" in line:
                return UNREAD
        elif b"NaN" in line or b"Infinity" in line:
            return UNREAD
        try:
            return validate(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            # The validator reads all of the text before it validates anything.
            if not first["loc"] and first["type"] in ("json_invalid", "string_unicode"):
                return UNREAD
            raise Unfit(error) from None
        except UnicodeEncodeError:
            return UNREAD

    return read
