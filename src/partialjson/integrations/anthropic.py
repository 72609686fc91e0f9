"""The anthropic SDK: ``client.messages.stream``, and the beta one.

At each ``input_json_delta`` the SDK parses all of a tool's input that has come, in ``accumulate_event``. That event is
handled here, with the same buffer in the same place; all others are left to the SDK.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Make, Site

__all__ = ["LIBRARY"]

_FINE_GRAINED = "fine-grained-tool-streaming-2025-05-14"

_HELPERS = ("anthropic.lib.streaming._messages", "anthropic.lib.streaming._beta_messages")


def _accumulator(module_name: str, options: Options) -> Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        module: Any = importlib.import_module(module_name)
        tracked: Any = module.TRACKS_TOOL_INPUT
        # Where the text of the input is kept: in a dict of the stream or, in earlier versions, with its block.
        keeps_apart = "json_bufs" in inspect.signature(original).parameters
        name = getattr(module, "JSON_BUF_PROPERTY", "__json_buf")
        parse = options.from_json()

        def accumulate_event(**kwargs: Any) -> Any:
            event = kwargs.get("event")
            message = kwargs.get("current_snapshot")
            delta: Any = getattr(event, "delta", None)
            if message is None or getattr(delta, "type", None) != "input_json_delta":
                return original(**kwargs)
            assert event is not None
            content = message.content[event.index]
            if not isinstance(content, tracked):
                return original(**kwargs)
            buffers: dict[int, bytes] = kwargs["json_bufs"] if keeps_apart else {}
            text = buffers.get(event.index, b"") if keeps_apart else getattr(content, name, b"")
            text += bytes(delta.partial_json, "utf-8")
            if text:
                headers = kwargs.get("request_headers") or {}
                keeps_strings = _FINE_GRAINED in headers.get("anthropic-beta", "")
                try:
                    content.input = parse(text, partial_mode="trailing-strings" if keeps_strings else "on")
                except ValueError as error:
                    raise ValueError(
                        "Unable to parse tool parameter JSON from model. Please retry your request or adjust your "
                        f"prompt. Error: {error}. JSON: {text.decode('utf-8')}"
                    ) from error
            if keeps_apart:
                buffers[event.index] = text
            else:
                setattr(content, name, text)
            return message

        return accumulate_event

    return make


def _sites(options: Options) -> Sequence[Site]:
    return [
        Site(f"{module}:accumulate_event", _accumulator(module, options), ("event", "current_snapshot"))
        for module in _HELPERS
    ]


def _again() -> Callable[[str], object]:
    # The same call of jiter that it makes; with this parser, that of compat.
    helper: Any = importlib.import_module(_HELPERS[0])
    deltas: Any = importlib.import_module("anthropic.types")
    block = deltas.ToolUseBlock.model_construct(type="tool_use", id="t", name="t", input={})
    message: Any = importlib.import_module("types").SimpleNamespace(content=[block])
    event = deltas.RawContentBlockDeltaEvent.model_validate(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": ""}}
    )
    keeps_apart = "json_bufs" in inspect.signature(helper.accumulate_event).parameters

    def call(text: str) -> object:
        if keeps_apart:
            helper.accumulate_event(event=event, current_snapshot=message, json_bufs={0: text.encode()})
        else:
            setattr(block, getattr(helper, "JSON_BUF_PROPERTY", "__json_buf"), text.encode())
            helper.accumulate_event(event=event, current_snapshot=message)
        return block.input

    return call


LIBRARY = Library(
    "anthropic",
    "anthropic",
    at_least="1.0",
    below="3",
    sites=_sites,
    does="messages.stream: the input of tools",
    again=_again,
)
