"""The files of a release: the source distribution, and wheels that are made of nothing but it."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from release.environments import ROOT, Environment, Interpreter, run
from release.report import Failed

__all__ = ["compiled_wheel", "is_changed", "pure_wheel", "sdist", "tracked", "unpacked"]


def is_changed() -> bool:
    """Are there changes that were not committed? They are in no file that is made here."""
    return bool(run(["git", "status", "--porcelain"], cwd=ROOT).strip())


def tracked() -> set[str] | None:
    """The files of the last commit; unknown where there is no git, as in an unpacked source distribution."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return None
    return set(run(["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=ROOT).splitlines())


def sdist(tools: Environment, work: Path, dist: Path) -> Path:
    """The source distribution of the last commit. A clone has no stray files, and no list of what older ones held."""
    clone = work / "clone"
    run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], cwd=work)
    tools.run("-m", "build", "--sdist", "--outdir", dist, clone)
    return _only(dist, "*.tar.gz")


def unpacked(sdist: Path, folder: Path) -> Path:
    """The sources, as whoever downloads them has them."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def pure_wheel(tools: Environment, sources: Path, work: Path, dist: Path) -> Path:
    """The wheel for any Python."""
    wheel = _wheel(tools, sources, work / "pure", {"PARTIALJSON_INTERPRETED": "1"})
    if not wheel.name.endswith("-py3-none-any.whl"):
        raise Failed(f"{wheel.name} is not tagged for any Python")
    return Path(shutil.move(wheel, dist / wheel.name))


def compiled_wheel(interpreter: Interpreter, sources: Path, work: Path, dist: Path) -> Path:
    """The wheel for this Python on this machine."""
    name = f"build-{interpreter.exact.replace(' ', '-')}"
    environment = Environment(interpreter, work / name)
    wheel = _wheel(environment, sources, work / f"{name}-made", {})
    if wheel.name.endswith("-none-any.whl"):
        raise Failed(f"{wheel.name} was made: the core was not compiled. Is there a C compiler?")
    return Path(shutil.move(wheel, dist / wheel.name))


def _wheel(environment: Environment, sources: Path, folder: Path, settings: dict[str, str]) -> Path:
    environment.pip("wheel", "--no-deps", "--no-cache-dir", "--wheel-dir", folder, sources, settings=settings)
    return _only(folder, "*.whl")


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise Failed(f"{folder} holds {len(found)} files {pattern}, not one")
    return found[0]
