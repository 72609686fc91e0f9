"""A message that goes on after it was cut: one of its documents, by the text of another answer.

An API cannot be asked to go on inside a tool call, so the rest comes as an answer of its own: text mostly, or a call
of the same tool. Its text is spliced in by ``partialjson.resume``; here the message around the document follows. The
document is the same object with the same parser, unless that had stopped at a syntax error; then it has a new one,
which shows the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from partialjson.errors import ParseError
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.choice import WITHDRAWN, Choice
from partialjson.messages.updates import (
    DocumentProgress,
    DocumentResumed,
    MessageEnd,
    TextDelta,
    Update,
)
from partialjson.outcomes import Complete, Failed, Truncated
from partialjson.resume import Continuation, Mode

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

    def __init__(self, choices: Sequence[Choice], document: Document | None, mode: Mode) -> None:
        self._choice, self.document = _found(choices, document)
        parser = self.document._parser
        assert parser is not None
        text = self.document.text
        if isinstance(self.document.outcome, Truncated):
            text = text[: parser.pos]  # what came after the document was given up
        self.continuation: Continuation[Any] = Continuation(parser, text, mode=mode)
        self._begun = False
        self._accepted = 0

    def turns(self, api: str = "openai-chat") -> list[dict[str, Any]]:
        """The turns that ask for the rest; see ``Continuation.turns``."""
        return self.continuation.turns(api)

    def feed(self, text: str) -> list[Update]:
        """The updates that the next piece of the other answer's text brings.

        A document that stops to be JSON later is ``Failed``, as in any message; nothing is raised for it.

        Raises:
            SpliceError: the answer does not go on with the document, which is as it was before.
        """
        if self._begun and self.document._outcome is not None:
            return []
        try:
            events = self.continuation.feed(text)
        except ParseError as error:
            return self._broken(error)
        return self._tell(events)

    def end(self, word: str | None = None) -> MessageEnd:
        """Ends the document, and the message anew, and tells how. ``message.end()`` is the same from now on.

        Args:
            word: why the other answer stopped, in the provider's word ("length", "stop" ...), if it is known.

        Raises:
            SpliceError: as ``feed``, where all of the answer was held back.
        """
        updates: list[Update] = []
        if not self._begun or self.document._outcome is None:
            try:
                events = self.continuation._finish()
            except ParseError as error:
                updates = self._broken(error)
            else:
                updates = self._tell(events)
                self.document._outcome = outcome = self.continuation.parser.end(word)
                updates += self._tell(outcome.events)
        return self._choice._settle_resumed(word, updates)

    def _broken(self, error: ParseError) -> list[Update]:
        """The answer joined, and is no JSON."""
        document = self.document
        updates = self._begin()
        document._outcome = Failed(error, document.json, document.value, None, error.events)
        return updates + self._tell(error.events, error)

    def _begin(self) -> list[Update]:
        if self._begun:
            return []
        self._begun = True
        document, prefix = self.document, self.continuation.prefix
        block = self._block()
        if block is not None and not isinstance(document, Call):
            kept = len(block.text) - len(document.text) + len(prefix)
            block._restart(block.text[: max(kept, 0)])
            self._choice._join_texts(block.kind)
        if block is not None:
            block._half = ""
        document._restart(prefix)
        document._parser = self.continuation.parser
        document._outcome = None
        return [DocumentResumed(self._choice.index, self._position(), prefix, document)]

    def _block(self) -> Block | None:
        """The block of the document: a call is its own, the output grows in the last text."""
        position = self._position()
        return self._choice.blocks[position] if position >= 0 else None

    def _position(self) -> int:
        return self.document.position if isinstance(self.document, Call) else self._choice._output_block

    def _tell(self, events: tuple[Any, ...], error: ParseError | None = None) -> list[Update]:
        """The updates for what the continuation has accepted since the last time."""
        if self.continuation.undecided:
            return []
        updates = self._begin()
        accepted = self.continuation._accepted
        text = "".join(accepted[self._accepted :])
        self._accepted = len(accepted)
        document, choice, position = self.document, self._choice.index, self._position()
        block = self._block()
        if text:
            document._add(text)
            if block is not None and not isinstance(document, Call):
                block._add(text)
                self._choice._texts[block.kind]._add(text)
                updates.append(TextDelta(choice, position, block.kind, text))
        if text or events or error:
            updates.append(DocumentProgress(choice, position, text, events, document, error))
        return updates


def _found(choices: Sequence[Choice], document: Document | None) -> tuple[Choice, Document]:
    """The document that is to go on, and its choice."""
    for choice in choices:
        assert choice._end is not None
        if document is None and choice._end.reason in WITHDRAWN:
            raise ValueError(f"the provider took the answer back ({choice._end.reason})")
        candidates = [*choice.calls[::-1], choice.output] if document is None else [document]
        own: list[Document] = [*choice.calls, *choice._outputs]
        for candidate in candidates:
            if not any(candidate is each for each in own):
                continue
            if document is not None or _is_cut(choice, candidate):
                if choice._end.reason in WITHDRAWN:
                    raise ValueError(f"the provider took the answer back ({choice._end.reason})")
                if isinstance(candidate, Call) and candidate.free:
                    raise ValueError("a call with free text has no syntax by which it could be continued")
                if candidate._outcome is None or isinstance(candidate._outcome, Complete):
                    raise ValueError("the document is whole")
                return choice, candidate
    if document is not None:
        raise ValueError("the document is not one of this message")
    raise ValueError("no document of this message was cut; its texts are in message.text")


def _is_cut(choice: Choice, document: Document) -> bool:
    """Is this a document that somebody would want to go on with?"""
    if isinstance(document, Call):
        if document.server or document.free or document._withdrawn:
            return False
    elif choice._targets.output is None or (choice.calls and not document.text):
        return False
    outcome = document.outcome
    return isinstance(outcome, Truncated) or (
        isinstance(outcome, Failed) and isinstance(outcome.error, ParseError) and not document.done
    )
