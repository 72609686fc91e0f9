"""From what a provider sends to typed values: bytes in, calls and output out.

The target of these contestants is the name of an API. A chunk is an event as it comes off the wire. Whoever gives typed
values must give the right ones; the others are checked by what their events say when they are put together here.

SDKs are real clients: requests go to a transport that answers from memory, through the HTTP library that the SDK is
built on, so building the request and the response is in their time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

from benchmarks.contestants.face import Chunk, Contestant, State, load
from benchmarks.workloads import TOOL, Order, Workload

MESSAGES = [{"role": "user", "content": "?"}]
URL = "http://provider.invalid/v1"


class ProviderContestant(Contestant):
    """What all of them have in common."""

    groups = frozenset(["provider"])
    modes = frozenset(["feed"])
    apis: ClassVar[frozenset[str]] = frozenset(["openai-chat", "openai-responses", "anthropic-messages", "gemini"])

    def prepare(self) -> None:
        self._message: Any = load("partialjson.messages").MessageParser

    @classmethod
    def takes(cls, workload: Workload) -> bool:
        return workload.group in cls.groups and workload.target in cls.apis

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def message(self, **options: Any) -> Any:
        """A fresh parser of this project for the API."""
        return self._message(self.target, **_targets(self.target), **options)

    def read_events(self, events: Iterable[Any]) -> Any:
        """What events say, typed."""
        message = self.message()
        for event in events:
            message.feed(event)
        return values(message)

    def plain(self, value: Any) -> Any:
        return [order.model_dump() for order in value]


def _targets(api: str) -> dict[str, Any]:
    # Gemini sends calls whole; what grows there is structured output.
    return {"output": Order} if api == "gemini" else {"tools": {TOOL: Order}}


def values(message: Any) -> list[Any]:
    """The typed values of a message that ended as it should; nothing of any other."""
    if message.end().reason not in ("tool_calls", "complete"):
        return []
    if message.api == "gemini":
        return [message.output.value]
    return [call.value for call in message.calls if call.ready]


class EventData(ProviderContestant):
    """The least that reading the events takes; it knows where they begin and end, and what for they are."""

    name = "json.loads of the events' data"
    distribution = ""
    one_shot = True

    def convert(self, text: str) -> Chunk:
        lines = (line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: "))
        return [line for line in lines if line != "[DONE]"]

    def once(self, chunk: Chunk) -> Any:
        loads = json.loads
        return [loads(data) for data in chunk]

    def plain(self, value: Any) -> Any:
        return super().plain(self.read_events(value))


class Message(ProviderContestant):
    name = "partialjson, bytes to typed values"
    distribution = "partialjson-live"

    def start(self) -> State:
        return self.message()

    def push(self, state: State) -> Any:
        return state.feed_bytes

    def finish(self, state: State) -> Any:
        return values(state)


class MessageTimed(Message):
    name = "partialjson, the same with timings="

    def prepare(self) -> None:
        super().prepare()
        self._timings: Any = load("partialjson.messages").Timings

    def start(self) -> State:
        return self.message(timings=self._timings())


class MessageInterpreted(Message):
    name = "partialjson, bytes to typed values, interpreted"
    worker = "interpreted"
    pure = True


class HttpxSse(ProviderContestant):
    name = "httpx-sse and json.loads"
    distribution = "httpx-sse"
    pure = True
    pulls = True
    caveat = "dicts of events, nothing put together"

    def prepare(self) -> None:
        super().prepare()
        self._http = load("httpx")
        self._source: Any = load("httpx_sse").EventSource

    def start(self) -> State:
        return SimpleNamespace(events=None)

    def begin_check(self, state: State) -> None:
        state.events = []

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        events = state.events
        loads = json.loads
        for event in self._source(_response(self._http, chunks)).iter_sse():
            data = event.data
            if data != "[DONE]":
                value = loads(data)
                if events is not None:
                    events.append(value)

    def finish(self, state: State) -> Any:
        return [] if state.events is None else self.read_events(state.events)


class SdkContestant(ProviderContestant):
    """Reads through the API's own SDK."""

    pulls = True

    def prepare(self) -> None:
        super().prepare()
        self._pieces: Iterable[Chunk] = ()
        make: Callable[[], Any] = {"anthropic-messages": self._anthropic, "gemini": self._google}.get(
            str(self.target), self._openai
        )
        self.client = make()

    def _answer(self, http: Any) -> Any:
        """A transport that answers every request with the pieces at hand."""
        return http.MockTransport(lambda request: _response(http, self._pieces))

    def _openai(self) -> Any:
        sdk = load("openai")
        http = _http_of(sdk)
        client = http.Client(transport=self._answer(http))
        return sdk.OpenAI(api_key="k", base_url=URL, max_retries=0, http_client=client)

    def _anthropic(self) -> Any:
        sdk = load("anthropic")
        http = _http_of(sdk)
        client = http.Client(transport=self._answer(http))
        return sdk.Anthropic(api_key="k", base_url=URL, max_retries=0, http_client=client)

    def _google(self) -> Any:
        sdk = load("google.genai")
        http = load("httpx")
        options = sdk.types.HttpOptions(httpx_client=http.Client(transport=self._answer(http)))
        return sdk.Client(api_key="k", http_options=options)

    def events(self) -> Iterator[Any]:
        """The SDK's own events of one response."""
        client = self.client
        if self.target == "openai-chat":
            return iter(client.chat.completions.create(model="m", messages=MESSAGES, stream=True))
        if self.target == "openai-responses":
            return iter(client.responses.create(model="m", input="?", stream=True))
        if self.target == "anthropic-messages":
            return iter(client.messages.create(model="m", max_tokens=9, messages=MESSAGES, stream=True))
        return iter(client.models.generate_content_stream(model="m", contents="?"))


class BareSdk(SdkContestant):
    name = "the SDK's events alone"
    distribution = ""
    caveat = "openai, anthropic, google-genai: objects made and dropped"

    def start(self) -> State:
        return SimpleNamespace(events=None)

    def begin_check(self, state: State) -> None:
        state.events = []

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        self._pieces = chunks
        events = state.events
        if events is not None:
            events.extend(self.events())
            return
        for _ in self.events():
            pass

    def finish(self, state: State) -> Any:
        return [] if state.events is None else self.read_events(state.events)


class MessageOfSdk(SdkContestant):
    name = "partialjson, the SDK's events to typed values"
    distribution = "partialjson-live"

    def start(self) -> State:
        return self.message()

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        self._pieces = chunks
        feed = state.feed
        for event in self.events():
            feed(event)

    def finish(self, state: State) -> Any:
        return values(state)


class SdkHelper(SdkContestant):
    """The helper that puts events together; what it gives is validated once, at the end."""

    name = "the SDK's helper"
    distribution = ""
    apis = frozenset(["openai-chat", "openai-responses", "anthropic-messages"])
    caveat = "validated at the end; google-genai has none"

    def start(self) -> State:
        return SimpleNamespace(texts=[])

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        self._pieces = chunks
        client = self.client
        if self.target == "openai-chat":
            with client.chat.completions.stream(model="m", messages=MESSAGES) as stream:
                calls = stream.get_final_completion().choices[0].message.tool_calls
            found = [Order.model_validate_json(call.function.arguments) for call in calls]
        elif self.target == "openai-responses":
            with client.responses.stream(model="m", input="?") as stream:
                items = stream.get_final_response().output
            found = [Order.model_validate_json(item.arguments) for item in items if item.type == "function_call"]
        else:
            with client.messages.stream(model="m", max_tokens=9, messages=MESSAGES) as stream:
                blocks = stream.get_final_message().content
            found = [Order.model_validate(block.input) for block in blocks if block.type == "tool_use"]
        state.values = found

    def finish(self, state: State) -> Any:
        return state.values


def _http_of(sdk: Any) -> Any:
    """The HTTP library that an SDK's client is made of."""
    return load(sdk.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])


def _response(http: Any, pieces: Iterable[bytes]) -> Any:
    """A response whose body comes in pieces."""
    return http.Response(200, headers={"content-type": "text/event-stream"}, content=iter(pieces))
