"""partialjson: typed objects from JSON that is still streaming.

    from partialjson import Parser

    parser = Parser(Order)
    for chunk in chunks:
        parser.feed(chunk)
        show(parser.value)      # a Partial[Order]: what has come so far
    order = parser.close()      # an Order, as one-shot validation would give it

The core needs only the standard library. Parts that only some programs use (iterating over streams, sequences of
documents, the typed layer with pydantic) are loaded when their name is first used.
"""

from typing import TYPE_CHECKING, Any

from partialjson._core import lexer as _lexer
from partialjson._core.events import Coerced, Completed, Event, Invalid, Predicted, Repaired, Replaced, Violation
from partialjson._core.expected import Expected
from partialjson._core.parser import Parser
from partialjson._missing import MISSING, Missing
from partialjson.coercions import CoercionKind
from partialjson.errors import IncompleteError, InvalidError, ParseError
from partialjson.limits import Limits
from partialjson.options import ParserOptions
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.repairs import Lenient, Repair, RepairKind, Skipped

if TYPE_CHECKING:
    __version__: str
    """The version of the installed distribution; "unknown" if this is a source tree that nobody installed."""

    from partialjson.markers import First, Preview, Whole
    from partialjson.schema import Schema
    from partialjson.sequences import DocumentSequence, Progress, adocuments, documents
    from partialjson.streaming import Snapshot, astream, stream
    from partialjson.typed.partial import Partial

__all__ = [
    "MISSING",
    "Coerced",
    "CoercionKind",
    "Complete",
    "Completed",
    "DocumentSequence",
    "Event",
    "Expected",
    "Failed",
    "First",
    "IncompleteError",
    "Invalid",
    "InvalidError",
    "Lenient",
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
    "Repair",
    "RepairKind",
    "Repaired",
    "Replaced",
    "Schema",
    "Skipped",
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

if compiled:
    from partialjson._docs import give_docs as _give_docs

    _give_docs(Coerced, Completed, Event, Expected, Invalid, Parser, Predicted, Repaired, Replaced, Violation)


_OF_ANOTHER = ("JSONParser", "create_json5_parser", "create_json_parser")
"""Public names of the distribution ``partialjson``, which has the same import name."""


def __getattr__(name: str) -> Any:
    """Load a name that not all programs need, and keep it. Type checkers see the imports above."""
    value: Any
    if name in ("Snapshot", "astream", "stream"):
        import partialjson.streaming as streaming

        value = getattr(streaming, name)
    elif name in ("DocumentSequence", "Progress", "adocuments", "documents"):
        import partialjson.sequences as sequences

        value = getattr(sequences, name)
    elif name in ("First", "Preview", "Whole"):
        import partialjson.markers as markers

        value = getattr(markers, name)
    elif name == "Schema":
        from partialjson.schema import Schema as value
    elif name == "Partial":
        from partialjson.typed.partial import Partial as value
    elif name == "__version__":
        # Reading package metadata is slow.
        from importlib.metadata import PackageNotFoundError, version

        try:
            value = version("partialjson-live")
        except PackageNotFoundError:
            value = "unknown"
    elif name in _OF_ANOTHER:
        # Of an AttributeError, an import would not show the message.
        raise ImportError(
            f"{name} belongs to another distribution, partialjson, which has the same import name. This one is "
            "partialjson-live: `from partialjson import Parser`",
            name=__name__,
        )
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
