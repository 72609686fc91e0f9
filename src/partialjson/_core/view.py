"""The typed view: what ``Parser.value`` shows while a plan follows the tree.

The view is a second tree beside the JSON one. It has a ``Frame`` for each open container that its plan follows inside;
a container that is settled whole has none, and nothing below it is looked at until it closes. Children go into the
``box`` of their parent's frame when there is something true to show:

- a settled value, when it closes;
- the partial view of a followed container, when it opens, until the settled value takes its place;
- the text of a growing string, and a container of plain JSON, brought up to date when somebody looks.

An invalid value leaves what was shown of it; where nothing was, a list keeps MISSING at its index so that the indexes
of its neighbours stay those of the document.

Snapshots hold still by copying on write: ``value`` hands out the live view, notes that the whole open path has been
handed out, and the next visible change first copies what somebody kept of that path.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, final

from partialjson._core.holders import is_held
from partialjson._core.plan import (
    ARRAY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    Failure,
    Plan,
    Shape,
    Text,
)

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class Frame:
    """An open container that its plan follows inside."""

    def __init__(self, shape: Shape, is_object: bool, run: object) -> None:
        self.shape = shape
        self.run: object = run
        self.is_object = is_object
        self.is_wrapped = is_object and shape.wrap is not None
        # What is shown of the container, and the dict or list inside it that holds the children.
        self.items: list[Any] = []
        self.members: dict[str, Any] = {}
        self.shown: Any = None
        # The children that closed, in document order: what the shape settles from.
        self.keys: list[str | int] = []
        self.settled: list[Any] = []
        # The name under which the child that is open now is shown, and its plan.
        self.child_name = ""
        self.child_plan: Plan | None = None
        self.child_shown = False
        self.show()

    def show(self) -> None:
        """Make ``shown`` from what the frame holds."""
        if not self.is_object:
            self.shown = self.items
        elif self.shape.wrap is not None:
            self.shown = self.shape.wrap(self.members, self.run)
        else:
            self.shown = self.members

    def copy(self) -> None:
        """Leave what was handed out alone and go on with a copy."""
        if self.is_object:
            self.members = self.members.copy()
        else:
            self.items = self.items.copy()
        self.show()

    def enter(self, key: str | int) -> None:
        """A child begins under ``key``, in the document's names."""
        self.child_shown = False
        if not self.is_object:
            self.child_plan = self.shape.rest
            return
        assert isinstance(key, str)
        child = self.shape.children.get(key)
        if child is not None:
            self.child_name = child.name
            self.child_plan = child.plan
        else:
            self.child_name = key
            self.child_plan = self.shape.rest

    def put(self, value: Any) -> None:
        """Show ``value`` for the child that is open now."""
        if self.is_object:
            self.members[self.child_name] = value
        elif self.child_shown:
            self.items[-1] = value
        else:
            self.items.append(value)
        self.child_shown = True

    def shows(self, value: object) -> bool:
        """Is ``value`` itself what is shown for the child that is open now?"""
        if not self.child_shown:
            return False
        if self.is_object:
            return self.members[self.child_name] is value
        return self.items[-1] is value


@final
class View:
    """The typed view of one document."""

    def __init__(self, plan: Plan, run: object, missing: object, text: Text) -> None:
        self.run: object = run
        self.missing: object = missing
        self.text = text
        # The root is the only child of a frame that is never shown.
        self.ground = Frame(Shape(_never, {}, plan), False, run)
        self.frame = self.ground
        # The open frames below the ground. ``above`` counts open containers that no frame follows.
        self.frames: list[Frame] = []
        # What each of them shows, and the dict or list inside it: where their holders are counted.
        self.shows: list[object] = []
        self.boxes: list[object] = []
        self.above: i64 = 0
        # A container of plain JSON that is shown as it grows: ``mirror`` is its index among the open containers.
        self.mirror: i64 = -1
        self.start: i64 = 0
        self.shared = False
        # What the root settled to.
        self.result: Any = missing

    def enter(self, key: str | int) -> None:
        """A value becomes visible under ``key`` of the innermost container, or closes there unseen."""
        if self.above == 0:
            self.frame.enter(key)

    def open(self, is_object: bool, depth: i64) -> None:
        """The value that was entered is a container, number ``depth`` of the open ones."""
        if self.above != 0:
            self.above += 1
            return
        plan = self.frame.child_plan
        shape: Shape | None = None
        if plan is not None:
            shape = plan.object if is_object else plan.array
        if shape is not None:
            frame = Frame(shape, is_object, self.run)
            self._put(frame.shown)
            self.frames.append(frame)
            self.shows.append(frame.shown)
            self.boxes.append(frame.members if is_object else frame.items)
            self.frame = frame
            return
        self.above = 1
        if plan is not None:
            if plan.exact & (OBJECT if is_object else ARRAY):
                self.mirror = depth
            else:
                self.start = self.text.at

    def close(self, key: str | int, value: object) -> object:
        """The innermost container closed as the JSON value ``value``; gives what it settled to.

        ``key`` is its place in its parent.
        """
        if self.above == 0:
            frame = self.frames.pop()
            self.shows.pop()
            self.boxes.pop()
            self.frame = self.frames[-1] if self.frames else self.ground
            return self._settle(key, frame.shape.close(frame.keys, frame.settled, value, self.run))
        self.above -= 1
        if self.above != 0:
            return value
        plan = self.frame.child_plan
        if self.mirror >= 0 or plan is None:
            self.mirror = -1
            return self._settle(key, value)
        return self._settle(key, plan.settle(self.text.since(self.start), self.run))

    def atom(self, key: str | int, value: object, raw: str) -> object:
        """The value that was entered closed as an atom or a string; ``raw`` is the text of a number."""
        if self.above != 0:
            return value
        plan = self.frame.child_plan
        if plan is None or plan.exact & kind_of(value):
            return self._settle(key, value)
        return self._settle(key, plan.settle(raw or json.dumps(value), self.run))

    def _settle(self, key: str | int, result: object) -> object:
        frame = self.frame
        if frame is self.ground:
            self.result = result
        frame.keys.append(key)
        frame.settled.append(result)
        if isinstance(result, Failure):
            if not frame.is_object and not frame.child_shown:
                self._put(self.missing)
        elif frame.child_plan is not None and not frame.shows(result):
            self._put(result)
        return result

    def value(self, containers: list[object], growing: str | None) -> Any:
        """The view now. ``containers`` are the open JSON containers, ``growing`` the open string's text so far."""
        plan = self.frame.child_plan
        if self.mirror >= 0:
            if not self.frame.shows(containers[self.mirror]):
                self._put(containers[self.mirror])
        elif (
            growing is not None
            and self.above == 0
            and plan is not None
            and plan.preview
            and not self.frame.shows(growing)
        ):
            self._put(growing)
        self.shared = True
        return self.ground.items[0] if self.ground.items else self.missing

    def let_go(self, in_text: bool) -> None:
        """Stop showing what the tree is about to change in place: the mirrored container, or the string it is in.

        The next reading shows it again.
        """
        plan = self.frame.child_plan
        previews = in_text and self.above == 0 and plan is not None and plan.preview
        if self.frame.child_shown and (previews or self.mirror >= 0):
            self._put(self.missing)

    def _put(self, value: object) -> None:
        """Show ``value`` for the open child of the innermost frame; what was handed out stays as it was."""
        if self.shared:
            self._unshare()
            self.shared = False
        self.frame.put(value)

    def _unshare(self) -> None:
        parent = self.ground
        i: i64
        for i in range(len(self.frames)):
            frame = self.frames[i]
            # What is shown is held by the frame and by the parent's box. A box inside it is held by the frame and by
            # the wrapper; one that is shown itself, by the frame twice, ``boxes`` and the parent's box.
            if frame.is_wrapped:
                held = is_held(self.shows, i, 2) or is_held(self.boxes, i, 2)
            else:
                held = is_held(self.shows, i, 4)
            if held:
                frame.copy()
                self.shows[i] = frame.shown
                self.boxes[i] = frame.members if frame.is_object else frame.items
                parent.put(frame.shown)
            parent = frame


def kind_of(value: object) -> i64:
    """The JSON kind of an atom or a string."""
    if isinstance(value, str):
        return STRING
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    return FLOAT


def _never(keys: list[str | int], settled: list[Any], value: Any, run: Any) -> Any:
    raise RuntimeError("the ground frame does not close")
