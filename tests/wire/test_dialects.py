"""What servers that speak Chat Completions, and those like them, really send: a table over dialects.

The first part is about calls: whatever way a server has of numbering, naming and cutting them, a call that is ready has
the arguments that were meant for it. The second is about everything else: each thing has its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson.messages import MessageParser, ProviderError
from support.effort import examples
from support.operations import as_model, operations
from support.told import fed


def chunk(delta: Any = None, finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "model": "m1",
        "choices": [{"index": index, "delta": delta or {}, "finish_reason": finish}],
        **more,
    }


def piece(index: int | None = None, id: str | None = None, name: str | None = None, arguments: Any = None) -> Any:
    """A delta with one fragment of a call."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    head = {key: value for key, value in (("index", index), ("id", id)) if value is not None}
    return {"tool_calls": [{**head, "function": function}]}


def chat(*deltas: Any, finish: str | None = "tool_calls", **options: Any) -> MessageParser:
    """The message of these deltas, a chunk each; the same from an SDK's objects."""
    events = [*(chunk(delta) for delta in deltas), *([chunk({}, finish)] if finish else [])]
    message, _ = fed("openai-chat", *events, **options)
    again, _ = fed("openai-chat", *[as_model(event) for event in events], **options)
    assert faces(again) == faces(message)
    return message


def faces(message: MessageParser) -> list[Any]:
    return [(call.id, call.name, call.json, call.ready) for call in message.calls]


class Move(BaseModel):
    to: str = "here"


TOOLS = {"move": Move, "move_all": Move, "read": Move}
THERE, HOME = '{"to":"there"}', '{"to":"home"}'


# Which call a fragment belongs to.


@pytest.mark.parametrize(
    ("deltas", "expected"),
    [
        pytest.param(
            [
                piece(2, "a", "move", ""),
                piece(1, arguments=""),
                piece(1, arguments='{"to"'),
                piece(1, arguments=':"x"}'),
            ],
            [("a", "move", {"to": "x"}, True)],
            id="the arguments come at an index of their own",
        ),
        pytest.param(
            [piece(0, "a", "move", ""), piece(1, arguments=THERE), piece(1, "b", "read", ""), piece(2, arguments=HOME)],
            [("a", "move", {"to": "there"}, True), ("b", "read", {"to": "home"}, True)],
            id="and that is the index of the next call",
        ),
        pytest.param(
            [piece(1, "a", "move", ""), piece(0, arguments=THERE), piece(2, "b", "read", ""), piece(1, arguments=HOME)],
            [("a", "move", {"to": "there"}, True), ("b", "read", {"to": "home"}, True)],
            id="or that of the call before",
        ),
        pytest.param(
            [
                piece(3, "a", "move"),
                piece(1, arguments='{"to"'),
                piece(1, arguments=':"there"}'),
                piece(5, "b", "read"),
                piece(2, arguments='{"to":'),
                piece(2, arguments='"home"}'),
            ],
            [("a", "move", {"to": "there"}, True), ("b", "read", {"to": "home"}, True)],
            id="two counts with gaps",
        ),
        pytest.param(
            [piece(1, "a", "move", ""), piece(2, "b", "read", ""), piece(0, arguments=THERE), piece(1, arguments=HOME)],
            [("a", "move", {"to": "there"}, True), ("b", "read", {"to": "home"}, True)],
            id="both calls announced first",
        ),
        pytest.param(
            [piece(None, "a", "move", ""), piece(0, arguments='{"to"'), piece(0, arguments=':"x"}')],
            [("a", "move", {"to": "x"}, True)],
            id="announced without an index",
        ),
        pytest.param(
            [piece(0, "a", "move", "{}"), piece(1, arguments=THERE)],
            [("a", "move", {"to": "there"}, True)],
            id="after a placeholder",
        ),
        pytest.param(
            [piece(2, "a", "move", ""), piece(1, "a", "move", '{"to"'), piece(1, "a", "move", ':"x"}')],
            [("a", "move", {"to": "x"}, True)],
            id="id and name at another index",
        ),
        pytest.param(
            [
                piece(0, "a", "move", '{"to"'),
                piece(0, "b", "read", '{"to":'),
                piece(0, "a", None, ':"there"}'),
                piece(0, "b", None, '"home"}'),
            ],
            [("a", "move", {"to": "there"}, True), ("b", "read", {"to": "home"}, True)],
            id="two calls at one index, told apart by their ids",
        ),
        pytest.param(
            [piece(None, "a", "move", '{"to"'), piece(None, "r1", None, ':"x"'), piece(None, "r2", None, "}")],
            [("a", "move", {"to": "x"}, True)],
            id="no index, and another id on each fragment",
        ),
        pytest.param(
            [piece(0, "a", "move", THERE), piece(0, None, "move", THERE)],
            [("a", "move", {"to": "there"}, True)],
            id="all said again",
        ),
        pytest.param(
            [piece(0, "a", "move", {}), piece(0, None, "move", {"to": "x"})],
            [("a", "move", {"to": "x"}, True)],
            id="an empty object and then the real one",
        ),
        pytest.param(
            [{"tool_calls": [{"index": 0, "id": "a", "name": "move", "arguments": THERE}]}],
            [("a", "move", {"to": "there"}, True)],
            id="the level of the function left out",
        ),
        pytest.param(
            [{"tool_calls": {"id": "a", "function": {"name": "move", "arguments": THERE}}}],
            [("a", "move", {"to": "there"}, True)],
            id="one call in place of a list",
        ),
    ],
)
def test_a_fragment_finds_its_call(deltas: list[Any], expected: list[Any]) -> None:
    assert faces(chat(*deltas, tools=TOOLS)) == expected


@pytest.mark.parametrize(
    "deltas",
    [
        pytest.param([piece(0, "a", "move", THERE), piece(3, arguments=HOME)], id="no call is open"),
        pytest.param([piece(1, "a", "move"), piece(2, "b", "move"), piece(0, arguments=THERE)], id="two could own it"),
        pytest.param([piece(0, arguments=THERE), piece(1, "a", "move", "")], id="before any call"),
    ],
)
def test_a_fragment_without_a_place_lets_no_call_run(deltas: list[Any]) -> None:
    message = chat(*deltas, tools=TOOLS)
    assert not [call for call in message.calls if call.ready]
    assert message.end().contradictions


def test_what_is_only_announced_still_runs() -> None:
    """Calls without arguments beside a call whose arguments have an index of their own."""
    message = chat(piece(0, "a", "now", ""), piece(1, "b", "move", THERE), piece(2, "c", "now", ""))
    assert faces(message) == [("a", "now", {}, True), ("b", "move", {"to": "there"}, True), ("c", "now", {}, True)]
    assert not message.end().contradictions


@dataclass(frozen=True)
class Numbering:
    """How a server numbers its calls. `announced`: the index of the n-th call where it begins; `counted`: the one of
    its arguments; None leaves it out. `together`: all calls are announced before any arguments come."""

    announced: tuple[int | None, ...]
    counted: tuple[int | None, ...]
    together: bool
    ids: bool
    repeated: bool
    placeholder: bool
    again: bool


def told(numbering: Numbering, arguments: Sequence[Sequence[str]]) -> Iterator[Any]:
    def announce(n: int) -> Any:
        id = f"c{n}" if numbering.ids else None
        return piece(numbering.announced[n], id, f"tool{n}", "{}" if numbering.placeholder else "")

    def argue(n: int, text: str) -> Any:
        named = numbering.repeated and numbering.ids
        return piece(numbering.counted[n], f"c{n}" if named else None, f"tool{n}" if named else None, text)

    if numbering.together:
        yield from map(announce, range(len(arguments)))
    for n, pieces in enumerate(arguments):
        if not numbering.together:
            yield announce(n)
        yield from (argue(n, text) for text in pieces)
        if numbering.again and pieces:
            yield argue(n, "".join(pieces))


DOCUMENT = st.sampled_from([('{"a":', "1}"), ('{"b":2}',), ('{"c"', ":[", "3", "]}"), ('{"d":"}{"}',)])
SCHEMES = st.sampled_from([(0, 1, 2), (1, 2, 3), (1, 3, 5), (0, 0, 0), (None, None, None)])
NUMBERINGS = st.builds(Numbering, SCHEMES, SCHEMES, *[st.booleans()] * 5)


@settings(max_examples=examples(400))
@given(NUMBERINGS, st.lists(DOCUMENT, min_size=1, max_size=3))
@example(Numbering((1, 2, 3), (0, 1, 2), False, True, False, False, False), [('{"a":1}',), ('{"b":2}',)])
def test_calls_are_ready_with_their_own_arguments_or_not_at_all(
    numbering: Numbering, arguments: list[tuple[str, ...]]
) -> None:
    message = chat(*told(numbering, arguments))
    meant = [(f"tool{n}", json.loads("".join(pieces))) for n, pieces in enumerate(arguments)]
    assert [
        face for face in ((call.name, call.json) for call in message.calls if call.ready) if face not in meant
    ] == []


# Names, other kinds of calls, calls under another choice.


@pytest.mark.parametrize("lost", [0, 1])
def test_a_fragment_that_was_lost_spoils_the_calls_that_follow_too(lost: int) -> None:
    message = chat(
        piece(0, "a", "move", THERE), piece(3, arguments=HOME), piece(1 + lost, "b", "move", THERE), tools=TOOLS
    )
    assert [call.ready for call in message.calls] == [False, False]


@pytest.mark.parametrize("names", [("mo", "ve_all"), ("move", "_all"), ("m", "ove_", "all"), ("move", "move_all")])
@pytest.mark.parametrize("ids", [("a", None, None), ("a", "a", "a"), (None, None, None)])
def test_a_name_in_pieces_is_one_name(names: tuple[str, ...], ids: tuple[str | None, ...]) -> None:
    pieces = [piece(0, id, name, "" if n else None) for n, (id, name) in enumerate(zip(ids, names, strict=False))]
    if names == ("move", "move_all") and ids[0] is None:
        names = ("mov", "move_all")  # otherwise they may as well be two calls
        pieces[0] = piece(0, None, "mov")
    message = chat(*pieces, piece(0, arguments=THERE), tools=TOOLS)
    assert [(call.name, call.value, call.ready) for call in message.calls] == [("move_all", Move(to="there"), True)]


def test_without_tools_the_id_joins_a_name() -> None:
    message = chat(piece(0, "a", "mo"), piece(0, None, "ve"), piece(0, arguments=THERE))
    assert faces(message) == [("a", "move", {"to": "there"}, True)]
    two = chat(piece(0, None, "read", ""), piece(0, None, "move", THERE), tools=TOOLS)
    assert [call.name for call in two.calls] == ["read", "move"]


def test_a_call_without_a_name_is_not_ready() -> None:
    message = chat(piece(0, "a", None, '{"to":'), piece(0, arguments='"x"}'), tools=TOOLS)
    assert faces(message) == [("a", "", {"to": "x"}, False)]
    assert "no name" in str(message.end())


def test_custom_calls_are_free_text() -> None:
    def custom(**fields: Any) -> Any:
        return {"tool_calls": [{"index": 0, "custom": fields}]}

    head = {"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "shell", "input": ""}}]}
    message = chat(head, custom(input='ls "'), custom(input='x"\n'))
    (call,) = message.calls
    assert (call.id, call.name, call.free, call.value, call.ready) == ("a", "shell", True, 'ls "x"\n', True)
    cut = chat(head, custom(input="ls"), finish="length")
    assert not cut.calls[0].ready


def test_calls_under_the_number_of_a_block() -> None:
    """n was 1: the choices that consist of nothing but calls are content blocks of the first."""
    events = [
        chunk({"role": "assistant", "content": "Hi"}),
        chunk(piece(0, "a", "move", '{"to":'), index=1),
        chunk(piece(0, arguments='"x"}'), index=1),
        chunk(piece(0, "b", "read", THERE), index=2),
        chunk({}, "tool_calls"),
    ]
    for end in ([], ["[DONE]"]):
        message, _ = fed("openai-chat", *events, *end, tools=TOOLS)
        assert [(call.name, call.json, call.ready) for call in message.calls] == [
            ("move", {"to": "x"}, True),
            ("read", {"to": "there"}, True),
        ]
        assert (message.text, message.end().reason) == ("Hi", "tool_calls")
        assert not any(call.ready for choice in message.choices[1:] for call in choice.calls)
    numbered = [*events[:-1], chunk({}, "tool_calls", index=2), "[DONE]"]
    message, _ = fed("openai-chat", *numbered, tools=TOOLS)
    assert [call.json for call in message.calls if call.ready] == [{"to": "x"}, {"to": "there"}]


def test_what_had_no_place_under_another_choice_has_none_in_the_first() -> None:
    lost = [piece(1, "a", "move", THERE), piece(4, arguments=HOME)]
    message, _ = fed(
        "openai-chat", chunk({"content": "Hi"}), *(chunk(each, index=1) for each in lost), chunk({}, "tool_calls")
    )
    assert [call.json for call in message.calls] == [{"to": "there"}]
    assert not [call for choice in message.choices for call in choice.calls if call.ready]


def test_two_choices_keep_their_calls() -> None:
    events = [
        chunk(piece(0, "a", "move", THERE)),
        chunk(piece(0, "b", "read", HOME), index=1),
        chunk({}, "tool_calls"),
        chunk({}, "tool_calls", index=1),
        "[DONE]",
    ]
    message, _ = fed("openai-chat", *events)
    assert [[call.name for call in choice.calls if call.ready] for choice in message.choices] == [["move"], ["read"]]


# What comes beside the text.


NOTE = {"type": "url_citation", "url_citation": {"url": "https://example.org/a", "title": "A"}}
TOKEN = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}


@pytest.mark.parametrize(
    ("events", "kind", "extra"),
    [
        ([chunk({"content": "Hi"}), chunk({"annotations": [NOTE]})], "text", {"annotations": [NOTE]}),
        ([chunk({"annotations": [NOTE]}), chunk({"content": "Hi"})], "text", {"annotations": [NOTE]}),
        (
            [chunk({"content": "Hi"}, citations=["u"]), chunk({}, citations=["u", "v"])],
            "text",
            {"citations": ["u", "v"]},
        ),
        ([chunk({"content": "Hi", "citations": ["u"]})], "text", {"citations": ["u"]}),
        ([chunk({"content": "Hi"}, search_results=[{"url": "u"}])], "text", {"search_results": [{"url": "u"}]}),
        ([chunk({"images": [{"image_url": {"url": "u"}}]})], "other", {"images": [{"image_url": {"url": "u"}}]}),
        ([chunk({"content": "Hi", "executed_tools": [{"index": 0}]})], "text", {"executed_tools": [{"index": 0}]}),
        (
            [chunk({"audio": {"id": "s", "transcript": "H"}}), chunk({"audio": {"data": "UklG", "transcript": "i"}})],
            "text",
            {"audio": [{"id": "s"}, {"data": "UklG"}]},
        ),
        (
            [{"choices": [{"index": 0, "delta": {"content": "Hi"}, "logprobs": {"content": [TOKEN]}}]}],
            "text",
            {"logprobs": [TOKEN]},
        ),
        (
            [{"choices": [{"index": 0, "delta": {"refusal": "no"}, "logprobs": {"refusal": [TOKEN]}}]}],
            "refusal",
            {"logprobs": [TOKEN]},
        ),
        ([chunk({"reasoning_text": "hm", "reasoning_opaque": "ENC"})], "reasoning", {"reasoning_opaque": "ENC"}),
        ([chunk({"content": "Hi", "extra_content": {"google": {"thought_signature": "S"}}})], "text", None),
        ([chunk({"content": "Hi"}, moderation={"output": {"type": "moderation_results"}})], "text", None),
    ],
)
def test_what_comes_beside_the_text_is_in_its_block(events: list[Any], kind: str, extra: Any) -> None:
    message, _ = fed("openai-chat", *events, chunk({}, "stop"))
    again, _ = fed("openai-chat", *[as_model(event) for event in events], chunk({}, "stop"))
    assert extra is None or message.blocks[0].extra == extra
    assert again.blocks[0].extra.keys() == message.blocks[0].extra.keys() != set()
    for found in (message, again):
        (block,) = found.blocks
        assert block.kind == kind
        assert found.unread == {}
        assert found.end().reason in ("complete", "refused")


@pytest.mark.parametrize("field", ["reasoning_details", "thinking_blocks"])
def test_reasoning_that_has_to_be_sent_back(field: str) -> None:
    word = "text" if field == "reasoning_details" else "thinking"

    def detail(**fields: Any) -> Any:
        return chunk({field: [{"type": "reasoning.text", "index": 0, **fields}]})

    secret = {"type": "reasoning.encrypted", "data": "ENC", "index": 1}
    events = [
        detail(**{word: "Let me"}),
        detail(**{word: " see", "format": "f"}),
        detail(**{word: "", "signature": "SIG"}),
        chunk({field: [secret], "content": "ok"}),
        detail(**{word: "Again"}),
        chunk({}, "stop"),
    ]
    message, _ = fed("openai-chat", *events)
    assert (message.reasoning, message.text) == ("Let me seeAgain", "ok")
    assert message.blocks[0].extra[field] == [
        {"type": "reasoning.text", "index": 0, word: "Let me see", "format": "f", "signature": "SIG"},
        secret,
        {"type": "reasoning.text", "index": 0, word: "Again"},
    ]
    twice, _ = fed("openai-chat", chunk({"reasoning": "hm", field: [{"type": "t", word: "hm"}]}), chunk({}, "stop"))
    assert twice.reasoning == "hm"
    assert twice.blocks[0].extra[field] == [{"type": "t", word: "hm"}]


def test_signatures_stay_with_their_calls() -> None:
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}", "thought_signature": "S"}}
    delta = {"tool_calls": [call | {"extra_content": {"google": {"thought_signature": "T"}}}]}
    message = chat(delta)
    assert message.calls[0].extra == {"extra_content": {"google": {"thought_signature": "T"}}, "thought_signature": "S"}


WHOLE = {
    "role": "assistant",
    "content": "Hi",
    "reasoning_content": "hm",
    "annotations": [NOTE],
    "tool_calls": [{"id": "a", "type": "function", "function": {"name": "move", "arguments": THERE}}],
}


@pytest.mark.parametrize("before", [0, 1, 2, 3])
@pytest.mark.parametrize("times", [1, 2])
def test_a_whole_message_instead_of_deltas_or_after_them(before: int, times: int) -> None:
    deltas = [{"reasoning_content": "hm"}, {"content": "Hi"}, piece(0, "a", "move", THERE)][:before]
    choice = {"index": 0, "message": WHOLE, "finish_reason": "tool_calls", "usage": {"total_tokens": 5}}
    whole = {"id": "r1", "object": "chat.completion", "choices": [choice]}
    message, _ = fed("openai-chat", *map(chunk, deltas), *[whole] * times, tools=TOOLS)
    assert (message.text, message.reasoning, message.usage) == ("Hi", "hm", {"total_tokens": 5})
    assert [(call.id, call.value, call.ready) for call in message.calls] == [("a", Move(to="there"), True)]
    assert next(block for block in message.blocks if block.kind == "text").extra == {"annotations": [NOTE]}
    assert message.end().reason == "tool_calls"
    assert message.unread == {}


def test_a_message_beside_each_delta_counts_once() -> None:
    def both(new: str, all: str) -> Any:
        return {"choices": [{"index": 0, "delta": {"content": new}, "message": {"content": all}}]}

    message, _ = fed("openai-chat", both("a", "a"), both("b", "ab"), both("", "ab"), chunk({}, "stop"))
    assert (message.text, [block.contradicted for block in message.blocks]) == ("ab", [False])


def test_text_in_a_choice_as_completions_have_it() -> None:
    for api in ("openai-chat", "openai-completions"):
        message, _ = fed(api, {"choices": [{"index": 0, "text": "a"}]}, chunk({"content": "b"}), chunk({}, "stop"))
        assert message.text == "ab"
    both, _ = fed("openai-chat", {"choices": [{"index": 0, "delta": {"content": "a"}, "text": "a"}]}, chunk({}, "stop"))
    assert both.text == "a"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"choices": [{"index": 0, "delta": {}, "error": {"message": "no", "code": 502}}]}, 502),
        ({"choices": [{"index": 0, "finish_reason": "error", "error": {"message": "no", "code": "x"}}]}, "x"),
        ({"choices": None, "base_resp": {"status_code": 1004, "status_msg": "no"}}, 1004),
        ({"choices": [], "x_groq": {"id": "g", "error": {"message": "no", "code": 7}}}, 7),
    ],
)
def test_an_error_in_any_place(event: Any, code: Any) -> None:
    message, _ = fed("openai-chat", chunk({"content": "a"}), event)
    error = message.end().error
    assert isinstance(error, ProviderError)
    assert (error.message, error.code, message.end().reason) == ("no", code, "error")
    assert message.unread == {}


def test_what_stopped_it_is_in_the_details() -> None:
    ends = {"finish_reason": "stop", "stop_reason": "END", "matched_stop": 7, "content_filter_results": {"hate": {}}}
    message, _ = fed("openai-chat", chunk({"content": "a"}), {"choices": [{"index": 0, **ends}]})
    assert message.end().details == {"stop_reason": "END", "matched_stop": 7}
    filtered, _ = fed("openai-chat", {"choices": [{"index": 0, **ends, "finish_reason": "content_filter"}]})
    assert (filtered.end().details or {})["content_filter_results"] == {"hate": {}}


# What is not understood.


@pytest.mark.parametrize(
    ("api", "event", "expected"),
    [
        ("openai-chat", chunk({"hologram": "x", "content": "a"}), ("field", "delta.hologram")),
        ("openai-chat", chunk({"content": "a"}, echo=[1]), ("field", "echo")),
        ("openai-chat", {"choices": [{"index": 0, "delta": {}, "mood": 1}]}, ("field", "choice.mood")),
        ("openai-chat", chunk({"content": "a"}, x_groq={"mood": 1}), ("field", "x_groq.mood")),
        ("openai-chat", {"type": "response.created", "response": {}}, ("event", "response.created")),
        ("openai-chat", {"foo": 1, "bar": 2}, ("event", "with foo, bar")),
        ("openai-chat", chunk({"tool_calls": [{"index": 0, "colour": 1}]}), ("field", "tool_call.colour")),
        ("mistral", {"type": "message.output.delta", "content": "a", "odd": 1}, ("field", "odd")),
        ("mistral", {"type": "agent.new", "id": "x"}, ("event", "agent.new")),
        ("cohere", {"type": "memory-start", "index": 0}, ("event", "memory-start")),
        ("cohere", {"type": "content-delta", "delta": {"message": {"mood": 1}}}, ("field", "delta.message.mood")),
        ("ollama", {"message": {"content": "a", "sound": "x"}}, ("field", "message.sound")),
        ("ollama", {"message": {"tool_calls": [{"function": {"name": "f"}, "x": 1}]}}, ("field", "tool_call.x")),
        ("ollama", {"message": {"tool_calls": [{"function": {"name": "f", "x": 1}}]}}, ("field", "function.x")),
        ("ollama", {"foo": 1}, ("event", "with foo")),
    ],
)
def test_what_is_not_understood_is_counted(api: str, event: Any, expected: tuple[str, str]) -> None:
    message, _ = fed(api, event, event)
    assert message.unread == {expected: 2}


# What servers are known to send that says nothing of the message, by the place where they send it.
BESIDE = {
    "chunk": [
        *("object", "created", "service_tier", "system_fingerprint", "stream_options", "metadata", "obfuscation", "p"),
        *("provider", "request_id", "requestId", "sla_metrics", "nvext", "prompt_filter_results", "prompt_token_ids"),
        *("prompt_logprobs", "prompt_routed_experts", "timings", "time_info", "prompt_progress", "kv_transfer_params"),
        *("__verbose", "input_sensitive", "output_sensitive", "input_sensitive_type", "output_sensitive_type"),
        *("output_sensitive_int", "x_groq", "base_resp", "chunk"),
    ],
    "choice": [
        *("native_finish_reason", "content_filter_results", "content_filter_result", "content_filter_offsets"),
        *("end_turn", "stop_reason", "matched_stop", "token_ids", "routed_experts", "hidden_states", "seed"),
        *("prompt_logprobs", "prompt_token_ids"),
    ],
    "delta": [
        *("role", "name", "channel", "tool_call_id", "index", "token_id", "audio_content", "parsed", "prefix"),
        "stop_reason",
    ],
    "x_groq": ["id", "usage_breakdown", "seed", "debug"],
}


@pytest.mark.parametrize(("place", "name"), [(place, name) for place, names in BESIDE.items() for name in names])
def test_what_servers_send_beside_a_message_is_known(place: str, name: str) -> None:
    delta: dict[str, Any] = {"content": "a"}
    choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": None}
    groq: dict[str, Any] = {}
    whole: dict[str, Any] = {"id": "r1", "model": "m1", "choices": [choice], "x_groq": groq}
    places: dict[str, dict[str, Any]] = {"chunk": whole, "choice": choice, "delta": delta, "x_groq": groq}
    places[place][name] = 1
    message, _ = fed("openai-chat", whole, chunk({}, "stop"))
    assert (message.text, message.unread, message.end().reason) == ("a", {}, "complete")


@pytest.mark.parametrize("name", ["event", "created_at", "output_index", "content_index", "agent_id", "role", "object"])
def test_where_an_event_of_mistral_stands_is_known(name: str) -> None:
    message, _ = fed("mistral", {"type": "message.output.delta", "content": "a", name: 1})
    assert (message.text, message.unread) == ("a", {})


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_comes_beside_no_text_is_in_its_choice(number: int) -> None:
    events = [chunk({"content": "a"}, "stop" if other != number else None, other) for other in range(3)]
    events[number] = chunk({"annotations": [NOTE]}, "stop", number)
    message, _ = fed("openai-chat", *events)
    assert [[(block.kind, block.extra) for block in choice.blocks] for choice in message.choices] == [
        [("other", {"annotations": [NOTE]})] if other == number else [("text", {})] for other in range(3)
    ]


@pytest.mark.parametrize("api", ["openai-chat", "mistral", "cohere", "ollama"])
@pytest.mark.parametrize("event", [{}, {"unknown": None}, {"unknown": []}])
def test_what_holds_nothing_is_not_counted(api: str, event: Any) -> None:
    assert operations(api, [event]) == []


# Mistral, Cohere, Ollama.


def test_mistral_parts_of_content() -> None:
    thought = {
        "type": "thinking",
        "thinking": [{"type": "text", "text": "so"}, {"type": "tool_reference", "tool": "w"}],
    }
    parts = [
        {"type": "reference", "reference_ids": [1]},
        {"type": "text", "text": "Hi"},
        {"type": "file", "file_id": "f"},
    ]
    for api in ("mistral", "openai-chat"):
        events = [chunk({"content": [thought | {"signature": "SIG"}]}), chunk({"content": parts}), chunk({}, "stop")]
        message, _ = fed(api, *events)
        reasoning, text = message.blocks
        assert (reasoning.text, text.text) == ("so", "Hi")
        assert reasoning.extra == {"signature": "SIG", "tool_reference": [{"type": "tool_reference", "tool": "w"}]}
        assert text.extra == {
            "reference": [{"type": "reference", "reference_ids": [1]}],
            "file": [{"type": "file", "file_id": "f"}],
        }
        assert message.unread == {}


@pytest.mark.parametrize(
    ("statuses", "ready"), [(["pending"], False), (["pending", "allowed"], True), (["denied"], False)]
)
def test_mistral_calls_wait_for_the_user(statuses: list[str], ready: bool) -> None:
    call = {"type": "function.call.delta", "tool_call_id": "a", "name": "move"}
    events = [
        call | {"arguments": THERE},
        *(call | {"arguments": "", "confirmation_status": each} for each in statuses),
    ]
    message, _ = fed("mistral", *events, {"type": "conversation.response.done", "usage": {}}, tools=TOOLS)
    (found,) = message.calls
    assert (found.value, found.ready, found.withdrawn) == (Move(to="there"), ready, statuses == ["denied"])


def test_mistral_deltas_without_an_id_belong_to_the_last_call() -> None:
    call = {"type": "function.call.delta"}
    events = [call | {"tool_call_id": "a", "name": "f", "arguments": '{"x"'}, call | {"arguments": ":1}"}]
    message, _ = fed("mistral", *events, {"type": "conversation.response.done"})
    assert faces(message) == [("a", "f", {"x": 1}, True)]


def test_mistral_fields_that_its_sdk_has_not_set() -> None:
    chunk_type = pytest.importorskip("mistralai.client.models").CompletionChunk
    made = chunk_type.model_validate(chunk({"role": "assistant", "content": "a"}))
    message, _ = fed("mistral", made)
    assert [(block.text, block.extra) for block in message.blocks] == [("a", {})]
    assert message.unread == {}


def test_mistral_handoffs() -> None:
    event = {"type": "agent.handoff.done", "id": "h", "next_agent_id": "x", "next_agent_name": "X", "output_index": 1}
    (block,) = fed("mistral", event)[0].blocks
    assert (block.kind, block.type) == ("other", "agent.handoff.done")
    assert block.extra == {"next_agent_id": "x", "next_agent_name": "X"}


def cohere(kind: str, index: int | None = 0, **message: Any) -> dict[str, Any]:
    return {"type": kind, "index": index, "delta": {"message": message}}


def cohere_call(kind: str, index: int | None, **function: Any) -> dict[str, Any]:
    id = {"id": function["name"]} if "name" in function else {}
    return cohere(kind, index, tool_calls={**id, "function": function})


def test_cohere_citations_and_logprobs() -> None:
    probable = {"text": "a", "token_ids": [1], "logprobs": [-0.5]}
    early, late = {"start": 0, "end": 1, "type": "PLAN"}, {"start": 0, "end": 1, "content_index": 1}
    message, _ = fed(
        "cohere",
        cohere("tool-plan-delta", None, tool_plan="plan"),
        cohere("citation-start", 0, citations=early),
        cohere("content-start", 0, content={"type": "text", "text": ""}),
        cohere("content-delta", 0, content={"text": "a"}) | {"logprobs": probable},
        cohere("content-end", 0),
        cohere("content-start", 1, content={"type": "text", "text": "b"}),
        cohere("content-end", 1),
        cohere("citation-start", 0, citations=late),
        cohere("citation-end", 0),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    )
    assert [block.extra for block in message.blocks] == [
        {"citations": [early]},
        {"logprobs": [probable]},
        {"citations": [late]},
    ]
    before, _ = fed(
        "cohere", cohere("citation-start", 0, citations=late), cohere("content-delta", 1, content={"text": "a"})
    )
    assert [block.extra for block in before.blocks] == [{"citations": [late]}]


def test_cohere_fragments_find_the_last_open_call() -> None:
    start, delta, end = "tool-call-start", "tool-call-delta", "tool-call-end"
    done = {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}}
    for index in (7, None):
        events = [
            cohere_call(start, 0, name="f"),
            cohere_call(start, 1, name="g"),
            cohere_call(delta, 0, arguments="{}"),
        ]
        message, _ = fed("cohere", *events, cohere_call(delta, index, arguments='{"x":1}'), done)
        assert faces(message) == [("f", "f", {}, True), ("g", "g", {"x": 1}, True)]
    late = [cohere_call(start, 0, name="f"), cohere_call(end, 0), cohere_call(delta, 0, arguments='{"x":1}'), done]
    message, _ = fed("cohere", *late)
    assert [call.ready for call in message.calls] == [False]
    assert message.end().contradictions


def test_ollama_extras() -> None:
    probable = {"token": "a", "logprob": -0.5}
    lines = [
        {"model": "m", "response": "a", "done": False, "logprobs": [probable]},
        {"model": "m", "response": "", "done": True, "done_reason": "stop", "context": [1, 2], "eval_count": 1},
    ]
    (block,) = fed("ollama", *lines)[0].blocks
    assert block.extra == {"logprobs": [probable], "context": [1, 2]}
    picture = {"message": {"role": "assistant", "content": "", "images": ["UklG"]}, "done": True}
    (block,) = fed("ollama", picture)[0].blocks
    assert (block.kind, block.extra) == ("other", {"images": ["UklG"]})


def test_whole_responses_of_cohere_and_mistral() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "move", "arguments": THERE}}
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hi"}]
    message = {"role": "assistant", "tool_plan": "plan", "content": content, "tool_calls": [call], "citations": [NOTE]}
    cohere_ = {"id": "r1", "finish_reason": "TOOL_CALL", "message": message, "usage": {"tokens": {"input_tokens": 1}}}
    outputs: list[dict[str, Any]] = [
        {
            "type": "message.output",
            "content": [{"type": "text", "text": "Hi"}, {"type": "tool_reference", "tool": "w"}],
        },
        {"type": "tool.execution", "id": "t", "name": "web_search", "arguments": "{}", "info": {"n": 1}},
        {"type": "function.call", "tool_call_id": "a", "name": "move", "arguments": THERE},
    ]
    mistral = {"object": "conversation.response", "conversation_id": "r1", "outputs": outputs, "usage": {"n": 1}}
    for api, event in (("cohere", cohere_), ("mistral", mistral)):
        found, _ = fed(api, event, tools=TOOLS)
        assert (found.id, found.text, found.end().reason) == ("r1", "Hi", "tool_calls")
        assert [call.value for call in found.calls if call.ready] == [Move(to="there")]
        assert found.usage
        assert found.unread == {}
        text = next(block for block in found.blocks if block.kind == "text")
        assert text.extra == (
            {"citations": [NOTE]} if api == "cohere" else {"tool_reference": [outputs[0]["content"][1]]}
        )


def test_message_as_another_name_for_delta() -> None:
    events = [
        {"object": "chat.completion.chunk", "choices": [{"index": 0, "message": {"content": each}}]} for each in "ab"
    ]
    assert fed("openai-chat", *events, chunk({}, "stop"))[0].text == "ab"


def test_a_name_does_not_grow_for_ever() -> None:
    message = chat(*[piece(0, "a", "name")] * 2, *[piece(0, "a", f"x{n}") for n in range(200)])
    assert len(message.calls[0].name) < 300


@pytest.mark.parametrize("api", ["openai-chat", "mistral", "openai-completions"])
def test_an_error_as_a_bare_finish_reason_can_be_raised(api: str) -> None:
    message, _ = fed(api, {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "error"}]})
    error = message.end().error
    assert message.end().reason == "error"
    with pytest.raises(ProviderError):
        raise error or KeyError
