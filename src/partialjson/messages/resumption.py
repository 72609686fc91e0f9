"""A message that goes on after it was cut: one of its documents, by the text of another answer.

An API cannot be asked to go on inside a tool call, so the rest comes as an answer of its own: text mostly, or a call
of the same tool. Its text is spliced in by ``partialjson.resume``; here the message around the document follows. The
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
        document: the call or output that goes on; ``outcome`` is None from the first text that joined.
        continuation: where it goes on and what to ask for; see ``partialjson.resume.Continuation``.
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
        """The updates that the next piece of the other answer's text brings.

        A document that stops to be JSON later is ``Failed``, as in any message; nothing is raised for it.

        Raises:
            SpliceError: the answer does not go on with the document, which is as it was before.
        """
        if self._over:
            return []
        try:
            events = self.continuation.feed(text)
        except ParseError as error:
            return self._tell(error.events, error)
        return self._tell(events)

    def end(self, reason: str | None = None) -> MessageEnd:
        """Ends the document, and the message anew, and tells how. ``message.end()`` is the same from now on.

        Args:
            reason: why the other answer stopped, in the provider's word ("length", "stop" ...), if it is known.

        Raises:
            SpliceError: as ``feed``, where all of the answer was held back.
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
            raise ValueError(f"the provider took the answer back ({reason})")
        candidates = [*choice.calls[::-1], choice.output] if document is None else [document]
        own: list[Document] = [*choice.calls, *(output for _, output in choice.outputs)]
        for candidate in candidates:
            if not any(candidate is each for each in own):
                continue
            if document is not None or _is_cut(choice, candidate):
                if reason in WITHDRAWN:
                    raise ValueError(f"the provider took the answer back ({reason})")
                if isinstance(candidate, Call) and candidate.free:
                    raise ValueError("a call with free text has no syntax by which it could be continued")
                if candidate.outcome is None or isinstance(candidate.outcome, Complete):
                    raise ValueError("the document is whole")
                return choice, candidate
    if document is not None:
        raise ValueError("the document is not one of this message")
    raise ValueError("no document of this message was cut; its texts are in message.text")


def _is_cut(choice: Choice, document: Document) -> bool:
    """Is this a document that somebody would want to go on with?"""
    if isinstance(document, Call):
        if document.server or document.free or document.withdrawn:
            return False
    elif not choice.expects_output or (choice.calls and not document.text):
        return False
    outcome = document.outcome
    return isinstance(outcome, Truncated) or (
        isinstance(outcome, Failed) and isinstance(outcome.error, ParseError) and not document.done
    )
