"""partialjson: typed objects from JSON that is still streaming.

    from partialjson import Parser

    parser = Parser(Order)
    for chunk in chunks:
        parser.feed(chunk)
        show(parser.value)      # a Partial[Order]: what has come so far
    order = parser.close()      # an Order, as one-shot validation would give it

The core needs the standard library only. What needs more (pydantic for a target, the command line) is loaded when it is
used.
"""

from partialjson._core.events import Completed, Event, Invalid, Predicted, Repaired, Replaced, Violation
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.errors import IncompleteError, ParseError
from partialjson.limits import Limits
from partialjson.outcomes import Complete, Failed, Outcome, Truncated

__all__ = [
    "MISSING",
    "Complete",
    "Completed",
    "Event",
    "Failed",
    "IncompleteError",
    "Invalid",
    "Limits",
    "Outcome",
    "ParseError",
    "Parser",
    "Predicted",
    "Repaired",
    "Replaced",
    "Truncated",
    "Violation",
]
