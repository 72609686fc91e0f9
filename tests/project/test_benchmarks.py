"""The benchmark harness: its documents are the same every time, its verdicts follow from its numbers, and its smoke run
finds a contestant that arrives at a wrong value. Nothing here depends on how fast anything is."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import contestants, environment, measure, race, report, targets, workloads  # noqa: E402 - see above

from support.effort import needs_full  # noqa: E402


def timing(*seconds: float) -> dict[str, Any]:
    return {"seconds": list(seconds)}


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
    made: dict[str, Any] = {
        "about": {
            "date": "2025-01-02",
            "machine": "a machine",
            "python": "CPython 3.11",
            "rounds": 3,
            "clock": "wall-clock time",
            "build": "compiled",
            "versions": {"jiter": "1.2.3"},
        },
        "contestants": {"jiter, re-parse": {"live": False, "caveat": "a caveat"}},
        "workloads": {
            "partial/4 KB/dropped": {**partial, "chunks": 1000, "entries": entries, "wrong": {"odd": "a wrong value"}},
            "bulk/objects": {**bulk, "chunks": 153, "entries": bulk_entries, "wrong": {}},
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
    report.summarise(made)
    return made


# The documents.


@pytest.mark.parametrize("workload", workloads.smoke(), ids=lambda workload: workload.name)
def test_documents_are_the_same_every_time_and_what_they_are_said_to_be(workload: workloads.Workload) -> None:
    assert workload.fresh().text == workload.text
    json.loads(workload.text)
    assert workload.prefix + "".join(workload.pieces) == workload.text
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


class Slow(contestants.PartialJson):
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
    assert (tmp_path / "README.md").read_text().startswith("# Benchmark results\n")


def test_smoke_run_notices_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: contestants.PartialJson, state: Any) -> Any:
        state.close()
        return {"wrong": True}

    monkeypatch.setattr(contestants.PartialJson, "finish", wrong)
    lines: list[str] = []
    assert race.smoke("partial/100 B", [], None, lines.append) == 1
    assert any(line.startswith("WRONG partialjson at partial/100 B") for line in lines)


def test_peers_are_chosen_by_name() -> None:
    lines: list[str] = []
    assert race.smoke("partial/300 B/dropped", ["no such peer"], None, lines.append) == 0
    assert lines[-1].startswith("1 workloads, 3 contestants")
    assert race.matches("bulk/objects", "BULK")
    assert race.matches("partial/4 KB/held", "4*held")
    assert race.patterns(" jiter, ijson ,") == ["jiter", "ijson"]


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


def test_markdown(results: dict[str, Any]) -> None:
    page = report.markdown(results, ["growth.svg"])
    assert "2025-01-02; a machine; CPython 3.11; 3 rounds, wall-clock time." in page
    assert "| **partialjson** | 3.00 ±10% (3,300 µs) |" in page
    assert "| jiter, re-parse (a caveat) | ~300 ±10% (330,000 µs) |" in page
    assert "| odd | wrong |" in page
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
    about = {"date": "", "machine": "", "python": "", "rounds": 1, "clock": "", "build": "", "versions": {}}
    empty = {"workloads": {}, "memory": {}, "documents": {}, "contestants": {}, "problems": {}, "about": about}
    page = report.markdown(empty)
    assert "not measured" in page
    assert "## Bulk" not in page


def test_a_report_can_be_made_again(results: dict[str, Any], tmp_path: Path) -> None:
    race.write(copy.deepcopy(results), tmp_path)
    page = (tmp_path / "README.md").read_text()
    race.write(json.loads((tmp_path / "results.json").read_text()), tmp_path)
    assert (tmp_path / "README.md").read_text() == page


def test_fingerprint_covers_the_sources_and_nothing_that_was_built() -> None:
    names = {path.name for path in environment.sources()}
    assert {"pyproject.toml", "setup.py", "lexer.py"} <= names
    assert not any(name.endswith((".so", ".pyc")) for name in names)
    assert environment.fingerprint() == environment.fingerprint()
