"""How much of a useless answer is not written when one stops early: ``python benchmarks/stop_early.py``.

Recorded tool calls (``PARTIALJSON_CORPUS`` says where they are) get one change each, of the kind that models make, and
those that are no longer valid for the schema of their tool are read one character at a time. The table says at which
part of the text the first ``Violation`` comes, by the kind of change. With ``--witness``, a constrained decoder
(llguidance) reads the same texts, and a second table says how often both name the same character.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from partialjson import Invalid, Parser, Violation
from support.tool_calls import Reading, Recorded, read_mutants, recorded_calls


def accepted(call: Recorded) -> bool:
    """Is the call as it was recorded valid, and nothing said against it on the way?"""
    parser: Parser[Any] = Parser(schema=call.schema)
    events = [event for character in call.text for event in parser.feed(character)]
    return not any(isinstance(event, (Violation, Invalid)) for event in events) and not hasattr(parser.end(), "error")


def savings(readings: list[Reading]) -> str:
    """The table of what is saved, by kind of change."""
    rows = ["| change | mutants | text saved, mean | median | found at the last character |", "|---|---|---|---|---|"]
    groups: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.mutant.change].append(reading)
    for name, group in [*sorted(groups.items()), ("all", readings)]:
        shares = [reading.saved for reading in group]
        last = sum(reading.pos >= len(reading.mutant.text) - 1 for reading in group)
        rows.append(f"| {name} | {len(group)} | {mean(shares):.0%} | {median(shares):.0%} | {last / len(group):.0%} |")
    return "\n".join(rows)


def compared(readings: list[Reading]) -> tuple[str, list[tuple[Reading, int]]]:
    """The table of how the witness agrees, and what it found elsewhere."""
    from support.witness import character_of

    verdicts: Counter[str] = Counter()
    apart = []
    for reading in readings:
        try:
            said = character_of(reading)
        except ValueError:
            verdicts["not supported by it"] += 1
            continue
        if said == reading.pos:
            verdicts["the same character"] += 1
        else:
            verdicts["it is earlier" if said < reading.pos else "it is later"] += 1
            apart.append((reading, said))
    judged = verdicts.total() - verdicts["not supported by it"]
    rows = ["| the witness | mutants | share |", "|---|---|---|"]
    rows += [f"| {name} | {count} | {count / judged:.1%} |" for name, count in verdicts.most_common()]
    return "\n".join(rows), apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--witness", action="store_true", help="compare with llguidance, which must be installed")
    parser.add_argument("--apart", type=int, default=0, metavar="N", help="show N mutants about which the two differ")
    options = parser.parse_args()
    calls = recorded_calls()
    if not calls:
        sys.exit("set PARTIALJSON_CORPUS to the folder of recorded streams")
    refused = [call for call in calls if not accepted(call)]
    print(
        f"{len(calls)} recorded calls, {len(refused)} refused as they are: {', '.join(call.name for call in refused)}\n"
    )
    readings = read_mutants(calls, options.mutants, options.seed)
    print(savings(readings))
    if options.witness:
        table, apart = compared(readings)
        print(f"\n{table}")
        for reading, said in apart[: options.apart]:
            text = reading.mutant.text
            print(f"\n{reading.keyword} at {reading.pos}, the witness at {said}: {text[: max(reading.pos, said) + 1]}")


if __name__ == "__main__":
    main()
