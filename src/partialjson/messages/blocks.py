"""The parts of a message: blocks of text, and documents with a parser of their own.

Their methods and attributes are for readers. Only the functions at the end of this module change them, and only the
fold calls these, once for each update. (A name with an underscore is private to its module.)

**How a document is read.** It keeps its text as the provider sent it, and feeds its parser the JSON that the text
stands for: the text itself; the inside of a JSON string, if the tool takes free text; the JSON of a value, if the
arguments came parsed. As long as the tool is not known, the text waits. What the parser completes, and the error that
ends it, belong to the update that brought them: ``progress`` fills them in. An update that already has them, because it
is applied a second time elsewhere, gets the same again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from partialjson._core.expected import Expected
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.errors import ParseError, path_of
from partialjson.messages.targets import Targets
from partialjson.messages.updates import (
    BlockEnded,
    BlockStarted,
    CallIdentified,
    DocumentProgress,
    DocumentResumed,
    ExtraAttached,
)
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.repairs import Repair, RepairKind
from partialjson.resume import Continuation, Mode
from partialjson.wire.ops import Kind

if TYPE_CHECKING:
    from partialjson._core.tree import Status

# What lenient parsing leaves out around a document; what it leaves out inside is a repair.
_AROUND: Final = ("prose", "fence", "think", "tag", "document")
_OPENS: Final = re.compile(r"[{\[]")


class Growing:
    """Text that is collected in pieces and joined when somebody reads it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """The text so far, as it came. Empty if a document came already parsed."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""


class Block(Growing):
    """One block of a message.

    Attributes:
        choice, position: the index of its choice, and its position among the blocks there.
        kind: "text", "reasoning", "refusal", "call", "server_call" or "other".
        type: the provider's own word for it, such as "thinking" or "web_search_tool_result".
        index: the provider's number for it, None if it gives none.
        extra: what else came with it, by the provider's names: signature, citations, the content of a result.
        aside: whether it is a text that is not the answer, such as a commentary; it holds no structured output.
        paragraph: whether a blank line separates it from earlier texts of its kind when they are read as one.
        ended: whether the provider closed it.
        contradicted: whether text that was streamed no longer counts: the provider took it back, or it was read anew.
        guessed: whether its text could be read only by a guess at what the provider said more than once.
    """

    def __init__(self, started: BlockStarted) -> None:
        super().__init__()
        self.choice = started.choice
        self.position = started.block
        self.kind: Kind = started.kind
        self.type = started.type
        self.index = started.index
        self.extra: dict[str, Any] = {}
        self.aside = started.aside
        self.paragraph = started.paragraph
        self.ended = False
        self.contradicted = False
        self.guessed = False
        self._collected: set[str] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.kind} {self.text[:40]!r}>"


class Document(Growing):
    """A JSON document inside a message: a tool call's arguments, or the structured output."""

    def __init__(self, make_parser: Callable[[], Parser[Any]] | None = None) -> None:
        super().__init__()
        self._make_parser = make_parser
        self._parser: Parser[Any] | None = None if make_parser is None else make_parser()
        self._waiting: list[str] = []
        self._outcome: Outcome[Any] | None = None
        self._settled = False  # its message has ended
        self._continuation: Continuation[Any] | None = None  # what feeds the parser while the document is being resumed

    def __repr__(self) -> str:
        return f"<Document {self.status()} {self.text[:60]!r}>"

    @property
    def parser(self) -> Parser[Any] | None:
        """What reads the document: None as long as its tool is not known, another one where it is read anew. It is to
        be looked at, not to be fed."""
        return self._parser

    @property
    def json(self) -> Any:
        """The document so far as plain JSON values, MISSING before anything is visible."""
        return MISSING if self._parser is None else self._parser.json

    @property
    def value(self) -> Any:
        """The typed view of the document so far; the final, validated value once ``outcome`` is Complete."""
        if isinstance(self._outcome, Complete):
            return self._outcome.value
        return MISSING if self._parser is None else self._parser.value

    @property
    def done(self) -> bool:
        """Whether the root value has closed. It may still be invalid for its target: see ``outcome``."""
        return self._parser is not None and self._parser.done

    @property
    def unread(self) -> bool:
        """Whether text is waiting until its tool is known."""
        return bool(self._waiting)

    @property
    def outcome(self) -> Outcome[Any] | None:
        """Complete, Truncated or Failed; None while the document is open."""
        return self._outcome

    @property
    def error(self) -> BaseException | None:
        """Why the document failed or is incomplete, None otherwise."""
        return self._outcome.error if isinstance(self._outcome, (Failed, Truncated)) else None

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What lenient parsing has mended so far; see ``Parser.repairs``. Coercions are in the ``outcome``."""
        if self._outcome is not None:
            return self._outcome.repairs
        return () if self._parser is None else self._parser.repairs

    @property
    def ended_at(self) -> int:
        """Where in ``text`` the document ended after which lenient parsing has left out more; -1 if nowhere."""
        return -1 if self._parser is None else self._parser.ended_at

    @property
    def is_prose(self) -> bool:
        """Whether lenient parsing has found no JSON in its text, and read all of it as one string."""
        outcome = self._outcome
        if outcome is None or not outcome.repairs or not isinstance(self.json, str):
            return False
        return outcome.repairs[0].kind is RepairKind.UNQUOTED_TEXT

    def status(self, path: Sequence[str | int] = ()) -> Status:
        """ "missing", "partial", "complete" or "invalid" for the value at the path.

        Raises:
            TypeError: ``path`` is no list or tuple of keys and indexes.
        """
        place = path_of(path)
        return "missing" if self._parser is None else self._parser.status(place)

    @property
    def path(self) -> tuple[str | int, ...]:
        """The open path, of the value that is growing or expected next; see ``Parser.path``."""
        return () if self._parser is None else self._parser.path

    def expected(self) -> Expected:
        """What may come next; see ``Parser.expected``."""
        return Parser().expected() if self._parser is None else self._parser.expected()

    def deltas(self, since: int | None = None, *, raw: bool = False) -> list[dict[str, Any]]:
        """What changed in ``json`` since the last call, or since a sequence number; see ``Parser.deltas``."""
        return [] if self._parser is None else self._parser.deltas(since, raw=raw)

    def end(self, reason: str | None = None) -> Outcome[Any]:
        """Ends the document here and returns its outcome; further text for it is only kept in ``text``.

        The message ends its documents itself. Call this to give one up early; it is the only change that no update
        reports. Never raises.
        """
        if self._outcome is None and self._parser is None:
            self._begin()
            with suppress(Exception):
                self._read("")
        if self._outcome is None:
            assert self._parser is not None
            self._outcome = self._parser.end(reason)
        return self._outcome

    def _begin(self) -> None:
        self._parser = Parser() if self._make_parser is None else self._make_parser()

    def _read(self, source: str) -> tuple[Any, ...]:
        """The events that the JSON text completes, after what waited. A document that fails here keeps its error,
        unless a validator raised it: then the caller sees it, and the document ends."""
        if self._outcome is not None:
            return ()
        parser = self._parser
        if parser is None:
            if source:
                self._waiting.append(source)
            return ()
        if self._waiting:
            source = "".join([*self._waiting, source])
            self._waiting.clear()
        try:
            return parser.feed(source)
        except BaseException as error:
            return self._failed(parser, error)

    def _failed(self, parser: Parser[Any], error: BaseException) -> tuple[Any, ...]:
        """The events before the error with which the document fails. An error of a validator is raised again."""
        if isinstance(error, ParseError):
            self._outcome = Failed(error, parser.json, parser.value, None, error.events)
            return error.events
        self._outcome = Failed(error, parser.json, parser.value)
        raise error

    def _finish(self, reason: str) -> tuple[Any, ...]:
        """The events of the end. The end of the message records its reason where none is recorded yet; only the first
        does, if it ends again after a resumption."""
        first, self._settled = not self._settled, True
        events: tuple[Any, ...] = ()
        if self._outcome is None:
            if self._parser is None:
                self._begin()
            with suppress(Exception):
                events = self._read("")
        if self._outcome is None:
            return events + self.end(reason or None).events
        if first and reason and self._outcome.reason is None:
            self._outcome = replace(self._outcome, reason=reason)
        return events


class Call(Block, Document):
    """A tool call: a block, and the document of its arguments.

    Attributes:
        id, name: as the provider gave them, "" until they come.
        server: whether the provider runs the tool itself.
        free: whether the tool takes free text instead of JSON; its document is then one string, which ends where
            the provider closes the call.
        withdrawn: whether the provider withdrew it.
        held: what it waits for before it may be run, such as "confirmation"; "" if nothing.
    """

    def __init__(self, started: BlockStarted, targets: Targets) -> None:
        super().__init__(started)  # which begins the document, too
        self.id = started.call_id
        self.name = started.name
        self.free = started.free
        self.withdrawn = False
        self.held = ""
        self._doubtful = False  # a fragment came that could belong to it
        self._targets = targets
        self._begin_if_known()

    def __repr__(self) -> str:
        return f"<Call {self.name}({self.text[:60]}) {'ready' if self.ready else 'not ready'}>"

    @property
    def server(self) -> bool:
        return self.kind == "server_call"

    @property
    def ready(self) -> bool:
        """Whether this call may be run now: it is the caller's to run, it has a name, its arguments are complete and
        valid, it waits for nothing, no fragment came that belongs to no known call, and the message was not refused or
        filtered. False while anything is unfinished. If its arguments were read leniently, they must have been JSON as
        they stood, or ``ready_if`` allows that they were mended."""
        outcome = self._outcome
        return (
            self.kind == "call"
            and isinstance(outcome, Complete)
            and bool(self.name)
            and not (self.withdrawn or self.held or self._doubtful)
            and self._allows(outcome)
        )

    def _allows(self, outcome: Complete[Any]) -> bool:
        """May the call be run although its arguments were read leniently?"""
        if outcome.verbatim and not outcome.skipped:
            return True
        if self._targets.ready_if != "repaired":
            return False
        # What was left out beside the arguments must not look like other arguments.
        text = self.text
        around = [span for span in outcome.skipped if span.kind in _AROUND]
        return not any(span.end > len(text) or _OPENS.search(text, span.start, span.end) for span in around)

    def _begin_if_known(self) -> None:
        """Arguments are not parsed before their tool is known, if that matters."""
        if self._parser is None and (self.name or not self._targets.tools):
            self._begin()

    def _begin(self) -> None:
        self._parser = self._targets.tool(self.name, self.free)
        if self.free:
            self._parser.feed('"')


# What the fold does


def grow(block: Block, text: str) -> None:
    block._pieces.append(text)


def attach(block: Block, update: ExtraAttached) -> None:
    name, extra = update.name, block.extra
    if not update.append:
        extra[name] = update.value
        return
    if name not in block._collected:
        # A list of our own, since the value may belong to the event that it came with.
        block._collected.add(name)
        old = extra.get(name)
        extra[name] = list(old) if isinstance(old, (list, tuple)) else [] if old is None else [old]
    extra[name].append(update.value)


def identify(call: Call, update: CallIdentified) -> None:
    """Text that was waiting is read with the next progress."""
    if update.name != call.name and not call._pieces and call._outcome is None and not call.done:
        call._parser = None  # the name came in pieces, and another one decides how arguments are read
    call.name = update.name
    call.id = update.call_id
    call._begin_if_known()


def doubt(call: Call) -> None:
    """A fragment came that may belong to this call."""
    call._doubtful = True


def restart(block: Block) -> None:
    """The block's text no longer counts."""
    block.contradicted = True
    block._pieces = []
    if isinstance(block, Call) and _forget(block):
        block._begin_if_known()


def restart_output(document: Document) -> None:
    document._pieces = []
    if _forget(document):
        document._begin()


def _forget(document: Document) -> bool:
    """Whether the document can be read again: one that was ended stays as it is, one that failed gets a new chance."""
    if not (document._outcome is None or isinstance(document._outcome, Failed)):
        return False
    document._outcome = document._parser = None
    document._waiting = []
    return True


def end_block(block: Block, update: BlockEnded) -> None:
    """If the root has closed, the outcome is known; otherwise it has to wait for the end of the message."""
    block.ended = True
    if isinstance(block, Call):
        if block.done:
            block.end()
        elif update.cut and block.free:
            block.end("truncated")


def progress(document: Document, update: DocumentProgress) -> DocumentProgress:
    """Reads the content of the update; returns the update to report, with the results filled in.

    Raises:
        Exception: from a validator, unless the update has it already.
    """
    text, source = update.text, update.source
    if text:
        document._pieces.append(text)
    running = document._outcome is None
    events: tuple[Any, ...] = ()
    interrupted = False
    if running and source is None and update.ends is None and update.error is None and document._continuation is None:
        # It goes on, as nearly always.
        parser = document._parser
        if parser is None or document._waiting:
            events = document._read(text)
        else:
            try:
                events = parser.feed(text)
            except BaseException as raised:
                events = document._failed(parser, raised)
        if document._outcome is None and not (isinstance(document, Call) and document.ended):
            return DocumentProgress(update.choice, update.block, update.kind, text, events) if events else update
    elif document._continuation is not None:
        events = update.events  # they were read where the answer was joined
    elif running:
        try:
            events = document._read(text if source is None else source)
        except Exception:
            if update.error is None and update.ends is None:
                raise
            interrupted = True
    if update.ends is not None:
        document._continuation = None
        events += document._finish(update.ends)
    elif isinstance(document, Call) and document.ended and document.done and not document._settled and not interrupted:
        document.end()  # which says what is wrong with it, if anything is
    elif update.error is not None and document._outcome is None:
        document._continuation = None
        document._outcome = Failed(update.error, document.json, document.value, None, update.events)
    error = document.error if running else None
    if not events and error is None:
        return update
    return DocumentProgress(update.choice, update.block, update.kind, text, events, error, source, update.ends)


def finish(document: Document, reason: str) -> None:
    """The message of the document has ended."""
    document._finish(reason)


def continuation(document: Document, mode: Mode) -> Continuation[Any]:
    """The continuation of the document after it was cut off.

    Raises:
        ValueError: it cannot be continued.
    """
    parser, text = document._parser, document.text
    assert parser is not None
    if isinstance(document._outcome, Truncated):
        text = text[: parser.pos]  # what came after the document was given up
    return Continuation(parser, text, mode=mode)


def drive(document: Document, rest: Continuation[Any]) -> None:
    """From now on the continuation feeds the document's parser, and updates report what it has read."""
    document._continuation = rest


def resume(document: Document, update: DocumentResumed) -> None:
    """The document continues. Its parser is the one that it had or, if that had failed, a new one that shows the
    same."""
    rest = document._continuation
    document._parser = continuation(document, "exact").parser if rest is None else rest.parser
    document._pieces = [update.prefix]
    document._waiting = []
    document._outcome = None


def shorten(block: Block, text: str) -> None:
    """The block of a resumed output drops the token that was cut."""
    block._pieces = [text]
