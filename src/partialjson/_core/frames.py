"""Frames: the open containers that the typed view follows inside, and the state of each.

A frame holds the children that closed, from which its shape will settle, and the *box* with what is shown of them.
``view`` decides when something is shown and copied; a frame only keeps it.

While the shape of an object is not decided (``Switch``), its members are ``Waiting``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.fitting import Change, Keys
from partialjson._core.plan import HIDDEN, RAW, Failure, Plan, Shape, Switch
from partialjson._core.refcounts import COMPILED

if TYPE_CHECKING:
    from mypy_extensions import i64

UNSEEN: Final = HIDDEN | RAW


# Shared by the frames that need none of their own. They stay empty.
NO_ITEMS: Final[list[Any]] = []
NO_KEYS: Final[list[str | int]] = []
NO_MEMBERS: Final[dict[str, Any]] = {}
NO_NAMES_CAME: Final[set[str]] = set()


@final
class Waiting:
    """A member that came before the shape of its object was known: its value, and its text or the offsets of that."""

    def __init__(self, value: object, raw: str, start: i64, end: i64) -> None:
        self.value = value
        self.raw = raw
        self.start: i64 = start
        self.end: i64 = end


NO_WAITING: Final[dict[str, Waiting]] = {}


@final
class Frame:
    """An open container that its plan follows inside, or will once it is decided."""

    def __init__(
        self, plan: Plan, shape: Shape, is_object: bool, run: object, start: i64, keeps_all: bool = False
    ) -> None:
        self.plan = plan
        self.shape = shape
        self.run: object = run
        self.is_object = is_object
        self.is_wrapped = is_object and shape.wrap is not None
        # Where its text begins.
        self.start: i64 = start
        # The dict or list of the visible children, and what is shown of the container, once that is made.
        self.items: list[Any] = NO_ITEMS if is_object else []
        self.members: dict[str, Any] = {} if is_object else NO_MEMBERS
        self.shown: Any = None
        self.visible = False
        self.never_visible = False
        self.loose = False
        # Is it in an element that its array can leave out?
        self.is_spare = False
        # Children that must come before it becomes visible.
        self.awaited: list[str] | None = shape.firsts.copy() if shape.firsts else None
        # While it is undecided: what decides, and the members that wait. ``tags`` are the keys that have decided.
        self.switch: Switch | None = None
        self.waiting: dict[str, Waiting] = NO_WAITING
        self.tags: list[str] | None = None
        # No shape fits, or the deciding member came again: it settles from its text.
        self.is_lost = False
        # The children that closed, in document order, from which the shape settles; not used while the visible ones
        # suffice.
        self.is_direct = shape.is_direct and not keeps_all
        self.keys: list[str | int] = NO_KEYS if self.is_direct else []
        self.settled: list[Any] = NO_ITEMS if self.is_direct else []
        self.has_failed = False
        # How many of them were waived.
        self.waived: i64 = 0
        # The keys that came, if some count before others.
        self.came: set[str] | None = set() if shape.has_second_keys else None
        # The name under which the child that is open now is shown, its plan and its traits.
        self.child_name = ""
        self.child_plan: Plan | None = None
        self.child_traits: i64 = 0
        self.child_shown = False
        self.child_is_spare = False
        # Of the children that the shape marks, those that failed, and those of which the view was told.
        self.failed: tuple[str, ...] = ()
        self.unfinished: tuple[str, ...] = ()
        # Its number among the open containers of the document; that of its element for a list that is not there.
        self.depth: i64 = 0
        # What coercion knows of an object (``coerce``): its keys, the names of the fields that came, the keys that
        # count as others, what its tags told, and changes of members that waited. As long as the keys that come are
        # the usual ones, in their order, they are only counted; -1 from then on.
        self.own_keys: Keys | None = None
        self.usual: i64 = 0
        self.names: set[str] = NO_NAMES_CAME
        self.renames: dict[str, str] | None = None
        self.told: dict[str, Any] = NO_MEMBERS
        self.late: list[Change] | None = None
        # Keys that counted as fields whose own keys came later.
        self.both: list[str] | None = None
        # Are keys that nothing is said of not shown before it closes? It may be something around another object.
        self.hides_unnamed = False
        # Is it a list that the document does not have, around one element? And is it the element of such a list, and
        # may still be something else?
        self.is_implied = False
        self.is_tentative = False

    def is_usual(self, keys: Keys, key: str) -> bool:
        """Is this key the next of the usual ones, and were they all so far? Then it is counted as one that came."""
        count = self.usual
        if count >= 0:
            if count < len(keys.usual) and keys.usual[count] == key:
                self.usual = count + 1
                return True
            self.names_came()
            self.usual = -1
        return False

    def names_came(self) -> set[str]:
        """The names of the fields of which a key has come."""
        keys = self.own_keys
        if self.usual > 0 and keys is not None:
            self.names = {keys.own[key].name for key in keys.usual[: self.usual]}
        return self.names

    def has_come(self, name: str) -> None:
        """A key of this field has come, and was not counted."""
        self.names_came()
        self.usual = -1
        if not self.names:
            # Most frames never need one.
            self.names = set()
        self.names.add(name)

    def tag_told(self, key: str, told: object) -> None:
        """The tag under ``key`` has told something."""
        if not self.told:
            self.told = {}
        self.told[key] = told

    def rename(self, key: str, own: str) -> None:
        """What comes under ``key`` counts as if it came under ``own``."""
        self.names_came()
        self.usual = -1
        if self.renames is None:
            self.renames = {}
        self.renames[key] = own

    def forget_spellings(self, own: str) -> None:
        """No other key counts as ``own`` any more: it came itself."""
        if self.renames is not None and own in self.renames.values():
            if self.shape.keeps_unnamed:
                # It is a key of the object, too.
                if self.is_direct:
                    self.list_children(False)
                self.both = self.both or []
                self.both += [key for key, each in self.renames.items() if each == own]
            self.renames = {key: each for key, each in self.renames.items() if each != own}

    def give_back(self, value: dict[str, Any]) -> None:
        """The object closes as ``value``, and keys that counted as fields stand for themselves."""
        last: dict[str | int, Any] = {}
        i: i64
        for i in range(len(self.keys)):
            last[self.keys[i]] = self.settled[i]
        self.keys = [key for key in value]
        self.settled = [last.get(key, value[key]) for key in value]
        self.has_failed = False
        for each in self.settled:
            if isinstance(each, Failure):
                self.has_failed = True

    def key_of(self, key: str) -> str:
        """The key as which this one counts."""
        return key if self.renames is None else self.renames.get(key, key)

    def written_as(self, own: str) -> str:
        """The key in the document that counts as ``own``."""
        for key, each in (self.renames or {}).items():
            if each == own:
                return key
        return own

    def show(self) -> None:
        """Make ``shown`` from what the frame holds."""
        if not self.is_object:
            self.shown = self.items
        elif self.shape.wrap is not None:
            self.shown = self.shape.wrap(self.members, self.run)
            if self.unfinished and self.shape.mark is not None:
                self.shape.mark(self.shown, self.unfinished)
        else:
            self.shown = self.members

    def enter(self, key: str | int) -> None:
        """A child begins under ``key``, in the document's names."""
        self.child_shown = False
        shape = self.shape
        if isinstance(key, str):
            child = shape.children.get(key)
            if child is None:
                self.child_name = key
                self.child_plan = shape.rest if shape.others is None else shape.others(key)
                self.child_traits = HIDDEN if self.hides_unnamed and self.usual <= 0 and not self.names else 0
                return
            if self.came is not None:
                self.came.add(key)
                if child.after and not self.came.isdisjoint(child.after):
                    # The value under the other key counts.
                    self.child_name = child.name
                    self.child_plan = None
                    self.child_traits = HIDDEN
                    return
        elif key < len(shape.items):
            child = shape.items[key]
            self.child_is_spare = False
        else:
            self.child_plan = shape.rest
            self.child_traits = 0
            self.child_is_spare = True
            return
        self.child_name = child.name
        self.child_plan = child.plan
        self.child_traits = child.traits

    def take(self, plan: Plan, shape: Shape) -> None:
        """The shape of an object is known now."""
        self.shape = shape
        self.switch = None
        self.is_wrapped = shape.wrap is not None
        self.came = set() if shape.has_second_keys else None
        self.never_visible = self.never_visible or plan.whole or shape.whole
        if shape.firsts:
            self.awaited = shape.firsts.copy()

    def list_children(self, is_open: bool) -> None:
        """Keep the children in lists from now on; one may be open, and is about to fail."""
        shows_open = is_open and self.child_shown
        self.is_direct = False
        if self.is_object:
            members = self.members
            if shows_open:
                # What is shown of the open child is not settled. An earlier child under its key no longer counts.
                members = members.copy()
                del members[self.child_name]
            # Here every child is shown under its key.
            self.keys = [key for key in members]
            self.settled = list(members.values())
        else:
            n = len(self.items) - (1 if shows_open else 0)
            self.keys = [i for i in range(n)]
            self.settled = self.items[:n]

    def put(self, value: Any) -> None:
        """Show ``value`` for the child that is open now."""
        if self.is_object:
            self.members[self.child_name] = value
        elif self.child_shown:
            self.items[-1] = value
        elif COMPILED:
            self.items.append(value)
        else:
            # Not a call, after which an interrupt could come: the value would be there twice.
            self.items += (value,)
        self.child_shown = True

    def shows(self, value: object) -> bool:
        """Is ``value`` itself what is shown for the child that is open now?"""
        if not self.child_shown:
            return False
        if self.is_object:
            return self.members[self.child_name] is value
        return self.items[-1] is value


def never(keys: list[str | int], settled: list[Any], value: Any, run: Any) -> Any:
    """The ``close`` of a frame without a shape."""
    raise RuntimeError("a frame without a shape does not close")


UNDECIDED: Final = Shape(never, {}, None)
