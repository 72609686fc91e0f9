"""What lenient parsing mends, and how it tells: ``RepairKind``, ``Repair``, ``Skipped``, and the options, ``Lenient``.

``docs/lenient.md`` has one example for each kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal

from partialjson.coercions import COERCE, Coerce

if TYPE_CHECKING:
    from partialjson._core.events import Path

__all__ = ["DOCUMENTS", "KINDS", "Documents", "Lenient", "Repair", "RepairKind", "Skipped"]


class RepairKind(StrEnum):
    """A kind of departure from RFC 8259 that lenient parsing reads. The value is its name in events."""

    OTHER_QUOTES = "other quotes"
    """A string in quotes other than ``"``: single, typographic, back-ticks."""
    MISSING_QUOTE = "missing quote"
    """A quote at the beginning or the end of a string is missing."""
    INNER_QUOTE = "inner quote"
    """A quote inside a string is not escaped."""
    DOUBLED_QUOTES = "doubled quotes"
    """A string begins and ends with two quotes, or three."""
    ESCAPED_QUOTES = "escaped quotes"
    """The quotes around a string are escaped, since the document was escaped as a whole."""
    CONCATENATION = "concatenation"
    """Strings joined by ``+``."""
    ESCAPE = "escape"
    """An escape that JSON does not have."""
    CONTROL = "control character"
    """A raw control character in a string: a line end, a tab."""
    UNQUOTED_TEXT = "unquoted text"
    """A string value without quotes."""
    UNQUOTED_KEY = "unquoted key"
    """A key without quotes."""
    LITERAL = "literal"
    """``True``, ``None``, ``undefined``, ``NaN`` and the like."""
    NUMBER = "number"
    """A number in a notation that JSON does not have: ``+1``, ``.5``, ``1_000``, ``0xFF``."""
    MISSING_COMMA = "missing comma"
    EXTRA_COMMA = "extra comma"
    """A comma before a closing bracket, after another one, or before the first value."""
    MISSING_COLON = "missing colon"
    OTHER_SEPARATOR = "other separator"
    """``=``, ``=>`` or ``;``, or a colon where a comma belongs or nothing."""
    MISSING_VALUE = "missing value"
    """A key without a value; it gets null."""
    MISSING_CLOSER = "missing bracket"
    """A closing bracket is missing before that of an outer container."""
    EXTRA_CLOSER = "extra bracket"
    """A closing bracket that closes nothing."""
    WRONG_CLOSER = "wrong bracket"
    """A container is closed by a bracket of the other kind."""
    EXTRA_OPENER = "doubled bracket"
    """An opening brace that comes twice."""
    PARENTHESES = "parentheses"
    """A tuple, which becomes an array, or a value in parentheses."""
    CALL = "call"
    """A value in call syntax: ``callback(...)``, ``ObjectId("...")``."""
    COMMENT = "comment"
    ELLIPSIS = "ellipsis"
    """``...`` for what was left out."""
    FENCE = "fence"
    """Back-ticks of a code block inside the document, or after it."""
    BLANK = "blank"
    """White space that JSON does not have."""
    STRAY_TEXT = "stray text"
    """Text where no value and no key can stand; it is skipped."""
    NO_PLACE = "value without a place"
    """A value where a key is due; it is skipped."""
    TEXT_AROUND = "text around"
    """Text before and after the document: prose, fences, thoughts. It is skipped, and ``outcome.skipped`` tells of it;
    no ``Repair`` does. Without this kind the document begins where the text does, and ends it."""
    UNFINISHED = "unfinished"
    """The text ended inside the document; what was open is closed."""


KINDS: Final[tuple[RepairKind, ...]] = tuple(RepairKind)


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair.

    Attributes:
        kind: what was mended.
        start, end: the part of the source it is about, in code points; equal where something was missing.
        path: the place in the document: the open path at that moment.
    """

    kind: RepairKind
    start: int
    end: int
    path: Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the source that is not in the document.

    Attributes:
        kind: why: for what stands around the document, "prose", "fence", "think", "tag" or "document"; for what stands
            inside, the kind of the repair.
        start, end: its characters, in code points from the beginning of the text.
    """

    kind: str
    start: int
    end: int


def _kind(given: RepairKind | str) -> RepairKind:
    try:
        return RepairKind(given)
    except ValueError:
        from difflib import get_close_matches

        near = get_close_matches(str(given), [kind.value for kind in KINDS], 1)
        hint = f"did you mean {near[0]!r}?" if near else "the values of RepairKind are all there are"
        raise ValueError(f"{given!r} is no kind of repair; {hint}") from None


Documents = Literal["first", "last"]
DOCUMENTS: Final[tuple[Documents, ...]] = ("first", "last")


@dataclass(frozen=True, init=False)
class Lenient:
    """The options of lenient parsing.

    Args:
        kinds: what is mended; by default everything. For any other kind, the parser raises as strict parsing does.
        coerce: how far a value that does not fit the target may be changed so that it does: "syntax" for not at all,
            "safe" for its spelling only, "guided" for everything that the target suggests; see ``CoercionKind``.
        documents: which document of the text is read: the "first", while it streams; or the "last", which is known only
            at the end, so nothing is shown before. For all of them there is ``documents(..., format="embedded")``.

    Raises:
        ValueError: a kind, a level or a document is unknown; or the last document is to be looked for, and the kind
            "text around" is left out.
        TypeError: ``kinds`` is one string.
    """

    kinds: frozenset[RepairKind]
    coerce: Coerce = "safe"
    documents: Documents = "first"

    def __init__(
        self,
        kinds: Iterable[RepairKind | str] | None = None,
        coerce: Coerce = "safe",
        documents: Documents = "first",
    ) -> None:
        if isinstance(kinds, str):
            raise TypeError(f"kinds takes several kinds, not one: write kinds=[{kinds!r}]")
        chosen = frozenset(KINDS) if kinds is None else frozenset(map(_kind, kinds))
        if coerce not in COERCE:
            raise ValueError(f"coerce is 'syntax', 'safe' or 'guided', not {coerce!r}")
        if documents not in DOCUMENTS:
            raise ValueError(f"documents is 'first' or 'last', not {documents!r}")
        if documents == "last" and RepairKind.TEXT_AROUND not in chosen:
            raise ValueError(
                "documents='last' skips what stands before that document, so it needs the kind 'text around'"
            )
        object.__setattr__(self, "kinds", chosen)
        object.__setattr__(self, "coerce", coerce)
        object.__setattr__(self, "documents", documents)

    def without(self, *kinds: RepairKind | str) -> Lenient:
        """The same options without these kinds."""
        return Lenient(self.kinds - set(map(_kind, kinds)), self.coerce, self.documents)

    def __repr__(self) -> str:
        given = [] if len(self.kinds) == len(KINDS) else [f"kinds={sorted(kind.value for kind in self.kinds)}"]
        if self.coerce != "safe":
            given.append(f"coerce={self.coerce!r}")
        if self.documents != "first":
            given.append(f"documents={self.documents!r}")
        return f"Lenient({', '.join(given)})"


_EVERYTHING: Final = Lenient()


def lenient_of(given: Any) -> Lenient | None:
    """What the option ``lenient`` means: None for strict parsing.

    Raises:
        TypeError: it is neither a bool nor a ``Lenient``.
    """
    if given is None or given is False:
        return None
    if given is True:
        return _EVERYTHING
    if not isinstance(given, Lenient):
        raise TypeError(f"lenient is True, False or a Lenient, not {type(given).__name__}")
    return given


class NotMended(Exception):
    """A repair is needed, and repairs of its kind are not wanted."""
