"""The kit finds planted bugs, names the law that each of them breaks, and lets right consumers pass."""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st

from partialjson import ParseError, Parser, stream
from partialjson.sse import SSEDecoder
from partialjson.testing import Push, check_consumer
from partialjson.testing.breach import Breach
from partialjson.testing.strategies import documents
from support.effort import examples

FEW = settings(
    max_examples=max(30, examples(60)),
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
)


# Consumers with a bug each


def escapes_within_chunks(chunks: Iterable[str]) -> int:
    """A \\u escape that is cut is not counted."""
    import re

    return sum(len(re.findall(r"\\u[0-9a-fA-F]{4}", chunk)) for chunk in chunks)


def lines_within_chunks(chunks: Iterable[str]) -> Iterator[str]:
    for chunk in chunks:
        yield from chunk.splitlines()


def decodes_each_chunk(chunks: Iterable[bytes]) -> str:
    """A character of several bytes is lost where it is cut."""
    return "".join(chunk.decode("utf-8", "replace") for chunk in chunks)


def strips_each_chunk(chunks: Iterable[str]) -> str:
    return "".join(chunk.strip() for chunk in chunks)


def stops_at_an_empty_chunk(chunks: Iterable[str]) -> str:
    text = ""
    for chunk in chunks:
        if not chunk:
            break
        text += chunk
    return text


def takes_numbers_as_they_come(chunks: Iterable[str]) -> Iterator[Any]:
    """Shows 1, then 12, for a number that is 12 in the end: a view is taken back."""
    text = ""
    for chunk in chunks:
        text += chunk
        try:
            yield json.loads(text)
        except ValueError:
            continue


def hands_out_what_it_changes(chunks: Iterable[str]) -> Iterator[Any]:
    """One list for all snapshots."""
    seen: list[str] = []
    for chunk in chunks:
        seen.append(chunk)
        yield seen


def drops_the_last_character(chunks: Iterable[str]) -> str:
    return "".join(chunks)[:-1]


class ClosesBrackets:
    """Calls a document complete that was cut off, since it closes what is open."""

    def __init__(self) -> None:
        self.text = ""

    def feed(self, chunk: str) -> None:
        self.text += chunk

    def close(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError:
            return json.loads(self.text.rstrip(" ,:") + "]" * self.text.count("["))


def raises_an_index_error(chunks: Iterable[str]) -> Any:
    text = "".join(chunks)
    return json.loads(text) if text[0] else None


class ForgetsAtTheEnd:
    """What is left in the buffer when the stream ends is lost, but only if it came by itself."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def feed(self, chunk: str) -> list[str]:
        lines, _, rest = chunk.rpartition(",")
        return [*lines.split(","), rest] if lines else []

    def close(self) -> None:
        return None


async def forgets_the_first(chunks: AsyncIterator[str]) -> list[str]:
    found = [chunk async for chunk in chunks]
    return found[1:]


PLANTED: list[tuple[Any, int, dict[str, Any]]] = [
    (escapes_within_chunks, 1, {}),
    (lines_within_chunks, 1, {}),
    (decodes_each_chunk, 1, {"as_bytes": True}),
    (strips_each_chunk, 1, {}),
    (stops_at_an_empty_chunk, 1, {}),
    (ForgetsAtTheEnd, 1, {"texts": st.sampled_from(["a,b", "a,b,c"])}),
    (forgets_the_first, 1, {"text": "ab"}),
    (takes_numbers_as_they_come, 2, {"gives": "snapshots", "texts": st.just("[12"[1:])}),
    (hands_out_what_it_changes, 4, {"gives": "snapshots", "text": "ab", "describe": lambda value: None}),
    (drops_the_last_character, 5, {"expected": lambda text: text}),
    (ClosesBrackets, 8, {"complete": lambda value: True}),
    (raises_an_index_error, 11, {"raises": ValueError}),
]


@pytest.mark.parametrize(("consumer", "law", "options"), PLANTED, ids=[each[0].__name__ for each in PLANTED])
def test_a_planted_bug_is_found_and_its_law_named(consumer: Any, law: int, options: dict[str, Any]) -> None:
    if "text" not in options:
        options = {"settings": FEW, **options}
    with pytest.raises(Breach, match=rf"^law {law}, ") as caught:
        check_consumer(consumer, **options)
    assert caught.value.law == law
    assert "".join(map(str, caught.value.chunks)) or caught.value.text in ("", b"")
    assert "Falsifying" not in "\n".join(getattr(caught.value, "__notes__", ()))


# Consumers that are right


def joins(chunks: Iterable[str]) -> str:
    return "".join(chunks)


def decodes(chunks: Iterable[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return "".join([*map(decoder.decode, chunks), decoder.decode(b"", True)])


class Loads:
    def __init__(self) -> None:
        self.text = ""

    def feed(self, chunk: str) -> None:
        self.text += chunk

    def close(self) -> Any:
        return json.loads(self.text)


async def joins_later(chunks: AsyncIterator[str]) -> str:
    return "".join([chunk async for chunk in chunks])


async def characters(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        for character in chunk:
            yield character


def views(chunks: Iterable[str]) -> Iterator[Any]:
    yield from (snapshot.json for snapshot in stream(chunks))


RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (joins, {"expected": lambda text: text, "raises": ValueError}),
    (decodes, {"as_bytes": True, "expected": lambda data: data.decode("utf-8", "replace")}),
    (Loads, {"expected": json.loads, "raises": ValueError, "complete": lambda value: True, "messages": True}),
    (joins_later, {"texts": st.text(max_size=5)}),
    (characters, {"texts": st.text(max_size=5)}),
    (SSEDecoder, {"as_bytes": True, "texts": st.text("data: x\r\n", max_size=20)}),
    (Push(Parser, view=lambda parser: parser.json or None), {"expected": None, "raises": ParseError, "messages": True}),
    (Parser, {"as_bytes": True, "raises": ParseError}),
]


@pytest.mark.parametrize(("consumer", "options"), RIGHT, ids=[getattr(each[0], "__name__", "Push") for each in RIGHT])
def test_a_right_consumer_passes(consumer: Any, options: dict[str, Any]) -> None:
    check_consumer(consumer, settings=settings(FEW, max_examples=25), **options)


# What is told


def test_the_error_can_be_read_and_repeated() -> None:
    text = '["a", "\\u00e9"]'
    with pytest.raises(Breach) as caught:
        check_consumer(escapes_within_chunks, text)
    assert str(caught.value).splitlines() == [
        "law 1, chunking is invisible: what comes out depends on where the text is cut",
        '  the text     \'["a", "\\\\u00e9"]\'',
        "  the cut      after 8 of 15 characters",
        "  the chunks   '[\"a\", \"\\\\' | 'u00e9\"]'",
        "  in one piece 1",
        "  in chunks    0",
    ]
    assert caught.value.chunks == ['["a", "\\', 'u00e9"]']


def test_the_smallest_text_is_told() -> None:
    with pytest.raises(Breach) as caught:
        check_consumer(strips_each_chunk, settings=FEW)
    assert len(caught.value.text) <= 5
    assert len(caught.value.chunks) == 2


def test_two_cuts_are_told_where_one_is_not_enough() -> None:
    def middle(chunks: Iterable[str]) -> int:
        return sum(chunk == "b" for chunk in chunks)

    with pytest.raises(Breach, match=r"the cuts +after 1 and 2 of 3 characters\n  the chunks   'a' \| 'b' \| 'c'"):
        check_consumer(middle, "abc")


def test_errors_are_compared_by_their_type_or_their_message() -> None:
    def refuses(chunks: Iterable[str]) -> Any:
        raise ValueError(next(iter(chunks)))

    check_consumer(refuses, "ab", raises=ValueError)
    with pytest.raises(Breach, match="law 1"):
        check_consumer(refuses, "ab", raises=ValueError, messages=True)


def test_what_raises_for_every_text_was_not_checked() -> None:
    def misses_a_name(chunks: Iterable[str]) -> Any:
        return json.loads("".join(chunks))[misspelt]  # type: ignore[name-defined]  # noqa: F821  # undefined on purpose

    ways: list[dict[str, Any]] = [{}, {"text": "[1]"}, {"texts": st.just("[1]")}]
    for options in ways:
        with pytest.raises(NameError, match="misspelt") as raised:
            check_consumer(misses_a_name, **options)
        assert "nothing was checked" in raised.value.__notes__[0]


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="a consumer is a function that takes an iterable of chunks, a class"):
        check_consumer(3, "a")
    with pytest.raises(TypeError, match="the text is str or bytes, not 3; to draw texts, give a strategy as texts="):
        check_consumer(joins, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="either a text or texts="):
        check_consumer(joins, "a", texts=documents())


def test_texts_come_from_the_strategy_that_is_given() -> None:
    seen: list[str] = []

    def keeps(chunks: Iterable[str]) -> str:
        seen.append("".join(chunks))
        return seen[-1]

    check_consumer(keeps, texts=st.just("[]"), settings=FEW)
    assert set(seen) == {"[]"}


def test_an_error_of_the_check_itself_is_not_taken_for_a_breach() -> None:
    def describes(value: Any) -> Any:
        raise KeyError("describe")

    with pytest.raises(KeyError, match="describe"):
        check_consumer(joins, "a", describe=describes)


def test_a_made_object_is_driven_by_the_names_that_are_given() -> None:
    class Other:
        def __init__(self, start: str) -> None:
            self.text = start

        def push(self, chunk: str) -> None:
            self.text += chunk

        def result(self) -> str:
            return self.text

    make: Callable[[], Other] = lambda: Other("x")  # noqa: E731  # as people write it
    check_consumer(Push(make, feed="push", end="result"), "abc", expected=lambda text: "x" + text)
