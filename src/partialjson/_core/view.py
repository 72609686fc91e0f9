"""The typed view: what ``Parser.value`` shows while a plan follows the tree.

The view is a second tree beside the JSON one. It has a ``Frame`` for each open container that its plan follows inside
(``frames``); a container that settles as a whole has none, and nothing below it is examined until it closes. Children
go into the ``box`` of their parent's frame when there is something true to show:

- a settled value, when it closes;
- the partial view of a followed container, from when it opens until the settled value takes its place;
- the text of a growing string, and a container of plain JSON, brought up to date when somebody reads it.

The partial view of a container is made when somebody reads it, or when the container closes and is invalid, since it
then stays. So the result does not depend on who read it, and a document that nobody reads before its end makes none.
The frames whose view has been made are always the outermost ones.

If what is shown is also what the container settles from (``Shape.is_direct``), a settled child is kept once; from the
first failure on, settled children are kept in lists of their own.

What was shown of a value that is waived (``Failure.waiver``) is taken back, and a list closes the gap.

What was shown of an invalid value stays. If nothing was, a list keeps MISSING at its index, so that the indexes of its
neighbours stay those of the document; in an object, an earlier value under the same key disappears.

A frame is not always *visible*: not before its shape is decided (``Switch``) and its ``FIRST`` children have come, and
never if it is hidden or shown only when complete. Values below an invisible frame are followed all the same.

Snapshots hold still by copying on write: ``value`` hands out the live view and notes that the whole open path has been
handed out. The next visible change first copies those parts of the path that somebody still holds.

*Coercion* (``coerce``), where it is asked for: a value that its plan refuses is tried in another form before it is
reported. A key may count as another one, so frames keep the key that counts. An object where only a list can be opens
two frames, an *implied* one for the list and one for its element; they are not shown before the element has a key of
its own.

If nothing is retained, a frame is *loose* if the tree drops what closes in its container. Its children are validated
one by one and removed when they close; the frame keeps none of them and does not settle itself. The first child that
failed stands for the result.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast, final

from partialjson._core.coerce import Coercer, kinds_of_shown
from partialjson._core.fitting import Change
from partialjson._core.frames import NO_WAITING, UNDECIDED, UNSEEN, Frame, Waiting, never
from partialjson._core.plan import FIRST, RAW, Failure, Plan, RawText, Shape
from partialjson._core.refcounts import is_held
from partialjson._core.source import Source
from partialjson._core.spec import ANYTHING, ARRAY, OBJECT, STRING, kind_of
from partialjson.coercions import CoercionKind

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class View:
    """The typed view of one document."""

    def __init__(self, plan: Plan, run: object, missing: object, source: Source) -> None:
        self.run: Final[object] = run
        self.missing: Final[object] = missing
        self.source: Final = source
        # The root is the only child of a frame that is never shown.
        self.ground: Final = Frame(plan, Shape(never, {}, plan), False, run, 0)
        self.frame = self.ground
        # The open frames below the ground frame. ``above`` counts open containers that no frame follows.
        self.frames: Final[list[Frame]] = []
        # What is shown of the outermost of them, as far as it is made, and the dict or list inside: their references
        # are counted here.
        self.shown: Final[list[object]] = []
        self.boxes: Final[list[object]] = []
        self.above: i64 = 0
        # A container of plain JSON that is shown as it grows: ``mirror`` is its index among the open containers.
        self.mirror: i64 = -1
        self.start: i64 = 0
        self.shared = False
        # Are bad elements of arrays left out?
        self.skips = False
        # Is there an object that is told which of its children have no final value?
        self.marks = False
        # Gives a refused value another try; None if none is given.
        self.coercer: Coercer | None = None
        # What the root settled to.
        self.result: Any = missing
        # What failed first in a loose frame.
        self.failure: Failure | None = None

    def enter(self, key: str | int) -> None:
        """A value becomes visible under ``key`` of the innermost container, or closes there unseen."""
        if self.above != 0:
            return
        frame = self.frame
        if self.coercer is not None and isinstance(key, str):
            key = self.coercer.meant(frame, key)
            shape = frame.shape
            takes_any = shape.rest is not None and not shape.keeps_unnamed
            if frame.is_tentative and (takes_any or key in shape.children):
                self._is_element(frame)
        frame.enter(key)

    def open(self, is_object: bool, depth: i64, loose: bool) -> None:
        """The value that was entered is a container, number ``depth`` of the open ones; ``loose`` if it may be."""
        if self.above != 0:
            self.above += 1
            return
        above = self.frame
        plan = above.child_plan
        if plan is not None:
            shape = plan.object if is_object else plan.array
            if shape is not None:
                hides = self._hides_unnamed(shape)
                frame = Frame(plan, shape, is_object, self.run, self.source.at, self.skips or loose or hides)
                frame.hides_unnamed = hides
                frame.loose = loose
                frame.is_spare = above.is_spare or self._is_spare(above)
                frame.never_visible = plan.whole or shape.whole or above.child_traits & UNSEEN != 0
                frame.visible = not frame.never_visible and frame.awaited is None
                frame.depth = depth
                self._push(frame)
                return
            if is_object and plan.switch is not None:
                frame = Frame(plan, UNDECIDED, True, self.run, self.source.at)
                frame.never_visible = plan.whole or above.child_traits & UNSEEN != 0
                frame.switch = plan.switch
                frame.depth = depth
                self._push(frame)
                return
            if is_object and not loose and self.coercer is not None and self.coercer.can_only_be_element(plan):
                self._open_element(plan, depth)
                return
            if plan.exact & (OBJECT if is_object else ARRAY) and not plan.whole and above.child_traits & UNSEEN == 0:
                self.mirror = depth
        self.above = 1
        self.start = self.source.at

    def _open_element(self, plan: Plan, depth: i64) -> None:
        """An object opened where only a list can be: it may be the list's element.

        Neither is shown before a key of the element has come: until then the object may be something around a list.
        """
        above = self.frame
        assert plan.array is not None
        implied = Frame(plan, plan.array, False, self.run, self.source.at, self.skips)
        implied.is_implied = True
        implied.never_visible = plan.whole or plan.array.whole or above.child_traits & UNSEEN != 0
        self._push(implied)
        implied.enter(0)
        implied.child_is_spare = False
        element = implied.child_plan
        assert element is not None
        shape = element.object
        assert shape is not None
        hides = self._hides_unnamed(shape)
        frame = Frame(element, shape, True, self.run, self.source.at, self.skips or hides)
        frame.hides_unnamed = hides
        frame.is_spare = above.is_spare or self._is_spare(above)
        frame.never_visible = element.whole or shape.whole
        frame.is_tentative = True
        frame.depth = depth
        self._push(frame)

    def _hides_unnamed(self, shape: Shape) -> bool:
        """May an object of this shape be something around what is meant, as long as no key of its own has come?"""
        return shape.keeps_unnamed and self.coercer is not None and self.coercer.moves

    def _is_element(self, frame: Frame) -> None:
        """The object in ``frame`` is the element of an implied list."""
        frame.is_tentative = False
        implied = self.frames[len(self.frames) - 2]
        implied.visible = not implied.never_visible
        if frame.awaited is None:
            self._reveal(frame)

    def _push(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.frame = frame
        if frame.shape.mark is not None:
            self.marks = True

    def _make(self) -> None:
        """Make what is shown of the open containers, as far as they are visible.

        An interrupt may come at any call. What is done by then is correct, and the rest is done the next time.
        """
        if len(self.boxes) > len(self.shown):
            self.boxes.pop()
        i: i64
        for i in range(len(self.shown), len(self.frames)):
            frame = self.frames[i]
            if not frame.visible:
                break
            parent = self.frames[i - 1] if i > 0 else self.ground
            self._put_into(parent, frame)
            self.boxes.append(frame.members if frame.is_object else frame.items)
            self.shown.append(frame.shown)

    def _put_into(self, parent: Frame, frame: Frame) -> None:
        """Show in ``parent`` what there is of the container that is open in it."""
        if self.shared:
            self._unshare()
        frame.show()
        parent.put(frame.shown)

    def leave(self) -> None:
        """The innermost container closed and its content was dropped: it settles to nothing."""
        if self.above == 0:
            left = self.frames.pop()
            self._tell_renames(left)
            if len(self.shown) > len(self.frames):
                self.shown.pop()
                self.boxes.pop()
            self.frame = self.frames[-1] if self.frames else self.ground
        else:
            self.above -= 1
            if self.above != 0:
                return
            self.mirror = -1
        frame = self.frame
        if frame is self.ground:
            self.result = self.failure or self.missing
            return
        if frame.awaited is not None and frame.child_traits & FIRST:
            self._has_come(frame)
        self._let_fall(frame)

    def needs_from(self) -> i64:
        """The offset from which on the text may be asked for again; -1 where only what comes may be."""
        for frame in self.frames:
            if not frame.loose:
                return frame.start
        frame = self.frame
        if self.above != 0 and (frame.child_traits & RAW or (frame.child_plan is not None and self.mirror < 0)):
            return self.start
        return -1

    def close(self, key: str | int, value: object) -> object:
        """The innermost container closed as the JSON value ``value``; returns what it settled to.

        ``key`` is its place in its parent.
        """
        if self.above == 0:
            frame = self.frames.pop()
            is_made = len(self.shown) > len(self.frames)
            if is_made:
                self.shown.pop()
                self.boxes.pop()
            above = self.frame = self.frames[-1] if self.frames else self.ground
            if frame.is_tentative:
                return self._settle(key, self._close_tentative(value))
            if frame.is_lost or frame.switch is not None:
                result = self._settle_whole(frame.plan, value, self.source.since(frame.start))
            else:
                self._tell_renames(frame)
                result = self._close_followed(frame, value)
            if frame.visible and not is_made and isinstance(result, Failure):
                frame.unfinished = frame.failed
                self._put_into(above, frame)
            if above.is_implied:
                result = self._close_implied(above, value, result)
            return self._settle(key, result)
        self.above -= 1
        if self.above != 0:
            return value
        self.mirror = -1
        frame = self.frame
        if frame.switch is not None:
            return self._wait(key, Waiting(value, "", self.start, self.source.at + 1))
        if frame.child_traits & RAW:
            return self._keep_raw(key, value, self.source.since(self.start))
        plan = frame.child_plan
        if plan is None or plan.exact & (OBJECT if isinstance(value, dict) else ARRAY):
            return self._settle(key, value)
        return self._settle(key, self._settle_whole(plan, value, self.source.since(self.start)))

    def _settle_whole(self, plan: Plan, value: object, text: str) -> object:
        """What a value settles to that is not followed inside."""
        result: object = None
        if plan.by_value & (OBJECT | ARRAY) and kind_of(value) & plan.by_value and plan.settle_value is not None:
            result = plan.settle_value(value, self.run)
        if result is None:
            result = plan.settle(text, self.run)
        if self.coercer is not None and isinstance(result, Failure) and result.waiver is None:
            return self.coercer.settle_again(plan, value, text, self.run, result)
        return result

    def _close_followed(self, frame: Frame, value: object) -> object:
        """What a container settles to that is followed inside."""
        coercer = self.coercer
        if coercer is None:
            return self._close_frame(frame, value)
        if frame.renames:
            named = cast("dict[str, Any]", value)
            value = {frame.key_of(key): named[key] for key in named}
        if frame.both is not None and frame.shape.keeps_unnamed:
            frame.give_back(cast("dict[str, Any]", value))
            coercer.given_back += frame.both
        had_failed = frame.has_failed
        result = self._close_frame(frame, value)
        if frame.is_object and not had_failed and isinstance(result, Failure) and result.waiver is None:
            if frame.is_direct:
                frame.list_children(False)
            return coercer.close_again(frame, cast("dict[str, Any]", value), self.run, result)
        return result

    def _close_tentative(self, value: object) -> object:
        """The object in an implied list closed, and had no key of the list's element: what stands here is open."""
        implied = self.frames.pop()
        self.frame = self.frames[-1] if self.frames else self.ground
        return self._settle_whole(implied.plan, value, self.source.since(implied.start))

    def _close_implied(self, implied: Frame, value: object, result: object) -> object:
        """The only element of an implied list closed and settled to ``result``: what does the list settle to?"""
        coercer = self.coercer
        assert coercer is not None
        self._settle(0, result)
        self.frames.pop()
        is_made = len(self.shown) > len(self.frames)
        if is_made:
            self.shown.pop()
            self.boxes.pop()
        above = self.frame = self.frames[-1] if self.frames else self.ground
        made: object = result
        if not implied.has_failed:
            made = self._close_frame(implied, [value])
            coercer.changes.append(Change(CoercionKind.LIST_OF_ONE, (), value, [value]))
        if isinstance(made, Failure) and implied.visible and not is_made:
            self._put_into(above, implied)
        return made

    def _tell_renames(self, frame: Frame) -> None:
        """The object in ``frame`` closes: tell which of its keys counted as others."""
        if self.coercer is not None and (frame.renames or frame.late) and not frame.is_lost:
            self.coercer.changes += self.coercer.renames_of(frame)

    def _close_frame(self, frame: Frame, value: object) -> object:
        """What a container settles to."""
        shape = frame.shape
        if not frame.has_failed:
            quick = shape.quick
            if frame.is_direct:
                if quick is None:
                    return frame.members if frame.is_object else frame.items
                result = quick(frame.members, self.run)
                if result is not None:
                    return result
                frame.list_children(False)
            elif shape.is_plain and not frame.is_object:
                return frame.settled
            elif shape.is_plain or quick is not None:
                # The last value of a repeated key counts, in the place of the first.
                last: dict[str, Any] = {}
                i: i64
                for i in range(len(frame.keys)):
                    last[cast("str", frame.keys[i])] = frame.settled[i]
                if quick is None:
                    return last
                result = quick(last, self.run)
                if result is not None:
                    return result
        return shape.close(frame.keys, frame.settled, value, self.run)

    def atom(self, key: str | int, value: object, raw: str) -> object:
        """The value that was entered closed as an atom or a string; ``raw`` is the text of a number."""
        if self.above != 0:
            return value
        frame = self.frame
        if frame.switch is not None:
            return self._wait(key, Waiting(value, raw or json.dumps(value), 0, 0))
        if frame.child_traits & RAW:
            return self._keep_raw(key, value, raw or json.dumps(value))
        plan = frame.child_plan
        if plan is None:
            return self._settle(key, value)
        kind = kind_of(value)
        if plan.exact & kind:
            return self._settle(key, value)
        result = self._settled(plan, kind, value, raw)
        if self.coercer is not None and isinstance(result, Failure) and result.waiver is None:
            kinds = kinds_of_shown(plan) if plan.preview and kind == STRING else ANYTHING
            result = self.coercer.settle_again(plan, value, raw, self.run, result, kinds)
        if plan.preview and isinstance(result, Failure) and isinstance(value, str) and not frame.child_traits & UNSEEN:
            # It stays, whether or not somebody saw it grow.
            self._put(value)
        return self._settle(key, result)

    def _settled(self, plan: Plan, kind: i64, value: object, raw: str) -> object:
        """What an atom or a string of this kind settles to."""
        result: object = None
        if plan.by_value & kind and plan.settle_value is not None:
            result = plan.settle_value(value, self.run)
        if result is None:
            result = plan.settle(raw or json.dumps(value), self.run)
        return result

    # What is certain before a value closes. Nothing is examined inside a value that settles as a whole.

    def coming(self, key: str | int) -> Plan | None:
        """The plan of the value that begins under ``key`` of the innermost container; None if nothing is certain."""
        frame = self.frame
        if self.above != 0 or frame.switch is not None or frame.is_lost:
            return None
        shape = frame.shape
        plan = shape.rest
        if isinstance(key, str):
            child = shape.children.get(key)
            if child is None and shape.others is not None:
                plan = shape.others(key)
            if child is not None:
                if child.after and frame.came is not None and not frame.came.isdisjoint(child.after):
                    return None
                plan = child.plan
        elif key < len(shape.items):
            plan = shape.items[key].plan
        return plan

    def becomes(self, plan: Plan, word: str) -> object:
        """What this string will settle to, or a ``Failure``."""
        return word if plan.exact & STRING else self._settled(plan, STRING, word, "")

    def is_inside_whole(self) -> bool:
        """Is the current place inside a value that settles as a whole? Values that close there are not validated
        separately.

        The members of an object whose shape is not known yet count too: they are validated later.
        """
        frame = self.frame
        if frame.switch is not None or frame.is_lost or frame.child_traits & RAW:
            return True
        return self.above != 0 and self.mirror < 0 and frame.child_plan is not None

    def _settle(self, key: str | int, result: object) -> object:
        frame = self.frame
        if frame is self.ground:
            self.result = result
        if frame.loose:
            return self._settle_loose(result)
        if frame.renames is not None and isinstance(key, str):
            key = frame.key_of(key)
        if isinstance(result, Failure):
            if result.waiver is not None:
                return self._waive(key, result)
            if self.skips and self._is_spare(frame):
                self._leave_out(frame)
                return result
            frame.has_failed = True
            if frame.shape.mark is not None and frame.child_name in frame.shape.marked:
                frame.failed = (*frame.failed, frame.child_name)
            if frame.is_direct:
                frame.list_children(True)
        if not frame.is_direct:
            frame.keys.append(key)
            frame.settled.append(result)
        if frame.tags is not None and key in frame.tags:
            # The deciding member came again, and the last one counts.
            frame.is_lost = True
        if frame.child_traits & UNSEEN:
            return result
        if isinstance(result, Failure):
            if not frame.child_shown:
                if not frame.is_object:
                    self._put(self.missing)
                elif frame.child_name in frame.members:
                    self._take_back()
        elif frame.child_plan is not None:
            if not frame.shows(result):
                self._put(result)
            if frame.awaited is not None and frame.child_traits & FIRST:
                self._has_come(frame)
        return result

    def _waive(self, key: str | int, result: Failure) -> object:
        """``_settle`` for a child that is no value after all."""
        frame = self.frame
        if frame is self.ground:
            raise result.error
        frame.has_failed = True
        frame.waived += 1
        if frame.is_direct:
            frame.list_children(True)
        frame.keys.append(key)
        frame.settled.append(result)
        if frame.tags is not None and key in frame.tags:
            frame.is_lost = True
        if frame.child_traits & UNSEEN:
            return result
        if not frame.is_object:
            self._leave_out(frame)
        elif frame.child_name in frame.members:
            self._take_back()
        return result

    def _settle_loose(self, result: object) -> object:
        """``_settle`` for a child that is dropped next."""
        frame = self.frame
        if isinstance(result, Failure):
            if result.waiver is not None:
                frame.waived += 1
            skipped = result.waiver is not None or (self.skips and (frame.is_spare or self._is_spare(frame)))
            if not skipped and self.failure is None:
                self.failure = result
        elif frame.awaited is not None and frame.child_traits & FIRST:
            self._has_come(frame)
        self._let_fall(frame)
        return result

    def _let_fall(self, frame: Frame) -> None:
        """Stop showing the child that has just closed."""
        if not frame.child_shown:
            return
        if self.shared:
            self._unshare()
        if frame.is_object:
            del frame.members[frame.child_name]
        else:
            frame.items.pop()

    def _is_spare(self, frame: Frame) -> bool:
        """Is the current child one of any number of elements, so that it may be left out if it is bad?"""
        return frame.child_is_spare and frame is not self.ground

    def _leave_out(self, frame: Frame) -> None:
        if frame.child_shown:
            if self.shared:
                self._unshare()
            frame.items.pop()

    def _keep_raw(self, key: str | int, value: object, text: str) -> object:
        if not self.frame.loose:
            self.frame.keys.append(self.frame.key_of(key) if isinstance(key, str) else key)
            self.frame.settled.append(RawText(text))
        return value

    def _has_come(self, frame: Frame) -> None:
        """A child came for which the frame was waiting."""
        awaited = frame.awaited
        if awaited is not None and frame.child_name in awaited:
            awaited.remove(frame.child_name)
            if not awaited:
                frame.awaited = None
                self._reveal(frame)

    def _reveal(self, frame: Frame) -> None:
        """The innermost frame may be shown from now on."""
        frame.visible = not frame.never_visible

    # Members that wait for the shape of their object.

    def _wait(self, key: str | int, member: Waiting) -> object:
        """A member of an undecided object closed; returns what it settled to, if it decided."""
        frame = self.frame
        assert isinstance(key, str)
        if frame.is_lost:
            return member.value
        key = frame.key_of(key)
        if frame.waiting is NO_WAITING:
            frame.waiting = {}
        frame.waiting[key] = member
        switch = frame.switch
        if switch is None or switch.key != key:
            return member.value
        plan = self._decide(frame)
        if plan is None:
            return member.value
        shape = plan.object
        assert shape is not None
        frame.take(plan, shape)
        if shape.mark is not None:
            self.marks = True
        if frame.awaited is None:
            self._reveal(frame)
        result: object = member.value
        # ``enter`` is for the member at hand again, and so it comes last.
        for name, each in frame.waiting.items():
            if name != key:
                self._settle_waiting(frame, name, each)
                self._keep_late(frame, name)
        result = self._settle_waiting(frame, key, member)
        frame.waiting = NO_WAITING
        frame.tags = frame.tags or []
        return result

    def _keep_late(self, frame: Frame, key: str) -> None:
        """What was changed in a member that waited is told when its object closes."""
        if self.coercer is not None and self.coercer.changes:
            late = [change.under(key) for change in self.coercer.take_changes()]
            frame.late = [*frame.late, *late] if frame.late is not None else late

    def _decide(self, frame: Frame) -> Plan | None:
        """The plan for an object that one of its members has just decided; None if it is still undecided, or no plan
        fits."""
        while True:
            switch = frame.switch
            assert switch is not None
            member = frame.waiting.get(switch.key)
            if member is None:
                return None
            if frame.tags is None:
                frame.tags = []
            frame.tags.append(switch.key)
            plan = switch.decide(self._text_of(member), self.run)
            if self.coercer is not None:
                told = member.value
                if plan is None:
                    text = self.coercer.tag_again(frame, switch.key, told)
                    if text:
                        told = json.loads(text)
                        plan = switch.decide(text, self.run)
                frame.tag_told(switch.key, told)
            if plan is None:
                frame.is_lost = True
                frame.waiting = NO_WAITING
                return None
            if plan.object is not None:
                return plan
            # A choice in a choice: another member decides on.
            frame.switch = plan.switch

    def _text_of(self, member: Waiting) -> str:
        return member.raw or self.source.between(member.start, member.end)

    def _settle_waiting(self, frame: Frame, key: str, member: Waiting) -> object:
        if self.coercer is not None:
            key = self.coercer.waited(frame, key)
        frame.enter(key)
        value = member.value
        if frame.child_traits & RAW:
            return self._keep_raw(key, value, self._text_of(member))
        plan = frame.child_plan
        if plan is not None and not plan.exact & kind_of(value):
            value = self._settle_whole(plan, value, self._text_of(member))
        tags = frame.tags
        frame.tags = None
        value = self._settle(key, value)
        frame.tags = tags
        return value

    def value(self, containers: list[object], growing: str | None) -> Any:
        """The view now. ``containers`` are the open JSON containers, ``growing`` the open string's text so far."""
        if len(self.shown) < len(self.frames):
            self._make()
        plan = self.frame.child_plan
        if self.mirror >= 0:
            if not self.frame.shows(containers[self.mirror]):
                self._put(containers[self.mirror])
        elif (
            growing is not None
            and self.above == 0
            and plan is not None
            and plan.preview
            and self.frame.child_traits & UNSEEN == 0
            and not self.frame.shows(growing)
        ):
            self._put(growing)
        if self.marks:
            self._mark(growing is not None or self.above != 0)
        self.shared = True
        return self.ground.items[0] if self.ground.items else self.missing

    def _mark(self, is_open: bool) -> None:
        """Tell the objects that are shown which of their children have no final value; ``is_open``: the last one has
        none."""
        parent = self.ground
        last = len(self.frames) - 1
        i: i64
        for i in range(len(self.shown)):
            frame = self.frames[i]
            if frame.shape.mark is not None:
                names = frame.failed
                if (is_open or i < last) and frame.child_name in frame.shape.marked:
                    names = (*names, frame.child_name)
                if names != frame.unfinished:
                    if self.shared:
                        self._unshare()
                    # As in ``_unshare``, the calls come first.
                    wrap = frame.shape.wrap
                    assert wrap is not None
                    shown: Any = wrap(frame.members, frame.run)
                    frame.shape.mark(shown, names)
                    frame.unfinished = names
                    frame.shown = shown
                    self.shown[i] = shown
                    if parent.is_object:
                        parent.members[parent.child_name] = shown
                    else:
                        parent.items[-1] = shown
            parent = frame

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
        self.frame.put(value)

    def _take_back(self) -> None:
        """An earlier value under the key of the open child no longer counts."""
        if self.shared:
            self._unshare()
        del self.frame.members[self.frame.child_name]

    def _unshare(self) -> None:
        parent = self.ground
        held = False
        i: i64
        # Nothing of the other frames was ever handed out.
        for i in range(len(self.shown)):
            frame = self.frames[i]
            # What is shown is held by the frame and by the parent's box. A box inside it is held by the frame and by
            # the wrapper; one that is shown itself, by the frame twice, ``boxes`` and the parent's box. Below one that
            # somebody holds all are held, by what was left to him.
            if held:
                pass
            elif frame.is_wrapped:
                held = is_held(self.shown, i, 2) or is_held(self.boxes, i, 2)
            else:
                held = is_held(self.shown, i, 4)
            if held:
                # Everything that makes calls comes first; the stores after it cannot be interrupted.
                box: Any = frame.members.copy() if frame.is_object else frame.items.copy()
                wrap = frame.shape.wrap if frame.is_object else None
                shown: Any = box if wrap is None else wrap(box, frame.run)
                if frame.unfinished and frame.shape.mark is not None:
                    frame.shape.mark(shown, frame.unfinished)
                if frame.is_object:
                    frame.members = box
                else:
                    frame.items = box
                frame.shown = shown
                self.shown[i] = shown
                self.boxes[i] = box
                if parent.is_object:
                    parent.members[parent.child_name] = shown
                else:
                    parent.items[-1] = shown
            parent = frame
        self.shared = False
