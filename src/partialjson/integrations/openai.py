"""The openai SDK: ``client.chat.completions.stream``, which shows ``parsed`` and ``parsed_arguments`` while they grow.

It parses all of the content, or of a call's arguments, at each chunk, by a function of jiter that it has imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Site

__all__ = ["LIBRARY"]


def _sites(options: Options) -> Sequence[Site]:
    return [Site("openai.lib.streaming.chat._completions:from_json", options.from_json)]


def _again() -> Callable[[str], object]:
    helper: Any = importlib.import_module("openai.lib.streaming.chat._completions")
    return lambda text: helper.from_json(text.encode(), partial_mode=True)


LIBRARY = Library(
    "openai",
    "openai",
    at_least="1.60",
    below="4",
    sites=_sites,
    does="chat.completions.stream: structured output and arguments",
    again=_again,
)
