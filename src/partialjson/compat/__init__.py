"""Functions with the face of those that other libraries call with the text so far, again and again.

    from partialjson.compat import from_json              # instead of jiter's, or pydantic_core's
    from partialjson.compat import loads                  # instead of partial_json_parser's
    from partialjson.compat import parse_partial_json     # instead of LangChain's

They keep what they have read, and read only what has come since (``shelf``). They return what the originals return, but
for the differences that ``docs/integrations.md`` lists; the largest is that half a number is not shown, unless
``numbers="shown"`` asks for it. A text that is not JSON goes to ``fallback``, by default the original, where there is
one. So errors are those of the original, and its extensions of JSON, such as NaN, are read as always.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

from pydantic_core import from_json as _from_json

from partialjson._core.growing import FINISHED, GUESSED, NOTHING, READ, Growing, copied
from partialjson._missing import MISSING, Missing
from partialjson.compat.shelf import Entry, Shelf, Text
from partialjson.errors import ParseError

__all__ = ["Fallback", "Numbers", "PartialMode", "Trailing", "forget", "from_json", "loads", "parse_partial_json"]

Numbers = Literal["whole", "shown"]
"""Is a number at the end of the text shown when nothing more of it can come, or at once?"""

Trailing = Literal["keep", "drop"]
"""Is a string shown that is cut off by the end of the text, or left out with its key?"""

PartialMode = Literal["off", "on", "trailing-strings"] | bool
"""May the document be cut off? "on": yes, and a string that is cut off is left out; "trailing-strings": it is kept."""

Fallback = Callable[[Any], Any]
"""Called with the whole text when it is not JSON; its result, or what it raises, is that of the call."""

Result = TypeVar("Result")

_MODES: Final[dict[object, Literal["off", "on", "trailing-strings"]]] = {
    False: "off",
    True: "on",
    "off": "off",
    "on": "on",
    "trailing-strings": "trailing-strings",
}

# What jiter reads: 201 levels, no lone surrogates, and nothing after the document.
_RUST_TEXTS: Final = Shelf("", 201, False, True)
_RUST_BYTES: Final = Shelf(b"", 201, False, True)
# What ``json.loads`` reads.
_PYTHON_TEXTS: Final = Shelf("", 0, True, False)
_SHELVES: Final[tuple[Shelf[Any], ...]] = (_RUST_TEXTS, _RUST_BYTES, _PYTHON_TEXTS)


def from_json(
    data: str | bytes | bytearray,
    /,
    *,
    partial_mode: PartialMode = False,
    allow_partial: PartialMode | None = None,
    allow_inf_nan: bool = True,
    cache_mode: object = "all",
    cache_strings: object = "all",
    catch_duplicate_keys: bool = False,
    float_mode: Literal["float", "decimal", "lossless-float"] = "float",
    numbers: Numbers = "whole",
    fallback: Fallback | None = None,
    share: bool = False,
) -> Any:
    """``jiter.from_json`` and ``pydantic_core.from_json`` for a text that grows.

    Args:
        data: the text so far; bytes are UTF-8.
        partial_mode, allow_partial: may the document be cut off? jiter has the first name, pydantic_core the second.
        allow_inf_nan, catch_duplicate_keys, float_mode: as in the original. A call with any but the usual values of
            the last two goes to jiter, which has to be installed for that.
        cache_mode, cache_strings: accepted, and of no effect.
        numbers: "whole": a number is shown when the character after it has come, at the root at once. "shown": a number
            at the end of the text is shown if it could end there, as in the original.
        fallback: called with ``data`` if it is not JSON; by default the original with the same options.
        share: False to copy what has been read, so that the result may be changed; it costs time in proportion to the
            containers of the document. True to let values that are finished be the same objects in all results until
            the document is complete; nobody may change them then.

    Returns:
        The value so far.

    Raises:
        ValueError: nothing can be shown: the text is empty, is not JSON, or is cut off and may not be.
        TypeError: ``data`` is neither text nor bytes.
    """
    mode = _MODES.get(partial_mode if allow_partial is None else allow_partial)
    if mode is None:
        raise ValueError("Invalid partial mode, should be `'off'`, `'on'`, `'trailing-strings'` or a `bool`")
    if catch_duplicate_keys or float_mode != "float":
        return _jiter(data, mode, allow_inf_nan, catch_duplicate_keys, float_mode)

    def original() -> Any:
        if fallback is not None:
            return fallback(data)
        return _from_json(data, allow_partial=mode, allow_inf_nan=allow_inf_nan)

    if isinstance(data, str):
        return _read(_RUST_TEXTS, data, mode != "off", mode == "trailing-strings", shows(numbers), original, share)
    if isinstance(data, bytes | bytearray):
        shown = shows(numbers)
        return _read(_RUST_BYTES, bytes(data), mode != "off", mode == "trailing-strings", shown, original, share)
    raise TypeError(f"from_json takes str, bytes or bytearray, not {type(data).__name__}")


def loads(
    json_string: str,
    /,
    *,
    numbers: Numbers = "whole",
    trailing: Trailing = "keep",
    fallback: Fallback | None = None,
    share: bool = False,
) -> Any:
    """``partial_json_parser.loads`` for a text that grows, with everything allowed to be cut off.

    Args:
        json_string: the text so far.
        numbers: "whole": a number, true, false and null are shown when they are whole. "shown": of a number as much as
            is one, and a literal from its first letter, as in the original.
        trailing: "drop" to leave out a string that is cut off.
        fallback: called with the text if it is not JSON.
        share: as for ``from_json``.

    Raises:
        json.JSONDecodeError: nothing can be shown, or the text is not JSON and there is no ``fallback``. It is a
            ValueError, as the errors of the original.
        TypeError: the text is not a str.
    """
    shown = GUESSED if shows(numbers) != NOTHING else NOTHING
    return _read_text(json_string, "loads", trailing, shown, fallback, share)


def parse_partial_json(
    s: str,
    /,
    *,
    strict: bool = False,
    numbers: Numbers = "whole",
    trailing: Trailing = "keep",
    fallback: Fallback | None = None,
    share: bool = False,
) -> Any:
    """LangChain's ``parse_partial_json`` for a text that grows.

    Args:
        s: the text so far.
        strict: accepted for the original's sake. Control characters in strings are for ``fallback`` either way.
        numbers: "whole": a number is shown when the character after it has come. "shown": of a number at the end as
            much as is one, as in the original.
        trailing: "drop" to leave out a string that is cut off.
        fallback: called with the text if it is not JSON.
        share: as for ``from_json``.

    Raises:
        json.JSONDecodeError: nothing can be shown, or the text is not JSON and there is no ``fallback``.
        TypeError: the text is not a str.
    """
    shown = READ if shows(numbers) != NOTHING else NOTHING
    return _read_text(s, "parse_partial_json", trailing, shown, fallback, share)


def forget() -> None:
    """Drop all texts and documents that are kept for texts to come."""
    for shelf in _SHELVES:
        shelf.clear()


def with_document(text: str, use: Callable[[Growing, dict[str, Any]], Result]) -> Result | Missing:
    """For integrations that make more of a growing text than its value.

    ``use`` gets the document of the text, read as jiter reads, and a dict that stays with it. Its result is returned;
    MISSING if the text is not JSON.
    """
    entry = _RUST_TEXTS.take(text)
    try:
        return use(entry.growing, entry.notes) if entry.go_on(text) else MISSING
    finally:
        _RUST_TEXTS.put(entry)


def shows(numbers: Numbers) -> int:
    """What ``Growing.value`` shows of a number at the end, for jiter's callers."""
    if numbers == "whole":
        return NOTHING
    if numbers == "shown":
        return FINISHED
    raise ValueError(f"numbers must be 'whole' or 'shown', not {numbers!r}")


def _read_text(text: str, name: str, trailing: Trailing, shows: int, fallback: Fallback | None, share: bool) -> Any:
    if not isinstance(text, str):
        raise TypeError(f"{name} takes str, not {type(text).__name__}")
    if trailing not in ("keep", "drop"):
        raise ValueError(f"trailing must be 'keep' or 'drop', not {trailing!r}")

    def original() -> Any:
        return fallback(text) if fallback is not None else MISSING

    try:
        return _read(_PYTHON_TEXTS, text, True, trailing == "keep", shows, original, share)
    except ParseError as error:
        raise json.JSONDecodeError(error.msg, text, error.pos) from None


def _read(
    shelf: Shelf[Text],
    text: Text,
    may_be_cut: bool,
    keeps_text: bool,
    shows: int,
    original: Callable[[], Any],
    share: bool,
) -> Any:
    """The value of a text, which probably begins with an earlier one.

    ``original`` is asked where the text is not JSON; it gives MISSING where there is none. Raises ParseError.
    """
    entry = shelf.take(text)
    if not entry.go_on(text):
        # It will not become JSON again; this is soon found out anew. But what it costs to keep it is nothing.
        shelf.put(entry)
        result = original()
        if result is MISSING:
            raise entry.growing.error or ParseError("the text is not UTF-8", 0, code="utf8")
        return result
    if may_be_cut:
        result = _shown(shelf, entry, keeps_text, shows, share)
    elif entry.growing.done() or entry.growing.has_rest() or entry.growing.is_number():
        # One-shot, by the fastest parser there is.
        shelf.put(entry)
        return original()
    else:
        result = MISSING
    error = entry.growing.incomplete() if result is MISSING else None
    shelf.put(entry)
    if error is not None:
        raise error
    return result


def _shown(shelf: Shelf[Text], entry: Entry[Text], keeps_text: bool, shows: int, share: bool) -> Any:
    growing = entry.growing
    if not share or not growing.done():
        return growing.value(not share, keeps_text, shows)
    if entry.whole is None:
        # Parts of it were handed out before, and may have been changed. The complete document is right in any case.
        anew = shelf.new()
        anew.go_on(entry.text)
        entry.whole = anew.growing.value(False, keeps_text, shows)
    return copied(entry.whole)


def _jiter(data: Any, mode: str, allow_inf_nan: bool, catch_duplicate_keys: bool, float_mode: str) -> Any:
    try:
        jiter: Any = importlib.import_module("jiter")
    except ImportError:
        raise ImportError("catch_duplicate_keys and float_mode are read by jiter: pip install jiter") from None
    return jiter.from_json(
        data,
        partial_mode=mode,
        allow_inf_nan=allow_inf_nan,
        catch_duplicate_keys=catch_duplicate_keys,
        float_mode=float_mode,
    )
