"""The command that counts instructions: that its work can be done, and what it says when it cannot count."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import instructions

from support.effort import needs_full


@pytest.mark.parametrize("work", instructions.WORKS, ids=lambda work: str(work.name))
def test_work_can_be_done(work: instructions.Work) -> None:
    assert work.size > 0
    instructions.do(work, 0)


def test_names_are_unique() -> None:
    names = [work.name for work in instructions.WORKS]
    assert len(set(names)) == len(names)


def test_what_cannot_be_counted_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        instructions.main([])
    assert "valgrind is not installed" in capsys.readouterr().err
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit):
        instructions.main(["--against", str(ROOT / "docs")])
    assert "has no package partialjson in it" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        instructions.main(["--only", "no such work"])
    assert "no work has 'no such work' in its name" in capsys.readouterr().err


@needs_full
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_a_count_is_more_than_nothing_and_less_than_the_start_of_an_interpreter() -> None:
    work = next(each for each in instructions.WORKS if each.name == "4 characters, feed")
    source = Path(sys.modules["partialjson"].__file__ or "").parent.parent
    assert 100_000 < instructions.count(work, source, sys.executable, True) < 50_000_000
