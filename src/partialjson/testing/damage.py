"""Documents damaged as models damage them: labelled, seeded, and with the place of each accident.

``damage(text, labels, random)`` reads a JSON text as tokens, changes tokens as the labels say, and joins them. A label
is a habit, which shows everywhere in the document (single quotes, Python's words), or an accident, which happens in a
few places (a comma is missing). Where a document has nothing that a label is about, the label does nothing, and is not
in ``Damaged.accidents``.

What was meant can be told from the text: quotes and commas go missing where what follows shows it, and a bracket only
where the next sign is one that its container could not have. The labels of ``HARSH`` drop brackets, quotes and single
characters without asking, and then the text may mean something else. Those of ``NOISE`` know no tokens: they lose,
double, swap and overwrite characters anywhere, of any text.

A document that is cut ends inside a string or behind a value. ``Damaged.value`` is what is meant then: all that had
come, with the string as far as it had come; a key without a value and the closing brackets are not in the text.

Nothing here needs hypothesis; ``partialjson.testing.strategies.damaged`` draws from it.
"""

from __future__ import annotations

import json
import random as randomness
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

__all__ = [
    "ALL_LABELS",
    "AROUND",
    "CUT",
    "HARSH",
    "LABELS",
    "NOISE",
    "SIGNS",
    "Accident",
    "Damaged",
    "damage",
    "damage_value",
]


@dataclass(frozen=True)
class Accident:
    """Something that was changed.

    Attributes:
        label: what.
        at: where, in characters of the damaged text.
    """

    label: str
    at: int


class Damaged(str):
    """A damaged document: a ``str``, which is what a model would have written.

    Attributes:
        value: the document that is meant; with labels of ``HARSH`` and ``NOISE``, that which was damaged.
        accidents: what was changed, in the order of the text.
        body: the text without what was put around the document.
        cut: does the text end before the document does?
    """

    value: Any
    accidents: tuple[Accident, ...]
    body: str
    cut: bool

    def __new__(
        cls, text: str = "", value: Any = None, accidents: Iterable[Accident] = (), body: str = "", cut: bool = False
    ) -> Damaged:
        made = super().__new__(cls, text)
        made.value = value
        made.accidents = tuple(accidents)
        made.body = body or text
        made.cut = cut
        return made

    @property
    def text(self) -> str:
        """The text as a plain str."""
        return str(self)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its accidents, each once, in the order of the text."""
        return tuple(dict.fromkeys(accident.label for accident in self.accidents))

    def __repr__(self) -> str:
        return f"Damaged({str(self)!r}, {self.value!r}, {self.accidents!r}, {self.body!r}, {self.cut!r})"


@dataclass(frozen=True)
class Token:
    """A piece of the written document.

    Attributes:
        kind: ``{ } [ ] , :``, or "key", "string", "number", "word" or "gap".
        text: how it is written.
        value: of a key, a string, a number or a word: what is meant.
        inside: the kind of the container it stands in, ``{`` or ``[``.
        marks: the labels of what was done to it.
    """

    kind: str
    text: str
    value: Any = None
    inside: str = ""
    marks: tuple[str, ...] = ()

    def written(self, text: str, mark: str) -> Token:
        return replace(self, text=text, marks=(*self.marks, mark))


Tokens = list[Token]
Change = Callable[[Tokens, randomness.Random, int], Tokens]


_TOKEN: Final = re.compile(
    r"""(?P<gap>[ \t\r\n]+) | (?P<string>"(?:[^"\\]|\\.)*") | (?P<sign>[{}\[\],:])
    | (?P<number>-?[0-9][-+0-9.eE]*) | (?P<word>true|false|null)""",
    re.VERBOSE | re.DOTALL,
)


def tokens_of(text: str) -> Tokens:
    """The tokens of a JSON text. An empty container is one token, a word.

    Raises:
        ValueError: it is not JSON.
    """
    json.loads(text)
    found: Tokens = []
    opened: list[str] = []
    pos = 0
    while pos < len(text):
        match = _TOKEN.match(text, pos)
        if match is None:
            raise ValueError(f"{text[pos : pos + 10]!r} at {pos} is not JSON")
        pos = match.end()
        inside = opened[-1] if opened else ""
        written, kind = match[0], match.lastgroup or ""
        if kind == "sign" and written in "}]":
            opened.pop()
            inside = opened[-1] if opened else ""
            if found[-1].kind in ("{", "["):
                found[-1] = Token("word", found[-1].text + written, json.loads(found[-1].text + written), inside)
            else:
                found.append(Token(written, written, inside=inside))
        elif kind == "sign":
            if written == ":":
                # Its key was taken for a string.
                at = next(at for at in range(len(found) - 1, -1, -1) if found[at].kind == "string")
                found[at] = replace(found[at], kind="key")
            found.append(Token(written, written, inside=inside))
            if written in "{[":
                opened.append(written)
        else:
            value = None if kind == "gap" else json.loads(written)
            found.append(Token(kind, written, value, inside))
    return found


# Habits.


def _each(label: str, kinds: Sequence[str], rewritten: Callable[[Token], str]) -> Change:
    def change(tokens: Tokens, random: randomness.Random, places: int) -> Tokens:
        found: Tokens = []
        for token in tokens:
            text = rewritten(token) if token.kind in kinds else token.text
            found.append(token if text == token.text else token.written(text, label))
        return found

    return change


def _python_quotes(token: Token) -> str:
    """As ``repr`` writes it: in single quotes, unless it holds one and no double quote."""
    inner = json.dumps(token.value, ensure_ascii=False)[1:-1]
    if "'" in token.value and '"' not in token.value:
        return token.text
    return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


def _python_word(token: Token) -> str:
    return token.text if isinstance(token.value, dict | list) else repr(token.value)


def _bare_key(token: Token) -> str:
    word: str = token.value
    return word if word.isascii() and word.isidentifier() else token.text


def _raw_lines(token: Token) -> str:
    return token.text if "\\\\" in token.text else token.text.replace("\\n", "\n").replace("\\t", "\t")


def _bare_quotes(token: Token) -> str:
    return token.text if "\\\\" in token.text else token.text.replace('\\"', '"')


# Accidents.


def _some(
    label: str, wanted: Callable[[Tokens, int], bool], rewritten: Callable[[Token, randomness.Random], str]
) -> Change:
    """Change a few of the tokens that are wanted."""

    def change(tokens: Tokens, random: randomness.Random, places: int) -> Tokens:
        able = [at for at in range(len(tokens)) if wanted(tokens, at)]
        found = list(tokens)
        for at in random.sample(able, min(places, len(able))):
            found[at] = found[at].written(rewritten(found[at], random), label)
        return found

    return change


def _kind(*kinds: str) -> Callable[[Tokens, int], bool]:
    return lambda tokens, at: tokens[at].kind in kinds


def _next(tokens: Tokens, at: int, count: int = 1) -> Token | None:
    """The ``count``-th token behind, gaps left out."""
    for token in tokens[at + 1 :]:
        if token.kind != "gap":
            count -= 1
            if not count:
                return token
    return None


def _can_lose_closer(tokens: Tokens, at: int) -> bool:
    """Is it plain from what follows that a bracket is missing here?"""
    token = tokens[at]
    if token.kind not in ("}", "]") or not token.inside:
        return False
    after = _next(tokens, at)
    if after is None or after.kind in ("}", "]"):
        return after is None or after.kind != token.kind
    opened = _next(tokens, at, 2)
    return token.kind == "}" and token.inside == "[" and opened is not None and opened.kind == "{"


def _can_lose_quote(tokens: Tokens, at: int) -> bool:
    token = tokens[at]
    if token.kind not in ("key", "string") or len(token.text) < 4 or not token.text.startswith('"'):
        return False
    # A string with quotes of its own, or with brackets and commas at its end, leaves doubts.
    return not set(token.text[1:-1]) & set("\"'\\{}[]") and token.text[1].isalpha() and token.text[-2].isalnum()


def _without_quote(token: Token, random: randomness.Random) -> str:
    return token.text[1:] if random.random() < 0.5 else token.text[:-1]


def _with_comment(token: Token, random: randomness.Random) -> str:
    return token.text + random.choice((" // as agreed\n", " /* to be checked */", " # see above\n"))


def _before_closer(tokens: Tokens, at: int) -> bool:
    after = _next(tokens, at)
    return tokens[at].kind not in (",", ":", "{", "[", "gap") and after is not None and after.kind in ("}", "]")


def _without_a_character(token: Token, random: randomness.Random) -> str:
    at = random.randrange(len(token.text))
    return token.text[:at] + token.text[at + 1 :]


def _with_a_character(token: Token, random: randomness.Random) -> str:
    at = random.randint(0, len(token.text))
    return token.text[:at] + random.choice("\"',:{}[]") + token.text[at:]


def _empty(token: Token, random: randomness.Random) -> str:
    return ""


_CHANGES: Final[dict[str, Change]] = {
    "single quotes": _each("single quotes", ("key", "string"), _python_quotes),
    "Python words": _each("Python words", ("word",), _python_word),
    "unquoted keys": _each("unquoted keys", ("key",), _bare_key),
    "raw line ends": _each("raw line ends", ("string",), _raw_lines),
    "inner quotes": _each("inner quotes", ("string",), _bare_quotes),
    "missing comma": _some("missing comma", _kind(","), _empty),
    "missing colon": _some("missing colon", _kind(":"), _empty),
    "missing closer": _some("missing closer", _can_lose_closer, _empty),
    "missing quote": _some("missing quote", _can_lose_quote, _without_quote),
    "trailing comma": _some("trailing comma", _before_closer, lambda token, random: token.text + ","),
    "comment": _some("comment", _kind(","), _with_comment),
}
_ANYWHERE: Final[dict[str, Change]] = {
    "lost closer": _some("lost closer", _kind("}", "]"), _empty),
    "lost quote": _some("lost quote", _kind("key", "string"), _without_quote),
    "lost character": _some("lost character", lambda tokens, at: bool(tokens[at].text), _without_a_character),
    "stray character": _some("stray character", lambda tokens, at: True, _with_a_character),
}
AROUND: Final = ("prose", "fence", "thoughts")
CUT: Final = "cut off"
LABELS: Final[tuple[str, ...]] = (*_CHANGES, *AROUND, CUT)
"""Labels whose damage can be undone."""
HARSH: Final[tuple[str, ...]] = ("lost closer", "lost quote", "lost character", "stray character")
"""Labels of damage to any token, which may change what is meant."""
NOISE: Final[tuple[str, ...]] = ("lost", "put in", "doubled", "swapped", "cut", "overwritten")
"""Labels of accidents to any characters of any text, JSON or not."""
ALL_LABELS: Final = (*LABELS, *HARSH, *NOISE)

SIGNS: Final = (*'{}[],:"\\0-.e+t', "null", "NaN", "x", " ", "\n", "\x00")
"""What is put in."""

PROSE = (
    ("Sure! Here is the order you asked for:\n\n", "\n\nLet me know if anything else is needed."),
    ("I have looked it up (twice), and this is the result:\n", "\nI hope it helps."),
    ("The answer, as JSON:\n", ""),
)
FENCES = (("```json\n", "\n```\n"), ("```\n", "\n```"), ("~~~\n", "\n~~~\n"))
THOUGHTS = ("<think>\nThe user wants JSON, so I should give {...} and nothing else.\n</think>\n", "")


def damage_value(
    value: Any, labels: Iterable[str], random: randomness.Random, *, indent: int = 0, places: int = 1
) -> Damaged:
    """``damage`` for the text of a value, laid out with this indent; 0 for one line."""
    text = json.dumps(value, ensure_ascii=False, indent=indent or None)
    return damage(text, labels, random, places=places)


def damage(text: str, labels: Iterable[str], random: randomness.Random, *, places: int = 1) -> Damaged:
    """The text with this damage.

    Args:
        text: JSON, spelled in any way; with labels of ``NOISE`` only, anything.
        labels: of ``LABELS``, ``HARSH`` and ``NOISE``.
        random: decides where.
        places: how often each accident happens.

    Raises:
        KeyError: a label is unknown.
        ValueError: the text is not JSON.
    """
    wanted = list(labels)
    noise = [label for label in wanted if label in NOISE]
    if len(noise) == len(wanted):
        return _noisy(text, None, (), noise, random, places, cut=False)
    tokens = tokens_of(text)
    meant = json.loads(text)
    for label in wanted:
        if label not in AROUND and label != CUT and label not in NOISE:
            change = _ANYWHERE.get(label) or _CHANGES[label]
            tokens = change(tokens, random, places)
    solid = [token for token in tokens if token.kind != "gap"]
    is_cut = CUT in wanted and (len(solid) > 1 or (solid[0].kind == "string" and _has_words(solid[0])))
    if is_cut:
        tokens, meant = _cut(tokens, random)
    before, after, around = "", "", []
    for label, (opening, closing) in (
        ("fence", random.choice(FENCES)),
        ("prose", random.choice(PROSE)),
        ("thoughts", THOUGHTS),
    ):
        if label in wanted:
            before, after = opening + before, after + closing
            around.append(Accident(label, 0))
    written, accidents = before, around
    for token in tokens:
        accidents += [Accident(mark, len(written)) for mark in token.marks]
        written += token.text
    if is_cut:
        accidents.append(Accident(CUT, len(written)))
    body = written[len(before) :]
    whole = written if is_cut else written + after
    if noise:
        return _noisy(whole, meant, accidents, noise, random, places, cut=is_cut)
    return Damaged(whole, meant, accidents, body, is_cut)


def _noisy(
    text: str,
    value: Any,
    accidents: Iterable[Accident],
    labels: Sequence[str],
    random: randomness.Random,
    places: int,
    cut: bool,
) -> Damaged:
    found = list(accidents)
    for label in labels:
        for _ in range(places):
            place, span = random.randint(0, len(text)), random.randint(1, 3)
            before, hit, after = text[:place], text[place : place + span], text[place + span :]
            if label == "lost":
                text = before + after
            elif label == "put in":
                text = before + random.choice(SIGNS) + hit + after
            elif label == "doubled":
                text = before + hit + hit + after
            elif label == "swapped":
                text = before + hit[::-1] + after
            elif label == "cut":
                text = before
            else:
                text = before + random.choice(SIGNS) + after
            found.append(Accident(label, place))
    return Damaged(text, value, found, text, cut)


def _cut(tokens: Tokens, random: randomness.Random) -> tuple[Tokens, Any]:
    """The tokens up to a place in the second half, and the value that they tell."""
    half = len(tokens) // 2
    able = [at for at in range(half, len(tokens)) if tokens[at].kind == "string" and _has_words(tokens[at])]
    if able:
        at = random.choice(able)
        token = tokens[at]
        # Behind a letter inside the string: its end is no delimiter, and no half escape.
        ends = [end for end in range(1, len(token.value)) if token.value[end - 1].isalpha()]
        kept = token.value[: random.choice(ends)]
        return [*tokens[:at], replace(token, text=token.text[0] + kept, value=kept)], _value(tokens[:at], kept)
    # Behind a value, but not behind the last: then nothing would be cut.
    last = max(at for at in range(len(tokens)) if tokens[at].kind != "gap")
    closers = [at for at in range(1, last) if tokens[at].kind in ("string", "word", "}", "]")]
    at = random.choice(closers[len(closers) // 2 :]) if closers else 0
    return tokens[: at + 1], _value(tokens[: at + 1])


def _has_words(token: Token) -> bool:
    """A string of plain characters, which is written as it is."""
    return len(token.value) > 3 and token.text[1:-1] == token.value and token.value[0].isalpha()


_NOTHING = object()


def _value(tokens: Tokens, last: Any = _NOTHING) -> Any:
    """What the first tokens of a document tell; ``last`` is the value that follows them."""
    root: list[Any] = []
    path: list[Any] = [root]
    key: Any = None

    def put(value: Any) -> None:
        if isinstance(path[-1], dict):
            path[-1][key] = value
        else:
            path[-1].append(value)

    for token in tokens:
        if token.kind in ("{", "["):
            made: Any = {} if token.kind == "{" else []
            put(made)
            path.append(made)
        elif token.kind in ("}", "]"):
            path.pop()
        elif token.kind == "key":
            key = token.value
        elif token.kind in ("string", "number", "word"):
            put(token.value)
    if last is not _NOTHING:
        put(last)
    return root[0] if root else None
