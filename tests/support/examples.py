"""The examples, run as their readers run them: a program by its name, a server on a free port, a page that was built.

``PAUSE`` is how long the recorded model takes for each event.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

import partialjson
from support.node import installed

EXAMPLES = Path(__file__).parents[2] / "examples"
RECORDED = "recorded"
"""The module that the examples share."""

_SOURCES = str(Path(partialjson.__file__).parents[1])


def environment(pause: float = 0, **more: str) -> dict[str, str]:
    """Of a program that is an example: it imports this package and what the examples share."""
    own = {
        "PYTHONPATH": os.pathsep.join([_SOURCES, str(EXAMPLES)]),
        "PYTHONIOENCODING": "utf-8",
        "NO_PROXY": "127.0.0.1",
        "PAUSE": str(pause),
    }
    return {**os.environ, **own, **more}


def needs(*packages: str) -> None:
    """Skips the calling test where a package is missing."""
    for name in packages:
        if find_spec(name) is None:
            pytest.skip(f"needs the package {name}")


def run(name: str, *arguments: str) -> list[str]:
    """The lines that an example prints, without warnings."""
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return done.stdout.splitlines()


@cache
def built(name: str) -> Path:
    """What ``npm run build`` writes for the page of an example, in a folder of this process."""
    packages = installed(EXAMPLES / name)
    folder = Path(tempfile.mkdtemp(prefix=f"partialjson-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("node_modules", "dist"), dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(packages / "node_modules", target_is_directory=True)
    command = ["npm", "run", "--silent", "build"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "dist"


@contextmanager
def serving(command: Sequence[str], ready: str, **variables: str) -> Iterator[str]:
    """A server that runs meanwhile.

    Args:
        command: what starts it, as arguments of the interpreter.
        ready: a pattern of what it prints once it listens, with its port as the group.
        variables: of its environment, beside the usual.

    Returns:
        Its address.
    """
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment(0.005, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    said: list[str] = []
    found = threading.Event()
    port: list[str] = []

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            match = re.search(ready, line)
            if match and not port:
                port.append(match[1])
                found.set()
        found.set()

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    try:
        assert found.wait(120), "it does not start:\n" + "".join(said)
        assert port, "it has ended:\n" + "".join(said)
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        listening.join()
        if process.stdout is not None:
            process.stdout.close()
    assert not any("Traceback" in line for line in said), "".join(said)


def uvicorn(app: str, **variables: str) -> AbstractContextManager[str]:
    """An ASGI application of an example, served by uvicorn."""
    needs("uvicorn")
    return serving(["-m", "uvicorn", "--port", "0", app], r"running on http://127\.0\.0\.1:(\d+)", **variables)
