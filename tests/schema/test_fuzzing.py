"""Small runs of the fuzzer against jsonschema, and of the benchmark; see `fuzz/README.md`, `benchmarks/schemas.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import partialjson
from support.effort import amount

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("draft", ["2020-12", "7", "2019-09"])
def test_fuzzing_smoke(draft: str) -> None:
    pairs = str(amount(4000, 100_000, quick=800))
    assert "no findings" in output_of("fuzz/fuzz_schema.py", "--draft", draft, "--pairs", pairs, "--seed", "tests")


def test_fuzzing_smoke_where_keys_come_again() -> None:
    pairs = str(amount(1200, 30_000, quick=300))
    assert "no findings" in output_of("fuzz/fuzz_schema.py", "--pairs", pairs, "--seed", "tests", "--repeats")


def test_benchmark_smoke() -> None:
    shown = output_of("benchmarks/schemas.py", "--smoke")
    assert shown.count(" of jsonschema") == 24
    assert "a second parser of the same schema" in shown


def output_of(program: str, *arguments: str) -> str:
    folder = str(Path(partialjson.__file__).parents[1])
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    done = subprocess.run(
        [sys.executable, str(ROOT / program), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
