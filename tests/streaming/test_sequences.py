"""Several documents in one stream: where each ends, what is said of it, and how a stream goes on after a bad one."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from partialjson import (
    Complete,
    Failed,
    IncompleteError,
    Limits,
    ParseError,
    Parser,
    Truncated,
)
from partialjson.sequences import DocumentSequence, adocuments, documents
from partialjson.testing import strategies
from partialjson.testing.chunking import chunkings_of, error_key, event_key, fingerprint, observe
from partialjson.testing.damage import NOISE
from support.memory import held_by

FORMATS: tuple[Any, ...] = ("ndjson", "concatenated", "json-seq")
BLANK = " \t\r\n"


class Item(BaseModel):
    sku: str
    qty: int = 1


def summary(outcome: Any) -> tuple[Any, ...]:
    """How a document ended, as comparable data; positions in bytes are left out, since str has none."""
    error = getattr(outcome, "error", None)
    what = error_key(error, byte_positions=False)
    return type(outcome).__name__, fingerprint(getattr(outcome, "value", None)), what


def run(chunks: Iterable[Any], **options: Any) -> list[tuple[Any, ...]]:
    """Index, line, events and outcome of each document, whatever the calls that brought them."""
    sequence: DocumentSequence[Any] = DocumentSequence(options.pop("target", None), **options)
    gathered: dict[int, list[Any]] = {}

    def gather(found: Iterable[Any]) -> None:
        for progress in found:
            seen = gathered.setdefault(progress.index, [progress.line, [], None])
            assert seen[0] == progress.line
            assert seen[2] is None, "something came after a document had ended"
            seen[1] += [event_key(event) for event in progress.events]
            if progress.outcome is not None:
                seen[2] = summary(progress.outcome)
                assert sequence.count > progress.index

    for chunk in chunks:
        try:
            gather(sequence.feed(chunk))
        except ParseError:
            break  # it had stopped before
    gather(sequence.end())
    assert sequence.end() is sequence.end()
    return [(index, *gathered[index]) for index in sorted(gathered)]


def check(text: str, **options: Any) -> list[tuple[Any, ...]]:
    """What every way of cutting the stream shows, as str and as bytes."""
    expected = run([text], **options)
    for data in (text, text.encode()) if text.isprintable() or "\ufeff" not in text[:1] else (text,):
        assert run([data], **options) == expected
        for way, chunks in chunkings_of(data, single_splits_up_to=200, partitions=3, seed=1):
            assert run(chunks, **options) == expected, way
    return expected


def outcomes(found: list[tuple[Any, ...]]) -> list[tuple[int, str]]:
    return [(line, outcome[0]) for _, line, _, outcome in found]


def join(texts: Iterable[str], format: str) -> str:
    """A stream of the format. Texts of ndjson have no newlines, as a serialiser writes them."""
    if format == "ndjson":
        return "".join(text + "\n" for text in texts)
    if format == "json-seq":
        return "".join("\x1e" + text + "\n" for text in texts)
    return "\n".join(texts)


# Formats


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("ndjson", '{"a":1}\n{"a":2}\n', [(1, "Complete"), (2, "Complete")]),
        ("ndjson", '{"a":1}\r\n\n \t\n[2]', [(1, "Complete"), (4, "Complete")]),
        ("ndjson", "1\n2", [(1, "Complete"), (2, "Complete")]),
        ("ndjson", "", []),
        ("ndjson", "\n\n", []),
        ("ndjson", '{"a":1}{"b":2}\n3\n', [(1, "Failed"), (2, "Complete")]),
        ("ndjson", '{"a":\n1}\n"x"\n', [(1, "Truncated"), (2, "Failed"), (3, "Complete")]),
        ("ndjson", "[1\n[2]\n[3", [(1, "Truncated"), (2, "Complete"), (3, "Truncated")]),
        ("ndjson", "nul\ntrue\n", [(1, "Truncated"), (2, "Complete")]),
        ("concatenated", '{"a":1}{"b":2}[3]"x"', [(1, "Complete")] * 4),
        ("concatenated", "1 2\n\n3", [(1, "Complete"), (1, "Complete"), (3, "Complete")]),
        ("concatenated", '1{}true[]null"x"-1', [(1, "Complete")] * 7),
        ("concatenated", '{\n"a":\n1}\n2', [(1, "Complete"), (4, "Complete")]),
        ("concatenated", "[1] [2", [(1, "Complete"), (1, "Truncated")]),
        ("concatenated", "[1] ] [2]", [(1, "Complete"), (1, "Failed")]),
        ("concatenated", "truefalse", [(1, "Complete"), (1, "Failed")]),
        ("concatenated", "1-2", [(1, "Complete"), (1, "Failed")]),
        ("concatenated", "1,2", [(1, "Complete"), (1, "Failed")]),
        ("json-seq", '\x1e{"a":1}\n\x1e[2]\n', [(1, "Complete"), (2, "Complete")]),
        ("json-seq", '\x1e{"a":\n1}\n\x1e\x1e\n\x1e"x"', [(1, "Complete"), (4, "Complete")]),
        ("json-seq", "\x1e12\n\x1e12", [(1, "Complete"), (2, "Truncated")]),
        ("json-seq", "\x1etrue\x1etrue \x1enull", [(1, "Truncated"), (1, "Complete"), (1, "Truncated")]),
        ("json-seq", '\x1e{"a":1\x1e[2]\n', [(1, "Truncated"), (1, "Complete")]),
        ("json-seq", '\x1e{"a" 1}\n\x1e[2]\n', [(1, "Failed"), (2, "Complete")]),
        ("json-seq", "\n[1]\n\x1e[2]\n", [(2, "Failed"), (3, "Complete")]),
        ("json-seq", "\x1e1 2\n\x1e3\n", [(1, "Failed"), (2, "Complete")]),
    ],
)
def test_where_documents_end(format: Any, text: str, expected: list[tuple[int, str]]) -> None:
    assert outcomes(check(text, format=format, on_error="skip")) == expected


@given(
    st.lists(st.tuples(strategies.values(max_leaves=6), st.sampled_from((None, 1))), max_size=6),
    st.sampled_from(FORMATS),
    st.randoms(use_true_random=False),
)
def test_the_values_come_back(values: list[tuple[Any, Any]], format: Any, source: random.Random) -> None:
    texts = [json.dumps(value, indent=None if format == "ndjson" else indent) for value, indent in values]
    text = join(texts, format)
    data = text.encode() if source.random() < 0.5 else text
    cuts = sorted(source.randrange(len(text) + 1) for _ in range(5))
    chunks = [data[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    assert fingerprint(list(documents(chunks, format=format))) == fingerprint([value for value, _ in values])


@given(
    st.lists(
        st.one_of(strategies.documents(max_depth=2, max_size=3, surrogates=False), strategies.damaged(labels=NOISE)),
        max_size=4,
    ),
    st.sampled_from(("ndjson", "json-seq")),
    st.data(),
)
def test_each_document_is_as_if_it_were_alone(texts: list[str], format: Any, data: st.DataObject) -> None:
    """Between separators stands one document: it ends as in a parser of its own, bad neighbours or not."""
    separator = "\n" if format == "ndjson" else "\x1e"
    texts = [text.replace(separator, " ").lstrip(BLANK) + " " for text in texts]
    texts = [text for text in texts if text.strip(BLANK)]
    stream = "".join(f"\x1e{text}" if format == "json-seq" else f"{text}\n" for text in texts)
    chunks = data.draw(strategies.chunkings(stream))
    found = run(chunks, format=format, on_error="skip")
    alone = [observe([text]) for text in texts]
    assert [outcome for *_, outcome in found] == [summary(seen.outcome) for seen in alone]
    assert [events for _, _, events, _ in found] == [seen.event_keys for seen in alone]


@given(st.lists(strategies.documents(max_depth=2, max_size=3, surrogates=False), max_size=5), st.data())
def test_concatenated_values_need_no_separator(texts: list[str], data: st.DataObject) -> None:
    texts = [text.strip(BLANK) for text in texts]
    text = "".join(text if text[-1] in '}]"' else text + " " for text in texts)
    chunks = data.draw(strategies.chunkings(text.encode()))
    found = run(chunks, format="concatenated")
    assert [outcome[1] for *_, outcome in found] == [fingerprint(json.loads(text)) for text in texts]


def test_a_damaged_stream_shows_no_chunks() -> None:
    source = random.Random(5)
    for _ in range(60):
        text = "".join(source.choice('{}[]":,1 \n\x1etrue-é\\u') for _ in range(24))
        for format in FORMATS:
            check(text, format=format, on_error=source.choice(("stop", "skip")))


def test_values_longer_than_the_window() -> None:
    values = ["x" * 5000, [1] * 3000, {"k": "é" * 4096}, 1, "y" * 9000]
    text = " ".join(json.dumps(value, ensure_ascii=False) for value in values)
    for data in (text, text.encode()):
        assert list(documents([data], format="concatenated")) == values


def test_a_byte_order_mark_belongs_to_the_stream() -> None:
    streams: list[tuple[Any, bytes]]
    streams = [("ndjson", b"1\n2\n"), ("concatenated", b"1 2"), ("json-seq", b"\x1e1\n\x1e2\n")]
    for format, text in streams:
        data = b"\xef\xbb\xbf" + text
        for chunks in ([data], [data[i : i + 1] for i in range(len(data))]):
            assert list(documents(chunks, format=format)) == [1, 2]
    again = run([b"1\n\xef\xbb\xbf2\n3\n"], on_error="skip")
    assert outcomes(again) == [(1, "Complete"), (2, "Failed"), (3, "Complete")]
    assert outcomes(run([b"\xef\xbb"])) == [(1, "Truncated")]


# Errors


def test_a_sequence_stops_at_a_bad_document_and_loses_nothing() -> None:
    sequence: DocumentSequence[Any] = DocumentSequence()
    found = sequence.feed("1\n[2,}\n3\n")
    assert [type(progress.outcome) for progress in found] == [Complete, Failed]
    assert [event.path for event in found[1].events] == [(0,)]
    error = found[1].outcome.error  # type: ignore[union-attr]
    assert isinstance(error, ParseError)
    assert (error.pos, found[1].line) == (3, 2)
    with pytest.raises(ParseError) as raised:
        sequence.feed("4\n")
    assert raised.value is error
    assert sequence.end() == []


def test_iterating_raises_after_all_that_came_before() -> None:
    seen: list[Any] = []

    def iterate(**options: Any) -> None:
        seen.clear()
        for value in documents(['{"a": 1}\n', '{"a"\n', "3\n"], **options):
            seen.append(value)

    with pytest.raises(IncompleteError) as raised:
        iterate()
    assert seen == [{"a": 1}]
    assert raised.value.__notes__ == ["in document 1 of the stream, which starts on line 2"]
    iterate(on_error="skip")
    assert seen == [{"a": 1}, 3]


def test_invalid_documents() -> None:
    lines = '{"sku": "A", "qty": "x"}\n{"sku": "B"}\n'
    stopped = run([lines], target=Item)
    assert outcomes(stopped) == [(1, "Failed")]
    for format in FORMATS:
        text = join(lines.splitlines(), format)
        assert list(documents([text], Item, format=format, on_error="skip")) == [Item(sku="B")]
        with pytest.raises(ValidationError):
            list(documents([text], Item, format=format))


def test_a_malformed_value_among_concatenated_ones_always_stops() -> None:
    found = run(["[1] [2,] [3]"], format="concatenated", on_error="skip")
    assert outcomes(found) == [(1, "Complete"), (1, "Failed")]


def test_limits_are_for_each_document() -> None:
    found = run(['[1]\n["xxxx"]\n[2]\n'], on_error="skip", limits=Limits(string=3, document=8))
    assert outcomes(found) == [(1, "Complete"), (2, "Failed"), (3, "Complete")]


def test_what_is_asked_wrongly() -> None:
    with pytest.raises(ValueError, match="format must be one of 'ndjson', 'concatenated', 'json-seq', 'embedded', not"):
        DocumentSequence(format="jsonl")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="on_error must be one of"):
        DocumentSequence(on_error="ignore")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="need a target"):
        DocumentSequence(strict=True)
    with pytest.raises(TypeError, match="pass \\[text\\]"):
        documents("[1]")
    with pytest.raises(TypeError, match="use documents\\(\\)"):
        adocuments(["[1]"])  # type: ignore[arg-type]
    sequence: DocumentSequence[Any] = DocumentSequence()
    with pytest.raises(TypeError, match="not int"):
        sequence.feed(1)  # type: ignore[arg-type]
    sequence.feed("[")
    with pytest.raises(TypeError, match="fed str and bytes"):
        sequence.feed(b"]")
    sequence.end()
    with pytest.raises(RuntimeError, match="has ended"):
        sequence.feed("[")


def test_a_validator_that_breaks_stops_the_sequence() -> None:
    class Fragile(BaseModel):
        a: int

        def model_post_init(self, context: object) -> None:
            if self.a == 2:
                raise KeyError("broken")

    sequence = DocumentSequence(Fragile)
    with pytest.raises(KeyError):
        sequence.feed('{"a": 1}\n{"a": 2}\n{"a": 3}\n')
    with pytest.raises(KeyError):
        sequence.feed("{}")
    assert [progress.index for progress in sequence.end()] == [0]


# The open document


def test_the_open_document() -> None:
    sequence = DocumentSequence(Item)
    assert sequence.parser is None
    sequence.feed('{"sku": "A"}\n{"sku": "B-1')
    assert sequence.parser is not None
    assert sequence.parser.value.sku == "B-1"
    assert sequence.count == 1
    sequence.feed('"}\n')
    assert sequence.parser is None
    assert sequence.count == 2


def test_the_end_of_the_stream_has_a_reason() -> None:
    sequence: DocumentSequence[Any] = DocumentSequence()
    sequence.feed("12")
    [progress] = sequence.end("length")
    assert isinstance(progress.outcome, Truncated)
    assert progress.outcome.reason == "length"


def test_async_and_plain_iteration_agree() -> None:
    async def arrive(chunks: list[str]) -> AsyncIterator[str]:
        for chunk in chunks:
            await asyncio.sleep(0)
            yield chunk

    async def gather() -> list[Item]:
        return [item async for item in adocuments(arrive(['{"sku": "A"}\n{"s', 'ku": "B"}']), Item)]

    assert asyncio.run(gather()) == [Item(sku="A"), Item(sku="B")]


def test_leaving_early_closes_the_chunks() -> None:
    closed = []

    def chunks() -> Iterator[str]:
        try:
            while True:
                yield '{"sku": "A"}\n'
        finally:
            closed.append(True)

    for item in documents(chunks(), Item):
        assert item.sku == "A"
        break
    assert closed == [True]


def test_what_the_chunks_raise_comes_after_what_had_come() -> None:
    def chunks() -> Iterator[str]:
        yield '{"sku": "A"}\n{"sk'
        raise ConnectionError("reset")

    seen: list[Item] = []
    with pytest.raises(ConnectionError):
        seen.extend(documents(chunks(), Item))
    seen = []
    values = documents(chunks(), Item)
    seen.append(next(iter(values)))
    assert seen == [Item(sku="A")]


def test_memory_is_that_of_one_document() -> None:
    line = json.dumps({"name": "x" * 1000, "tags": ["a"] * 50}) + "\n"

    def lines(count: int) -> int:
        def read() -> Any:
            sequence: DocumentSequence[Any] = DocumentSequence(select=[])
            for _ in range(count):
                sequence.feed(line)
            return sequence

        return held_by(read)

    lines(10)
    assert lines(2000) < lines(20) + 20_000


# Checkpoints


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("encode", [False, True])
def test_checkpoints_are_invisible(format: Any, encode: bool) -> None:
    text = join(['{"a":[1,"é\\u00e9"]}', "12", "[tru]", '"x"', "null"], format)
    data: Any = text.encode() if encode else text
    if encode and format == "ndjson":
        data = b"\xef\xbb\xbf" + data
    expected = run([data], format=format, on_error="skip")
    for place in range(len(data) + 1):
        first: DocumentSequence[Any] = DocumentSequence(format=format, on_error="skip")
        found = first.feed(data[:place])
        try:
            state = json.loads(json.dumps(first.checkpoint()))
        except RuntimeError:
            assert format == "concatenated"
            continue
        second = DocumentSequence.restore(state)
        assert second.checkpoint() == state
        found += second.feed(data[place:])
        found += second.end()
        ended = [(p.index, p.line, summary(p.outcome)) for p in found if p.outcome is not None]
        assert ended == [(index, line, outcome) for index, line, _, outcome in expected]


def test_a_typed_checkpoint_keeps_its_options() -> None:
    sequence = DocumentSequence(Item, strict=True, select=["$.sku"], limits=Limits(string=5))
    sequence.feed('{"sku": "A"}\n{"sku": "B')
    restored = DocumentSequence.restore(sequence.checkpoint(), Item)
    found = restored.feed('"}\n{"sku": "C", "qty": "1"}\n')
    assert [[event.path for event in progress.events] for progress in found] == [[("sku",)], [("sku",)]]
    assert isinstance(found[1].outcome, Failed)
    with pytest.raises(ValueError, match="another target"):
        DocumentSequence.restore(sequence.checkpoint(), int)


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 2},
        {"format": "x"},
        {"format": []},
        {"kind": "list"},
        {"count": [1, 2]},
        {"flags": [1, True, True, True, True]},
        {"parser": {}},
        {"head": "x"},
        {"pattern": None},
    ],
)
def test_corrupt_checkpoints_are_refused(change: dict[str, Any]) -> None:
    sequence: DocumentSequence[Any] = DocumentSequence()
    sequence.feed("[1")
    state = {**sequence.checkpoint(), **change}
    with pytest.raises(ValueError, match=r"checkpoint|format"):
        DocumentSequence.restore(state)
    with pytest.raises(ValueError, match="not a checkpoint"):
        DocumentSequence.restore([])


# A value with other text after it


@given(
    strategies.documents(max_depth=2, max_size=3, surrogates=False),
    st.sampled_from(("", "x", "]", "é", ",", "{}", "\x00")),
    st.data(),
)
def test_a_value_ends_where_its_root_closes(text: str, after: str, data: st.DataObject) -> None:
    whole = Parser()
    whole.feed(text)
    whole.feed(" ")
    expected = whole.close()
    if not text[-1:].isspace() and text.strip(BLANK)[-1] not in '}]"el' and after == "":
        after = " "  # or the number would be open
        text += " "
    streams: list[Any] = [text + after, (text + after).encode()]
    for stream in streams:
        chunks: Any = data.draw(strategies.chunkings(stream))
        parser = Parser()
        used = 0
        for chunk in chunks:
            _, count = parser.feed_value(chunk)
            used += count
            if count < len(chunk):
                assert parser.done
                break
        assert parser.done
        assert fingerprint(parser.close()) == fingerprint(expected)
        rest = stream[used:]
        if isinstance(rest, bytes):
            rest = rest.decode()
        assert rest.strip(BLANK) == after.strip(BLANK)


def test_a_value_in_bytes_before_bytes_that_are_no_text() -> None:
    parser = Parser()
    assert parser.feed_value(b"[1] \xff")[1] == 4
    assert parser.done
    assert parser.feed_value(b"\xe2") == ((), 0)
    assert parser.close() == [1]


def test_a_typed_value_keeps_only_its_own_text() -> None:
    parser = Parser(list[int])
    assert parser.feed_value("[1, 2] and more")[1] == 7
    assert parser.checkpoint()["text"] == "[1, 2] "
    assert parser.close() == [1, 2]


def test_errors_inside_the_value_are_errors() -> None:
    parser = Parser()
    with pytest.raises(ParseError):
        parser.feed_value("[1 2]")
    with pytest.raises(ParseError):
        parser.feed_value("]")
    refused = Parser(limits=Limits(document=5))
    with pytest.raises(ParseError, match="longer than the limit"):
        refused.feed_value("[1, 2, 3]")
    within = Parser(limits=Limits(document=5))
    assert within.feed_value("[1] and so on")[1] == 4
    assert within.close() == [1]
    # What was left unread changes nothing for what is fed later.
    fed_again = Parser(limits=Limits(document=5))
    assert fed_again.feed_value("[1] and so on")[1] == 4
    with pytest.raises(ParseError, match="longer than the limit of"):
        fed_again.feed(" " * 100)


HOSTILE_STREAMS = ("%s", "]%s", "[%s", '"%s', "[]%s", "12%s", "{}x%s", " %s ", '["\\%s')


@pytest.mark.parametrize("format", ["ndjson", "json-seq", "concatenated"])
@pytest.mark.parametrize("piece", HOSTILE_STREAMS)
@pytest.mark.parametrize("on_error", ["skip", "stop"])
def test_the_cost_of_a_stream_is_linear(format: Any, piece: str, on_error: Any) -> None:
    """Separators, bad documents and white space in any number: each is passed once, however the stream is cut."""
    separator = {"ndjson": "\n", "json-seq": "\x1e", "concatenated": " "}[format]

    def work(times: int, size: int) -> int:
        sequence: DocumentSequence[Any] = DocumentSequence(format=format, on_error=on_error)
        text = separator + (piece % separator) * times
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            for start in range(0, len(text), size):
                sequence.feed(text[start : start + size])
        except ValueError:
            pass
        finally:
            sys.setprofile(before)
        sequence.end()
        return calls

    for size in (1, 10**6):
        assert work(400, size) < 5 * work(100, size) + 2000


def test_a_large_document_in_one_chunk_costs_its_size() -> None:
    """Concatenated values are read in pieces; what a document's pieces complete is put together once."""
    sequence: DocumentSequence[Any] = DocumentSequence(format="concatenated")
    elements = 300_000
    (progress,) = sequence.feed("[" + "1," * (elements - 1) + "1]")
    assert len(progress.events) == elements + 1
    assert isinstance(progress.outcome, Complete)


@pytest.mark.parametrize(
    ("text", "format", "code"),
    [
        ("true1 ", "concatenated", "separator"),
        ("{}\n{}", "json-seq", "separator"),
        ("\x1e{x}\n", "json-seq", "syntax"),
        ("\x1e12", "json-seq", "incomplete"),
        ("[1\n", "ndjson", "incomplete"),
        ("1 2\n", "ndjson", "trailing"),
        (b'"\xff"\n', "ndjson", "utf8"),
        (b"see: \xff", "embedded", "utf8"),
        (b"see: {} \xe2\x82", "embedded", "utf8"),
    ],
)
def test_codes(text: Any, format: Any, code: str) -> None:
    def found(chunks: list[Any]) -> list[str]:
        sequence: DocumentSequence[Any] = DocumentSequence(format=format)
        told: list[Any] = []
        for chunk in chunks:
            try:
                told += sequence.feed(chunk)
            except ParseError:
                break  # it had stopped before
        told += sequence.end()
        return [each.outcome.code for each in told if each.outcome is not None]

    whole = found([text])
    assert code in whole
    for _, chunks in chunkings_of(text, single_splits_up_to=30, partitions=2, seed=0):
        assert found(chunks) == whole


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": 1} {"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ("[1]\n[2][3]\n", [[1], [2], [3]]),
        ("1 2", [1, 2]),
    ],
)
def test_several_documents_on_one_line_point_to_the_other_format(text: str, values: list[Any]) -> None:
    for chunks in ([text], list(text)):
        with pytest.raises(ParseError, match="text after the end of the document") as caught:
            list(documents(chunks))
        assert "with format='concatenated'" in caught.value.__notes__[0]
        assert "in document" in caught.value.__notes__[1]
        assert list(documents(chunks, format="concatenated")) == values


@pytest.mark.parametrize("format", ["ndjson", "json-seq"])
def test_other_errors_do_not(format: Any) -> None:
    text = "[1,}\n" if format == "ndjson" else '\x1e{"a": 1}{"a": 2}\n'
    with pytest.raises(ParseError) as caught:
        list(documents([text], format=format))
    assert len(caught.value.__notes__) == 1
