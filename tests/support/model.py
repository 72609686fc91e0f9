"""An executable model of the parser: what every prefix of every text must look like from outside.

`predict(text)` reads the whole prefix from its beginning, by recursive descent straight along the grammar of
RFC 8259, and says everything that can be observed after it: the document so far, the events, the status of each
path, the place where the reader stands, the mistake if there is one, and how the stream would end if it ended
here. It remembers nothing between two calls and is not fast. Its only virtue is that one can read it beside the
RFC and believe it; the tests compare it with `json.loads` first and the parser with it afterwards.

Two exceptions steer it. `_Ends` is raised where the text runs out: not a mistake, the prefix may still grow.
`_Wrong` is raised at the first character that no continuation could save.

What is visible is decided at three places only: a container and a string are hung into the tree when they open
(`_show`), an atom when it is finished, and the text of a string grows by what is decided (`_string`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Path = tuple[str | int, ...]
Status = Literal["missing", "partial", "complete"]


class _Nothing:
    """Stands for the MISSING of the library, which the model does not import."""

    def __repr__(self) -> str:
        return "NOTHING"

    def __bool__(self) -> bool:
        return False


NOTHING = _Nothing()


@dataclass(frozen=True)
class Seen:
    """An event: its kind is the name of its class."""

    kind: str
    path: Path
    value: Any


@dataclass(frozen=True)
class Mistake:
    """Where a text went wrong, or ended too early."""

    pos: int
    lineno: int
    colno: int
    path: Path


@dataclass(frozen=True)
class Prediction:
    """Everything that can be observed after a prefix was fed."""

    json: Any
    events: tuple[Seen, ...]
    done: bool
    path: Path
    statuses: dict[Path, Status]
    error: Mistake | None
    ending: Ending

    def status(self, path: Path) -> Status:
        """The status of any path, "missing" where nothing is visible."""
        return self.statuses.get(path, "missing")


@dataclass(frozen=True)
class Ending:
    """How the stream ends if it ends after this prefix.

    `events` are those the ending itself brings: the completion of a number at the root, and nothing else.
    `complete` holds the paths of the largest closed values, in the order of the document, what is open last.
    """

    kind: Literal["complete", "truncated", "failed"]
    value: Any
    events: tuple[Seen, ...]
    complete: tuple[Path, ...]
    error: Mistake | None


class _Ends(Exception):
    """The text ran out."""


class _Wrong(Exception):
    """The character at the reader's position cannot stand there."""


@dataclass
class _Node:
    """A visible value: an atom or the text of a string in `value`, the children of a container in `children`."""

    kind: Literal["atom", "string", "array", "object"]
    value: Any = None
    children: dict[str | int, _Node] = field(default_factory=dict)
    closed: bool = False

    def plain(self) -> Any:
        if self.kind == "object":
            return {key: child.plain() for key, child in self.children.items()}
        if self.kind == "array":
            return [child.plain() for child in self.children.values()]
        return self.value

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, _Node]]:
        yield path, self
        for key, child in self.children.items():
            yield from child.walk((*path, key))

    def largest_closed(self, path: Path = ()) -> Iterator[Path]:
        if self.closed:
            yield path
            return
        # What is open comes last: at most one child is, and its parts close after all that is closed now.
        for key, child in sorted(self.children.items(), key=lambda item: item[1].closed, reverse=True):
            yield from child.largest_closed((*path, key))


WHITE = " \t\n\r"
ENDS_NUMBER = WHITE + ",]}"
ENDS_ROOT_NUMBER = WHITE
DIGITS = "0123456789"
HEX = "0123456789abcdefABCDEF"
SIMPLE_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
LITERALS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}

_INT = r"-?(?:0|[1-9][0-9]*)"
NUMBER = re.compile(rf"{_INT}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
BEGINS_NUMBER = re.compile(rf"-|{_INT}\.|{_INT}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]*)?")


class _Reader:
    """One reading of one text. `place` is the open path; `root` the tree of what is visible."""

    def __init__(self, text: str, depth: int) -> None:
        self.text = text
        self.pos = 0
        self.depth = depth
        self.place: list[str | int] = []
        self.root: _Node | None = None
        self.parents: list[_Node] = []
        self.events: list[Seen] = []

    # Characters

    def peek(self) -> str:
        if self.pos == len(self.text):
            raise _Ends
        return self.text[self.pos]

    def expect(self, allowed: str) -> str:
        """The character here, which must be one of `allowed`; steps over it."""
        char = self.peek()
        if char not in allowed:
            raise _Wrong
        self.pos += 1
        return char

    def skip_white(self) -> None:
        while self.peek() in WHITE:
            self.pos += 1

    # The tree and the events

    def path(self) -> Path:
        return tuple(self.place)

    def show(self, node: _Node) -> None:
        """Hang a value into the tree, at the place where the reader stands."""
        if not self.parents:
            self.root = node
            return
        siblings = self.parents[-1].children
        key = self.place[-1]
        if key in siblings:
            self.events.append(Seen("Replaced", self.path(), siblings[key].plain()))
        siblings[key] = node

    def complete(self, node: _Node) -> None:
        node.closed = True
        self.events.append(Seen("Completed", self.path(), node.plain()))

    # The grammar

    def document(self) -> None:
        self.skip_white()
        self.value()
        while True:
            self.skip_white()
            raise _Wrong

    def value(self) -> None:
        char = self.peek()
        if char == "{":
            self.container("object")
        elif char == "[":
            self.container("array")
        elif char == '"':
            node = _Node("string", "")
            self.show(node)
            self.string(node)
            self.complete(node)
        elif char in LITERALS:
            word, value = LITERALS[char]
            for letter in word:
                self.expect(letter)
            self.atom(value)
        elif char == "-" or char in DIGITS:
            self.number()
        else:
            raise _Wrong

    def atom(self, value: Any) -> None:
        node = _Node("atom", value)
        self.show(node)
        self.complete(node)

    def container(self, kind: Literal["array", "object"]) -> None:
        if len(self.parents) == self.depth:
            raise _Wrong
        self.pos += 1
        node = _Node(kind)
        self.show(node)
        self.parents.append(node)
        if kind == "array":
            self.items()
        else:
            self.members()
        self.parents.pop()
        self.complete(node)

    def items(self) -> None:
        index = 0
        self.place.append(index)
        self.skip_white()
        if self.peek() == "]":
            self.place.pop()
            self.pos += 1
            return
        while True:
            self.skip_white()
            self.value()
            self.place.pop()
            self.skip_white()
            if self.expect(",]") == "]":
                return
            index += 1
            self.place.append(index)

    def members(self) -> None:
        self.skip_white()
        if self.peek() == "}":
            self.pos += 1
            return
        while True:
            self.skip_white()
            if self.peek() != '"':
                raise _Wrong
            key = _Node("string", "")
            self.string(key)
            self.skip_white()
            self.expect(":")
            self.place.append(key.value)
            self.skip_white()
            self.value()
            self.place.pop()
            self.skip_white()
            if self.expect(",}") == "}":
                return

    def number(self) -> None:
        start = self.pos
        while BEGINS_NUMBER.fullmatch(self.text, start, self.pos + 1) and self.pos < len(self.text):
            self.pos += 1
        after = self.peek()
        if not NUMBER.fullmatch(self.text, start, self.pos):
            raise _Wrong
        if after not in (ENDS_NUMBER if self.parents else ENDS_ROOT_NUMBER):
            raise _Wrong
        self.atom(number_value(self.text[start : self.pos]))

    def string(self, node: _Node) -> None:
        """The text of a string. What is decided is put into the node at once; `high` is what is held back."""
        self.expect('"')
        high = ""
        while True:
            char = self.peek()
            if char == '"':
                self.pos += 1
                node.value += high
                return
            if char < " ":
                raise _Wrong
            self.pos += 1
            escaped = char == "\\"
            if escaped:
                char = self.escape()
            if high and escaped and "\udc00" <= char <= "\udfff":
                char = chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(char) - 0xDC00))
                high = ""
            node.value += high
            high = ""
            if escaped and "\ud800" <= char <= "\udbff":
                high = char
            else:
                node.value += char

    def escape(self) -> str:
        kind = self.expect('"\\/bfnrtu')
        if kind != "u":
            return SIMPLE_ESCAPES[kind]
        return chr(int("".join(self.expect(HEX) for _ in range(4)), 16))


def number_value(spelled: str) -> int | float:
    """The value of a number: an int where there is neither fraction nor exponent, as `json.loads` has it."""
    return float(spelled) if any(mark in spelled for mark in ".eE") else int(spelled)


def mistake(text: str, pos: int, path: Path) -> Mistake:
    """A position as line and column; only a line feed ends a line."""
    before = text[:pos]
    return Mistake(pos, before.count("\n") + 1, pos - (before.rfind("\n") + 1) + 1, path)


def predict(text: str, *, depth: int = 512) -> Prediction:
    """What is observed after `text` was fed to a fresh parser, and how it would end there."""
    reader = _Reader(text, depth)
    error: Mistake | None = None
    try:
        reader.document()
    except _Ends:
        pass
    except _Wrong:
        error = mistake(text, reader.pos, reader.path())
    root = reader.root
    return Prediction(
        json=NOTHING if root is None else root.plain(),
        events=tuple(reader.events),
        done=root is not None and root.closed,
        path=reader.path(),
        statuses={} if root is None else {p: "complete" if n.closed else "partial" for p, n in root.walk()},
        error=error,
        ending=_ending(text, root, error, reader.path()),
    )


def _ending(text: str, root: _Node | None, error: Mistake | None, path: Path) -> Ending:
    if error is not None:
        return Ending("failed", NOTHING, (), (), error)
    if root is None:
        bare = text.strip(WHITE)
        if NUMBER.fullmatch(bare):
            value = number_value(bare)
            return Ending("complete", value, (Seen("Completed", (), value),), (), None)
    elif root.closed:
        return Ending("complete", root.plain(), (), (), None)
    complete = () if root is None else tuple(root.largest_closed())
    return Ending("truncated", NOTHING, (), complete, mistake(text, len(text), path))


def predict_bytes(data: bytes, *, depth: int = 512) -> Prediction:
    """The same for bytes: a byte order mark is dropped, the valid part before a bad byte is read first."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return predict(data.decode(), depth=depth)
    except UnicodeDecodeError as bad:
        text = data[: bad.start].decode()
        before = predict(text, depth=depth)
        if before.error is not None:
            return before
        if bad.reason == "unexpected end of data":
            # A sequence that is not finished yet: nothing of it shows, and the document cannot end here.
            where = mistake(text, len(text), before.path)
            ending = Ending("truncated", NOTHING, (), before.ending.complete, where)
            return _with(before, None, ending)
        where = mistake(text, len(text), before.path)
        return _with(before, where, Ending("failed", NOTHING, (), (), where))


def _with(before: Prediction, error: Mistake | None, ending: Ending) -> Prediction:
    return Prediction(before.json, before.events, before.done, before.path, before.statuses, error, ending)
