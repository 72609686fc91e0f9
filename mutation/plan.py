"""What is mutated and which tests are asked: the file ``plan.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Part", "Plan", "read_plan"]


@dataclass(frozen=True)
class Part:
    """Some modules, by their paths in the package, and the files that test them, by their paths in the project."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A project and its parts. All paths are absolute but those in parts."""

    root: Path
    sources: Path
    package: str
    equivalents: Path
    results: Path
    preload: tuple[str, ...]
    environment: dict[str, str]
    """Variables that the tests see."""
    types: tuple[str, ...]
    """The type checker's module and its arguments; nothing if types are not checked."""
    parts: dict[str, Part]

    @property
    def folder(self) -> Path:
        """The folder of the package."""
        return self.sources / self.package


def read_plan(file: Path) -> Plan:
    """The plan in a file; `ValueError` for a part without modules or tests, which may be misspelt."""
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    root = (file.parent / read["root"]).resolve()
    sources = root / read["sources"]
    folder = sources / read["package"]
    parts = {}
    for name, part in read["parts"].items():
        without = set(part.get("without", ()))
        modules = sorted(
            {path.relative_to(folder).as_posix() for pattern in part["modules"] for path in folder.glob(pattern)}
        )
        tests = [path.relative_to(root).as_posix() for tests in part["tests"] for path in _files(root / tests)]
        unknown = sorted(without.difference(modules))
        if unknown or not modules or not tests:
            wrong = f"there are no modules {unknown} to leave out" if unknown else "no modules or no tests were found"
            raise ValueError(f"{file}: part {name!r}: {wrong}; correct its paths")
        kept = tuple(module for module in modules if module not in without)
        parts[name] = Part(name, kept, tuple(tests))
    return Plan(
        root,
        sources,
        read["package"],
        root / read["equivalents"],
        root / read["results"],
        tuple(read["preload"]),
        dict(read.get("environment", {})),
        tuple(argument.format(root=root) for argument in read.get("types", ())),
        parts,
    )


def _files(tests: Path) -> list[Path]:
    """The test files of a folder, or one that is named itself."""
    return [tests] if tests.is_file() else sorted(tests.rglob("test_*.py"))
