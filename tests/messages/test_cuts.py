"""Streams that are cut at every byte, as a connection may cut them: what is reported of the part holds for the whole.

Bodies written here are cut for every API. Of the recorded streams a few short ones are cut in every run, and a hundred
of all APIs by hand: `PARTIALJSON_TESTS=long python -m pytest tests/messages/test_cuts.py -s` prints what it did.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from partialjson import Complete
from partialjson.messages import MessageFailed
from partialjson.testing.bodies import BODY_APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, array, body, events, sse
from support.corpus import API_OF_FOLDER, corpus_files, corpus_folder
from support.cuts import Read, read, violations, violations_of
from support.effort import amount
from support.models import Weather

STREAMS = amount(16, 100)
LARGEST = amount(1_500, 24_000)

CALLS = (Say("c1", "get_weather", ('{"city":"Zü', 'rich"', "}")), Say("c2", "f", ("", '{"n":[1.5,', "-2]}")))


OPTIONS: dict[str, Any] = {"tools": {"get_weather": Weather}, "output": Weather}


def told(api: str) -> list[Said]:
    # In a live session calls end the turn, which is then whole, whatever else comes.
    calls = () if api in (*WITHOUT_CALLS, "gemini-live") else CALLS
    reasons = ("tool_calls" if calls else "complete", "truncated")
    return [Said(('{"city":"Zürich",', '"days":12}'), ("Hm", "m €"), calls, reason) for reason in reasons]


@pytest.mark.parametrize("api", BODY_APIS)
def test_every_cut_of_a_body(api: str) -> None:
    read_once = cache(lambda part: read(part, api, **OPTIONS))  # the bodies begin alike
    for said in told(api)[: amount(2, 2, quick=1)]:
        raw = body(api, said)
        before_end = len(body(api, replace(said, reason=None)))
        # The quick tests cut at every fifth place, and at those where the end begins and where it is.
        sizes = sorted({*range(0, len(raw), amount(1, 1, quick=5)), before_end - 1, before_end, len(raw)})
        parts = [read_once(raw[:size]) for size in sizes]
        assert list(violations_of(parts)) == []
        check_disconnected(parts, sizes, before_end)


def test_every_cut_where_calls_end_the_turn() -> None:
    raw = body("gemini-live", Said(('{"city":', '"Zürich"}'), ("hm",), CALLS, "tool_calls"))
    sizes = range(len(raw) + 1)
    check_disconnected([read(raw[:size], "gemini-live", **OPTIONS) for size in sizes], sizes, 0)


def check_disconnected(parts: Sequence[Read], sizes: Sequence[int], before_end: int) -> None:
    """Before its terminal event a body is disconnected, and what is reported complete equals the full message."""
    whole = parts[-1].message
    reasons = set()
    for size, part in zip(sizes, parts, strict=True):
        message = part.message
        end = message.end()
        reasons.add(end.reason)
        assert end.reason in ("disconnected", whole.end().reason), size
        if size < before_end:
            assert end.reason == "disconnected", size
        assert end.error is None
        assert not any(isinstance(update, MessageFailed) for update in (*part.updates, *end.updates))
        assert whole.text.startswith(message.text)
        assert whole.reasoning.startswith(message.reasoning)
        for call, final in zip(message.calls, whole.calls, strict=False):
            assert final.text.startswith(call.text)
            assert not call.ready or (call.id, call.name, call.value) == (final.id, final.name, final.value)
        if isinstance(message.output.outcome, Complete):
            assert message.output.value == whole.output.value
    assert reasons == {"disconnected", whole.end().reason}


def test_every_cut_of_an_array() -> None:
    raw = array(events("gemini", told("gemini")[0]))
    assert list(violations(raw, "gemini", output=Any)) == []


@pytest.mark.parametrize("api", [api for api in BODY_APIS if api not in (*WITHOUT_CALLS, *WITHOUT_PIECES)])
def test_a_call_cut_by_a_limit_is_never_ready(api: str) -> None:
    said = Said((), (), (Say("c1", "f", ('{"sum":12', "3")),), "truncated")
    if api == "mistral":
        pytest.skip("its calls come whole")
    raw = body(api, said)
    parts = [read(raw[:size], api) for size in range(len(raw) + 1)]
    assert list(violations_of(parts)) == []
    assert not any(call.ready for part in parts for call in part.message.calls)


def test_what_is_looked_for_is_found() -> None:
    """Early Gemini says STOP with every response, so that a cut between two looks whole: the one known exception."""
    first, second = events("gemini", Said(("Hel", "lo")))[:2]
    for response in (first, second):
        response["candidates"][0]["finishReason"] = "STOP"
    raw = sse([first, second])
    found = list(violations(raw, "gemini"))
    assert {claim for _, claim in found} == {"it says 'complete' ('STOP'), and more comes"}
    assert found[0][0] <= len(sse([first])) <= found[-1][0]


# Recorded streams


def chosen(count: int, largest: int) -> list[Path]:
    """Streams of all APIs in turn, of every size up to the largest, one message each."""
    groups = []
    for folder, api in API_OF_FOLDER.items():
        paths = [path for path in corpus_files("streams", folder) if path.suffix in (".sse", ".ndjson", ".jsonarray")]
        paths += [path for path in corpus_files("streams_synthetic", folder) if path.suffix == ".sse"]
        sized = sorted((path.stat().st_size, path) for path in paths)
        fitting = [path for size, path in sized if size <= largest and read(path.read_bytes(), api).messages == 1]
        groups.append(fitting or [path for _, path in sized[:1]])
    share = -(-count // len(groups))
    taken = [group[:: max(1, len(group) // share)][:share] for group in groups]
    spare = [path for group, had in zip(groups, taken, strict=True) for path in group if path not in had]
    found = [path for had in taken for path in had]
    return (found + spare[:: max(1, len(spare) // max(1, count - len(found)))])[:count]


def test_every_cut_of_recorded_streams() -> None:
    corpus_folder("streams")
    paths = chosen(STREAMS, LARGEST)
    assert len(paths) == STREAMS
    assert {path.parent.name for path in paths} == API_OF_FOLDER.keys()
    began, cuts, known = time.monotonic(), 0, 0
    wrong = []
    for path in paths:
        api, raw = API_OF_FOLDER[path.parent.name], path.read_bytes()
        cuts += len(raw)
        found = list(violations(raw, api, output=Any))
        if api == "gemini" and raw.count(b'"STOP"') > 1:
            expected = [each for each in found if each[1].startswith("it says 'complete' ('STOP')")]
            known += bool(expected)
            found = [each for each in found if each not in expected]
        wrong += [(path.name, *each) for each in found]
    took = time.monotonic() - began
    print(f"{len(paths)} streams, {cuts} cuts, {len(wrong)} violations, {known} with repeated STOP, {took:.0f} s")
    assert wrong == []
