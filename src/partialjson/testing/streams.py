"""Strategies for what a model says, and for the wire bytes that say it, in the format of any API: ``provider_streams``.

A stream is made in three steps. ``sayings`` draws what is said (``Said``: texts, reasoning, calls, why it ends) as far
as the API can say it. ``bodies`` tells it in the API's events, the fragments of parallel calls interleaved. Then come
the *habits*: what servers and proxies add or leave out, which changes nothing of what is said. Habits of events are
those of one API (a role in each chunk, a call's id with each fragment), habits of framing those of its framing (pings
as comments, CRLF, a byte order mark, JSON over several data lines). Each habit is labelled.

A stream may also *end* in another way: with an error that the provider reports, or cut anywhere, as by a lost
connection. Then its beginning is that of the whole one, which it carries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Final, Literal

from partialjson.testing.bodies import (
    APIS,
    WITHOUT_CALLS,
    WITHOUT_FILTER,
    WITHOUT_PIECES,
    WITHOUT_REASONING,
    Said,
    Say,
    array,
    body,
    events,
)
from partialjson.testing.drawing import check_words, named, refuse, st
from partialjson.testing.texts import documents

__all__ = ["ENDINGS", "HABITS", "ProviderStream", "habits_of", "provider_streams", "sayings"]

Ending = Literal["whole", "error", "cut"]
ENDINGS: Final = ("whole", "error", "cut")

Event = dict[str, Any]


class ProviderStream(bytes):
    """The body of a response: ``bytes`` as they come off the wire.

    Attributes:
        api: the name of its API.
        said: what it says, all of it, even if the body is cut or ends with an error.
        habits: the labels of what was added or left out.
        ending: "whole", "error" or "cut".
        whole: the body as it would be if it were not cut.
    """

    api: str
    said: Said
    habits: tuple[str, ...]
    ending: str
    whole: bytes

    def __new__(
        cls,
        body: bytes = b"",
        api: str = "",
        said: Said = Said(),  # noqa: B008 - immutable
        habits: tuple[str, ...] = (),
        ending: str = "whole",
        whole: bytes | None = None,
    ) -> ProviderStream:
        made = super().__new__(cls, body)
        made.api = api
        made.said = said
        made.habits = habits
        made.ending = ending
        made.whole = body if whole is None else whole
        return made

    def __repr__(self) -> str:
        whole = f", {self.whole!r}" if self.ending == "cut" else ""
        return f"ProviderStream({bytes(self)!r}, {self.api!r}, {self.said!r}, {self.habits!r}, {self.ending!r}{whole})"


# What is said


def sayings(api: str, *, calls: bool | None = None, reasons: Collection[str] | None = None) -> st.SearchStrategy[Said]:
    """What a model may say over an API: texts, reasoning and calls in pieces, and why it stops.

    Args:
        api: its name, of ``partialjson.providers.PROVIDERS``.
        calls: must there be tool calls, or must there be none? None for either.
        reasons: why it may stop: "complete", "tool_calls", "truncated", "filtered"; None for all that the API has.

    Raises:
        InvalidArgument: there is no such API; or it has no calls, or no such reason.
    """
    _check_api("sayings()", api)
    can_call = api not in WITHOUT_CALLS
    if calls and not can_call:
        refuse("sayings()", f"{api} has no tool calls")
    known = ["complete", "tool_calls", "truncated", "filtered"]
    if api in WITHOUT_FILTER:
        known.remove("filtered")
    if not can_call:
        known.remove("tool_calls")
    given = known if reasons is None else list(check_words("sayings()", "reasons", reasons, known))
    arguments = {} if calls is None else {"calls": calls}
    return named(
        "sayings", _sayings(api, can_call if calls is None else calls, bool(calls), given), api=api, **arguments
    )


def _check_api(function: str, api: Any) -> None:
    if api not in APIS:
        refuse(function, f"there is no API {api!r}; the APIs are {', '.join(APIS)}")


_PROSE = st.text(
    st.one_of(st.sampled_from('ab \n"{}é日😀'), st.characters(exclude_categories=["Cs", "Cc"])), min_size=1
)
_NAMES = st.sampled_from(("get_weather", "now", "search"))


@st.composite
def _sayings(draw: st.DrawFn, api: str, can_call: bool, must_call: bool, reasons: list[str]) -> Said:
    texts = draw(st.lists(_PROSE, max_size=3))
    reasoning = draw(st.lists(_PROSE, max_size=2)) if api not in WITHOUT_REASONING else []
    calls = draw(_calls(must_call)) if can_call and reasons != ["complete"] else []
    # A call that came whole was meant to be run; where nothing was called, that cannot be the reason.
    able = [reason for reason in reasons if (reason == "tool_calls") == bool(calls)] or reasons
    whole = draw(st.booleans()) if calls and api not in WITHOUT_PIECES else False
    return Said(tuple(texts), tuple(reasoning), tuple(calls), draw(st.sampled_from(able)), whole)


@st.composite
def _calls(draw: st.DrawFn, must: bool) -> list[Say]:
    found = []
    for number in range(draw(st.integers(int(must), 3))):
        text = draw(
            documents(root="object", max_depth=2, max_size=2, surrogates=False, unusual=False, repeated_keys=False)
        )
        cuts = sorted(draw(st.sets(st.integers(1, len(text) - 1), max_size=3)))
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        found.append(Say(f"c{number + 1}", draw(_NAMES), tuple(pieces)))
    return found


# Habits of events


def _role_in_each(event: Event) -> Event:
    return _with_delta(event, lambda delta: {"role": "assistant", **delta})


def _null_fields(event: Event) -> Event:
    nulls = {"content": None, "tool_calls": None, "refusal": None}
    return _with_delta(event, lambda delta: {**nulls, **delta} if delta else delta) | {"system_fingerprint": None}


def _empty_content(event: Event) -> Event:
    return _with_delta(event, lambda delta: {"content": "", **delta} if "tool_calls" in delta else delta)


def _with_delta(event: Event, change: Callable[[Event], Event]) -> Event:
    if not event.get("choices") or "delta" not in event["choices"][0]:
        return event
    choices = [{**choice, "delta": change(choice["delta"])} for choice in event["choices"]]
    return {**event, "choices": choices}


def _each(change: Callable[[Event], Event]) -> Callable[[list[Any]], list[Any]]:
    return lambda told: [change(event) if isinstance(event, dict) else event for event in told]


def _ids_in_each(told: list[Any]) -> list[Any]:
    ids: dict[int, Any] = {}

    def change(delta: Event) -> Event:
        calls = []
        for call in delta.get("tool_calls") or ():
            if "index" in call:
                ids.setdefault(call["index"], call.get("id"))
                call = {"id": ids[call["index"]], "type": "function", **call}
            calls.append(call)
        return {**delta, "tool_calls": calls} if calls else delta

    return _each(lambda event: _with_delta(event, change))(told)


def _reasoning_content(event: Event) -> Event:
    return _with_delta(
        event, lambda delta: {"reasoning_content" if key == "reasoning" else key: each for key, each in delta.items()}
    )


def _without_done(told: list[Any]) -> list[Any]:
    return [event for event in told if event != "[DONE]"]


def _usage_first(told: list[Any]) -> list[Any]:
    return [{"id": "r1", "model": "m1", "choices": [], "prompt_filter_results": []}, *told]


def _anthropic_pings(told: list[Any]) -> list[Any]:
    return [told[0], *(each for event in told[1:] for each in ({"type": "ping"}, event))]


_CHAT_HABITS: Final[dict[str, Callable[[list[Any]], list[Any]]]] = {
    "a role in each chunk": _each(_role_in_each),
    "null fields": _each(_null_fields),
    "empty content beside calls": _each(_empty_content),
    "a chunk without choices first": _usage_first,
}
_EVENT_HABITS: Final[dict[str, dict[str, Callable[[list[Any]], list[Any]]]]] = {
    "openai-chat": {
        **_CHAT_HABITS,
        "the id with each fragment": _ids_in_each,
        "reasoning_content": _each(_reasoning_content),
        "no [DONE]": _without_done,
    },
    "mistral": _CHAT_HABITS,
    "anthropic-messages": {"ping events": _anthropic_pings},
}


# Habits of framing


def _comments(raw: bytes) -> bytes:
    return raw.replace(b"\n\n", b"\n\n: keep-alive\n\n")


def _heartbeats(raw: bytes) -> bytes:
    """Comments inside of the blocks, too."""
    return b":\n" + raw.replace(b"\ndata: ", b"\n: OPENROUTER PROCESSING\ndata: ")


def _ids(raw: bytes) -> bytes:
    blocks = raw.split(b"\n\n")
    return b"\n\n".join(b"id: %d\nretry: 1500\n%s" % (n, block) if block else block for n, block in enumerate(blocks))


def _without_names(raw: bytes) -> bytes:
    return b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"event: "))


def _over_lines(raw: bytes) -> bytes:
    """JSON over several data lines, broken where white space may be."""
    out = []
    for line in raw.split(b"\n"):
        if line.startswith(b"data: {"):
            pretty = json.dumps(json.loads(line[6:]), indent=1, ensure_ascii=False).encode()
            out += [b"data: " + each for each in pretty.split(b"\n")]
        else:
            out.append(line)
    return b"\n".join(out)


_SSE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "comments": _comments,
    "comments in blocks": _heartbeats,
    "ids and retry": _ids,
    "no event names": _without_names,
    "JSON over several lines": _over_lines,
    "no space after the colon": lambda raw: raw.replace(b"\ndata: ", b"\ndata:").replace(b"\nevent: ", b"\nevent:"),
    "blank lines first": lambda raw: b"\n\n" + raw,
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "CR": lambda raw: raw.replace(b"\n", b"\r"),
    "a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
}
_LINES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "blank lines": lambda raw: raw.replace(b"\n", b"\n\n"),
}
_JSON: Final[dict[str, Callable[[bytes], bytes]]] = {"white space around": lambda raw: b"\n " + raw + b" \r\n"}
_FRAMING_HABITS: Final = {
    "ollama": _LINES,
    "openai-realtime": _JSON,
    "gemini-live": _JSON,
    "bedrock-converse": {},
}
HABITS: Final = tuple(
    dict.fromkeys(
        [*(name for habits in _EVENT_HABITS.values() for name in habits), *_SSE, *_LINES, *_JSON, "a JSON array"]
    )
)
"""The labels of all habits; ``habits_of`` tells those of one API."""
# Whose events have no names on the wire.
_NAMELESS: Final = ("gemini", "mistral", "openai-chat", "openai-completions")
# Of two line ends, one counts.
_ALONE: Final = ({"CRLF", "CR"},)


def habits_of(api: str) -> tuple[str, ...]:
    """The labels of what a server may add to a stream of this API, or leave out of it."""
    _check_api("habits_of()", api)
    array_too = ("a JSON array",) if api == "gemini" else ()
    found = (*_EVENT_HABITS.get(api, ()), *_FRAMING_HABITS.get(api, _SSE), *array_too)
    return tuple(label for label in found if label != "no event names" or api not in _NAMELESS)


# Endings

_ERRORS: Final[dict[str, Event]] = {
    "anthropic-messages": {"type": "error", "error": {"type": "overloaded_error", "message": "no"}},
    "bedrock-converse": {"internalServerException": {"message": "no"}},
    "cohere": {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "no"}},
    "gemini": {"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}},
    "gemini-interactions": {"event_type": "error", "error": {"code": "internal", "message": "no"}},
    "mistral": {"object": "error", "message": "no", "type": "server_error", "code": 500},
    "ollama": {"error": "no"},
    "openai-chat": {"error": {"message": "no", "type": "server_error"}},
    "openai-completions": {"error": {"message": "no", "type": "server_error"}},
    "openai-realtime": {"type": "error", "error": {"type": "server_error", "message": "no"}},
    "openai-responses": {"type": "error", "code": "server_error", "message": "no"},
}


def provider_streams(
    api: str,
    said: Said | st.SearchStrategy[Said] | None = None,
    *,
    habits: Collection[str] | None = None,
    endings: str | Collection[str] = "whole",
) -> st.SearchStrategy[ProviderStream]:
    """Well-formed bodies of an API's responses, as bytes off the wire: ``ProviderStream``.

    Args:
        api: its name, of ``partialjson.providers.PROVIDERS``.
        said: what is said, or a strategy for it; ``sayings(api)`` if it is not given.
        habits: what a server may add or leave out, of ``habits_of(api)``; None for all of them, () for nothing.
        endings: how a stream may end, of ``ENDINGS``: "whole" (its terminal event comes), "error" (the provider
            reports one), "cut" (it stops anywhere before its last byte).

    Raises:
        InvalidArgument: there is no such API, habit or ending.
    """
    _check_api("provider_streams()", api)
    known = habits_of(api)
    if habits is None:
        wanted = known
    else:
        given = (habits,) if isinstance(habits, str) else tuple(habits)
        wanted = check_words("provider_streams()", f"habits of {api}", given, known) if given else ()
    ends = check_words("provider_streams()", "endings", endings, ENDINGS)
    if "error" in ends and api not in _ERRORS:
        ends = tuple(end for end in ends if end != "error")
        if not ends:
            refuse("provider_streams()", f"{api} reports no errors in its stream")
    source = sayings(api) if said is None else st.just(said) if isinstance(said, Said) else said
    arguments = {} if said is None else {"said": said}
    return named("provider_streams", _streams(api, source, wanted, ends), api=api, **arguments)


@st.composite
def _streams(
    draw: st.DrawFn, api: str, sayings: st.SearchStrategy[Said], habits: tuple[str, ...], endings: tuple[str, ...]
) -> ProviderStream:
    said = draw(sayings)
    told = events(api, said)
    chosen = draw(st.lists(st.sampled_from(habits), max_size=3, unique=True)) if habits else []
    for group in _ALONE:
        for extra in [label for label in chosen if label in group][1:]:
            chosen.remove(extra)
    ending = draw(st.sampled_from(endings))
    if ending == "error":
        told = told[: draw(st.integers(1 if api != "gemini-live" else 0, max(1, _before_the_end(told))))]
        told = [*told, _ERRORS[api]]
    # In the order of the table, where line ends and byte order marks come last.
    of_events, of_framing = _EVENT_HABITS.get(api, {}), _FRAMING_HABITS.get(api, _SSE)
    for label, change in of_events.items():
        if label in chosen:
            told = change(told)
    if "a JSON array" in chosen:
        chosen = [label for label in chosen if label not in of_framing]
        raw = array(told)
    else:
        raw = body(api, told)
        for label, reframe in of_framing.items():
            if label in chosen:
                raw = reframe(raw)
    whole = raw
    if ending == "cut":
        raw = raw[: draw(st.integers(0, len(raw) - 1))]
    return ProviderStream(raw, api, said, tuple(chosen), ending, whole)


def _before_the_end(told: list[Any]) -> int:
    """How many events come before the one that says why it ends: from there on, an error comes too late."""
    words = (
        "finish_reason",
        "finishReason",
        "stop_reason",
        "stopReason",
        "done_reason",
        "turnComplete",
        "finish_reason",
    )
    for number, event in enumerate(told):
        text = json.dumps(event)
        if any(f'"{word}": "' in text or f'"{word}": true' in text for word in words):
            return number
        if isinstance(event, dict) and str(event.get("type", event.get("event_type", ""))).endswith(
            ("completed", "incomplete", "response.done")
        ):
            return number
    return len(told)
