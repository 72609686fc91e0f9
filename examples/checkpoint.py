"""A document that one process begins and another one ends.

    python examples/checkpoint.py

A checkpoint is plain data, so it can lie in a file, a database or a message queue: here a worker stops in the middle of
a word, and another process goes on from there. Text that came before is not sent again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from partialjson import Parser
from recorded import Trip

FIRST = '{"title": "An afternoon in Porto", "stops": [{"place": "São Bento", "minutes": 20}, {"place": "Mercado do B'
REST = 'olhão", "minutes": 45}], "summary": "Mostly downhill."}'


def begin(file: Path) -> None:
    """The first worker: it reads a part and saves where it is."""
    parser = Parser(Trip)
    parser.feed(FIRST)
    print("first: ", parser.value)
    file.write_text(json.dumps(parser.checkpoint()), encoding="utf-8")


def go_on(file: Path) -> None:
    """The second worker, which knows the file and the type."""
    parser = Parser.restore(json.loads(file.read_text(encoding="utf-8")), Trip)
    for event in parser.feed(REST):
        print("second:", event.path, "completed")
    print("second:", parser.close())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trip.checkpoint.json"
        for task in ("begin", "go_on"):
            subprocess.run([sys.executable, __file__, task, str(file)], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"begin": begin, "go_on": go_on}[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
