"""pydantic-ai: ``run_stream`` and ``stream_output`` with an object as the output.

pydantic-ai validates all of the text at each chunk, as pydantic does for a document that is not complete. A model whose
required fields have not all come is not valid, so for most chunks there is nothing to show. Here a typed parser stays
with the text. As long as the document is open, the output is a ``Partial`` of the model with everything that has come,
and validators see only what has closed; pydantic-ai validates the final output, as always.

What is wrapped in something else (plain types, output functions) is left to pydantic-ai.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from partialjson._core.growing import Growing
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.compat import with_document
from partialjson.errors import ParseError
from partialjson.integrations.about import Library, Options, Sample
from partialjson.integrations.patching import Make, Site

__all__ = ["LIBRARY"]


class _Typed:
    """The typed parser that goes with one text."""

    def __init__(self, output_type: Any, context: Any) -> None:
        self.output_type = output_type
        self.context = context
        self._read = 0
        self._parser: Parser[Any] = Parser(TypeAdapter(output_type), context=context, select=[])

    def value(self, text: str) -> Any:
        rest = text[self._read :]
        self._read = len(text)
        try:
            self._parser.feed(rest)
        except ParseError:
            return MISSING
        return self._parser.value


def _validator(options: Options) -> Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        utils: Any = importlib.import_module("pydantic_ai._utils")

        def validate(self: Any, data: Any, *, allow_partial: bool = False, validation_context: Any = None) -> Any:
            def as_before() -> Any:
                return original(self, data, allow_partial=allow_partial, validation_context=validation_context)

            is_wrapped = getattr(self, "outer_typed_dict_key", None) or getattr(self, "_function_schema", None)
            if not allow_partial or not isinstance(data, str) or is_wrapped:
                return as_before()
            text: str = utils.strip_markdown_fences(data)

            def show(growing: Growing, notes: dict[str, Any]) -> Any:
                if growing.done():
                    return MISSING
                typed = notes.get("pydantic-ai")
                if (
                    typed is None
                    or typed.output_type is not self.output_type
                    or typed.context is not validation_context
                ):
                    typed = notes["pydantic-ai"] = _Typed(self.output_type, validation_context)
                return typed.value(text)

            shown = with_document(text, show)
            return as_before() if shown is MISSING else shown

        return validate

    return make


def _sites(options: Options) -> Sequence[Site]:
    takes = ("self", "data", "allow_partial", "validation_context")
    return [Site("pydantic_ai._output:ObjectOutputProcessor.validate", _validator(options), takes)]


def _again() -> Callable[[str], object]:
    output: Any = importlib.import_module("pydantic_ai._output")
    processor = output.ObjectOutputProcessor(output=Sample)

    def call(text: str) -> object:
        try:
            return processor.validate(text, allow_partial=True)
        except ValidationError:
            return None

    return call


LIBRARY = Library(
    "pydantic-ai",
    "pydantic-ai-slim",
    at_least="2.0",
    below="3",
    sites=_sites,
    does="run_stream: stream_output of objects",
    again=_again,
)
