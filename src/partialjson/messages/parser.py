"""``MessageParser``: bytes or events in, updates out; see the package for how its parts stand in a row."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

from partialjson._core.parser import Parser
from partialjson.errors import ParseError
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.choice import Choice, Targets
from partialjson.messages.resumption import Resumption
from partialjson.messages.timings import Timings
from partialjson.messages.updates import (
    MessageEnd,
    MessageFailed,
    ProviderError,
    StreamError,
    Update,
)
from partialjson.options import DocumentOptions, refuse_unknown
from partialjson.resume import Mode
from partialjson.wire.apis import adapter_for, framings_of
from partialjson.wire.framing import Decoded, Detecting, Framing, FramingError, Item, framing_for, payload
from partialjson.wire.ops import (
    Attach,
    Begin,
    Close,
    End,
    Error,
    Identify,
    Info,
    Key,
    Open,
    Operation,
    Restate,
    Stop,
    Text,
    Usage,
    Value,
    Withdraw,
)
from partialjson.wire.sse import IncompleteBlock, SSEError, StrayLine

_EXCERPT = 200


class MessageOptions(DocumentOptions, total=False):
    """The keyword arguments of ``MessageParser``."""

    tools: Mapping[str, Any] | None
    output: Any
    timings: Timings | None


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
        api: the name of the wire format.
        id, model: as the provider gave them, "" until they came.
        usage: token counts in the provider's names; the last of each counts.
        choices: the alternatives, by index; the first always exists, and the message itself has its face.
        timings: what was given as ``timings=``, which notes when what came; None without it.

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
        timings: Timings | None = None,
        **options: Unpack[DocumentOptions],
    ) -> None:
        refuse_unknown("MessageParser", options, MessageOptions)
        self._adapter = adapter_for(api)
        self._targets = Targets(tools or {}, output, options)
        self.id = ""
        self.model = ""
        self.usage: dict[str, object] = {}
        self.api = api
        self.timings = timings
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
    def done(self) -> bool:
        """Whether the model has said its last word, or an error ended the message. What may still come of the body
        is the rest of the token counts, or another message."""
        stops = [choice._stop for choice in self.choices]
        return self._terminal or self._fatal or all(stop is not None and stop.terminal for stop in stops)

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
        stalled = None if self.timings is None else self.timings._arrived(len(raw))
        if self._broken:
            return stalled or []
        if self._framing is None:
            self._framing = framing_for(self._framings)
        try:
            self._items.extend(self._framing.decode(raw))
        except (SSEError, FramingError) as error:
            self._items.extend(error.events)
            self._work()
            if not self._terminal:
                self._fail(StreamError(str(error)))
        return self._drain() if stalled is None else self._observed(stalled)

    def feed(self, event: object) -> list[Update]:
        """The updates one decoded event brings: a mapping, an SDK's object, or ``"[DONE]"``.

        Raises:
            RuntimeError: the message has ended.
        """
        self._check_open()
        stalled = None if self.timings is None else self.timings._arrived(0)
        if not self._broken:
            self._operations.extend(self._adapter.feed(event))
        return self._drain() if stalled is None else self._observed(stalled)

    def _observed(self, stalled: list[Update]) -> list[Update]:
        """The updates of a chunk, noted by the timings, with their notices."""
        assert self.timings is not None
        return stalled + self.timings._observe(self._drain())

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

    def resume(self, document: Document | None = None, mode: Mode = "auto") -> Resumption:
        """Goes on with a document that was cut, by the text of another answer of the model.

        Ends the message if it has not ended. See ``Resumption``, and ``partialjson.resume`` for the modes.

        Args:
            document: a call or an output of this message; by default the last one that is open or broken.

        Raises:
            ValueError: there is no such document, the provider took the answer back, or a document cannot be continued.
        """
        self.end()
        return Resumption(self.choices, document, mode)

    def _hand_out(self) -> None:
        """The updates that no call of ``feed`` can return any more go with the end."""
        updates, self._updates = tuple(self._updates), []
        if self.timings is not None:
            updates = tuple(self.timings._observe(list(updates)))
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
            event = payload(data)
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
            event = payload(block.event.data.strip())
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


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…")
