"""The targets of a message's documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Literal, get_args

from partialjson._core.parser import Parser
from partialjson.options import DocumentOptions, with_target, without_target

ReadyIf = Literal["verbatim", "repaired"]
"""When a call with arguments that were read leniently may be run: only if they were JSON that fits as it stood, or also
if they were mended."""
READY_IF: Final[tuple[ReadyIf, ...]] = get_args(ReadyIf)


class Targets:
    """Makes the parsers of a message's documents.

    Args:
        tools: the targets of calls, by the names of the tools.
        output: the target of the structured output; None if text is not a document.
        options: the other options of ``Parser``; those of pydantic go to documents with a target only, and
            ``parse_float`` and ``parse_int`` to those without.
        ready_if: when a call that was read leniently may be run.

    Attributes:
        tools, output, ready_if: as given.
        lenient: whether documents are read leniently.

    Raises:
        ValueError: ``ready_if`` is none of those above.
        TypeError, pydantic.errors.PydanticUserError: what ``Parser`` raises for a target it does not take.
    """

    def __init__(
        self,
        tools: Mapping[str, Any] | None,
        output: Any,
        options: DocumentOptions,
        ready_if: ReadyIf = "verbatim",
    ) -> None:
        if ready_if not in READY_IF:
            raise ValueError(f"ready_if must be 'verbatim' or 'repaired', not {ready_if!r}")
        self.tools: Mapping[str, Any] = tools or {}
        self.output = output
        self.ready_if: ReadyIf = ready_if
        self.lenient = bool(options.get("lenient"))
        self._options = with_target(options)
        self._untyped = without_target(options)
        # A target that no parser accepts is the caller's mistake, reported before anything streams.
        for target in (*self.tools.values(), output):
            if target is not None:
                self._parser(target)

    def tool(self, name: str, free: bool = False) -> Parser[Any]:
        """A parser for arguments of the tool; for plain JSON values if it has no target. ``free``: they are free text,
        which nothing needs to be mended in."""
        return self._parser(self.tools.get(name), {"lenient": False} if free else {})

    @property
    def for_output(self) -> Callable[[], Parser[Any]] | None:
        """The function that makes parsers for the structured output; None if none is expected."""
        return None if self.output is None else partial(self._parser, self.output)

    def _parser(self, target: Any, other: DocumentOptions | None = None) -> Parser[Any]:
        if target is None or target is Any:
            return Parser(**(self._untyped | other if other else self._untyped))
        return Parser(target, **(self._options | other if other else self._options))
