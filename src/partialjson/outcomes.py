"""How a document ended, as ``Parser.end()`` tells it: ``Complete``, ``Truncated`` or ``Failed``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal

from partialjson._missing import MISSING
from partialjson._typevars import T
from partialjson.errors import Explained, code_of, json_path, path_of

if TYPE_CHECKING:
    from partialjson._core.events import Coerced, Event, Path
    from partialjson.errors import IncompleteError
    from partialjson.repairs import Repair, Skipped

__all__ = ["Complete", "Failed", "Outcome", "Provenance", "Truncated"]

_SHOWN: Final = 12


Provenance = Literal["verbatim", "repaired", "coerced"]
"""Whether a value stands in the source as it is, was mended, or was read in another form so that it fits."""


class _Ended(Explained):
    """What all outcomes tell: the section that explains them, and what lenient parsing did."""

    __slots__ = ()

    repairs: tuple[Repair, ...]
    coerced: tuple[Coerced, ...]

    @property
    def verbatim(self) -> bool:
        """Was the text JSON as it stood, as far as it was read? Then nothing was mended, and no value was read in
        another form.

        It says nothing of whether the document is whole or fits; that says the kind of the outcome. With
        ``retain=False``, coercions are only in the events.
        """
        return not self.repairs and not self.coerced

    def provenance(self, path: Sequence[str | int] = ()) -> Provenance:
        """How the value at ``path`` of ``json``, with all that is inside, comes from the source.

        It is "coerced" if any of it was read in another form, else "repaired" if any of it was mended, else "verbatim".
        With ``retain=False``, coercions are only in the events.

        Raises:
            TypeError: ``path`` is no list or tuple of keys and indexes.
        """
        place = path_of(path)
        depth = len(place)
        if any(each.path[:depth] == place for each in self.coerced):
            return "coerced"
        return "repaired" if any(each.path[:depth] == place for each in self.repairs) else "verbatim"


@dataclass(frozen=True, slots=True)
class Complete(_Ended, Generic[T]):
    """The root value closed and is valid; ``value`` is what one-shot validation of the whole text gives.

    Attributes:
        code: "complete".
        value: that value.
        events: what the end itself completed.
        reason: the reason that the caller gave for the end, if any.
        repairs: what lenient parsing mended, in the order of the text; empty for strict parsing.
        skipped: the parts of the source that it left out.
        coerced: the values that did not fit their target as they were written, and were read in another form.
    """

    code: ClassVar[str] = "complete"

    value: T
    events: tuple[Event, ...] = ()
    reason: str | None = None
    repairs: tuple[Repair, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    coerced: tuple[Coerced, ...] = ()


@dataclass(frozen=True, slots=True)
class Truncated(_Ended):
    """The document ended inside the root value. There is no ``T``, and none is invented.

    Attributes:
        code: "incomplete".
        path: the place that was open when the text ended: the value that was growing or expected next.
        json, value: both views of the document as far as it came; MISSING if nothing had come.
        reason: the reason that the caller gave for the end, if any.
        error: the IncompleteError that ``close()`` raises.
        events: what the end itself completed.
        growing: the path of the innermost visible value that was open; None if there was none.
        missing: paths of required fields that had not come, in the document's names, for each object that was open,
            from the root inwards. Empty without a target, and if the target does not determine which object it is.
        repairs, skipped, coerced: what lenient parsing mended, left out, and read in another form.

    ``str()`` is a report for people.
    """

    code: ClassVar[str] = "incomplete"

    path: Path
    json: Any = MISSING
    value: Any = MISSING
    reason: str | None = None
    error: IncompleteError | None = None
    events: tuple[Event, ...] = ()
    growing: Path | None = None
    missing: tuple[Path, ...] = ()
    repairs: tuple[Repair, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    coerced: tuple[Coerced, ...] = ()

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        what = f": {self.error}" if self.error is not None else f" in {json_path(self.path)}"
        lists = [
            f"{name}: {_listed(paths)}" for name, paths in (("complete", self.complete), ("missing", self.missing))
        ]
        return "\n".join([f"truncated{why}{what}", *lists])

    @property
    def complete(self) -> tuple[Path, ...]:
        """Paths of the largest values of ``json`` that had closed; those inside the open value come last."""
        if self.json is MISSING:
            return ()
        if self.growing is None:
            return ((),)
        found: list[Path] = []
        container: Any = self.json
        for depth in range(len(self.growing) + 1):
            if not isinstance(container, (dict, list)):
                break
            prefix = self.growing[:depth]
            open_key = self.growing[depth] if depth < len(self.growing) else None
            if open_key is None or isinstance(container, dict):
                keys = container if isinstance(container, dict) else range(len(container))
                found.extend((*prefix, key) for key in keys if key != open_key)
                if open_key is not None:
                    within: Any = container
                    container = within[open_key]
            else:
                # An open element is the last one, even if those before it were not retained.
                found.extend((*prefix, int(open_key) - back) for back in range(len(container) - 1, 0, -1))
                container = container[-1]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Failed(_Ended):
    """The document is malformed, passes a limit, or is not valid for its target; ``error`` says why.

    ``json`` and ``value`` show the document up to the error; ``events`` is what the last call completed before it.
    ``repairs``, ``skipped`` and ``coerced`` are as for ``Complete``.
    """

    error: BaseException
    json: Any = MISSING
    value: Any = MISSING
    reason: str | None = None
    events: tuple[Event, ...] = ()
    repairs: tuple[Repair, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    coerced: tuple[Coerced, ...] = ()
    # All that is wrong, where the error tells one thing.
    lines: tuple[Any, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def code(self) -> str:
        """The code of the error: that of a ParseError, "invalid" for what does not fit its target, "raised" for
        whatever else a validator raised."""
        return code_of(self.error)

    @property
    def errors(self) -> list[Any]:
        """All that is wrong: the line errors of pydantic, the errors of jsonschema's ``iter_errors``; otherwise the
        error itself."""
        if self.lines is not None:
            return list(self.lines)
        lines: Any = getattr(self.error, "errors", None)
        return [self.error] if lines is None else list(lines())


def _listed(paths: tuple[Path, ...]) -> str:
    """Paths for a message, the last ones where there are too many."""
    shown = [json_path(path) for path in paths[-_SHOWN:]]
    return ", ".join([f"{len(paths) - _SHOWN} more"] * (len(paths) > _SHOWN) + shown) or "nothing"


Outcome = Complete[T] | Truncated | Failed
