"""What it changes to put this parser into other libraries: seconds, and partial values that show something new.

    python benchmarks/integrations.py                       # all, 20 KB and 100 KB
    python benchmarks/integrations.py langchain --sizes 20  # some
    python benchmarks/integrations.py --write               # and put the table into docs/integrations.md

A report is streamed as JSON, 4 characters at a time, to a program for each library (``integration/programs.py``), with
and without this parser in it, each in an environment of its own. A run ends after ``--limit`` seconds; what is left is
computed from the time that the first half and the whole of the pieces took, as a*n + b*n**2, and marked with ``~``.
The environments are kept in ``--folder``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.integration.environments import ENVIRONMENTS, clean, prepare, version, wheel
from benchmarks.integration.table import bars, table
from benchmarks.pages import into_page

WORKER = Path(__file__).resolve().parent / "integration" / "worker.py"
RESULTS = ROOT / "benchmarks" / "results" / "integrations.json"
PLOT = ROOT / "benchmarks" / "results" / "integrations.svg"
DOCS = ROOT / "docs" / "integrations.md"
BEGIN = "<!-- written by benchmarks/integrations.py -->"
END = "<!-- end -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [name for name, each in ENVIRONMENTS.items() if each.programs]
    parser.add_argument("libraries", nargs="*", help=f"of {', '.join(known)} (default: all)")
    parser.add_argument("--sizes", nargs="+", type=int, default=[20, 100], metavar="KB")
    parser.add_argument(
        "--limit", type=float, default=60, metavar="SECONDS", help="of the processor, for each run (default: 60)"
    )
    parser.add_argument("--folder", type=Path, default=Path.home() / ".cache" / "partialjson" / "integrations")
    parser.add_argument("--oldest", action="store_true", help="the oldest versions that are known")
    parser.add_argument("--write", action="store_true", help="write the results, the plot and the table of the docs")
    parser.add_argument(
        "--in-place", action="store_true", help="use the sources, compiled in place or not, instead of building a wheel"
    )
    args = parser.parse_args()
    chosen = args.libraries or known
    for name in chosen:
        if name not in known:
            parser.error(f"there is no library {name!r}; there are {', '.join(known)}")
    args.folder.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() and args.write else {}
    built = None if args.in_place else wheel(args.folder)
    for name in chosen:
        python = prepare(args.folder, name, args.oldest, (), built)
        for program in ENVIRONMENTS[name].programs:
            distribution = ENVIRONMENTS[name].newest[0].split("<")[0].split("[")[0]
            found: dict[str, Any] = {"library": name, "version": version(python, distribution)}
            for size in args.sizes:
                for what, library in (("before", "-"), ("after", name)):
                    timed = run(python, program, size * 1000, library, args.limit, False)
                    counted = run(python, program, size * 1000, library, args.limit, True)
                    found[f"{what}-{size}"] = whole(timed, counted)
            results[program] = found
            if args.write:
                RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print()
    print(table(results, args.sizes))
    if args.write:
        PLOT.write_text(bars(results, max(args.sizes)))
        page = into_page(DOCS.read_text(encoding="utf-8"), BEGIN, END, [table(results, args.sizes)])
        DOCS.write_text(page, encoding="utf-8")


def run(python: Path, program: str, size: int, library: str, limit: float, counts: bool) -> dict[str, Any]:
    """One run of a program; shows how far it is."""
    command = [str(python), "-W", "ignore", str(WORKER), program, str(size), library, str(limit)]
    what = f"{program}, {size // 1000} KB, {'with' if library != '-' else 'without'} partialjson"
    last: dict[str, Any] = {}
    command += ["count"] if counts else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean()) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            if not line.startswith("{"):
                continue
            last = json.loads(line)
            share = last["pieces"] / max(last["of"], 1)
            doing = "counting" if counts else "timing"
            show(f"{what}, {doing}: {'#' * int(share * 20):20} {share:4.0%} {last['seconds']:6.1f} s")
    if worker.returncode or "half" not in last:
        raise SystemExit(f"\n{' '.join(command)} failed")
    if not counts:
        show(f"{what}: {last['seconds']:.2f} s for {last['pieces']} of {last['of']} pieces\n")
    return last


def whole(timed: dict[str, Any], counted: dict[str, Any]) -> dict[str, Any]:
    """Seconds and useful partial values for all pieces, computed where a run was ended."""
    n, total = timed["pieces"], timed["of"]
    seconds = timed["seconds"]
    is_measured = n == total
    if not is_measured:
        square = max(2 * (seconds - 2 * timed["half"]) / n**2, 0)
        seconds = (seconds / n - square * n) * total + square * total**2
    useful = counted["useful"] * counted["of"] / max(counted["pieces"], 1)
    is_counted = counted["pieces"] == counted["of"]
    return {
        "seconds": round(seconds, 3),
        "measured": is_measured,
        "useful": round(useful),
        "counted": is_counted,
        "pieces": total,
    }


def show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    elif line.endswith("\n"):
        print(line, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
