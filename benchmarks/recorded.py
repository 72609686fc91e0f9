"""What lenient parsing makes of recorded answers that were damaged: ``python benchmarks/recorded.py``.

The documents are those that models wrote in the recorded streams of the corpus, whose folder ``PARTIALJSON_CORPUS``
names: structured outputs and arguments of tool calls. Each is damaged in one or two labelled ways
(``partialjson.testing.damage``), put into prose, a fence or both, and read with ``Parser(lenient=True)`` in chunks. The
seed of a case is its number.

Damage of most labels can be undone, and should be. That of ``HARSH`` hits any token, so that the text may mean
something else; where it leaves JSON, which no parser could tell from what was meant, other damage is drawn.

    exact     the value is the undamaged one, of a document that was cut what had come of it
    loss      the value differs, and repairs tell where: at the place of each accident, or in the part that differs
    refused   there is no value
    silent    the value differs, and nothing that is told leads there

A table of the labels is printed; with ``--cases`` every case that is not exact, too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    sys.path.insert(1, str(ROOT / "src"))

from partialjson import Complete, ParseError, Parser, RepairKind
from partialjson.testing.damage import AROUND, CUT, HARSH, LABELS, Damaged, damage_value

COUNT = 1000
NEAR = 96
"""So many characters away, a repair tells of an accident: as many as lenient parsing holds for a decision."""
VERDICTS = ("exact", "loss", "refused", "silent")
WRAPPINGS = (("prose",), ("fence",), ("prose", "fence"), ("thoughts", "fence"))
WAYS = tuple(label for label in LABELS if label not in AROUND)


@dataclass(frozen=True)
class Case:
    """One damaged answer.

    Attributes:
        number: its number, which is also its seed.
        source: the stream it comes from.
        labels: what was done to it.
        harsh: is the damage of the kinds that may change what is meant?
    """

    number: int
    source: str
    labels: tuple[str, ...]
    harsh: bool
    damage: Damaged

    @property
    def name(self) -> str:
        return f"{self.number}: {' + '.join(self.labels)}"


@dataclass(frozen=True)
class Reading:
    """What became of a case."""

    case: Case
    verdict: str
    value: Any
    repairs: tuple[Any, ...]


def documents(corpus: Path) -> list[tuple[str, Any]]:
    """The documents that models wrote, each once, with the stream it comes from."""
    found: dict[str, tuple[str, Any]] = {}
    for folder in ("streams", "streams_synthetic"):
        for path in sorted((corpus / folder).rglob("*.json")):
            sidecar = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(sidecar, dict):
                for value in _written(sidecar):
                    if isinstance(value, dict | list) and value:
                        source = path.relative_to(corpus / folder).as_posix()
                        found.setdefault(json.dumps(value), (source, value))
    return list(found.values())


def _written(sidecar: dict[str, Any]) -> Iterator[Any]:
    yield sidecar.get("expected_text_json")
    for call in sidecar.get("expected_tool_calls") or ():
        if isinstance(call, dict):
            yield call.get("arguments")


def cases(corpus: Path, count: int = COUNT) -> Iterator[Case]:
    """Damaged answers, the same each time."""
    answers = documents(corpus)
    ways = [*((label,) for label in WAYS), *(("two",) for _ in range(3)), *(("harsh", label) for label in HARSH)]
    # Spread over the documents, whatever the count.
    for number in range(count):
        source, value = answers[number * 37 % len(answers)]
        draw = random.Random(number)
        around = WRAPPINGS[number % len(WRAPPINGS)]
        for attempt in range(200):
            way = ways[(number + attempt // 8) % len(ways)]
            harsh = way[0] == "harsh"
            labels = tuple(draw.sample([label for label in WAYS if label != CUT], 2)) if way == ("two",) else way[-1:]
            made = damage_value(value, (*labels, *around), draw, indent=draw.choice((0, 2)))
            done = {accident.label for accident in made.accidents}
            if done.issuperset(labels) and not (harsh and _is_json(made.body)):
                yield Case(number, source, labels, harsh, made)
                break


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def read(case: Case) -> Reading:
    """Reads a case in chunks of a size that its number gives."""
    text = case.damage.text
    size = (1, 4, 20, len(text))[case.number // 4 % 4]
    parser = Parser(lenient=True)
    try:
        for at in range(0, len(text), size):
            parser.feed(text[at : at + size])
    except ParseError:
        pass
    outcome = parser.end()
    if not isinstance(outcome, Complete):
        return Reading(case, "refused", None, ())
    repairs = tuple(outcome.repairs)
    if json.dumps(outcome.value) == json.dumps(case.damage.value):
        return Reading(case, "exact", outcome.value, repairs)
    spans = [(repair.start, repair.end) for repair in repairs if repair.kind is not RepairKind.UNFINISHED]
    spans += [(span.start, span.end) for span in outcome.skipped if span.kind in set(RepairKind)]
    told = all(
        any(start - NEAR <= accident.at <= end + NEAR for start, end in spans)
        for accident in case.damage.accidents
        if accident.label in case.labels and accident.label != CUT
    )
    changed = not outcome.verbatim and bool(spans)
    return Reading(case, "loss" if told and changed else "silent", outcome.value, repairs)


def difference(meant: Any, found: Any, path: str = "$") -> str:
    """The first place where two documents differ."""
    if isinstance(meant, dict) and isinstance(found, dict):
        for key, value in meant.items():
            if key not in found:
                return f"{path}.{key} is not there"
            if words := difference(value, found[key], f"{path}.{key}"):
                return words
        return "".join(f"{path}.{key} was not meant" for key in list(found)[:1] if key not in meant) or (
            "" if len(found) == len(meant) else f"{path} has keys that were not meant"
        )
    if isinstance(meant, list) and isinstance(found, list):
        for index, (value, other) in enumerate(zip(meant, found, strict=False)):
            if words := difference(value, other, f"{path}[{index}]"):
                return words
        return "" if len(meant) == len(found) else f"{path} has {len(found)} elements, not {len(meant)}"
    return "" if json.dumps(meant) == json.dumps(found) else f"{path} is {found!r}, not {meant!r}"


def table(readings: Sequence[Reading]) -> str:
    """How many of each verdict, by label."""
    counts: dict[str, Counter[str]] = {}
    for reading in readings:
        label = " + ".join(reading.case.labels) if len(reading.case.labels) == 1 else "two of these"
        if reading.case.harsh:
            label += ", anywhere"
        counts.setdefault(label, Counter())[reading.verdict] += 1
    order = sorted(counts, key=lambda label: (label.endswith("anywhere"), label == "two of these"))
    mild = sum((counts[label] for label in order if not label.endswith("anywhere")), Counter[str]())
    harsh = sum((counts[label] for label in order if label.endswith("anywhere")), Counter[str]())
    lines = ["| damage | cases | exact | with loss | refused | silently wrong |", "|---|--:|--:|--:|--:|--:|"]
    rows = [*((label, counts[label]) for label in order), ("**can be undone**", mild), ("**anywhere**", harsh)]
    rows.append(("**all**", mild + harsh))
    for label, count in rows:
        cells = " | ".join(str(count[verdict]) for verdict in VERDICTS)
        lines.append(f"| {label} | {count.total()} | {cells} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Recorded answers, damaged and read leniently.")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many cases ({COUNT})")
    parser.add_argument("--cases", action="store_true", help="print each case that is not read as it was meant")
    parser.add_argument("--corpus", type=Path, default=os.environ.get("PARTIALJSON_CORPUS"), metavar="DIR")
    options = parser.parse_args(arguments)
    if options.corpus is None:
        parser.error("no corpus: give its folder with --corpus, or in PARTIALJSON_CORPUS")
    readings = [read(case) for case in cases(options.corpus, options.count)]
    if options.cases:
        for reading in readings:
            if reading.verdict != "exact":
                case = reading.case
                accidents = ", ".join(f"{accident.label} at {accident.at}" for accident in case.damage.accidents)
                repairs = ", ".join(f"{repair.kind.value} at {repair.start}" for repair in reading.repairs)
                print(f"{case.number} {reading.verdict}; {accidents}; {case.source}\n  {case.damage.text!r}")
                print(f"  {difference(case.damage.value, reading.value)}\n  repairs: {repairs}\n")
    print(table(readings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
