"""Documents damaged as models damage them: labelled, seeded, and with the place of each accident.

``damaged(value, labels, random)`` writes a document as JSON in tokens, changes tokens as the labels say, and joins
them. A label is a habit, which shows everywhere in the document (single quotes, Python's words), or an accident,
which happens in a few places (a comma is missing). Where a document has nothing that a label is about, the label does
nothing, and is not in ``Damaged.accidents``.

What was meant can be told from the text: quotes and commas go missing where what follows shows it, and a bracket only
where the next sign is one that its container could not have. ``anywhere=True`` drops brackets and single characters
without asking, and then the text may mean something else.

A document that is cut ends inside a string or behind a value. ``Damaged.value`` is what is meant then: all that had
come, with the string as far as it had come; a key without a value and the closing brackets are not in the text.
"""

from __future__ import annotations

import json
import random as randomness
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["AROUND", "CUT", "HARSH", "LABELS", "Accident", "Damaged", "damaged"]


@dataclass(frozen=True)
class Accident:
    """Something that was changed.

    Attributes:
        label: what.
        at: where, in characters of the damaged text.
    """

    label: str
    at: int


@dataclass(frozen=True)
class Damaged:
    """A damaged document.

    Attributes:
        text: what a model would have written.
        value: the document that is meant.
        accidents: what was changed, in the order of the text.
        body: the text without what was put around the document.
        cut: does the text end before the document does?
    """

    text: str
    value: Any
    accidents: tuple[Accident, ...]
    body: str
    cut: bool = False


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


def tokens_of(value: Any, indent: int = 0) -> Tokens:
    """The tokens of a document. ``indent`` 0 writes one line."""
    found: Tokens = []
    _write(value, indent, 0, "", found)
    return found


def _write(value: Any, indent: int, level: int, inside: str, found: Tokens) -> None:
    if not isinstance(value, dict | list) or not value:
        kind = "string" if isinstance(value, str) else "word"
        if isinstance(value, int | float) and not isinstance(value, bool):
            kind = "number"
        found.append(Token(kind, json.dumps(value, ensure_ascii=False), value, inside))
        return
    opener, closer = ("{", "}") if isinstance(value, dict) else ("[", "]")
    found.append(Token(opener, opener, inside=inside))
    line = "\n" + " " * indent * (level + 1) if indent else ""
    children: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for number, (key, child) in enumerate(children):
        if number:
            found.append(Token(",", ",", inside=opener))
        if gap := line or " " * bool(number):
            found.append(Token("gap", gap, inside=opener))
        if opener == "{":
            found.append(Token("key", json.dumps(key, ensure_ascii=False), key, opener))
            found.append(Token(":", ":", inside=opener))
            found.append(Token("gap", " ", inside=opener))
        _write(child, indent, level + 1, opener, found)
    if line:
        found.append(Token("gap", line[: len(line) - indent], inside=opener))
    found.append(Token(closer, closer, inside=inside))


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


_CHANGES: dict[str, Change] = {
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
_ANYWHERE: dict[str, Change] = {
    "missing closer": _some("missing closer", _kind("}", "]"), _empty),
    "missing quote": _some("missing quote", _kind("key", "string"), _without_quote),
    "lost character": _some("lost character", lambda tokens, at: True, _without_a_character),
    "stray character": _some("stray character", lambda tokens, at: True, _with_a_character),
}
AROUND = ("prose", "fence", "thoughts")
CUT = "cut off"
LABELS: tuple[str, ...] = (*_CHANGES, *AROUND, CUT)
"""Labels whose damage can be undone."""
HARSH: tuple[str, ...] = ("missing closer", "missing quote", "lost character", "stray character")
"""Labels of damage that may change what is meant; only with ``anywhere``."""

PROSE = (
    ("Sure! Here is the order you asked for:\n\n", "\n\nLet me know if anything else is needed."),
    ("I have looked it up (twice), and this is the result:\n", "\nI hope it helps."),
    ("The answer, as JSON:\n", ""),
)
FENCES = (("```json\n", "\n```\n"), ("```\n", "\n```"), ("~~~\n", "\n~~~\n"))
THOUGHTS = ("<think>\nThe user wants JSON, so I should give {...} and nothing else.\n</think>\n", "")


def damaged(
    value: Any,
    labels: Iterable[str],
    random: randomness.Random,
    *,
    indent: int = 0,
    places: int = 1,
    anywhere: bool = False,
) -> Damaged:
    """The document with this damage.

    Args:
        value: JSON values.
        labels: of ``LABELS``, or with ``anywhere`` of ``HARSH`` too.
        random: decides where.
        indent: how the undamaged text is laid out; 0 for one line.
        places: how often each accident happens.
        anywhere: change any token, whether or not what was meant can still be told.

    Raises:
        KeyError: a label is unknown.
    """
    labels = list(labels)
    tokens = tokens_of(value, indent)
    for label in labels:
        if label not in AROUND and label != CUT:
            change = _ANYWHERE.get(label) if anywhere else None
            tokens = (change or _CHANGES[label])(tokens, random, places)
    meant = value
    if CUT in labels:
        tokens, meant = _cut(tokens, random)
    before, after, around = "", "", []
    for label, (opening, closing) in (
        ("fence", random.choice(FENCES)),
        ("prose", random.choice(PROSE)),
        ("thoughts", THOUGHTS),
    ):
        if label in labels:
            before, after = opening + before, after + closing
            around.append(Accident(label, 0))
    text, accidents = before, around
    for token in tokens:
        accidents += [Accident(mark, len(text)) for mark in token.marks]
        text += token.text
    if CUT in labels:
        accidents.append(Accident(CUT, len(text)))
    body = text[len(before) :]
    return Damaged(text if CUT in labels else text + after, meant, tuple(accidents), body, CUT in labels)


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
    closers = [at for at in range(1, len(tokens)) if tokens[at].kind in ("string", "}", "]")] or [len(tokens) - 1]
    at = random.choice(closers[len(closers) // 2 :])
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
