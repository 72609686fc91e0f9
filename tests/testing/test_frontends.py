"""Front ends that fold deltas: right ones pass, in Python and as a process; wrong ones are found."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from partialjson.patch import apply_deltas
from partialjson.testing import check_front_end
from partialjson.testing.breach import Breach
from support.effort import examples

FEW = settings(
    max_examples=examples(30), deadline=None, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink]
)


def test_the_library_folds_its_own_deltas() -> None:
    check_front_end(apply_deltas, settings=FEW)
    check_front_end(apply_deltas, json_patch=True, settings=FEW)
    check_front_end(apply_deltas, '{"a": [1, "two"]}')


def replaces(state: Any, deltas: Any) -> Any:
    """Takes what is appended for the whole."""
    return apply_deltas(state, [{**delta, "op": "replace"} if delta["op"] == "append" else delta for delta in deltas])


def one_by_one_only(state: Any, deltas: Any) -> Any:
    return apply_deltas(state, deltas[:1])


def changes_in_place(state: Any, deltas: Any) -> Any:
    new = apply_deltas(copy.deepcopy(state), deltas)
    if isinstance(state, dict) and isinstance(new, dict):
        state.clear()
        state.update(new)
        return state
    return new


def fails(state: Any, deltas: Any) -> Any:
    if any(delta["op"] == "append" for delta in deltas):
        raise KeyError("append")
    return apply_deltas(state, deltas)


def ignores_the_whole(state: Any, deltas: Any) -> Any:
    """Does not know the frame that a late viewer gets."""
    deltas = [delta for delta in deltas if delta["path"] or state is None]
    return apply_deltas(state, deltas) if deltas else {"old": True}


@pytest.mark.parametrize(
    ("front_end", "law"),
    [(replaces, 9), (one_by_one_only, 9), (fails, 9), (ignores_the_whole, 9), (changes_in_place, 4)],
)
def test_a_wrong_one_is_found(front_end: Any, law: int) -> None:
    with pytest.raises(Breach, match=rf"^law {law}, "):
        check_front_end(front_end, settings=settings(FEW, max_examples=200))


def test_what_is_told() -> None:
    with pytest.raises(Breach) as caught:
        check_front_end(replaces, '["ab"]')
    assert str(caught.value).splitlines()[0] == "law 9, deltas fold: what it shows is not the document"
    assert "the deltas   [{'op': 'append', 'path': '/0', 'value': " in str(caught.value)


PROCESS = """
import json, sys
from partialjson.patch import apply_deltas
state = None
for line in sys.stdin:
    state = apply_deltas(state, json.loads(line)["deltas"])
    {change}
    print(json.dumps(state), flush=True)
"""


def process(tmp_path: Path, change: str = "pass") -> list[str]:
    path = tmp_path / "front_end.py"
    path.write_text(PROCESS.replace("{change}", change))
    return [sys.executable, str(path)]


@pytest.fixture(autouse=True)
def _this_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import partialjson

    monkeypatch.setenv("PYTHONPATH", str(Path(partialjson.__file__).parents[1]))


def test_a_process_is_driven_over_its_standard_input(tmp_path: Path) -> None:
    check_front_end(process(tmp_path), settings=FEW)
    check_front_end(" ".join(process(tmp_path)), '{"a": [1.0, true, null, "é"]}')


def test_a_wrong_process_is_found(tmp_path: Path) -> None:
    wrong = process(tmp_path, "state = state[:1] if isinstance(state, list) else state")
    with pytest.raises(Breach, match=r"^law 9, "):
        check_front_end(wrong, settings=settings(FEW, max_examples=100))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("sys.exit(3)", "has ended with code"),
        ("print('hello', flush=True)", "answered 'hello\\\\n', which is not JSON"),
        ("import time; time.sleep(30)", r"did not answer in 0\.5 s"),
    ],
)
def test_a_process_that_does_not_answer(tmp_path: Path, change: str, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        check_front_end(process(tmp_path, change), '["a"]', timeout=0.5 if "sleep" in change else 10)
