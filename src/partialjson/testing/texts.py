"""Strategies for JSON texts, their pieces, their beginnings and their damage.

``documents`` gives texts with everything that the grammar allows and a serialiser never writes: odd white space,
escapes where none is needed, several spellings of one number, repeated keys. What it gives is always JSON.

A document is built in two parts. The core is at most three levels deep and wide; deeper documents are a spine of
containers around it, one inside the other. So the size of a document grows with its depth, not exponentially.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal, TypeVar

from partialjson.testing.damage import ALL_LABELS, AROUND, LABELS, Damaged, damage
from partialjson.testing.drawing import check_count, check_words, named, one_of_texts, refuse, st

__all__ = [
    "KEYS",
    "Root",
    "chunkings",
    "damaged",
    "damaged_bytes",
    "documents",
    "number_texts",
    "scalars",
    "string_texts",
    "strings",
    "truncations",
    "values",
]

Chunk = TypeVar("Chunk", str, bytes)
Root = Literal["any", "object", "array", "scalar"]

KEYS = ("a", "b", "", "key", "é", "a/b~", "0")
"""Keys are mostly drawn from these few, so that they repeat; they hold what is special in a JSON Pointer."""

_WIDE = 3
"""How many levels branch; deeper documents have a spine around them."""

_CHARACTERS = st.one_of(
    st.sampled_from('ab 0"\\/\b\f\n\r\t\x00\x1f\x7f{}[]:,'),
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("éß‰\u2028日\ufeff\uffff😀\U0010ffff"),
)


# Values


def strings(*, max_size: int = 12) -> st.SearchStrategy[str]:
    """Text without surrogates, thick with the characters that JSON treats in its own way."""
    check_count("strings()", "max_size", max_size)
    return st.text(_CHARACTERS, max_size=max_size)


def scalars() -> st.SearchStrategy[Any]:
    """Values without children, as ``json.loads`` gives them; floats are finite."""
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(10**20), max_value=10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        strings(),
    )


def values(*, max_leaves: int = 25) -> st.SearchStrategy[Any]:
    """JSON values, as ``json.loads`` gives them. For their texts, with unusual spellings, see ``documents``.

    Args:
        max_leaves: a rough limit on the scalars in one value.
    """
    check_count("values()", "max_leaves", max_leaves, 1)
    keys = st.one_of(st.sampled_from(KEYS), strings(max_size=5))
    return st.recursive(
        scalars(),
        lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
        max_leaves=max_leaves,
    )


# Spellings

_WHITE = st.sampled_from(("", "", " ", "\n", "\t", "\r\n", " \n  "))
_NO_WHITE = st.just("")
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

    Args:
        surrogates: may halves of surrogate pairs be escaped alone, or in the wrong order?
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


def _container(kind: str, members: Sequence[tuple[str, str, str, str, str]], empty: str) -> str:
    """An object or array of its members: (white, key with its colon, white, value, white)."""
    inside = ",".join("".join(parts) for parts in members) or empty
    return f"{kind}{inside}{']' if kind == '[' else '}'}"


class _Spelling:
    """The strategies of one kind of spelling, and what is built of them."""

    def __init__(self, unusual: bool, surrogates: bool, repeated_keys: bool, max_size: int) -> None:
        self.repeated_keys = repeated_keys
        self.max_size = max_size
        self.white = _WHITE if unusual else _NO_WHITE
        plain = scalars().map(lambda value: json.dumps(value, ensure_ascii=False))
        self.keys = st.one_of(
            st.sampled_from(KEYS).map(lambda key: json.dumps(key, ensure_ascii=False)),
            string_texts(surrogates=surrogates) if unusual else strings(max_size=5).map(_quoted),
        )
        self.scalars: st.SearchStrategy[str] = plain
        if unusual:
            self.scalars = st.one_of(
                st.sampled_from(("null", "true", "false", "0", "-0", "1.5")),
                number_texts(),
                string_texts(surrogates=surrogates),
            )

    def members(self, kind: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
        key = st.just("") if kind == "[" else st.tuples(self.keys, self.white).map(lambda two: f"{two[0]}{two[1]}:")
        before = _NO_WHITE if kind == "[" else self.white
        member = st.tuples(before, key, self.white, values, self.white)
        if kind == "{" and not self.repeated_keys:
            return st.lists(member, max_size=self.max_size, unique_by=_key_of)
        return st.lists(member, max_size=self.max_size)

    def containers(self, kinds: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            *(st.builds(_container, st.just(kind), self.members(kind, inner), self.white) for kind in kinds)
        )

    def core(self, depth: int) -> st.SearchStrategy[str]:
        """Values with up to so many levels of containers."""
        found = self.scalars
        for _ in range(depth):
            found = st.one_of(self.scalars, self.containers("[{", found))
        return found


def _key_of(member: tuple[str, ...]) -> Any:
    """The key of a member, whose text ends with the colon."""
    return json.loads(member[1][:-1])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_DOCUMENTS = {
    "max_depth": 4,
    "max_size": 5,
    "root": "any",
    "unusual": True,
    "surrogates": True,
    "repeated_keys": True,
}


def documents(
    *,
    max_depth: int = 4,
    max_size: int = 5,
    root: Root = "any",
    unusual: bool = True,
    surrogates: bool = True,
    repeated_keys: bool = True,
) -> st.SearchStrategy[str]:
    """JSON texts, by RFC 8259; ``json.loads`` accepts each of them.

    Args:
        max_depth: the deepest level of containers; 0 for scalars only. Hundreds are possible.
        max_size: the most members or elements of one container.
        root: what the document is: "object", "array", "scalar", or "any".
        unusual: with odd white space, needless escapes and unusual numbers; otherwise as ``json.dumps`` writes.
        surrogates: may halves of surrogate pairs be escaped alone? They are JSON, but many parsers refuse them.
        repeated_keys: may an object have a key twice? The last value counts, for most parsers.

    Raises:
        InvalidArgument: an argument is none of these.
    """
    given = {name: value for name, value in locals().items() if name in _DOCUMENTS}
    check_count("documents()", "max_depth", max_depth)
    check_count("documents()", "max_size", max_size)
    check_words("documents()", "root", root, ("any", "object", "array", "scalar"))
    if max_depth == 0 and root in ("object", "array"):
        refuse("documents()", f"root={root!r} needs a max_depth of at least 1")
    spelling = _Spelling(unusual, surrogates, repeated_keys, max_size)
    wide = min(max_depth, _WIDE)
    if root == "scalar" or max_depth == 0:
        body = spelling.scalars
    elif root == "any":
        body = st.one_of(spelling.scalars, spelling.containers("[{", spelling.core(wide - 1)))
    else:
        body = spelling.containers("[" if root == "array" else "{", spelling.core(wide - 1))
    if max_depth > _WIDE and root != "scalar":
        body = _in_spine(body, spelling, max_depth - wide, root)
    if unusual:
        body = st.tuples(spelling.white, body, spelling.white).map("".join)
    return named("documents", body, **{name: value for name, value in given.items() if value != _DOCUMENTS[name]})


def _in_spine(body: st.SearchStrategy[str], spelling: _Spelling, levels: int, root: Root) -> st.SearchStrategy[str]:
    """The text inside up to so many containers, each with at most one other member before and one after it."""
    other = st.one_of(st.none(), spelling.scalars)
    kinds = {"object": "{", "array": "["}.get(root, "[{")
    level = st.tuples(st.sampled_from("[{"), spelling.keys, other, other)

    def wrapped(parts: tuple[str, list[tuple[str, str, str | None, str | None]], str]) -> str:
        text, around, outermost = parts
        for number, (kind, key, before, after) in enumerate(around):
            if number == len(around) - 1 and kind not in kinds:
                kind = outermost
            if kind == "[":
                text = "[" + ",".join(each for each in (before, text, after) if each is not None) + "]"
            else:
                # A key that nothing else here has: what stands beside the spine must not replace it.
                first, last = f'"<{key[1:]}', f'">{key[1:]}'
                members = [(first, before), (key, text), (last, after)]
                text = "{" + ",".join(f"{name}:{each}" for name, each in members if each is not None) + "}"
        return text

    # Of a list alone, hypothesis hardly ever draws more than ten elements.
    spine = st.integers(0, levels).flatmap(lambda size: st.lists(level, min_size=size, max_size=size))
    return st.tuples(body, spine, st.sampled_from(kinds)).map(wrapped)


# Pieces

_RUN = 40
"""The longest run of places that are cut, or not, one after the other."""

_TENDER = re.compile(
    r"""\\u[0-9a-fA-F]{4} | \\. | \r\n | [-+0-9.eE]{2,} | true | false | null | "[,:\]}] | [^\x00-\x7f]+""", re.VERBOSE
)
_TENDER_BYTES = re.compile(_TENDER.pattern.replace("\\x7f]+", "\\x7f]{1,8}").encode(), re.VERBOSE)


def _tender_places(data: str | bytes) -> list[int]:
    """Where a cut is most likely to be handled wrong: inside of escapes, numbers, words, characters and line ends."""
    found = _TENDER.finditer(data) if isinstance(data, str) else _TENDER_BYTES.finditer(data)
    return [place for match in found for place in range(match.start() + 1, match.end() + 1) if place < len(data)]


def chunkings(data: Chunk, *, max_cuts: int | None = None, empty: bool = True) -> st.SearchStrategy[list[Chunk]]:
    """The ways to cut a text: lists of chunks, which joined are the text. Bytes are cut inside characters too.

    It shrinks towards one chunk; where a test fails because of one cut, to the two chunks around it. Cuts inside
    escapes, numbers and characters are drawn more often than others, and runs of cuts as often as single ones.

    Args:
        data: what is cut.
        max_cuts: the most cuts; None for any number. It does not count empty chunks.
        empty: may there be empty chunks too?

    Raises:
        InvalidArgument: ``data`` is no str or bytes, or ``max_cuts`` no count.
    """
    if not isinstance(data, str | bytes):
        problem = f"expected the str or bytes to cut, not {data!r}"
        if isinstance(data, st.SearchStrategy):
            problem += "; for texts that are drawn, use .flatmap(chunkings), or data.draw(chunkings(text))"
        refuse("chunkings()", problem)
    if max_cuts is not None:
        check_count("chunkings()", "max_cuts", max_cuts)
    arguments: dict[str, Any] = {} if max_cuts is None else {"max_cuts": max_cuts}
    if not empty:
        arguments["empty"] = False
    return named("chunkings", _chunkings(data, max_cuts, empty), data=data, **arguments)


@st.composite
def _chunkings(draw: st.DrawFn, data: Chunk, max_cuts: int | None, empty: bool) -> list[Chunk]:
    cuts: set[int] = set()
    size = len(data)
    if size > 1 and max_cuts != 0:
        place: st.SearchStrategy[int] = st.integers(1, size - 1)
        tender = _tender_places(data)
        if tender:
            place |= st.sampled_from(tender)
        # A run of cuts is named by its last one and reaches back, so that the place shrinks to the guilty one and the
        # run to nothing; or to a few, since each cut of it can be left out.
        is_cut = st.sampled_from((False, True, True, True))
        more: st.SearchStrategy[list[bool]] = st.one_of(st.just([]), st.lists(is_cut, max_size=_RUN))
        for last, others in draw(st.lists(st.tuples(place, more), max_size=min(12, max_cuts or 12))):
            cuts.add(last)
            cuts.update(last - back for back, wanted in enumerate(others, 1) if wanted and back < last)
    ends = sorted(cuts)[: len(cuts) if max_cuts is None else max_cuts]
    chunks = _pieces(data, ends)
    if empty:
        for at in draw(st.lists(st.integers(0, len(chunks)), max_size=2)):
            chunks.insert(at, data[:0])
    return chunks


def _pieces(data: Chunk, cuts: Iterable[int]) -> list[Chunk]:
    ends: list[int] = [*cuts, len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def truncations(texts: str | bytes | st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """The beginnings of a text, from none of it to all but its last character: what had come when a stream was cut.

    Args:
        texts: a text, or a strategy for texts; ``documents()`` if there is none.

    Raises:
        InvalidArgument: it is neither, or an empty text, which has no proper beginning.
    """
    source = one_of_texts("truncations()", texts, documents())
    if isinstance(texts, str | bytes) and not texts:
        refuse("truncations()", f"{texts!r} has no beginning that is shorter")
    found = source.filter(len).flatmap(lambda text: st.integers(0, len(text) - 1).map(lambda size: text[:size]))
    return named("truncations", found, **({} if texts is None else {"texts": texts}))


# Damage


def damaged(
    texts: str | st.SearchStrategy[str] | None = None,
    *,
    labels: str | Collection[str] = LABELS,
    max_labels: int = 2,
    max_places: int = 2,
) -> st.SearchStrategy[Damaged]:
    """JSON texts broken in the ways in which models break them, each with its label: ``Damaged``, a ``str``.

    At least one thing is wrong with each of them: ``labels`` and ``accidents`` of the text say what and where, and
    ``value`` is the document that was meant. With the labels of ``NOISE``, characters are lost, doubled and swapped
    anywhere, so that some texts are still JSON, and nothing was meant.

    Args:
        texts: JSON texts that are damaged; ``documents()`` without repeated keys if there are none.
        labels: the kinds of damage to draw from: of ``LABELS`` (damage that leaves no doubt about what was meant; the
            default), ``HARSH`` and ``NOISE``, all in ``partialjson.testing.damage``.
        max_labels: the most kinds of damage in one text.
        max_places: the most accidents of one kind in one text.

    Raises:
        InvalidArgument: a label is unknown, or a number is less than 1. When it is drawn: a text is not JSON, and the
            labels are not of ``NOISE``.
    """
    known = check_words("damaged()", "labels", labels, ALL_LABELS)
    check_count("damaged()", "max_labels", max_labels, 1)
    check_count("damaged()", "max_places", max_places, 1)
    plain: dict[str, Any] = {"max_depth": 3, "repeated_keys": False, "surrogates": False}
    default = st.one_of(
        documents(**plain, unusual=False),
        documents(**plain, unusual=False, root="object"),
        documents(**plain, unusual=False, root="array"),
        documents(**plain, root="object"),
    )
    found = _damaged(one_of_texts("damaged()", texts, default), known, max_labels, max_places)
    arguments: dict[str, Any] = {} if texts is None else {"texts": texts}
    if known != LABELS:
        arguments["labels"] = known
    return named("damaged", found, **arguments)


@st.composite
def _damaged(
    draw: st.DrawFn, texts: st.SearchStrategy[str], labels: tuple[str, ...], max_labels: int, max_places: int
) -> Damaged:
    text = draw(texts)
    able = [label for label in labels if _has_effect(text, label)]
    if not able:
        # Something small that each label is about, so that nothing has to be drawn again.
        text = '{"name": "say \\"hi\\" to Ann\\n", "tags": [["ab", true], {"b": null}, {"c": "de"}]}'
        able = list(labels)
    # What goes around a document can always be had, so it is drawn as one label among those that cannot.
    inside = [label for label in able if label not in AROUND]
    around = [label for label in able if label in AROUND]
    one = st.sampled_from(inside) if inside else st.sampled_from(around)
    if inside and around:
        one = st.sampled_from([*inside, ""]).flatmap(lambda label: st.just(label) if label else st.sampled_from(around))
    chosen = draw(st.lists(one, min_size=1, max_size=max_labels, unique=True))
    places = draw(st.integers(1, max_places))
    found = damage(text, chosen, draw(st.randoms(use_true_random=False)), places=places)
    return found if found.accidents else damage(text, chosen[:1], draw(st.randoms(use_true_random=False)))


def _has_effect(text: str, label: str) -> bool:
    from random import Random

    try:
        return bool(damage(text, [label], Random(0)).accidents)
    except ValueError as error:
        refuse("damaged()", f"{error}. For texts that are not JSON, use labels=NOISE")


_WRONG_BYTES = (b"\x80", b"\xff", b"\xc0", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xf4\x90", b"\xef\xbb\xbf")


@st.composite
def damaged_bytes(draw: st.DrawFn, texts: st.SearchStrategy[str] | None = None) -> bytes:
    """UTF-8 after accidents to single bytes, so that it is often no UTF-8 any more."""
    data = bytearray(draw(documents(surrogates=False) if texts is None else texts).encode())
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(data)))
        if draw(st.booleans()):
            del data[place : place + 1]
        else:
            data[place:place] = draw(st.sampled_from(_WRONG_BYTES))
    return bytes(data)
