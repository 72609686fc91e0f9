"""The changes of a document in a checkpoint: the marks from which deltas are made, as plain data.

Nodes become rows of a table, ``[row of the parent, key]``, so that a path is not written out for each mark.

What is loaded is compared with itself and with the document before it is taken. The marks are the values in the order
in which they became visible, so three things hold of them, and all three are checked:

- *Time.* Each takes one tick and, if it is a string, one more for each character. So the clock of a mark tells that of
  the next one, and the last one tells the size.
- *Place.* A value appears in a container that is open, and whatever was open inside that container has closed. So the
  containers that can still be open are a stack; and its beginning are those that are open in the document.
- *Value.* Unless a later mark has replaced it, or something that it is in, a value stands in the document.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from partialjson._core.canonical import canonical_text
from partialjson._core.changes import Mark
from partialjson._core.events import Node
from partialjson._core.tree import Tree

if TYPE_CHECKING:
    from mypy_extensions import i64

Place = tuple[Node, str | int]


def save_changes(tree: Tree, forgets: bool) -> dict[str, Any] | None:
    """The marks of a tree as plain data; None if nobody asked for deltas.

    ``forgets``: values are no plain data, so earlier changes are left out; who asks for them gets the whole document.
    """
    observer = tree.observer
    if observer is None or observer.changes is None:
        return None
    changes = observer.changes
    places: list[Any] = []
    rows: dict[Node, int] = {}
    first = 0 if not forgets else len(changes.marks) - (1 if tree.in_text and changes.marks else 0)
    marks = [[mark.op, _row(mark.at, places, rows), canonical_text(mark.value)] for mark in changes.marks[first:]]
    opened = [_row(node, places, rows) for node in [*observer.nodes, observer.node] if node is not None]
    return {
        "size": changes.size,
        "floor": changes.size if forgets else changes.floor,
        "clock": list(changes.clock[first:]),
        "marks": marks,
        "open": opened,
        "places": places,
    }


def load_changes(tree: Tree, saved: Any, most: i64, shown: i64, is_own: bool) -> None:
    """Give a tree the marks that ``save_changes`` saved.

    Args:
        most: no more characters than that have been read.
        shown: how many characters of the open string are visible; -1 where none is open.
        is_own: this process has just saved them, so they need not be checked.
    """
    least = tree.start_changes().size
    observer = tree.observer
    assert observer is not None
    if any(type(tick) is not int for tick in [*saved["clock"], saved["size"], saved["floor"]]):
        raise TypeError("the clock of the changes counts in integers")
    size: int = saved["size"]
    floor: int = saved["floor"]
    clock: list[int] = list(saved["clock"])
    if not 0 <= floor <= size <= most or size < least:
        raise ValueError("the size of the changes is not that of the document")
    if any(not 0 < tick <= size for tick in clock):
        raise ValueError("the changes have another clock")
    nodes = _nodes(saved["places"])
    marks: list[Mark] = []
    for op, row, text in saved["marks"]:
        if op not in ("add", "replace"):
            raise ValueError("a change has an unknown operation")
        # Containers are saved by their kind.
        value: object = {} if text == "{}" else [] if text == "[]" else _atom(text)
        marks.append(Mark(op, nodes[_index(row)], value))
    opened = [nodes[_index(row)] for row in saved["open"]]
    if len(opened) != len(observer.nodes) + 1:
        raise ValueError("the changes have other open containers")
    # Row 0 and 1 of the open containers are the ground's and the root's, which are one place.
    if opened[0].parent is not None or (len(opened) > 1 and opened[1] is not opened[0]):
        raise ValueError("the changes have other open containers")
    i: i64
    for i in range(2, len(opened)):
        if opened[i].parent is not opened[i - 1] or opened[i].key != tree.key_of(i - 1):
            raise ValueError("the changes have other open containers")
    if not is_own:
        _check_times(marks, clock, floor, size, shown)
        _check_places(tree, marks, opened)
    changes = observer.changes
    assert changes is not None
    observer.node = opened.pop()
    observer.nodes = list(opened)
    changes.size = size
    changes.floor = floor
    changes.clock = cast("list[i64]", clock)
    changes.marks = marks


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


def _nodes(places: Any) -> list[Node]:
    """The nodes of a table of places. A row names only rows before it, so there are no circles; one is the root."""
    nodes: list[Node] = []
    for row, key in places:
        if type(key) is not str and type(key) is not int:
            raise TypeError("a path has keys and indexes")
        if type(row) is int and row == -1:
            if nodes or key != "":
                raise ValueError("the places of the changes have more than one root")
            nodes.append(Node(None, ""))
        else:
            nodes.append(Node(nodes[_index(row)], key))
    return nodes


def _index(row: Any) -> int:
    if type(row) is not int or row < 0:
        raise ValueError("the changes name a place that is no row of the places")
    return row


def _atom(text: Any) -> object:
    """A value that is no container, from its canonical text."""
    if type(text) is not str or text[:1] not in set('"-0123456789tfnN'):
        raise ValueError("a change has no value")
    value: object = json.loads(text)
    if canonical_text(value) != text:
        raise ValueError("a value among the changes is spelled in another way")
    return value


# What holds of changes.


def _check_times(marks: list[Mark], clock: list[int], floor: int, size: int, shown: i64) -> None:
    if len(marks) != len(clock):
        raise ValueError("the changes have another clock")
    now = floor
    i: i64
    for i in range(len(marks)):
        mark = marks[i]
        length: i64 = 0
        if mark.is_text:
            length = len(cast("str", mark.value))
            if shown >= 0 and i == len(marks) - 1:
                if length > 0:
                    raise ValueError("the open string has a value among the changes")
                length = shown
        tick = clock[i]
        # The first one may have begun before all changes were known: a string that was open then.
        if tick != now + 1 and not (i == 0 and mark.is_text and tick <= floor <= tick + length):
            raise ValueError("the changes have another clock")
        now = tick + length
    if now != size or (shown >= 0 and (not marks or not marks[-1].is_text)):
        raise ValueError("the changes have another clock")


def _check_places(tree: Tree, marks: list[Mark], opened: list[Node]) -> None:
    if not marks:
        return
    # The containers around the first mark, which were open before.
    stack: list[Node] = []
    around = marks[0].at.parent
    while around is not None:
        stack.append(around)
        around = around.parent
    stack.reverse()
    before = stack.copy()
    latest: dict[Place, Node] = {}
    for node in before:
        if node.parent is not None:
            latest[node.parent, node.key] = node
    outer = set(before)
    began: set[Node] = set()
    following: dict[Node, int] = {}
    members: dict[Node, int] = {}
    for mark in marks:
        node = mark.at
        parent = node.parent
        if node in began or node in outer:
            raise ValueError("the changes name a place twice")
        began.add(node)
        # The root can only be the first: it is around whatever else comes first.
        if parent is not None:
            while stack and stack[-1] is not parent:
                stack.pop()
            if not stack:
                raise ValueError("something changed in a container that was not open")
            place = (parent, node.key)
            again = place in latest
            if isinstance(node.key, int):
                expected = following.get(parent, 0 if parent in began else node.key)
                if again or node.key != expected or node.key < 0:
                    raise ValueError("the elements of an array are not in their order among the changes")
                following[parent] = node.key + 1
            elif mark.op == "add" and again:
                raise ValueError("a member was added twice")
            elif mark.op == "replace" and not again and parent in began:
                raise ValueError("a member was replaced that had not been there")
            latest[place] = node
            members[parent] = members.get(parent, 0) + (0 if again else 1)
        if mark.op == "replace" and not (parent is not None and isinstance(node.key, str)):
            raise ValueError("something was replaced that is no member")
        if mark.is_container:
            stack.append(node)
    depth = len(opened) - 1
    if len(stack) < depth or any(stack[i] is not opened[i + 1] for i in range(depth)):
        raise ValueError("the changes have other open containers")
    if tree.in_text and (
        marks[-1].at.parent is not (opened[-1] if depth else None) or (depth and marks[-1].at.key != tree.here())
    ):
        raise ValueError("the open string is not the last of the changes")
    _check_values(tree, marks, before, latest, members)


def _check_values(
    tree: Tree, marks: list[Mark], before: list[Node], latest: dict[Place, Node], members: dict[Node, int]
) -> None:
    """Every value that was not replaced stands in the document."""
    held: dict[Node, Any] = {}
    for node in before:
        found, is_there = _find(tree, node, held, latest)
        if is_there:
            if not isinstance(found, (dict, list)):
                raise ValueError("the changes have containers that the document does not have")
            held[node] = found
    for mark in marks:
        node = mark.at
        found, is_there = _find(tree, node, held, latest)
        if not is_there:
            continue
        if mark.is_container:
            is_same_kind = isinstance(found, dict if isinstance(mark.value, dict) else list)
            if not is_same_kind or len(found) != members.get(node, 0):
                raise ValueError("the changes have containers that the document does not have")
            held[node] = found
        elif tree.in_text and mark is marks[-1]:
            # It has no value yet, and stands where the document's open string does.
            continue
        elif type(found) is not type(mark.value) or (found != mark.value and found == found):
            # Only NaN, which lenient parsing reads, is not equal to itself.
            raise ValueError("the changes have values that the document does not have")


def _find(tree: Tree, node: Node, held: dict[Node, Any], latest: dict[Place, Node]) -> tuple[Any, bool]:
    """The value at a node in the document, and whether it is still there."""
    parent = node.parent
    if parent is None:
        return tree.ground[0], True
    key = node.key
    if parent not in held or latest[parent, key] is not node:
        return None, False
    container = held[parent]
    if isinstance(container, dict):
        if type(key) is not str or key not in container:
            raise ValueError("the changes have places that the document does not have")
        return container[key], True
    if type(key) is not int or not 0 <= key < len(container):
        raise ValueError("the changes have places that the document does not have")
    return container[key], True
