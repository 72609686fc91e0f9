"""Completions against ijson, an independent incremental parser with events of its own.

ijson says where each value starts and ends; a small stack turns that into "this value, at this path, is complete
now", in ijson's order. The parser must report the same, however the text was cut.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ijson  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partialjson.testing import strategies
from partialjson.testing.chunking import observe
from support.corpus import corpus_files, corpus_folder

Path = tuple[str | int, ...]

BACKENDS = [name for name in ("yajl2_c", "yajl2_cffi", "python") if name in ijson.ALL_BACKENDS]


def available_backends() -> list[Any]:
    found = []
    for name in BACKENDS:
        try:
            found.append(ijson.get_backend(name))
        except ImportError:
            continue
    return found


ORACLES = available_backends()


def completions(backend: Any, data: bytes) -> Iterator[tuple[Path, Any]]:
    """Path and value of each value, in the order in which ijson sees them end."""
    containers: list[Any] = []
    places: list[str | int] = []

    def closed(value: Any) -> tuple[Path, Any]:
        path = tuple(places)
        if containers:
            parent = containers[-1]
            if isinstance(parent, list):
                parent.append(value)
                places[-1] = len(parent)
            else:
                parent[places[-1]] = value
        return path, value

    for event, value in backend.basic_parse(io.BytesIO(data), use_float=False):
        if event == "start_array":
            containers.append([])
            places.append(0)
        elif event == "start_map":
            containers.append({})
            places.append("")
        elif event == "map_key":
            places[-1] = value
        elif event in ("end_array", "end_map"):
            whole = containers.pop()
            places.pop()
            yield closed(whole)
        elif event == "number":
            yield closed(float(value) if isinstance(value, Decimal) else value)
        else:
            yield closed(value)


def comparable(value: Any) -> Any:
    """Numbers by their value: ijson makes an int of `-0` and of nothing else what `json` makes a float."""
    if isinstance(value, float) and value == 0:
        return ("number", 0.0)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("number", float(value) if abs(value) < 2**53 or value in (float("inf"), float("-inf")) else value)
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return [(key, comparable(item)) for key, item in value.items()]
    return value


def check(data: bytes, chunks: list[bytes]) -> None:
    ours = [(path, comparable(value)) for path, value in observe(chunks).completed]
    for backend in ORACLES:
        theirs = [(path, comparable(value)) for path, value in completions(backend, data)]
        assert ours == theirs, backend.__name__


@given(strategies.documents(surrogates=False), st.data())
@example('{"a": [1, -0.0, 1e400, {"": null}], "a": [[], {}]}', None)
def test_completions_as_ijson_sees_them(text: str, source: st.DataObject | None) -> None:
    data = text.encode()
    chunks = [data] if source is None else source.draw(strategies.chunkings(data))
    check(data, chunks)


@given(strategies.values())
def test_completions_of_serialised_documents(value: Any) -> None:
    data = json.dumps(value).encode()
    check(data, [data[start : start + 3] for start in range(0, len(data), 3)])


ROUNDTRIP = corpus_files("roundtrip", pattern="*.json")


@pytest.mark.parametrize("file", ROUNDTRIP or [None], ids=[file.stem for file in ROUNDTRIP] or ["no corpus"])
def test_completions_of_the_corpus(file: Any) -> None:
    data = (corpus_folder("roundtrip") if file is None else file).read_bytes()
    check(data, [data[start : start + 7] for start in range(0, len(data), 7)])


def test_an_oracle_is_there() -> None:
    assert ORACLES
