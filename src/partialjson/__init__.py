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

from typing import TYPE_CHECKING, Any

from partialjson._core import lexer as _lexer
from partialjson._core.events import Completed, Event, Invalid, Predicted, Repaired, Replaced, Violation
from partialjson._core.parser import Parser
from partialjson._missing import MISSING, Missing
from partialjson.errors import IncompleteError, InvalidError, ParseError
from partialjson.limits import Limits
from partialjson.markers import First, Preview, Whole
from partialjson.options import ParserOptions
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.sequences import DocumentSequence, Progress, adocuments, documents
from partialjson.streaming import Snapshot, astream, stream

if TYPE_CHECKING:
    from partialjson.typed.partial import Partial

__all__ = [
    "MISSING",
    "Complete",
    "Completed",
    "DocumentSequence",
    "Event",
    "Failed",
    "First",
    "IncompleteError",
    "Invalid",
    "InvalidError",
    "Limits",
    "Missing",
    "Outcome",
    "ParseError",
    "Parser",
    "ParserOptions",
    "Partial",
    "Predicted",
    "Preview",
    "Progress",
    "Repaired",
    "Replaced",
    "Snapshot",
    "Truncated",
    "Violation",
    "Whole",
    "adocuments",
    "astream",
    "compiled",
    "documents",
    "stream",
]

compiled: bool = not (_lexer.__file__ or "").endswith(".py")
"""Is the core running compiled?"""


def __getattr__(name: str) -> Any:
    if name == "Partial":
        from partialjson.typed.partial import Partial

        return Partial
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
