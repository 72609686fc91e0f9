"""Pythons, virtual environments, and commands that know nothing of the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from release.report import Failed

__all__ = ["ROOT", "Environment", "Interpreter", "interpreters", "run", "supported"]

ROOT: Final = Path(__file__).resolve().parent.parent

_SHOWN: Final = 25  # lines of a command that failed
_ASKED: Final = """
import ensurepip, json, platform, sys, sysconfig, venv
free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
exact = platform.python_version() + " free-threaded" * free
print(json.dumps(["%d.%d" % sys.version_info[:2], exact, platform.python_implementation(), free]))
"""


def run(
    command: Sequence[str | Path], *, cwd: Path, shown: bool = False, settings: Mapping[str, str] | None = None
) -> str:
    """What the command prints; if it is shown, it goes to the terminal instead.

    Nothing that steers Python or this project is handed on to it, but for ``settings``.

    Raises:
        Failed: it ends with another code than 0, or does not start. The message ends with the last that it said.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PARTIALJSON_"))}
    kept.pop("VIRTUAL_ENV", None)
    if cache := os.environ.get("PARTIALJSON_CACHE"):
        kept["PARTIALJSON_CACHE"] = cache
    environment = {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **(settings or {})}
    words = [str(word) for word in command]
    pipe = None if shown else subprocess.PIPE
    try:
        done = subprocess.run(
            words, cwd=cwd, env=environment, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL, text=True, check=False
        )
    except OSError as error:
        raise Failed(f"{words[0]} does not start: {error}") from error
    if done.returncode:
        said = ((done.stdout or "") + (done.stderr or "")).strip().splitlines()[-_SHOWN:]
        raise Failed("\n   ".join([f"{' '.join(words)} ended with {done.returncode}", *said]))
    return done.stdout or ""


@dataclass(frozen=True)
class Interpreter:
    """A Python that can make virtual environments."""

    path: str
    version: str
    """As in ``3.12``."""
    exact: str
    free_threaded: bool

    @classmethod
    def at(cls, path: str) -> Interpreter | None:
        """The one at this path, or of this name; none if it does not work."""
        try:
            version, exact, implementation, free = json.loads(run([path, "-c", _ASKED], cwd=Path.cwd()))
        except (Failed, ValueError):
            return None
        name = exact if implementation == "CPython" else f"{exact} {implementation}"
        return cls(path, version, name, free)


def supported() -> list[str]:
    """The versions that the classifiers name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    last = [classifier.rpartition(" :: ")[2] for classifier in project["classifiers"]]
    return [version for version in last if version.startswith("3.")]


def interpreters(versions: Iterable[str]) -> dict[str, Interpreter | None]:
    """For each version the first that works: on the path, or one of pyenv's."""
    return {version: next(_those_of(version), None) for version in versions}


def _those_of(version: str) -> Iterator[Interpreter]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    paths = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))]
    for path in filter(None, paths):
        found = Interpreter.at(path)
        if found is not None and found.version == version:
            yield found


class Environment:
    """A new virtual environment."""

    def __init__(self, interpreter: Interpreter, folder: Path) -> None:
        self.folder = folder
        run([interpreter.path, "-m", "venv", folder], cwd=folder.parent)
        self._scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self._scripts / ("python.exe" if os.name == "nt" else "python")

    def script(self, name: str) -> Path:
        """The path of a command that is installed there."""
        return self._scripts / (f"{name}.exe" if os.name == "nt" else name)

    def pip(self, *arguments: str | Path, settings: Mapping[str, str] | None = None) -> str:
        return self.run("-m", "pip", *arguments, settings=settings)

    def run(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        shown: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> str:
        """A run of its Python, by default in its own folder."""
        return run([self.python, *arguments], cwd=cwd or self.folder, shown=shown, settings=settings)
