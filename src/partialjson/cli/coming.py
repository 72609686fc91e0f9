"""What may come next in a document, in a few words for the live view: ``a key: city``, ``an integer``, ``, or }``."""

from __future__ import annotations

from typing import Any, Final, Protocol

from partialjson import MISSING, Expected
from partialjson.render.text import printable, printable_json

__all__ = ["Foreseen", "coming"]

# By the names in JSON Schema, in this order.
_KINDS: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true, false",
    "null": "null",
    "object": "an object",
    "array": "an array",
}
_ALL: Final = len(_KINDS) - 1  # a number may be an integer
_SEPARATORS: Final = (":", ",", "}", "]")


class Foreseen(Protocol):
    """A ``Parser``, or a document of a ``MessageParser``."""

    @property
    def json(self) -> Any: ...

    @property
    def path(self) -> tuple[str | int, ...]: ...

    def expected(self) -> Expected: ...


def coming(document: Foreseen) -> str:
    """What may come next in a document; empty if nothing may, or if it has failed."""
    try:
        expected = document.expected()
    except Exception:
        # What a parser has failed with, and a validator may raise anything. The ending says it.
        return ""
    ways = _keys(expected) or _values(expected, _grows(document.json, document.path))
    separators = [each for each in _SEPARATORS if each in expected.separators]
    shown = " or ".join([_joined(ways), *separators] if ways else separators)
    if expected.required and not expected.keys:
        shown += f"   still required: {', '.join(map(printable, expected.required))}"
    return shown


def _keys(expected: Expected) -> list[str]:
    named = [printable(key) for key in expected.keys]
    # What is still required comes first.
    named.sort(key=lambda key: key not in expected.required)
    if named:
        # Most models ignore other keys, so these are not worth a word.
        return [f"a key: {', '.join(named)}"]
    return ["a key"] if expected.other_keys else []


def _values(expected: Expected, is_inside: bool) -> list[str]:
    if expected.members is not None:
        return [printable_json(member) for member in expected.members]
    if is_inside:
        return ["more of the string"]
    kinds = [word for kind, word in _KINDS.items() if kind in expected.kinds]
    if "number" in expected.kinds and "integer" in expected.kinds:
        kinds.remove(_KINDS["integer"])
    if kinds == [_KINDS["number"]] and expected.separators & {",", "}"}:
        return ["a digit"]
    return ["any value"] if len(kinds) >= _ALL else ", ".join(kinds).split(", ") if kinds else []


def _grows(value: Any, path: tuple[str | int, ...]) -> bool:
    """Is there a string at the open place? Then it is what grows."""
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return False
    return value is not MISSING and isinstance(value, str)


def _joined(ways: list[str]) -> str:
    return f"{', '.join(ways[:-1])} or {ways[-1]}" if len(ways) > 1 else "".join(ways)
