"""The observer: everything that is done besides building a document. The tree calls it at each step.

The tree builds; its observer keeps what others want to know about it. A tree without one takes the fast path at each
value. The observer does the following, each only if somebody asked for it:

- *Events* for the places that are selected (``selection``). Two stacks run parallel to the open containers: the state
  of the walk to the selected places, and the nodes from which paths are made (``events``).
- The *typed view* (``view``), and the *judge* (``judge``), which says what is certain about a value before it closes.
  Where there is no view, the judge also says which closed values are valid.
- The *changes* from which deltas are made (``changes``).
- *Dropping* for documents that nobody wants to keep. A container is *loose* unless it is, or is inside, a value to be
  delivered or validated as a whole. A value that closes in a loose container is reported, and then the tree is told to
  remove it, so the tree is the open path and at most one such value.

Nothing is written into the tree: the return value of a call says what the tree has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.builder import Builder
from partialjson._core.changes import Changes
from partialjson._core.coerce import Coercer
from partialjson._core.events import Coerced, Completed, Event, Invalid, Node, Path, Predicted, Replaced, Violation
from partialjson._core.judge import Judge
from partialjson._core.plan import Failure
from partialjson._core.rules import Rule
from partialjson._core.selection import Selector
from partialjson._core.source import Source
from partialjson._core.spec import is_pure
from partialjson._core.trials import Finding
from partialjson._core.view import View
from partialjson._missing import MISSING
from partialjson.errors import InvalidError, json_path

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class PathSet:
    """A set of paths from which a path and all paths below it can be removed at once."""

    def __init__(self) -> None:
        self.below: dict[Any, PathSet] = {}
        self.here = False

    def add(self, path: Path) -> None:
        place = self
        for key in path:
            following = place.below.get(key)
            if following is None:
                following = place.below[key] = PathSet()
            place = following
        place.here = True

    def has(self, path: Path) -> bool:
        place: PathSet | None = self
        for key in path:
            if place is None:
                return False
            place = place.below.get(key)
        return place is not None and place.here

    def clear(self, path: Path) -> None:
        """Remove ``path``, which is not the root, and all paths below it."""
        place = self
        for key in path[:-1]:
            following = place.below.get(key)
            if following is None:
                return
            place = following
        place.below.pop(path[-1], None)


NO_FINDINGS: Final[list[Finding]] = []

# Where nothing was found while the value was open: in an object in which a key came again.
UNKNOWN_FAULT: Final[list[tuple[Path, str, str]]] = [((), "", "the value does not fit its schema")]


@final
class Observer:
    """Follows the building of one document. ``at`` is the builder, in every call."""

    def __init__(self, selector: Selector | None) -> None:
        self.events: list[Event] = []
        # How many of them have the offsets of the source, where what is read is mended text.
        self.placed: i64 = 0
        self.selector = selector
        self.selectors: list[Selector | None] = []
        # In branches where nothing is reported, nodes are made only on demand.
        self.node: Node | None = Node(None, "") if selector is not None else None
        self.nodes: list[Node | None] = []
        self.view: View | None = None
        self.invalid: PathSet | None = None
        self.stops = False
        self.judge: Judge | None = None
        self.source: Source | None = None
        # What makes the errors, where the judge's verdicts count; what is wrong so far, with its paths from the root;
        # how much was wrong when each open container began; and the failure that stands for the document.
        self.refuses: Any = None
        self.faults: list[tuple[Path, str, str]] = []
        self.fault_marks: list[i64] = []
        self.failure: Failure | None = None
        # What was found last about a value that is closing.
        self.closing: Finding | None = None
        # Everything that was coerced, if the document is kept.
        self.coerced: list[Coerced] = []
        # What was coerced in places that are not selected: the innermost selected value around it tells.
        self.untold: list[Coerced] = []
        self.changes: Changes | None = None
        # Dropping: is the innermost container loose, and what is the state of the walk to the values to be delivered
        # there; and the same for the containers around each open one.
        self.drops = False
        self.loose = False
        self.keeper: Selector | None = None
        self.looses: list[bool] = []
        self.keepers: list[Selector | None] = []

    # What is to be observed.

    def keep_only(self, keeper: Selector | None) -> None:
        """Drop what closes, unless it is in one of these places or in something that is validated as a whole."""
        self.drops = True
        self.loose = True
        self.keeper = keeper

    def follow(self, view: View, stops: bool) -> None:
        """Keep a typed view; ``stops``: at the first invalid value."""
        self.view = view
        self.source = view.source
        self.stops = stops

    def be_judged(self, judge: Judge, source: Source, refuses: Any, stops: bool) -> None:
        """Let a judge see everything. ``refuses`` makes the errors where there is no view."""
        self.judge = judge
        self.source = source
        self.refuses = refuses
        self.stops = stops

    def catch_up(self, at: Builder) -> None:
        """The open containers were not observed: nothing is selected in them."""
        self.selectors = [None for _ in at.containers]
        self.nodes = [None for _ in at.containers]

    def note_changes(self, at: Builder, size: i64, shown: i64) -> Changes:
        """Record the changes from now on; ``size`` is the visible size, ``shown`` that of the open string, -1 if none
        is open."""
        self._fill_nodes(at)
        changes = self.changes = Changes(size)
        if shown >= 0:
            changes.goes_on(self.node_at(at, at.here()), shown)
        return changes

    def is_idle(self) -> bool:
        """Is there nothing to do for values in the innermost container?"""
        if self.judge is not None and self.judge.above == 0:
            return False
        return self.selector is None and self.view is None and self.changes is None and not self.drops

    # What the tree tells.

    def name(self, at: Builder, key: str) -> None:
        """An object gets a member of this name; it has just been read."""
        judge = self.judge
        if judge is not None and self.source is not None:
            judge.key(key, self.source.at, key in at.obj)
            if judge.findings:
                self._find(at, key)

    def key_begins(self, at: Builder, pos: i64) -> None:
        """A key begins at this offset."""
        judge = self.judge
        if judge is not None:
            judge.key_begins(pos)
            if judge.findings:
                self._find(at, "")

    def key_grows(self, at: Builder, part: str) -> None:
        """The key that is being read goes on with these characters."""
        judge = self.judge
        if judge is not None:
            judge.key_grows(part)
            if judge.findings:
                self._find(at, "")

    def comma(self, at: Builder) -> None:
        """Another member or element will come."""
        judge = self.judge
        if judge is not None and self.source is not None:
            judge.comma(self.source.at)
            if judge.findings:
                self._find(at, "")

    def begins(self, at: Builder, kind: i64, value: object) -> None:
        """A value of this JSON kind begins; ``value`` is that of true, false and null."""
        judge = self.judge
        if judge is not None and self.source is not None:
            judge.begin(kind, value, self.source.at)
            if judge.findings:
                self._find(at, at.coming())

    def digits(self, at: Builder, part: str) -> None:
        """The number that is being read goes on with these characters."""
        judge = self.judge
        if judge is not None:
            judge.digit(part)
            if judge.findings:
                self._find(at, at.coming())

    def number_comes(self, at: Builder, raw: str) -> None:
        """The number that is being read is this."""
        judge = self.judge
        if judge is not None:
            judge.foresee(raw)
            if judge.findings:
                self._find(at, at.coming())

    def appears(self, at: Builder, value: object) -> None:
        """``value`` is about to be attached."""
        op = "add"
        key: str | int
        if at.in_object:
            key = at.key
            if key in at.obj:
                op = "replace"
                self._replaced(at, key, at.obj[key])
        else:
            key = at.length()
        if self.view is not None:
            self.view.enter(key)
        if self.changes is not None:
            self.changes.appears(op, self.node_at(at, key), value)

    def opened(self, at: Builder, is_object: bool) -> None:
        """A container was attached and is about to be pushed."""
        key = at.here()
        self.selectors.append(self.selector)
        self.nodes.append(self.node)
        if self.refuses is not None:
            self.fault_marks.append(len(self.faults))
        selector = self.selector
        at_root = not at.containers
        if selector is not None and not at_root:
            selector = selector.child(key)
        if self.drops:
            self._opened_dropping(at, key, is_object)
        elif self.view is not None:
            self.view.open(is_object, len(at.containers), False)
        if self.judge is not None and self.view is not None and not is_object and self.view.above == 0:
            self.judge.counts()
        if not at_root:
            if self.changes is not None:
                self.node = self.changes.marks[-1].at
            else:
                self.node = self.node_at(at, key) if selector is not None else None
        self.selector = selector

    def string_grew(self, length: i64) -> None:
        """This many characters were added to the string that is open, or was until now."""
        if self.changes is not None:
            self.changes.size += length

    def looks_at_text(self) -> bool:
        """Do the characters of the string that begins matter to the judge?"""
        return self.judge is not None and self.judge.looks()

    def looks_at_each_character(self) -> bool:
        """Could the document stop inside the string that begins?"""
        return self.stops and self.looks_at_text()

    def looks(self, at: Builder, part: str) -> Finding | None:
        """The open string goes on with these characters; a finding if the document stops there."""
        judge = self.judge
        if judge is None:
            return None
        judge.grow(part)
        for finding in judge.take() if judge.findings else NO_FINDINGS:
            self._tell(at, at.here(), finding)
            if self.stops and finding.keyword:
                return finding
        return None

    def text_closed(self, at: Builder, value: str) -> bool:
        """The string that grew closed; is it to be dropped?"""
        if self.changes is not None:
            self.changes.closes(value)
        return self.closed(at, value, "")

    def closed(self, at: Builder, value: object, raw: str) -> bool:
        """A string or an atom closed; is it to be dropped?"""
        key = at.here()
        judge = self.judge
        if judge is not None:
            judge.closed(value, raw)
            if judge.findings:
                self._find_at_close(at, key)
            if judge.culprit is not None and self.refuses is not None:
                self._refuse(at, key, value, judge.culprit, len(self.faults))
                return self.loose
        if self.view is not None:
            self._report(at, key, self.view.atom(key, value, raw), value)
        else:
            self._report(at, key, value, value)
        return self.loose

    def container_closed(self, at: Builder, value: object) -> bool:
        """A container closed and was popped; is it to be dropped?"""
        self.selector = self.selectors.pop()
        self.node = self.nodes.pop()
        judge = self.judge
        if judge is not None and self.source is not None:
            judge.end(value, self.source.at, not self.drops or not self.loose)
            if judge.findings:
                self._find_at_close(at, at.here())
        mark = self.fault_marks.pop() if self.refuses is not None else 0
        if self.drops and self._left_empty(at):
            return True
        key = at.here()
        if judge is not None and judge.culprit is not None and self.refuses is not None:
            self._refuse(at, key, value, judge.culprit, mark)
            return self.loose
        if self.view is not None:
            self._report(at, key, self.view.close(key, value), value)
        else:
            self._report(at, key, value, value)
        return self.loose

    def dropped(self) -> None:
        """The closed value was removed from the tree."""
        # All that was invalid was in it.
        self.invalid = None
        self.untold = []

    def changes_in_place(self, at: Builder) -> None:
        """The open containers, or the open string, are about to change."""
        if self.view is not None:
            self.view.let_go(at.in_text)

    # Asking.

    def take_events(self) -> tuple[Event, ...]:
        if not self.events:
            return ()
        events = tuple(self.events)
        self.events = []
        self.placed = 0
        return events

    def is_invalid(self, path: Path) -> bool:
        """Did the value at ``path`` close and not fit its target?"""
        return self.invalid is not None and self.invalid.has(path)

    def all_coerced(self, at: Builder) -> tuple[Coerced, ...]:
        """Everything that was coerced, also in the objects that are open."""
        view = self.view
        if view is None or view.coercer is None or self.drops:
            return ()
        found = self.coerced.copy()
        for frame in view.frames:
            path = [at.key_of(i) for i in range(1, frame.depth + 1)]
            for change in view.coercer.renames_of(frame):
                found.append(Coerced((*path, *change.path), change.kind, change.before, change.after))
        return tuple(found)

    def needs_text_from(self, at: Builder) -> i64:
        """The offset from which on the text may be asked for again; -1 where only what comes may be."""
        start: i64 = -1 if self.view is None else self.view.needs_from()
        if start < 0 and self.judge is not None:
            # Something may be found at any character of a string or a key.
            return self.judge.needs_from(at.in_text)
        return start

    def refusal(self, msg: str, pos: i64, path: Path, error: Exception | None) -> InvalidError:
        """The error for a document that stops at an invalid value."""
        source = self.source
        assert source is not None
        return InvalidError(msg, pos, source.line_of(pos), source.column_of(pos), path, (), None, error)

    def selects(self, at: Builder, key: str | int) -> bool:
        """Are events at ``key`` of the innermost container to be reported?"""
        selector = self.selector
        if selector is None:
            return False
        if selector.everything:
            return True
        if not at.containers:
            return selector.here
        selector = selector.child(key)
        return selector is not None and selector.here

    def node_at(self, at: Builder, key: str | int) -> Node:
        """The node of the value at ``key`` of the innermost container."""
        node = self._innermost(at)
        return Node(node, key) if at.containers else node

    def _innermost(self, at: Builder) -> Node:
        """The node of the innermost container; the root's where none is open."""
        if self.node is None:
            self._fill_nodes(at)
        assert self.node is not None
        return self.node

    def _fill_nodes(self, at: Builder) -> None:
        """Make nodes for the open containers that did not need one until now."""
        node = Node(None, "")
        nodes: list[Node | None] = []
        i: i64
        for i in range(len(at.containers)):
            nodes.append(node)
            if i > 0:
                node = Node(node, at.key_of(i))
        self.nodes = nodes
        self.node = node

    # Reporting.

    def _replaced(self, at: Builder, key: str, old: object) -> None:
        if self.invalid is not None:
            self.invalid.clear(self.node_at(at, key).path())
        if self.fault_marks:
            # What is wrong in this object is found again when it closes.
            del self.faults[self.fault_marks[-1] :]
        if self.selects(at, key):
            self.events.append(Replaced(self.node_at(at, key), old))

    def _report(self, at: Builder, key: str | int, result: object, value: object) -> None:
        """The JSON value at ``key`` closed and settled to ``result``."""
        view = self.view
        if view is not None and view.coercer is not None and self._has_coercions(view.coercer):
            self._report_coercions(at, key, view.coercer)
        if isinstance(result, Failure):
            if result.waiver is not None and self.judge is not None:
                self.judge.omits()
            if result.waiver is None:
                self._report_failure(at, key, result)
            elif self.selects(at, key):
                # There is no result, and nothing is wrong.
                self.events.append(Completed(self.node_at(at, key), value, True))
        elif self.selects(at, key):
            raw = self.view is not None and self.view.is_inside_whole()
            self.events.append(Completed(self.node_at(at, key), result, raw))

    def _has_coercions(self, coercer: Coercer) -> bool:
        """Is there anything to tell about coercions?"""
        return bool(coercer.changes or self.untold or coercer.given_back)

    def _report_coercions(self, at: Builder, key: str | int, coercer: Coercer) -> None:
        """Tell what was coerced so that the value at ``key`` fits, and in it where nothing was selected."""
        path = self.node_at(at, key).path()
        if coercer.given_back:
            places = [(*path, each) for each in coercer.given_back]
            coercer.given_back = []
            self.untold = [each for each in self.untold if each.path[: len(path) + 1] not in places]
            self.coerced = [each for each in self.coerced if each.path[: len(path) + 1] not in places]
        for change in coercer.take_changes():
            event = Coerced((*path, *change.path), change.kind, change.before, change.after)
            self.untold.append(event)
            if not self.drops:
                self.coerced.append(event)
        if self.selects(at, key):
            # What is inside has closed last.
            first = len(self.untold)
            while first > 0 and self.untold[first - 1].path[: len(path)] == path:
                first -= 1
            self.events += self.untold[first:]
            del self.untold[first:]

    def _report_failure(self, at: Builder, key: str | int, failure: Failure) -> None:
        view = self.view
        assert view is not None
        event = self._note_invalid(at, key, failure)
        if self.loose and view.failure is failure:
            # In the end it stands for the whole document, but its locations are relative to this value.
            failure.error.add_note(f"in the value at {json_path(event.path)}")
        if self.stops:
            raise self.refusal(_in_words(event.errors), view.source.at, event.path, failure.error)

    def _note_invalid(self, at: Builder, key: str | int, failure: Failure) -> Invalid:
        if self.invalid is None:
            self.invalid = PathSet()
        event = Invalid(self.node_at(at, key), failure)
        self.invalid.add(event.path)
        if self.selects(at, key):
            self.events.append(event)
        return event

    # What the judge has found.

    def _refuse(self, at: Builder, key: str | int, value: object, rule: Rule, mark: i64) -> None:
        """The value that has just closed is invalid, says the judge; what is wrong in it came after ``mark``."""
        path = self.node_at(at, key).path()
        depth = len(path)
        if mark == len(self.faults) and mark > 0 and self.faults[mark - 1][0] == path:
            mark -= 1
        found = [(place[depth:], keyword, msg) for place, keyword, msg in self.faults[mark:] if place[:depth] == path]
        failure: Failure
        if at.containers:
            failure = self.refuses.refuse_at([rule], value, found or UNKNOWN_FAULT)
        else:
            failure = self.refuses.refuse(value, found or UNKNOWN_FAULT)
        event = self._note_invalid(at, key, failure)
        if self.failure is None and self.loose:
            failure.error.add_note(f"in the value at {json_path(event.path)}")
        if not at.containers or (self.failure is None and self.loose):
            self.failure = failure
        if self.loose:
            # The value is dropped, and what was wrong with it has been told.
            del self.faults[mark:]
        if self.stops:
            assert self.source is not None
            last = self.closing
            msg = _in_words(event.errors) if last is None else last.msg
            raise self.refusal(msg, self.source.at if last is None else last.pos, path, failure.error)

    def _find(self, at: Builder, key: str | int) -> None:
        """Tell what the judge has found. ``key``: that of the value that is open or comes, in the innermost
        container."""
        assert self.judge is not None
        for finding in self.judge.take():
            node = self._tell(at, key, finding)
            if self.stops and finding.keyword:
                raise self.refusal(finding.msg, finding.pos, node.path(), None)

    def _find_at_close(self, at: Builder, key: str | int) -> None:
        """``_find``, when the value at ``key`` has just closed."""
        assert self.judge is not None
        depth = len(at.containers)
        self.closing = None
        view = self.view
        for finding in self.judge.take():
            if finding.depth < depth or finding.number >= 0 or not finding.keyword:
                is_own = False
            else:
                # The verdict of a value that is validated by itself is that of its validator.
                is_own = view is None or not view.is_inside_whole()
                if is_own and view is not None:
                    continue
            node = self._tell(at, key, finding)
            if is_own:
                self.closing = finding
            elif self.stops and finding.keyword:
                raise self.refusal(finding.msg, finding.pos, node.path(), None)

    def _tell(self, at: Builder, key: str | int, finding: Finding) -> Node:
        """Report a finding about an open value, if it is selected."""
        depth = finding.depth
        selector: Selector | None
        if depth >= len(at.containers):
            node = self.node_at(at, key)
            selected = self.selects(at, key)
        else:
            if self.node is None or any(each is None for each in self.nodes):
                self._fill_nodes(at)
            inner = depth + 1
            found = self.nodes[inner] if inner < len(self.nodes) else self.node
            assert found is not None
            node = found
            selector = self.selectors[depth]
            if selector is not None and not selector.everything and depth > 0:
                selector = selector.child(at.key_of(depth))
            selected = selector is not None and (selector.everything or selector.here)
        if finding.keyword:
            if self.refuses is not None:
                self.faults.append((node.path(), finding.keyword, finding.msg))
            if selected:
                self.events.append(Violation(node, finding.pos, finding.keyword, finding.msg))
        elif selected:
            self._predicted(node, key, finding)
        return node

    def _predicted(self, node: Node, key: str | int, finding: Finding) -> None:
        value: object = finding.word
        view = self.view
        if view is not None:
            plan = view.coming(key)
            if plan is None or not is_pure(plan.spec):
                return
            value = view.becomes(plan, finding.word)
            if isinstance(value, Failure):
                return
        self.events.append(Predicted(node, value, finding.pos))

    # Dropping.

    def _opened_dropping(self, at: Builder, key: str | int, is_object: bool) -> None:
        """A container opened: is it loose too?"""
        self.looses.append(self.loose)
        self.keepers.append(self.keeper)
        if self.loose:
            if at.containers and self.keeper is not None:
                self.keeper = self.keeper.child(key)
            self.loose = self.keeper is None or not self.keeper.here
        if self.view is not None:
            self.view.open(is_object, len(at.containers), self.loose)
            self.loose = self.loose and not self.view.is_inside_whole()
        if self.loose and self.judge is not None:
            self.judge.loosen()

    def _left_empty(self, at: Builder) -> bool:
        """Was the closed container loose? Then all that is left to report is that it closed."""
        was_loose = self.loose
        self.loose = self.looses.pop()
        self.keeper = self.keepers.pop()
        if not was_loose:
            return False
        key = at.here()
        if self.view is not None:
            self.view.leave()
            if self.view.coercer is not None and self._has_coercions(self.view.coercer):
                self._report_coercions(at, key, self.view.coercer)
        if self.selects(at, key):
            self.events.append(Completed(self.node_at(at, key), MISSING, True))
        return True


def _in_words(errors: list[Any]) -> str:
    """A validator's line errors as one message."""
    # The str() of an error of jsonschema shows the schema and the instance.
    first = errors[0]["msg"] if isinstance(errors[0], dict) else getattr(errors[0], "message", errors[0])
    return str(first) if len(errors) == 1 else f"{first} (and {len(errors) - 1} more)"
