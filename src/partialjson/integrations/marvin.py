"""marvin: ``args_dict`` of the events of a tool call, which reads all arguments with partial_json_parser each time."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Site

__all__ = ["LIBRARY"]


def _sites(options: Options) -> Sequence[Site]:
    return [Site("marvin.engine.events:partial_json_parser", options.loads, ("json_string",), inside="loads")]


def _again() -> Callable[[str], object]:
    module: Any = importlib.import_module("marvin.engine.events")
    return lambda text: module.partial_json_parser.loads(text)


LIBRARY = Library(
    "marvin", "marvin", at_least="3.2.7", below="4", sites=_sites, does="args_dict of tool call events", again=_again
)
