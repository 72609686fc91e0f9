"""LangChain: tool calls of messages that are added up, and the parsers of JSON output.

``AIMessageChunk`` parses the arguments of all its tool calls each time that it is made, so at each ``+``.
``JsonOutputParser`` and the parsers of tools parse all that has come at each chunk. All of them call
``parse_partial_json``, which closes the text and tries to parse it with the standard library.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Site

__all__ = ["LIBRARY"]

_USERS = (
    "langchain_core.utils.json",
    "langchain_core.messages.ai",
    "langchain_core.output_parsers.json",
    "langchain_core.output_parsers.openai_functions",
    "langchain_core.output_parsers.openai_tools",
)


def _sites(options: Options) -> Sequence[Site]:
    make = options.parse_partial_json
    sites = [Site(f"{module}:parse_partial_json", make, ("s", "strict")) for module in _USERS]
    # These two have it as a default.
    for name in ("parse_json_markdown", "_parse_json"):
        sites.append(Site(f"langchain_core.utils.json:{name}", make, default_of="parser"))
    return sites


def _again() -> Callable[[str], object]:
    module: Any = importlib.import_module("langchain_core.messages.ai")
    return lambda text: module.parse_partial_json(text)


LIBRARY = Library(
    "langchain",
    "langchain-core",
    at_least="1.0",
    below="2",
    sites=_sites,
    does="AIMessageChunk: tool calls; JsonOutputParser and the parsers of tools",
    again=_again,
)
