"""Mutants that behave as the original does: they are listed with the reason, and count neither way.

The list is a TOML file with a table ``[[mutant]]`` for each: ``module``, ``scope``, the changed lines as they were
(``old``) and as the mutant has them (``new``), and ``why``. What the command shows of a survivor are these lines.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Equivalent", "read_equivalents"]


@dataclass(frozen=True)
class Equivalent:
    """One mutant, by what it changes, and why no test can tell it from the original."""

    module: str
    scope: str
    old: str
    new: str
    why: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.module, self.scope, self.old, self.new


def read_equivalents(file: Path) -> list[Equivalent]:
    """The list in a file, empty if there is none; `ValueError` for an entry that gives no reason."""
    if not file.exists():
        return []
    found = []
    for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", ()):
        each = Equivalent(**{name: value.strip("\n") for name, value in entry.items()})
        if not each.why:
            raise ValueError(f"{file}: {each.module} {each.scope}: say why the mutant is equivalent")
        found.append(each)
    return found
