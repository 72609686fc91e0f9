"""One response of a model, whatever the provider: bytes or events in, documents, texts and an honest ending
out.

Three parts stand in a row. A framing (``SSEDecoder``, or one of ``partialjson.framing``) cuts the body into
events; an adapter from ``partialjson.providers`` turns each event into operations on blocks; here the operations
are applied. Each tool call is a document with a ``Parser`` of its own, and so is the structured output; texts,
reasoning and refusals are collected and never meet a parser.

Events are handled one at a time, and each is handled completely before the next. How the body was cut into
chunks is therefore invisible: the concatenated updates and all results are the same.

**Errors stay where they are.** A tool call that is no JSON, or not valid for its tool, has a ``Failed``
outcome; the other documents and the message go on. What breaks the message as a whole (an error the provider
reports, a body that is no event stream, a payload that is no JSON) becomes its ``error``: it is reported by a
``MessageFailed`` update and by ``end()``, never raised. What had come before is kept. After a ``StreamError``
the rest of the body cannot be trusted; it is ignored, as is whatever follows the terminal event, unless
another message begins there. Messages that follow one another in one body are read as one: blocks and texts
add up; id, model, usage, error and ending are those of the last.

**Endings.** A closed block is no promise of whole JSON, and a stop reason is no promise either. Whether a
document is complete is decided by its grammar; whether the message is, by its terminal event, its stop reason
and its documents together. A body that ends without the terminal event was disconnected, however tidy it
looks.

**Texts that are repeated.** Some providers repeat a block's whole text at its end. What equals the text streamed
changes nothing, what extends it is read on, and what contradicts it counts instead: the block starts anew, which
a ``BlockRestarted`` update tells before the text comes again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, Literal

from partialjson import MISSING, Complete, Failed, Limits, Outcome, ParseError, Parser, Truncated
from partialjson.framing import Decoded, Detecting, Framing, FramingError, Item, framing_for
from partialjson.providers import (
    DONE,
    Attach,
    Begin,
    Close,
    End,
    Error,
    Identify,
    Info,
    Key,
    Kind,
    Open,
    Operation,
    Reason,
    Restate,
    Stop,
    Text,
    Usage,
    Value,
    Withdraw,
    adapter_for,
    framings_of,
)
from partialjson.sse import IncompleteBlock, SSEError, StrayLine

__all__ = [
    "Block",
    "BlockEnded",
    "BlockRestarted",
    "BlockStarted",
    "Call",
    "CallWithdrawn",
    "Choice",
    "Document",
    "DocumentProgress",
    "MessageEnd",
    "MessageEnded",
    "MessageFailed",
    "MessageParser",
    "ProviderError",
    "StreamError",
    "TextDelta",
    "Update",
]

_EXCERPT = 200

EndReason = Reason | Literal["disconnected"]
"""Why a message ended. ``tool_calls``: the caller is to run ``calls``; ``paused``: send the content back to
go on; ``disconnected``: the stream ended without its terminal event."""

# Under these endings the provider takes back what the model said, so no call of it may run.
_WITHDRAWN: Final = ("refused", "filtered")
# Under these the provider let the model finish what it was saying.
_FINISHED: Final = ("complete", "tool_calls", "paused")


class ProviderError(Exception):
    """The provider reported an error, in the stream or instead of it.

    Attributes:
        message, type, code: as the provider gave them; "" or None where it did not.
        body: the whole error as plain data.
    """

    def __init__(self, message: str, type: str = "", code: str | int | None = None, body: object = None) -> None:
        super().__init__(message, type, code, body)
        self.message = message
        self.type = type
        self.code = code
        self.body = body

    def __str__(self) -> str:
        return ": ".join(part for part in (self.type, self.message) if part) or f"error: {self.body!r}"


class StreamError(ValueError):
    """The body is not a stream of the API: HTML, a bare JSON body, a payload that is no JSON, an event
    without end.

    The message says which event (counted from 1) and shows how the offending text begins. ``body`` is the
    JSON body where one was found, else None.
    """

    def __init__(self, message: str, body: object = None) -> None:
        super().__init__(message)
        self.body = body


@dataclass(frozen=True, slots=True)
class BlockStarted:
    """A block began: number ``block`` among the ``blocks`` of the choice with the index ``choice``."""

    choice: int
    block: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The text of a text, reasoning or refusal block grew by ``text``."""

    choice: int
    block: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """A document went on: ``text`` is what came, ``events`` what its parser completed, ``error`` what made it
    fail.

    ``document`` is the call, or the output where the block is a text. It does not count when updates are
    compared.
    """

    choice: int
    block: int
    text: str
    events: tuple[Any, ...]
    document: Document = field(compare=False, repr=False)
    error: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BlockRestarted:
    """The provider contradicts what it streamed for the block. That counts no more; the right text comes next."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The provider takes a call back: it must not run, and if it has, nobody waits for the result."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Nothing more comes for the block. Whether a document in it is complete, its ``outcome`` says."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The provider reported an error, or the stream broke."""

    error: Exception = field(compare=False)


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """The terminal event came, and this is how the choice ended."""

    choice: int
    end: MessageEnd


Update = (
    BlockStarted
    | TextDelta
    | DocumentProgress
    | BlockRestarted
    | BlockEnded
    | CallWithdrawn
    | MessageFailed
    | MessageEnded
)


@dataclass(frozen=True, slots=True)
class MessageEnd:
    """How a message ended.

    Attributes:
        reason: one of "complete", "tool_calls", "truncated", "refused", "filtered", "paused", "error",
            "disconnected".
        raw: the provider's own word, None where it said nothing.
        error: the ProviderError or StreamError that ended it, if one did.
        details: what the provider said beside its word, such as the stop sequence or the details of a
            refusal.
        incomplete: the block of the event stream that had not ended, for diagnostics.
        updates: what the end itself brought, where ``MessageParser.end()`` made it: an event without its blank line,
            documents that the end completes or cuts, blocks that it closes.
    """

    reason: EndReason
    raw: str | None = None
    error: Exception | None = field(default=None, compare=False)
    details: Mapping[str, object] | None = None
    incomplete: IncompleteBlock | None = None
    updates: tuple[Update, ...] = field(default=(), compare=False, repr=False)


class _Growing:
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


class Block(_Growing):
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


class Document(_Growing):
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


class _Targets:
    """What the documents of a message are parsed into."""

    def __init__(
        self,
        tools: Mapping[str, Any],
        output: Any,
        options: Mapping[str, Any],
        typed_options: Mapping[str, Any],
    ) -> None:
        self.tools = tools
        self.output = output
        self._options = options
        self._typed_options = typed_options
        # A target that no parser takes is the caller's mistake, told before anything streams.
        for target in (*tools.values(), output):
            self.parser(target)

    def parser(self, target: Any) -> Parser[Any]:
        if target is None or target is Any:
            return Parser(**self._options)
        return Parser(target, **self._options, **self._typed_options)

    def tool(self, name: str) -> Parser[Any]:
        return self.parser(self.tools.get(name))


class Choice:
    """One of the alternatives a response holds; most hold one. See ``MessageParser`` for what the attributes
    mean."""

    def __init__(self, index: int, targets: _Targets, finish: Callable[[], object]) -> None:
        self.index = index
        self.blocks: list[Block] = []
        self._targets = targets
        self._finish = finish
        self._texts: dict[Kind, _Growing] = {
            "text": _Growing(),
            "reasoning": _Growing(),
            "refusal": _Growing(),
        }
        self._outputs: list[Document] = [Document()]
        self._output_block = -1
        self._first = 0
        self._stop: Stop | None = None
        self._end: MessageEnd | None = None
        if targets.output is not None:
            self._outputs[0]._begin(targets.parser(targets.output))

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in the order in which they began."""
        return [block for block in self.blocks if isinstance(block, Call)]

    @property
    def output(self) -> Document:
        """The structured output: the text parsed into the ``output`` target; without a target it stays
        MISSING.

        Where several blocks of text hold a document each, it is the last one that is complete, or else the
        last one.
        """
        return next((document for document in reversed(self._outputs) if document.done), self._outputs[-1])

    @property
    def text(self) -> str:
        """The visible text so far."""
        return self._texts["text"].text

    @property
    def reasoning(self) -> str:
        """The reasoning so far, where the provider shows it."""
        return self._texts["reasoning"].text

    @property
    def refusal(self) -> str:
        """The refusal so far, where the provider sends it apart from the text."""
        return self._texts["refusal"].text

    def end(self) -> MessageEnd:
        """Ends the whole message and tells how this choice ended."""
        self._finish()
        assert self._end is not None
        return self._end

    def _begin(self) -> None:
        """Another message begins after this one, or instead of it; its ending will be the one that counts."""
        self._first = len(self.blocks)
        self._stop = None
        self._end = None

    def _say(self, stop: Stop) -> None:
        """Takes the last word, but a message that was cut is not finished by a later one."""
        if self._stop is None or self._stop.reason in _FINISHED or stop.reason not in _FINISHED:
            self._stop = stop

    def _open(self, op: Open) -> tuple[Block, list[Update]]:
        updates = self._complete_previous()
        position = len(self.blocks)
        if op.kind in ("call", "server_call"):
            block: Block = Call(op, position)
        else:
            block = Block(op, position)
        self.blocks.append(block)
        updates.append(BlockStarted(self.index, position, op.kind))
        if isinstance(block, Call):
            self._identify(block)
        return block, updates

    def _identify(self, call: Call) -> tuple[Any, ...]:
        """Arguments are not parsed before it is known for which tool, if it matters."""
        if call._parser is None and (call.name or not self._targets.tools):
            return call._begin(self._targets.tool(call.name))
        return ()

    def _complete_previous(self) -> list[Update]:
        """A new block after a closed one shows that the closed one was not cut; so a call without text has no
        arguments."""
        last = self.blocks[-1] if self.blocks else None
        if not isinstance(last, Call) or not last.ended or last.free:
            return []
        updates = self._progress(last.position, last, last._fill_empty)
        self._settle_document(last)
        return updates

    def _text(self, block: Block, text: str) -> list[Update]:
        """The block's text continues. Servers that count in UTF-16 cut characters in two; the halves meet here."""
        if block._half:
            text = (block._half + text).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
            block._half = ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, block._half = text[:-1], text[-1]
        return self._grow(block, text) if text else []

    def _last_half(self, block: Block) -> list[Update]:
        """Half a character is shown only where the provider says that no more comes."""
        half, block._half = block._half, ""
        return self._grow(block, half) if half else []

    def _grow(self, block: Block, text: str) -> list[Update]:
        if isinstance(block, Call):
            return self._progress(block.position, block, partial(block._feed, text), text)
        total = self._texts.get(block.kind)
        if total is not None:
            self._add_to_total(total, block, text, not block._pieces)
        block._add(text)
        updates: list[Update] = [TextDelta(self.index, block.position, block.kind, text)]
        if block.kind == "text" and self._targets.output is not None and not block._aside:
            output = self._output_for(block)
            updates += self._progress(block.position, output, partial(output._feed, text), text)
        return updates

    def _add_to_total(self, total: _Growing, block: Block, text: str, first: bool) -> None:
        """The block's text, or its continuation, joins the text of all blocks of its kind."""
        if first and block._paragraph and total.text:
            total._add("\n\n")
        total._add(text)

    def _restate(self, block: Block, text: str) -> list[Update]:
        """The provider gives the block's whole text."""
        said = block.text + block._half
        if block.ended or not text or text == said:
            return []
        if isinstance(block, Call) and (block._parsed or (not block.free and block._equals(text))):
            return []
        if text.startswith(said):
            return self._text(block, text[len(said) :])
        block.contradicted = True
        block._half = ""
        block._restart()
        updates: list[Update] = [BlockRestarted(self.index, block.position)]
        if isinstance(block, Call):
            block._begin_anew(self._targets.tool(block.name))
        elif block.kind in self._texts:
            total = self._texts[block.kind]
            total._restart()
            for other in self.blocks:
                if other.kind == block.kind and other.text:
                    self._add_to_total(total, other, other.text, True)
            if block._output is not None:
                updates += self._begin_output_anew(block, block._output)
        return updates + self._text(block, text)

    def _begin_output_anew(self, block: Block, output: Document) -> list[Update]:
        """What other blocks said of the document is read again; the block's own text follows."""
        text = "".join(other.text for other in self.blocks if other._output is output)
        output._begin_anew(self._targets.parser(self._targets.output))
        output._restart()
        return self._progress(block.position, output, partial(output._feed, text), text) if text else []

    def _withdraw(self, block: Block) -> list[Update]:
        if not isinstance(block, Call) or block._withdrawn:
            return []
        block._withdrawn = True
        return [CallWithdrawn(self.index, block.position)]

    def _output_for(self, block: Block) -> Document:
        """The document this block's text belongs to: a block after a finished or failed one begins anew."""
        output = self._outputs[-1]
        if block.position != self._output_block:
            self._output_block = block.position
            if output.done or output.outcome is not None:
                output = Document()
                output._begin(self._targets.parser(self._targets.output))
                self._outputs.append(output)
        block._output = output
        return output

    def _progress(
        self, block: int, document: Document, step: Callable[[], tuple[Any, ...]], text: str = ""
    ) -> list[Update]:
        """Takes a step of the document, and tells of it if it brought anything."""
        running = document.outcome is None
        events = step()
        error = document.error if running else None
        if not (text or events or error):
            return []
        return [DocumentProgress(self.index, block, text, events, document, error)]

    def _close(self, block: Block, cut: bool = False) -> list[Update]:
        if block.ended:
            return []
        block.ended = True
        updates = [] if cut else self._last_half(block)
        if isinstance(block, Call):
            if not cut:
                updates += self._progress(block.position, block, block._close_text)
            elif block.free:
                block.end("truncated")
            self._settle_document(block)
        return [*updates, BlockEnded(self.index, block.position)]

    def _settle_document(self, document: Document) -> None:
        """Where the root has closed the outcome is known; anything else has to wait for the end of the
        message."""
        if document.done:
            document.end()

    def _settle(
        self, terminal: bool, error: Exception | None, fatal: bool, incomplete: IncompleteBlock | None
    ) -> list[Update]:
        """Ends the choice: its blocks, its documents, and the word for how it ended."""
        stop = self._stop
        whole = terminal or (stop is not None and stop.terminal and not (incomplete and incomplete.open))
        if not fatal and whole:
            error = None  # the stream went on after it
        cause = self._cause(whole, error)
        blocks = self.blocks[self._first :]
        calls = [block for block in blocks if isinstance(block, Call)]
        updates = [update for block in blocks if cause in _FINISHED for update in self._last_half(block)]
        for call in calls:
            updates += self._settle_call(call, cause)
        if self._targets.output is not None:
            for output in self._outputs:
                updates += self._progress(self._output_block, output, partial(output._finish, cause))
        reason = self._reason(cause, calls)
        for call in calls:
            call._withdrawn = call._withdrawn or reason in _WITHDRAWN
        for block in blocks:
            updates += self._close(block, cut=True)
        self._end = MessageEnd(reason, stop.raw if stop else None, error, stop.details if stop else None, incomplete)
        updates.append(MessageEnded(self.index, self._end))
        return updates

    def _settle_call(self, call: Call, cause: EndReason) -> list[Update]:
        steps: list[Callable[[], tuple[Any, ...]]] = []
        if call._parser is None:
            steps.append(partial(call._begin, self._targets.tool(call.name)))
        if cause in _FINISHED:
            steps.append(call._fill_empty)
        steps.append(partial(call._finish, cause))
        return [update for step in steps for update in self._progress(call.position, call, step)]

    def _cause(self, terminal: bool, error: Exception | None) -> EndReason:
        """How the choice ended as far as the provider and the connection tell."""
        if error is not None:
            return "error"
        if not terminal:
            return "disconnected"
        return self._stop.reason if self._stop else "complete"

    def _reason(self, cause: EndReason, calls: list[Call]) -> EndReason:
        """The cause, checked against what really came."""
        if cause not in ("complete", "tool_calls"):
            return cause
        if self.refusal:
            return "refused"
        own_calls = [call for call in calls if not call.server and not call._withdrawn]
        expected: list[Document] = [call for call in calls if not call._withdrawn]
        if self._targets.output is not None and not own_calls:
            expected.append(self.output)
        if any(isinstance(document.outcome, Truncated) for document in expected):
            return "truncated"
        return "tool_calls" if own_calls else "complete"


class MessageParser:
    """Parses one response of a model while it streams.

    ``api`` names the wire format (``partialjson.providers.PROVIDERS``). ``tools`` maps tool names to targets
    of ``Parser``; the arguments of other tools become plain JSON values. ``output`` is the target of
    structured output, ``typing.Any`` for plain JSON values; without it the text is not parsed. The other
    options are those of ``Parser`` and go to every document; those of pydantic concern documents with a
    target.

    Feed it either the body (``feed_bytes``) or decoded events (``feed``), then call ``end()``.

        m = MessageParser("openai-chat", tools={"get_weather": Weather})
        for chunk in body:
            for update in m.feed_bytes(chunk):
                ...
        if m.end().reason == "tool_calls":
            run(call for call in m.calls if call.ready)

    Attributes:
        id, model: as the provider gave them, "" until they came.
        usage: token counts in the provider's names; the last of each counts.
        choices: the alternatives, by index; the first always exists, and the message itself has its face.

    Raises:
        ValueError: the API is not known; the message lists those that are.
        TypeError, pydantic.errors.PydanticUserError: what ``Parser`` raises for a target it does not take.
    """

    def __init__(
        self,
        api: str,
        *,
        tools: Mapping[str, Any] | None = None,
        output: Any = None,
        missing: Any = MISSING,
        limits: Limits | None = None,
        strict: bool | None = None,
        context: Any = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> None:
        self._adapter = adapter_for(api)
        options = {"missing": missing, "limits": limits}
        typed_options = {"strict": strict, "context": context, "by_alias": by_alias, "by_name": by_name}
        self._targets = _Targets(tools or {}, output, options, typed_options)
        self.id = ""
        self.model = ""
        self.usage: dict[str, object] = {}
        self._choices: dict[int, Choice] = {}
        self._choice(0)
        self._blocks: dict[Key, tuple[Choice, Block]] = {}
        self._framings = framings_of(api)
        self._framing: Framing | None = None  # made when bytes come: events may come without any
        self._items: deque[Item] = deque()
        self._operations: deque[Operation] = deque()
        self._updates: list[Update] = []
        self._events = 0
        self._mute: object = None  # the first event, if it meant nothing
        self._stray: str | None = None
        self._bare: Parser[Any] | None = None
        self._error: Exception | None = None
        self._fatal = False
        self._broken = False  # what follows cannot be trusted
        self._terminal = False
        self._ended = False
        self._settled = False

    @property
    def choices(self) -> list[Choice]:
        return [self._choices[index] for index in sorted(self._choices)]

    @property
    def blocks(self) -> list[Block]:
        """All blocks of the first choice, in order."""
        return self.choices[0].blocks

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in the order in which they began."""
        return self.choices[0].calls

    @property
    def output(self) -> Document:
        """The structured output; see ``Choice.output``."""
        return self.choices[0].output

    @property
    def text(self) -> str:
        """The visible text so far."""
        return self.choices[0].text

    @property
    def reasoning(self) -> str:
        """The reasoning so far, where the provider shows it."""
        return self.choices[0].reasoning

    @property
    def refusal(self) -> str:
        """The refusal so far, where the provider sends it apart from the text."""
        return self.choices[0].refusal

    def feed_bytes(self, raw: bytes | str) -> list[Update]:
        """The updates this piece of the response's body brings. Pieces may be cut anywhere.

        Of a WebSocket the frames are fed, text or binary, as they come.

        Raises:
            RuntimeError: the message has ended.
            TypeError: ``bytes`` and ``str`` were mixed.
            ImportError: the framing needs a package that is not installed.
        """
        self._check_open()
        if self._broken:
            return []
        if self._framing is None:
            self._framing = framing_for(self._framings)
        try:
            self._items.extend(self._framing.decode(raw))
        except (SSEError, FramingError) as error:
            self._items.extend(error.events)
            self._work()
            if not self._terminal:
                self._fail(StreamError(str(error)))
        return self._drain()

    def feed(self, event: object) -> list[Update]:
        """The updates one decoded event brings: a mapping, an SDK's object, or ``"[DONE]"``.

        Raises:
            RuntimeError: the message has ended.
        """
        self._check_open()
        if not self._broken:
            self._operations.extend(self._adapter.feed(event))
        return self._drain()

    def end(self) -> MessageEnd:
        """Ends the message and tells how it ended. Never raises for what came; later calls return the same.

        Without the terminal event the reason is "disconnected", however complete the rest looks. A last event
        that only lacks its blank line counts if it is the terminal one.
        """
        if not self._ended:
            self._ended = True
            incomplete = None if self._broken or self._framing is None else self._framing.close()
            try:
                if incomplete is not None and self._recover(incomplete):
                    incomplete = None
                if self._events == 1 and self._mute is not None and self._takes_plain_bodies():
                    self._refuse_plain(self._mute)
            finally:
                self._settle(incomplete)
                self._hand_out()
        end = self.choices[0]._end
        assert end is not None
        return end

    def _hand_out(self) -> None:
        """The updates that no call of ``feed`` can return any more go with the end."""
        updates, self._updates = tuple(self._updates), []
        first = self.choices[0]
        if first._end is not None and updates:
            first._end = replace(first._end, updates=updates)

    def _check_open(self) -> None:
        if self._ended:
            raise RuntimeError("the message has ended")

    def _choice(self, index: int) -> Choice:
        if index not in self._choices:
            self._choices[index] = Choice(index, self._targets, self.end)
        return self._choices[index]

    def _drain(self) -> list[Update]:
        """Handles what waits, and gives the updates it brought."""
        self._work()
        updates, self._updates = self._updates, []
        return updates

    def _work(self) -> None:
        """Handles what waits, one thing at a time, so that an exception from a validator loses nothing."""
        while self._operations or self._items:
            self._step()

    def _step(self) -> None:
        if self._operations:
            self._apply(self._operations.popleft())
        else:
            self._read(self._items.popleft())

    def _read(self, item: Item) -> None:
        if self._broken:
            return
        if isinstance(item, StrayLine):
            self._read_stray(item.text)
            return
        if isinstance(item, Decoded):
            self._operations.extend(self._adapter.feed(item.event, item.name))
            return
        self._events += 1
        self._bare = None
        data = item.data.strip()
        if not data:
            return
        try:
            event = _payload(data)
            operations = self._adapter.feed(event, item.event)
            self._operations.extend(operations)
            if self._events == 1 and not operations:
                self._mute = event
        except (ValueError, RecursionError) as error:
            if self._terminal:
                return
            what = _excerpt(data)
            self._fail(StreamError(f"the data of event {self._events} is not JSON ({error}): {what}"))

    def _read_stray(self, line: str) -> None:
        """A line that no event stream has: perhaps a page or a JSON body, which servers send for errors."""
        if self._terminal:
            return
        if self._stray is None:
            self._stray = line
        # llama.cpp and servers built on it send errors as a field of their own.
        line = line.removeprefix("error:").lstrip()
        start = line[:1]
        if start == "<" and not self._events and self._bare is None:
            self._fail(StreamError(f"the body is HTML or XML, not an event stream: {_excerpt(line)}"))
            return
        if self._bare is None:
            if start not in ("{", "["):
                return
            self._bare = Parser()
        try:
            self._bare.feed(line + "\n")
        except ParseError:
            self._bare = None
            return
        if self._bare.done:
            body, self._bare = self._bare.json, None
            self._read_body(body)

    def _read_body(self, body: object) -> None:
        """A JSON value outside of any event: an error the adapter knows, or no stream at all."""
        operations = self._adapter.feed(body)
        if any(isinstance(op, Error) for op in operations):
            self._operations.extend(operations)
        elif not self._events:
            self._refuse_plain(body)

    def _refuse_plain(self, body: object) -> None:
        what = _excerpt(json.dumps(body, ensure_ascii=False))
        self._fail(StreamError(f"the body is plain JSON, not an event stream: {what}", body))

    def _takes_plain_bodies(self) -> bool:
        """Whether the body is framed so that a plain JSON body looks like one event."""
        framing = self._framing
        return self._framings == ("ndjson",) or (isinstance(framing, Detecting) and framing.name == "json-frames")

    def _fail(self, error: StreamError) -> None:
        self._items.clear()
        self._error = error
        self._fatal = self._broken = True
        self._updates.append(MessageFailed(error))

    def _recover(self, block: IncompleteBlock) -> bool:
        """Whether the block that lacks its blank line counts after all: an error body, or the whole terminal
        event."""
        if block.stray:
            self._read_stray(block.line)
            self._work()
        if not self._events and not self._error and self._stray is not None:
            self._fail(StreamError(f"the body is not an event stream: {_excerpt(self._stray)}"))
        if block.event is None or self._error:
            return False
        try:
            event = _payload(block.event.data.strip())
            operations = self._adapter.feed(event, block.event.event)
        except (ValueError, RecursionError):
            return False
        if not operations and not self._events and self._takes_plain_bodies():
            self._refuse_plain(event)
        if not any(isinstance(op, (End, Error)) or (isinstance(op, Stop) and op.terminal) for op in operations):
            return False
        self._operations.extend(operations)
        self._work()
        return True

    def _settle(self, incomplete: IncompleteBlock | None) -> None:
        if self._settled:
            return
        self._settled = True
        if len(self._choices) > 1 and not (self._choices[0].blocks or self._choices[0]._stop):
            del self._choices[0]  # made in advance, but this server counts from 1
        for choice in self.choices:
            self._updates += choice._settle(self._terminal, self._error, self._fatal, incomplete)

    def _begin(self) -> None:
        if self._blocks or self._error:
            self._settle(None)
        self._terminal = self._settled = False
        self._error = None
        self._fatal = False
        self.usage.clear()
        for choice in self.choices:
            choice._begin()

    def _apply(self, op: Operation) -> None:
        if self._terminal and not isinstance(op, Begin):
            return
        match op:
            case Text(key, text):
                choice, block = self._blocks[key]
                self._updates += choice._text(block, text)
            case Restate(key, text):
                choice, block = self._blocks[key]
                self._updates += choice._restate(block, text)
            case Value(key, value):
                choice, block = self._blocks[key]
                if isinstance(block, Call):
                    self._updates += choice._progress(block.position, block, partial(block._feed_value, value))
            case Open():
                choice = self._choice(op.choice)
                block, updates = choice._open(op)
                self._blocks[op.key] = choice, block
                self._updates += updates
            case Identify():
                self._identify(op)
            case Attach():
                self._blocks[op.key][1]._attach(op)
            case Close(key, cut):
                choice, block = self._blocks[key]
                self._updates += choice._close(block, cut)
            case Withdraw(key):
                choice, block = self._blocks[key]
                self._updates += choice._withdraw(block)
            case Info():
                self.id = op.id or self.id
                self.model = op.model or self.model
            case Usage():
                if op.whole:
                    self.usage.clear()
                new = op.usage.items()
                self.usage |= {name: n for name, n in new if n is not None or name not in self.usage}
            case Stop():
                self._choice(op.choice)._say(op)
            case Error():
                self._error = ProviderError(op.message, op.type, op.code, op.body)
                self._fatal = self._fatal or op.fatal
                self._updates.append(MessageFailed(self._error))
            case End():
                self._terminal = True
                self._settle(None)
            case Begin():
                self._begin()

    def _identify(self, op: Identify) -> None:
        choice, block = self._blocks[op.key]
        if isinstance(block, Call):
            block.id = op.call_id or block.id
            block.name = op.name or block.name
            self._updates += choice._progress(block.position, block, partial(choice._identify, block))


def _payload(data: str) -> object:
    """The event behind a payload. ValueError or RecursionError if it is no JSON that can be read."""
    return data if data == DONE else json.loads(data)


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…")
