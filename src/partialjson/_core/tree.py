"""The tree: builds the JSON value.

The tree is driven through a small protocol, no matter by whom. The lexer drives it from text; a provider that sends
edits by path could drive it without any text.

    begin_object / begin_array ... end      a container opens, closes
    name(key)                               the key of the next member
    begins(kind, value)                     the kind of value that comes, and which, for true, false and null
    atom(value, raw)                        a number, true, false or null closed
    string(value)                           a string came complete
    begin_text, grow(part)..., end_text     a string opens, grows, closes

Only if it ``is_judged``, it is also told ``begins`` and what else is known before a value is whole:

    key_begins(pos), key_grows(part)...     a key opens, grows
    digits(part)...                         a number goes on
    atom_comes(raw)                         a number or word is whole, and about to close
    comma()                                 another member or element will come

Its state is that of the builder (``builder``). Each open container is already in its parent, so the tree is consistent
at any time. Reading it costs nothing except bringing the growing string up to date.

*Snapshots hold still* by copying on write. ``snapshot`` hands out the live tree and notes that the open path has been
handed out (``shared``); the next visible change copies those containers on that path that somebody still holds, once,
and goes on in the copies. A closed value is never touched again, so it is the same object in every snapshot (law 4).

Everything beyond building is done by the *observer* (``observer``): events, the typed view, changes, dropping. The tree
tells it what happens; a tree without an observer takes the fast path at each value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast, final

from partialjson._core.builder import Builder
from partialjson._core.changes import Changes, visible_size
from partialjson._core.events import Coerced, Event, Node, Path
from partialjson._core.judge import Judge
from partialjson._core.observer import Observer
from partialjson._core.refcounts import COMPILED, is_held
from partialjson._core.selection import Selector
from partialjson._core.source import Source
from partialjson._core.trials import Finding
from partialjson._core.view import View

if TYPE_CHECKING:
    from mypy_extensions import i64


Status = Literal["missing", "partial", "complete", "invalid"]

# A growing string up to this length is copied for every reading, which is cheaper than taking it out of the tree first.
SHORT: Final = 256


@final
class Tree(Builder):
    """One document, growing."""

    def __init__(self, selector: Selector | None, missing: object) -> None:
        super().__init__()
        self.missing: Final[object] = missing
        self.observer: Observer | None = Observer(selector) if selector is not None else None
        self.judge: Judge | None = None
        self.is_judged = False
        # Does the judge look at the characters of the open string?
        self.is_examined = False
        # Has the open path been handed out?
        self.shared = False
        # The growing string: the part in the tree as ``text``, what has come since, and how much at its end is not yet
        # known to be text.
        self.text = ""
        self.news = ""
        self.hidden: i64 = 0

    # What is observed.

    def keep_only(self, keeper: Selector | None) -> None:
        """Drop what closes, unless it is in one of these places or in something that is validated as a whole."""
        self.drops = True
        self._observed().keep_only(keeper)

    def follow(self, view: View, stops: bool) -> None:
        """Keep a typed view beside the tree; ``stops``: at the first invalid value."""
        self._observed().follow(view, stops)

    def be_judged(self, judge: Judge, source: Source, refuses: Any, stops: bool) -> None:
        """Let a judge see everything. If there is no view, its verdicts count, and ``refuses`` makes the errors;
        ``stops``: at the first invalid value."""
        self._observed().be_judged(judge, source, refuses, stops)
        self.judge = judge
        self.is_judged = True

    def report(self, selector: Selector | None) -> None:
        """Report completions in these places; to be called before anything has come."""
        self._observed().selector = selector

    def start_changes(self) -> Changes:
        """Record from now on what becomes visible; the clock starts at the visible size of the document."""
        observer = self._observed()
        if observer.changes is not None:
            return observer.changes
        return observer.note_changes(self, self.size(), len(self.text) if self.in_text else -1)

    def size(self) -> i64:
        """The visible size of the document, counted anew."""
        json = self.snapshot()
        return visible_size(json) if self.ground else 0

    def _observed(self) -> Observer:
        """The observer; a new one if there was none until now."""
        observer = self.observer
        if observer is None:
            observer = Observer(None)
            observer.catch_up(self)
            self.observer = observer
        return observer

    # What a driver calls.

    def name(self, key: str) -> None:
        self.key = key
        if self.is_judged and self.observer is not None:
            self.observer.name(self, key)

    def minds_commas(self) -> bool:
        """Does the judge want to know of a comma in the innermost container?"""
        judge = self.judge
        return judge is not None and judge.level is not None and judge.level.minds_commas

    def minds_keys(self) -> bool:
        """Does the judge want to know of a key in the innermost object before it is whole?"""
        judge = self.judge
        return judge is not None and judge.level is not None and judge.level.is_choosy

    def key_begins(self, pos: i64) -> None:
        if self.observer is not None:
            self.observer.key_begins(self, pos)

    def key_grows(self, part: str) -> None:
        if self.observer is not None:
            self.observer.key_grows(self, part)

    def comma(self) -> None:
        if self.observer is not None:
            self.observer.comma(self)

    def begins(self, kind: i64, value: object) -> None:
        if self.observer is not None:
            self.observer.begins(self, kind, value)

    def digits(self, part: str) -> None:
        if self.observer is not None:
            self.observer.digits(self, part)

    def number_comes(self, raw: str) -> None:
        """The open number is whole, but not yet attached."""
        if self.observer is not None:
            self.observer.number_comes(self, raw)

    def atom_comes(self, raw: str) -> None:
        """The number or word that is being read is this; called only if the tree ``is_judged``."""
        if self.observer is not None and self.observer.stops:
            # The place where it stops must not depend on the chunks.
            self.observer.number_comes(self, raw)

    def atom(self, value: object, raw: str) -> None:
        self._attach(value)
        if self.observer is not None and self.observer.closed(self, value, raw):
            self._drop()

    def string(self, value: str) -> None:
        observer = self.observer
        if observer is None:
            self._attach(value)
            return
        if self.is_judged and observer.looks_at_each_character():
            # The place where it stops must not depend on the chunks.
            self.begin_text()
            if value:
                self.grow(value)
            self.end_text()
            return
        self._attach(value)
        observer.string_grew(len(value))
        if observer.closed(self, value, ""):
            self._drop()

    def only_builds(self) -> bool:
        """Is building all there is to do for values in the innermost container?"""
        return self.observer is None or self.observer.is_idle()

    def extend(self, values: list[object]) -> None:
        """Several complete elements of the innermost array came; called only if it ``only_builds``."""
        if self.shared:
            self._unshare()
        self.arr.extend(values)

    def begin_text(self) -> None:
        self._attach("")
        self.in_text = True
        self.text = ""
        self.is_examined = self.is_judged and self.observer is not None and self.observer.looks_at_text()

    def grow(self, part: str) -> None:
        if self.news:
            # Taken out of its slot, a string has one reference, and CPython extends it in place.
            news = self.news
            self.news = ""
            news += part
            self.news = news
        else:
            self.news = part
        if self.observer is not None:
            self.observer.string_grew(len(part))
            if self.is_examined:
                self._look(part)

    def may_hide(self) -> bool:
        """May a part that ``grow`` is given be hidden: does nobody look at parts but those who read the tree?"""
        observer = self.observer
        return observer is None or (observer.changes is None and not self.is_examined)

    def show(self) -> None:
        """What is hidden belongs to the open string."""
        hidden = self.hidden
        self.hidden = 0
        if self.observer is not None:
            # Changes may be noted since it was hidden.
            self.observer.string_grew(hidden)

    def take_back(self) -> None:
        """What is hidden does not belong to the open string."""
        self.news = self.news[: len(self.news) - self.hidden]
        self.hidden = 0

    def end_text(self) -> None:
        value = self._current_text()
        self.in_text = False
        self.text = ""
        if self.observer is not None and self.observer.text_closed(self, value):
            self._drop()

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
        if self.drops:
            self.gone = self.gones.pop()
        if self.observer is not None and self.observer.container_closed(self, value):
            self._drop()

    # Reading.

    def snapshot(self) -> Any:
        """The document now; this object will not change any more."""
        if not self.ground:
            return self.missing
        if self.in_text:
            self._current_text()
        self.shared = True
        return self.ground[0]

    def typed_snapshot(self) -> Any:
        """The typed view now; the JSON one where there is no target."""
        view = self._view()
        if view is None or not self.ground:
            return self.snapshot()
        if self.in_text:
            self._current_text()
        if view.mirror >= 0:
            self.shared = True
        return view.value(self.containers, self.text if self.in_text else None)

    def result(self) -> Any:
        """The final value or a ``Failure``: the result of settling the closed root."""
        view = self._view()
        if view is not None:
            return view.result
        failure = None if self.observer is None else self.observer.failure
        return self.snapshot() if failure is None else failure

    def _view(self) -> View | None:
        return None if self.observer is None else self.observer.view

    def status(self, path: tuple[Any, ...]) -> Status:
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
        return "invalid" if self.observer is not None and self.observer.is_invalid(path) else "complete"

    def _is_open(self, path: Path) -> bool:
        """Is the visible value at ``path`` still open?"""
        depth = len(self.containers)
        if len(path) < depth:
            return path == self.path(False)[: len(path)]
        return self.in_text and len(path) == depth and path == self.path(False)

    def open_path(self) -> Path | None:
        """The path of the innermost visible value that is open; None where there is none."""
        return self.path(False) if self.containers or self.in_text else None

    def take_events(self) -> tuple[Event, ...]:
        return () if self.observer is None else self.observer.take_events()

    def pending_events(self) -> tuple[Event, ...]:
        """What ``take_events`` would give."""
        return () if self.observer is None else tuple(self.observer.events)

    def reads_prose(self) -> None:
        """What comes at the root is text without quotes."""
        if self.observer is not None and self.observer.view is not None:
            coercer = self.observer.view.coercer
            if coercer is not None:
                coercer.reads_prose = True

    def coerced(self) -> tuple[Coerced, ...]:
        """What was coerced in the document."""
        return () if self.observer is None else self.observer.all_coerced(self)

    def deltas(self, since: i64, places: list[Node | None] | None) -> list[dict[str, Any]]:
        """The changes after the document had the visible size ``since``, oldest first; ``places`` gets their nodes."""
        changes = self.start_changes()
        if self.in_text:
            self._current_text()
        # What is handed out holds still; that must not cost anything if only text was added.
        json = self.snapshot() if since < changes.floor or changes.appeared_after(since) else None
        return changes.deltas(since, json, self.text if self.in_text else None, places)

    def needs_text_from(self) -> i64:
        """The first offset whose text may be asked for again; -1 if only text to come may be."""
        return -1 if self.observer is None else self.observer.needs_text_from(self)

    # Building.

    def _attach(self, value: object) -> None:
        """``value`` becomes visible in the innermost container."""
        if self.shared:
            self._unshare()
        if self.observer is not None:
            self.observer.appears(self, value)
        if self.in_object:
            self.obj[self.key] = value
        else:
            self.arr.append(value)

    def _push(self, container: object, is_object: bool) -> None:
        if self.observer is not None:
            self.observer.opened(self, is_object)
        if self.drops:
            self.gones.append(self.gone)
            self.gone = 0
        # The containers come last: everything is counted by their number, also after an interrupt.
        self.keys.append(self.key)
        self.containers.append(container)

    def _look(self, part: str) -> None:
        """The open string has grown by this."""
        assert self.observer is not None
        finding = self.observer.looks(self, part)
        if finding is not None:
            self._stop_at(self.observer, finding)

    def _stop_at(self, observer: Observer, finding: Finding) -> None:
        """The document stops at this character of the open string, however much of the string has come."""
        self.news = self.news[: finding.number + 1 - len(self.text)]
        raise observer.refusal(finding.msg, finding.pos, self.path(False), None)

    def _drop(self) -> None:
        """Remove the value that has just closed from its container; the root stays."""
        if not self.containers:
            return
        if self.shared:
            self._unshare()
        if self.in_object:
            del self.obj[self.key]
        else:
            self.arr.pop()
            self.gone += 1
        if self.observer is not None:
            self.observer.dropped()

    def _gone_from(self, value: object) -> i64:
        """How many elements an array has lost."""
        i: i64
        for i in range(len(self.containers)):
            if self.containers[i] is value:
                return self.gones[i + 1] if i + 1 < len(self.containers) else self.gone
        return 0

    def _current_text(self) -> str:
        """Bring the growing string in the tree up to date."""
        news = self.news
        if not news:
            return self.text
        if self.hidden > 0:
            news = news[: len(news) - self.hidden]
            if not news:
                return self.text
        if self.shared:
            self._unshare()
        elif self.observer is not None:
            self.observer.changes_in_place(self)
        if COMPILED and len(self.text) > SHORT:
            # While this variable holds the only reference, the text is extended in place. Nothing can interrupt that
            # here.
            text = self.text
            self.text = ""
            self._put_text("")
            text += news
        else:
            text = self.text + news
        self._put_text(text)
        self.text = text
        if self.hidden > 0:
            self.news = self.news[len(self.news) - self.hidden :]
        else:
            self.news = ""
        return text

    def _put_text(self, text: str) -> None:
        if self.in_object:
            self.obj[self.key] = text
        else:
            self.arr[-1] = text

    def _unshare(self) -> None:
        """Go on in copies of the open containers that somebody holds, directly or through an enclosing one.

        An interrupt may come at any call. What is done by then is correct, and the rest is done the next time.
        """
        if self.observer is not None:
            self.observer.changes_in_place(self)
        containers = self.containers
        above_is_held = False
        i: i64
        for i in range(len(containers)):
            if not above_is_held:
                old = containers[i]
                # Its parent holds it, and so does the cache of the innermost container.
                known: i64 = 1
                if old is self.obj or old is self.arr:
                    known += 1
                old = None
                if not is_held(containers, i, known):
                    continue
                # What was left to its holders still contains everything that is open below.
                above_is_held = True
            # Everything that makes calls comes first; the stores after the copy cannot be interrupted.
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
