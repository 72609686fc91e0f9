"""mirascope: ``structured_stream``, which makes a partial object of all the text at each chunk.

Its ``parse_partial_json`` looks for the beginning of the JSON, parses it, and validates everything with a model of
which all fields are optional. Here the text is read once, and what has closed is validated once (``instances``). What
has no JSON yet, or has closed as a whole, is left to mirascope.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from partialjson._core.growing import Growing
from partialjson._missing import MISSING
from partialjson.compat import with_document
from partialjson.integrations.about import Library, Options, Sample
from partialjson.integrations.instances import Instances
from partialjson.integrations.patching import Make, Site

__all__ = ["LIBRARY"]

_MODULE = "mirascope.llm.responses._utils"


def _parser(options: Options) -> Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        utils: Any = importlib.import_module(_MODULE)

        def parse_partial_json(json_text: str, formattable: Any) -> Any:
            text = utils._strip_json_preamble(json_text)
            is_primitive = utils.is_primitive_type(formattable)
            if text is None:
                return None
            model = utils.Partial[utils.create_wrapper_model(formattable) if is_primitive else formattable]

            def validate(growing: Growing, notes: dict[str, Any]) -> Any:
                value = options.object_of(growing)
                if value is MISSING:
                    return MISSING
                if options.share and not is_primitive:
                    known = notes.get("mirascope")
                    if known is None or known[0] is not model:
                        known = notes["mirascope"] = (model, Instances())
                    value = known[1].filled(value, model)
                try:
                    made = model.model_validate(value)
                except Exception:
                    return None
                return made.output if is_primitive else made

            made = with_document(text, validate)
            return original(json_text, formattable) if made is MISSING else made

        return parse_partial_json

    return make


def _sites(options: Options) -> Sequence[Site]:
    return [Site(f"{_MODULE}:parse_partial_json", _parser(options), ("json_text", "formattable"))]


def _again() -> Callable[[str], object]:
    utils: Any = importlib.import_module(_MODULE)
    return lambda text: utils.parse_partial_json(text, Sample)


LIBRARY = Library(
    "mirascope", "mirascope", at_least="2.0.2", below="3", sites=_sites, does="structured_stream", again=_again
)
