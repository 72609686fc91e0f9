"""Where a message first shows that a document cannot be valid, and how much came after it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Invalid, ParseError, Schema, Violation
from partialjson.messages import DocumentProgress, MessageParser, TextDelta, Update
from partialjson.messages.early import EarlyStop
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, events


class Trip(BaseModel):
    city: str
    days: int = 1
    stops: list[int] = []


CALLING = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]
SCHEMA = Schema({"properties": {"days": {"maximum": 5}}, "additionalProperties": True})


def told(api: str, said: Said, **options: Any) -> list[Update]:
    message = MessageParser(api, **options)
    updates = [update for event in events(api, said) for update in message.feed(event)]
    return [*updates, *message.end().updates]


def length(updates: list[Update]) -> int:
    return sum(len(each.text) for each in updates if isinstance(each, TextDelta | DocumentProgress))


def is_a_sign(update: Update, skips: bool) -> bool:
    if not isinstance(update, DocumentProgress):
        return False
    return update.error is not None or (not skips and any(isinstance(e, Violation | Invalid) for e in update.events))


@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize(
    ("pieces", "target"),
    [
        (('{"city": "Bern", "days": ', '"x", ', '"stops": [1]}'), Trip),
        (('{"city": "Bern", "days": ', "6", ', "more": 1}'), SCHEMA),
        (('{"city": "Bern"', ' "days"', ": 5}"), Trip),
        (('{"city": "Bern", ', '"days": 5', "}"), Trip),
    ],
    ids=["type", "schema", "text", "none"],
)
@pytest.mark.parametrize("api", CALLING)
def test_the_first_sign(api: str, pieces: tuple[str, ...], target: Any, stops: bool) -> None:
    said = Said(("hello",), (), (Say("c", "trip", pieces), Say("d", "trip", ('{"city": 5}',))), "complete")
    updates = told(api, said, tools={"trip": target})
    for size in (1, 3, len(updates)):
        early = EarlyStop(stops)
        assert (early.stops, early.stopped, early.saved, early.is_over) == (stops, None, 0, False)
        for at in range(0, len(updates), size):
            early.look(updates[at : at + size])
        first = next((at for at, update in enumerate(updates) if is_a_sign(update, False)), None)
        if first is None:
            assert (early.stopped, early.saved, early.is_over) == (None, 0, False)
            continue
        sign = updates[first]
        assert isinstance(sign, DocumentProgress)
        assert early.stopped is not None
        assert (early.stopped.choice, early.stopped.block, early.stopped.kind) == (sign.choice, sign.block, sign.kind)
        assert early.stopped.received == length(updates[: first + 1])
        assert early.saved == length(updates[first + 1 :])
        assert early.is_over is stops
        signs = [event for event in sign.events if isinstance(event, Violation | Invalid)]
        assert early.stopped.cause is (signs[0] if signs else sign.error)
        assert early.stopped.path == getattr(early.stopped.cause, "path", ())


@pytest.mark.parametrize("api", CALLING)
def test_no_sign_where_bad_elements_are_left_out(api: str) -> None:
    said = Said((), (), (Say("c", "trip", ('{"city": "a", "stops": [1, ', '"x", 2', "]}")),), "complete")
    updates = told(api, said, tools={"trip": Trip})
    assert any(is_a_sign(update, False) for update in updates)
    skipping = EarlyStop(True, skips=True)
    skipping.look(update for update in updates if not is_a_sign(update, True))
    assert (skipping.stopped, skipping.saved, skipping.is_over) == (None, 0, False)
    broken = told(api, Said((), (), (Say("c", "trip", ('{"city" "a"}', "  ")),), "complete"), tools={"trip": Trip})
    skipping.look(broken)
    assert skipping.stopped is not None
    assert isinstance(skipping.stopped.cause, ParseError)
    assert skipping.stopped.path == ()


@pytest.mark.parametrize("api", CALLING)
def test_what_is_cut_off_is_no_sign(api: str) -> None:
    updates = told(api, Said((), (), (Say("c", "trip", ('{"city": "a', "b")),), "truncated"), tools={"trip": Trip})
    early = EarlyStop(True)
    early.look(updates)
    assert early.stopped is None
