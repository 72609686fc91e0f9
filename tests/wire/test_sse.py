"""Server-sent events by the WHATWG rules: every rule by a case of its own, every case in every chunking.

`decoded` feeds a stream whole, byte by byte, and cut in two at each place, and asserts that nothing differs.
The corpus adds the cases of other implementations and the event lists of recorded bodies, by their digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson.sse import IncompleteBlock, SSEDecoder, SSEError, SSEEvent, StrayLine
from partialjson.testing.laws import work_of
from partialjson.testing.work import Work
from support.corpus import corpus_files, corpus_folder

STREAMS = corpus_files("streams", pattern="*/*.sse")


def feed_all(chunks: Iterable[bytes | str]) -> tuple[list[SSEEvent | StrayLine], IncompleteBlock | None]:
    decoder = SSEDecoder()
    items = [item for chunk in chunks for item in decoder.decode(chunk)]
    return items, decoder.close()


def splits(text: bytes) -> Iterable[list[bytes]]:
    yield [text[i : i + 1] for i in range(len(text))]
    for cut in range(len(text)):
        yield [text[:cut], b"", text[cut:]]


def decoded(text: bytes) -> tuple[list[SSEEvent | StrayLine], IncompleteBlock | None]:
    """What a stream holds; the same for all ways to cut it, and as `str` where it is UTF-8."""
    whole = feed_all([text])
    for chunks in splits(text):
        assert feed_all(chunks) == whole, chunks
    if b"\xff" not in text:
        characters = text.decode()
        assert feed_all([characters]) == whole
        assert feed_all(characters) == whole
    return whole


def event(data: str, type: str = "message", id: str = "", retry: int | None = None) -> SSEEvent:
    return SSEEvent(type, data, id, retry)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"data: a\n\n", [event("a")]),
        (b"data:a\n\n", [event("a")]),
        (b"data:  a\n\n", [event(" a")]),
        (b"data:\ta\n\n", [event("\ta")]),
        (b"data: a\ndata: b\n\n", [event("a\nb")]),
        (b"data\n\n", [event("")]),
        (b"data:\n\n", [event("")]),
        (b"data\ndata\n\n", [event("\n")]),
        (b"\n\n\ndata: a\n\n\n", [event("a")]),
        (b"data: a: b\n\n", [event("a: b")]),
        (b": a comment\n\ndata: a\n: another\n\n", [event("a")]),
        (b"event: ping\ndata: a\n\ndata: b\n\n", [event("a", "ping"), event("b")]),
        (b"event: ping\n\ndata: b\n\n", [event("b")]),
        (b"event: one\nevent: two\ndata: a\n\n", [event("a", "two")]),
        (b"event:\ndata: a\n\n", [event("a")]),
        (b"id: 1\ndata: a\n\ndata: b\n\n", [event("a", id="1"), event("b", id="1")]),
        (b"id: 1\n\ndata: b\n\n", [event("b", id="1")]),
        (b"id: 1\ndata: a\n\nid\ndata: b\n\n", [event("a", id="1"), event("b")]),
        (b"id: 1\x002\ndata: a\n\n", [event("a")]),
        (b"retry: 30\ndata: a\n\ndata: b\n\n", [event("a", retry=30), event("b")]),
        (b"retry: 3s\nretry: -1\nretry:\nretry: 1.5\ndata: a\n\n", [event("a")]),
        ("retry: ٣\ndata: a\n\n".encode(), [event("a")]),
        (b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [event("a")]),
        (b"data: a\r\rdata: b\r\n\r\ndata: c\n\n", [event("a"), event("b"), event("c")]),
        (b"data: a\r\n\n", [event("a")]),
        (b"data: a\n\r\ndata: b\n\r", [event("a"), event("b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [event("a")]),
        (b"data: \xef\xbb\xbfa\n\n", [event("\ufeffa")]),
        ("data: ä\u2028ö\u2029\x85\x0b\x0c😀\n\n".encode(), [event("ä\u2028ö\u2029\x85\x0b\x0c😀")]),
        (b"data: \xff\xfe\n\n", [event("\ufffd\ufffd")]),
        (b"data: \xe2\x82\xff\n\n", [event("\ufffd\ufffd")]),
        (b"", []),
    ],
)
def test_rules(text: bytes, expected: list[SSEEvent]) -> None:
    items, incomplete = decoded(text)
    assert items == expected
    assert incomplete is None


def test_only_one_byte_order_mark_is_dropped() -> None:
    assert decoded(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n")[0] == [StrayLine("\ufeffdata: a")]


def test_a_byte_order_mark_is_dropped_from_str() -> None:
    assert SSEDecoder().feed("\ufeffdata: a\n\n") == [event("a")]


def test_lines_that_are_no_fields_stand_between_the_events() -> None:
    text = b'data: a\n\n<html>\nDATA: x\n data: y\ndata: b\n{"error": 1}\n\n'
    items, _ = decoded(text)
    strays = [StrayLine("<html>"), StrayLine("DATA: x"), StrayLine(" data: y"), StrayLine('{"error": 1}')]
    assert items == [event("a"), *strays, event("b")]
    assert SSEDecoder().feed(text) == [event("a"), event("b")]


def test_a_carriage_return_dispatches_at_once() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"data: a\r\r") == [event("a")]
    assert decoder.feed(b"\ndata: b\r\n\r") == [event("b")]
    assert decoder.feed(b"\n\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"data: a", IncompleteBlock(event("a"), "data: a")),
        (b"data: a\n", IncompleteBlock(event("a"))),
        (b"id: 7\nevent: x\ndata: a\ndata: b", IncompleteBlock(event("a\nb", "x", "7"), "data: b")),
        (b"event: ping\n", None),
        (b"dat", IncompleteBlock(None, "dat")),
        (b": comm", IncompleteBlock(None, ": comm")),
        (b"<html>", IncompleteBlock(None, "<html>", stray=True)),
        (b"data: \xe2\x82", IncompleteBlock(event("\ufffd"), "data: \ufffd")),
    ],
)
def test_the_block_that_was_not_dispatched_is_offered(text: bytes, expected: IncompleteBlock | None) -> None:
    items, incomplete = feed_all([text])
    assert items == []
    assert incomplete == expected


def test_an_undispatched_id_is_not_the_last_event_id() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 1\n\nid: 2\nretry: 5\n")
    assert decoder.last_event_id == "1"
    assert decoder.retry == 5


def test_a_closed_decoder_takes_nothing() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"data: a\n")
    assert decoder.close() is not None
    assert decoder.close() is None
    with pytest.raises(RuntimeError, match="closed"):
        decoder.feed(b"\n")


@pytest.mark.parametrize(("first", "second"), [(b"a", "b"), ("a", b"b")])
def test_bytes_and_str_do_not_mix(first: Any, second: Any) -> None:
    decoder = SSEDecoder()
    decoder.feed(first)
    with pytest.raises(TypeError, match="mixed"):
        decoder.feed(second)


def test_other_chunks_are_refused() -> None:
    with pytest.raises(TypeError, match="int"):
        SSEDecoder().feed(1)  # type: ignore[arg-type]


def test_bytes_like_chunks() -> None:
    assert SSEDecoder().feed(bytearray(b"data: a\n\n")) == [event("a")]
    assert SSEDecoder().feed(memoryview(b"data: a\n\n")) == [event("a")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_limit_is_an_error_at_the_same_place_for_every_chunking(size: int) -> None:
    decoder = SSEDecoder(limit=20)
    text = b"data: " + b"a" * 14 + b"\n\ndata: " + b"b" * 5 + b"\ndata: " + b"c" * 10 + b"\n\ndata: d\n\n"
    events: list[Any] = []

    def feed_pieces() -> None:
        for i in range(0, len(text), size):
            events.extend(decoder.feed(text[i : i + size]))

    with pytest.raises(SSEError, match="limit of 20") as caught:
        feed_pieces()
    events.extend(caught.value.events)
    assert events == [event("a" * 14)]
    with pytest.raises(SSEError) as again:
        decoder.feed(b"\n\n")
    assert again.value is caught.value
    assert decoder.close() is None


def test_no_limit() -> None:
    data = "x" * 1000
    assert SSEDecoder(limit=None).feed(f"data: {data}\n\n") == [event(data)]


def test_comments_and_empty_blocks_do_not_add_up_to_the_limit() -> None:
    decoder = SSEDecoder(limit=20)
    for _ in range(100):
        assert decoder.feed(b": keep-alive\n\nevent: x\n\n") == []


LINES = (
    "data: a",
    "data:",
    "data",
    "data:b",
    "data:  c",
    "event: x",
    "event:y",
    "id: 7",
    "id",
    "retry: 5",
    ": no",
    "junk",
)
ENDS = ("\n", "\n", "\r", "\r\n", "\n\n", "é", "")


def described(text: str, limit: int | None) -> tuple[list[SSEEvent | StrayLine], bool]:
    """What a stream holds by the words of the standard, line by line, and whether it passes the limit."""
    items: list[SSEEvent | StrayLine] = []
    last_id, kind, data, retry = "", "", list[str](), None
    *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines:
        if limit is not None and len(line) + sum(len(value) + 1 for value in data) > limit:
            return items, True
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                items.append(SSEEvent(kind or "message", "\n".join(data), last_id, retry))
            kind, data, retry = "", [], None
        elif name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id":
            last_id = value
        elif name == "retry":
            retry = int(value) if value.isascii() and value.isdigit() else retry
        elif name:
            items.append(StrayLine(line))
    return items, limit is not None and len(rest) + sum(len(value) + 1 for value in data) > limit


@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(ENDS)), max_size=30),
    st.lists(st.integers(1, 40)),
    st.none() | st.integers(1, 30),
    st.booleans(),
)
def test_every_stream_is_read_as_the_standard_describes_it(
    pieces: list[tuple[str, str]], cuts: list[int], limit: int | None, binary: bool
) -> None:
    text = "".join(line + end for line, end in pieces)
    expected, passes = described(text, limit)
    decoder = SSEDecoder(limit=limit)
    body: bytes | str = text.encode() if binary else text
    items: list[SSEEvent | StrayLine] = []
    failed = False
    position = 0
    for length in [*cuts, len(body)]:
        try:
            items += decoder.decode(body[position : position + length])
        except SSEError as error:
            items += error.events
            failed = True
            break
        position += length
    if text[-1:] != "\r":  # an LF that would belong to it may come
        assert (items, failed) == (expected, passes)
    else:
        assert items == expected


def test_a_long_line_in_single_bytes_takes_linear_time() -> None:
    def work(size: int) -> Work:
        line = b"data: " + b"x" * size + b"\n\n"
        return work_of([line[i : i + 1] for i in range(len(line))], SSEDecoder)

    small, large = work(2_500), work(20_000)
    # Quadratic would be 64 times.
    assert large.steps < 10 * small.steps
    assert large.memory < 16 * small.memory


def test_a_line_of_ten_megabytes() -> None:
    line = b"data: " + b"x" * 10_000_000 + b"\n\n"
    decoder = SSEDecoder()
    events = [event for i in range(0, len(line), 1000) for event in decoder.feed(line[i : i + 1000])]
    assert [len(event.data) for event in events] == [10_000_000]


def test_corpus_cases() -> None:
    cases = json.loads((corpus_folder("sse") / "sse_cases.json").read_bytes())
    assert cases
    for case in cases:
        chunks = [base64.b64decode(chunk) for chunk in case["chunks_b64"]]
        expected = [event(e["data"], e["event"], e["id"]) for e in case["expected_events"]]
        for way in (chunks, [b"".join(chunks)], *splits(b"".join(chunks))):
            items, _ = feed_all(way)
            found = [event(e.data, e.event, e.id) for e in items if isinstance(e, SSEEvent)]
            assert found == expected, case["name"]


def test_the_corpus_is_there() -> None:
    corpus_folder("streams")
    assert STREAMS


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_recorded_streams_give_the_recorded_events(path: Path) -> None:
    framing = json.loads(path.with_name(path.name + ".json").read_bytes())["framing"]
    body = path.read_bytes()
    digests = set()
    for size in (97, len(body)):
        decoder = SSEDecoder()
        events = [e for i in range(0, len(body), size) for e in decoder.feed(body[i : i + size])]
        listed = [[e.event, e.data, e.id] for e in events]
        text = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
        digests.add((len(events), hashlib.sha256(text.encode()).hexdigest()))
    assert digests == {(framing["events"], framing["events_sha256"])}
