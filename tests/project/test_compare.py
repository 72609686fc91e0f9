"""The comparison: this project gives the answers the README says it gives, a peer that misbehaves is found out, and
what is written follows from the answers. Peers are not needed here, and nothing depends on how fast anything is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import compare, probes
from benchmarks.contestants import COMPARED
from benchmarks.contestants.face import ABSENT, BytesReparser, Reparser, State
from benchmarks.pages import into_page
from benchmarks.probes import NO, NOT_APPLICABLE, YES, Answer, Library

TIMED = {"cost"}
PROBES = {probe.name: probe for probe in probes.PROBES}


@pytest.mark.parametrize("probe", [probe for probe in probes.PROBES if probe.name not in TIMED], ids=lambda p: p.name)
@pytest.mark.parametrize("name", compare.OURS)
def test_this_project_answers_yes(name: str, probe: probes.Probe) -> None:
    library = COMPARED[name]
    answer = probes.ask(library, probe)
    expected = NOT_APPLICABLE if probe.typed and not library.typed else YES
    assert (answer.verdict, answer.seen) == (expected, answer.seen)


def test_the_cost_probe_reports_a_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "SIZES", (500, 1000))
    monkeypatch.setattr(probes, "ROUNDS", 1)
    assert "one string ×" in probes.ask(COMPARED["partialjson"], PROBES["cost"]).seen


class Careless(BytesReparser):
    """Closes what is open and hopes; mixes up absent and null; hands out one object."""

    name = "careless"
    distribution = "none"
    typed = True
    stateless = False

    def start(self) -> State:
        self.known: dict[str, Any] = {}
        self.parse = self.final = self.guess
        return super().start()

    def guess(self, text: bytes) -> Any:
        for match in re.finditer(r'"(\w+)": ("[^"]*|-?[\w.]*)', text.decode(errors="replace")):
            key, word = match.groups()
            self.known[key] = word[1:] if word.startswith('"') else int(word) if word.isdigit() else None
        return self.known


@pytest.mark.parametrize("name", ["numbers", "growth", "escapes", "held", "shared", "cut", "null", "errors", "bytes"])
def test_a_careless_peer_is_found_out(name: str) -> None:
    assert probes.ask(Careless, PROBES[name]).verdict == NO


def test_a_peer_without_a_call_is_not_applicable() -> None:
    for name in ("completions", "deltas"):
        assert probes.ask(Careless, PROBES[name]).verdict == NOT_APPLICABLE
    assert probes.ask(COMPARED["jiter"], PROBES["once"]).verdict == NOT_APPLICABLE


class Validating(Reparser):
    """Validates whatever there is, each time."""

    name = "validating"
    distribution = "none"
    typed = True

    def prepare(self) -> None:
        self.parse = self.final = self.check

    def check(self, text: str) -> Any:
        for key, word in re.findall(r'"(sku|name|qty)": "?([\w -]+)', text):
            probes.CALLS.append((key, int(word) if word.isdigit() else word))
        return {"status": "open", "style": "plain"}


@pytest.mark.parametrize("name", ["once", "choices", "defaults"])
def test_validation_of_prefixes_is_found_out(name: str) -> None:
    assert probes.ask(Validating, PROBES[name]).verdict == NO


class Copying(Careless):
    """Has a call of its own for values that are kept."""

    copies = True

    def hold(self, state: State, chunks: Any, kept: list[Any]) -> None:
        self.feed(state, chunks)
        kept.append(dict(self.parse(state[0])))


def test_values_that_are_kept_are_got_by_the_call_that_is_meant_for_it() -> None:
    assert probes.ask(Careless, PROBES["held"]).verdict == NO
    assert probes.ask(Copying, PROBES["held"]).verdict == YES


def test_every_library_says_how_it_is_called() -> None:
    libraries: list[Library] = list(COMPARED.values())
    assert set(compare.SHORT_PEERS) <= set(COMPARED)
    assert all(library.call and library.distribution for library in libraries)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 12}),
        ({"a": True}, {"a": 1}),
        ({"a": None}, {"a": "x"}),
        (["a", "b"], ["a"]),
        ("ab", "ac"),
        ({"a": [{}]}, {"a": [[]]}),
    ],
)
def test_a_contradiction_is_seen(old: Any, new: Any) -> None:
    assert probes.differs(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [(ABSENT, 1), ({}, {"a": 1}), (["a"], ["ab", 2]), ("", "x"), ({"a": [1]}, {"a": [1, {}]}), (1, 1.0)],
)
def test_growth_is_no_contradiction(old: Any, new: Any) -> None:
    assert not probes.differs(old, new)


def made(verdicts: dict[str, str]) -> dict[str, Answer]:
    return {probe.name: Answer(verdicts.get(probe.name, YES), f"saw {probe.name}") for probe in probes.PROBES}


@pytest.fixture
def results() -> compare.Results:
    return {
        "partialjson": made({"once": NOT_APPLICABLE}),
        "streaming-json-parser": made({"growing": NO, "deltas": NOT_APPLICABLE}),
        "streaming-json-parser, pure": made({"cost": NO, "deltas": NOT_APPLICABLE}),
        "partialjson, model": made({}),
        "pydantic": made({"numbers": NO, "defaults": NOT_APPLICABLE}),
    }


def test_a_row_needs_a_yes_of_every_probe_that_applies(results: compare.Results) -> None:
    lines = compare.short_table(results)
    assert lines[0] == "| | partialjson | streaming-json-parser | pydantic |"
    rows = {
        line.split(" | ")[0].removeprefix("| "): line.rstrip(" |").split(" | ")[1:]
        for line in lines[2:]
        if line[:1] == "|"
    }
    assert rows["Numbers and escapes appear whole, nothing shown is taken back"] == ["✓", "✓", "–"]
    # Of two builds the better one counts; a probe that does not apply does not.
    assert rows["A chunk costs the same however long the document"] == ["✓", "✓", "✓"]
    assert rows["A partial value after every chunk, strings seen growing"] == ["✓", "✓", "✓"]
    assert rows["Enums, dates, unions and defaults never shown wrong"] == ["✓", "✓", "✓"]
    assert rows["Exact text deltas, with a path"] == ["✓", "n.a.", "✓"]
    assert len(rows) == len(compare.SHORT)


def test_one_no_of_this_project_costs_it_the_row(results: compare.Results) -> None:
    results["partialjson, model"]["held"] = Answer(NO, "")
    lines = compare.short_table(results)
    assert [line.split(" | ")[1] for line in lines[2:] if line[:1] == "|"].count("–") == 1


def test_a_row_that_only_others_keep_is_said_to_be_kept(results: compare.Results) -> None:
    assert compare.short_notes(results) == []
    for name in ("streaming-json-parser", "streaming-json-parser, pure", "pydantic"):
        results[name]["completions"] = Answer(NO, "")
    results["jsoncurrent"] = made({})
    assert " ".join(compare.short_notes(results)).endswith("when it closes” holds for jsoncurrent too.")


def test_the_rows_that_nobody_else_keeps(results: compare.Results) -> None:
    whole = compare.short_table(results)
    assert compare.short_table(results, alone=True) == [*whole[:2], *whole[-2:]]
    for name in ("streaming-json-parser", "streaming-json-parser, pure", "pydantic"):
        results[name]["held"] = Answer(NO, "")
    alone = compare.short_table(results, alone=True)
    assert [line for line in whole if line.startswith("| Values you keep")] != alone[2:-2]
    assert len(alone[2:-2]) == 1
    assert alone[2].endswith("| ✓ | – | – |")


def test_the_document_has_every_answer_and_its_evidence(results: compare.Results) -> None:
    text = compare.document_text(results, {"pydantic": "2.99"}, "CPython 3.99", "2025-01-02")
    assert "pydantic 2.99" in text
    assert "CPython 3.99, 2025-01-02" in text
    assert "- pydantic: **no**; saw numbers" in text
    anchors = {compare.anchor(line.removeprefix("### ")) for line in text.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\(#([^)]*)\)", text)) == anchors
    assert len(anchors) == len(probes.PROBES)


def test_the_readme_is_changed_between_the_comments_only() -> None:
    before = f"head\n\n{compare.BEGIN}\nold\n{compare.END}\n\ntail\n"
    after = into_page(before, compare.BEGIN, compare.END, ["| a |", "|---|"])
    assert after == f"head\n\n{compare.BEGIN}\n\n| a |\n|---|\n\n{compare.END}\n\ntail\n"
    assert into_page(after, compare.BEGIN, compare.END, ["| a |", "|---|"]) == after
    with pytest.raises(ValueError, match="no place for the table"):
        into_page("no place", compare.BEGIN, compare.END, ["| a |"])


def test_the_readme_says_what_was_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    table = readme.partition(compare.BEGIN)[2].partition(compare.END)[0].strip()
    found = [line for line in written.partition("## In short")[2].partition("\n## ")[0].splitlines() if line[:1] == "|"]
    assert [line.split(" | ")[1] for line in found[2:]] == ["✓"] * len(compare.SHORT)
    alone = [line for line in found[2:] if line.count("✓") == 1]
    assert len(alone) > 3
    assert table.splitlines() == [*found[:2], *alone, "", compare.SIGNS_MEAN]


def test_answers_come_back_from_a_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["--inside", "partialjson", "numbers,held"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["numbers"]["verdict"] == YES

    class Done:
        stderr = ""

        def __init__(self, returncode: int) -> None:
            self.returncode = returncode
            self.stdout = printed

    def run(command: list[str], **_: object) -> Done:
        return Done(-11 if "deep" in command[-1] else 0)

    monkeypatch.setattr("benchmarks.compare.subprocess.run", run)
    assert compare.outside("python", "x", ["numbers", "held"])["held"].verdict == YES
    assert compare.outside("python", "x", ["deep"]) == {"deep": Answer(NO, "crashes with signal 11")}
