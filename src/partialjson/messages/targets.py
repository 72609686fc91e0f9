"""The targets of a message's documents: a mapping or a bool is a JSON Schema, anything else what ``Parser`` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, Literal, get_args

from partialjson._core.parser import Parser
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING, Spec
from partialjson._core.target import given_of, spec_of
from partialjson.options import DocumentOptions, with_target, without_target
from partialjson.wire.text_calls import Kinds
from partialjson.wire.text_parameters import JSONKind
from partialjson.wire.tools import output_target, tool_targets

Tools = Mapping[str, Any] | Iterable[Any] | None
"""What says which target the arguments of each tool have: a mapping, or the list of tools of a request."""

ReadyIf = Literal["verbatim", "repaired"]
"""When a call with arguments that were read leniently may be run: only if they were JSON that fits as it stood, or also
if they were mended."""
READY_IF: Final[tuple[ReadyIf, ...]] = get_args(ReadyIf)


_KIND_NAMES: Final[dict[int, JSONKind]] = {
    STRING: "string",
    INTEGER: "integer",
    FLOAT: "number",
    BOOLEAN: "boolean",
    NULL: "null",
    OBJECT: "object",
    ARRAY: "array",
}


def kinds_in(tools: Mapping[str, Any]) -> Kinds:
    """What is known of the arguments of these tools: the kinds of JSON that usually come, by tool and key."""
    specs: dict[str, Spec | None] = {}

    def spec_of_tool(name: str) -> Spec | None:
        target = tools.get(name)
        if target is None or target is Any:
            return None
        if isinstance(target, (Mapping, bool)):
            target = given_of(None, target if isinstance(target, bool) else dict(target))
        return spec_of(target)

    def kinds(name: str, key: str) -> tuple[JSONKind, ...]:
        if name not in specs:
            specs[name] = spec_of_tool(name)
        spec = specs[name]
        found = 0
        for leaf in [] if spec is None else spec.leaves():
            for field in (leaf.fields or {}).values():
                if (key,) in field.ways:
                    for each in field.spec.leaves():
                        found |= each.usual
                    found |= NULL if field.spec.may_be_null() else 0
        return () if found == ANYTHING else tuple(word for kind, word in _KIND_NAMES.items() if found & kind)

    return kinds


class Targets:
    """Makes the parsers of a message's documents.

    Args:
        tools: the targets of calls, by the names of the tools, or the list of tools of a request.
        output: the target of the structured output, or what a request says about its format; None if text is not a
            document.
        options: the other options of ``Parser``; those of pydantic go to documents with a target only, and
            ``parse_float`` and ``parse_int`` to those without.
        ready_if: when a call that was read leniently may be run.

    Attributes:
        tools: the targets by name; None for arguments that become plain JSON values.
        output: the target of the output.
        ready_if: as given.
        lenient: whether documents are read leniently.

    Raises:
        ValueError: ``ready_if`` is none of those above.
        TypeError, pydantic.errors.PydanticUserError, jsonschema.SchemaError: what ``Parser`` raises for a target it
            does not take; a TypeError also for a list of tools that is none.
    """

    def __init__(
        self,
        tools: Tools,
        output: Any,
        options: DocumentOptions,
        ready_if: ReadyIf = "verbatim",
    ) -> None:
        if ready_if not in READY_IF:
            raise ValueError(f"ready_if must be 'verbatim' or 'repaired', not {ready_if!r}")
        self.tools: Mapping[str, Any] = tool_targets(tools)
        self.output = output_target(output)
        self.ready_if: ReadyIf = ready_if
        self.lenient = bool(options.get("lenient"))
        self._options = with_target(options)
        self._untyped = without_target(options)
        # A target that no parser accepts is the caller's mistake, reported before anything streams.
        for name, target in self.tools.items():
            self._try(target, f"as the target of the tool {name!r}")
        self._try(self.output, "as the target of the output")

    def _try(self, target: Any, place: str) -> None:
        try:
            self._parser(target)
        except Exception as error:
            error.add_note(place)
            raise

    def tool(self, name: str, free: bool = False) -> Parser[Any]:
        """A parser for arguments of the tool; for plain JSON values if it has no target. ``free``: they are free text,
        which nothing needs to be mended in."""
        return self._parser(self.tools.get(name), {"lenient": False} if free else {})

    @property
    def for_output(self) -> Callable[[], Parser[Any]] | None:
        """The function that makes parsers for the structured output; None if none is expected."""
        return None if self.output is None else partial(self._parser, self.output)

    @property
    def output_arguments(self) -> dict[str, Any]:
        """What a parser of the structured output is made with, by the names of its parameters."""
        return self._arguments(self.output)

    def _parser(self, target: Any, other: DocumentOptions | None = None) -> Parser[Any]:
        arguments: Any = self._arguments(target)
        parser: Parser[Any] = Parser(**{**arguments, **(other or {})})
        return parser

    def _arguments(self, target: Any) -> dict[str, Any]:
        if target is None or target is Any:
            return dict(self._untyped)
        if isinstance(target, (Mapping, bool)):
            return {"schema": target if isinstance(target, bool) else dict(target), **self._options}
        return {"target": target, **self._options}
