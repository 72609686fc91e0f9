"""``MessageParser``: bytes or events in, updates out; see the package for its stages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, Unpack
from weakref import ref

from partialjson._core.parser import Parser
from partialjson.errors import ParseError
from partialjson.limits import DEFAULT
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.dispatch import Dispatcher
from partialjson.messages.fold import Choice, MessageState
from partialjson.messages.resumption import Resumption
from partialjson.messages.strangers import KEPT, described, excerpt, understood
from partialjson.messages.targets import ReadyIf, Tools, kinds_in
from partialjson.messages.timings import Timings
from partialjson.messages.updates import (
    DocumentProgress,
    DocumentResumed,
    MessageEnd,
    MessageEnded,
    StreamError,
    Update,
)
from partialjson.options import DocumentOptions, refuse_unknown
from partialjson.resume import Mode
from partialjson.wire import ops
from partialjson.wire.apis import ApiName, adapter_for, api_named, errors_in, framings_of
from partialjson.wire.framing import Decoded, Detecting, Framing, FramingError, Item, framing_for, payload
from partialjson.wire.sse import IncompleteBlock, SSEError, SSEEvent, StrayLine
from partialjson.wire.text_calls import TextCalls, TextCallStyle, styles_of
from partialjson.wire.tools import tool_targets

_EXCERPT: Final = 200

# How the text of a body begins, or of one of its events. No decoded event does.
_OF_BODIES: Final = ("data:", "event:", '{"')


class OtherOptions(DocumentOptions, total=False):
    """The keyword arguments of ``MessageParser`` but ``output``."""

    tools: Tools
    timings: Timings | None
    text_calls: bool | TextCallStyle | Collection[TextCallStyle]
    ready_if: ReadyIf


class MessageOptions(OtherOptions, total=False):
    """The keyword arguments of ``MessageParser``."""

    output: Any


class MessageParser:
    """Parses one response of a model while it streams.

    ``api`` names the wire format (``partialjson.providers.PROVIDERS``). ``tools`` maps tool names to targets
    of ``Parser``, or is the list of tools as it was sent in the request; the arguments of other tools become
    plain JSON values. ``output`` is the target of structured output, or what the request says about its
    format, ``typing.Any`` for plain JSON values; without it the text is not parsed. A mapping or a bool as a
    target is a JSON Schema. The other options are those of ``Parser`` and go to every document; those that
    concern targets go to documents with one.

    ``text_calls`` reads tool calls that the model writes into its text: "hermes", "llama", "mistral", "qwen-xml",
    "glm", "deepseek", several of them, or True for all; see ``partialjson.wire.text_calls``. Such calls are like any
    others.

    ``lenient=True``, or a ``Lenient``, reads arguments and structured output that are broken, in fences, or after prose
    and thoughts. A call is ``ready`` only if nothing of its arguments was mended, read in another form or left out;
    with ``ready_if="repaired"`` also if something was. ``call.repairs`` tells what.

    Feed it either the body (``feed_bytes``) or decoded events (``feed``), then call ``end()``.

        m = MessageParser("openai-chat", tools={"get_weather": Weather})
        for chunk in body:
            for update in m.feed_bytes(chunk):
                ...
        if m.end().reason == "tool_calls":
            run(call for call in m.calls if call.ready)

    Attributes:
        api: the name of the wire format.
        state: the message so far as a fold of its updates; what is asked of the parser is asked of it.
        timings: the ``Timings`` that was passed, which records when things came; None without one.

    Raises:
        ValueError: the API, a style of ``text_calls`` or ``ready_if`` is not known; the message lists those that are.
        TypeError, pydantic.errors.PydanticUserError, jsonschema.SchemaError: what ``Parser`` raises for a target that
            it does not accept; a TypeError also for a list of tools that is none.
    """

    def __init__(
        self,
        api: ApiName | str,
        *,
        tools: Tools = None,
        output: Any = None,
        timings: Timings | None = None,
        text_calls: bool | TextCallStyle | Collection[TextCallStyle] = False,
        ready_if: ReadyIf = "verbatim",
        **options: Unpack[DocumentOptions],
    ) -> None:
        refuse_unknown("MessageParser", options, MessageOptions)
        styles = styles_of(text_calls)
        tools = tool_targets(tools)
        self._adapter = adapter_for(api, tools)
        self.state = MessageState(tools=tools, output=output, on_end=_ends(self), ready_if=ready_if, **options)
        self.api = api
        self.timings = timings
        limits = options.get("limits") or DEFAULT
        self._dispatcher = Dispatcher(self.state, limits)
        self._text_calls = TextCalls(styles, tools, limits.text, kinds_in(tools)) if styles else None
        self._framings = framings_of(api)
        self._framing: Framing | None = None  # made when bytes come: events may come without any
        # What is being handled; an exception from a validator interrupts it, and the next call goes on with it.
        self._items: Iterator[Item] | None = None
        self._operations: Iterator[ops.Operation] | None = None
        self._events = 0
        self._heard = False  # an event was understood
        self._strange: list[tuple[object, str, object]] = []  # the first events until then: with name, and text if any
        self._stray: str | None = None
        self._bare: Parser[Any] | None = None
        self._bare_text = ""
        self._busy = False
        self._ended = False
        self._has_events = False

    def __repr__(self) -> str:
        count = len(self.blocks)
        life = "ended" if self._ended else "done" if self.done else "open"
        return f"<MessageParser {self.api}, {life}, {count} block{'' if count == 1 else 's'}>"

    @property
    def done(self) -> bool:
        """Whether the model has finished, or an error ended the message. The body may still bring the rest of the token
        counts, or another message."""
        return self._dispatcher.done

    @property
    def terminal(self) -> bool:
        """Whether the terminal event of the stream has come, after which nothing counts but another message."""
        return self._dispatcher.terminal

    @property
    def id(self) -> str:
        """As the provider gave it, "" until it came."""
        return self.state.id

    @property
    def model(self) -> str:
        """As the provider gave it, "" until it came."""
        return self.state.model

    @property
    def usage(self) -> dict[str, object]:
        """Token counts in the provider's names; the last of each counts."""
        return self.state.usage

    @property
    def unread(self) -> dict[tuple[ops.UnreadKind, str], int]:
        """How often something came that was not understood, by its kind ("event", "block", "delta" or "field") and the
        provider's name for it. At most about a hundred names are kept apart."""
        return self.state.unread

    @property
    def choices(self) -> list[Choice]:
        """The alternatives, by index; there is always one, and the message itself has the face of the first."""
        return self.state.choices

    @property
    def blocks(self) -> list[Block]:
        """All blocks of the first choice, in order."""
        return self.state.blocks

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in the order in which they began."""
        return self.state.calls

    @property
    def output(self) -> Document:
        """The structured output; see ``Choice.output``."""
        return self.state.output

    @property
    def text(self) -> str:
        """The visible text so far."""
        return self.state.text

    @property
    def reasoning(self) -> str:
        """The reasoning so far, if the provider shows it."""
        return self.state.reasoning

    @property
    def refusal(self) -> str:
        """The refusal so far, if the provider sends it separately from the text."""
        return self.state.refusal

    def document_of(self, update: DocumentProgress | DocumentResumed) -> Document:
        """The document that the update speaks of, as it is now: a call, or the output."""
        return self.state.document_of(update)

    def feed_bytes(self, raw: bytes | str) -> list[Update]:
        """The updates from the next chunk of the response's body, cut anywhere.

        For a WebSocket, feed the frames as they come, text or binary.

        Raises:
            RuntimeError: the message has ended, or this is called while a validator runs inside another call.
            TypeError: ``bytes`` and ``str`` were mixed.
            ImportError: the framing needs a package that is not installed.
        """
        if self._ended or self._busy:
            self._begin_work()
        self._busy = True
        dispatcher = self._dispatcher
        try:
            stalled = None if self.timings is None else self.timings.arrived(len(raw))
            if dispatcher.broken:
                return stalled or []
            if self._framing is None:
                self._framing = framing_for(self._framings)
            try:
                items: Iterable[Item] = self._framing.decode(raw)
            except (SSEError, FramingError) as error:
                self._work(error.events)
                self._fail(StreamError(str(error), code=error.code))
            else:
                self._work(items)
        finally:
            self._busy = False
        return dispatcher.take() if stalled is None else self._observed(stalled)

    def feed(self, event: object) -> list[Update]:
        """The updates from one decoded event: a mapping, an SDK's object, or ``"[DONE]"``.

        Raises:
            RuntimeError: as ``feed_bytes``.
            TypeError: the first is bytes, or text that is plainly a piece of a body: those are for ``feed_bytes``.
        """
        if not self._has_events:
            _refuse_body(event)
            self._has_events = True
        self._begin_work()
        try:
            stalled = None if self.timings is None else self.timings.arrived(0)
            if not self._dispatcher.broken:
                if self._interrupted:
                    self._work(())
                self._apply(self._translated(event))
        finally:
            self._busy = False
        return self._dispatcher.take() if stalled is None else self._observed(stalled)

    def _observed(self, stalled: list[Update]) -> list[Update]:
        """The updates of a chunk, noted by the timings, with their notices."""
        assert self.timings is not None
        updates = self.timings.observe(self._dispatcher.take(), self.state)
        return stalled + updates if stalled else updates

    def end(self) -> MessageEnd:
        """Ends the message and returns how it ended. Never raises for the content; later calls return the same.

        Without the terminal event the reason is "disconnected", however complete the rest looks. If only the blank line
        after the last event is missing, the event counts if it is the terminal one.
        """
        if not self._ended:
            self._begin_work()
            self._ended = True
            try:
                self._finish()
            finally:
                self._busy = False
        end = self.state.first.ending
        assert end is not None
        return end

    def _finish(self) -> None:
        if self._interrupted:
            self._work_off()
        incomplete = None if self._dispatcher.broken or self._framing is None else self._framing.close()
        try:
            if incomplete is not None and self._recover(incomplete):
                incomplete = None
            if not self._events and self._stray is not None and self.state.error is None:
                self._refuse_stray(self._stray)
            if not self._heard and self._strange and self.state.error is None:
                self._refuse_strangers()
            if self._text_calls is not None:
                self._work_off(operations=self._text_calls.end())
        finally:
            self._dispatcher.settle(incomplete)
            self._hand_out()

    def resume(self, document: Document | None = None, mode: Mode = "auto") -> Resumption:
        """Continues a document that was cut off, with the text of another answer of the model.

        Ends the message if it has not ended. See ``Resumption``, and ``partialjson.resume`` for the modes.

        Args:
            document: a call or an output of this message; by default the last one that is open or broken.

        Raises:
            ValueError: there is no such document, the provider withdrew the answer, or the document cannot be
            continued.
        """
        self.end()
        return Resumption(self.state, document, mode)

    def withdraw(self, call: Call) -> list[Update]:
        """Takes a call back, as a provider does: it is never ready from then on. The updates that tell it; empty where
        it was taken back before."""
        self._dispatcher.withdraw(call)
        return self._dispatcher.take()

    def _hand_out(self) -> None:
        """Updates that no call of ``feed`` can return any more go with the end."""
        updates = self._dispatcher.take()
        if self.timings is not None:
            updates = self.timings.observe(updates, self.state)
        first = self.state.first
        if first.ending is not None and updates:
            self.state.apply(MessageEnded(first.index, first.ending.bringing(updates)))

    def _begin_work(self) -> None:
        if self._ended:
            raise RuntimeError("the message has ended")
        if self._busy:
            raise RuntimeError("the message is being fed: do not feed or end it from inside a validator")
        self._busy = True

    @property
    def _interrupted(self) -> bool:
        """Whether an exception from a validator has left something to be handled."""
        return self._operations is not None or self._items is not None

    def _apply(self, operations: Iterable[ops.Operation]) -> None:
        self._operations = remaining = iter(operations)
        self._dispatcher.run(remaining)
        self._operations = None

    def _work(self, items: Iterable[Item]) -> None:
        """Handles the items, one thing at a time, after what an exception from a validator has left."""
        if self._operations is not None:
            self._apply(self._operations)
        if self._items is not None:
            items = [*self._items, *items]
        elif not items:
            return
        self._items = remaining = iter(items)
        run = self._dispatcher.run
        for item in remaining:
            self._operations = operations = iter(self._read(item))
            run(operations)
        self._operations = self._items = None

    def _work_off(self, items: Sequence[Item] = (), operations: Sequence[ops.Operation] = ()) -> None:
        """The same, at the end, where what a validator raises is its document's error and nothing else."""
        self._operations = iter([*(self._operations or ()), *operations])
        self._items = iter([*(self._items or ()), *items])
        while self._interrupted:
            with suppress(Exception):
                self._work(())

    def _translated(self, event: object, name: str = "", text: object = None) -> Sequence[ops.Operation]:
        """The operations of an event; ``text`` is what it was parsed from, if that is known."""
        try:
            operations = self._adapter.feed(event, name)
        except RecursionError:
            self._fail(StreamError("an event is nested too deeply to be read", code="limit"))
            return ()
        if not self._heard:
            self._listen(event, name, text, operations)
        return operations if self._text_calls is None else self._text_calls.translate(operations)

    def _listen(self, event: object, name: str, text: object, operations: Sequence[ops.Operation]) -> None:
        """Keeps the first events until one is understood. The end mark of a body is that of many APIs, so it makes
        none of the events before it understood."""
        if event == ops.DONE:
            if self._strange:
                self._refuse_strangers()
        elif understood(operations):
            self._heard = True
            self._strange = []
        elif len(self._strange) < KEPT:
            self._strange.append((event, name, event if text is None else text))

    def _read(self, item: Item) -> Iterable[ops.Operation]:
        """What an item of the body comes to."""
        if self._dispatcher.broken:
            return ()
        if type(item) is not SSEEvent:
            return self._read_other(item)
        self._events += 1
        self._bare = None
        data = item.data.strip()
        if not data:
            return ()
        try:
            event = payload(data)
            operations = self._adapter.feed(event, item.event)
        except (ValueError, RecursionError) as error:
            return self._read_no_json(item, data, error)
        if not self._heard:
            self._listen(event, item.event, data, operations)
        return operations if self._text_calls is None else self._text_calls.translate(operations)

    def _read_other(self, item: Item) -> Iterable[ops.Operation]:
        if isinstance(item, Decoded):
            return self._translated(item.event, item.name)
        assert isinstance(item, StrayLine)
        return self._read_stray(item.text)

    def _read_no_json(self, item: SSEEvent, data: str, error: Exception) -> Sequence[ops.Operation]:
        if not api_named(self.api).names_event(item.event):
            return (ops.Unread("event", item.event),)  # a proxy's heartbeat, say
        msg = f"the data of event {self._events} is not JSON ({error}): {excerpt(data)}"
        self._fail(StreamError(msg, code="payload"))
        return ()

    def _read_stray(self, line: str) -> Iterable[ops.Operation]:
        """A line that does not belong to an event stream: perhaps an HTML page or a JSON body, which servers send for
        errors."""
        if self.terminal:
            return ()
        if self._stray is None:
            self._stray = line
        # llama.cpp and servers built on it send errors as a field of their own.
        line = line.removeprefix("error:").lstrip()
        start = line[:1]
        if start == "<" and not self._events and self._bare is None:
            self._fail(StreamError(f"the body is HTML or XML, not an event stream: {excerpt(line)}", code="html"))
            return ()
        if self._bare is None:
            if start not in ("{", "["):
                return ()
            self._bare = Parser()
            self._bare_text = line
        elif len(self._bare_text) < _EXCERPT:
            self._bare_text += "\n" + line
        try:
            self._bare.feed(line + "\n")
        except ParseError:
            self._bare = None
            return ()
        if not self._bare.done:
            return ()
        body, self._bare = self._bare.json, None
        return self._read_body(body, self._bare_text)

    def _read_body(self, body: object, text: str) -> Iterable[ops.Operation]:
        """A JSON value outside any event: an error of the API, or no stream at all."""
        errors = errors_in(self.api, body)
        if not errors and not self._events:
            self._refuse_plain(body, text)
        return errors

    def _refuse_plain(self, body: object, text: object) -> None:
        self._fail(StreamError(f"the body is plain JSON, not an event stream: {excerpt(text)}", body, "json"))

    def _refuse_stray(self, line: str) -> None:
        self._fail(StreamError(f"the body is not an event stream: {excerpt(line)}"))

    def _refuse_strangers(self) -> None:
        """No event was understood. If there is nothing strange about them, such as heartbeats, that is no error."""
        first, _, text = self._strange[0]
        if self._events == 1 and self._takes_plain_bodies():
            self._refuse_plain(first, text)
            return
        hint = described(self.api, [(event, name) for event, name, _ in self._strange])
        if hint is None and not any(kind == "event" for kind, _ in self.state.unread):
            return
        told = [f"no event was understood as one of {self.api}; the first is {excerpt(text)}"]
        self._fail(StreamError(". ".join([*told, hint] if hint else told), code="api"))

    def _takes_plain_bodies(self) -> bool:
        """Whether the body is framed so that a plain JSON body looks like one event."""
        framing = self._framing
        return self._framings == ("ndjson",) or (isinstance(framing, Detecting) and framing.name == "json-frames")

    def _fail(self, error: StreamError) -> None:
        """The rest of the body cannot be trusted. After the terminal event that is no error of the message."""
        if self.terminal:
            self._dispatcher.broken = True
        else:
            self._dispatcher.break_off(error)

    def _recover(self, block: IncompleteBlock) -> bool:
        """Whether the block without its blank line counts after all: an error body, or the complete terminal event."""
        if block.stray:
            self._work_off((StrayLine(block.line),))
        error = self.state.error
        if not self._events and error is None and self._stray is not None:
            return False
        if block.event is None or error is not None:
            return False
        try:
            event = payload(block.event.data.strip())
        except (ValueError, RecursionError):
            return False
        operations = self._translated(event, block.event.event, block.event.data)
        if not understood(operations) and not self._events and self._takes_plain_bodies():
            self._refuse_plain(event, block.event.data)
        if not any(map(_is_last, operations)):
            return False
        self._work_off(operations=operations)
        return True


def _ends(message: MessageParser) -> Callable[[], object]:
    """Ends the message, if it is still there. Its choices do not hold it, so that dropping it frees all at once."""
    reference = ref(message)

    def end() -> None:
        there = reference()
        if there is not None:
            there.end()

    return end


def _is_last(op: ops.Operation) -> bool:
    return isinstance(op, (ops.End, ops.Error)) or (isinstance(op, ops.Stop) and op.terminal)


def _refuse_body(event: object) -> None:
    if isinstance(event, (bytes, bytearray, memoryview)) or (isinstance(event, str) and event.startswith(_OF_BODIES)):
        kind = type(event).__name__
        raise TypeError(f"feed takes one decoded event, not {kind}; feed_bytes takes the body as it comes")
