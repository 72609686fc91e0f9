"""The framings other than SSE: where events begin and end, however the body is cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson.providers import PROVIDERS, framings_of
from partialjson.sse import IncompleteBlock, SSEEvent, StrayLine
from partialjson.testing.bodies import aws, aws_frame
from partialjson.wire import framing
from partialjson.wire.framing import Decoded, Framing, FramingError, Item, framing_for, payload

EVENTS: list[Any] = [{"a": 'ü{"}\\'}, {}, {"b": [1, {"c": "]\n"}]}]


def payloads(items: list[Item]) -> list[Any]:
    return [json.loads(i.data) if isinstance(i, SSEEvent) else i.event for i in items if not isinstance(i, StrayLine)]


def cut(names: tuple[str, ...], body: bytes, size: int) -> tuple[list[Item], IncompleteBlock | None]:
    framing = framing_for(names)
    items = [item for i in range(0, len(body), size) for item in framing.decode(body[i : i + size])]
    return items, framing.close()


LINES = b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in EVENTS)
BODIES = {
    "ndjson": [LINES, LINES.replace(b"\n", b"\r\n"), b"\n \n" + LINES, b"\xef\xbb\xbf" + LINES],
    "json-frames": [
        LINES,
        LINES.replace(b"}\n", b"}"),
        b"".join(json.dumps(event, indent=1).encode() for event in EVENTS),
        b"\xef\xbb\xbf " + LINES,
    ],
    "json-array": [
        json.dumps(EVENTS, ensure_ascii=False).encode(),
        json.dumps(EVENTS, indent=1).encode() + b"\r\n",
        b"[" + b"\n,\r\n".join(LINES.splitlines()) + b"\n]",
    ],
}


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in BODIES.items() for body in bodies])
@pytest.mark.parametrize("detected", [False, True])
def test_events_come_however_the_body_is_cut(name: str, body: bytes, detected: bool) -> None:
    names = ("sse", "json-array", "json-frames") if detected and name != "ndjson" else (name,)
    expected = [*EVENTS, "[DONE]"] if name == "json-array" else EVENTS
    for size in (1, 2, 3, 7, len(body)):
        items, rest = cut(names, body, size)
        assert payloads(items) == expected
        assert rest is None


def test_an_array_element_comes_when_it_closes() -> None:
    framing = framing_for(("json-array",))
    assert framing.decode(b'[{"a":1') == []
    assert framing.decode(b"}") == [Decoded({"a": 1})]
    assert framing.close() == IncompleteBlock(None, open=True)


def test_a_frame_comes_when_it_closes_and_kinds_of_frames_may_mix() -> None:
    framing = framing_for(("json-frames",))
    assert payloads(list(framing.decode('{"a":"ü"}'))) == [{"a": "ü"}]
    assert payloads(list(framing.decode('{"a":"ü"}'.encode()))) == [{"a": "ü"}]
    assert payloads(list(framing.decode('{"a":'))) == []
    rest = framing.close()
    assert rest is not None
    assert rest.line == '{"a":'


@pytest.mark.parametrize("name", ["sse", "ndjson"])
def test_bytes_and_text_do_not_mix_elsewhere(name: str) -> None:
    framing = framing_for((name,))
    framing.decode("a")
    with pytest.raises(TypeError, match="mixed"):
        framing.decode(b"a")
    with pytest.raises(TypeError):
        framing_for((name,)).decode(5)  # type: ignore[arg-type]


def test_the_last_line_of_ndjson() -> None:
    items, rest = cut(("ndjson",), b'{"a":1}\n{"b":2}', 3)
    assert payloads(items) == [{"a": 1}]
    assert rest == IncompleteBlock(SSEEvent("message", '{"b":2}'), '{"b":2}')
    assert cut(("ndjson",), b'{"a"', 3)[1] == IncompleteBlock(None, '{"a"')
    assert cut(("ndjson",), b"<htm", 3)[1] == IncompleteBlock(None, "<htm", stray=True)


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    line = json.dumps({"a": "x\u0085y\u2028z"}, ensure_ascii=False).encode() + b"\n"
    assert payloads(cut(("ndjson",), line, 1)[0]) == [{"a": "x\u0085y\u2028z"}]


def test_lines_before_the_first_event_may_be_anything() -> None:
    items, _ = cut(("ndjson",), b"<html>\n{\n", 4)
    assert items == [StrayLine("<html>"), StrayLine("{")]
    items, _ = cut(("ndjson",), b'{"a":1}\n<html>\n', 4)
    assert items == [SSEEvent("message", '{"a":1}'), SSEEvent("message", "<html>")]


@pytest.mark.parametrize(
    ("name", "body", "before"),
    [
        ("json-array", b'[{"a":1},{]', [{"a": 1}]),
        ("json-array", b'[{"a":1}] x', [{"a": 1}]),
        ("json-array", b"data: x", []),
        ("json-frames", b'{"a":1} x', [{"a": 1}]),
        ("json-frames", b"HTTP/1.1 502", []),
    ],
)
def test_a_body_that_cannot_be_cut(name: str, body: bytes, before: list[Any]) -> None:
    with pytest.raises(FramingError) as caught:
        framing_for((name,)).decode(body)
    assert payloads(list(caught.value.events))[: len(before)] == before


def test_the_first_character_decides() -> None:
    names = ("sse", "json-array", "json-frames")
    for body, expected in ((b'\xef\xbb\xbf\n [{"a":1}', {"a": 1}), (b'\n{"a":1}', {"a": 1})):
        for size in (1, 100):
            assert payloads(cut(names, body, size)[0]) == [expected]
    assert payloads(cut(names, b'\ndata: {"a":1}\n\n', 1)[0]) == [{"a": 1}]
    assert cut(names, b" \n", 1) == ([], None)
    assert payloads(cut(("sse", "json-frames"), b'[{"a":1}]\n\ndata: 5\n\n', 4)[0]) == [5]


@given(
    st.lists(
        st.dictionaries(st.text(max_size=3), st.text(max_size=5) | st.lists(st.integers()), max_size=3), max_size=4
    )
)
def test_frames_of_any_objects(events: list[Any]) -> None:
    for ensure in (True, False):
        body = "".join(json.dumps(event, ensure_ascii=ensure) for event in events).encode()
        assert payloads(cut(("json-frames",), body, 3)[0]) == events


def test_every_api_names_framings_that_exist() -> None:
    for api in PROVIDERS:
        if framings_of(api) != ("aws-eventstream",):
            framing: Framing = framing_for(framings_of(api))
            assert framing.close() is None or framings_of(api) == ("json-array",)
    with pytest.raises(ValueError, match="unknown API"):
        framings_of("gpt")


# The binary framing.


def test_without_botocore_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "botocore.eventstream", None)
    with pytest.raises(ImportError, match="botocore"):
        framing_for(("aws-eventstream",))


def test_binary_frames() -> None:
    pytest.importorskip("botocore")
    events = [{"messageStart": {"role": "assistant"}}, {"throttlingException": {"message": "no"}}]
    for size in (1, 7, 1000):
        items, rest = cut(("aws-eventstream",), aws(events), size)
        assert payloads(items) == events
        assert rest is None
    _, rest = cut(("aws-eventstream",), aws(events)[:-1], 7)
    assert rest is not None
    fault = aws_frame({":message-type": "error", ":error-code": "Internal", ":error-message": "no"}, b"")
    assert cut(("aws-eventstream",), fault, 5)[0] == [Decoded({"Internal": {"message": "no"}}, "error")]


def test_binary_frames_that_are_damaged() -> None:
    pytest.importorskip("botocore")
    good = aws([{"messageStart": {}}])
    bad = bytearray(aws([{"messageStop": {}}]))
    bad[-6] ^= 1
    framing = framing_for(("aws-eventstream",))
    with pytest.raises(FramingError) as caught:
        framing.decode(good + bytes(bad))
    assert payloads(list(caught.value.events)) == [{"messageStart": {}}]
    with pytest.raises(TypeError):
        framing_for(("aws-eventstream",)).decode("text")


@pytest.mark.parametrize(("name", "kept"), [("ndjson", "line"), ("json-frames", "frame")])
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_limit_is_of_one_event_however_the_body_is_cut(
    name: str, kept: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream may be as long as it likes; what is whole counts no more."""
    monkeypatch.setattr("partialjson.wire.framing.DEFAULT_LIMIT", 20)
    event = '{"a":"0123456789"}'  # 18 characters
    body = f"{event}\n" * 30
    framing = framing_for((name,))
    items = [item for i in range(0, len(body), size) for item in framing.decode(body[i : i + size])]
    assert payloads(items) == [{"a": "0123456789"}] * 30
    assert framing.close() is None

    framing = framing_for((name,))
    body = event + "\n" + '{"a":"0123456789ab"}' + "\n" + '{"a":"0123456789abc"}' + "\n" + event  # 18, 20 and 21
    items = []

    def feed() -> None:
        for i in range(0, len(body), size):
            items.extend(framing.decode(body[i : i + size]))

    with pytest.raises(FramingError, match=f"a {kept} is longer than the limit of 20 characters") as caught:
        feed()
    assert payloads([*items, *caught.value.events]) == [{"a": "0123456789"}, {"a": "0123456789ab"}]


@pytest.mark.parametrize(
    "frame",
    [
        '{"a": NaN}',
        "{'a': 1}",
        '{"a": }',
        '{"a": "\\x]}"}',
        f'{{"a": {"9" * 5000}}}',
        "[" * 100_000 + "]" * 100_000,
        '["\\ud83d"]',
    ],
    ids=["NaN", "quotes", "no value", "escape", "digits", "depth", "surrogate"],
)
def test_frames_that_are_no_good_json_end_at_their_brackets(frame: str) -> None:
    """Whoever reads them says what is wrong with them."""
    for size in (len(frame), 3, 1000):
        framing = framing_for(("json-frames",))
        body = frame + ' {"b": 1}'
        items = [item for i in range(0, len(body), size) for item in framing.decode(body[i : i + size])]
        assert [item.data for item in items if isinstance(item, SSEEvent)] == [frame, '{"b": 1}']


@given(st.text() | st.sampled_from(["[DONE]", " [DONE]", "[DONE]]", "", " 1 ", "1 2", "\ufeff1", "NaN", "[" * 100_000]))
def test_a_payload_is_read_as_by_the_standard_library(data: str) -> None:
    assert told(payload, data) == (repr(data) if data == "[DONE]" else told(json.loads, data))


def told(read: Callable[[str], object], data: str) -> object:
    """What came of reading: the value, or the error. How deep is too deep depends on who asks."""
    try:
        return repr(read(data))
    except RecursionError:
        return RecursionError
    except ValueError as error:
        return type(error), str(error)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_payloads_that_are_json_are_their_values(value: Any) -> None:
    assert repr(payload(json.dumps(value))) == repr(value)


@pytest.mark.parametrize(
    ("name", "one"),
    [("ndjson", b'{"a": 1}\n'), ("json-frames", b'{"a": 1}'), ("json-frames", b'{"a": 1}\n')],
)
@pytest.mark.parametrize("size", [1, 4, 9, 1000])
def test_the_limit_is_of_one_event_not_of_the_stream(
    monkeypatch: pytest.MonkeyPatch, name: str, one: bytes, size: int
) -> None:
    monkeypatch.setattr(framing, "DEFAULT_LIMIT", 10)
    decoder, raw = framing_for((name,)), one * 50
    items = [item for at in range(0, len(raw), size) for item in decoder.decode(raw[at : at + size])]
    assert len(items) == 50
    decoder.decode(b'{"abc": ')
    with pytest.raises(FramingError, match="longer than the limit of 10"):
        decoder.decode(b'"defg')
