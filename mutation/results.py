"""What became of a part's mutants: kept in a file, shown as a table and as diffs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mutation.judging import NOTICED, Fate, Verdict

__all__ = ["Result", "Results", "table"]


@dataclass(frozen=True)
class Result:
    """What became of one mutant."""

    module: str
    scope: str
    line: int
    old: str
    new: str
    fate: Fate
    by: str
    """The test that failed or did not end."""

    @classmethod
    def of(cls, verdict: Verdict) -> Result:
        mutant = verdict.mutant
        return cls(
            mutant.module, mutant.scope, mutant.lines.start, mutant.old, mutant.new, Fate(verdict.fate), verdict.by
        )

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.module, self.scope, self.old, self.new

    @property
    def diff(self) -> str:
        lines = [f"- {line}" for line in self.old.splitlines()] + [f"+ {line}" for line in self.new.splitlines()]
        return "\n".join([f"{self.module}:{self.line} {self.scope}".rstrip(), *lines])


@dataclass
class Results:
    """What became of a sample of so many mutants, drawn with a seed."""

    size: int
    seed: str
    of: list[Result] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> Results | None:
        if not file.exists():
            return None
        read = json.loads(file.read_text(encoding="utf-8"))
        return cls(read["size"], read["seed"], [Result(**{**each, "fate": Fate(each["fate"])}) for each in read["of"]])

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), encoding="utf-8")

    @property
    def fates(self) -> Counter[Fate]:
        return Counter(each.fate for each in self.of)

    @property
    def score(self) -> float:
        """The share of noticed mutants among those that can be noticed, in percent; 100 if there are none."""
        fates = self.fates
        judged = sum(fates.values()) - fates[Fate.EQUIVALENT]
        return 100 * sum(fates[fate] for fate in NOTICED) / judged if judged else 100.0

    def survivors(self) -> str:
        """A diff for each mutant that nothing noticed."""
        left = sorted(
            (each for each in self.of if each.fate in (Fate.SURVIVED, Fate.UNREACHED)), key=lambda each: each.key
        )
        return "\n\n".join(f"{each.fate}: {each.diff}" for each in left)


def table(found: Mapping[str, Results]) -> str:
    """A row for each part, as Markdown."""
    rows = ["| part | mutants | " + " | ".join(Fate) + " | score |", "|---|" + "---:|" * (len(Fate) + 2)]
    for name, results in found.items():
        counts = " | ".join(str(results.fates[fate]) for fate in Fate)
        rows.append(f"| {name} | {len(results.of)} | {counts} | {results.score:.0f} % |")
    return "\n".join(rows)
