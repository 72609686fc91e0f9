"""The kinds of coercion: in which ways a value that does not fit its target may be read as one that does.

A coercion is *safe* if it changes only how one value or key is spelled, and nobody would read it otherwise: nothing is
left out, added or moved. Everything else is *guided* by the target: a different structure, a word picked out of a
sentence, a comma that may also be a decimal point.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

__all__ = ["COERCE", "KINDS_OF_LEVEL", "Coerce", "CoercionKind"]

Coerce = Literal["syntax", "safe", "guided"]
COERCE: Final[tuple[Coerce, ...]] = ("syntax", "safe", "guided")
"""How far a value may be changed so that it fits: not at all, only in its spelling, in every way there is."""


class CoercionKind(StrEnum):
    """What was done to a value so that it fits its target."""

    QUOTED_NUMBER = "quoted number"
    """``"12"`` is 12."""
    BOOL_WORD = "bool word"
    """``"yes"`` is true, ``"off"`` false."""
    NULL_WORD = "null word"
    """``"null"`` or ``"None"`` is null."""
    UNQUOTED_STRING = "unquoted string"
    """``12`` is "12", with the digits as they were written."""
    MEMBER_CASE = "member by case"
    """``"Red"`` is "RED", where the members are known."""
    MEMBER_SEPARATORS = "member by separators"
    """``"in progress"`` is "in_progress"."""
    KEY = "key by case and separators"
    """``"firstName"`` is "first_name", where that is the only absent field it can be."""
    JSON_IN_STRING = "JSON in a string"
    """``"[1, 2]"``, with its quotes, is [1, 2]."""
    THOUSANDS = "thousands separators"
    """``"12,111"`` is 12111."""
    WORD_IN_TEXT = "word in a text"
    """``"RED, since it is urgent"`` is "RED", where no other member occurs in it."""
    LIST_OF_ONE = "list of one"
    """``1`` is [1]."""
    ONE_OF_LIST = "the one element of a list"
    """``[1]`` is 1."""
    WRAPPER = "wrapper with a single key"
    """``{"result": 1}`` is 1."""
    SINGLE_FIELD = "single field"
    """``1`` is {"count": 1}, for an object with no other field."""
    JSON_AS_TEXT = "JSON as text"
    """``[1, 2]`` is "[1, 2]", as it was written, where a string is wanted and nothing else can be seen in it."""
    ABSENT_NULL = "null for an absent value"
    """``{}`` is {"note": null}, where a field must be there and may be null."""


_SAFE: Final = frozenset(
    {
        CoercionKind.QUOTED_NUMBER,
        CoercionKind.BOOL_WORD,
        CoercionKind.NULL_WORD,
        CoercionKind.UNQUOTED_STRING,
        CoercionKind.MEMBER_CASE,
        CoercionKind.MEMBER_SEPARATORS,
        CoercionKind.KEY,
        CoercionKind.JSON_IN_STRING,
    }
)

KINDS_OF_LEVEL: Final[dict[str, frozenset[CoercionKind]]] = {
    "syntax": frozenset(),
    "safe": _SAFE,
    "guided": frozenset(CoercionKind),
}
