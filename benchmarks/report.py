"""Results as Markdown tables and plots.

Everything here is a function of the results as they are written to ``results.json``, so a report can be made again
without measuring again. ``matplotlib`` is needed for the plots only.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.store import COLLECTORS, Results
from benchmarks.targets import DEFAULT, INTERPRETED, OURS, Reader, judge

GCS = tuple(zip(COLLECTORS, ("garbage collector off", "garbage collector as it is by default"), strict=True))


# Numbers and tables.


def number(value: float | None) -> str:
    """Three significant digits, thousands apart."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    if abs(value) >= 0.1 or value == 0:
        return f"{value:.2f}"
    return f"{value:.2g}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]


def _estimated(entry: dict[str, Any]) -> str:
    return "" if entry["way"] == "whole" else "~"


def _ratio_cell(workload: dict[str, Any], entry: dict[str, Any], gc: str) -> str:
    timing = entry[gc]
    return f"{_estimated(entry)}{number(timing['ratio'])} ±{timing['spread']:.0%}"


def _chunk_cell(workload: dict[str, Any], entry: dict[str, Any], gc: str) -> str:
    per_chunk = entry[gc]["median"] / workload["chunks"] * 1e6
    return f"{_ratio_cell(workload, entry, gc)} ({number(per_chunk)} µs)"


def _price_cell(workload: dict[str, Any], entry: dict[str, Any], gc: str) -> str:
    timing = entry[gc]
    return f"{_estimated(entry)}{number(timing['median'] / workload['chunks'] * 1e6)} µs ±{timing['spread']:.0%}"


Cell = Callable[[dict[str, Any], dict[str, Any], str], str]


def _grid(results: Results, columns: Sequence[tuple[str, str]], gc: str, cell: Cell) -> list[str]:
    """Contestants down, workloads across. ``columns`` are pairs of a heading and a workload's name."""
    workloads = results["workloads"]
    columns = [(label, name) for label, name in columns if name in workloads]
    names: list[str] = []
    for _, name in columns:
        names += [contestant for contestant in workloads[name]["entries"] if contestant not in names]
        names += [contestant for contestant in workloads[name]["wrong"] if contestant not in names]
    rows = []
    for contestant in names:
        row = [_title(results, contestant)]
        for _, name in columns:
            entry = workloads[name]["entries"].get(contestant)
            if entry is not None and gc in entry:
                row.append(cell(workloads[name], entry, gc))
            else:
                row.append("wrong" if contestant in workloads[name]["wrong"] else "–")
        rows.append(row)
    return table(["", *(label for label, _ in columns)], rows) if columns and rows else []


def _title(results: Results, contestant: str) -> str:
    about = results["contestants"].get(contestant, {})
    notes = [note for note in ("live" if about.get("live") else "", about.get("caveat", "")) if note]
    title = f"**{contestant}**" if contestant.startswith(OURS) else contestant
    return f"{title} ({'; '.join(notes)})" if notes else title


def _both(results: Results, columns: Sequence[tuple[str, str]], cell: Cell) -> list[str]:
    """The same grid with the collector off and on."""
    lines: list[str] = []
    for gc, said in GCS:
        grid = _grid(results, columns, gc, cell)
        if grid:
            lines += [f"{said.capitalize()}:", "", *grid]
    return lines


def _columns(results: Results, group: str, ending: str = "") -> list[tuple[str, str]]:
    found = []
    for name, workload in results["workloads"].items():
        if workload["group"] == group and name.endswith(ending):
            label = name.split("/", 1)[1].removesuffix(ending)
            found.append((label.replace("/", " "), name))
    return found


# The report.


def markdown(results: Results, plots: Sequence[str] = ()) -> str:
    """The whole report."""
    lines = ["# Benchmark results", "", *_about(results)]
    for plot in plots:
        lines += [f"![{PLOTS[plot]}]({plot})", ""]
    lines += ["## Targets", "", "All with the garbage collector off.", "", *target_table(results)]
    sections: list[tuple[str, str, list[str]]] = [
        (
            "A partial value after every 4 characters, each dropped",
            "Times `json.loads` of the whole text in the same round, and microseconds for each chunk. `partialjson` is"
            " `Parser(select=[])`, which reports no events, as the others report none; `partialjson, default` is"
            " `Parser()`.",
            _both(results, _columns(results, "partial", "/dropped"), _chunk_cell),
        ),
        (
            "The same, all held",
            "Parsers whose value is live are made to copy it, by their own means or by `copy.deepcopy`.",
            _both(results, _columns(results, "partial", "/held"), _chunk_cell),
        ),
        (
            "One growing string, in chunks of 4 characters",
            "`deltas`: only what was added is read. `dropped`: the whole value is read and dropped.",
            _both(results, _columns(results, "text"), _chunk_cell),
        ),
        (
            "Bulk, in chunks of 64 KiB",
            "Times `json.loads` of the whole text; less is better. Nothing is read before the end.",
            _both(results, _columns(results, "bulk"), _ratio_cell),
        ),
        (
            "Typed: a validated partial object after every 4 characters",
            "Times one-shot `model_validate_json` of the whole text, and microseconds for each chunk.",
            _both(results, _columns(results, "typed", "/dropped"), _chunk_cell),
        ),
        (
            "Typed: the whole cost when no snapshot is read",
            "Fed in chunks of 4 characters; times one-shot `model_validate_json`.",
            _both(results, _columns(results, "typed", "/feed"), _chunk_cell),
        ),
        (
            "Wide open containers",
            "The price of a chunk of 4 characters, value read and dropped, while so many elements are open around it.",
            _both(results, _columns(results, "wide"), _price_cell),
        ),
        (
            "From a provider's bytes to typed values",
            "A response of about 24 KB, event by event. Times `json.loads` of the events' data, and microseconds for"
            " each event. Where an SDK is in a row, its request is in it, too; it is answered from memory.",
            [*_both(results, _columns(results, "provider"), _chunk_cell), *streams_table(results)],
        ),
        (
            "Cold start",
            "From before the first import to the first value, each in a fresh process; the least of several.",
            cold_table(results),
        ),
        ("Memory", "", memory_tables(results)),
        ("Growth", "", scaling_table(results)),
        ("Left out", "", _left_out(results)),
    ]
    for title, words, body in sections:
        if body:
            lines += [f"## {title}", "", *([words, ""] if words else []), *body]
    return "\n".join(lines).rstrip() + "\n"


def _about(results: Results) -> list[str]:
    lines: list[str] = []
    for number, about in enumerate(results["runs"]):
        rounds = "1 round" if about["rounds"] == 1 else f"{about['rounds']} rounds"
        versions = ", ".join(f"{name} {version}" for name, version in sorted(about["versions"].items()))
        lines += [f"{about['date']}; {about['machine']}; {about['python']}; {rounds}, {about['clock']}.", ""]
        lines += [f"Core: {about['build']}.", "", f"Versions: {versions}.", ""]
        if len(results["runs"]) > 1:
            lines += [f"Measured then: {', '.join(_parts(results, number))}.", ""]
    return [
        *lines,
        "Each number is the median of the rounds; in each round every contestant ran once, in shuffled order. ± is the",
        "middle half of the rounds (all of them where there were fewer than four) as a share of the median. `~` is an",
        "estimate: from chunks sampled along the document, or from the part that was read before the time was up, or a",
        "time taken only once, because taking it takes many seconds.",
        "",
    ]


def _parts(results: Results, run: int) -> list[str]:
    """The parts that are from a run; those of a kind together where all of them are."""
    kinds: dict[str, list[str]] = {}
    for part in results["made"]:
        kinds.setdefault(part.partition("/")[0], []).append(part)
    found: list[str] = []
    for kind, parts in kinds.items():
        of_run = [part for part in parts if results["made"][part] == run]
        found += [f"{kind}/*"] if of_run == parts != [kind] else of_run
    return found


def target_table(results: Results) -> list[str]:
    rows = []
    for verdict in judge(results):
        bound = f"{'≤' if verdict.at_most else '≥'} {number(verdict.bound)}"
        detail = f" ({verdict.detail})" if verdict.detail else ""
        said = {True: "met", False: "**not met**", None: "not measured"}[verdict.met]
        rows.append([f"{verdict.area}: {verdict.promise}", bound, f"{number(verdict.measured)}{detail}", said])
    return table(["promise", "target", "measured", ""], rows)


def streams_table(results: Results) -> list[str]:
    """How many such responses one core reads in a second."""
    reader = Reader(results)
    columns = _columns(results, "provider")
    names: list[str] = []
    for _, name in columns:
        names += [entry for entry in results["workloads"][name]["entries"] if entry not in names]
    rows = []
    for contestant in names:
        times = [reader.seconds(name, contestant) for _, name in columns]
        rows.append([_title(results, contestant), *(number(None if each is None else 1 / each) for each in times)])
    words = ["Responses a second and core, garbage collector off; more is better:", ""]
    return [*words, *table(["", *(label for label, _ in columns)], rows)] if rows else []


def cold_table(results: Results) -> list[str]:
    """Milliseconds of each start, and how many times the import of pydantic that is."""
    reader = Reader(results)
    rows = []
    for name in results["cold"]:
        title = f"**{name}**" if OURS in name else name
        least, times = reader.cold(name), reader.cold_times(name, "import pydantic")
        rows.append([title, number(None if least is None else least * 1e3), number(times)])
    return table(["", "ms", "× import pydantic"], rows) if rows else []


def memory_tables(results: Results) -> list[str]:
    lines: list[str] = []
    labels = list(results["memory"])
    names: list[str] = []
    for label in labels:
        names += [name for name in results["memory"][label] if name not in names]
    for how, words in (
        ("traced", "What is held before the last character, over `json.loads` of the text, by Python's allocators:"),
        ("resident", "The same by the resident pages of the process, which also show what native code holds:"),
    ):
        rows = []
        for name in names:
            row = [_title(results, name)]
            for label in labels:
                held = results["memory"][label]
                base = held.get("json.loads", {}).get(how)
                value = held.get(name, {}).get(how)
                if not base or value is None:
                    row.append("–")
                else:
                    row.append(f"{number(value / base)} ({number(value / 1e6)} MB)")
            rows.append(row)
        if rows:
            lines += [words, "", *table(["", *labels], rows)]
    rows = []
    for name, growth in results["documents"].items():
        kept = f"{growth['resident'] / 1024:,.0f} KiB"
        rows.append([_title(results, name), f"{growth['documents']:,}", f"{growth['blocks']:,}", kept])
    if rows:
        lines += ["Small documents, one after the other; what more is held after the last than after a tenth:", ""]
        lines += table(["", "documents", "blocks", "resident"], rows)
    return lines


def scaling_table(results: Results) -> list[str]:
    """The exponents of cost against size."""
    reader = Reader(results)
    kinds = ("list of objects", "one string")
    names: list[str] = []
    for workload in reader.names("scaling"):
        names += [name for name in results["workloads"][workload]["entries"] if name not in names]
    rows = []
    for name in names:
        fits = [reader.exponent(kind, name) for kind in kinds]
        if any(fit is not None for fit in fits):
            rows.append([_title(results, name), *(number(fit) for fit in fits)])
    if not rows:
        return []
    words = [
        "The exponent of cost against size, value read and dropped after every 4 characters, fitted on logarithms: 1",
        "is linear, 2 quadratic. Where documents are small, the fixed cost of one pulls it down.",
        "",
    ]
    return [*words, *table(["", *kinds], rows)]


def _left_out(results: Results) -> list[str]:
    lines = [f"- {name}: {why}" for name, why in results["problems"].items()]
    wrong: dict[str, list[str]] = {}
    for name, workload in results["workloads"].items():
        for contestant, why in workload["wrong"].items():
            wrong.setdefault(f"{contestant}: {why}", []).append(name)
    lines += [f"- {what} (not timed: {', '.join(where)})" for what, where in wrong.items()]
    return [*lines, ""] if lines else []


# The plots.

PLOTS = {
    "growth.svg": "Cost of reading a stream in chunks of 4 characters against the size of the document, logarithmic",
    "bulk.svg": "Time for 10 MB in chunks of 64 KiB, relative to json.loads",
}
COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#ff7f0e")


def draw(results: Results, folder: Path) -> list[str]:
    """Write the plots; their file names, or nothing where matplotlib is not installed."""
    try:
        matplotlib: Any = importlib.import_module("matplotlib")
    except ImportError:
        return []
    matplotlib.use("Agg")
    plt: Any = importlib.import_module("matplotlib.pyplot")
    matplotlib.rcParams.update({"svg.hashsalt": "partialjson", "svg.fonttype": "none", "font.size": 9})
    done = []
    for name, make in (("growth.svg", _draw_growth), ("bulk.svg", _draw_bulk)):
        figure = make(results, plt)
        if figure is not None:
            figure.savefig(folder / name, bbox_inches="tight", metadata={"Date": None})
            plt.close(figure)
            done.append(name)
    return done


def _style(name: str, index: int) -> dict[str, Any]:
    if name == OURS:
        return {"color": "black", "linewidth": 2.5, "zorder": 5}
    if name == "json.loads":
        return {"color": "black", "linewidth": 1.0, "linestyle": ":"}
    if name == INTERPRETED:
        return {"color": "black", "linewidth": 1.5, "linestyle": "--", "zorder": 5}
    return {"color": COLOURS[index % len(COLOURS)], "linewidth": 1.2, "linestyle": "-" if index < len(COLOURS) else ":"}


def _draw_growth(results: Results, plt: Any) -> Any:
    reader = Reader(results)
    names = reader.names("scaling")
    if not names:
        return None
    kinds = ("list of objects", "one string")
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.8), sharey=True)
    order: list[str] = []
    for name in names:
        order += [entry for entry in results["workloads"][name]["entries"] if entry not in order]
    for panel, kind in zip(panels, kinds, strict=True):
        for index, contestant in enumerate(order):
            points = []
            for name in names:
                seconds = reader.seconds(name, contestant)
                if name.startswith(f"scaling/{kind}/") and seconds is not None:
                    points.append((results["workloads"][name]["characters"], seconds * 1e3))
            if points:
                label = contestant if contestant != "json.loads" else "json.loads, once"
                panel.plot(*zip(*points, strict=True), marker=".", label=label, **_style(contestant, index))
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_title(f"{kind}, value read after every 4 characters", fontsize=9)
        panel.set_xlabel("characters in the document")
        panel.grid(True, which="major", alpha=0.3)
    panels[0].set_ylabel("milliseconds for the whole stream")
    handles: dict[str, Any] = {}
    for panel in panels:
        lines, labels = panel.get_legend_handles_labels()
        handles.update(zip(labels, lines, strict=True))
    figure.legend(handles.values(), handles.keys(), loc="center left", bbox_to_anchor=(0.92, 0.5), fontsize=8)
    return figure


def _draw_bulk(results: Results, plt: Any) -> Any:
    names = Reader(results).names("bulk")
    if not names:
        return None
    shown = [OURS, DEFAULT, "jiter, one shot", "orjson", "ijson C, items"]
    shown += ["streaming-json-parser, native", INTERPRETED]
    figure, panel = plt.subplots(figsize=(10, 4.2))
    width = 0.8 / len(shown)
    for index, contestant in enumerate(shown):
        places, heights = [], []
        for place, name in enumerate(names):
            entry = results["workloads"][name]["entries"].get(contestant, {}).get("off")
            if entry is not None and entry["ratio"] is not None:
                places.append(place + (index - (len(shown) - 1) / 2) * width)
                heights.append(entry["ratio"])
        colour = {OURS: "black", INTERPRETED: "#999999"}.get(contestant, COLOURS[index % len(COLOURS)])
        panel.bar(places, heights, width * 0.92, label=contestant, color=colour)
    panel.axhline(1.0, color="black", linewidth=0.8, linestyle=":")
    panel.set_yscale("log")
    panel.set_xticks(
        range(len(names)),
        [name.split("/", 1)[1].replace(" of ", "\nof ").replace("-digit ", "-digit\n") for name in names],
    )
    panel.set_ylabel("time, json.loads = 1 (less is better)")
    panel.grid(True, axis="y", which="both", alpha=0.2)
    panel.legend(fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return figure
