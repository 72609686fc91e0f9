"""LlamaIndex: structured output that is streamed as text (``stream_structured_predict`` and structured LLMs).

At each chunk ``process_streaming_objects``, or ``process_streaming_content_incremental``, closes the text by counting
quotes and braces, makes a class, validates all that has come, dumps it and validates it again. Here the text is read
once; what has closed is validated once (``instances``). If all required fields are there, the result is an object of
the class, otherwise of its flexible form, as before; but it shows what has come in lists too, which LlamaIndex cannot
close.

Calls of tools are read by its ``parse_partial_json``, which is replaced as well. There a string is shown while it
grows, and a key without a value is not there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from partialjson._core.growing import Growing
from partialjson._missing import MISSING
from partialjson.compat import with_document
from partialjson.integrations.about import Library, Options, Sample
from partialjson.integrations.instances import Instances
from partialjson.integrations.patching import Make, Site

__all__ = ["LIBRARY"]

_UTILS = "llama_index.core.program.utils"


class _Objects:
    """The objects of one text and one class."""

    def __init__(self, output_cls: Any, flexible: Any) -> None:
        self.output_cls = output_cls
        self._flexible = flexible
        self._instances = Instances()

    def made(self, value: dict[str, Any]) -> Any:
        if all(name in value for name, field in self.output_cls.model_fields.items() if field.is_required()):
            try:
                return self.output_cls.model_validate(self._instances.filled(value, self.output_cls))
            except ValidationError:
                pass
        return self._flexible.model_validate(value)


def _reader(options: Options) -> Callable[[str, Any], Any]:
    """A function that makes the object of a text that is not complete; MISSING where LlamaIndex is to do it."""
    utils: Any = importlib.import_module(_UTILS)

    def read(text: str, output_cls: Any) -> Any:
        def make_object(growing: Growing, notes: dict[str, Any]) -> Any:
            value = options.object_of(growing)
            if value is MISSING:
                return MISSING
            known = notes.get("llama-index")
            if known is None or known.output_cls is not output_cls:
                known = notes["llama-index"] = _Objects(output_cls, utils.create_flexible_model(output_cls))
            return known.made(value)

        return with_document(text, make_object)

    return read


def _processor(options: Options) -> Make:
    """For texts, and for arguments of tools, which are left to LlamaIndex."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        response_type: Any = importlib.import_module("llama_index.core.base.llms.types").CompletionResponse
        read = _reader(options)

        def process_streaming_objects(
            chat_response: Any,
            output_cls: Any,
            cur_objects: Any = None,
            allow_parallel_tool_calls: bool = False,
            flexible_mode: bool = True,
            llm: Any = None,
        ) -> Any:
            made: Any = MISSING
            if flexible_mode and isinstance(chat_response, response_type):
                made = read(chat_response.text, output_cls)
            elif flexible_mode and not chat_response.message.additional_kwargs.get("tool_calls"):
                made = read(chat_response.message.content or "", output_cls)
            if made is MISSING:
                return original(chat_response, output_cls, cur_objects, allow_parallel_tool_calls, flexible_mode, llm)
            return [made] if allow_parallel_tool_calls else made

        return process_streaming_objects

    return make


def _content(options: Options) -> Make:
    """For models that answer with text in the form of a schema."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        read = _reader(options)

        def process_streaming_content_incremental(chat_response: Any, output_cls: Any, cur_object: Any = None) -> Any:
            made = read(chat_response.message.content or "", output_cls)
            return original(chat_response, output_cls, cur_object) if made is MISSING else made

        return process_streaming_content_incremental

    return make


def _sites(options: Options) -> Sequence[Site]:
    takes = ("chat_response", "output_cls", "cur_objects", "allow_parallel_tool_calls", "flexible_mode", "llm")
    make = _processor(options)
    sites = [
        Site(f"{_UTILS}:process_streaming_objects", make, takes),
        Site("llama_index.core.program.function_program:process_streaming_objects", make, takes),
        # Earlier versions do not stream there.
        Site("llama_index.core.program.llm_program:process_streaming_objects", make, takes, is_optional=True),
    ]
    content = "llama_index.core.program.streaming_utils:process_streaming_content_incremental"
    sites.append(Site(content, _content(options), ("chat_response", "output_cls", "cur_object"), is_optional=True))
    parse = options.parse_partial_json
    sites.append(Site("llama_index.core.llms.utils:parse_partial_json", parse, ("s",)))
    for module in ("llama_index.llms.openai.base", "llama_index.llms.openai.responses"):
        sites.append(Site(f"{module}:parse_partial_json", parse, ("s",), is_optional=True))
    return sites


def _again() -> Callable[[str], object]:
    utils: Any = importlib.import_module(_UTILS)
    types: Any = importlib.import_module("llama_index.core.base.llms.types")
    return lambda text: utils.process_streaming_objects(types.CompletionResponse(text=text), Sample)


LIBRARY = Library(
    "llama-index",
    "llama-index-core",
    at_least="0.14",
    below="0.15",
    sites=_sites,
    also=("llamaindex",),
    does="structured output, streamed as text; arguments of tools",
    again=_again,
)
