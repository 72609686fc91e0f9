"""The benchmark harness: its documents are the same every time, its verdicts follow from its numbers, and its smoke run
finds a contestant that arrives at a wrong value. Nothing here depends on how fast anything is."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import (
    cold,
    contestants,
    environment,
    measure,
    race,
    report,
    responses,
    run,
    store,
    targets,
    workloads,
)
from benchmarks.contestants import face, ours, providers

from support.effort import needs_full


def timing(*seconds: float) -> dict[str, Any]:
    return {"seconds": list(seconds)}


def about(date: str) -> dict[str, Any]:
    """What is said about a run."""
    words = {"machine": "a machine", "python": "CPython 3.11", "clock": "wall-clock time", "build": "compiled"}
    return {"date": date, "rounds": 3, **words, "versions": {"jiter": "1.2.3"}}


@pytest.fixture
def results() -> dict[str, Any]:
    """A small run, made up."""
    entries = {
        "json.loads": {"way": "whole", "off": timing(1.0, 2.0, 1.0), "default": timing(1.0, 1.0, 1.0)},
        "partialjson": {"way": "whole", "off": timing(3.0, 6.0, 3.3), "default": timing(4.0, 4.0, 4.0)},
        "jiter, re-parse": {"way": "sample", "off": timing(300.0, 600.0, 330.0), "default": timing(1.0, 1.0, 1.0)},
    }
    partial = {"group": "partial", "mode": "dropped", "chunk": 4, "baseline": "json.loads", "characters": 3800}
    bulk_entries = {
        "json.loads": {"way": "whole", "off": timing(0.1), "default": timing(0.2)},
        "partialjson": {"way": "whole", "off": timing(0.12), "default": timing(0.2)},
        "ijson C, items": {"way": "cap", "off": timing(0.5), "default": timing(0.6)},
    }
    bulk = {"group": "bulk", "mode": "feed", "chunk": 65536, "baseline": "json.loads", "characters": 10**7}
    provider_entries = {
        providers.EventData.name: {"way": "whole", "off": timing(0.001)},
        providers.Message.name: {"way": "whole", "off": timing(0.003)},
        providers.MessageTimed.name: {"way": "whole", "off": timing(0.0033)},
        providers.MessageOfSdk.name: {"way": "whole", "off": timing(0.025)},
        providers.BareSdk.name: {"way": "whole", "off": timing(0.014)},
    }
    provider = {"group": "provider", "mode": "feed", "chunk": 4, "baseline": providers.EventData.name}
    made: dict[str, Any] = {
        "runs": [about("2025-01-02")],
        "contestants": {"jiter, re-parse": {"live": False, "caveat": "a caveat"}},
        "workloads": {
            "partial/4 KB/dropped": {**partial, "chunks": 1000, "entries": entries, "wrong": {"odd": "a wrong value"}},
            "bulk/objects": {**bulk, "chunks": 153, "entries": bulk_entries, "wrong": {}},
            "provider/gemini": {
                **provider,
                "characters": 24000,
                "chunks": 60,
                "entries": provider_entries,
                "wrong": {},
            },
        },
        "cold": {
            "import pydantic": [0.1, 0.08],
            "import partialjson": [0.03, 0.02],
            "import partialjson, a model, first typed parse": [0.5, 0.6],
            "import pydantic, a model, first validation": [0.25],
        },
        "memory": {"objects": {"json.loads": {"traced": 100, "resident": 0}, "partialjson": {"traced": 104}}},
        "documents": {"partialjson": {"documents": 1000, "blocks": 2000, "resident": 4096}},
        "problems": {"absent": "not installed: no such thing"},
    }
    for size in (1000, 2000, 4000):
        growing = {
            "json.loads": {"way": "whole", "off": timing(size / 1e6)},
            "partialjson": {"way": "whole", "off": timing(size / 1e5)},
            "jiter, re-parse": {"way": "sample", "off": timing(size**2 / 1e5)},
        }
        scaling = {"group": "scaling", "mode": "dropped", "chunk": 4, "baseline": "json.loads", "characters": size}
        name = f"scaling/one string/{size}"
        made["workloads"][name] = {**scaling, "chunks": size // 4, "entries": growing, "wrong": {}}
    made["made"] = dict.fromkeys([*made["workloads"], "memory/objects", "documents/PartialJson", "cold"], 0)
    made["took"] = dict.fromkeys(made["made"], 4.0)
    store.summarise(made)
    return made


# The documents.


@pytest.mark.parametrize("workload", workloads.smoke(), ids=lambda workload: workload.name)
def test_documents_are_the_same_every_time_and_what_they_are_said_to_be(workload: workloads.Workload) -> None:
    assert workload.fresh().text == workload.text
    assert workload.prefix + "".join(workload.pieces) == workload.text
    if workload.group == "provider":
        assert all(piece.endswith("\n\n") and piece.count("data: ") == 1 for piece in workload.pieces)
        assert all(map(json.loads, providers.EventData(workload.target).convert(workload.text)))
    else:
        json.loads(workload.text)
        assert all(len(piece) == workload.chunk for piece in workload.pieces[:-1])
    assert len(workload.small.text) <= max(len(workload.text), workload.checked_size * 2)
    if workload.typed:
        workloads.Order.model_validate_json(workload.text)
    assert contestants.for_workload(workload)[0].name in contestants.BASELINES


def test_full_documents_have_the_sizes_they_are_named_for() -> None:
    sizes = {workload.name: workload for workload in workloads.full()}
    for label, size in (("100 B", 100), ("300 B", 300), ("1 KB", 1000), ("4 KB", 3800), ("146 KB", 146_000)):
        assert len(sizes[f"partial/{label}/dropped"].text) == pytest.approx(size, rel=0.2)
    assert len(json.loads(sizes["partial/146 KB/dropped"].text)) == pytest.approx(1000, rel=0.1)
    assert len(sizes["wide/list/100000"].prefix) > 500_000
    for api in responses.SAYS:
        assert len(sizes[f"provider/{api}"].text) == pytest.approx(24_000, rel=0.05)


def test_names_of_contestants_and_workloads_are_unique() -> None:
    names = [workload.name for workload in workloads.full()]
    assert len(set(names)) == len(names)
    for workload in workloads.full():
        entrants = [contestant.name for contestant in contestants.for_workload(workload)]
        assert len(set(entrants)) == len(entrants)
    assert all(workload in names for contestant in contestants.ALL for workload in contestant.known_wrong)


# The clock.


def test_exponents_and_extrapolation() -> None:
    assert measure.fit_exponent([(10, 3.0), (100, 30.0), (1000, 300.0)]) == pytest.approx(1.0)
    assert measure.fit_exponent([(10, 1.0), (100, 100.0), (1000, 10_000.0)]) == pytest.approx(2.0)
    assert measure.extrapolate([(10, 1.0), (20, 2.0), (40, 4.0)], 400) == pytest.approx(40.0)
    assert measure.extrapolate([(10, 1.0), (20, 4.0), (40, 16.0)], 400) == pytest.approx(1600.0)


class Slow(ours.PartialJson):
    """Does its work, and a little more the more there is."""

    name = "slow"
    sampled = frozenset(["dropped"])


@pytest.mark.parametrize(
    ("budget", "ways"), [(1e9, {"whole"}), (1e-9, {"once", "cap"}), (1e-4, {"whole", "sample", "once", "cap"})]
)
def test_every_way_of_timing_gives_a_time(budget: float, ways: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(contestants.BY_KEY, "Slow", Slow)
    bench = measure.Bench(workloads.smoke(), budget, 0.0, tidy=False)
    for name in ("partial/1 KB/dropped", "partial/1 KB/held", "text/1 KB/deltas", "wide/list/10"):
        for key in ("PartialJson", "Slow"):
            assert bench.check(name, key) is None
            assert bench.plan(name, key) in ways
            for mode in ("off", "default"):
                assert bench.sample(name, key, mode) > 0


# The smoke run.


@needs_full
def test_smoke_run(tmp_path: Path) -> None:
    lines: list[str] = []
    assert race.smoke("", [], tmp_path, lines.append) == 0, lines
    written = json.loads((tmp_path / "results.json").read_text())
    assert set(written["workloads"]) == {workload.name for workload in workloads.smoke()}
    page = (tmp_path / "README.md").read_text()
    assert page.startswith("# Benchmark results\n")
    assert set(written["took"]) == set(written["made"]) > {"cold", "memory/objects", "documents/PartialJson"}
    assert set(written["cold"]) == {start.name for start in cold.STARTS}
    for title in ("From a provider's bytes to typed values", "Cold start", "Memory", "Growth"):
        assert f"\n## {title}\n" in page


def test_smoke_run_notices_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: ours.PartialJson, state: Any) -> Any:
        state.close()
        return {"wrong": True}

    monkeypatch.setattr(ours.PartialJson, "finish", wrong)
    lines: list[str] = []
    assert race.smoke("partial/100 B", [], None, lines.append) == 1
    assert any(line.startswith("WRONG partialjson at partial/100 B") for line in lines)


def test_peers_are_chosen_by_name() -> None:
    lines: list[str] = []
    assert race.smoke("partial/300 B/dropped", ["no such peer"], None, lines.append) == 0
    # This project, with and without events, of bytes and pulled, and json.loads.
    assert lines[-1].startswith("1 workloads, 5 contestants")
    assert race.matches("bulk/objects", "BULK")
    assert race.matches("partial/4 KB/held", "4*held")
    assert race.patterns(" jiter, ijson ,") == ["jiter", "ijson"]


def test_a_library_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every one of them, one SDK among those a contestant can use included."""
    gone = {"httpx_sse", "anthropic", "jiter", "ijson", "orjson", "pydantic_core"}

    def load(module: str) -> Any:
        if module in gone:
            raise ImportError(f"No module named {module!r}")
        return __import__(module, fromlist=["_"])

    for module in (face, ours, contestants.parsers, contestants.typed, providers):
        monkeypatch.setattr(module, "load", load)
    lines: list[str] = []
    assert race.smoke("provider/,partial/100 B,bulk/integers,typed", [], None, lines.append) == 0, lines
    bench = measure.Bench(workloads.smoke(), 1.0, 0.0, tidy=False)
    for key, name in (
        ("HttpxSse", "provider/gemini"),
        ("BareSdk", "provider/anthropic-messages"),
        ("JiterAgain", "partial/100 B/dropped"),
        ("IjsonItems", "bulk/integers"),
    ):
        # A ModuleNotFoundError where what it stands on is not installed either.
        assert re.match("ImportError|ModuleNotFoundError", str(bench.missing(key, name)))
    assert bench.missing("PartialJson") is None


@pytest.mark.parametrize("api", responses.SAYS)
def test_responses_say_what_was_asked_for(api: str) -> None:
    orders = ('{"a": [1, "é"]}', '{"b": {"c": null}}')
    said = responses.Response("r", "some words", "look", orders[:1] if api == "gemini" else orders, fragment=3)
    message = face.load("partialjson.messages").MessageParser(api)
    message.feed_bytes(responses.body(api, said))
    assert message.end().reason == "tool_calls"
    assert message.text == "some words"
    assert [(call.name, call.ready, call.value) for call in message.calls] == [
        ("look", True, json.loads(order)) for order in said.calls
    ]


@pytest.mark.parametrize("key", ["Message", "MessageTimed", "EventData", "HttpxSse", "BareSdk", "SdkHelper"])
def test_a_provider_s_contestant_that_gives_something_else_is_noticed(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = measure.Bench(workloads.smoke(), 1.0, 0.0, tidy=False)
    name = "provider/openai-chat"
    if bench.missing(key, name) is not None:
        pytest.skip("not installed")
    assert bench.check(name, key) is None
    monkeypatch.setattr(workloads, "order_sent", lambda api, size: workloads.order(400))
    assert str(bench.check(name, key)).startswith("a wrong value")


# The results of several runs.


def test_results_are_the_same_after_they_were_written(results: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    store.save(results, file)
    assert store.read(file) == results
    # A line for each workload and other part, for each section, and for what is around them.
    parts = sum(len(section) for section in results.values())
    assert len(file.read_text().splitlines()) == parts + 2 * len(results) + 2


def test_parts_that_are_measured_again_take_the_place_of_the_old(results: dict[str, Any]) -> None:
    results["problems"] |= {"one at provider/gemini": "died", "one at bulk/objects": "died", "here now": "no"}
    again = store.empty()
    again["runs"] = [about("2025-03-04")]
    again["contestants"] = {"here now": {"live": False, "caveat": ""}}
    again["workloads"] = {"provider/gemini": {**results["workloads"]["provider/gemini"], "chunks": 7}}
    again["made"] = {"provider/gemini": 0}
    again["took"] = {"provider/gemini": 8.0}
    merged = store.merge(results, again)
    assert merged["workloads"]["provider/gemini"]["chunks"] == 7
    assert list(merged["workloads"]) == list(results["workloads"])
    assert [run["date"] for run in merged["runs"]] == ["2025-01-02", "2025-03-04"]
    assert merged["made"]["provider/gemini"] == 1
    assert merged["made"]["cold"] == 0
    assert merged["problems"] == {"absent": "not installed: no such thing", "one at bulk/objects": "died"}
    page = report.markdown(merged)
    assert "2025-03-04; a machine" in page
    assert "Measured then: provider/*." in page
    assert "Measured then: partial/*, bulk/*, scaling/*, memory/*, documents/*, cold." in page

    # A run of which nothing is left is forgotten.
    whole = {**again, "made": dict.fromkeys(results["made"], 0)}
    forgotten = store.merge(results, whole)
    assert [run["date"] for run in forgotten["runs"]] == ["2025-03-04"]
    assert set(forgotten["made"].values()) == {0}


def test_a_run_of_parts_leaves_the_tables_of_the_others(tmp_path: Path) -> None:
    lines: list[str] = []
    race.smoke("partial/300 B,documents", [], tmp_path, lines.append)
    first = store.read(tmp_path / "results.json")
    race.smoke("text/1 KB", [], tmp_path, lines.append)
    both = store.read(tmp_path / "results.json")
    assert set(both["made"]) == {*first["made"], "text/1 KB/deltas", "text/1 KB/dropped"}
    assert both["documents"] == first["documents"] != {}


def test_columns_are_not_lost_to_a_run_of_some_peers() -> None:
    with pytest.raises(SystemExit):
        run.main(["--peers", "jiter"])


def test_time_is_estimated_by_what_it_took_before(results: dict[str, Any]) -> None:
    parts = ["bulk/objects", "bulk/integers", "never/measured"]
    results["took"]["bulk/objects"] = 12.0
    assert race.expected(parts, results, 3) == {
        "bulk/objects": 12.0,
        "bulk/integers": 12.0,
        "never/measured": race.UNKNOWN,
    }
    assert race.expected(["cold"], results, 7)["cold"] == pytest.approx(8.0)
    assert set(race.expected(parts, None, 3).values()) == {race.UNKNOWN}
    progress = race.Progress({"a": 30.0, "b": 60.0})
    assert progress.left == 90.0
    progress.done("a", "a: done")
    assert 0 <= progress.left < 90.0
    assert race.in_words(89) == "about 89 s left"
    assert race.in_words(600) == "about 10 min left"


# The report.


def test_ratios_are_medians_of_the_rounds(results: dict[str, Any]) -> None:
    entry = results["workloads"]["partial/4 KB/dropped"]["entries"]["partialjson"]
    assert entry["off"]["ratio"] == 3.0
    assert entry["off"]["median"] == 3.3
    assert entry["off"]["spread"] == pytest.approx(0.1)


def test_verdicts(results: dict[str, Any]) -> None:
    verdicts = {f"{verdict.area}: {verdict.promise}": verdict for verdict in targets.judge(results)}
    area = "partial value after every 4 characters"
    dropped = verdicts[f"{area}: 4 KB, dropped: times json.loads of the whole"]
    assert (dropped.measured, dropped.met) == (3.0, True)
    lead = verdicts[f"{area}: 4 KB, dropped: ahead of jiter re-parse"]
    assert lead.measured == pytest.approx(100.0)
    assert lead.met is True
    assert verdicts[f"{area}: 146 KB, held: times json.loads of the whole"].met is None
    assert verdicts["bulk, 10 MB in chunks of 64 KiB: objects, no events: times json.loads"].met is False
    assert verdicts["growth: one string: exponent of cost against size"].measured == pytest.approx(1.0)
    assert verdicts["memory: objects: state over what json.loads holds"].met is True
    assert verdicts["memory: blocks kept for each document read and closed"].met is False
    bytes_in = verdicts["provider: gemini, bytes to typed values: times json.loads of the events' data"]
    assert bytes_in.measured == pytest.approx(3.0)
    assert bytes_in.met is True
    promise = "gemini, the SDK's events: what is above the bare SDK, times json.loads of the events' data"
    assert verdicts[f"provider: {promise}"].measured == pytest.approx(11.0)
    assert verdicts[f"provider: {promise}"].met is False
    assert verdicts["provider: gemini, with timings=: times the same without"].measured == pytest.approx(1.1)
    assert verdicts["provider: gemini: streams of 24 KB a second and core"].met is False
    assert verdicts["cold start: import partialjson: times import pydantic"].measured == pytest.approx(0.25)
    typed = "import partialjson, a model, first typed parse: times import pydantic, a model, first validation"
    assert verdicts[f"cold start: {typed}"].measured == pytest.approx(2.0)


def test_markdown(results: dict[str, Any]) -> None:
    page = report.markdown(results, ["growth.svg"])
    assert "2025-01-02; a machine; CPython 3.11; 3 rounds, wall-clock time." in page
    assert "| **partialjson** | 3.00 ±10% (3,300 µs) |" in page
    assert "| jiter, re-parse (a caveat) | ~300 ±10% (330,000 µs) |" in page
    assert "| odd | wrong |" in page
    assert "| **import partialjson** | 20.0 | 0.25 |" in page
    assert f"| **{providers.Message.name}** | 333 |" in page
    assert "| ijson C, items | ~5.00 ±0% |" in page
    assert "| jiter, re-parse (a caveat) | – | 2.00 |" in page
    assert "- absent: not installed: no such thing" in page
    assert "![Cost of reading" in page
    assert "(growth.svg)" in page
    # A table's rows are as wide as its head.
    for block in page.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1


def test_markdown_of_a_run_of_nothing() -> None:
    page = report.markdown(store.empty() | {"runs": [about("")]})
    assert "not measured" in page
    assert "## Bulk" not in page


def test_a_report_can_be_made_again(results: dict[str, Any], tmp_path: Path) -> None:
    race.write(copy.deepcopy(results), tmp_path)
    page = (tmp_path / "README.md").read_text()
    race.write(store.read(tmp_path / "results.json"), tmp_path)
    assert (tmp_path / "README.md").read_text() == page


def test_fingerprint_covers_the_sources_and_nothing_that_was_built() -> None:
    names = {path.name for path in environment.sources()}
    assert {"pyproject.toml", "setup.py", "lexer.py"} <= names
    assert not any(name.endswith((".so", ".pyc")) for name in names)
    assert environment.fingerprint() == environment.fingerprint()
