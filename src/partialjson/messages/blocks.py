"""The parts of a message: blocks of text, and documents with a parser of their own.

Their public face is for readers; the choice they belong to drives them through the rest.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.errors import ParseError
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.wire.ops import Attach, Kind, Open


class Growing:
    """Text that is collected in pieces and joined when somebody reads it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def _add(self, text: str) -> None:
        self._pieces.append(text)

    def _restart(self, *texts: str) -> None:
        self._pieces = list(texts)

    @property
    def text(self) -> str:
        """The text so far, as it came. Empty where a document came already parsed."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""


class Block(Growing):
    """One block of a message.

    Attributes:
        choice, position: its place: the index of its choice, and its place among the blocks there.
        kind: "text", "reasoning", "refusal", "call", "server_call" or "other".
        type: the provider's own word for it, such as "thinking" or "web_search_tool_result".
        index: the provider's number for it, None where it gives none.
        extra: what else came with it, by the provider's names: signature, citations, the content of a result.
        ended: whether the provider closed it.
        contradicted: whether the provider took back text that it had streamed.
    """

    def __init__(self, opening: Open, position: int) -> None:
        super().__init__()
        self.choice = opening.choice
        self.position = position
        self.kind: Kind = opening.kind
        self.type = opening.type
        self.index = opening.index
        self.extra: dict[str, Any] = {}
        self.ended = False
        self.contradicted = False
        self._aside = opening.aside
        self._paragraph = opening.paragraph
        self._half = ""  # the first half of a surrogate pair that the provider has cut in two
        self._output: Document | None = None
        self._collected: set[str] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.kind} {self.text[:40]!r}>"

    def _attach(self, op: Attach) -> None:
        if not op.append:
            self.extra[op.name] = op.value
            return
        if op.name not in self._collected:
            # A list of our own: what is there may belong to the event it came with.
            self._collected.add(op.name)
            old = self.extra.get(op.name)
            self.extra[op.name] = list(old) if isinstance(old, (list, tuple)) else [] if old is None else [old]
        self.extra[op.name].append(op.value)


class Document(Growing):
    """A JSON document inside a message: a tool call's arguments, or the structured output."""

    def __init__(self) -> None:
        super().__init__()
        self._parser: Parser[Any] | None = None
        self._held: list[str] = []
        self._outcome: Outcome[Any] | None = None
        self._parsed = False  # it came parsed, as a value

    def _equals(self, text: str) -> bool:
        """Whether the document is whole and the text says the same in other words."""
        if not self.done:
            return False
        try:
            return bool(json.loads(text) == self.json)
        except (ValueError, RecursionError):
            return False

    @property
    def json(self) -> Any:
        """The document so far as plain JSON values, MISSING before anything is visible."""
        return MISSING if self._parser is None else self._parser.json

    @property
    def value(self) -> Any:
        """The document so far in its target's terms; the final, validated value once ``outcome`` is
        Complete."""
        if isinstance(self._outcome, Complete):
            return self._outcome.value
        return MISSING if self._parser is None else self._parser.value

    @property
    def done(self) -> bool:
        """Whether the root value has closed. It may still be invalid for its target; ``outcome`` tells."""
        return self._parser is not None and self._parser.done

    @property
    def outcome(self) -> Outcome[Any] | None:
        """Complete, Truncated or Failed; None while the document goes on."""
        return self._outcome

    @property
    def error(self) -> BaseException | None:
        """Why the document failed or is incomplete, None otherwise."""
        return self._outcome.error if isinstance(self._outcome, (Failed, Truncated)) else None

    def status(self, path: tuple[str | int, ...] = ()) -> str:
        """ "missing", "partial", "complete" or "invalid" for the value at the path."""
        return "missing" if self._parser is None else self._parser.status(path)

    def deltas(self, since: int | None = None) -> list[dict[str, Any]]:
        """What changed in ``json`` since the last call, or since a sequence number; see ``Parser.deltas``."""
        return [] if self._parser is None else self._parser.deltas(since)

    def end(self, reason: str | None = None) -> Outcome[Any]:
        """Ends the document here and returns its outcome; text that still comes for it is kept in ``text``
        only.

        The message ends its documents itself. Call this to give one up early. Never raises.
        """
        if self._outcome is None:
            if self._parser is None:
                self._begin(Parser())
            assert self._parser is not None
            self._outcome = self._parser.end(reason)
        return self._outcome

    def _begin(self, parser: Parser[Any]) -> tuple[Any, ...]:
        """Starts to parse, with the text that came before it was known for what."""
        self._parser = parser
        held, self._held = "".join(self._held), []
        return self._parse(held)

    def _begin_anew(self, parser: Parser[Any]) -> None:
        """Forgets what was parsed. A document that was ended stays as it is; one that failed gets its chance."""
        if self._outcome is None or isinstance(self._outcome, Failed):
            self._outcome = None
            self._parser = parser
            self._held = []

    def _feed(self, text: str) -> tuple[Any, ...]:
        self._add(text)
        return self._parse(text)

    def _feed_value(self, value: object) -> tuple[Any, ...]:
        self._parsed = True
        try:
            text = json.dumps(value, ensure_ascii=False, default=str)
        except (TypeError, ValueError, RecursionError) as error:
            self._outcome = self._outcome or Failed(error)
            return ()
        # The line feed closes a number at the root.
        return self._parse(text + "\n")

    def _parse(self, text: str) -> tuple[Any, ...]:
        """The events the text completes. A document that fails here keeps its error to itself."""
        if self._outcome is not None:
            return ()
        if self._parser is None:
            self._held.append(text)
            return ()
        try:
            return self._parser.feed(text)
        except ParseError as error:
            self._outcome = Failed(error, self._parser.json, self._parser.value, None, error.events)
            return error.events
        except BaseException as error:
            # From a user's validator: it is the caller's to see, and this document's end.
            self._outcome = Failed(error, self._parser.json, self._parser.value)
            raise

    def _finish(self, reason: str) -> tuple[Any, ...]:
        """The events of the end, which records the reason where none is recorded yet."""
        if self._outcome is None:
            return self.end(reason).events
        if self._outcome.reason is None:
            self._outcome = replace(self._outcome, reason=reason)
        return ()


class Call(Block, Document):
    """A tool call: a block, and the document of its arguments.

    Attributes:
        id, name: as the provider gave them, "" until they came.
        server: whether the provider runs the tool itself.
        free: whether the tool takes free text instead of JSON; its document is then one string, which ends where
            the provider closes the call.
    """

    def __init__(self, opening: Open, position: int) -> None:
        Document.__init__(self)
        Block.__init__(self, opening, position)
        self.id = opening.call_id
        self.name = opening.name
        self.free = opening.free
        self._withdrawn = False

    def __repr__(self) -> str:
        return f"<Call {self.name}({self.text[:60]}) {'ready' if self.ready else 'not ready'}>"

    @property
    def server(self) -> bool:
        return self.kind == "server_call"

    @property
    def ready(self) -> bool:
        """Whether this call may be run now: it is the caller's to run, its arguments are whole and valid, and
        the message was not refused or filtered. False for everything unfinished."""
        return self.kind == "call" and isinstance(self._outcome, Complete) and not self._withdrawn

    def _begin(self, parser: Parser[Any]) -> tuple[Any, ...]:
        if self.free:
            self._held.insert(0, '"')
        return super()._begin(parser)

    def _begin_anew(self, parser: Parser[Any]) -> None:
        super()._begin_anew(parser)
        if self.free:
            self._parse('"')

    def _feed(self, text: str) -> tuple[Any, ...]:
        self._add(text)
        return self._parse(json.dumps(text)[1:-1] if self.free else text)

    def _close_text(self) -> tuple[Any, ...]:
        """Free text has no grammar that tells its end; the provider does."""
        if not self.free or self._outcome is not None or self.done:
            return ()
        with suppress(Exception):
            return self._parse('"')
        return ()

    def _fill_empty(self) -> tuple[Any, ...]:
        """A tool without parameters may come without any text, which stands for no arguments."""
        if self.free:
            return self._close_text()
        if self._outcome is None and self.json is MISSING and not self.text.strip(" \t\n\r"):
            # As in Parser.end(), what a validator raises at an end is the outcome's error.
            with suppress(Exception):
                return self._parse("{}")
        return ()
