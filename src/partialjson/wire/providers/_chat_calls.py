"""Which call a fragment of Chat Completions belongs to.

The fragments of a choice's calls may interleave, and servers differ in how they tell them apart: some leave the index
out, some send every call with index 0, some repeat the id or the name on each fragment or invent a new id for it, some
cut the name in two. Gateways count the same calls in two ways, by content block where they announce a call and by call
where they send its arguments. ``Calls.owner`` decides, and errs on the side of a call that cannot be run:

A fragment with an id or a name:

1. an unknown index opens a call, except for an id that is known already;
2. at a known index a different id together with a name opens a new call, as does a different name, except where it
   continues the name; a known id leads to its call;
3. without an index an unknown id opens a call, a known one continues its call, and a name without an id opens one;
4. a fragment that could be either (a new id without a name, the old name again) opens a new call only if it brings
   arguments, and those so far are a whole value that the fragment does not say again;
5. everything else continues the call at that index, or the last call.

A name continues the one that came before if no arguments came yet, and the id is the same, or the joined name leads to
one of the caller's tools, or the call has an id and the fragment has none.

A fragment that has neither opens no call while there is one. It belongs to the call at its index, or, without an index,
to the last one. It is different if no call was announced at the index, or if the call there is whole while others have
no arguments. Then the server counts in two ways: the fragment belongs to the last call while that is open, otherwise to
the first call after those that have arguments, and the difference between the two counts holds for what follows. If
several such calls wait, they are served in order, and held back until each has its arguments. If none waits, the
fragment is misplaced, and no call of the choice may be run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.brackets import Brackets

__all__ = ["MISPLACED", "Calls", "Slot"]

_NAME: Final = 200  # characters; what is longer is no name that could go on
_PLACEHOLDER: Final = 8  # characters; what is longer is no placeholder


@dataclass(slots=True, eq=False)
class Slot:
    """One call: how to recognise its fragments, and its arguments so far.

    Attributes:
        index: the server's number for it where it was announced.
        pieces: the fragments of its arguments; those from ``examined`` on were not looked at yet.
        position: its place among the calls.
        filled: whether it has arguments; a placeholder is none.
        value: its arguments, if they came as a value.
    """

    key: ops.Key
    id: str
    name: str
    index: int | None = None
    free: bool = False
    type: str = ""
    pieces: list[str] = field(default_factory=list)
    examined: int = 0
    length: int = 0
    brackets: Brackets = field(default_factory=Brackets)
    position: int = 0
    filled: bool = False
    value: object = None

    def whole(self) -> bool:
        """Whether the arguments so far are a complete object or array, judged by brackets and strings alone.

        This is needed for few calls, so the fragments are kept until then; each is read once.
        """
        for text in self.pieces[self.examined :]:
            pos = 0
            while pos >= 0:
                pos = self.brackets.read(text, pos)
        self.examined = len(self.pieces)
        return self.brackets.closed or self.value is not None

    def text(self) -> str:
        if len(self.pieces) > 1:
            self.whole()
            self.pieces = ["".join(self.pieces)]
            self.examined = 1
        return self.pieces[0] if self.pieces else ""

    def bare(self) -> bool:
        """Whether no arguments came yet."""
        return not self.length and self.value is None

    def hollow(self) -> bool:
        """Whether no arguments came yet, or only what may stand in their place."""
        if self.value is not None:
            return self.value == {} and not self.length
        return self.length <= _PLACEHOLDER and self.text().strip() in ("", "{}", "null")

    def said_by(self, arguments: object) -> bool:
        """Whether the arguments begin with all that came before: they say it again, and perhaps more."""
        if isinstance(arguments, str):
            return 0 < self.length <= len(arguments) and arguments.startswith(self.text())
        old, new = self.value, arguments
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return False
        return all(name in new and _grown(value, new[name]) for name, value in old.items())


def _grown(old: object, new: object) -> bool:
    if isinstance(old, str):
        return isinstance(new, str) and new.startswith(old)
    return type(old) is type(new) and (isinstance(old, (Mapping, list)) or old == new)


MISPLACED: Final = Slot((), "", "")
"""The owner of a fragment that no call can take."""


class Calls:
    """The calls of one choice.

    Attributes:
        slots: all of them, in order.
        guessed: the calls among which a guess was made, so that none of them may be run yet; emptied by ``doubts``.
        told: whether that was told.
        closed: whether the choice has ended once; from then on nothing is guessed.
        misplaced: whether a fragment had no place.
    """

    __slots__ = (
        "_by_id",
        "_by_index",
        "_hollow",
        "_next",
        "_reused",
        "_shift",
        "closed",
        "guessed",
        "misplaced",
        "slots",
        "told",
    )

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.guessed: list[Slot] = []
        self.told = False
        self.closed = False
        self.misplaced = False
        self._by_index: dict[int, Slot] = {}
        self._by_id: dict[str, Slot] = {}
        self._hollow: dict[ops.Key, Slot] = {}  # calls that may still wait for their arguments
        self._next = 0  # the position after the last call that has arguments
        self._reused = False  # whether calls share an index
        self._shift = 0  # the index where a call is announced, less the one of its arguments

    def open(self, slot: Slot) -> None:
        self._reused = self._reused or slot.index is None or slot.index in self._by_index
        slot.position = len(self.slots)
        self.slots.append(slot)
        self._hollow[slot.key] = slot

    def named(self, slot: Slot, index: int | None, call_id: str, announced: bool) -> None:
        """The fragment of the slot came with this index and id; ``announced`` if it named an id or a name."""
        if index is not None and (announced or not self._by_index):
            self._by_index[index] = slot
        if call_id:
            self._by_id[call_id] = slot

    def took(self, slot: Slot, text: str) -> None:
        """The text was added to the arguments of the slot."""
        slot.pieces.append(text)
        slot.length += len(text)
        if not slot.filled:
            self._look(slot)

    def took_value(self, slot: Slot, value: object) -> None:
        slot.value = value
        slot.brackets.begun = True
        self._look(slot)

    def _look(self, slot: Slot) -> None:
        if not slot.filled and not slot.hollow():
            slot.filled = True
            self._next = max(self._next, slot.position + 1)
            del self._hollow[slot.key]

    def at(self, index: int | None) -> Slot | None:
        """The call that has the index, if it waits for arguments or no other does; None if this has to be decided."""
        if not self.slots:
            return None
        slot = self.slots[-1] if index is None else self._by_index.get(index + self._shift)
        return None if slot is None or (self._hollow and slot.filled) else slot

    def owner(
        self, index: int | None, call_id: str, name: str, arguments: object, tools: Collection[str]
    ) -> Slot | None:
        """The call that a fragment continues, None if it begins one, ``MISPLACED`` if it has no place; the module's
        text gives the rules. ``arguments`` is "" or None if it brings none."""
        empty = arguments is None or arguments == ""
        if not call_id and not name:
            return self._of_nameless(index, arguments, empty)
        if index is not None:
            slot = self._by_index.get(index)
            if slot is None and call_id:
                slot = self._by_id.get(call_id)
                if slot is not None and name and not (name == slot.name and not empty and slot.hollow()):
                    return None
        elif call_id:
            slot = self._by_id.get(call_id)
            if slot is None and not name and not empty and self.slots:
                last = self.slots[-1]
                slot = None if last.hollow() or last.whole() else last
        else:
            slot = self.slots[-1] if self.slots and self._goes_on(self.slots[-1], name, "", tools, sure=True) else None
        if slot is None or (call_id and call_id == slot.id):
            return slot
        other_id = bool(call_id and slot.id)
        other_name = bool(name and slot.name and name != slot.name)
        known = self._by_id.get(call_id) if other_id else None
        if known is not None and name in ("", known.name):
            return known
        if other_name and not other_id and self._goes_on(slot, name, call_id, tools):
            return slot
        if other_name or (other_id and name):
            return None
        doubtful = (other_id or name) and not empty and slot.whole()
        return None if doubtful and not (slot.hollow() or slot.said_by(arguments)) else slot

    def name_of(self, slot: Slot, name: str, tools: Collection[str]) -> str:
        """The name of the call after a fragment brought this one."""
        old = slot.name
        if not old or not name or name == old or not slot.bare() or len(old) > _NAME:
            return old or name
        joined = old + name
        if _leads(joined, tools):
            return joined
        if name.startswith(old):
            return name
        return old if old in tools else joined

    def _goes_on(self, slot: Slot, name: str, call_id: str, tools: Collection[str], sure: bool = False) -> bool:
        """Whether a different name is the rest of the slot's; ``sure`` if only the tools may tell."""
        old = slot.name
        if not old or not slot.bare():
            return False
        if _leads(old + name, tools) or (old not in tools and name.startswith(old) and _leads(name, tools)):
            return True
        if sure or not slot.id or call_id:
            return False
        return name.startswith(old) or (old not in tools and name not in tools)

    def _of_nameless(self, index: int | None, arguments: object, empty: bool) -> Slot | None:
        slots = self.slots
        if not slots:
            return None
        last = slots[-1]
        slot = last if index is None else self._by_index.get(index + self._shift)
        if empty or (isinstance(arguments, str) and arguments.isspace()):
            return slot or last
        if slot is not None:
            if not self._hollow or not slot.filled or slot.free or not slot.whole():
                return slot
            # The call is whole, and others wait for arguments.
            if slot.said_by(arguments):
                return MISPLACED if self._reused else self._perhaps_again(slot)
            if slot is last or index is None:
                return MISPLACED
        elif last.filled and (last.free or not last.whole()):
            return self._shifted(last, index)
        elif last.filled and last.said_by(arguments):
            return self._perhaps_again(last)
        if self._next == len(slots):
            return MISPLACED
        waiting = slots[self._next]
        if slot is not None and not waiting.bare():
            return MISPLACED
        if len(slots) - self._next > 1 and not self.guessed:
            if self.closed:
                return MISPLACED
            self.guessed = slots[self._next :]
        return self._shifted(waiting, index)

    def _perhaps_again(self, slot: Slot) -> Slot:
        """The call says its arguments again, if it is not another one that has the same."""
        if self._hollow and not self.guessed:
            if self.closed:
                return MISPLACED
            self.guessed = list(self._hollow.values())
        return slot

    def _shifted(self, slot: Slot, index: int | None) -> Slot:
        if index is None:
            return slot
        if slot.index is None:
            self._by_index[index] = slot
        else:
            self._shift = slot.index - index
            if self._by_index.get(slot.index) is not slot:
                self._by_index[slot.index] = slot
        return slot

    def doubts(self) -> str:
        """Asked where the choice ends: why none of its calls may be run, "" if nothing speaks against it."""
        guessed, self.guessed, self.closed = self.guessed, [], True
        if guessed and self._hollow:
            return "arguments came for an index where no call began, and several calls had none"
        first = self.slots[0] if self.slots else None  # only the first may have begun without an id and a name
        if first is not None and not first.name and not first.id and first.filled and self._hollow:
            return "arguments came without an id or a name, and a call has none"
        return ""

    def with_id(self, id: str) -> Slot | None:
        return self._by_id.get(id)


def _leads(name: str, tools: Collection[str]) -> bool:
    """Whether the name is that of a tool, or the beginning of one."""
    return name in tools or any(tool.startswith(name) for tool in tools)
