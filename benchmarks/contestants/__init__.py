"""Who reads: every library, each in one class that says how to make it, how to feed it, and what it can do.

``face`` has what all have in common, ``ours`` this project and the one-shot calls everything is measured against,
``parsers`` the other parsers of JSON, ``typed`` those that make objects of a model, ``providers`` those that read what
a provider sends. The clock (``benchmarks.measure``) and the probes of the comparison (``benchmarks.probes``) both use
these classes.
"""

from __future__ import annotations

from benchmarks.contestants import ours, parsers, providers, typed
from benchmarks.contestants.face import Contestant
from benchmarks.workloads import Workload

__all__ = ["ALL", "BASELINES", "BY_KEY", "COMPARED", "Contestant", "for_workload", "key"]

ALL: tuple[type[Contestant], ...] = (
    ours.JsonLoads,
    ours.ValidateJson,
    providers.EventData,
    ours.PartialJson,
    ours.PartialJsonDefault,
    ours.PartialJsonBytes,
    ours.PartialJsonStream,
    ours.PartialJsonInterpreted,
    ours.PartialJsonTyped,
    ours.PartialJsonTypedDefault,
    ours.PartialJsonTypedStream,
    ours.PartialJsonUntyped,
    ours.PartialJsonTypedInterpreted,
    providers.Message,
    providers.MessageTimed,
    providers.MessageInterpreted,
    providers.MessageOfSdk,
    parsers.StreamingJsonParser,
    parsers.StreamingJsonParserPure,
    parsers.IjsonEvents,
    parsers.IjsonItems,
    ours.JiterOnce,
    ours.OrJson,
    parsers.JiterAgain,
    parsers.PydanticCoreAgain,
    parsers.JsonMend,
    parsers.ParseBrokenJson,
    parsers.JsonRiver,
    parsers.JsonStreamParser,
    parsers.PartialJsonParserAgain,
    parsers.JsonRepairAgain,
    parsers.JsonCurrent,
    typed.PydanticTypedDict,
    typed.PydanticOptional,
    typed.InstructorPartial,
    typed.OpenAiHelper,
    typed.AnthropicHelper,
    typed.AnthropicInput,
    typed.LangChainParser,
    providers.HttpxSse,
    providers.BareSdk,
    providers.SdkHelper,
)
"""In the order of the tables."""

BASELINES = frozenset(["json.loads", "model_validate_json", providers.EventData.name])
"""Contestants that others are divided by; they run in every workload of their kind."""


def for_workload(workload: Workload) -> list[type[Contestant]]:
    """Who can take a workload, baseline first."""
    return [contestant for contestant in ALL if contestant.takes(workload)]


def key(contestant: type[Contestant]) -> str:
    """The name of a contestant's class: unique, where names repeat between typed and untyped."""
    return contestant.__name__


BY_KEY: dict[str, type[Contestant]] = {key(contestant): contestant for contestant in ALL}

COMPARED: dict[str, type[Contestant]] = {contestant.compared: contestant for contestant in ALL if contestant.compared}
"""Those of the comparison, by their names there."""
