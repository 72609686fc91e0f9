"""What is done with a call that is ready: small local functions in the place of real ones.

They take the validated arguments, and what they give is made up out of them. Each result says so in its ``note``, and
the page in a label of its own. Nothing is searched, booked or ordered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from partialjson.cli.recordings import FindHotels, PlaceOrder, SearchTrains

__all__ = ["SECONDS", "TOOLS"]

SECONDS: Final = 1.1
"""How long a call takes, so that one sees it run."""

_NOTE: Final = "Made up on this machine; no service was asked."


def _search_trains(wanted: SearchTrains) -> dict[str, Any]:
    fare = Decimal("34.20") if wanted.travel_class == "first" else Decimal("24.70")
    departures = (("08:39", "11:58", 0), ("10:09", "13:21", 0), ("11:30", "15:17", 1))
    trains = [
        {
            "departs": leaves,
            "arrives": arrives,
            "changes": changes,
            "total": f"{(fare - 4 * changes) * wanted.passengers} EUR",
        }
        for leaves, arrives, changes in departures
    ]
    return {"note": _NOTE, "trains": trains}


def _find_hotels(wanted: FindHotels) -> dict[str, Any]:
    found = (("Pensão Exemplo", Decimal("0.62")), ("Hotel Amostra", Decimal("0.81")), ("Casa Modelo", Decimal("0.94")))
    hotels = [
        {"name": name, "a_night": f"{(wanted.max_price * share).quantize(Decimal(1))} EUR", "rooms_left": left}
        for left, (name, share) in enumerate(found, start=2)
    ]
    return {"note": _NOTE, "hotels": hotels}


def _place_order(wanted: PlaceOrder) -> dict[str, Any]:
    total = sum((line.price * line.quantity for line in wanted.lines), Decimal(0))
    return {"note": _NOTE, "order": "SAMPLE-0001", "lines": len(wanted.lines), "total": str(total)}


TOOLS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "search_trains": _search_trains,
    "find_hotels": _find_hotels,
    "place_order": _place_order,
}
"""By the name of the tool. A call of another one stays ready."""
