"""``Lenient(documents="last")``: the last document of a text, which is known at its end."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import (
    Complete,
    DocumentSequence,
    Failed,
    Lenient,
    Limits,
    ParseError,
    Parser,
    Truncated,
    documents,
)
from partialjson.testing import strategies
from partialjson.testing.laws import feed, law_1, law_10, law_11
from partialjson.testing.makers import Maker
from support.effort import amount, examples
from support.forgery import check_forged, forged

LAST = Lenient(documents="last")
PLAIN = Maker(lenient=LAST)


class Answer(BaseModel):
    n: int


TYPED = Maker(Answer, lenient=LAST)

TEXT = 'é draft: {"n": 1}\n```json\n{\'n\': "2",}\n```\nDone.'


def checked(text: str, make: Maker = PLAIN) -> Any:
    """The outcome, the same for each way of cutting the text, as str and as bytes."""
    law_1(text, make, list(text))
    data = text.encode()
    law_1(data, make, [data[i : i + 1] for i in range(len(data))])
    parser = make()
    feed(parser, text)
    return parser.end()


def test_the_last_document_is_read_at_the_end() -> None:
    parser = TYPED()
    for character in TEXT:
        assert parser.feed(character) == ()
        assert str(parser.json) == "MISSING"
    assert parser.pos == len(TEXT)
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.value == Answer(n=2)
    assert [TEXT[repair.start : repair.end] for repair in outcome.repairs] == ["'", ","]
    assert ("document", '{"n": 1}') in [(span.kind, TEXT[span.start : span.end]) for span in outcome.skipped]
    assert parser.pos == len(TEXT)


def test_which_one_is_the_last() -> None:
    assert checked(TEXT).value == {"n": "2"}
    assert checked('{"a": 1} then {b: [1 2').value == {"b": [1, 2]}
    assert checked('{"a": 1} {"a": 2} and no more').value == {"a": 2}
    assert checked("no more than 42").value == "no more than 42"
    assert isinstance(checked(""), Truncated)
    assert checked("I found [1, 2].", Maker(list[int], lenient=Lenient(coerce="syntax", documents="last"))).value == [
        1,
        2,
    ]


def test_a_text_that_was_cut() -> None:
    for text, kind in (('{"a": 1} {"a": [2', Truncated), ('{"a": 1} and', Complete), ("maybe 4", Truncated)):
        parser = PLAIN()
        parser.feed(text)
        assert isinstance(parser.end("length"), kind)
    parser = PLAIN()
    parser.feed('{"a": 1} {"a": [2, 3')
    outcome = parser.end("length")
    assert isinstance(outcome, Truncated)
    assert outcome.json == {"a": [2]}
    with pytest.raises(RuntimeError, match="reopen"):
        parser.reopen()


def test_errors_have_the_offsets_of_the_text() -> None:
    parser = Maker(Answer, lenient=LAST, on_invalid="raise")()
    parser.feed('{"n": 1}\né {"n": []} .'.encode())
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ParseError)
    assert (outcome.error.lineno, outcome.error.path) == (2, ("n",))
    assert outcome.error.byte_pos == outcome.error.pos + 1
    small = Maker(lenient=LAST, limits=Limits(document=5))
    for chunks in (["1234567"], list("1234567")):
        parser = small()
        _, error = feed(parser, chunks[0])
        for chunk in chunks[1:]:
            if error is None:
                _, error = feed(parser, chunk)
        assert isinstance(error, ParseError)
        assert (error.pos, "limit of 5 characters" in str(error)) == (5, True)


def test_options() -> None:
    with pytest.raises(ValueError, match="'first' or 'last'"):
        Lenient(documents="all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="text around"):
        LAST.without("text around")
    with pytest.raises(ValueError, match="gives all documents"):
        DocumentSequence(format="embedded", lenient=LAST)
    assert repr(LAST) == "Lenient(documents='last')"
    assert LAST.without("comment").documents == "last"


def test_all_documents_are_mended_in_a_sequence() -> None:
    text = "First {'a': 1,} then\n```json\n[True 2]\n``` {\"b\": 2"
    assert list(documents([text], format="embedded", lenient=True)) == [{"a": 1}, [True, 2], {"b": 2}]
    assert list(documents(list(text), format="embedded", lenient=True)) == [{"a": 1}, [True, 2], {"b": 2}]
    numbers = documents(["{n: '1'} or {n: 2}"], Answer, format="embedded", lenient=True)
    assert list(numbers) == [Answer(n=1), Answer(n=2)]


PIECES = ('{"n": 1}', "{n: '2'}", '{"n": [', "} ", "\n```json\n", "```", " 42 ", "é ", "[1, 2]", "<think>", '"')


@settings(max_examples=examples(40))
@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | strategies.documents(),
    st.sampled_from((PLAIN, TYPED)),
    st.integers(0, 99),
)
def test_the_laws(text: str, make: Maker, seed: int) -> None:
    source = random.Random(seed)
    law_1(text, make, list(text))
    law_10(text, make, list(text), source.randint(0, len(text)))
    law_11(text, make)


def test_forged_checkpoints() -> None:
    source = random.Random(1)
    parser = PLAIN()
    parser.feed(TEXT)
    parser.deltas()
    state = json.loads(json.dumps(parser.checkpoint()))
    assert check_forged(state, None) == "used"
    ends = {check_forged(forged(state, source), None) for _ in range(amount(300, 5000, quick=150))}
    assert "refused" in ends
    state["text"], state["pos"] = "[", 1
    with pytest.raises(ValueError, match="checkpoint is corrupt"):
        Parser.restore(state)
