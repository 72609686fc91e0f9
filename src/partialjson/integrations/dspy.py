"""DSPy: ``streamify`` with the JSON adapter, which parses a field's text at each token to see whether it has ended."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Site

__all__ = ["LIBRARY"]


def _sites(options: Options) -> Sequence[Site]:
    return [Site("dspy.streaming.streaming_listener:jiter", options.from_json, inside="from_json")]


def _again() -> Callable[[str], object]:
    module: Any = importlib.import_module("dspy.streaming.streaming_listener")
    return lambda text: module.jiter.from_json(text.encode(), partial_mode="trailing-strings")


LIBRARY = Library(
    "dspy", "dspy", at_least="3.1", below="4", sites=_sites, does="streamify with the JSON adapter", again=_again
)
