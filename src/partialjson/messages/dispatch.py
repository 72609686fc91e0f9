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

from partialjson._jsontext import json_text
from partialjson.messages.blocks import Block, Call
from partialjson.messages.endings import cause_of, ended
from partialjson.messages.fold import MessageState
from partialjson.messages.updates import (
    FINISHED,
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    CallIdentified,
    CallWithdrawn,
    DocumentProgress,
    ExtraAttached,
    MessageEnded,
    MessageFailed,
    MessageIdentified,
    NextMessage,
    ProviderError,
    TextDelta,
    Update,
    UsageReported,
)
from partialjson.wire import ops
from partialjson.wire.sse import IncompleteBlock

__all__ = ["Dispatcher"]


class _Slot:
    """The target of the operations on one block."""

    __slots__ = ("block", "call", "choice", "half", "is_output", "kind", "parsed", "position")

    def __init__(self, block: Block, is_output: bool) -> None:
        self.block = block
        self.call = block if isinstance(block, Call) else None
        self.choice = block.choice
        self.position = block.position
        self.kind: ops.Kind = block.kind
        self.is_output = is_output
        self.half = ""  # the first half of a surrogate pair that the provider has split
        self.parsed = False  # its arguments came as a value

    def joined(self, text: str) -> str:
        """The text, with a half that was waiting and without one that now has to wait. Servers that count in UTF-16
        split characters in two; the halves are joined here."""
        if self.half:
            text = (self.half + text).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
            self.half = ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self.half = text[:-1], text[-1]
        return text


class Dispatcher:
    """Turns operations into updates and applies them to the state.

    Attributes:
        state: the message so far.
        updates: the updates that were made and not yet taken.
        terminal: whether the terminal event has come.
        fatal: whether an error ended the message.
    """

    def __init__(self, state: MessageState) -> None:
        self.state = state
        self.updates: list[Update] = []
        self.terminal = False
        self.fatal = False
        self._settled = False
        self._slots: dict[ops.Key, _Slot] = {}
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
            handlers[type(op)](self, op)

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
        for index in indexes:
            self._settle_choice(index, incomplete)

    # Operations on blocks

    def _open(self, op: ops.Open) -> None:
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
        self._slots[op.key] = _Slot(choice.blocks[position], is_output)

    def _text(self, op: ops.Text) -> None:
        slot, text = self._slots[op.key], op.text
        if slot.half or not text.isascii():
            text = slot.joined(text)
        if text:
            self._grow(slot, text)

    def _grow(self, slot: _Slot, text: str) -> None:
        if slot.call is None:
            self.updates.append(self.state.apply(TextDelta(slot.choice, slot.position, slot.kind, text)))
            if slot.is_output:
                self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, text))
        elif slot.call.free:
            source = json.dumps(text)[1:-1]
            self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, text, source=source))
        else:
            self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, text))

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
        if block.ended or not text or text == said:
            return
        if call is not None and (slot.parsed or (not call.free and _says(call, text))):
            return
        if text.startswith(said):
            self._text(ops.Text(op.key, text[len(said) :]))
            return
        slot.half = ""
        self.tell(BlockRestarted(slot.choice, slot.position))
        beside = self.state.choice(slot.choice).text_beside(slot.position)
        try:
            if beside:
                self.tell(DocumentProgress(slot.choice, slot.position, slot.kind, beside))
        finally:
            self._text(ops.Text(op.key, text))

    def _value(self, op: ops.Value) -> None:
        slot = self._slots[op.key]
        call = slot.call
        if call is None:
            return
        slot.parsed = True
        if call.outcome is not None:
            return
        progress = DocumentProgress(slot.choice, slot.position, slot.kind)
        try:
            # The line feed closes a number at the root.
            source = json_text(op.value, default=str) + "\n"
        except (TypeError, ValueError, RecursionError) as error:
            self.tell(replace(progress, error=error))
        else:
            self.tell(replace(progress, source=source))

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
            self.tell(DocumentProgress(slot.choice, slot.position, slot.kind))

    def _attach(self, op: ops.Attach) -> None:
        slot = self._slots[op.key]
        self.tell(ExtraAttached(slot.choice, slot.position, op.name, op.value, op.append))

    def _close(self, op: ops.Close) -> None:
        slot = self._slots[op.key]
        if slot.block.ended:
            return
        if not op.cut:
            self._last_half(slot)
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

    # Operations on the message

    def _inform(self, op: ops.Info) -> None:
        state = self.state
        id, model = op.id or state.id, op.model or state.model
        if (id, model) != (state.id, state.model):
            self.tell(MessageIdentified(id, model))

    def _count(self, op: ops.Usage) -> None:
        old = self.state.usage
        new = {} if op.whole else dict(old)
        for name, count in op.usage.items():
            if count is not None or name not in new:
                new[name] = count
        if new != old:
            self.tell(UsageReported(new))

    def _stop(self, op: ops.Stop) -> None:
        """The last word counts, except that a later word does not finish a message that was cut."""
        said = self._stops.get(op.choice)
        if said is None or said.reason in FINISHED or op.reason not in FINISHED:
            self._stops[op.choice] = op

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
        if state.error is not None or state.usage or any(choice.blocks or choice.ending for choice in state.choices):
            self.tell(NextMessage())

    # The end

    def _indexes(self) -> list[int]:
        """The indexes of the choices that have come."""
        return sorted({choice.index for choice in self.state.choices} | self._stops.keys())

    def _settle_choice(self, index: int, incomplete: IncompleteBlock | None) -> None:
        """Ends a choice: its documents, its blocks, and the word for how it ended."""
        state, stop, error = self.state, self._stops.get(index), self.state.error
        whole = self.terminal or (stop is not None and stop.terminal and not (incomplete and incomplete.open))
        if not self.fatal and whole:
            error = None  # the stream went on after it
        cause = cause_of(stop, whole, error)
        choice = state.choice(index)
        latest = choice.latest
        if cause in FINISHED:
            for slot in self._slots.values():
                if slot.half and slot.block in latest:
                    self._last_half(slot)
        for block in latest:
            if isinstance(block, Call):
                source = _unsaid(block) if cause in FINISHED else None
                self._end_document(DocumentProgress(index, block.position, block.kind, source=source, ends=cause))
        if choice.expects_output:
            for position, _ in choice.outputs:
                self._end_document(DocumentProgress(index, position, "text", ends=cause))
        for block in latest:
            if not block.ended:
                self.tell(BlockEnded(index, block.position))
        self.tell(MessageEnded(index, ended(choice, stop, cause, error, incomplete)))

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
    ops.Info: Dispatcher._inform,
    ops.Usage: Dispatcher._count,
    ops.Stop: Dispatcher._stop,
    ops.Error: Dispatcher._err,
    ops.End: Dispatcher._finish,
    ops.Begin: Dispatcher._begin,
}
