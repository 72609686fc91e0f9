"""One response that may take several attempts, and a view of it that does not flicker.

    response = Attempts("openai-chat", tools=tools, output=Order)
    while True:
        for chunk in request():
            for update in response.feed_bytes(chunk):
                ...                             # updates as of a MessageParser
        if response.end().reason not in ("disconnected", "error"):
            break
        response.retry()

Each attempt is a ``MessageParser`` of its own. Two of them matter: the one that *runs*, and the one that is *shown*.
After ``retry()`` the old attempt stays shown until the new one overtakes it. Until then the new attempt's updates are
held back. When it overtakes, a ``MessageRestarted`` comes, followed in the same list by all updates of the new attempt
so far; from then on its updates come as they are made. So a view that clears itself at ``MessageRestarted`` and folds
everything else is correct at the end of each list, and never shows less than before.

**Overtaking.** Each visible block is compared with its counterpart in the running attempt, the block with the same
number among those of its kind. The new attempt overtakes when every counterpart has as many characters of text or has
ended: the provider closed it, its document is complete, or, for a text, another block has begun after it. Otherwise it
overtakes when it ends well. An attempt that is cut off, disconnected or ends in an error before it has overtaken is
never shown: the old one holds more.

**Calls.** With ``retry()`` every call of the attempt that ended is withdrawn: ``ready`` is false from then on, and a
``CallWithdrawn`` is reported for those that are shown. If you run calls while the message still streams, ``claim()``
them first: calls that were claimed before their attempt failed are in ``claimed``, and ``claimed_before(call)`` finds
one when a later attempt asks for the same again, so that nothing is bought twice.
"""

from __future__ import annotations

from typing import Unpack

from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.fold import CALLS, Choice
from partialjson.messages.parser import MessageOptions, MessageParser
from partialjson.messages.updates import (
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    DocumentProgress,
    DocumentResumed,
    MessageEnd,
    MessageRestarted,
    TextDelta,
    Update,
)
from partialjson.wire import ops
from partialjson.wire.apis import ApiName

__all__ = ["Attempts"]

Where = tuple[int, int]
"""A block: the index of its choice and its position there."""
Place = tuple[int, str, int]
"""What a block is compared by: the index of its choice, its kind, and its number among the blocks of that kind."""

# Endings after which the answer is not complete.
_FAILED = ("disconnected", "error", "truncated")


class Attempts:
    """A response of a model that may take several attempts; see the module for what is shown when.

    Takes the arguments of ``MessageParser`` and has its attributes: ``text``, ``calls``, ``output`` and so on are those
    of the attempt that is shown.

    Attributes:
        running: the attempt that is being fed.
        shown: the attempt that is shown: the running one, or an earlier one that it has not overtaken yet.
        attempt: the number of the running attempt, from 1.
        shown_attempt: the number of the one that is shown.
        claimed: the calls of failed attempts that had been claimed.
    """

    def __init__(self, api: ApiName | str, **options: Unpack[MessageOptions]) -> None:
        self._api = api
        self._options = options
        self.running = self.shown = MessageParser(api, **options)
        self.attempt = self.shown_attempt = 1
        self.claimed: list[Call] = []
        self._claims: dict[int, Call] = {}  # by their identities
        self._kept: list[Update] = []
        self._end: MessageEnd | None = None
        self._begin()
        self._goals: dict[Place, int] = {}  # characters of the blocks that are shown, while another attempt runs

    def _begin(self) -> None:
        """Nothing has come of the running attempt."""
        self._sizes: dict[Where, int] = {}  # characters of its blocks
        self._places: dict[Where, Place] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._unmet: set[Place] = set()  # the goals that it has not reached

    # The attributes of the attempt that is shown.

    @property
    def api(self) -> str:
        """The name of the wire format."""
        return self._api

    @property
    def blocks(self) -> list[Block]:
        return self.shown.blocks

    @property
    def calls(self) -> list[Call]:
        """The calls that are shown. Those of a failed attempt are not ready."""
        return self.shown.calls

    @property
    def output(self) -> Document:
        return self.shown.output

    @property
    def text(self) -> str:
        return self.shown.text

    @property
    def reasoning(self) -> str:
        return self.shown.reasoning

    @property
    def refusal(self) -> str:
        return self.shown.refusal

    @property
    def choices(self) -> list[Choice]:
        return self.shown.choices

    @property
    def id(self) -> str:
        return self.shown.id

    @property
    def model(self) -> str:
        return self.shown.model

    @property
    def usage(self) -> dict[str, object]:
        return self.shown.usage

    @property
    def unread(self) -> dict[tuple[ops.UnreadKind, str], int]:
        return self.shown.unread

    def document_of(self, update: DocumentProgress | DocumentResumed) -> Document:
        """The document that the update speaks of, as it is now: a call, or the output."""
        return self.shown.document_of(update)

    # The attempt that runs.

    def feed_bytes(self, raw: bytes | str) -> list[Update]:
        """The updates to what is shown from this chunk of the running attempt's body; see ``MessageParser``."""
        return self._show(self.running.feed_bytes(raw))

    def feed(self, event: object) -> list[Update]:
        """The updates to what is shown from one decoded event; see ``MessageParser``."""
        return self._show(self.running.feed(event))

    def end(self) -> MessageEnd:
        """Ends the running attempt and returns how it ended. The updates of the end to what is shown are in
        ``updates``."""
        if self._end is None:
            end = self.running.end()
            updates = self._show(list(end.updates))
            self._end = end.bringing(updates)
        return self._end

    def retry(self) -> list[Update]:
        """Begins a new attempt; ends the running one, if it has not ended, and withdraws its calls.

        Returns:
            The updates to what is shown: the end of the running attempt, if it had not ended, and a ``CallWithdrawn``
            for each visible call that was not withdrawn before.
        """
        updates = [] if self._end is not None else list(self.end().updates)
        if self.running is self.shown:
            self._goals = {self._places[where]: size for where, size in self._sizes.items() if size}
        for choice in self.running.choices:
            for call in choice.calls:
                if id(call) in self._claims:
                    self.claimed.append(call)
                withdrawn = self.running.withdraw(call)
                if self.running is self.shown:
                    updates += withdrawn
        self._claims = {}
        self._kept = []
        self._end = None
        self.running = MessageParser(self._api, **self._options)
        self._begin()
        self._unmet = set(self._goals)
        self.attempt += 1
        return updates

    def claim(self, call: Call) -> bool:
        """Whether you may run this call now: it is ready and was not claimed before. If so, this claims it."""
        if not self._runs(call) or not call.ready or id(call) in self._claims:
            return False
        self._claims[id(call)] = call
        return True

    def _runs(self, call: Call) -> bool:
        """Whether the call is one of the running attempt."""
        state = self.running.state
        blocks = state.choice(call.choice).blocks if state.has_choice(call.choice) else []
        return call.position < len(blocks) and blocks[call.position] is call

    def claimed_before(self, call: Call) -> Call | None:
        """The claimed call of a failed attempt that asks for the same: the same tool, equal arguments."""
        return next((old for old in self.claimed if old.name == call.name and old.json == call.json), None)

    def _show(self, updates: list[Update]) -> list[Update]:
        """The updates of what is shown, after the running attempt has brought some."""
        self._measure(updates)
        if self.running is self.shown:
            return updates
        self._kept += updates
        end = self.running.state.first.ending
        if (end is None or end.reason in _FAILED) and not self._overtakes(end is not None):
            return []
        self.shown = self.running
        self.shown_attempt = self.attempt
        kept, self._kept = self._kept, []
        return [MessageRestarted(self.attempt), *kept]

    def _measure(self, updates: list[Update]) -> None:
        """Adds up what the updates bring, and looks at the blocks that they change. Text that is both text and output
        counts once."""
        sizes = self._sizes
        for update in updates:
            if isinstance(update, BlockStarted):
                kind = update.choice, update.kind
                number = self._numbers[kind] = self._numbers.get(kind, -1) + 1
                self._places[update.choice, update.block] = (update.choice, update.kind, number)
                self._look(update.choice, update.block - 1)
            elif isinstance(update, TextDelta):
                where = update.choice, update.block
                sizes[where] = sizes.get(where, 0) + len(update.text)
            elif isinstance(update, DocumentProgress) and update.kind in CALLS:
                # Arguments that came already parsed have no text.
                where = update.choice, update.block
                sizes[where] = sizes.get(where, 0) + (len(update.text) or bool(update.events))
            elif isinstance(update, BlockRestarted):
                sizes[update.choice, update.block] = 0
            elif not isinstance(update, BlockEnded):
                continue
            self._look(update.choice, update.block)

    def _look(self, choice: int, block: int) -> None:
        """Notes whether the block has reached its goal: as many characters, or an end of its own."""
        place = self._places.get((choice, block))
        if place is None or place not in self._goals:
            return
        if self._sizes.get((choice, block), 0) >= self._goals[place] or self._ended(choice, block):
            self._unmet.discard(place)
        else:
            self._unmet.add(place)

    def _overtakes(self, broken: bool) -> bool:
        """Does every visible block have a counterpart that is as long, or that has ended before the attempt as a
        whole?"""
        if not broken:
            return not self._unmet
        reached = {self._places[where]: size for where, size in self._sizes.items()}
        return all(reached.get(place, 0) >= size for place, size in self._goals.items())

    def _ended(self, choice: int, position: int) -> bool:
        blocks = self.running.state.choice(choice).blocks
        block = blocks[position]
        if block.ended or isinstance(block, Call):
            return block.ended or (isinstance(block, Call) and block.done)
        return position < len(blocks) - 1
