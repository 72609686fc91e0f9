"""``partialjson doctor``, with libraries made for the purpose."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from partialjson import integrations
from partialjson.cli import doctor, main
from partialjson.integrations.about import Library


class Slow:
    """A library that parses everything at each chunk, unless it is installed."""

    def __init__(self) -> None:
        self.calls: dict[bool, int] = {True: 0, False: 0}
        self.is_on = False

    def again(self) -> Any:
        def call(text: str) -> object:
            self.calls[self.is_on] += 1
            if not self.is_on:
                for _ in range(3):
                    json.JSONEncoder(indent=1).encode([text] * 20)
            if len(text) < 20:
                raise ValueError("nothing yet")
            return None

        return call


def library(name: str, slow: Slow) -> Library:
    return Library(name, f"{name}-dist", "1.2", "2", lambda options: [], does="to read", again=slow.again)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    found = [(library("slow", made), "1.5", True), (library("other", made), "7", False)]
    monkeypatch.setattr(integrations, "libraries", lambda: iter(found))

    @contextmanager
    def install(*names: str) -> Iterator[None]:
        assert names == ("slow",)
        made.is_on = True
        yield
        made.is_on = False

    monkeypatch.setattr(integrations, "install", install)
    return made


def test_it_measures_and_names_the_line(slow: Slow) -> None:
    output = io.StringIO()
    assert doctor.run(4, output) == 0
    text = output.getvalue()
    assert "A stream of 4 KB" in text
    assert "slow-dist" in text
    assert "other-dist                 7           not known; known are 1.2 and later, below 2" in text
    assert text.endswith('  install("slow")\n')
    # The whole stream with this parser, a few lengths without.
    assert slow.calls[True] > 1000
    assert slow.calls[False] < 100


def test_a_library_that_would_not_gain_is_not_named(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_measured", lambda *_: (1.0, 2.0))
    output = io.StringIO()
    doctor.run(4, output)
    assert "None of them would be faster with a stream of 4 KB" in output.getvalue()
    assert "install(" not in output.getvalue()


def test_a_library_that_cannot_be_measured_does_not_stop_the_others(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[float, float]:
        raise RuntimeError("it is broken")

    monkeypatch.setattr(doctor, "_measured", fail)
    output = io.StringIO()
    assert doctor.run(4, output) == 0
    assert "could not be measured: RuntimeError: it is broken" in output.getvalue()
    assert "other-dist" in output.getvalue()


def test_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    missing = [(library("slow", Slow()), None, False)]
    monkeypatch.setattr(integrations, "libraries", lambda: iter(missing))
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "None of the libraries that are known is installed: slow-dist.\n"


def test_another_distribution_of_the_same_import_name(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrations, "libraries", lambda: iter(()))
    for installed, told in (
        (["partialjson-live"], False),
        ([], False),
        (["partialjson-live", "partialjson"], True),
        (["partialjson"], True),
    ):
        monkeypatch.setattr(doctor, "packages_distributions", lambda names=installed: {"partialjson": names})
        output = io.StringIO()
        assert doctor.run(1, output) == 0
        assert output.getvalue().startswith("partialjson is installed under the same import name") == told
        assert ("  pip uninstall partialjson\n" in output.getvalue()) == told


@pytest.mark.parametrize("size", ["0", "-1", "x", "10001"])
def test_a_wrong_size(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--size", size]) == 2
    assert "size" in capsys.readouterr().err
