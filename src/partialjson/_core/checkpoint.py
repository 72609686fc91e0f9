"""Checkpoints: the state of a parser as JSON-able plain data.

Different texts can lead a lexer and its tree to the same state. A checkpoint holds the shortest such text: the document
so far, canonically spelled, with its containers left open and the cut token at the end. Restoring feeds it to a new
parser and then sets the positions, which the shorter text cannot give. So there is no second way to build a state, and
the parser itself detects a corrupt checkpoint.

A typed parser cannot be restored from values, since validated objects are not plain data. Its text is the document's
own, and restoring validates again. The same goes for one whose numbers are read by functions (``parse_float``), which
are given again.

The text is canonical: it does not depend on the chunking, so states can be compared by it.

``load_options`` and the other functions that load raise one of ``CORRUPT`` for a state that no parser saved.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from partialjson._core.changes import Mark
from partialjson._core.events import Node
from partialjson._core.lexer import Lexer
from partialjson._core.machine import (
    AFTER,
    COLON,
    ENDED,
    HEX,
    KEY,
    NUMBER,
    TEXT,
    VALUE,
    WORD,
)
from partialjson._core.selection import compile_selection
from partialjson._core.tree import Tree
from partialjson._core.utf8 import Utf8
from partialjson.limits import LARGEST, Limits
from partialjson.options import ON_INVALID, ParserOptions

if TYPE_CHECKING:
    from mypy_extensions import i64

VERSION: Final = 1

CORRUPT: Final = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)

_SPLIT_PAIR: Final = re.compile(r"[\ud800-\udbff](?=[\udc00-\udfff])")


# Options.


def save_options(options: ParserOptions) -> dict[str, Any]:
    """The options that go with a document, as plain data."""
    limits = options.get("limits") or Limits()
    return {
        "select": options.get("select"),
        "limits": [limits.depth, limits.string, limits.number, limits.document],
        "strict": options.get("strict"),
        "by_alias": options.get("by_alias"),
        "by_name": options.get("by_name"),
        "on_invalid": options.get("on_invalid", ON_INVALID[0]),
        "predict": options.get("predict", False),
    }


def load_options(saved: Any, has_target: bool) -> ParserOptions:
    """The options that ``save_options`` saved."""
    _typed(dict, saved)
    flags: list[bool | None] = [_flag(saved[name]) for name in ("strict", "by_alias", "by_name")]
    on_invalid: Any = _typed(str, saved["on_invalid"])
    predict: bool = _typed(bool, saved["predict"])
    if on_invalid not in ON_INVALID:
        raise ValueError("on_invalid has an unknown value")
    if not has_target and (any(flag is not None for flag in flags) or on_invalid != ON_INVALID[0] or predict):
        raise ValueError("it has options that need a target, and no target")
    select: Any = saved["select"]
    if select is not None:
        compile_selection(_typed(list, select))
    return {
        "select": select,
        "limits": Limits(*saved["limits"]),
        "strict": flags[0],
        "by_alias": flags[1],
        "by_name": flags[2],
        "on_invalid": on_invalid,
        "predict": predict,
    }


# The document.


def save_document(lexer: Lexer) -> dict[str, Any]:
    """The state of a lexer and its tree."""
    return {
        "text": text_so_far(lexer),
        "pos": lexer.base,
        "line": lexer.line,
        "line_start": lexer.line_start,
        "changes": _save_changes(lexer.tree, lexer.parse_float is not None or lexer.parse_int is not None),
    }


def load_document(lexer: Lexer, saved: Any) -> None:
    """Take over what ``save_document`` saved; nothing has been read."""
    # The text in a checkpoint has a canonical spelling, which may be longer than what was read.
    limits = (lexer.max_string, lexer.max_number, lexer.max_document)
    lexer.max_string = lexer.max_number = lexer.max_document = LARGEST
    lexer.feed(_typed(str, saved["text"]))
    lexer.max_string, lexer.max_number, lexer.max_document = limits
    lexer.tree.take_events()
    pos = _count(saved["pos"])
    line = _count(saved["line"])
    line_start = _count(saved["line_start"])
    if line_start > pos or line < 1 or (lexer.source is not None and pos != lexer.base):
        raise ValueError("its positions contradict each other")
    lexer.base = pos
    lexer.line = line
    lexer.line_start = line_start
    if saved["changes"] is not None:
        _load_changes(lexer.tree, saved["changes"])


def save_bytes(utf8: Utf8 | None) -> dict[str, Any]:
    """The state of the bytes; that of no bytes where there were none."""
    if utf8 is None:
        return {"tail": "", "byte_pos": 0, "bom_checked": False}
    return {"tail": utf8.tail.hex(), "byte_pos": utf8.pos + utf8.used, "bom_checked": utf8.bom_checked}


def load_bytes(saved: Any) -> Utf8 | None:
    """What ``save_bytes`` saved."""
    utf8 = Utf8()
    utf8.tail = bytes.fromhex(_typed(str, saved["tail"]))
    utf8.pos = _count(saved["byte_pos"])
    utf8.bom_checked = _typed(bool, saved["bom_checked"])
    if len(utf8.tail) > 3:
        raise ValueError("its input contradicts itself")
    return utf8 if utf8.tail or utf8.pos > 0 or utf8.bom_checked else None


def load_count(saved: Any, most: int = LARGEST) -> int:
    """A number of something, at most so many."""
    if _count(saved) > most:
        raise ValueError(f"{saved!r} is too many")
    return int(saved)


def load_flag(saved: Any) -> bool:
    found: bool = _typed(bool, saved)
    return found


def _typed(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not a {kind.__name__}")
    return value


def _flag(value: Any) -> bool | None:
    if value is not None and value is not True and value is not False:
        raise TypeError("an option must be true, false or null")
    return value


def _count(value: Any) -> int:
    if not 0 <= _typed(int, value) <= LARGEST:
        raise ValueError(f"{value!r} is not a count")
    return int(value)


# The text.


def text_so_far(lexer: Lexer) -> str:
    """A text after which another lexer and its tree are in the same state."""
    if lexer.source is not None:
        return lexer.source.all
    tree = lexer.tree
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
    if lexer.state == AFTER or lexer.state == ENDED:
        # Without it a number would still be open.
        pieces.append(" ")
    return "".join(pieces)


def _open(pieces: list[str], lexer: Lexer, tree: Tree, i: i64) -> None:
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
                # The open value replaces an earlier one and keeps its place among the keys.
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


def _cut_token(lexer: Lexer) -> str:
    """The part of the cut token that the tree does not show."""
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
    """A string as JSON text that does not change when the text itself is sent through JSON.

    Two halves of a pair side by side are two characters here; both raw, or both escaped, they would become one.
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else _SPLIT_PAIR.sub(_escape, text)


def _escape(half: re.Match[str]) -> str:
    return f"\\u{ord(half.group()):04x}"


# The changes.


def _save_changes(tree: Tree, forgets: bool) -> dict[str, Any] | None:
    """The marks of a tree as plain data; None if nobody asked for deltas.

    ``forgets``: values are no plain data, so earlier changes are left out; who asks for them gets the whole document.

    Nodes become rows of a table, ``[row of the parent, key]``, so that a path is not written out for each mark.
    """
    observer = tree.observer
    if observer is None or observer.changes is None:
        return None
    changes = observer.changes
    places: list[Any] = []
    rows: dict[Node, int] = {}
    first = 0 if not forgets else len(changes.marks) - (1 if tree.in_text and changes.marks else 0)
    marks = [[mark.op, _row(mark.at, places, rows), json_text(mark.value)] for mark in changes.marks[first:]]
    opened = [_row(node, places, rows) for node in [*observer.nodes, observer.node] if node is not None]
    return {
        "size": changes.size,
        "floor": changes.size if forgets else changes.floor,
        "clock": list(changes.clock[first:]),
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


def _load_changes(tree: Tree, saved: dict[str, Any]) -> None:
    """Give a tree the marks that ``_save_changes`` saved."""
    changes = tree.start_changes()
    observer = tree.observer
    assert observer is not None
    if any(type(tick) is not int for tick in [*saved["clock"], saved["size"], saved["floor"]]):
        raise TypeError("the clock of the changes counts in integers")
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
        raise ValueError("the changes contradict each other")
    if len(opened) != len(observer.nodes) + 1:
        raise ValueError("the changes have other open containers")
    # Row 0 and 1 of the open containers are the ground's and the root's, which are one place.
    i: i64
    for i in range(2, len(opened)):
        if opened[i].parent is not opened[i - 1] or opened[i].key != tree.key_of(i - 1):
            raise ValueError("the changes have other open containers")
    observer.node = opened.pop()
    observer.nodes = list(opened)
    changes.size = size
    changes.floor = floor
    changes.clock = clock
    changes.marks = marks


def _nodes(places: Any) -> list[Node]:
    nodes: list[Node] = []
    for row, key in places:
        if type(key) is not str and type(key) is not int:
            raise TypeError("a path has keys and indexes")
        nodes.append(Node(nodes[_index(row)] if row != -1 else None, key))
    return nodes


def _index(row: Any) -> int:
    if type(row) is not int or row < 0:
        raise ValueError(f"{row!r} is no row of the places")
    return row


def _atom(text: str) -> object:
    if text[:1] in ("{", "["):
        raise ValueError("a container among the changes")
    value: object = json.loads(text)
    return value
