"""The responses that ``partialjson demo`` replays, and the models they are parsed into.

Each recording is one response body as its provider sends it: server-sent events, cut into tokens. Nobody's service was
recorded: the bodies were written for this demo, after the documented wire formats. A comment at the head of each event,
``: +23``, is the time in milliseconds since the event before; comments are part of the format and mean nothing to its
readers, so every file is also a plain body: ``partialjson watch --provider openai-chat < itinerary.sse``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

__all__ = ["RECORDINGS", "Recording"]

_PAUSE = re.compile(rb": \+(\d+)\n")


class Pace(Enum):
    RELAXED = "relaxed"
    BALANCED = "balanced"
    PACKED = "packed"


class Traveller(BaseModel):
    name: str
    party: int
    diet: list[str]


class Stop(BaseModel):
    at: time
    place: str
    kind: Literal["sight", "food", "walk", "tram"]
    cost: Decimal | None = None
    note: str | None = None


class Day(BaseModel):
    date: date
    theme: str
    stops: list[Stop]


class Budget(BaseModel):
    currency: str
    total: Decimal
    reserve: Decimal | None = None


class Itinerary(BaseModel):
    title: str
    traveller: Traveller
    pace: Pace
    days: list[Day]
    budget: Budget
    summary: str
    warning: str | None = None


class SearchTrains(BaseModel):
    origin: str
    destination: str
    date: date
    passengers: int
    travel_class: Literal["first", "second"]
    via: list[str] = []


class FindHotels(BaseModel):
    city: str
    check_in: date
    nights: int
    max_price: Decimal
    amenities: list[str] = []


class Finding(BaseModel):
    service: str
    severity: Literal["low", "medium", "high"]
    evidence: str
    fixed: bool


class IncidentReport(BaseModel):
    title: str
    started: time
    findings: list[Finding]
    root_cause: str
    actions: list[str]


class Line(BaseModel):
    sku: str
    quantity: int
    price: Decimal


class PlaceOrder(BaseModel):
    customer: str
    lines: list[Line]
    deliver_by: date
    gift_note: str | None = None


class Review(BaseModel):
    product: str
    stars: Annotated[int, Field(ge=1, le=5)]
    pros: list[str]
    cons: list[str]
    verdict: str


@dataclass(frozen=True)
class Recording:
    """One response to replay: ``story`` says what to look at, the rest goes to ``MessageParser``."""

    name: str
    provider: str
    story: str
    output: Any = None
    tools: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        """The response as it came off the wire."""
        return (files(__name__) / f"{self.name}.sse").read_bytes()

    def events(self) -> Iterator[tuple[float, bytes]]:
        """The response event by event, each with the seconds to wait before it."""
        for event in self.body().split(b"\n\n"):
            if event:
                pause = _PAUSE.match(event)
                yield (int(pause[1]) / 1000 if pause else 0.0), event + b"\n\n"


RECORDINGS: Final = (
    Recording(
        "itinerary",
        "openai-chat",
        "A structured output. Fields turn from absent to growing to complete, objects validate as they close.",
        output=Itinerary,
    ),
    Recording(
        "tool-calls",
        "openai-chat",
        "Two tool calls whose arguments arrive interleaved: one parser each, neither waits for the other.",
        tools={"search_trains": SearchTrains, "find_hotels": FindHotels},
    ),
    Recording(
        "invalid",
        "openai-chat",
        "Seven stars out of five: the field is flagged when it closes, long before the answer ends.",
        output=Review,
    ),
    Recording(
        "cut-off",
        "anthropic-messages",
        "The model runs into max_tokens. What is complete is kept, and no report is made up from the rest.",
        output=IncidentReport,
    ),
    Recording(
        "overloaded",
        "anthropic-messages",
        "The provider breaks off with an error in the middle of a tool call, which must not run.",
        tools={"place_order": PlaceOrder},
    ),
)
