"""Running a command of the library on some input, in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from partialjson.cli import main


@pytest.fixture
def run_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Runs a command with its options on some bytes; gives exit code, standard output and standard error."""
    opened: list[Any] = []

    def run(data: bytes, *command: str) -> tuple[int, str, str]:
        source = tmp_path / "input"
        source.write_bytes(data)
        opened.append(source.open("rb"))
        monkeypatch.setattr(sys, "stdin", opened[-1])
        code = main(command)
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    for stream in opened:
        stream.close()
