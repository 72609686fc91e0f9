"""The growing tree: builds the JSON value and tells what happened to it.

The tree is driven through a small protocol, and does not care by whom. The lexer drives it from text; a provider that
sends path edits can drive it without any.

    begin_object / begin_array ... end      a container opens, closes
    name(key)                               the key of the next member
    atom(value, raw)                        a number, true, false or null closed
    string(value)                           a string came whole
    begin_text, grow(part)..., end_text     a string opens, grows, closes

State is a stack of the open containers, the live dicts and lists themselves, from the root inwards. Each is already in
its parent, so the tree is whole at any time and reading it costs nothing but bringing the growing string up to date.

*Snapshots hold still* by copying on write. ``snapshot`` hands out the live tree and notes that the open path has been
handed out (``shared``); the next visible change copies the containers on that path that somebody kept, once, and goes
on in the copies. Whatever had closed is never touched again, so it is the same object in every snapshot.

*Hooks* are all that is done beyond building: events for selected places, the typed view and what is foreseen of it, the
journal of changes. A tree with none of them takes the short way at each value.

*Dropping* is for documents that nobody wants to keep (``keep_only``). A container is *loose* unless it is, or is in, a
value to be delivered or validated as a whole. What closes in a loose container is reported and then taken out of it, so
that the tree is the open path and at most one such value. ``gone`` counts what left the innermost array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, final

from partialjson._core.changes import Journal, visible_size
from partialjson._core.events import Completed, Event, Invalid, Node, Path, Replaced
from partialjson._core.lookahead import Foresight, refusal
from partialjson._core.plan import Failure
from partialjson._core.refcounts import COMPILED, is_held
from partialjson._core.selection import Selector
from partialjson._core.view import View
from partialjson._missing import MISSING
from partialjson.errors import json_path

if TYPE_CHECKING:
    from mypy_extensions import i64


# A growing string up to this long is copied for every reading, which is cheaper than taking it out of the tree first.
SHORT: Final = 256


@final
class Places:
    """A set of paths from which all below a path can be taken out at once."""

    def __init__(self) -> None:
        self.below: dict[Any, Places] = {}
        self.here = False

    def add(self, path: Path) -> None:
        place = self
        for key in path:
            following = place.below.get(key)
            if following is None:
                following = place.below[key] = Places()
            place = following
        place.here = True

    def has(self, path: Path) -> bool:
        place: Places | None = self
        for key in path:
            if place is None:
                return False
            place = place.below.get(key)
        return place is not None and place.here

    def clear(self, path: Path) -> None:
        """Take out ``path``, which is not the root, and all below it."""
        place = self
        for key in path[:-1]:
            following = place.below.get(key)
            if following is None:
                return
            place = following
        place.below.pop(path[-1], None)


@final
class Tree:
    """One document, growing."""

    def __init__(self, selector: Selector | None, missing: object) -> None:
        self.missing: object = missing
        # The root is the only element of a list, so that it is attached like any other value.
        self.ground: list[object] = []
        self.containers: list[object] = []
        # For each open container: the key it has in its parent object (stale where the parent is an array).
        self.keys: list[str] = []
        # The innermost container, the ground when none is open, and the key of the next member.
        self.obj: dict[str, object] = {}
        self.arr = self.ground
        self.in_object = False
        self.key = ""
        self.shared = False
        # The growing string: in the tree as ``text``, and what has come since.
        self.in_text = False
        self.text = ""
        self.news = ""
        # Hooks.
        self.hooked = selector is not None
        self.events: list[Event] = []
        self.selector = selector
        self.selectors: list[Selector | None] = []
        self.node: Node | None = Node(None, "") if selector is not None else None
        self.nodes: list[Node | None] = []
        self.view: View | None = None
        self.invalid: Places | None = None
        self.stops = False
        self.foresight: Foresight | None = None
        self.journal: Journal | None = None
        # Dropping: is the innermost container loose, how many elements it has lost, and where in the walk to the values
        # to be delivered it stands; and the same for the containers around each open one.
        self.drops = False
        self.loose = False
        self.gone: i64 = 0
        self.keeper: Selector | None = None
        self.looses: list[bool] = []
        self.gones: list[i64] = []
        self.keepers: list[Selector | None] = []

    def keep_only(self, keeper: Selector | None) -> None:
        """Drop what closes, unless it is in one of these places or in something that is validated as a whole."""
        self.hooked = True
        self.drops = True
        self.loose = True
        self.keeper = keeper

    def follow(self, view: View, stops: bool, predicts: bool) -> None:
        """Keep a typed view beside the tree; ``stops`` at what is invalid, ``predicts`` what is certain to come."""
        self.view = view
        self.hooked = True
        self.stops = stops
        if stops or self.selector is not None:
            self.foresight = Foresight(view, stops, predicts)

    # What a driver calls.

    def name(self, key: str) -> None:
        self.key = key
        if self.foresight is not None:
            self.foresight.name(self, key)

    def begins(self, kind: i64) -> None:
        """A value of this JSON kind begins at the offset at hand; told only where there is foresight."""
        if self.foresight is not None:
            self.foresight.begins(self, kind)

    def atom(self, value: object, raw: str) -> None:
        self._attach(value)
        if self.hooked:
            self._closed(self.here(), value, raw)

    def string(self, value: str) -> None:
        foresight = self.foresight
        if foresight is not None and foresight.bounds is not None and self.stops:
            # Where it breaks off must not depend on the chunks.
            self.begin_text()
            self.grow(value)
            self.end_text()
            return
        self._attach(value)
        if self.hooked:
            if self.journal is not None:
                self.journal.size += len(value)
            if foresight is not None:
                foresight.look(self, "", value)
            self._closed(self.here(), value, "")

    def only_builds(self) -> bool:
        """Is there nothing else to do for what comes in the innermost container?"""
        if not self.hooked:
            return True
        return self.selector is None and self.view is None and self.journal is None and not self.drops

    def extend(self, values: list[object]) -> None:
        """Several elements of the innermost array came whole; only where it ``only_builds``."""
        if self.shared:
            self._unshare()
        self.arr.extend(values)

    def begin_text(self) -> None:
        self._attach("")
        self.in_text = True
        self.text = ""
        if self.foresight is not None:
            self.foresight.look(self, "", "")

    def grow(self, part: str) -> None:
        if self.news:
            # Out of its slot a string has one holder, and CPython extends it in place.
            news = self.news
            self.news = ""
            news += part
            self.news = news
        else:
            self.news = part
        if self.hooked:
            if self.journal is not None:
                self.journal.size += len(part)
            if self.foresight is not None:
                self.foresight.look(self, self.text, self.news)

    def cut_text(self, length: i64) -> None:
        """The open string ends after so many characters; some were not shown yet."""
        self.news = self.news[: length - len(self.text)]

    def end_text(self) -> None:
        value = self._current_text()
        self.in_text = False
        self.text = ""
        if self.hooked:
            if self.journal is not None:
                self.journal.closes(value)
            self._closed(self.here(), value, "")

    def begin_object(self) -> None:
        new: dict[str, object] = {}
        self._attach(new)
        self._push(new, True)
        self.obj = new
        self.in_object = True

    def begin_array(self) -> None:
        new: list[object] = []
        self._attach(new)
        self._push(new, False)
        self.arr = new
        self.in_object = False

    def end(self) -> None:
        """The innermost container closes."""
        value = self.containers.pop()
        self.key = self.keys.pop()
        if self.containers:
            parent = self.containers[-1]
            if isinstance(parent, dict):
                self.obj = parent
                self.in_object = True
            else:
                self.arr = cast("list[object]", parent)
                self.in_object = False
        else:
            self.arr = self.ground
            self.in_object = False
        if self.hooked:
            self.selector = self.selectors.pop()
            self.node = self.nodes.pop()
            if self.drops and self._left_empty():
                return
            self._closed_container(self.here(), value)

    # Reading.

    def depth(self) -> i64:
        return len(self.containers)

    def length(self) -> i64:
        """How many elements the innermost array has had."""
        return len(self.arr) + self.gone

    def snapshot(self) -> Any:
        """The document now; it will not change any more."""
        if not self.ground:
            return self.missing
        if self.in_text:
            self._current_text()
        self.shared = True
        return self.ground[0]

    def typed_snapshot(self) -> Any:
        """The typed view now; the JSON one where there is no target."""
        if self.view is None or not self.ground:
            return self.snapshot()
        if self.in_text:
            self._current_text()
        if self.view.mirror >= 0:
            self.shared = True
        return self.view.value(self.containers, self.text if self.in_text else None)

    def result(self) -> Any:
        """The final value, or a ``Failure``: what the closed root settled to."""
        if self.view is not None:
            return self.view.result
        return self.snapshot()

    def status(self, path: tuple[Any, ...]) -> str:
        if not self.ground:
            return "missing"
        value: Any = self.ground[0]
        for key in path:
            if self.drops and type(key) is int:
                key -= self._gone_from(value)
            if isinstance(value, dict):
                if not isinstance(key, str) or key not in value:
                    return "missing"
                value = value[key]
            else:
                if not isinstance(value, list) or type(key) is not int or not 0 <= key < len(value):
                    return "missing"
                value = value[key]
        if self._is_open(path):
            return "partial"
        return "invalid" if self.invalid is not None and self.invalid.has(path) else "complete"

    def path(self, pending: bool) -> Path:
        """The keys of the open containers, and of the value that is growing or, with ``pending``, awaited."""
        keys: list[str | int] = []
        i: i64
        for i in range(1, len(self.containers)):
            keys.append(self.key_of(i))
        if self.containers and (pending or self.in_text):
            if self.in_object:
                keys.append(self.key)
            else:
                keys.append(self.length() - (1 if self.in_text else 0))
        return tuple(keys)

    def key_of(self, i: i64) -> str | int:
        """The key of open container ``i`` in its parent."""
        parent = self.containers[i - 1]
        if isinstance(parent, dict):
            return self.keys[i]
        return len(cast("list[object]", parent)) - 1 + (self.gones[i] if self.drops else 0)

    def take_events(self) -> tuple[Event, ...]:
        if not self.events:
            return ()
        events = tuple(self.events)
        self.events = []
        return events

    # Building.

    def _attach(self, value: object) -> None:
        """``value`` becomes visible in the innermost container."""
        if self.shared:
            self._unshare()
        if self.hooked:
            self._appears(value)
        if self.in_object:
            self.obj[self.key] = value
        else:
            self.arr.append(value)

    def _push(self, container: object, is_object: bool) -> None:
        if self.hooked:
            self._opened(is_object)
        # The containers come last: their number is what everything counts by, also after an interrupt.
        self.keys.append(self.key)
        self.containers.append(container)

    def _current_text(self) -> str:
        """Bring the growing string in the tree up to date."""
        news = self.news
        if not news:
            return self.text
        if self.shared:
            self._unshare()
        elif self.view is not None:
            self.view.let_go(self.in_text)
        if COMPILED and len(self.text) > SHORT:
            # While this variable is its only holder, the text is extended in place. Nothing can interrupt that here.
            text = self.text
            self.text = ""
            self._put_text("")
            text += news
        else:
            text = self.text + news
        self._put_text(text)
        self.text = text
        self.news = ""
        return text

    def _put_text(self, text: str) -> None:
        if self.in_object:
            self.obj[self.key] = text
        else:
            self.arr[-1] = text

    def _unshare(self) -> None:
        """Go on in copies of the open containers that somebody holds, directly or through one around it.

        An interrupt may come at any call; what is done by then is right, and the rest is done the next time.
        """
        if self.view is not None:
            self.view.let_go(self.in_text)
        containers = self.containers
        i: i64
        for i in range(len(containers)):
            old = containers[i]
            # Its parent holds it, and so does the cache of the innermost container.
            known: i64 = 1
            if old is self.obj or old is self.arr:
                known += 1
            old = None
            if not is_held(containers, i, known):
                continue
            # What calls comes first; the stores after the copy cannot be interrupted.
            parent: Any = containers[i - 1] if i > 0 else self.ground
            place: Any = self.keys[i] if isinstance(parent, dict) else -1
            container: Any = containers[i]
            is_obj = container is self.obj
            is_arr = container is self.arr
            new: Any = container.copy()
            containers[i] = new
            parent[place] = new
            if is_obj:
                self.obj = new
            elif is_arr:
                self.arr = new
        self.shared = False

    # Hooks.

    def here(self) -> str | int:
        """The key of the value that is or was last visible in the innermost container."""
        if self.in_object:
            return self.key
        return self.length() - 1

    def _appears(self, value: object) -> None:
        """``value`` is about to be attached."""
        op = "add"
        key: str | int
        if self.in_object:
            key = self.key
            if key in self.obj:
                op = "replace"
                self._replaced(key, self.obj[key])
        else:
            key = self.length()
        if self.view is not None:
            self.view.enter(key)
        if self.journal is not None:
            self.journal.appears(op, self.node_at(key), value)

    def _replaced(self, key: str, old: object) -> None:
        if self.invalid is not None:
            self.invalid.clear(self.node_at(key).path())
        if self.selects(key):
            self.events.append(Replaced(self.node_at(key), old))

    def _opened(self, is_object: bool) -> None:
        """A container was attached and is about to be pushed."""
        key = self.here()
        self.selectors.append(self.selector)
        self.nodes.append(self.node)
        selector = self.selector
        at_root = not self.containers
        if selector is not None and not at_root:
            selector = selector.child(key)
        if self.drops:
            self._opened_dropping(key, is_object)
        elif self.view is not None:
            self.view.open(is_object, len(self.containers), False)
        if not at_root:
            # Nodes of branches in which nothing is reported are made only for what is invalid.
            if self.journal is not None:
                self.node = self.journal.marks[-1].at
            else:
                self.node = self.node_at(key) if selector is not None else None
        self.selector = selector

    def _closed(self, key: str | int, value: object, raw: str) -> None:
        """A string or an atom closed."""
        if self.view is not None:
            self._report(key, self.view.atom(key, value, raw))
        else:
            self._report(key, value)

    def _closed_container(self, key: str | int, value: object) -> None:
        if self.view is not None:
            self._report(key, self.view.close(key, value))
        else:
            self._report(key, value)

    def _report(self, key: str | int, result: object) -> None:
        if isinstance(result, Failure):
            if self.invalid is None:
                self.invalid = Places()
            event = Invalid(self.node_at(key), result)
            self.invalid.add(event.path)
            if self.loose and self.view is not None and self.view.failure is result:
                # It stands for the whole document in the end, and says itself only where it is in this value.
                result.error.add_note(f"in the value at {json_path(event.path)}")
            if self.selects(key):
                self.events.append(event)
            if self.stops and self.view is not None:
                raise refusal(self.view, _in_words(event.errors), self.view.text.at, event.path, result.error)
        elif self.selects(key):
            raw = self.view is not None and self.view.is_inside_whole()
            self.events.append(Completed(self.node_at(key), result, raw))
        if self.loose:
            self._drop()

    def selects(self, key: str | int) -> bool:
        """Is the completion at ``key`` of the innermost container to be reported?"""
        selector = self.selector
        if selector is None:
            return False
        if selector.everything:
            return True
        if not self.containers:
            return selector.here
        selector = selector.child(key)
        return selector is not None and selector.here

    def node_at(self, key: str | int) -> Node:
        """The node of the value at ``key`` of the innermost container."""
        node = self.innermost()
        return Node(node, key) if self.containers else node

    def innermost(self) -> Node:
        """The node of the innermost container; the root's where none is open."""
        if self.node is None:
            self._fill_nodes()
        assert self.node is not None
        return self.node

    # Dropping.

    def _opened_dropping(self, key: str | int, is_object: bool) -> None:
        """A container opened: is it loose too?"""
        self.looses.append(self.loose)
        self.gones.append(self.gone)
        self.keepers.append(self.keeper)
        self.gone = 0
        if self.loose:
            if self.containers and self.keeper is not None:
                self.keeper = self.keeper.child(key)
            self.loose = self.keeper is None or not self.keeper.here
        if self.view is not None:
            self.view.open(is_object, len(self.containers), self.loose)
            self.loose = self.loose and not self.view.is_inside_whole()

    def _left_empty(self) -> bool:
        """The container that closed was loose: nothing is left to be validated or reported but that it closed."""
        was_loose = self.loose
        self.loose = self.looses.pop()
        self.gone = self.gones.pop()
        self.keeper = self.keepers.pop()
        if not was_loose:
            return False
        if self.view is not None:
            self.view.leave()
        key = self.here()
        if self.selects(key):
            self.events.append(Completed(self.node_at(key), MISSING, True))
        self._drop()
        return True

    def _drop(self) -> None:
        """Take the value that has just closed out of its container; the root stays."""
        if not self.containers:
            return
        if self.shared:
            self._unshare()
        if self.in_object:
            del self.obj[self.key]
        else:
            self.arr.pop()
            self.gone += 1
        # All that was invalid was in it.
        self.invalid = None

    def _gone_from(self, value: object) -> i64:
        """How many elements an array has lost."""
        i: i64
        for i in range(len(self.containers)):
            if self.containers[i] is value:
                return self.gones[i + 1] if i + 1 < len(self.containers) else self.gone
        return 0

    # Deltas.

    def start_journal(self) -> Journal:
        """Note from now on what becomes visible; the clock starts at the visible size of the document."""
        if self.journal is not None:
            return self.journal
        if not self.hooked:
            self.hooked = True
            self._hook_open_path()
        self._fill_nodes()
        json = self.snapshot()
        journal = self.journal = Journal(visible_size(json) if self.ground else 0)
        if self.in_text:
            journal.goes_on(self.node_at(self.here()), len(self.text))
        return journal

    def _hook_open_path(self) -> None:
        """The containers that opened before there were hooks have nothing selected."""
        self.selectors = [None for _ in self.containers]
        self.nodes = [None for _ in self.containers]

    def _fill_nodes(self) -> None:
        """Nodes for the open containers that were not worth one until now."""
        node = Node(None, "")
        nodes: list[Node | None] = []
        i: i64
        for i in range(len(self.containers)):
            nodes.append(node)
            if i > 0:
                node = Node(node, self.key_of(i))
        self.nodes = nodes
        self.node = node

    def deltas(self, since: i64) -> list[dict[str, Any]]:
        """The changes after the document had the visible size ``since``, oldest first."""
        journal = self.journal
        assert journal is not None
        if self.in_text:
            self._current_text()
        # What is handed out holds still, and that is not to cost anything where only text was added.
        json = self.snapshot() if since < journal.floor or journal.appeared_after(since) else None
        return journal.deltas(since, json, self.text if self.in_text else None)

    def needs_text_from(self) -> i64:
        """The offset from which on the text may be asked for again; -1 where only what comes may be."""
        assert self.view is not None
        start = self.view.needs_from()
        if start < 0 and self.in_text and self.foresight is not None:
            # An error may stand at the beginning of the string, or at any character.
            return self.view.text.at
        return start

    def _is_open(self, path: Path) -> bool:
        """Is the visible value at ``path`` still open?"""
        depth = len(self.containers)
        if len(path) < depth:
            return path == self.path(False)[: len(path)]
        return self.in_text and len(path) == depth and path == self.path(False)

    def open_path(self) -> Path | None:
        """The path of the innermost visible value that is open; None where there is none."""
        return self.path(False) if self.containers or self.in_text else None


def _in_words(errors: list[Any]) -> str:
    """A validator's line errors as one message."""
    first = errors[0]["msg"] if isinstance(errors[0], dict) else str(errors[0])
    return str(first) if len(errors) == 1 else f"{first} (and {len(errors) - 1} more)"
