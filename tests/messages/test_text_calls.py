"""Tool calls that a model writes into its text: read as calls, in every chunking and every wire format.

`said` is the way through: it feeds a text in several chunkings, and asserts that they do not show.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partialjson import Complete, Limits, Truncated
from partialjson.messages import Call, CallHeld, DocumentProgress, MessageParser, TextDelta
from partialjson.testing.bodies import BODY_APIS, Said, body, chunk
from partialjson.testing.chunking import random_partition
from partialjson.testing.strategies import values
from partialjson.wire import ops
from partialjson.wire.text_calls import STYLES, TextCalls
from partialjson.wire.text_parameters import ARG_KEYS, PARAMETERS, Spelling, Value
from support.effort import examples
from support.models import Weather

TOOLS = {"get_weather": Weather, "now": None}
ZURICH = '{"city": "Zürich", "days": 2}'
CALL = f'{{"name": "get_weather", "arguments": {ZURICH}}}'
HERMES = f"<tool_call>\n{CALL}\n</tool_call>"
XML = "<tool_call>\n<function=get_weather>\n<parameter=city>\nZürich\n</parameter>\n<parameter=days>\n2\n</parameter>\n"
XML += "</function>\n</tool_call>"
GLM = "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Zürich</arg_value>\n<arg_key>days</arg_key>\n"
GLM += "<arg_value>2</arg_value>\n</tool_call>"
DEEPSEEK = f"<｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{ZURICH}<｜tool▁call▁end｜>"


def shown(message: MessageParser) -> list[tuple[Any, ...]]:
    """All blocks, comparable."""
    return [
        (block.kind, block.type, block.text, block.name, block.id, block.value, block.ready, block.held)
        if isinstance(block, Call)
        else (block.kind, block.text)
        for block in message.blocks
    ]


def read(chunks: list[str], finish: str = "stop", **options: Any) -> MessageParser:
    given: dict[str, Any] = {"tools": TOOLS, "text_calls": True, **options}
    message = MessageParser("openai-chat", **given)
    for text in chunks:
        message.feed(chunk({"content": text}))
    message.feed(chunk({}, finish))
    message.feed("[DONE]")
    message.end()
    return message


def said(text: str, **options: Any) -> MessageParser:
    """The message of a text, which is the same in all chunkings."""
    whole = read([text], **options)
    source = random.Random(len(text))
    for chunks in (list(text), *(random_partition(text, source) for _ in range(3))):
        assert shown(read(chunks, **options)) == shown(whole), chunks
    return whole


def calls(text: str, **options: Any) -> list[tuple[str, Any]]:
    """Name and arguments of the calls, which are all ready."""
    message = said(text, **options)
    assert all(call.ready for call in message.calls)
    return [(call.name, call.json) for call in message.calls]


WEATHER = ("get_weather", {"city": "Zürich", "days": 2})


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("hermes", HERMES),
        ("hermes", f"<tool_call>{CALL}"),
        ("hermes", f"<tool_call>[{CALL}]</tool_call>"),
        ("hermes", f'<tool_call>{{"arguments": {ZURICH}, "name": "get_weather"}}</tool_call>'),
        ("hermes", f'<tool_call>{{"name": "get_weather", "arguments": {json.dumps(ZURICH)}}}</tool_call>'),
        ("hermes", f'<tool_call>{{"type": "function", "function": {CALL}}}</tool_call>'),
        ("llama", f"<|python_tag|>{CALL}<|eom_id|>"),
        ("llama", CALL.replace("arguments", "parameters")),
        ("llama", f'\n{{"type": "function", "name": "get_weather", "parameters": {ZURICH}}}'),
        ("llama", f"<function=get_weather>{ZURICH}</function>"),
        ("mistral", f"[TOOL_CALLS] [{CALL}]"),
        ("mistral", f"[TOOL_CALLS]{CALL}"),
        ("mistral", f"[TOOL_CALLS]get_weather[ARGS]{ZURICH}"),
        ("mistral", f"[TOOL_CALLS]get_weather[CALL_ID]9[ARGS]{ZURICH}"),
        ("mistral", f"[TOOL_CALLS]get_weather{ZURICH}"),
        ("qwen-xml", XML),
        ("qwen-xml", XML.replace("\n", "")),
        ("qwen-xml", XML.removeprefix("<tool_call>\n")),
        ("qwen-xml", XML.removeprefix("<tool_call>\n").removesuffix("\n</tool_call>")),
        ("qwen-xml", XML.replace("</function>\n", "")),
        ("qwen-xml", XML.replace("</parameter>\n", "")),
        ("glm", GLM),
        ("glm", GLM.replace("\n", "")),
        ("glm", GLM.replace("Zürich", "\nZürich\n\n")),
        ("deepseek", f"<｜tool▁calls▁begin｜>{DEEPSEEK}<｜tool▁calls▁end｜>"),
        ("deepseek", DEEPSEEK),
        (
            "deepseek",
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n"
            f"{ZURICH}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        ),
    ],
)
def test_spellings(style: str, text: str) -> None:
    for styles in (style, True, [style]):
        message = said(text, text_calls=styles)
        assert [(call.name, call.json) for call in message.calls] == [WEATHER]
        assert message.calls[0].ready
        assert message.calls[0].value == Weather(city="Zürich", days=2)
        assert message.calls[0].type == style
        assert message.text == ""
        assert message.end().reason == "tool_calls"
    for others in [other for other in STYLES if other != style], ():
        assert said(text, text_calls=others).text == text


def test_several_calls() -> None:
    two = [WEATHER, ("now", {})]
    assert calls(f'{HERMES}\n<tool_call>{{"name": "now"}}</tool_call>') == two
    assert calls(f'<|python_tag|>{CALL}; {{"name": "now", "parameters": {{}}}}') == two
    assert calls(f'{CALL};{{"name": "now", "parameters": {{}}}}') == two
    assert calls(f'[TOOL_CALLS][{CALL}, {{"name": "now", "arguments": {{}}}}]') == two
    assert calls(f"[TOOL_CALLS]get_weather[ARGS]{ZURICH}[TOOL_CALLS]now[ARGS]{{}}") == two
    assert calls(f"{XML}\n<tool_call>\n<function=now>\n</function>\n</tool_call>") == two
    assert calls(f"{XML.removesuffix('</tool_call>')}<function=now></function></tool_call>") == two
    assert calls(f"{GLM}\n<tool_call>now\n</tool_call>") == two
    now = "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜>"
    assert calls(f"<｜tool▁calls▁begin｜>{DEEPSEEK}\n{now}<｜tool▁calls▁end｜>") == two


def test_text_around_calls_stays_text() -> None:
    message = said(f"Let me see.\n{HERMES}\n\nOne moment.")
    assert [block.kind for block in message.blocks] == ["text", "call", "text"]
    assert message.text == "Let me see.\n\nOne moment."


def test_identity_and_no_arguments() -> None:
    message = said('[TOOL_CALLS][{"name": "now", "arguments": null, "id": "c1"}]')
    assert (message.calls[0].id, message.calls[0].json) == ("c1", {})
    message = said('<tool_call>{"id": "c2", "name": "now", "note": [1, "}"], "arguments": {}}</tool_call>')
    assert (message.calls[0].id, message.calls[0].json) == ("c2", {})


def test_a_mark_inside_the_arguments_is_content() -> None:
    text = '<tool_call>{"name": "f", "arguments": {"a": "</tool_call>", "b": "<tool_call>"}}</tool_call>'
    assert calls(text) == [("f", {"a": "</tool_call>", "b": "<tool_call>"})]


@pytest.mark.parametrize(
    "text",
    [
        "Put <tool_call> around it.",
        "`<tool_call>{}</tool_call>`",
        '```\n<tool_call>{"name": "example", "arguments": {}}</tool_call>\n```\n',
        'Write `<tool_call>{"name": "example"}</tool_call>`.',
        '{"name": "Bob", "age": 3}',
        '{"name": "unknown", "parameters": {}}',
        '{"city": "now", "name": "now", "parameters": {}}',
        "<function=now> is how it begins",
        "<function=now>\n<parameter",
        "<tool_call> now and then",
        "<tool_call>now and then",
        "<tool_call>\n<function=",
        "`<function=later>\n<parameter=a>\n1\n</parameter>\n</function>`",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁call▁begin｜>now<｜tool",
        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>get weather\n```json\n{}\n```",
        "<｜tool▁call▁begin｜>now<｜tool▁sep｜>[1]",
        "[now(a=1)]",
        "[TOOL_CALLS] and so on",
        "[TOOL_CALLS]now[ARG]{}",
        "<tool_call>{'name': 'now'}</tool_call>",
        '<tool_call>{"arguments": {}}</tool_call>',
        '<tool_call>{"name": "a", "name": "b", "arguments": {}}</tool_call>',
        "1 < 2 [TOOL",
        "   ",
    ],
)
def test_what_is_no_call_stays_text(text: str) -> None:
    message = said(text)
    assert message.calls == []
    assert message.text == text
    assert message.end().reason == "complete"


def test_a_tool_of_the_caller_counts_inside_a_fence() -> None:
    assert calls(f"```json\n{HERMES}\n```") == [WEATHER]
    # Without the caller's tools nothing does, and neither does an object without a mark.
    assert said(f"```json\n{HERMES}\n```", tools=None).calls == []
    assert said(CALL, tools=None).calls == []


@pytest.mark.parametrize(
    "text",
    [
        f"<tool_call>{CALL[:-1]}",
        '<tool_call>{"name": "get_weather", "arguments": {"city": "Z',
        '<tool_call>{"name": "get_weather", "arguments": {"city": "Z"</tool_call>',
        f'<tool_call>{{"name": "get_weather", "arguments": {ZURICH}, "arguments": {{}}}}</tool_call>',
        f'<tool_call>{{"name": "get_weather", "arguments": {ZURICH} oh no',
        "[TOOL_CALLS]get_weather[ARGS]{",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nZ",
        "<function=get_weather>\n<parameter=city>\nZ\n</parameter>\n",
        "<function=get_weather>\n<parameter=city>\nZ\n</parameter>\nand so on</function>",
        "<function=get_weather>\n<parameter=city>\nZ\n</tool_call>",
        "<function=get_weather>\n<parameter=city>\nZ</function></tool_call>",
        "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Z\n</tool_call>",
        "<tool_call>get_weather\n<arg_key>city</arg_key>\nZ</tool_call>",
        '<｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": <｜tool▁call▁end｜>',
    ],
)
def test_a_call_that_does_not_close_is_never_ready(text: str) -> None:
    message = said(text)
    assert [call.ready for call in message.calls] == [False]
    assert message.calls[0].held == "the end of the call"
    assert message.end().reason == "truncated"
    assert "in block 0 does not end" in message.end().contradictions[-1]


def test_thoughts_hold_no_calls() -> None:
    message = said(f"\n<think>I could say\n{HERMES}\n</think>\n\n{HERMES} Done.")
    assert [(call.name, call.json) for call in message.calls] == [WEATHER]
    assert message.text == f"\n<think>I could say\n{HERMES}\n</think>\n\nDone."
    assert calls(f"[THINK]so[/THINK]{CALL}", text_calls="llama") == [WEATHER]
    assert said(f"<think>{HERMES}").calls == []
    assert said("<think>no end </thin").text == "<think>no end </thin"
    # Only at the beginning: elsewhere a text may talk about them.
    assert calls(f"No <think> here. {HERMES}") == [WEATHER]


def test_arguments_stream_and_the_call_is_ready_when_it_has_closed() -> None:
    message = MessageParser("openai-chat", tools=TOOLS, text_calls="hermes")
    seen = []
    for character in HERMES:
        for update in message.feed(chunk({"content": character})):
            if isinstance(update, DocumentProgress):
                seen.append(update.text)
            assert not isinstance(update, TextDelta)
        assert not message.calls or message.calls[0].name == "get_weather"
        if message.calls and message.calls[0].done and not message.calls[0].ready:
            assert message.calls[0].held
    assert "".join(seen) == ZURICH
    assert message.calls[0].ready
    assert len(seen) == len(ZURICH)


ARGUMENTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "note": {"type": ["string", "null"]},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "flag": {"type": "boolean"},
        "level": {"enum": [1, 2]},
        "tags": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
        "inner": {"$ref": "#/$defs/inner"},
    },
    "$defs": {"inner": {"type": "object"}},
}


def written(key: str, value: str, spelling: str = "qwen-xml", **options: Any) -> Any:
    """What becomes of one argument."""
    if spelling == "glm":
        text = f"<tool_call>f\n<arg_key>{key}</arg_key>\n<arg_value>{value}</arg_value>\n</tool_call>"
    else:
        text = f"<tool_call>\n<function=f>\n<parameter={key}>\n{value}\n</parameter>\n</function>\n</tool_call>"
    message = said(text, **{"tools": {"f": ARGUMENTS}, **options})
    (call,) = message.calls
    assert call.done
    return call.json.get(key) if isinstance(call.json, dict) else call.json


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("text", "12", "12"),
        ("text", "null", "null"),
        ("text", "a </function> and <parameter=b>\n </tool_call>", "a </function> and <parameter=b>\n </tool_call>"),
        ("text", '{"a": 1}', '{"a": 1}'),
        (
            "text",
            'two\n\nlines \\ and "quotes"\t<b>&amp;</b> </param',
            'two\n\nlines \\ and "quotes"\t<b>&amp;</b> </param',
        ),
        ("note", "null", None),
        ("note", "Null", None),
        ("note", "nullify", "nullify"),
        ("note", "nul", "nul"),
        ("count", "12", 12),
        ("count", " 12 ", 12),
        ("count", "twelve", "twelve"),
        ("count", "12 " * 200 + "!", "12 " * 200 + "!"),
        ("ratio", "-1.5e3", -1500.0),
        ("ratio", "NaN", "NaN"),
        ("flag", "True", True),
        ("flag", "false", False),
        ("flag", "1", "1"),
        ("level", "2", 2),
        ("tags", '["a", "b]"]', ["a", "b]"]),
        ("tags", "null", None),
        ("tags", "a, b", "a, b"),
        ("inner", '{"a": {"b": "<c> }"}}', {"a": {"b": "<c> }"}}),
        ("other", "5", "5"),
    ],
)
def test_an_argument_between_tags(key: str, value: str, read: Any) -> None:
    assert written(key, value) == read
    # What a tool does not know, GLM writes as JSON.
    if key != "other":
        assert written(key, value, "glm") == read


def test_an_argument_of_which_nothing_is_known() -> None:
    for value, read in (
        ("5", 5),
        ("[1]", [1]),
        ("[1", "[1"),
        ("null", None),
        ("Bern", "Bern"),
        ('"a"', "a"),
        ("NaN", "NaN"),
    ):
        assert written("x", value, "glm", tools=None) == read
        assert written("x", value, tools=None) == value
    assert written("days", "3", tools={"f": Weather}) == 3
    assert written("city", "3", tools={"f": Weather}) == "3"


@pytest.mark.parametrize("value", ["[1, 2", '{"a": 1}}', '["a"] and more', '{"a": 1}, "text": "b"'])
def test_a_structure_that_does_not_end_with_its_tag_breaks_the_call(value: str) -> None:
    text = f"<function=f>\n<parameter=tags>\n{value}\n</parameter>\n<parameter=text>a</parameter></function>"
    (call,) = said(text, tools={"f": ARGUMENTS}).calls
    assert not call.ready
    assert call.held


@pytest.mark.parametrize("piece", ["x", " ", "<", "\n", "1", "{"])
@pytest.mark.parametrize("spelling", [PARAMETERS, ARG_KEYS])
@pytest.mark.parametrize("kinds", [("string",), ("integer",), ("object",), ()])
def test_each_character_is_written_or_held_once(piece: str, spelling: Spelling, kinds: Any) -> None:
    class Counted(list[str]):
        characters = 0

        def append(self, text: str) -> None:
            self.characters += len(text)

    value = Value(kinds, spelling)
    written = Counted()
    size = 3000
    for _ in range(size):
        assert value.feed(piece, written) < 0
    held = sum(map(len, value._held)) + sum(map(len, value._tail))
    assert written.characters + held <= 2 * size + 2


def test_arguments_between_tags_grow() -> None:
    message = MessageParser("openai-chat", tools=TOOLS, text_calls="qwen-xml")
    seen = ""
    for character in XML:
        for update in message.feed(chunk({"content": character})):
            if isinstance(update, DocumentProgress):
                seen += update.text
        if message.calls and "Zür" in seen and "Züric" not in seen:
            assert message.calls[0].value.city in ("Zür", "Züri")
    assert seen == ZURICH
    assert message.calls[0].ready


MARKS = ("<parameter=", "</function>", "</tool_call>")


@settings(max_examples=examples(100), deadline=None)
@given(
    st.dictionaries(st.sampled_from(["text", "note", "more"]), st.text(), min_size=1),
    st.sampled_from(["qwen-xml", "glm"]),
)
def test_any_text_between_tags(arguments: dict[str, str], style: str) -> None:
    opens, between, closes, end = (
        ("<function=f>", ">", "</parameter>", "</function>")
        if style == "qwen-xml"
        else ("<tool_call>f", "</arg_key><arg_value>", "</arg_value>", "</tool_call>")
    )
    tag = "<parameter=" if style == "qwen-xml" else "<arg_key>"
    # What a value cannot hold, or cannot begin or end with.
    values = {key: value.strip() + "." for key, value in arguments.items()}
    assume(not any(closes in value or f"\n{mark}" in f"\n{value}" for value in values.values() for mark in MARKS))
    text = opens + "".join(f"{tag}{key}{between}{value}{closes}" for key, value in values.items()) + end
    known = {"f": {"properties": {key: {"type": "string"} for key in ("text", "note", "more")}}}
    (call,) = said(text, tools=known).calls
    assert call.json == values


def test_coerced_arguments_of_a_tool_given_as_a_schema() -> None:
    text = '<tool_call>{"name": "f", "arguments": {"Count": 3, "flag": "yes", "ratio": "1.5"}}</tool_call>'
    tool = {"properties": ARGUMENTS["properties"] | {"inner": True}, "required": ["count"]}
    (call,) = said(text, tools={"f": tool}, lenient=True, ready_if="repaired").calls
    assert call.ready
    assert call.value == {"count": 3, "flag": True, "ratio": 1.5}
    (call,) = said(text, tools={"f": tool}, lenient=True).calls
    assert not call.ready


def test_without_the_option_nothing_changes() -> None:
    assert said(HERMES, text_calls=False).text == HERMES
    assert not any(isinstance(update, CallHeld) for update in read([HERMES], text_calls=()).end().updates)


def test_what_is_asked_wrongly() -> None:
    unknown: Any = "qwen"
    with pytest.raises(ValueError, match=r"text_calls must be True, or of 'hermes', 'llama', .*'deepseek', not 'qwen'"):
        MessageParser("openai-chat", text_calls=unknown)


def test_cut_off() -> None:
    message = read(["Hello <tool_c"], "length")
    assert (message.text, message.end().reason) == ("Hello <tool_c", "truncated")
    message = MessageParser("openai-chat", text_calls=True)
    message.feed(chunk({"content": '<tool_call>{"name": "f", "arguments": {"a": 1'}))
    assert message.end().reason == "disconnected"
    assert isinstance(message.calls[0].outcome, Truncated)
    message = MessageParser("openai-chat", text_calls=True)
    message.feed(chunk({"content": '<tool_call>{"name": "f", "arg'}))
    message.end()
    assert message.text == '<tool_call>{"name": "f", "arg'


def test_beside_structured_output() -> None:
    message = said(f'{HERMES}{{"city": "Bern", "days": 1}}', output=Weather)
    assert message.output.value == Weather(city="Bern", days=1)
    assert isinstance(message.output.outcome, Complete)


@pytest.mark.parametrize("api", BODY_APIS)
def test_every_api(api: str) -> None:
    text = f"Look: {HERMES}"
    pieces = tuple(text[at : at + 3] for at in range(0, len(text), 3))
    raw = body(api, Said(texts=pieces))
    for size in (1, 7, len(raw)):
        message = MessageParser(api, tools=TOOLS, text_calls=True)
        for at in range(0, len(raw), size):
            message.feed_bytes(raw[at : at + size])
        assert message.end().reason == "tool_calls"
        assert message.text == "Look:"
        assert [(call.name, call.json, call.ready) for call in message.calls] == [(*WEATHER, True)]


def test_what_is_held_is_bounded() -> None:
    early = "<tool_call>" + '{"arguments": {"a": "' + "x" * 5000
    message = read([early], limits=Limits(text=1000))
    assert message.end().reason == "error"
    assert "Limits.text" in str(message.end().error)


# The translator by itself.


def operations(
    chunks: list[str], styles: Any = STYLES, restated: str | None = None, tools: Any = ("f",)
) -> list[ops.Operation]:
    calls = TextCalls(styles, tools, 1 << 20)
    found = calls.translate([ops.Open(1, "text"), *(ops.Text(1, text) for text in chunks)])
    if restated is not None:
        found += calls.translate([ops.Restate(1, restated)])
    found += calls.translate([ops.Close(1)])
    joined: list[ops.Operation] = []
    for op in found:
        last = joined[-1] if joined else None
        if isinstance(op, ops.Text) and isinstance(last, ops.Text) and op.key == last.key:
            joined[-1] = ops.Text(op.key, last.text + op.text)
        else:
            joined.append(op)
    return joined


def test_a_text_that_is_said_again() -> None:
    text = f"Well. {HERMES} So."
    for at in range(len(text)):
        assert operations([text[:at]], restated=text) == operations([text])
    told = operations([text], restated="No.")
    assert ops.Withdraw((1, "call", 1)) in told
    assert ops.Restate(1, "No.") in told


PARTS = st.sampled_from(
    [
        *("<tool_call>", "</tool_call>", "<|python_tag|>", "<|eom_id|>", "<function=f>", "</function>", "<function="),
        *("[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[TOOL", "</too", "<", "[", "]", "{", "}", ",", ":", ";", '"', "\\"),
        *('{"name": "f"', ', "arguments": ', '"parameters":', '{"a": "x{"}', '"id": "7"', '"function": {', "null"),
        *('{"name": "f", "arguments": {"q": 1}}', '{"arguments": {"q": "<tool_call>"}, "name": "g"}', "12", "{}"),
        *(
            "<function=f>",
            "<parameter=a>",
            "</parameter>",
            "<param",
            "<arg_key>k</arg_key>",
            "<arg_value>",
            "</arg_value>",
        ),
        *(
            "<tool_call>f",
            "<｜tool▁calls▁begin｜>",
            "<｜tool▁call▁begin｜>f<｜tool▁sep｜>",
            "<｜tool▁sep｜>",
            "```json\n{}",
        ),
        *("<｜tool▁call▁begin｜>function<｜tool▁sep｜>g", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "nul", "\n\n"),
        *("<think>", "</think>", "<thi", "`", "```", "\n", " ", " " * 60, "text", "é"),
    ]
)


@given(st.lists(PARTS, max_size=12), st.sampled_from([STYLES, *((style,) for style in STYLES)]), st.data())
@settings(deadline=None, max_examples=examples(300))
def test_law_1_chunking_is_invisible_in_any_text(parts: list[str], styles: Any, data: st.DataObject) -> None:
    text = "".join(parts)
    whole = operations([text], styles)
    assert operations(list(text), styles) == whole
    at = data.draw(st.integers(0, len(text)))
    assert operations([text[:at], text[at:]], styles) == whole
    opened = {op.key: op.kind for op in whole if isinstance(op, ops.Open)}
    assert [op.key for op in whole if isinstance(op, ops.Close)]
    assert len(set(opened)) == len(opened)
    if "call" not in opened.values():
        assert "".join(op.text for op in whole if isinstance(op, ops.Text)) == text


WITH_JSON = ("hermes", "llama", "mistral", "deepseek")


@given(values(), st.sampled_from(["a/b", "get-weather", "f.g"]), st.sampled_from(WITH_JSON))
@settings(deadline=None, max_examples=examples(100))
def test_any_arguments(value: Any, name: str, style: str) -> None:
    arguments = json.dumps({"x": value}, ensure_ascii=False)
    written = {
        "hermes": f'<tool_call>{{"name": {json.dumps(name)}, "arguments": {arguments}}}</tool_call>',
        "llama": f"<function={name}>{arguments}</function>",
        "mistral": f"[TOOL_CALLS]{name}[ARGS]{arguments}",
        "deepseek": f"<｜tool▁call▁begin｜>{name}<｜tool▁sep｜>{arguments}<｜tool▁call▁end｜>",
    }[style]
    whole = operations([f"a {written} b"])
    assert operations(list(f"a {written} b")) == whole
    assert [op.text for op in whole if isinstance(op, ops.Text)] == ["a", arguments, "b"]
    assert [op.name for op in whole if isinstance(op, ops.Open)] == ["", name, ""]
