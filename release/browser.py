"""The laws in Pyodide, CPython for browsers: the pure wheel and its tests, run by Node.

Pyodide and the wheels that the library needs are those of ``serve --static``, fetched by the installed library itself.
What the tests need besides comes from the index, as wheels for any Python.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Final

from release.environments import Environment, run
from release.report import Failed

__all__ = ["TESTS", "check_in_pyodide"]

TESTS: Final = ("tests/core/test_laws.py", "tests/streaming")

_HERE: Final = Path(__file__).parent
_NEEDED: Final = ("hypothesis", "pytest")
_ANY: Final = ("--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none")


def check_in_pyodide(environment: Environment, wheel: Path, sources: Path, work: Path) -> None:
    """Run the laws there, from the wheel; the environment, which has it installed too, fetches what that needs."""
    node = shutil.which("node")
    if node is None:
        raise Failed("Node.js is not installed")
    fetched = json.loads(environment.run("-I", _HERE / "inside.py", "runtime"))
    with tarfile.open(fetched["package"]) as archive:
        archive.extractall(work, filter="data")
    wanted = work / "wheels"
    environment.pip("download", *_ANY, "--python-version", fetched["python"], "--dest", wanted, *_NEEDED)
    wheels = [*fetched["wheels"], *map(str, sorted(wanted.glob("*.whl"))), str(wheel)]
    arguments = ["-q", "-p", "no:cacheprovider", *TESTS]
    script = _HERE / "pyodide.mjs"
    command: list[str | Path] = [node, script, work / "package", sources, json.dumps(wheels), json.dumps(arguments)]
    run(command, cwd=work, shown=True)
