"""A small run of the fuzzer against jsonschema; see `fuzz/README.md`."""

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
    folder = str(Path(partialjson.__file__).parents[1])
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    pairs = str(amount(4000, 100_000, quick=800))
    done = subprocess.run(
        [sys.executable, str(ROOT / "fuzz" / "fuzz_schema.py"), "--draft", draft, "--pairs", pairs, "--seed", "tests"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no findings" in done.stdout
