"""The results of all runs in one file, ``results.json``, from which tables and plots are made.

A run measures *parts*: workloads by their names, ``memory/...``, ``documents/...`` and ``cold``. A run of some parts
replaces them in the file and leaves the others. ``made`` says for each part which of ``runs`` it is from, ``took`` how
many seconds it took there, which is what the next run's estimate is made of.

In the file a measurement is the seconds of its rounds. The medians, ratios and spreads of the tables are made from
them when the file is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

__all__ = ["COLLECTORS", "Results", "empty", "merge", "read", "save", "spread", "summarise"]

Results = dict[str, Any]
COLLECTORS: Final = ("off", "default")
"""The garbage collector off, and as it is by default."""
DIGITS: Final = 5
"""More than a clock gives."""


def empty() -> Results:
    """The results of a run that has measured nothing yet."""
    parts: Results = {name: {} for name in ("workloads", "memory", "documents", "cold", "contestants", "problems")}
    return {"runs": [], "made": {}, "took": {}, **parts}


def summarise(results: Results) -> None:
    """Add the median, the ratio to the baseline and the spread to every entry, from the rounds.

    A ratio is the median of the rounds' own ratios, because a round's baseline ran close to it in time.
    """
    for workload in results["workloads"].values():
        entries = workload["entries"]
        baseline = entries.get(workload["baseline"], {})
        for entry in entries.values():
            for gc in COLLECTORS:
                if gc not in entry:
                    continue
                rounds = entry[gc]["seconds"]
                entry[gc]["median"] = median(rounds)
                base = baseline.get(gc, {}).get("seconds")
                ratios = [a / b for a, b in zip(rounds, base, strict=True)] if base else []
                entry[gc]["ratio"] = median(ratios) if ratios else None
                entry[gc]["spread"] = spread(ratios or rounds)


def spread(values: list[float]) -> float:
    """The middle half of the values, as a share of their median; all of them where there are fewer than four."""
    if len(values) < 2:
        return 0.0
    if len(values) < 4:
        return (max(values) - min(values)) / median(values)
    low, _, high = quantiles(values, n=4)
    return (high - low) / median(values)


def merge(old: Results, new: Results) -> Results:
    """The old results with the parts of the new ones in their places; parts that are new come last."""
    first = len(old["runs"])
    merged: Results = {"runs": [*old["runs"], *new["runs"]]}
    merged["made"] = old["made"] | {part: first + run for part, run in new["made"].items()}
    for name in ("took", "workloads", "memory", "documents", "cold", "contestants"):
        merged[name] = old[name] | new[name]
    # What was wrong with a part, or with a contestant that was there now, is known better now.
    kept = {
        what: why
        for what, why in old["problems"].items()
        if what.partition(" at ")[2] not in new["made"] and what not in new["contestants"]
    }
    merged["problems"] = kept | new["problems"]
    return _without_old_runs(merged)


def _without_old_runs(results: Results) -> Results:
    used = sorted(set(results["made"].values()))
    runs = [results["runs"][run] for run in used]
    made = {part: used.index(run) for part, run in results["made"].items()}
    return results | {"runs": runs, "made": made}


# The file.


def read(path: Path) -> Results:
    """The results in a file, with their medians."""
    results: Results = json.loads(path.read_text(encoding="utf-8"))
    for workload in results["workloads"].values():
        for entry in workload["entries"].values():
            entry |= {gc: {"seconds": entry[gc]} for gc in COLLECTORS if gc in entry}
    summarise(results)
    return results


def save(results: Results, path: Path) -> None:
    """Write a file with one line for each workload and each other part."""
    slim = _rounded(results)
    for workload in slim["workloads"].values():
        for entry in workload["entries"].values():
            entry |= {gc: entry[gc]["seconds"] for gc in COLLECTORS if gc in entry}
    sections = []
    for name, section in slim.items():
        if isinstance(section, dict):
            lines = [f"  {_line(key)}: {_line(value)}" for key, value in section.items()]
        else:
            lines = [f"  {_line(value)}" for value in section]
        begin, end = "{}" if isinstance(section, dict) else "[]"
        sections.append(f" {_line(name)}: {begin}\n" + ",\n".join(lines) + f"\n {end}")
    path.write_text("{\n" + ",\n".join(sections) + "\n}\n", encoding="utf-8")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_rounded(child) for child in value]
    return value
