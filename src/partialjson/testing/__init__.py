"""The test kit: fuzzing of whatever reads JSON, or the stream of a model, in pieces.

    from partialjson.testing import check_consumer

    def test_my_reader():
        check_consumer(my_reader)      # finds the text and the cut for which the pieces show

The extra ``testing`` installs hypothesis, which the strategies need: ``pip install 'partialjson-live[testing]'``. The
checks of given texts and streams work without it. Four parts stand on one another:

- *texts*: ``texts`` (strategies for JSON, its pieces, its beginnings), ``damage`` (what models get wrong), ``fitting``
  (documents for a type or a schema); ``bodies`` (what a model says, in the format of each provider) and ``streams``
  (the strategies for it). ``strategies`` has all strategies under one name.
- *laws*: ``chunking`` and ``laws``, the twelve laws of this library as functions, with ``growth`` (whether one view
  extends another), ``reference`` (what the standard library says of a text), ``makers`` (of parsers for a target) and
  ``oneshot``, which know what validation of the whole text says; ``broken`` is how it is said that one does not hold.
- *kits*: ``consumers`` (what reads in pieces), ``linear`` (what that costs), ``machine`` (the same as a state machine),
  ``adapters`` (a provider's wire format), ``frontends`` (what folds deltas). Each names the law that broke, and shows
  the least that breaks it.
- *cassettes*: recordings of live streams with their timing, and ``plugin``, the fixtures for pytest.

Names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partialjson.testing.adapters import check_adapter
    from partialjson.testing.bodies import Said, Say
    from partialjson.testing.broken import Broken
    from partialjson.testing.cassettes import Cassette
    from partialjson.testing.chunking import check_all_chunkings
    from partialjson.testing.consumers import Push, check_consumer
    from partialjson.testing.frontends import check_front_end
    from partialjson.testing.laws import check_laws
    from partialjson.testing.linear import check_linear
    from partialjson.testing.machine import ConsumerMachine
    from partialjson.testing.strategies import (
        chunkings,
        damaged,
        documents,
        documents_for,
        models,
        provider_streams,
        sayings,
        truncations,
        values,
        values_for,
    )

_NAMES = {
    "Broken": "broken",
    "Cassette": "cassettes",
    "ConsumerMachine": "machine",
    "Push": "consumers",
    "Said": "bodies",
    "Say": "bodies",
    "check_adapter": "adapters",
    "check_all_chunkings": "chunking",
    "check_consumer": "consumers",
    "check_front_end": "frontends",
    "check_laws": "laws",
    "check_linear": "linear",
    "chunkings": "texts",
    "damaged": "texts",
    "documents": "texts",
    "documents_for": "fitting",
    "models": "fitting",
    "provider_streams": "streams",
    "sayings": "streams",
    "truncations": "texts",
    "values": "texts",
    "values_for": "fitting",
}

__all__ = [
    "Broken",
    "Cassette",
    "ConsumerMachine",
    "Push",
    "Said",
    "Say",
    "check_adapter",
    "check_all_chunkings",
    "check_consumer",
    "check_front_end",
    "check_laws",
    "check_linear",
    "chunkings",
    "damaged",
    "documents",
    "documents_for",
    "models",
    "provider_streams",
    "sayings",
    "truncations",
    "values",
    "values_for",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_NAMES[name]}")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError(
            f"partialjson.testing.{name} needs the package hypothesis: pip install 'partialjson-live[testing]'",
            name="hypothesis",
        ) from error
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
