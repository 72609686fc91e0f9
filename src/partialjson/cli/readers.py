"""From bytes to the board: one reader for plain JSON text, one for the event stream of a provider.

Readers know the parsers and nothing about screens. They never raise for the content of a stream: an error becomes an
``Ending`` with an exit code and one line that says what is wrong, where, and what can be done about it.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from partialjson import MISSING, Complete, Invalid, Lenient, Outcome, ParseError, Parser, Truncated, Violation
from partialjson.cli.account import counted, is_prose, left_out, stretches
from partialjson.cli.board import Board, Ending, Sheet, Text
from partialjson.cli.exits import Exit
from partialjson.cli.faults import said_by
from partialjson.errors import InvalidError, json_path
from partialjson.messages import (
    BlockStarted,
    Call,
    Document,
    DocumentProgress,
    EarlyStop,
    MessageEnd,
    MessageEnded,
    MessageFailed,
    MessageParser,
    ProviderError,
    Stopped,
    StreamError,
    TextDelta,
)
from partialjson.options import ParserOptions
from partialjson.render.form import placeholder_of
from partialjson.render.text import plural, printable, show

__all__ = ["JsonReader", "MessageReader", "Reader", "one_line"]

_HEAD: Final = 100
_ERROR_LINES: Final = 3
_NO_JSON: Final = "the text holds no JSON"


class Reader(Protocol):
    """Reads one stream into a board."""

    @property
    def over(self) -> bool:
        """Nothing that may still come matters."""
        ...

    def feed(self, chunk: bytes) -> None: ...

    def end(self) -> Ending: ...


class JsonReader:
    """Reads one JSON document."""

    def __init__(
        self, board: Board, target: Any = None, stop_early: bool = False, lenient: Lenient | None = None
    ) -> None:
        self._board = board
        self._has_target = target is not None
        self._is_lenient = lenient is not None
        options: ParserOptions = {"lenient": lenient or False}
        if stop_early:
            options["on_invalid"] = "raise"
        self._parser: Parser[Any] = Parser(target, **options)
        self._sheet = board.add_sheet("", self._parser, placeholder_of(target))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._head = ""
        self.over = False

    def feed(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk)
        if len(self._head) < _HEAD:
            self._head += text[:_HEAD]
        self._board.grow(self._sheet.text, text)
        try:
            events = self._parser.feed(chunk)
        except Exception as error:
            # A ParseError, or an exception from a validator. Either way the parser keeps it for the end.
            events = error.events if isinstance(error, ParseError) else ()
            self.over = True
        self._board.record(self._sheet, events)

    def end(self) -> Ending:
        outcome = self._parser.end()
        if not self.over:
            self._board.record(self._sheet, outcome.events)
        if not self._has_target and is_prose(outcome):
            return Ending(Exit.FAILED, "malformed", f"{_NO_JSON}{_guess(self._head)}")
        ending = _document_ending(outcome, self._parser.json, _guess(self._head))
        return told(ending, [outcome]) if self._is_lenient else ending


class MessageReader:
    """Reads one response of a model. If there are several choices, it shows and returns the first."""

    def __init__(
        self,
        board: Board,
        provider: str,
        output: Any = None,
        tools: Mapping[str, Any] | None = None,
        stop_early: bool = False,
        lenient: Lenient | None = None,
    ) -> None:
        self._board = board
        self._early = EarlyStop(stop_early)
        self._tools = tools or {}
        self._placeholder = placeholder_of(output)
        # Without a model, the text may be JSON or prose; only reading it shows which.
        self._expected = output is not None
        self._is_lenient = lenient is not None
        self._message = MessageParser(
            provider, tools=self._tools, output=output if self._expected else Any, lenient=lenient or False
        )
        self._sheets: dict[int, Sheet] = {}
        self._texts: dict[int, Text] = {}
        self._raised: Exception | None = None
        self.over = False
        if self._expected:
            self._sheet_of(self._message.output)

    def feed(self, chunk: bytes) -> None:
        try:
            updates = self._message.feed_bytes(chunk)
        except Exception as error:
            self._raised = error
            self.over = True
            return
        self._early.look(update for update in updates if isinstance(update, DocumentProgress) and update.choice == 0)
        self.over = self.over or self._early.is_over
        for update in updates:
            match update:
                case BlockStarted(choice=0, block=block):
                    started = self._message.blocks[block]
                    if isinstance(started, Call):
                        self._sheet_of(started)
                case TextDelta(choice=0, block=block, kind=kind, text=text) if kind != "text":
                    self._board.grow(self._text_of(block, kind), text)
                case DocumentProgress(choice=0):
                    self._progress(update)
                case MessageEnded() | MessageFailed():
                    self.over = True

    def _progress(self, update: DocumentProgress) -> None:
        document = self._message.document_of(update)
        if isinstance(document, Call):
            sheet = self._sheet_of(document)
            sheet.name = sheet.text.kind = printable(document.name)
        elif self._expected or (document.json is not MISSING and not document.is_prose):
            sheet = self._sheet_of(document)
        else:
            # No JSON so far: only white space, or prose.
            if document.error is not None or self._is_lenient:
                self._board.grow(self._text_of(update.block, "text"), update.text)
            return
        self._board.grow(sheet.text, update.text)
        self._board.record(sheet, update.events)

    def _sheet_of(self, document: Any) -> Sheet:
        sheet = self._sheets.get(id(document))
        if sheet is None:
            if isinstance(document, Call):
                name, placeholder = printable(document.name), placeholder_of(self._tools.get(document.name))
            else:
                name, placeholder = "", self._placeholder
            sheet = self._sheets[id(document)] = self._board.add_sheet(name, document, placeholder)
        return sheet

    def _text_of(self, block: int, kind: str) -> Text:
        if block not in self._texts:
            self._texts[block] = Text(kind)
        return self._texts[block]

    def end(self) -> Ending:
        ending = self._ended()
        if not self._is_lenient:
            return ending
        documents = [*self._own_calls(), self._message.output]
        outcomes = [each.outcome for each in documents if each.outcome is not None and not self._is_prose(each)]
        return told(ending, outcomes)

    def _is_prose(self, document: Document) -> bool:
        return not self._expected and document.is_prose

    def _ended(self) -> Ending:
        end = self._message.end()
        if self._raised is not None:
            return Ending(Exit.INVALID, "invalid", one_line(self._raised), self._json())
        if self._early.is_over and self._early.stopped is not None:
            return self._stopped(self._early.stopped)
        if end.error is not None:
            return Ending(Exit.FAILED, "error", f"{one_line(end.error)}{self._kept()}", self._json())
        if end.reason not in ("complete", "tool_calls"):
            return self._cut(end)
        calls = self._own_calls()
        for call in calls:
            if not isinstance(call.outcome, Complete):
                return self._at_call(call)
        if calls:
            names = ", ".join(printable(call.name) for call in calls)
            return Ending(Exit.COMPLETE, "complete", f"{plural(len(calls), 'tool call')} ready, {names}", self._json())
        output = self._message.output
        if self._is_prose(output):
            return Ending(Exit.FAILED, "malformed", f"{_NO_JSON}{self._guess()}")
        return _document_ending(output.end(), output.json, self._guess())

    def _stopped(self, stopped: Stopped) -> Ending:
        block = self._message.blocks[stopped.block] if stopped.block >= 0 else None
        name = printable(block.name) if isinstance(block, Call) else ""
        cause = stopped.cause
        if isinstance(cause, Violation):
            why = f"{json_path(cause.path)}: {printable(cause.msg)}"
        elif isinstance(cause, Invalid):
            why = f"{json_path(cause.path)}: {one_line(cause.error)}"
        else:
            why = one_line(cause)
        code = Exit.FAILED if isinstance(cause, ParseError) and not isinstance(cause, InvalidError) else Exit.INVALID
        return Ending(code, "stopped", f"{name} {why}".lstrip() + self._kept(), self._json())

    def _cut(self, end: MessageEnd) -> Ending:
        said = f" ({printable(end.raw)})" if end.raw else ""
        if end.reason == "disconnected":
            why = "the stream ended without the provider's last event"
        elif end.reason == "truncated":
            why = f"the answer stopped short{said}"
        else:
            why = f"the answer was {end.reason}{said}"
        return Ending(Exit.INCOMPLETE, end.reason, f"{why}{self._open()}{self._kept()}", self._json())

    def _open(self) -> str:
        """The places that were open, for the line."""
        places = [
            f"{printable(document.name)} {json_path(document.outcome.path)}"
            if isinstance(document, Call)
            else json_path(document.outcome.path)
            for document in (*self._own_calls(), self._message.output)
            if isinstance(document.outcome, Truncated) and document.json is not MISSING
        ]
        return f" inside {', '.join(places)}" if places else ""

    def _kept(self) -> str:
        count = self._board.completed
        return f"; {plural(count, 'value')} had completed" if count else ""

    def _at_call(self, call: Call) -> Ending:
        ending = _document_ending(call.end(), call.json, "")
        return Ending(ending.code, ending.word, f"{printable(call.name)}: {ending.why}", self._json())

    def _own_calls(self) -> list[Call]:
        return [call for call in self._message.calls if not call.server]

    def _guess(self) -> str:
        text = self._message.text.strip()
        output = self._message.output
        is_none = output.json is MISSING or self._is_prose(output)
        return f"; the text is {printable(text[:60])!r}" if text and is_none else ""

    def _json(self) -> Any:
        """The tool calls if there are any, else the structured output."""
        calls = self._own_calls()
        if not calls:
            return MISSING if self._is_prose(self._message.output) else self._message.output.json
        return [
            {"id": call.id, "name": call.name} | ({} if call.json is MISSING else {"arguments": call.json})
            for call in calls
        ]


def _document_ending(outcome: Outcome[Any], json: Any, guess: str) -> Ending:
    """How one document ended; ``guess`` says what it may be if it is not JSON."""
    if isinstance(outcome, Complete):
        return Ending(Exit.COMPLETE, "complete", _described(outcome.value), json)
    if isinstance(outcome, Truncated):
        where = f"inside {json_path(outcome.path)}" if json is not MISSING else "before any value began"
        done = f"; {plural(len(outcome.complete), 'part')} of it complete" if outcome.complete else ""
        return Ending(Exit.INCOMPLETE, "truncated", f"the stream ended {where}{done}", json)
    if isinstance(outcome.error, InvalidError):
        return Ending(Exit.INVALID, "stopped", one_line(outcome.error), json)
    if isinstance(outcome.error, ParseError):
        return Ending(Exit.FAILED, "malformed", f"{one_line(outcome.error)}{guess}", json)
    return Ending(Exit.INVALID, "invalid", one_line(outcome.error), json)


def told(ending: Ending, outcomes: Sequence[Outcome[Any]]) -> Ending:
    """The ending, with how much of the documents was mended."""
    if not outcomes:
        return ending
    mended = counted(
        sum(len(each.repairs) for each in outcomes),
        sum(len(each.coerced) for each in outcomes),
        sum(stretches(left_out(each)) for each in outcomes),
    )
    if not mended and ending.code != Exit.COMPLETE:
        return ending
    return replace(ending, why=f"{ending.why}; {mended or 'verbatim'}")


def _described(value: Any) -> str:
    """What the result is, in a word or two."""
    if hasattr(type(value), "model_fields"):
        return f"a valid {type(value).__name__}"
    return show(value, _HEAD)


def _guess(head: str) -> str:
    """What a text that is not JSON may be instead."""
    start = head.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<"):
        return "; it looks like HTML or XML"
    if start.startswith(("data:", "event:", ":", "id:", "retry:")):
        return "; it looks like server-sent events, name their format with --provider"
    if start.startswith("```"):
        return "; it begins with a Markdown fence"
    return ""


def one_line(error: BaseException) -> str:
    """An error without line breaks; pydantic's by its first few places."""
    errors: Any = getattr(error, "errors", None)
    if callable(errors):
        found: Any = errors()
        shown = [f"{json_path(one['loc'])}: {one['msg']}" for one in found[:_ERROR_LINES]]
        more = [f"and {len(found) - _ERROR_LINES} more"] if len(found) > _ERROR_LINES else []
        return printable("; ".join(shown + more))
    text = said_by(error).replace("\n", " ")
    path = getattr(error, "json_path", None)
    if isinstance(path, str):
        # One of jsonschema.
        text = f"{path}: {text}"
    elif not isinstance(error, (ParseError, ProviderError, StreamError)):
        text = f"a validator raised {type(error).__name__}: {text}"
    return printable(text)
