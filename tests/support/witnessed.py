"""A program that runs in any Python with the library: checks the laws on some documents, and tells all that it saw.

`told()` gives JSON: what parsers showed after every piece of every document, under several targets and ways to cut
them, strictly and leniently; and of the laws, how often they were checked. Two Pythons that agree give equal texts,
apart from "platform". Of pydantic's errors it has types and places, since the wording may differ between versions.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from partialjson import MISSING, ParseError, Parser
from partialjson.cli.recordings import RECORDINGS
from partialjson.messages import MessageParser
from partialjson.testing.laws import check_laws, law_1, law_2, law_9, law_11, law_12
from partialjson.testing.makers import Maker
from partialjson.web.static import rpds

# Where jsonschema finds no rpds, as in a browser.
rpds.install()


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Card(BaseModel):
    kind: Literal["card"]
    digits: str = Field(pattern=r"\d{4}")


class Cash(BaseModel):
    kind: Literal["cash"]
    amount: Decimal


class Order(BaseModel):
    id: int
    due: date | None = None
    colours: set[Colour] = set()
    pay: Annotated[Card | Cash, Field(discriminator="kind")] | None = None
    lines: list[dict[str, float]] = []
    note: str = ""


SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "maxItems": 3},
        "note": {"type": "string", "pattern": "^[a-zé ]*$"},
    },
    "required": ["id"],
    "$defs": {"line": {"type": "object", "additionalProperties": {"type": "number", "multipleOf": 0.5}}},
}

TEXTS = [
    '{"id": 7, "due": "2026-05-13", "colours": ["red", "red"], "note": "caf\\u00e9"}',
    '{"id": 1, "pay": {"kind": "cash", "amount": "12.50"}, "lines": [{"a": 1.5, "b": 2e3}, {}]}',
    '{"id": 2, "pay": {"kind": "card", "digits": "12x4"}, "note": "CAPITALS"}',
    '{"id": "x", "lines": [{"a": 0.3}], "note": "\\ud83d\\ude00 \\"quoted\\" \\\\ \\/ \\b"}',
    '{"id": 3, "id": 4, "lines": null}',
    '[1, -0.0, 1e400, 12345678901234567890123, 0.1, "\\u0000", true, false, null, [[[]]], {}]',
    '"é€😀"',
    "17",
    "",
    " ",
    '{"id": 1,}',
    '{"id": tru',
    '["a", "b',
    "nonsense",
]
BROKEN = [
    'Sure:\n```json\n{\'id\': 7, note: "a "b" c", lines: [{a: .5,}],}\n```\nbye',
    '{"id": 7 "note": unquoted text, "lines": [None, True',
    "{id: 0x10, /* c */ note: 'a' + 'b'}",
    "no JSON at all",
]


def chunkings(text: str) -> Iterator[list[Any]]:
    source = random.Random(len(text))
    yield [text]
    yield list(text)
    yield [bytes([byte]) for byte in text.encode()]
    cuts = sorted(source.sample(range(len(text) + 1), min(5, len(text) + 1)))
    yield [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def error_of(error: BaseException | None) -> Any:
    if isinstance(error, ValidationError):
        return [(one["type"], one["loc"]) for one in error.errors()]
    if isinstance(error, ParseError):
        return [type(error).__name__, error.msg, error.pos, error.lineno, error.colno, list(error.path)]
    return None if error is None else [type(error).__name__, str(error).partition("\n")[0]]


def event_of(event: Any) -> Any:
    shown = [type(event).__name__, list(event.path), getattr(event, "pos", None)]
    error = getattr(event, "error", None)
    return [*shown, repr(getattr(event, "value", None)) if error is None else error_of(error)]


def seen(pieces: list[Any], make: Any) -> list[Any]:
    """Everything that a parser shows on the way."""
    parser: Parser[Any] = make()
    found: list[Any] = []
    for piece in pieces:
        try:
            events = parser.feed(piece)
        except ParseError as error:
            found.append(error_of(error))
            break
        found.append([event_of(each) for each in events])
        found.append([parser.json is MISSING or parser.json, repr(parser.value), parser.deltas(), parser.status(())])
    outcome = parser.end()
    found.append([type(outcome).__name__, [event_of(each) for each in outcome.events]])
    found.append([repr(parser.json), repr(parser.value), error_of(getattr(outcome, "error", None))])
    found.append([[str(each.kind), each.start, each.end, list(each.path)] for each in outcome.repairs])
    return found


def messages() -> list[Any]:
    """The recordings, event by event."""
    found: list[Any] = []
    for recording in RECORDINGS:
        message = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
        for _, event in recording.events():
            found.append([type(update).__name__ for update in message.feed_bytes(event)])
        end = message.end()
        found.append([end.reason, end.raw, str(end.error), message.text, repr(message.output.value)])
        found.append([[call.name, call.ready, repr(call.value)] for call in message.calls])
    return found


def told() -> str:
    targets = [Maker(), Maker(Order), Maker(list[int | str | None]), Maker(schema=SCHEMA), Maker(lenient=True)]
    targets.append(Maker(Order, lenient=True))
    found = {
        f"{place} {text}": [seen(pieces, make) for pieces in chunkings(text)]
        for place, make in enumerate(targets)
        for text in (TEXTS + BROKEN if make.lenient else TEXTS)
    }
    laws = 0
    for text in [*TEXTS, *BROKEN]:
        for make in targets[:2]:
            check_laws(text, make, source=random.Random(7))
        for law in (law_1, law_2, law_9, law_11, law_12):
            law(text, targets[4])
        laws += 7
    return json.dumps({"platform": sys.platform, "laws": laws, "seen": found, "messages": messages()}, default=repr)
