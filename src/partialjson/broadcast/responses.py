"""The state of a model's response, as viewers see it, and the deltas that lead from one state to the next.

The state is one JSON value:

    {"api": "openai-chat",
     "blocks": [
       {"type": "text" | "reasoning" | "refusal", "text": "...", "done": false},
       {"type": "call", "id": "...", "name": "...", "phase": "growing", "document": DOCUMENT, "result": ...},
       {"type": "output", "document": DOCUMENT}],
     "ending": null}

DOCUMENT is the state of a document (``documents``). A call that the provider runs itself has also ``"server": true``.
The phases of a call:

- *growing*: its arguments come;
- *ready*: it may be run;
- *held*: its arguments are complete, and it must not be run now. It waits for a confirmation, it was mended, or a
  fragment came that may belong to it;
- *failed*: its arguments are broken, cut off or invalid, or it was run and failed;
- *withdrawn*: it must not run, and a result is not wanted;
- *running*, *done*: as you report them. A call that the provider runs itself is running once its arguments are
  complete, and done when something follows it.

The ending is ``{"reason": "truncated", "message": "...", "missing": ["/blocks/0/document/value/total"]}``: a sentence
for people, and pointers of the required fields that did not come. The reasons are those of ``MessageEnd``.

**Each kind of block follows the updates.** What a text block holds is made of the updates alone. A document tells what
its parser shows, the marks come from the events of the updates, and phases are looked up for the calls that an update
speaks of. So the cost is that of the change. Where another choice or another attempt is shown than before, the whole is
told anew.

**A text that is read as structured output** is an output, and its text is not in the state, as it would hold what the
document keeps back. Only if no document was found in it, and nothing is kept back, it is shown as the text that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, Protocol

from partialjson._missing import MISSING
from partialjson._pointers import checked_pointer, pointer_of
from partialjson.broadcast.documents import Told
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.fold import CALLS, Choice
from partialjson.messages.updates import (
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    DocumentProgress,
    DocumentResumed,
    FragmentMisplaced,
    MessageEnd,
    MessageEnded,
    MessageRestarted,
    StreamError,
    TextDelta,
    Update,
)
from partialjson.outcomes import Complete, Failed

__all__ = ["Phase", "Response", "ResponseState"]

Phase = Literal["growing", "ready", "held", "running", "done", "failed", "withdrawn"]
"""What may be done with a call, or is being done."""

Delta = dict[str, Any]

_TEXTS: Final = ("text", "reasoning", "refusal")
_REPORTED: Final = ("running", "done", "failed")

_SENTENCES: Final = {
    "truncated": "The answer was cut off.",
    "refused": "The model refused.",
    "filtered": "The provider withheld the answer.",
    "paused": "The provider paused, and can go on.",
    "error": "An error ended the answer.",
    "disconnected": "The connection ended before the answer did.",
}


class Response(Protocol):
    """What a state is made of: a ``MessageParser``, an ``Attempts``, or a ``MessageState``."""

    @property
    def choices(self) -> list[Choice]: ...


class _Text:
    """A block of text, folded from its updates."""

    def __init__(self, kind: str, text: str, done: bool) -> None:
        self._kind = kind
        self._pieces = [text]
        self._told = 1  # so many pieces
        self._is_new = False
        self._done = self._told_done = done

    def grow(self, text: str) -> None:
        self._pieces.append(text)

    def begin(self, text: str) -> None:
        """The text is this, whatever it was before."""
        self._pieces = [text]
        self._is_new = True

    def end(self) -> None:
        self._done = True

    def state(self) -> dict[str, Any]:
        return {"type": self._kind, "text": "".join(self._pieces), "done": self._done}

    def whole(self) -> dict[str, Any]:
        self._mark_told()
        return self.state()

    def changes(self, at: str) -> list[Delta]:
        found: list[Delta] = []
        if self._is_new:
            found.append({"op": "replace", "path": f"{at}/text", "value": "".join(self._pieces)})
        elif self._told < len(self._pieces):
            found.append({"op": "append", "path": f"{at}/text", "value": "".join(self._pieces[self._told :])})
        if self._done != self._told_done:
            found.append({"op": "replace", "path": f"{at}/done", "value": self._done})
        self._mark_told()
        return found

    def _mark_told(self) -> None:
        self._told = len(self._pieces)
        self._is_new = False
        self._told_done = self._done


class _Output:
    """A structured output, or the text that it turned out to be."""

    def __init__(self, document: Document | None, text: str, done: bool) -> None:
        self.document = document  # None as long as no text has come for it
        self._text = _Text("text", text, done)
        self._shows_text = False
        self._told = Told()
        self.events: list[Any] = []

    def grow(self, text: str) -> None:
        self._text.grow(text)

    def begin(self, text: str) -> None:
        self._text.begin(text)

    def end(self) -> None:
        self._text.end()

    def state(self) -> dict[str, Any]:
        if self._is_text():
            return self._text.state()
        return {"type": "output", "document": self._told.state(*_now(self.document))}

    def whole(self) -> dict[str, Any]:
        events, self.events = self.events, []
        self._shows_text = self._is_text()
        if self._shows_text:
            return self._text.whole()
        return {"type": "output", "document": self._told.whole(*_now(self.document), events)}

    def changes(self, at: str) -> list[Delta]:
        if self._is_text() != self._shows_text:
            return [{"op": "replace", "path": at, "value": self.whole()}]
        if self._shows_text:
            return self._text.changes(at)
        events, self.events = self.events, []
        return self._told.changes(f"{at}/document", *_now(self.document), events)

    def _is_text(self) -> bool:
        """Was no document found in the text, so that there is nothing that it could give away?"""
        document = self.document
        if document is None or document.outcome is None:
            return False
        parser = document.parser
        if parser is not None and parser.kept_back() != "nothing":
            return False
        return document.is_prose or (isinstance(document.outcome, Failed) and document.status() == "missing")


class _Called:
    """A call."""

    def __init__(self, call: Call, position: int, choice: Choice) -> None:
        self.document = call
        self._position = position
        self._choice = choice
        self._told = Told()
        self._shown: dict[str, Any] = {}
        self.reported: Phase | None = None
        self.result: Any = MISSING
        self.events: list[Any] = []

    def grow(self, text: str) -> None:
        """Its text is that of its document."""

    begin = grow

    def end(self) -> None:
        """Its phase tells."""

    def state(self) -> dict[str, Any]:
        return self._block(self._told.state(*_now(self.document)))

    def whole(self) -> dict[str, Any]:
        events, self.events = self.events, []
        self._shown = {**self._facts(), "result": self.result}
        return self._block(self._told.whole(*_now(self.document), events))

    def changes(self, at: str) -> list[Delta]:
        events, self.events = self.events, []
        found = self._told.changes(f"{at}/document", *_now(self.document), events)
        for name, value in self._facts().items():
            if value != self._shown[name]:
                found.append({"op": "replace", "path": f"{at}/{name}", "value": value})
                self._shown[name] = value
        if self.result is not self._shown["result"]:
            found.append({"op": "add", "path": f"{at}/result", "value": self.result})
            self._shown["result"] = self.result
        return found

    def _block(self, document: dict[str, Any]) -> dict[str, Any]:
        server = {"server": True} if self.document.server else {}
        result = {} if self.result is MISSING else {"result": self.result}
        return {"type": "call", **server, **self._facts(), "document": document, **result}

    def _facts(self) -> dict[str, Any]:
        call = self.document
        return {"id": call.id, "name": call.name, "phase": self._phase()}

    def _phase(self) -> Phase:
        call = self.document
        if call.withdrawn:
            return "withdrawn"
        if self.reported is not None:
            return self.reported
        if call.ready:
            return "ready"
        outcome = call.outcome
        if outcome is None:
            return "growing"
        if not isinstance(outcome, Complete):
            return "failed"
        if not call.server:
            return "held"
        is_last = self._position == len(self._choice.blocks) - 1
        return "running" if is_last and self._choice.ending is None else "done"


_Entry = _Text | _Output | _Called


class ResponseState:
    """The state of a model's response.

        state = ResponseState(message)
        for chunk in body:
            broadcast.publish(state.changes(message.feed_bytes(chunk)))
        broadcast.publish(state.changes(message.end().updates))

    Args:
        message: the response: a ``MessageParser``, an ``Attempts``, or a ``MessageState`` that applies the updates of
            one.
        choice: which alternative is shown, by its index; by default the first.
        api: the name of the wire format; that of the message, if it knows it.
        at: where this state stands in a larger one, as a JSON Pointer: the deltas begin with it. Pointers inside the
            state do not.

    Raises:
        ValueError: ``at`` is no JSON Pointer.
    """

    def __init__(self, message: Response, *, choice: int | None = None, api: str | None = None, at: str = "") -> None:
        self._message = message
        self._at = checked_pointer(at)
        self._index = choice
        self._api = getattr(message, "api", "") if api is None else api
        self._begun = False
        self._choice: Choice | None = None
        self._entries: list[_Entry] = []
        self._of_block: dict[int, _Entry] = {}
        self._of_output: dict[int, _Output] = {}  # by the identities of documents
        self._touched: dict[int, int] = {}  # the entries to look at, by their identities: their places
        self._place: dict[int, int] = {}  # of each entry
        self._new: list[_Entry] = []
        self._ending: dict[str, Any] | None = None

    @property
    def state(self) -> dict[str, Any]:
        """The whole state, of what ``changes`` has told of so far, as it is now."""
        blocks = [entry.state() for entry in self._entries]
        return {"api": self._api, "blocks": blocks, "ending": self._told_ending()}

    def changes(self, updates: Iterable[Update] = ()) -> list[Delta]:
        """The deltas since the last call. The first call gives one, of the whole state.

        Args:
            updates: all updates since then: what ``feed`` and ``feed_bytes`` returned, those of the end, those of a
                resumption or of ``retry``. At the first call, what came before need not be among them; then there are
                no marks of it.
        """
        choice = self._find()
        updates = list(updates)
        if not self._begun or choice is not self._choice:
            op = "replace" if self._begun else "add"
            self._begun = True
            self._rebuild(choice, updates)
            return [{"op": op, "path": self._at, "value": self._whole()}]
        if choice is not None:
            for update in updates:
                if getattr(update, "choice", choice.index) == choice.index:
                    self._take(choice, update)
        found = self._changed()
        ending = self._told_ending()
        if ending != self._ending:
            self._ending = ending
            found.append({"op": "replace", "path": f"{self._at}/ending", "value": ending})
        return found

    def report(self, call: Call, phase: Literal["running", "done", "failed"], result: Any = MISSING) -> None:
        """Tell viewers what became of a call, with the next ``changes``.

        Args:
            call: a call of the response.
            phase: it was started, it has finished, or it failed.
            result: what it gave, or why it failed: JSON values, or anything that pydantic can write as such. It keeps
                its secrets and excluded fields back then; everything else in it is shown.

        Raises:
            ValueError: the call is not one of those that are shown, or there is no such phase.
            pydantic_core.PydanticSerializationError: the result cannot be written.
        """
        if phase not in _REPORTED:
            raise ValueError(f"a call is reported as running, done or failed, not {phase!r}")
        entry = self._of_block.get(call.position)
        if not isinstance(entry, _Called) or entry.document is not call:
            raise ValueError("the call is not one of those that changes() has told of; call changes() first")
        entry.reported = phase
        if result is not MISSING:
            # Pydantic is not loaded for those who report no results.
            from partialjson.typed.dumps import plain

            entry.result = plain(result)
        self._touch(entry)

    def _find(self) -> Choice | None:
        choices = self._message.choices
        if self._index is None:
            return choices[0]
        return next((choice for choice in choices if choice.index == self._index), None)

    def _whole(self) -> dict[str, Any]:
        blocks = [entry.whole() for entry in self._entries]
        self._touched = {}
        self._new = []
        self._ending = self._told_ending()
        return {"api": self._api, "blocks": blocks, "ending": self._ending}

    def _rebuild(self, choice: Choice | None, updates: Sequence[Update]) -> None:
        """Begin anew with what the choice holds now; of the updates, only the events of documents count."""
        self._choice = choice
        self._entries = []
        self._of_block, self._of_output, self._place = {}, {}, {}
        if choice is None:
            return
        for block in choice.blocks:
            self._start(choice, block, block.text if block.kind in _TEXTS else "", block.ended)
        for update in updates:
            if isinstance(update, MessageRestarted):
                for entry in self._entries:
                    if not isinstance(entry, _Text):
                        entry.events = []
            elif isinstance(update, DocumentProgress) and update.choice == choice.index:
                entry_of = self._entry_of(choice, update)
                if entry_of is not None:
                    entry_of.events.extend(update.events)

    def _take(self, choice: Choice, update: Update) -> None:
        """Note what an update changes."""
        if isinstance(update, DocumentProgress):
            found = self._entry_of(choice, update)
            if found is not None:
                found.events.extend(update.events)
                self._touch(found)
            return
        block = getattr(update, "block", None)
        if isinstance(update, BlockStarted):
            self._start(choice, choice.blocks[update.block], "", False)
            if update.block > 0:
                # A call of the provider is over when something follows.
                block = update.block - 1
        if isinstance(update, FragmentMisplaced | MessageEnded):
            for entry in self._entries:
                if not isinstance(entry, _Text):
                    self._touch(entry)
        if block is None:
            return
        entry_of = self._of_block.get(block)
        if entry_of is None:
            return
        if isinstance(update, TextDelta):
            entry_of.grow(update.text)
        elif isinstance(update, BlockRestarted):
            entry_of.begin("")
        elif isinstance(update, DocumentResumed):
            entry_of.begin(update.text)
        elif isinstance(update, BlockEnded):
            entry_of.end()
        self._touch(entry_of)

    def _start(self, choice: Choice, block: Block, text: str, done: bool) -> None:
        """A block began."""
        entry: _Entry
        if isinstance(block, Call):
            entry = _Called(block, block.position, choice)
        elif block.kind not in _TEXTS:
            return
        elif block.kind == "text" and choice.expects_output and not block.aside:
            document = choice.output_of(block.position)
            known = self._of_output.get(id(document or choice.outputs[-1][1]))
            if known is not None and (document is not None or not _is_over(known.document)):
                # It goes on there.
                known.grow(text)
                self._of_block[block.position] = known
                return
            entry = _Output(document, text, done)
            if document is not None:
                self._of_output[id(document)] = entry
        else:
            entry = _Text(block.kind, text, done)
        self._of_block[block.position] = entry
        self._add(entry)

    def _entry_of(self, choice: Choice, update: DocumentProgress) -> _Called | _Output | None:
        """What shows the document that the update speaks of."""
        entry = self._of_block.get(update.block)
        if update.kind in CALLS:
            return entry if isinstance(entry, _Called) else None
        document = choice.output_of(update.block)
        if document is None or update.block < 0:
            return None if document is None else self._of_output.get(id(document))
        known = self._of_output.get(id(document))
        if known is None:
            known = entry if isinstance(entry, _Output) and entry.document is None else None
            if known is None:
                # Its block went on with another document for a time.
                known = _Output(document, "", False)
                self._add(known)
            known.document = document
            self._of_output[id(document)] = known
        self._of_block[update.block] = known
        return known

    def _add(self, entry: _Entry) -> None:
        self._place[id(entry)] = len(self._entries)
        self._entries.append(entry)
        self._new.append(entry)

    def _touch(self, entry: _Entry) -> None:
        self._touched[id(entry)] = self._place[id(entry)]

    def _changed(self) -> list[Delta]:
        """The deltas of the blocks that an update has touched."""
        found: list[Delta] = []
        new = {id(entry) for entry in self._new}
        for key, place in self._touched.items():
            if key not in new:
                found += self._entries[place].changes(f"{self._at}/blocks/{place}")
        for entry in self._new:
            path = f"{self._at}/blocks/{self._place[id(entry)]}"
            found.append({"op": "add", "path": path, "value": entry.whole()})
        self._touched = {}
        self._new = []
        return found

    def _told_ending(self) -> dict[str, Any] | None:
        end = None if self._choice is None else self._choice.ending
        if end is None:
            return None
        ending = {"reason": end.reason, "message": self._sentence(end)}
        missing = self._missing(end)
        return {**ending, "missing": missing} if missing else ending

    def _sentence(self, end: MessageEnd) -> str:
        """How the response ended, for people."""
        told = _SENTENCES.get(end.reason, "")
        if end.error is not None and not (isinstance(end.error, StreamError) and self._keeps_back()):
            # A StreamError quotes what came, and that may be anything.
            return f"{told} {end.error}".strip()
        return f"{told} The provider says: {end.raw}." if told and end.raw else told

    def _keeps_back(self) -> bool:
        parsers = [entry.document.parser for entry in self._entries if not isinstance(entry, _Text) and entry.document]
        return any(parser is not None and parser.kept_back() != "nothing" for parser in parsers)

    def _missing(self, end: MessageEnd) -> list[str]:
        """Pointers of the required fields that did not come, in the state."""
        found: list[str] = []
        choice = self._choice
        assert choice is not None
        for document in end.documents:
            entry: _Entry | None
            if document.block is None:
                entry = self._of_output.get(id(choice.output))
            else:
                entry = self._of_block.get(document.block)
            if entry is None or isinstance(entry, _Text) or entry.document is None:
                continue
            parser = entry.document.parser
            at = f"/blocks/{self._place[id(entry)]}/document/value"
            for path in document.missing:
                if parser is None or parser.kept_back(path) != "all":
                    found.append(at + pointer_of(path))
        return found


def _now(document: Document | None) -> tuple[Any, Any]:
    return (None, None) if document is None else (document.parser, document.outcome)


def _is_over(document: Document | None) -> bool:
    return document is not None and (document.done or document.outcome is not None)
