"""Lines that come whole go a short way, and nobody can tell, but for the time."""

from __future__ import annotations

import random
from typing import Annotated, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, Json

from partialjson import Limits
from partialjson.sequences import documents, lines, values
from support import strategies
from support.chunking import error_key, fingerprint

calls: list[Any] = []


def count(value: Any) -> Any:
    calls.append(value)
    if value == 13:
        raise LookupError("a validator of the user's")
    return value


class Item(BaseModel):
    sku: str = Field(max_length=6)
    qty: Annotated[int, AfterValidator(count)] = 1
    price: float | None = None
    inner: Json[list[int]] | None = None


PLAIN = [
    "{}", "1", "-0.5e3", '"a\\u00e9"', "null", "true", "[1,2]", ' {"a": [{}]} ', '{"a":1,"a":2}', "", "  ", "\t1\r",
    "NaN", "[Infinity]", "-Infinity", "[1", "{]", "01", '"\\ud800"', '"\ud800"', '"\\ud83d\\ude00"', "1 2", "\x0c1",
    "\ufeff1", "[" * 60 + "]" * 60,
    "9" * 30, "1e999", '"' + "x" * 30 + '"', '"\x00"', '["]["]', "tru",
]  # fmt: skip
TYPED = [
    '{"sku": "tea"}', '{"sku": "tea", "qty": 2, "price": 1.5}', '{"sku": "much too long"}', '{"qty": "3"}', "[]",
    '{"sku": "tea", "qty": 13}', '{"sku": "tea", "price": NaN}', '{"sku": "NaN"}', '{"sku": "tea", "inner": "[1, 2]"}',
    '{"sku": "tea", "inner": "[1, 2"}', '{"sku": "tea", "qty": 2, "sku": "ham"}', '{"sku": "tea"', "{", "\ufeff{}",
    '{"sku": "\\ud800"}', '{"sku": "\ud800"}', '{"sku": "tea", "price": 1e999}', '{"sku":"tea","qty":4} x', "",
]  # fmt: skip


def seen(chunks: list[Any], target: Any, **options: Any) -> tuple[Any, ...]:
    """The values, how it ended, and what the validators were called with."""
    calls.clear()
    found = []
    try:
        for value in documents(chunks, target, **options):
            found.append(fingerprint(value))
    except Exception as error:
        key = error_key(error, byte_positions=False)
        return found, key, getattr(error, "__notes__", None), list(calls)
    return found, None, None, list(calls)


def slowly(chunks: list[Any], target: Any, **options: Any) -> tuple[Any, ...]:
    """``seen``, with a parser for each line."""
    with patch.object(values, "reader_of", lambda pattern, target: None):
        return seen(chunks, target, **options)


def pieces(text: Any, rng: random.Random) -> list[Any]:
    cuts = sorted(rng.sample(range(len(text) + 1), min(rng.randrange(4), len(text))))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


OPTIONS: list[dict[str, Any]] = [
    {}, {"on_error": "skip"}, {"limits": Limits(depth=3)}, {"limits": Limits(number=8), "on_error": "skip"},
    {"limits": Limits(string=5, document=40), "on_error": "skip"},
]  # fmt: skip
TYPED_OPTIONS: list[dict[str, Any]] = [
    *OPTIONS, {"strict": True}, {"on_invalid": "raise"}, {"on_invalid": "skip"}, {"lenient": True, "on_error": "skip"}
]  # fmt: skip


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_plain_lines(options: dict[str, Any], as_bytes: bool) -> None:
    rng = random.Random(1)
    for _ in range(120):
        chosen = [rng.choice(PLAIN) for _ in range(rng.randrange(1, 6))]
        check("\n".join(chosen) + rng.choice(["", "\n", "\r\n"]), None, options, as_bytes, rng)


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("options", TYPED_OPTIONS, ids=str)
def test_typed_lines(options: dict[str, Any], as_bytes: bool) -> None:
    rng = random.Random(2)
    for _ in range(80):
        chosen = [rng.choice(TYPED) for _ in range(rng.randrange(1, 6))]
        check("\n".join(chosen) + rng.choice(["", "\n"]), Item, options, as_bytes, rng)


def check(text: str, target: Any, options: dict[str, Any], as_bytes: bool, rng: random.Random) -> None:
    data: Any = text.encode("utf-8", "surrogatepass") if as_bytes else text
    for chunks in ([data], pieces(data, rng)):
        assert seen(chunks, target, **options) == slowly(chunks, target, **options), chunks


@given(st.lists(strategies.texts() | strategies.damaged(), max_size=4), st.data())
def test_any_documents(texts: list[str], data: st.DataObject) -> None:
    stream = "\n".join(text.replace("\n", " ") for text in texts) + "\n"
    chunks = data.draw(strategies.chunkings(stream))
    assert seen(chunks, None) == slowly(chunks, None)


def test_whole_lines_need_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the tests above would compare one way with itself."""
    opened: list[None] = []
    monkeypatch.setattr(values._ValueSequence, "_open", lambda self: opened.append(None))
    assert list(documents(['{"a": 1}\n[2]\n'])) == [{"a": 1}, [2]]
    assert list(documents([b'{"sku": "tea"}\n'], Item)) == [Item(sku="tea")]
    assert opened == []


def test_a_line_that_may_pass_a_limit_is_left_to_a_parser() -> None:
    read = lines.reader_of(values._ValueSequence(limits=Limits(number=10))._pattern, None)
    assert read is not None
    assert read("[123456789, 1234567890]") == [123456789, 1234567890]
    assert read("[12345678901]") is lines.UNREAD
    assert read(b"[12345678901]") is lines.UNREAD
