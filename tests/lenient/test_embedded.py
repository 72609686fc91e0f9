"""Documents embedded in other text, read as a sequence."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Complete, Failed, InvalidError, Lenient, ParseError, Truncated
from partialjson.sequences import DocumentSequence, documents
from partialjson.testing import strategies
from partialjson.testing.chunking import chunkings_of
from support.damage import damaged
from support.effort import amount, examples
from support.forgery import forged


class Item(BaseModel):
    sku: str
    qty: int = 1


def run(chunks: list[Any], **options: Any) -> tuple[list[Any], list[Any]]:
    """(line, kind of outcome, value) of each document, and the spans between them."""
    sequence: DocumentSequence[Any] = DocumentSequence(options.pop("target", None), format="embedded", **options)
    found: list[Any] = []
    skipped: list[Any] = []
    for chunk in chunks:
        try:
            found += sequence.feed(chunk)
        except (ParseError, InvalidError):
            break
        skipped += sequence.skipped
    found += sequence.end()
    skipped += sequence.skipped
    ends = [(each.line, each.outcome) for each in found if each.outcome is not None]
    return [(line, type(end).__name__, str(getattr(end, "value", ""))) for line, end in ends], skipped


def check(text: str, **options: Any) -> tuple[list[Any], list[tuple[str, str]]]:
    """What every way of cutting the text shows, as str and as bytes."""
    expected = run([text], **options)
    for data in (text, text.encode()):
        for way, chunks in chunkings_of(data, single_splits_up_to=100, partitions=3, seed=1):
            assert run(list(chunks), **options) == expected, way
    return expected[0], [(span.kind, text[span.start : span.end]) for span in expected[1]]


def test_documents_between_prose() -> None:
    text = 'First {"a": 1}, é then\n```json\n[1,\n2]\n```\n<think>{"no": 1}</think>{"b": 2}'
    found, skipped = check(text)
    assert found == [(1, "Complete", "{'a': 1}"), (3, "Complete", "[1, 2]"), (6, "Complete", "{'b': 2}")]
    assert skipped == [
        ("prose", "First "),
        ("prose", ", é then\n"),
        ("fence", "```json\n"),
        ("fence", "\n```"),
        ("prose", "\n"),
        ("think", '<think>{"no": 1}</think>'),
    ]
    assert list(documents([text], format="embedded")) == [{"a": 1}, [1, 2], {"b": 2}]


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ('{"a": [1}, [2] é', "{'a': [1]}", ", [2] é"),
        ('é\n{"a":\n[1} /* one\ntwo */ so', "{'a': [1]}", " /* one\ntwo */ so"),
        ('{"a": [1}\n, "b c" d, [x]', "{'a': [1]}", '\n, "b c" d, [x]'),
        ("```\n({'a': 1}) so", "{'a': 1}", ") so"),
    ],
)
def test_what_shows_the_end_of_a_document_comes_later(text: str, value: str, after: str) -> None:
    found, skipped = check(text, lenient=True)
    assert [each[1:] for each in found] == [("Complete", value)]
    assert skipped[-1][1] == after


def test_an_error_may_lie_before_the_chunk_that_shows_it() -> None:
    lenient = Lenient().without("unquoted key")
    found, skipped = check('é\n{"a":\n[1], b c, d\n [2] {"b": 2}', on_error="skip", lenient=lenient)
    assert found == [(2, "Failed", "{'a': [1]}"), (4, "Complete", "{'b': 2}")]
    assert skipped == [("prose", "é\n"), ("prose", "b c, d\n [2] ")]


@given(
    st.lists(st.one_of(damaged(), st.sampled_from(("{'a': [1}", "(1, 2]", ', "x" ', "\n[2] ", "```\n"))), max_size=5),
    st.data(),
)
@settings(deadline=None, max_examples=examples(30))
def test_law_1_chunking_is_invisible(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    chunks = data.draw(strategies.chunkings(text))
    assert run(chunks, lenient=True) == run([text], lenient=True)
    assert run(list(text), lenient=True) == run([text], lenient=True)


def test_bad_documents() -> None:
    text = 'A {"a": tru} B {"b": 2} C {"c": '
    found, _ = check(text, on_error="skip")
    assert [kind for _, kind, _ in found] == ["Failed", "Complete", "Truncated"]
    assert [kind for _, kind, _ in check(text)[0]] == ["Failed"]
    with pytest.raises(ParseError):
        list(documents([text], format="embedded"))
    assert [kind for _, kind, _ in check('Cut: {"ke')[0]] == ["Truncated"]
    assert check("nothing [1] here {}")[0] == []
    # One of which nothing can be read is none.
    assert [kind for _, kind, _ in check('```json\n(1, 2) {"a": 1}', on_error="skip")[0]] == ["Failed", "Complete"]
    # Documents in what was held to the end, since it could have been a tag.
    found, skipped = check('a <b {"c": 1} {"d": 2} and {"e')
    assert [kind for _, kind, _ in found] == ["Complete", "Complete", "Truncated"]
    assert skipped == [("prose", "a <b "), ("prose", " and ")]


def test_a_target_says_what_a_document_may_be() -> None:
    text = '["x"] then {"sku": "a"} and {"qty": 1} and {"sku": "b"}'
    found, skipped = check(text, target=Item, on_error="skip")
    assert [kind for _, kind, _ in found] == ["Complete", "Failed", "Complete"]
    assert skipped[0] == ("prose", '["x"] then ')
    # Where an invalid document ends is not known, if its parser stops in it.
    found, _ = check(text, target=Item, on_error="skip", on_invalid="raise")
    assert [kind for _, kind, _ in found] == ["Complete", "Failed"]


def test_bytes_that_are_no_text() -> None:
    for data in (b'A {"a": 1} \xff {"b": 2}', b'{"a": 1} \xc3'):
        for chunks in ([data], [data[at : at + 1] for at in range(len(data))]):
            found, _ = run(chunks, on_error="skip")
            assert [kind for _, kind, _ in found] == ["Complete", "Failed"]
    assert [kind for _, kind, _ in run([b'A {"a": "\xff'])[0]] == ["Failed"]


def test_checkpoints_are_invisible() -> None:
    text = '\ufeffA {"a": "é", "b": [1]}\n```\n[2]\n``` {"cut": [tru'
    for data in (text, text.encode()):
        expected = run([data], on_error="skip")
        for place in range(len(data) + 1):
            first: DocumentSequence[Any] = DocumentSequence(format="embedded", on_error="skip")
            found = first.feed(data[:place])
            skipped = first.skipped
            state = json.loads(json.dumps(first.checkpoint()))
            second = DocumentSequence.restore(state)
            assert second.checkpoint() == state
            found += second.feed(data[place:])
            skipped += second.skipped
            found += second.end()
            skipped += second.skipped
            ends = [(each.line, type(each.outcome).__name__) for each in found if each.outcome is not None]
            assert ends == [(line, kind) for line, kind, _ in expected[0]]
            assert skipped == expected[1]


def test_forged_checkpoints_are_refused_or_work() -> None:
    source = random.Random(7)
    states = []
    for text in ('A {"a": "', "```json\nB [1] [", 'é <think> {"a"', '{"a": 1} so', "<tool_"):
        for data in (text, text.encode()[:-1]):
            sequence: DocumentSequence[Any] = DocumentSequence(format="embedded", on_error="skip")
            sequence.feed(data)
            states.append((sequence.checkpoint(), data))
    refused = 0
    for _ in range(amount(600, 20_000, quick=300)):
        state, data = source.choice(states)
        try:
            sequence = DocumentSequence.restore(forged(state, source))
        except (ValueError, TypeError):
            refused += 1
            continue
        more = ' "x": 1} ```\n</think> {"b": 2} é'
        try:
            sequence.feed(more if isinstance(data, str) else more.encode())
        except TypeError:
            continue  # it was fed the other kind
        sequence.end()
    assert refused > 0


@given(
    st.lists(strategies.documents(max_depth=2, max_size=3, surrogates=False).map(str.strip), max_size=4),
    st.sampled_from([("```json\n", "\n```\n"), ("~~~\n", "\n~~~\n"), ("<answer>", "</answer>\n"), ("<|x|>", "<|y|>")]),
    st.data(),
)
@settings(deadline=None, max_examples=examples(80))
def test_documents_come_back(texts: list[str], marks: tuple[str, str], data: st.DataObject) -> None:
    texts = [text for text in texts if text[:1] in ("{", "[")]
    begin, end = marks
    stream = "".join(f"Here:\n{begin}{text}{end}" for text in texts)
    chunks = data.draw(strategies.chunkings(stream))
    assert list(documents(chunks, format="embedded")) == [json.loads(text) for text in texts]


def test_kinds_of_outcomes() -> None:
    sequence: DocumentSequence[Any] = DocumentSequence(format="embedded", on_error="skip")
    outcomes = [each.outcome for each in sequence.feed('{"a": 1} {"b" 1} {"c": ]')]
    outcomes += [each.outcome for each in sequence.end()]
    assert [type(each) for each in outcomes if each is not None] == [Complete, Failed]
    assert not any(isinstance(each, Truncated) for each in outcomes)


@pytest.mark.parametrize("lenient", [False, True])
def test_where_documents_stand(lenient: bool) -> None:
    text = 'One: {"a": 1}, é 😀 then\n```\n["b"]\n``` {"c": "d'
    for way, chunks in chunkings_of(text, single_splits_up_to=100, partitions=5, seed=1):
        sequence: DocumentSequence[Any] = DocumentSequence(format="embedded", on_error="skip", lenient=lenient)
        found = [each for chunk in chunks for each in sequence.feed(chunk)] + sequence.end()
        ended = [each for each in found if each.outcome is not None]
        assert [text[each.start : each.end] for each in ended[:2]] == ['{"a": 1}', '["b"]'], way
        assert (text[ended[2].start :], ended[2].end) == ('{"c": "d', -1)
        assert [each.json for each in ended] == [{"a": 1}, ["b"], {"c": "d"}]


def test_other_formats_do_not_say_where() -> None:
    sequence: DocumentSequence[Any] = DocumentSequence(format="ndjson")
    (ended,) = [each for each in sequence.feed('{"a": 1}\n') if each.outcome is not None]
    assert (ended.json, ended.start, ended.end) == ({"a": 1}, -1, -1)
