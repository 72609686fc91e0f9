"""The environment of the benchmarks: a virtual one with the peers and this project in it.

Needs the standard library only, because it runs before anything is installed. A peer that does not install is
reported and left out. The project is built from a copy of its sources, and again whenever they have changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

PEERS = (
    "streaming-json-parser",
    "streaming-json-parser-native",
    "jiter",
    "ijson",
    "jsonmend",
    "jsonriver",
    "partial-json-stream",
    "partial-json-parser",
    "jsoncurrent",
    "json-repair",
    "fast-json-repair",
    "parse-broken-json",
    "baml-py",
    "orjson",
    "pydantic",
    "instructor",
    "openai",
    "anthropic",
    "langchain-core",
    "google-genai",
    "httpx-sse",
)
NEWEST = ("jiter", "orjson", "ijson", "streaming-json-parser", "streaming-json-parser-native")
TOOLS = ("rich", "matplotlib", "jsonschema")


def say(line: str) -> None:
    print(line, flush=True)


def interpreter(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare(folder: Path, reinstall: bool) -> dict[str, str]:
    """Make the environment and install what is not in it yet; what could not be installed, and why."""
    python = interpreter(folder)
    if reinstall and folder.exists():
        shutil.rmtree(folder)
    if not python.exists():
        say("making the environment")
        venv.EnvBuilder(with_pip=True).create(folder)
    stamp = folder / "installed.json"
    installed: dict[str, Any] = json.loads(stamp.read_text()) if stamp.exists() else {}
    wanted = sorted((*PEERS, *TOOLS))
    if installed.get("peers") != wanted:
        installed["failed"] = install_peers(python)
        installed["peers"] = wanted
    print_of_sources = fingerprint()
    if installed.get("project") != print_of_sources:
        install_project(python)
        installed["project"] = print_of_sources
    stamp.write_text(json.dumps(installed, indent=1))
    return dict(installed["failed"])


def _pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def install_peers(python: Path) -> dict[str, str]:
    """Install the peers together or, where that fails, one by one; what did not install, with pip's last words."""
    say(f"installing {len(PEERS)} peers")
    failed: dict[str, str] = {}
    if _pip(python, *TOOLS, *PEERS).returncode != 0:
        for name in (*TOOLS, *PEERS):
            done = _pip(python, name)
            say(f"  {name}: {'failed' if done.returncode else 'installed'}")
            if done.returncode:
                failed[name] = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    # One peer may hold back another, which is then not met at its best. Results are checked before they are timed.
    for name in NEWEST:
        if name not in failed:
            _pip(python, "--upgrade", "--no-deps", name)
    return failed


def sources() -> list[Path]:
    """The files an installation of the project is made from."""
    found = [ROOT / name for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE")]
    found += (path for path in (ROOT / "src" / "partialjson").rglob("*") if path.is_file())
    built = {".so", ".pyd", ".pyc"}
    return sorted(path for path in found if path.exists() and path.suffix not in built)


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def copy_sources(folder: Path) -> None:
    """The sources alone, so that nothing that was built beside them gets into an installation."""
    for path in sources():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (folder / "README.md").touch()


def install_project(python: Path) -> None:
    """Install the project from a copy of its sources."""
    say("building and installing partialjson")
    with tempfile.TemporaryDirectory() as folder:
        copy_sources(Path(folder))
        done = _pip(python, "--verbose", "--force-reinstall", "--no-deps", folder)
    if done.returncode:
        raise SystemExit(f"partialjson does not install:\n{done.stderr}")
    command = [str(python), "-P", "-c", "import partialjson; print(partialjson.compiled)"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PARTIALJSON"))}
    asked = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if asked.stdout.strip() != "True":
        words = [
            line for line in (done.stdout + done.stderr).splitlines() if "partialjson:" in line or "error:" in line
        ]
        raise SystemExit("\n".join(["the core of partialjson was not compiled", *words, asked.stderr]))
