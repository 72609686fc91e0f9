"""Checkpoints: the state of a parser as JSON-able plain data.

The state of a lexer and its tree after a text is the state after any text that leads there, so a checkpoint holds the
shortest such text: the document so far, canonically spelled, with its containers left open and the cut token at the
end. Restoring feeds it to a new parser and then sets the counters of positions, which the shorter text cannot know.
So there is no second way to build a state, and a corrupt checkpoint is found by the parser itself.

A typed parser cannot be restored from values, since validated objects are not plain data. Its text is the document's
own, and restoring validates again.

The text is canonical: it does not depend on how the document was cut, which makes it the way to compare states.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from partialjson._core.changes import Journal, Mark
from partialjson._core.events import Node
from partialjson._core.machine import (
    AFTER,
    COLON,
    DONE,
    HEX,
    KEY,
    NUMBER,
    TEXT,
    VALUE,
    WORD,
    Machine,
)
from partialjson._core.tree import Tree

if TYPE_CHECKING:
    from mypy_extensions import i64

VERSION: Final = 1

_SPLIT_PAIR: Final = re.compile(r"[\ud800-\udbff](?=[\udc00-\udfff])")


def text_so_far(lexer: Machine, tree: Tree) -> str:
    """A text after which another lexer and tree are in the same state."""
    if lexer.text is not None:
        return lexer.text.all
    tree.snapshot()
    pieces: list[str] = []
    if tree.containers:
        i: i64
        for i in range(len(tree.containers)):
            _open(pieces, lexer, tree, i)
    elif tree.ground and not tree.in_text:
        pieces.append(json_text(tree.ground[0]))
    if tree.in_text:
        pieces.append(json_text(tree.text)[:-1])
    pieces.append(_cut_token(lexer))
    if lexer.state == AFTER or lexer.state == DONE:
        # Without it a number would still be open.
        pieces.append(" ")
    return "".join(pieces)


def _open(pieces: list[str], lexer: Machine, tree: Tree, i: i64) -> None:
    """The text of open container ``i`` up to what is open inside it."""
    container = tree.containers[i]
    innermost = i == len(tree.containers) - 1
    has_open_value = tree.in_text or not innermost
    state = lexer.state
    awaits_value = state == VALUE or state == NUMBER or state == WORD
    if isinstance(container, dict):
        key = tree.key if innermost else tree.keys[i + 1]
        members: list[str] = []
        for name in container:
            if not has_open_value or name != key:
                members.append(json_text(name) + ":" + json_text(container[name]))
            elif name != next(reversed(container)):
                # The open value replaces one that came earlier, and keeps its place among the keys.
                members.append(json_text(name) + ":null")
        if has_open_value or (innermost and awaits_value):
            members.append(json_text(key) + ":")
        elif state == COLON:
            members.append(json_text(key))
        elif members and (state == KEY or state == TEXT):
            members.append("")
        pieces.append("{" + ",".join(members))
    else:
        items = cast("list[object]", container)
        values = [json_text(item) for item in (items[:-1] if has_open_value else items)]
        if values and (has_open_value or awaits_value):
            values.append("")
        pieces.append("[" + ",".join(values))


def _cut_token(lexer: Machine) -> str:
    """The token that is cut, as far as the tree does not show it."""
    state = lexer.state
    if state == NUMBER:
        return lexer.token
    if state == WORD:
        return lexer.word[: lexer.matched]
    if state != TEXT:
        return ""
    text = json_text(lexer.token)[:-1] if lexer.is_key else ""
    if lexer.high != 0:
        text += f"\\u{lexer.high:04x}"
    if lexer.escape >= HEX:
        digits = lexer.escape - HEX
        text += "\\u" + (f"{lexer.code:04x}"[4 - digits :] if digits > 0 else "")
    elif lexer.escape == 1:
        text += "\\"
    return text


def json_text(value: object) -> str:
    """JSON text for a value, without recursion; infinity, read from a number beyond a double, as such a number."""
    pieces: list[str] = []
    # What is still to be written, last first: values, or text as it is.
    todo: list[tuple[bool, object]] = [(True, value)]
    while todo:
        is_value, item = todo.pop()
        if not is_value:
            pieces.append(cast(str, item))
        elif isinstance(item, dict):
            pieces.append("{")
            todo.append((False, "}"))
            between = ""
            for key in reversed(item):
                if between:
                    todo.append((False, between))
                between = ","
                todo.append((True, item[key]))
                todo.append((False, _string(key) + ":"))
        elif isinstance(item, list):
            pieces.append("[")
            todo.append((False, "]"))
            between = ""
            for element in reversed(item):
                if between:
                    todo.append((False, between))
                between = ","
                todo.append((True, element))
        elif isinstance(item, float) and item - item != 0:
            pieces.append("1e999" if item > 0 else "-1e999")
        elif isinstance(item, str):
            pieces.append(_string(item))
        else:
            pieces.append(json.dumps(item))
    return "".join(pieces)


def _string(value: str) -> str:
    """A string as JSON text that stays what it is when the text itself travels through JSON.

    Two halves of a pair that stand side by side are two characters; both raw, or both escaped, they would become one.
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else _SPLIT_PAIR.sub(_escape, text)


def _escape(half: re.Match[str]) -> str:
    return f"\\u{ord(half.group()):04x}"


def save_journal(tree: Tree) -> dict[str, Any] | None:
    """The marks of a tree as plain data; None where nobody asked for deltas.

    Nodes become rows of a table, ``[row of the parent, key]``, so that a path is not written out for each mark.
    """
    journal = tree.journal
    if journal is None:
        return None
    places: list[Any] = []
    rows: dict[Node, int] = {}
    marks = [[mark.op, _row(mark.at, places, rows), json_text(mark.value)] for mark in journal.marks]
    opened = [_row(node, places, rows) for node in [*tree.nodes, tree.node] if node is not None]
    return {
        "size": journal.size,
        "floor": journal.floor,
        "clock": list(journal.clock),
        "marks": marks,
        "open": opened,
        "places": places,
    }


def _row(node: Node, places: list[Any], rows: dict[Node, int]) -> int:
    """The row of a node in the table of places, written now if it is new."""
    new: list[Node] = []
    at: Node | None = node
    while at is not None and at not in rows:
        new.append(at)
        at = at.parent
    for each in reversed(new):
        parent = each.parent
        rows[each] = len(places)
        places.append([-1, ""] if parent is None else [rows[parent], each.key])
    return rows[node]


def load_journal(tree: Tree, saved: dict[str, Any]) -> None:
    """Give a tree the marks that ``save_journal`` saved.

    Raises:
        LookupError, TypeError, ValueError: they are corrupt.
    """
    tree.start_journal()
    if any(type(tick) is not int for tick in [*saved["clock"], saved["size"], saved["floor"]]):
        raise TypeError("the clock of the journal counts in integers")
    clock: list[i64] = list(saved["clock"])
    size: i64 = saved["size"]
    floor: i64 = saved["floor"]
    nodes = _nodes(saved["places"])
    marks: list[Mark] = []
    for op, row, text in saved["marks"]:
        if op not in ("add", "replace"):
            raise ValueError(f"unknown operation {op!r}")
        # Containers are saved by their kind.
        value: object = {} if text == "{}" else [] if text == "[]" else _atom(text)
        marks.append(Mark(op, nodes[_index(row)], value))
    opened = [nodes[_index(row)] for row in saved["open"]]
    if len(marks) != len(clock) or sorted(clock) != clock or not 0 <= floor <= size or (clock and clock[-1] > size):
        raise ValueError("the journal contradicts itself")
    if len(opened) != len(tree.nodes) + 1:
        raise ValueError("the journal has other open containers")
    # Row 0 and 1 of the open containers are the ground's and the root's, which are one place.
    i: i64
    for i in range(2, len(opened)):
        if opened[i].parent is not opened[i - 1] or opened[i].key != tree.key_of(i - 1):
            raise ValueError("the journal has other open containers")
    tree.node = opened.pop()
    tree.nodes = list(opened)
    journal = tree.journal = Journal(size)
    journal.floor = floor
    journal.clock = clock
    journal.marks = marks


def _nodes(places: Any) -> list[Node]:
    nodes: list[Node] = []
    for row, key in places:
        if type(key) is not str and type(key) is not int:
            raise TypeError("a path has keys and indexes")
        nodes.append(Node(nodes[_index(row)] if row != -1 else None, key))
    return nodes


def _index(row: Any) -> int:
    if type(row) is not int or row < 0:
        raise ValueError(f"{row!r} is no row of the journal")
    return row


def _atom(text: str) -> object:
    if text[:1] in ("{", "["):
        raise ValueError("a container in the journal")
    value: object = json.loads(text)
    return value
