"""The benchmark command: ``python benchmarks/run.py``.

Makes an environment of its own (``benchmarks/.venv``), installs the peers and this project into it, the latter with its
compiled core, and goes on inside it: every workload, against everyone who can take it, in rounds; then the tables, the
plots and the JSON file. The compiled and the interpreted core run in a worker process each, from the same installation.

``--only`` measures some parts. Their results take the place of the old ones in the JSON file, and the tables are made
from all of it.

``--smoke`` is for continuous integration: no environment, no network, tiny documents, whatever peers can be imported
here; it fails if anyone arrives at a wrong value, and never because something was slow.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.environment import interpreter, prepare, say


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Benchmarks of partialjson against its peers.",
        epilog="Results go to results.json, README.md, growth.svg and bulk.svg in the output folder.",
    )
    parser.add_argument("--smoke", action="store_true", help="a few seconds, here, with what is importable")
    parser.add_argument(
        "--only", default="", metavar="PATTERNS", help="parts whose names have this in them, e.g. bulk/,cold"
    )
    parser.add_argument("--peers", default="", metavar="NAMES", help="peers whose names have one of these, with commas")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each workload (3)")
    parser.add_argument("--output", type=Path, default=None, metavar="DIR", help="default: benchmarks/results")
    parser.add_argument("--venv", type=Path, default=ROOT / "benchmarks" / ".venv", metavar="DIR", help="environment")
    parser.add_argument("--reinstall", action="store_true", help="make the environment afresh, with the newest peers")
    parser.add_argument("--budget", type=float, default=0.4, help="seconds after which a time is estimated (0.4)")
    parser.add_argument("--minimum", type=float, default=0.01, help="seconds that a measurement lasts at least (0.01)")
    parser.add_argument("--list", action="store_true", help="name the workloads and who takes them")
    parser.add_argument("--report", action="store_true", help="only make tables and plots again from results.json")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.peers and not options.smoke and not options.output and not options.list:
        parser.error("--peers leaves columns out of the tables: say with --output where these may go")
    if options.smoke:
        # What is needed from here on is installed in the environment only, or is here already.
        from benchmarks import race

        return race.smoke(options.only, race.patterns(options.peers), options.output)
    options.output = (options.output or ROOT / "benchmarks" / "results").resolve()
    if options.inside:
        from benchmarks import race

        return race.inside(options, json.loads(options.inside))
    failed = prepare(options.venv.resolve(), options.reinstall)
    for name, why in failed.items():
        say(f"{name} is left out: {why}")
    command = [str(interpreter(options.venv.resolve())), str(ROOT / "benchmarks" / "run.py")]
    command += list(sys.argv[1:] if arguments is None else arguments)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return subprocess.run([*command, "--inside", json.dumps(failed)], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
