"""From operations to updates: what an operation of an adapter changes.

For each kind of operation, one method decides what it means for the message so far, makes updates, and lets the fold
apply each of them. Besides, this module keeps what no reader sees: which block a key of the adapter refers to, half a
character that waits for its other half, the provider's words for an end that has not come yet.

**The fast path.** Nearly all operations continue a text. Each costs a table look-up, a record and an append.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from partialjson._core.events import Repaired
from partialjson.limits import Limits
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.endings import cause_of, ended
from partialjson.messages.fold import MessageState
from partialjson.messages.repeats import Repetition, Verdict, completes, extends, parts, source_of, value_of
from partialjson.messages.updates import (
    FINISHED,
    BlockEnded,
    BlockGuessed,
    BlockRestarted,
    BlockStarted,
    CallHeld,
    CallIdentified,
    CallWithdrawn,
    DocumentProgress,
    ExtraAttached,
    FragmentMisplaced,
    MessageEnded,
    MessageFailed,
    MessageIdentified,
    NextMessage,
    ProviderError,
    StreamError,
    TextDelta,
    Unread,
    Update,
    UsageReported,
)
from partialjson.wire import ops
from partialjson.wire.sse import IncompleteBlock

__all__ = ["Dispatcher"]

_NAME: Final = 64  # characters kept of a name that was not understood
_NAMES: Final = 100  # such names that are counted apart
_MORE: Final = "…"
_AGAIN: Final = 4  # how many times as much as came may be read again
_AGAIN_AT_LEAST: Final = 1 << 16
_SPACE: Final = " \t\n\r"


class _Slot:
    """The target of the operations on one block."""

    __slots__ = (
        "block",
        "call",
        "choice",
        "closing",
        "half",
        "is_output",
        "kind",
        "last",
        "mended",
        "parsed",
        "plain",
        "position",
        "repetition",
        "strict",
    )

    def __init__(self, block: Block, is_output: bool) -> None:
        self.block = block
        self.call = block if isinstance(block, Call) else None
        self.choice = block.choice
        self.position = block.position
        self.kind: ops.Kind = block.kind
        self.is_output = is_output
        self.plain = self.call is None and not is_output  # its text is no document
        self.half = ""  # the first half of a surrogate pair that the provider has split
        self.parsed = False  # its arguments came as a value
        self.last: str | None = ""  # the last fragment, while each began with the one before
        self.repetition: Repetition | None = None  # what follows the whole document
        self.closing = False  # the document may be whole or broken
        self.strict = False  # the document is broken, and no repetition explains it
        self.mended = False  # a repetition was looked for where lenient parsing had to mend it

    def joined(self, text: str) -> str:
        """The text, with a half that was waiting and without one that now has to wait. Servers that count in UTF-16
        split characters in two; the halves are joined here."""
        if self.half:
            text = (self.half + text).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
            self.half = ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self.half = text[:-1], text[-1]
        return text


class _Unopened(Exception):
    """The block of an operation began after the terminal event, so it was ignored; so is this."""


class _TooMuch(Exception):
    """The message has passed a limit."""


class _Slots(dict[ops.Key, _Slot]):
    def __missing__(self, key: ops.Key) -> _Slot:
        raise _Unopened


class Dispatcher:
    """Turns operations into updates and applies them to the state.

    Attributes:
        state: the message so far.
        updates: the updates that were made and not yet taken.
        terminal: whether the terminal event has come.
        fatal: whether an error ended the message.
        broken: whether what follows cannot be trusted, so that it is ignored.
    """

    def __init__(self, state: MessageState, limits: Limits) -> None:
        self.state = state
        self.broken = False
        self._limits = limits
        self._is_lenient = state.is_lenient
        self._most_text = limits.text
        self._blocks = 0
        self._read_once = 0  # characters of all texts and arguments
        self._read_again = 0  # those that were read once more since the provider contradicted what came before
        self.updates: list[Update] = []
        self.terminal = False
        self.fatal = False
        self._settled = False
        self._slots: dict[ops.Key, _Slot] = _Slots()
        self._live: list[_Slot] = []  # those of the last message in the body
        self._stops: dict[int, ops.Stop] = {}  # by the index of the choice

    @property
    def done(self) -> bool:
        """Whether the model has said its last word, or an error ended the message."""
        stops = [self._stops.get(index) for index in self._indexes()]
        return self.terminal or self.fatal or all(stop is not None and stop.terminal for stop in stops)

    def run(self, operations: Iterator[ops.Operation]) -> None:
        """Applies the operations. What follows the terminal event is ignored, unless another message begins there.

        Raises:
            Exception: from a validator. What the operation changed before is reported all the same, and the iterator is
                at the next one.
        """
        handlers = _HANDLERS
        for op in operations:
            if self.terminal and type(op) is not ops.Begin:
                continue
            try:
                handlers[type(op)](self, op)
            except _Unopened:
                continue
            except _TooMuch as error:
                self.break_off(StreamError(str(error), code="limit"))
                for _ in operations:
                    pass

    def take(self) -> list[Update]:
        """The updates since the last call."""
        updates, self.updates = self.updates, []
        return updates

    def tell(self, update: Update) -> None:
        """Applies an update and reports it. If a validator raises in it, the update is reported with that error, and
        the error is raised."""
        try:
            update = self.state.apply(update)
        except BaseException as error:
            if isinstance(update, DocumentProgress):
                self.updates.append(replace(update, error=error))
            raise
        self.updates.append(update)

    def fail(self, error: Exception, fatal: bool = True) -> None:
        """The message broke, or the provider reports an error."""
        self.fatal = self.fatal or fatal
        self.tell(MessageFailed(error))

    def break_off(self, error: Exception) -> None:
        """The message broke so that nothing more of it can be read."""
        if not self.broken:
            self.broken = True
            self.fail(error)

    def withdraw(self, call: Call) -> None:
        if not call.withdrawn:
            self.tell(CallWithdrawn(call.choice, call.position))

    def settle(self, incomplete: IncompleteBlock | None = None) -> None:
        """Ends the message and all its choices, once; ``incomplete`` is what was left over from the body."""
        if self._settled:
            return
        self._settled = True
        indexes = self._indexes()
        if len(indexes) > 1 and 0 not in self._stops and not self.state.choice(0).blocks:
            indexes.remove(0)  # made in advance, but this server counts from 1
        if len(indexes) == 1:
            self._settle_choice(indexes[0], self._live, incomplete)
            return
        slots: dict[int, list[_Slot]] = {index: [] for index in indexes}
        for slot in self._live:
            slots[slot.choice].append(slot)
        for index in indexes:
            self._settle_choice(index, slots[index], incomplete)

    # Operations on blocks

    def _take_in(self, count: int) -> None:
        """Counts characters that came."""
        self._read_once += count
        if self._read_once > self._limits.text:
            raise _TooMuch(f"the message has more than {self._limits.text} characters: see Limits.text")

    def _allow_choice(self, index: int) -> None:
        """Counts a choice that may be new."""
        if not self.state.has_room(index, self._limits.choices):
            raise _TooMuch(f"the message has more than {self._limits.choices} choices: see Limits.choices")

    def _open(self, op: ops.Open) -> None:
        self._blocks += 1
        if self._blocks > self._limits.blocks:
            raise _TooMuch(f"the message has more than {self._limits.blocks} blocks: see Limits.blocks")
        self._allow_choice(op.choice)
        choice = self.state.choice(op.choice)
        last = choice.blocks[-1] if choice.blocks else None
        if isinstance(last, Call) and last.ended and not last.free:
            # A block after a closed call shows that the call was not cut; so a call without text takes no arguments.
            self._complete(last)
        position = len(choice.blocks)
        self.tell(
            BlockStarted(
                op.choice,
                position,
                op.kind,
                op.type,
                op.index,
                op.name,
                op.call_id,
                op.free,
                op.aside,
                op.paragraph,
            )
        )
        is_output = op.kind == "text" and not op.aside and choice.expects_output
        slot = self._slots[op.key] = _Slot(choice.blocks[position], is_output)
        self._live.append(slot)

    def _text(self, op: ops.Text) -> None:
        slot, text = self._slots[op.key], op.text
        self._read_once += len(text)
        if self._read_once > self._most_text:
            self._take_in(0)
        if slot.half or not text.isascii():
            text = slot.joined(text)
        if text and slot.plain:
            self.updates.append(self.state.apply(TextDelta(slot.choice, slot.position, slot.kind, text)))
        elif text:
            self._grow(slot, text)

    def _join(self, slot: _Slot, text: str) -> None:
        if slot.half or not text.isascii():
            text = slot.joined(text)
        if text:
            self._grow(slot, text)

    def _grow(self, slot: _Slot, text: str) -> None:
        if slot.plain:
            self.updates.append(self.state.apply(TextDelta(slot.choice, slot.position, slot.kind, text)))
            return
        call = slot.call
        if call is not None and call.ended:
            self._come_late(slot, text)
            return
        if call is not None and call.free:
            source = json.dumps(text)[1:-1]
            self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, text, source=source))
            return
        if slot.closing and self._follows(slot, text):
            return
        last = slot.last
        if last is not None:
            slot.last = text if text.startswith(last) else None
        if call is None:
            self.updates.append(self.state.apply(TextDelta(slot.choice, slot.position, slot.kind, text)))
        progress = DocumentProgress(slot.choice, slot.position, slot.kind, text)
        try:
            told: Any = self.state.apply(progress)
        except BaseException as error:
            self._report_raised(slot, progress, error)
            raise
        if told.error is not None:
            slot.closing = True
            if self._reread(slot, text, last):
                return
        elif told.events:
            if self._is_lenient and self._reread_mended(slot, told, text, last):
                return
            if (call or self.state.document_of(told)).done:
                slot.closing = True
        self.updates.append(told)

    def _report_raised(self, slot: _Slot, progress: DocumentProgress, error: BaseException) -> None:
        slot.closing = True
        self.updates.append(replace(progress, error=error))

    def _show(self, slot: _Slot, text: str, source: str | None = None) -> None:
        """The document goes on with the text, whatever that makes of it."""
        slot.closing = True
        if slot.call is None:
            self.updates.append(self.state.apply(TextDelta(slot.choice, slot.position, slot.kind, text)))
        self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, text, source=source))

    # Documents, and what is said of them more than once

    def _document(self, slot: _Slot) -> Document | None:
        """The document in the block; None before any text of an output has come."""
        return slot.call or self.state.choice(slot.choice).output_of(slot.position)

    def _follows(self, slot: _Slot, text: str) -> bool:
        """Whether the fragment follows a document that is whole, or broken for good; if so, reads it as that."""
        if slot.strict:
            self._show(slot, text)
            return True
        if slot.repetition is None:
            document = self._document(slot)
            if document is None or not document.done:
                return False
            if not text.strip(_SPACE):
                self._show(slot, text)
                return True
            if slot.call is None and document.text != slot.block.text:
                slot.strict = True  # it began in another block
                self._show(slot, text)
                return True
            if self._is_lenient and not slot.parsed and document.text.lstrip(_SPACE)[:1] not in ("{", "["):
                slot.strict = True  # prose came before it, so prose may follow
                self._show(slot, text)
                return True
            slot.repetition = Repetition("" if slot.parsed else document.text, document.json)
        self._repeat(slot, text)
        return True

    def _reread(self, slot: _Slot, text: str, last: str | None) -> bool:
        """Whether a document that the fragment has broken can be read in another way, and if so, reads it. ``last`` is
        the fragment before, if each began with the one before."""
        document = self._document(slot)
        if slot.parsed or slot.strict or document is None:
            return False
        if slot.call is None and document.text != slot.block.text:
            slot.strict = True  # it began in another block
            return False
        whole = document.text
        before = whole[: len(whole) - len(text)]
        if before.strip(_SPACE) and (text.startswith(before) or (last and text.startswith(last))):
            self._restart(slot, text, "each piece said all of it so far")
            return True
        split = parts(whole)
        if split is not None:
            known = value_of(split[0])
            if known is not None and Repetition(split[0], known[0]).add(split[1]) is not Verdict.FOREIGN:
                slot.repetition = Repetition(split[0], known[0])
                self._begin_anew(slot, split[0])
                self._repeat(slot, split[1])
                return True
        elif before.strip(_SPACE):
            new = value_of(text)
            if new is not None and completes(before, new[0]):
                self._restart(slot, text, "a piece said it anew, and whole")
                return True
        slot.strict = not document.done
        return False

    def _reread_mended(self, slot: _Slot, told: DocumentProgress, text: str, last: str | None) -> bool:
        """The same for a document that is read leniently, so that nothing breaks it.

        Text that follows the whole document in the same fragment is what would have broken it; so is what had to be
        mended. Only the first repair is asked for, or those while each fragment began with the one before: each costs
        a look at the whole text. A few brackets that come twice are no evidence, for they may be what was mended.
        """
        document = self._document(slot)
        if slot.parsed or slot.strict or document is None:
            return False
        # Cheap questions first: this is asked of each fragment that completes a value.
        looks = (last or not slot.mended) and any(type(event) is Repaired for event in told.events)
        if not looks and not document.done:
            return False
        if slot.call is None and document.text != slot.block.text:
            return False  # it began in another block
        if document.done:
            end = document.ended_at
            whole = document.text
            if end >= 0 and whole.lstrip(_SPACE)[:1] in ("{", "[") and whole[end:].strip(_SPACE):
                said, more = whole[:end], whole[end:]
                if Repetition(said, document.json).add(more) is Verdict.FOREIGN:
                    slot.strict = True
                    return False
                repetition = Repetition(said, document.json)
                self._begin_anew(slot, said)
                slot.repetition = repetition
                self._repeat(slot, more)
                return True
        if not looks:
            return False
        slot.mended = True
        whole = document.text
        before = whole[: len(whole) - len(text)]
        if (_tells(before) and text.startswith(before)) or (last and _tells(last) and text.startswith(last)):
            self._restart(slot, text, "each piece said all of it so far")
            return True
        new = value_of(text) if before.strip(_SPACE) and len(text) > 1 else None
        if new is not None and completes(before, new[0]):
            self._restart(slot, text, "a piece said it anew, and whole")
            return True
        return False

    def _repeat(self, slot: _Slot, text: str) -> None:
        """Reads more of what follows a document that is whole."""
        repetition = slot.repetition
        assert repetition is not None
        verdict = repetition.add(text)
        if verdict is Verdict.UNDECIDED:
            return
        slot.repetition = None
        if verdict is Verdict.SAME:
            self._guess(slot, repetition.why)
        elif verdict is Verdict.INSTEAD:
            self._restart(slot, repetition.text, repetition.why)
        else:
            slot.strict = True
            self._show(slot, repetition.text)

    def _give_up(self, slot: _Slot) -> None:
        """No more comes: what is held back is what it is. An exception from a validator is the document's error."""
        repetition, slot.repetition = slot.repetition, None
        if repetition is not None:
            slot.strict = True
            with suppress(Exception):
                self._show(slot, repetition.text)

    def _complete_last(self, slot: _Slot) -> None:
        """The model has finished, but the document is open: if each piece said all of it so far, the last one is it."""
        document, last = self._document(slot), slot.last
        if document is None or document.done or slot.strict or not last or len(last) == len(document.text):
            return
        if (slot.call is not None and slot.call.ended) or last.lstrip(_SPACE)[:1] != "{" or value_of(last) is None:
            return
        if slot.call is not None or document.text == slot.block.text:
            with suppress(Exception):
                self._restart(slot, last, "each piece said all of it so far")

    def _guess(self, slot: _Slot, why: str) -> None:
        self.tell(BlockGuessed(slot.choice, slot.position, why))

    def _restart(self, slot: _Slot, text: str, why: str, source: str | None = None) -> None:
        """The document is this text, as far as one can tell."""
        self._guess(slot, why)
        self._begin_anew(slot, text, source)

    def _begin_anew(self, slot: _Slot, text: str, source: str | None = None) -> None:
        self.tell(BlockRestarted(slot.choice, slot.position))
        slot.parsed = source is not None
        self._show(slot, text, source)

    def _come_late(self, slot: _Slot, text: str) -> None:
        """A fragment for a call that has ended: it may say the arguments again, or belong to another call."""
        call = slot.call
        assert call is not None
        if not text.strip(_SPACE):
            return
        repetition = slot.repetition
        if repetition is None:
            repetition = slot.repetition = Repetition(call.text, call.json)
        verdict = repetition.add(text)
        if verdict is not Verdict.UNDECIDED:
            slot.repetition = None
        if verdict is Verdict.SAME:
            self._guess(slot, repetition.why)
        elif verdict in (Verdict.INSTEAD, Verdict.FOREIGN):
            name = call.name or "an unnamed tool"
            self.tell(FragmentMisplaced(slot.choice, repetition.text, f"text for the call of {name}, which had ended"))

    def _last_half(self, slot: _Slot) -> None:
        """Half a character is shown only if the provider says that no more comes. An exception from a validator here is
        the document's error."""
        half, slot.half = slot.half, ""
        if half:
            with suppress(Exception):
                self._grow(slot, half)

    def _restate(self, op: ops.Restate) -> None:
        """The provider gives the block's whole text."""
        slot, text = self._slots[op.key], op.text
        block, call = slot.block, slot.call
        said = block.text + slot.half
        if block.ended or not text:
            return
        slot.repetition = slot.last = None
        if text == said:
            return
        if call is not None and (slot.parsed or (not call.free and _says(call, text))):
            return
        if text.startswith(said):
            self._text(ops.Text(op.key, text[len(said) :]))
            return
        self._take_in(len(text))
        slot.half = ""
        slot.strict = False
        self.tell(BlockRestarted(slot.choice, slot.position))
        beside = self.state.choice(slot.choice).text_beside(slot.position)
        self._read_again += len(beside)
        if self._read_again > _AGAIN * self._read_once + _AGAIN_AT_LEAST:
            raise _TooMuch("the provider contradicts its text so often that most of the work is reading it again")
        try:
            if beside:
                self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, beside))
        finally:
            self._join(slot, text)

    def _value(self, op: ops.Value) -> None:
        """The arguments as a value: the first one, or the same again, or one that has grown."""
        slot = self._slots[op.key]
        call = slot.call
        if call is None:
            return
        first = not (slot.parsed or call.text.strip(_SPACE) or slot.repetition)
        slot.parsed = slot.closing = True
        progress = DocumentProgress(slot.choice, slot.position, slot.kind)
        try:
            source = source_of(op.value)
        except (TypeError, ValueError, RecursionError) as error:
            self.tell(replace(progress, error=error))
            return
        self._take_in(len(source))
        if first and not call.ended:
            self.tell(replace(progress, source=source))
        elif not slot.strict:
            self._value_again(slot, call, source)

    def _value_again(self, slot: _Slot, call: Call, source: str) -> None:
        self._give_up(slot)
        new = value_of(source)
        old: object = call.json
        if new is not None and call.done and extends(old, new[0]) and extends(new[0], old):
            return
        if call.ended:
            self._come_late(slot, source)
        elif new is not None and (
            isinstance(new[0], dict) and extends(old, new[0]) if call.done else completes(call.text, new[0])
        ):
            self._restart(
                slot, "", "an empty object came before it" if old == {} else "it came again with more", source
            )
        else:
            slot.strict = True
            self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, source=source))

    def _identify(self, op: ops.Identify) -> None:
        slot = self._slots[op.key]
        call = slot.call
        if call is None:
            return
        name, call_id = op.name or call.name, op.call_id or call.id
        if (name, call_id) == (call.name, call.id):
            return
        self.tell(CallIdentified(slot.choice, slot.position, name, call_id))
        if call.name and call.unread:
            slot.closing = True
            progress = DocumentProgress(slot.choice, slot.position, slot.kind)
            try:
                told: Any = self.state.apply(progress)
            except BaseException as error:
                self._report_raised(slot, progress, error)
                raise
            if told.error is not None:
                again = self._reread(slot, call.text, slot.last)
            else:
                again = self._is_lenient and self._reread_mended(slot, told, call.text, slot.last)
            if not again:
                self.updates.append(told)

    def _attach(self, op: ops.Attach) -> None:
        slot = self._slots[op.key]
        self.tell(ExtraAttached(slot.choice, slot.position, op.name, op.value, op.append))

    def _close(self, op: ops.Close) -> None:
        slot = self._slots[op.key]
        if slot.block.ended:
            return
        self._give_up(slot)
        if not op.cut:
            self._last_half(slot)
            if slot.is_output or slot.call is not None:
                self._complete_last(slot)
            if slot.call is not None and slot.call.free:
                self._complete(slot.call)
        self.tell(BlockEnded(slot.choice, slot.position, op.cut))

    def _complete(self, call: Call) -> None:
        """Completes a call that was not cut. An exception from a validator here is the document's
        error."""
        source = _unsaid(call)
        if source is not None:
            with suppress(Exception):
                self.tell(DocumentProgress(call.choice, call.position, call.kind, source=source))

    def _take_back(self, op: ops.Withdraw) -> None:
        call = self._slots[op.key].call
        if call is not None:
            self.withdraw(call)

    def _hold(self, op: ops.Hold) -> None:
        call = self._slots[op.key].call
        if call is not None and call.held != op.why:
            self.tell(CallHeld(call.choice, call.position, op.why))

    def _misplace(self, op: ops.Misplaced) -> None:
        self._take_in(len(op.text))
        self._allow_choice(op.choice)
        self.tell(FragmentMisplaced(op.choice, op.text, op.why))

    # Operations on the message

    def _skip(self, op: ops.Unread) -> None:
        unread = self.state.unread
        name = op.name if len(op.name) <= _NAME else op.name[: _NAME - 1] + _MORE
        if (op.kind, name) not in unread and len(unread) >= _NAMES:
            name = _MORE
        self.tell(Unread(op.kind, name, unread.get((op.kind, name), 0) + 1))

    def _inform(self, op: ops.Info) -> None:
        state = self.state
        id, model = op.id or state.id, op.model or state.model
        if (id, model) != (state.id, state.model):
            self.tell(MessageIdentified(id, model))

    def _count(self, op: ops.Usage) -> None:
        old = self.state.usage
        new = dict(op.usage if op.whole else old)
        if not op.whole:
            new |= {name: count for name, count in op.usage.items() if count is not None or name not in old}
        if new != old:
            self.tell(UsageReported(new))

    def _stop(self, op: ops.Stop) -> None:
        """The last word counts, except that a later word does not finish a message that was cut."""
        self._allow_choice(op.choice)
        said = self._stops.get(op.choice)
        if said is None or said.reason in FINISHED or op.reason not in FINISHED:
            self._stops[op.choice] = op
        elif op.terminal and not said.terminal:
            self._stops[op.choice] = replace(said, terminal=True)

    def _err(self, op: ops.Error) -> None:
        self.fail(ProviderError(op.message, op.type, op.code, op.body), op.fatal)

    def _finish(self, op: ops.End) -> None:
        self.terminal = True
        self.settle()

    def _begin(self, op: ops.Begin) -> None:
        state = self.state
        if self._slots or state.error is not None:
            self.settle()
        self.terminal = self.fatal = self._settled = False
        self._stops = {}
        self._live = []
        if state.error is not None or state.usage or any(choice.blocks or choice.ending for choice in state.choices):
            self.tell(NextMessage())

    # The end

    def _indexes(self) -> list[int]:
        """The indexes of the choices that have come."""
        return sorted({choice.index for choice in self.state.choices} | self._stops.keys())

    def _settle_choice(self, index: int, slots: list[_Slot], incomplete: IncompleteBlock | None) -> None:
        """Ends a choice: its documents, its blocks, and the word for how it ended."""
        state, stop, error = self.state, self._stops.get(index), self.state.error
        whole = self.terminal or (stop is not None and stop.terminal and not (incomplete and incomplete.open))
        if not self.fatal and whole:
            error = None  # the stream went on after it
        cause = cause_of(stop, whole, error)
        choice = state.choice(index)
        latest = choice.latest
        for slot in slots:
            self._give_up(slot)
            if cause in FINISHED:
                if slot.half:
                    self._last_half(slot)
                if slot.last and (slot.is_output or slot.call is not None):
                    self._complete_last(slot)
        for block in latest:
            if isinstance(block, Call):
                source = _unsaid(block) if cause in FINISHED else None
                self._end_document(DocumentProgress(index, block.position, block.kind, source=source, ends=cause))
        if choice.expects_output:
            for position, _ in choice.latest_outputs:
                self._end_document(DocumentProgress(index, position, "text", ends=cause))
        for block in latest:
            if not block.ended:
                self.tell(BlockEnded(index, block.position))
        self.tell(MessageEnded(index, ended(choice, stop, cause, error, incomplete, self._unread())))

    def _unread(self) -> tuple[Unread, ...]:
        return tuple(Unread(*what, count) for what, count in self.state.unread.items())

    def _end_document(self, update: DocumentProgress) -> None:
        """Reports the end of a document if that changes anything; otherwise the end of the message covers it."""
        told = self.state.apply(update)
        if isinstance(told, DocumentProgress) and (told.events or told.error is not None):
            self.updates.append(told)


def _unsaid(call: Call) -> str | None:
    """The JSON text that ends the arguments of a call which was not cut: the end of free text, which has no grammar
    that shows it, or, for a tool without parameters, no arguments. None if nothing is missing."""
    if call.outcome is not None or call.done:
        return None
    if call.free:
        return '"'
    return "{}" if call.status() == "missing" and not call.text.strip(" \t\n\r") else None


def _tells(text: str) -> bool:
    """Does the beginning of a document hold more than brackets?"""
    return bool(text.strip(_SPACE + "{["))


def _says(call: Call, text: str) -> bool:
    """Whether the call is complete and the text is another spelling of it."""
    if not call.done:
        return False
    try:
        return bool(json.loads(text) == call.json)
    except (ValueError, RecursionError):
        return False


_HANDLERS: Final[dict[type, Callable[[Dispatcher, Any], None]]] = {
    ops.Text: Dispatcher._text,
    ops.Open: Dispatcher._open,
    ops.Restate: Dispatcher._restate,
    ops.Value: Dispatcher._value,
    ops.Identify: Dispatcher._identify,
    ops.Attach: Dispatcher._attach,
    ops.Close: Dispatcher._close,
    ops.Withdraw: Dispatcher._take_back,
    ops.Hold: Dispatcher._hold,
    ops.Misplaced: Dispatcher._misplace,
    ops.Unread: Dispatcher._skip,
    ops.Info: Dispatcher._inform,
    ops.Usage: Dispatcher._count,
    ops.Stop: Dispatcher._stop,
    ops.Error: Dispatcher._err,
    ops.End: Dispatcher._finish,
    ops.Begin: Dispatcher._begin,
}
