"""The state machine: right objects survive it, wrong ones do not, and the law is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from partialjson import Parser
from partialjson.testing import ConsumerMachine
from partialjson.testing.breach import Breach
from support.effort import examples

FEW = settings(
    max_examples=examples(40),
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
)


class ParserMachine(ConsumerMachine):
    def make(self) -> Any:
        return Parser()

    def view(self, parser: Any) -> Any:
        return parser.json or None

    def save(self, parser: Any) -> Any:
        return json.dumps(parser.checkpoint())

    def restore(self, state: Any) -> Any:
        return Parser.restore(json.loads(state))


def test_a_right_object_survives() -> None:
    run_state_machine_as_test(ParserMachine, settings=FEW)


class Text:
    """Keeps what it is fed."""

    def __init__(self) -> None:
        self.text = ""
        self.seen: list[str] = []

    def feed(self, chunk: str) -> None:
        self.text += chunk
        self.seen.append("x")

    def close(self) -> str:
        return self.text


class StripsChunks(Text):
    def feed(self, chunk: str) -> None:
        super().feed(chunk.strip())


class Machine(ConsumerMachine):
    def make(self) -> Any:
        return Text()

    def view(self, parser: Any) -> Any:
        return parser.text


class ChunksShow(Machine):
    def make(self) -> Any:
        return StripsChunks()


class EndShows(ConsumerMachine):
    def make(self) -> Any:
        return StripsChunks()


class TakesBack(Machine):
    def view(self, parser: Any) -> Any:
        return parser.text[-2:]


class Changes(Machine):
    def view(self, parser: Any) -> Any:
        parser.shown = getattr(parser, "shown", [])
        parser.shown[:] = [parser.text] if parser.text else []
        return parser.shown


class Forgets(Machine):
    def save(self, parser: Any) -> Any:
        return parser.text[:-1]

    def restore(self, state: Any) -> Any:
        made = Text()
        made.feed(state)
        return made


@pytest.mark.parametrize(
    ("machine", "law"), [(ChunksShow, 1), (EndShows, 1), (TakesBack, 2), (Changes, 4), (Forgets, 10)]
)
def test_a_wrong_object_does_not(machine: type[ConsumerMachine], law: int) -> None:
    with pytest.raises(Breach, match=rf"^law {law}, "):
        run_state_machine_as_test(machine, settings=settings(FEW, max_examples=200, phases=[Phase.generate]))


def test_a_right_machine_of_text() -> None:
    run_state_machine_as_test(Machine, settings=FEW)
    with pytest.raises(NotImplementedError, match=r"a ConsumerMachine needs make\(\)"):
        run_state_machine_as_test(ConsumerMachine, settings=FEW)
