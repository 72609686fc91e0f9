"""A wheel, installed where nothing else is: what its reader meets in the first minutes, and the tests."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from release.environments import Environment, Interpreter, run
from release.report import Failed, Report, Step

__all__ = [
    "FIRST",
    "IMPORT",
    "PART",
    "check_commands",
    "check_import",
    "check_tests",
    "example",
    "is_for",
    "judge",
    "set_up",
]

PART: Final = ("tests/core/test_laws.py", "tests/streaming", "tests/typed")
"""The tests where not all of them are run: the laws, loops over streams, typed documents."""

IMPORT: Final = 0.030
"""The seconds that an import takes at most."""
FIRST: Final = 10.0
"""The seconds until the first example has run, at most."""

_INSIDE: Final = Path(__file__).with_name("inside.py")
_ROUNDS: Final = 11


def is_for(environment: Environment, wheel: Path) -> bool:
    """Can the Python of this environment take the wheel? pip knows."""
    try:
        environment.pip("install", "--dry-run", "--no-deps", "--no-index", "--quiet", wheel)
    except Failed:
        return False
    return True


def example(readme: str) -> tuple[str, str]:
    """The README's example, and what it prints."""
    [(program, printed)] = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", readme, re.DOTALL)
    return program, printed


def set_up(interpreter: Interpreter, wheel: Path, sources: Path, folder: Path, step: Step) -> tuple[Environment, float]:
    """A fresh environment with the wheel in it, in which the README's example prints what the README says; and the
    seconds until then.

    Nothing comes from pip's cache: it takes as long as on a machine that has never seen any of it.
    """
    program, printed = example((sources / "README.md").read_text(encoding="utf-8"))
    used = _processor()
    began = time.monotonic()
    environment = Environment(interpreter, folder)
    made = time.monotonic()
    environment.pip("install", "--no-cache-dir", wheel)
    installed = time.monotonic()
    seen = environment.run("-I", "-c", program)
    ran = time.monotonic()
    if seen != printed:
        raise Failed(f"the README's example prints\n{seen}")
    whole = ran - began
    used = _processor() - used
    parts = f"environment {made - began:.1f}, pip install {installed - made:.1f}, example {ran - installed:.1f}"
    step.say(f"the README's example has run {whole:.1f} s after nothing was there: {parts}")
    step.say(f"of which the processor worked {used:.1f} s")
    return environment, whole


def _processor() -> float:
    """Seconds of the processor that finished commands took."""
    times = os.times()
    return times.children_user + times.children_system


def judge(what: str, seconds: float, promised: float, report: Report) -> None:
    """Is the promise kept? A machine that has more to do than it has processors cannot tell; each then works slower."""
    if seconds <= promised:
        return
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > (os.cpu_count() or 1):
        report.skip(f"{what}, {seconds:.3g} s: this machine is busy (load {load:.1f}), and {promised:g} s are promised")
        return
    raise Failed(f"{what} takes {seconds:.3g} s, and {promised:g} s are promised")


def check_import(environment: Environment, compiled: bool, step: Step) -> float:
    """Where it lies, that pydantic comes with the first typed parser, and the seconds that the import takes."""
    facts = json.loads(environment.run("-I", _INSIDE, "facts"))
    if not Path(facts["file"]).is_relative_to(environment.folder):
        raise Failed(f"{facts['file']} was imported, which is not in the environment")
    if facts["compiled"] != compiled:
        raise Failed(f"the core is {'compiled' if facts['compiled'] else 'interpreted'}, as it should not be")
    if facts["pydantic"] != {"import": False, "untyped": False, "typed": True}:
        raise Failed(f"pydantic is to be there from the first typed parser on, not {facts['pydantic']}")
    # Everything else that the machine does can only add.
    least: float = min(json.loads(environment.run("-I", _INSIDE, "cost")) for _ in range(_ROUNDS))
    step.say(f"import partialjson: {least * 1000:.0f} ms of the processor; pydantic comes with a typed parser")
    return least


def check_commands(environment: Environment, version: str, compiled: bool, step: Step) -> None:
    """The commands, as they are installed and as a module."""
    environment.pip("check")
    said = environment.run("-I", "-m", "partialjson", "--version").strip()
    if not said.startswith(f"partialjson {version} (the core is {'compiled' if compiled else 'interpreted'}"):
        raise Failed(f"--version says {said}")
    step.say(said)
    for arguments in (["--version"], ["doctor"], ["demo", "--speed", "0", "--no-tty"]):
        run([environment.script("partialjson"), *arguments], cwd=environment.folder)
    step.say("pip check, doctor and demo have nothing to complain about")


def check_tests(environment: Environment, wheel: Path, sources: Path, which: Sequence[str], workers: str) -> None:
    """The tests of the source distribution, on the package that is installed."""
    environment.pip("install", f"partialjson-live[test] @ {wheel.resolve().as_uri()}")
    imported = environment.run("-c", "import partialjson; print(partialjson.__file__)", cwd=sources).strip()
    if not Path(imported).is_relative_to(environment.folder):
        raise Failed(f"the tests would import {imported}")
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers]
    environment.run(*arguments, *which, cwd=sources, shown=True)
