"""Bare scalars of lenient parsing: numbers and literals in other notations."""

from __future__ import annotations

import re
from typing import Final

_LITERALS: Final = {
    "true": "true",
    "false": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
    "nan": "NaN",
    "infinity": "1e999",
    "+infinity": "1e999",
    "-infinity": "-1e999",
    "inf": "1e999",
    "+inf": "1e999",
    "-inf": "-1e999",
}

_STRICT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LOOSE: Final = re.compile(
    r"([+-]?)((?:[0-9](?:_?[0-9])*)?)(?:(\.)((?:[0-9](?:_?[0-9])*)?))?(?:[eE]([+-]?)((?:[0-9](?:_?[0-9])*)?))?"
)
_HEX: Final = re.compile(r"([+-]?)0[xX]([0-9a-fA-F](?:_?[0-9a-fA-F])*)")
# Python converts no more to decimal digits.
_LONG_HEX: Final = 1024
_BEGINNING: Final = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_]*|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]*)?)")


def mended_scalar(text: str) -> str:
    """The JSON text of the number or literal that this text spells; empty if it spells none.

    Numbers with leading zeros are none, since they would lose them: codes, dates, telephone numbers.
    """
    literal = _LITERALS.get(text.lower())
    if literal is not None:
        return literal
    if _STRICT.fullmatch(text):
        return text
    parts = _HEX.fullmatch(text)
    if parts is not None:
        if len(text) > _LONG_HEX:
            return ""
        return str(int(parts[1] + parts[2].replace("_", ""), 16))
    parts = _LOOSE.fullmatch(text)
    if parts is None:
        return ""
    whole = parts[2].replace("_", "")
    fraction = (parts[4] or "").replace("_", "")
    if not whole and not fraction:
        return ""
    if len(whole) > 1 and whole[0] == "0":
        return ""
    number = ("-" if parts[1] == "-" else "") + (whole or "0")
    if parts[3]:
        number += "." + (fraction or "0")
    if parts[6] is not None:
        number += "e" + (parts[5] or "") + (parts[6].replace("_", "") or "0")
    return number


def may_become_number(text: str) -> bool:
    """Can this text be the beginning of a number? Then it still can with one more digit."""
    return _BEGINNING.fullmatch(text) is not None


def may_become_literal(text: str) -> bool:
    """Can this text be the beginning of a literal?"""
    if len(text) > 9:
        return False
    lowered = text.lower()
    return any(literal.startswith(lowered) for literal in _LITERALS)


def may_become_scalar(text: str) -> bool:
    return may_become_number(text) or may_become_literal(text)
