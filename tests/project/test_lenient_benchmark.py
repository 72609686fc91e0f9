"""The benchmark of menders: its documents repeat, it sees what is taken back, and a small run can be written down."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import lenient
from benchmarks.contestants.face import ABSENT
from benchmarks.contestants.menders import MENDERS, PartialJsonLenient


def texts() -> list[lenient.Text]:
    return list(lenient.texts("1 KB", 1, 1))


def test_documents_repeat_and_have_the_size_they_are_named_for() -> None:
    assert texts() == texts()
    assert all(900 < len(text.harmed.text) < 2_000 for text in texts())
    assert all("".join(text.chunks) == text.harmed.text for text in texts())


class Retracting(PartialJsonLenient):
    """Shows a key that it takes back."""

    name = "retracting"

    def shown(self, state: Any) -> Any:
        value = super().shown(state)
        return {**value, "more": 1} if isinstance(value, dict) and "remark" not in value else value


class Refusing(PartialJsonLenient):
    name = "refusing"

    def feed(self, state: Any, chunks: Iterable[Any]) -> None:
        raise ValueError("not JSON")

    read = feed


def test_what_is_taken_back_and_what_is_refused_is_seen() -> None:
    text = next(text for text in texts() if text.label == "single quotes")
    ours, retracting, refusing = (lenient.streamed(kind(), text) for kind in (PartialJsonLenient, Retracting, Refusing))
    assert (ours["right"], ours["back"], ours["error"]) == (True, 0, "")
    assert retracting["back"] > 0
    assert not refusing["right"]
    assert "not JSON" in refusing["error"]


def test_what_grows_and_what_is_the_same() -> None:
    assert lenient.grows(ABSENT, {})
    assert lenient.grows({"a": ["x"]}, {"a": ["xy", 1], "b": None})
    for before, after in (({"a": 1}, {}), ([1], [2]), ([1], [1.0]), ("ab", "b"), ([1], {}), ([None], ["a"])):
        assert not lenient.grows(before, after)
    assert lenient.same({"a": [1, True]}, {"a": [1.0, True]})
    assert not lenient.same({"a": 1}, {"a": True})
    assert not lenient.same({"a": None}, {})


def test_a_small_run_is_written_down() -> None:
    results = lenient.run(MENDERS[:1], 1, 1, ["1 KB"])
    written = lenient.document(results)
    assert "| partialjson | " in written
    found = lenient.summary(results["rows"], "partialjson", "1 KB")
    assert found["of"] == len(texts())
    assert found["back"] == found["refused"] == 0
    assert found["told"] == found["placed"] == found["mended"]
