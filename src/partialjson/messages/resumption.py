"""A message that continues after it was cut off: one of its documents goes on with the text of another answer.

An API cannot be asked to continue inside a tool call, so the rest comes as an answer of its own: mostly text, or a call
of the same tool. ``partialjson.resume`` splices its text in; this module updates the message around the document. The
document is the same object with the same parser, unless that had stopped at a syntax error; then it has a new one,
which shows the same.
"""

from __future__ import annotations

from typing import Any

from partialjson.errors import ParseError
from partialjson.messages.blocks import Call, Document, continuation, drive
from partialjson.messages.endings import ended_again
from partialjson.messages.fold import Choice, MessageState
from partialjson.messages.updates import (
    WITHDRAWN,
    DocumentProgress,
    DocumentResumed,
    MessageEnd,
    MessageEnded,
    TextDelta,
    Update,
)
from partialjson.outcomes import Complete, Failed, Truncated
from partialjson.resume import Continuation, Mode
from partialjson.wire.ops import Kind

__all__ = ["Resumption"]


class Resumption:
    """The document of a message that goes on; ``MessageParser.resume()`` makes it.

        rest = message.resume()
        reply = MessageParser("openai-chat")
        for chunk in ask([*conversation, *rest.turns("openai-chat")]):
            for update in reply.feed_bytes(chunk):
                if isinstance(update, TextDelta | DocumentProgress):
                    rest.feed(update.text)
        end = rest.end()        # message.end() is the same from now on

    Attributes:
        document: the call or output that continues; ``outcome`` is None once the first text has joined.
        continuation: where it continues and what to ask for; see ``partialjson.resume.Continuation``.
    """

    def __init__(self, state: MessageState, document: Document | None, mode: Mode) -> None:
        self._state = state
        self._choice, self.document = _found(state.choices, document)
        self._kind: Kind = self.document.kind if isinstance(self.document, Call) else "text"
        self._position = _position(self._choice, self.document)
        self.continuation: Continuation[Any] = continuation(self.document, mode)
        self._begun = False

    def turns(self, api: str = "openai-chat") -> list[dict[str, Any]]:
        """The turns that ask for the rest; see ``Continuation.turns``."""
        return self.continuation.turns(api)

    def feed(self, text: str) -> list[Update]:
        """The updates from the next piece of the other answer's text.

        If the document turns out not to be JSON later on, it is ``Failed``, as in any message; nothing is raised.

        Raises:
            SpliceError: the answer does not continue the document, which stays as it was.
        """
        if self._over:
            return []
        try:
            events = self.continuation.feed(text)
        except ParseError as error:
            return self._tell(error.events, error)
        return self._tell(events)

    def end(self, reason: str | None = None) -> MessageEnd:
        """Ends the document and, again, the message; returns how. From now on ``message.end()`` returns the same.

        Args:
            reason: why the other answer stopped, in the provider's word ("length", "stop" ...), if it is known.

        Raises:
            SpliceError: as ``feed``, if all of the answer was held back.
        """
        updates: list[Update] = []
        if not self._over:
            try:
                events = self.continuation.flush()
            except ParseError as error:
                updates = self._tell(error.events, error)
            else:
                updates = self._tell(events)
                updates.append(self._state.apply(self._progress(ends=reason or "")))
        index = self._choice.index
        updates.append(self._state.apply(MessageEnded(index, ended_again(self._choice, reason))))
        end = self._choice.end()
        # Equal, with the updates that no call of ``feed`` can return any more.
        self._state.apply(MessageEnded(index, end.bringing(updates)))
        return self._choice.end()

    @property
    def _over(self) -> bool:
        return self._begun and self.document.outcome is not None

    def _tell(self, events: tuple[Any, ...], error: ParseError | None = None) -> list[Update]:
        """The updates for what the continuation has accepted in its last call."""
        rest = self.continuation
        if rest.undecided:
            return []
        text = rest.added
        # Where the answer broke, the parser has read more than what is kept.
        source = None if rest.read == text else rest.read
        updates: list[Update] = [] if self._begun else [self._begin()]
        if text and self._kind == "text" and self._position >= 0:
            updates.append(self._state.apply(TextDelta(self._choice.index, self._position, self._kind, text)))
        if text or events or error is not None:
            updates.append(self._state.apply(self._progress(text, events, error, source)))
        return updates

    def _begin(self) -> Update:
        """The document goes on from its prefix. An output takes the end of its block back with it."""
        self._begun = True
        document, rest = self.document, self.continuation
        text = rest.prefix
        if self._kind == "text" and self._position >= 0:
            block = self._choice.blocks[self._position]
            text = block.text[: max(0, len(block.text) - len(document.text) + len(rest.prefix))]
        drive(document, rest)
        return self._state.apply(DocumentResumed(self._choice.index, self._position, self._kind, text, rest.prefix))

    def _progress(
        self,
        text: str = "",
        events: tuple[Any, ...] = (),
        error: BaseException | None = None,
        source: str | None = None,
        ends: str | None = None,
    ) -> DocumentProgress:
        return DocumentProgress(self._choice.index, self._position, self._kind, text, events, error, source, ends)


def _position(choice: Choice, document: Document) -> int:
    """The number of the document's block: a call is its own, the output grows in the last text."""
    if isinstance(document, Call):
        return document.position
    return next(position for position, output in choice.outputs if output is document)


def _found(choices: list[Choice], document: Document | None) -> tuple[Choice, Document]:
    """The document that is to go on, and its choice."""
    for choice in choices:
        reason = choice.end().reason
        if document is None and reason in WITHDRAWN:
            raise ValueError(f"the answer cannot be continued: the provider withdrew it ({reason})")
        candidates = [*choice.calls[::-1], choice.output] if document is None else [document]
        own: list[Document] = [*choice.calls, *(output for _, output in choice.outputs)]
        for candidate in candidates:
            if not any(candidate is each for each in own):
                continue
            if document is not None or _is_cut(choice, candidate):
                if reason in WITHDRAWN:
                    raise ValueError(f"the answer cannot be continued: the provider withdrew it ({reason})")
                if isinstance(candidate, Call) and candidate.free:
                    raise ValueError("a call with free text has no JSON syntax, so it cannot be continued")
                if candidate.outcome is None or isinstance(candidate.outcome, Complete):
                    raise ValueError("the document is complete: there is nothing to continue")
                return choice, candidate
    if document is not None:
        raise ValueError("the document is not one of this message")
    raise ValueError("no document of this message was cut; its texts are in message.text")


def _is_cut(choice: Choice, document: Document) -> bool:
    """Is this a document that can sensibly be continued?"""
    if isinstance(document, Call):
        if document.server or document.free or document.withdrawn:
            return False
    elif not choice.expects_output or (choice.calls and not document.text):
        return False
    outcome = document.outcome
    return isinstance(outcome, Truncated) or (
        isinstance(outcome, Failed) and isinstance(outcome.error, ParseError) and not document.done
    )
