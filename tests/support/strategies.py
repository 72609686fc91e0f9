"""Hypothesis strategies for documents, their spellings, their damage and their cutting.

`documents` gives JSON values, `texts` gives JSON texts with everything the grammar allows and a serialiser never
writes: odd white space, escapes where none is needed, several spellings of one number, repeated keys. `damaged` gives
texts that are mostly no longer JSON, `truncations` the beginnings of texts, `chunkings` the pieces of one.

All strategies shrink towards the short and the plain: shorter texts, no white space, no escapes, one chunk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Chunk = TypeVar("Chunk", str, bytes)

KEYS = ("a", "b", "", "key", "é", "a/b~", "0")
"""Keys are drawn from few, so that they repeat, and hold what is special in a JSON Pointer."""

_CHARACTERS = st.one_of(
    st.sampled_from('ab 0"\\/\b\f\n\r\t\x00\x1f\x7f{}[]:,'),
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("éß‰\u2028日\ufeff\uffff😀\U0010ffff"),
)
_SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def strings(*, max_size: int = 12) -> st.SearchStrategy[str]:
    """Text without surrogates, thick with the characters that JSON treats in its own way."""
    return st.text(_CHARACTERS, max_size=max_size)


def atoms() -> st.SearchStrategy[Any]:
    """Values without children."""
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(10**20), max_value=10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        strings(),
    )


def documents(*, max_leaves: int = 25) -> st.SearchStrategy[Any]:
    """JSON values, as `json.loads` would give them."""
    keys = st.one_of(st.sampled_from(KEYS), strings(max_size=5))
    return st.recursive(
        atoms(),
        lambda inner: st.one_of(
            st.lists(inner, max_size=5),
            st.dictionaries(keys, inner, max_size=5),
        ),
        max_leaves=max_leaves,
    )


# Spellings

_WHITE = st.sampled_from(("", "", " ", "\n", "\t", "\r\n", " \n  "))
_RAW = (*"ab 0/{}[]:,\x7f", "é", "ß", "\u2028", "日", "\ufeff", "\uffff", "😀", "\U0010ffff")
_ESCAPED = (
    *('\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001F", "\\u0022", "\\u005c", "\\u0061"),
    *("\\u00e9", "\\u00E9", "\\u20ac", "\\uFFFF", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\udbff\\udfff"),
)
_HALVES = ("\\ud83d", "\\uDE00", "\\uD800", "\\udfff")


def _written(char: str) -> str:
    """One character inside a string, escaped only where it must be."""
    return json.dumps(char, ensure_ascii=False)[1:-1]


def _string_texts(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    piece = st.one_of(st.sampled_from(pieces), st.characters(exclude_categories=["Cs"]).map(_written))
    return st.lists(piece, max_size=8).map(lambda some: f'"{"".join(some)}"')


_PAIRED = _string_texts(_RAW + _ESCAPED)
_UNPAIRED = _string_texts(_RAW + _ESCAPED + _HALVES)


def string_texts(*, surrogates: bool = True) -> st.SearchStrategy[str]:
    """A string as JSON text, in raw and escaped characters.

    With `surrogates`, halves of pairs may be escaped alone and in the wrong order.
    """
    return _UNPAIRED if surrogates else _PAIRED


def number_texts() -> st.SearchStrategy[str]:
    """Numbers in all spellings of the grammar, those beyond the range of a float among them."""
    digits = st.text("0123456789", min_size=1, max_size=20)
    whole = st.one_of(st.just("0"), st.tuples(st.sampled_from("123456789"), st.text("0123456789")).map("".join))
    fraction = st.one_of(st.just(""), digits.map(lambda text: "." + text))
    exponent = st.one_of(
        st.just(""),
        st.tuples(
            st.sampled_from("eE"), st.sampled_from(("", "+", "-")), st.text("0123456789", min_size=1, max_size=3)
        ).map("".join),
    )
    return st.tuples(st.sampled_from(("", "-")), whole, fraction, exponent).map("".join)


def _containers(inner: st.SearchStrategy[str], surrogates: bool) -> st.SearchStrategy[str]:
    keys = st.one_of(st.sampled_from(KEYS).map(json.dumps), string_texts(surrogates=surrogates))

    @st.composite
    def build(draw: st.DrawFn) -> str:
        kind = draw(st.sampled_from("[{"))
        parts: list[str] = []
        for number in range(draw(st.integers(0, 5))):
            if number:
                parts.append(",")
            if kind == "{":
                parts += [draw(_WHITE), draw(keys), draw(_WHITE), ":"]
            parts += [draw(_WHITE), draw(inner), draw(_WHITE)]
        return kind + "".join(parts or [draw(_WHITE)]) + ("]" if kind == "[" else "}")

    return build()


@st.composite
def texts(draw: st.DrawFn, *, max_leaves: int = 20, surrogates: bool = True) -> str:
    """JSON texts, in any spelling RFC 8259 allows; `json.loads` accepts each of them."""
    atom = st.one_of(
        st.sampled_from(("null", "true", "false", "0", "-0", "1.5")),
        number_texts(),
        string_texts(surrogates=surrogates),
    )
    inner = st.recursive(atom, lambda deeper: _containers(deeper, surrogates), max_leaves=max_leaves)
    body = st.one_of(_containers(inner, surrogates), inner)
    return draw(_WHITE) + draw(body) + draw(_WHITE)


# Damage and cutting

_NOISE = ("{", "}", "[", "]", ",", ":", '"', "\\", "0", "-", ".", "e", "+", "t", "null", "NaN", "x", " ", "\n", "\x00")


@st.composite
def damaged(draw: st.DrawFn, source: st.SearchStrategy[str] | None = None) -> str:
    """A text after a few small accidents: something lost, put in, doubled, swapped or cut. Some stay valid."""
    text = draw(texts() if source is None else source)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        span = draw(st.integers(1, 3))
        accident = draw(st.sampled_from(("lost", "put in", "doubled", "swapped", "cut", "overwritten")))
        before, hit, after = text[:place], text[place : place + span], text[place + span :]
        if accident == "lost":
            text = before + after
        elif accident == "put in":
            text = before + draw(st.sampled_from(_NOISE)) + hit + after
        elif accident == "doubled":
            text = before + hit + hit + after
        elif accident == "swapped":
            text = before + hit[::-1] + after
        elif accident == "cut":
            text = before
        else:
            text = before + draw(st.sampled_from(_NOISE)) + after
    return text


@st.composite
def damaged_bytes(draw: st.DrawFn) -> bytes:
    """UTF-8 after accidents to single bytes, so that it is often no UTF-8 any more."""
    data = bytearray(draw(texts(surrogates=False)).encode())
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(data)))
        if draw(st.booleans()):
            del data[place : place + 1]
        else:
            wrong = (
                b"\x80",
                b"\xff",
                b"\xc0",
                b"\xe2\x82",
                b"\xed\xa0\x80",
                b"\xf0\x9f\x98",
                b"\xf4\x90",
                b"\xef\xbb\xbf",
            )
            data[place:place] = draw(st.sampled_from(wrong))
    return bytes(data)


@st.composite
def truncations(draw: st.DrawFn, source: st.SearchStrategy[str] | None = None) -> tuple[str, str]:
    """A text in two parts, the second not empty: what arrived before a stream was cut off, and what did not."""
    text = draw((texts() if source is None else source).filter(bool))
    place = draw(st.integers(0, len(text) - 1))
    return text[:place], text[place:]


@st.composite
def chunkings(draw: st.DrawFn, data: Chunk, *, max_cuts: int = 12) -> list[Chunk]:
    """The text in pieces, in order; some may be empty. Bytes are cut anywhere, inside characters too."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=max_cuts)))
    return _pieces(data, cuts)


def _pieces(data: Chunk, cuts: Sequence[int]) -> list[Chunk]:
    ends = [*cuts, len(data)]
    return [data[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
