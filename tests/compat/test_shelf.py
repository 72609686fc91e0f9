"""The memory of texts: what goes on with what, in which bounds, and from many threads."""

from __future__ import annotations

import itertools
import random
import threading
from typing import Any

import pytest

from partialjson import compat
from partialjson.compat import loads
from partialjson.compat.shelf import START, Entry, Shelf
from support.effort import amount
from support.memory import held_by

BEGINNING = '["' + "x" * START + '"'


def shelf(entries: int = 256, size: int = 1 << 22) -> Shelf[str]:
    return Shelf("", 0, True, False, entries, size)


def read(kept: Shelf[str], text: str) -> Entry[str]:
    entry = kept.take(text)
    entry.go_on(text)
    kept.put(entry)
    return entry


def test_a_text_goes_on_with_the_longest_one_that_it_begins_with() -> None:
    kept = shelf()
    short = read(kept, BEGINNING)
    long = kept.new()
    long.go_on(BEGINNING + ", 1")
    kept.put(long)
    assert read(kept, BEGINNING + ", 1, 2") is long
    assert read(kept, BEGINNING + ", 2") is short
    other = read(kept, BEGINNING + ", 3")
    assert other is not short
    assert other is not long
    assert len(kept) == 3


def test_the_same_text_again_is_the_same_document() -> None:
    kept = shelf()
    assert read(kept, BEGINNING) is read(kept, BEGINNING)


def test_a_document_that_is_in_use_is_not_given_to_another() -> None:
    kept = shelf()
    entry = read(kept, BEGINNING)
    taken = kept.take(BEGINNING)
    assert taken is entry
    assert kept.take(BEGINNING) is not entry


def test_short_texts_are_not_kept() -> None:
    kept = shelf()
    read(kept, "[" * (START - 1))
    assert (len(kept), kept.total) == (0, 0)


@pytest.mark.parametrize(("entries", "size"), [(4, 1 << 22), (256, 1000)])
def test_what_is_kept_is_bounded(entries: int, size: int) -> None:
    kept = shelf(entries, size)
    for number in range(200):
        read(kept, BEGINNING + f", {number}")
        assert len(kept) <= entries
        assert kept.total <= size
        assert kept.total == sum(len(entry.text) for entry in kept._used.values())
        assert sum(len(found) for found in kept._by_start.values()) == len(kept)
    # The last ones are there.
    assert read(kept, BEGINNING + ", 199, 1").text.endswith("199, 1")


def test_the_last_one_stays_however_long_it_is() -> None:
    kept = shelf(size=100)
    entry = read(kept, BEGINNING + "," * 0 + ", 1" * 100)
    assert read(kept, BEGINNING + ", 1" * 101) is entry
    read(kept, BEGINNING + ", 2")
    assert len(kept) == 1


def test_memory_is_bounded_over_many_texts() -> None:
    compat.forget()
    shelves = compat._SHELVES
    numbers = itertools.count()

    def show(texts: int) -> None:
        for number in itertools.islice(numbers, texts):
            text = f'["{number:0{START}}", [{{}}, {{}}'
            loads(text)
            loads(text + ', {"a": 1')

    # Either way, all that is kept has come since the measure began.
    filled = held_by(lambda: show(1000))
    half = amount(10_000, 500_000, quick=3_000)
    in_the_end = held_by(lambda: show(half))
    print(f"{filled} bytes in use after 1000 texts, {in_the_end} after each of two times {half}, each text read twice")
    assert sum(len(each) for each in shelves) <= 256
    assert in_the_end < filled + 64 * 1024
    compat.forget()
    assert sum(len(each) + each.total for each in shelves) == 0


def test_streams_from_many_threads() -> None:
    compat.forget()
    failures: list[str] = []
    expected: dict[int, Any] = {
        number: [{"number": index, "text": "é" * (index % 7)} for index in range(number, number + 60)]
        for number in range(8)
    }

    def stream(number: int) -> None:
        import json

        text = json.dumps(expected[number])
        source = random.Random(number)
        end = 0
        value: Any = None
        while end < len(text):
            end += source.randrange(1, 40)
            try:
                value = loads(text[:end], share=bool(number % 2))
            except ValueError as error:
                failures.append(f"{number}: {error}")
                return
        if value != expected[number]:
            failures.append(f"{number}: another document")

    threads = [threading.Thread(target=stream, args=(number,)) for number in [*expected, *expected]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="no fork")
def test_a_fork_while_another_thread_holds_the_lock() -> None:
    import os
    import warnings

    kept = shelf()
    read(kept, BEGINNING)
    with kept._lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                read(kept, BEGINNING + ", 1")
                code = 0
            finally:
                os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
