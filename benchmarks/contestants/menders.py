"""Who mends broken JSON: the libraries of ``benchmarks/lenient.py``, each used as it is meant to be on a stream.

BAML reads into a type that it must be given; it gets that of the benchmark's documents, ``ORDER_BAML``.
"""

from __future__ import annotations

import os
import types
from functools import partial
from typing import Any, ClassVar

from benchmarks.contestants.face import Chunk, Reparser, State, load
from benchmarks.contestants.ours import PartialJson
from benchmarks.contestants.parsers import JsonMend, JsonRepairAgain, ParseBrokenJson, PartialJsonParserAgain

__all__ = ["MENDERS", "Told"]

Told = list[tuple[str, int | None]]
"""What was mended, and where in the text, if that is told."""

ORDER_BAML = """
class Line {
  sku string
  name string
  price float
  count int
  gift bool
  tags string[]
  note string?
}
class Order {
  customer string
  open bool
  discount float?
  lines Line[]
  remark string
}
client<llm> Nobody {
  provider openai
  options {
    model "none"
    api_key "none"
  }
}
function Read(text: string) -> Order {
  client Nobody
  prompt #"{{ ctx.output_format }} {{ text }}"#
}
"""


class PartialJsonLenient(PartialJson):
    name = "partialjson"
    caveat = "`lenient=True, select=[]`"
    call = "`Parser(lenient=True).feed(chunk)`, `.value`; `.end()`, its `repairs`"

    def start(self) -> State:
        return self._parser(select=self.select, lenient=True)

    def once(self, chunk: Chunk) -> Any:
        parser = self.start()
        parser.feed(chunk)
        return parser.close()


class Whole(Reparser):
    """One function for prefixes and for the whole text."""

    def once(self, chunk: Chunk) -> Any:
        return self.final(chunk)


class JsonRepair(Whole, JsonRepairAgain):
    name = "json_repair"
    call = "`loads(text)` with all text so far"
    caveat = "re-reads"

    def prepare(self) -> None:
        super().prepare()
        self.parse = self.final


class JsonRepairStable(JsonRepair):
    name = "json_repair, stream_stable"
    call = "`loads(text, stream_stable=True)` with all text so far; at the end `loads(text)`"

    def prepare(self) -> None:
        super().prepare()
        self.parse = partial(self.final, stream_stable=True)


class FastJsonRepair(Whole):
    name = "fast-json-repair"
    distribution = "fast-json-repair"
    repairs = True
    caveat = "re-reads; Rust"
    call = "`loads(text)` with all text so far"

    def prepare(self) -> None:
        module = load("fast_json_repair")
        self.parse = self.final = module.loads
        self._repair: Any = module.repair_json

    def told(self, text: str) -> Told | None:
        log = self._repair(text, return_objects=True, logging=True)[1]
        return [(entry["type"], entry["position"]) for entry in log]


class FastJsonRepairStable(FastJsonRepair):
    name = "fast-json-repair, stream_stable"
    call = "`loads(text, stream_stable=True)` with all text so far; at the end `loads(text)`"

    def prepare(self) -> None:
        super().prepare()
        self.parse = partial(self.final, stream_stable=True)


class PartialJsonParser(Whole, PartialJsonParserAgain):
    name = "partial-json-parser"
    caveat = "re-reads; completes, does not mend"
    call = "`loads(text)` with all text so far"

    def prepare(self) -> None:
        super().prepare()
        self.final = self.parse


class JsonMendStream(JsonMend):
    caveat = "goes on"

    def once(self, chunk: Chunk) -> Any:
        state = self.start()
        state[0].feed(chunk)
        return state[0].close()


class ParseBrokenJsonStream(ParseBrokenJson):
    caveat = "goes on"

    def once(self, chunk: Chunk) -> Any:
        state = self.start()
        state.feed(chunk)
        return self.finish(state)


class Baml(Whole):
    """What an application with BAML calls on a model's text, without the model."""

    name = "BAML"
    distribution = "baml-py"
    repairs = True
    caveat = "re-reads; Rust; into a type"
    call = (
        "`b.parse.Read(text)` and `b.parse_stream.Read(text)` with all text so far: the runtime's `parse_llm_response`"
    )

    FIELDS: ClassVar[dict[str, tuple[str, ...]]] = {
        "Line": ("sku", "name", "price", "count", "gift", "tags", "note"),
        "Order": ("customer", "open", "discount", "lines", "remark"),
    }

    def prepare(self) -> None:
        os.environ.setdefault("BAML_LOG", "off")
        pydantic = load("pydantic")
        classes: Any = types.ModuleType("classes")
        # As its generator makes them for a stream: everything may be absent yet.
        for name, fields in self.FIELDS.items():
            made = pydantic.create_model(name, **dict.fromkeys(fields, (Any, None)))
            setattr(classes, name, made)
        runtime = load("baml_py").BamlRuntime.from_files(".", {"main.baml": ORDER_BAML}, {})
        context = runtime.create_context_manager()

        def parse(text: str, partials: bool) -> Any:
            return runtime.parse_llm_response(
                "Read", text, classes, classes, classes, partials, context, None, None, {}
            )

        self.parse = partial(parse, partials=True)
        self.final = partial(parse, partials=False)

    def cut(self, state: State) -> Any:
        """What has come stays partial; the type would refuse it."""
        return self.shown(state)


MENDERS: tuple[type[Any], ...] = (
    PartialJsonLenient,
    JsonRepair,
    JsonRepairStable,
    FastJsonRepair,
    FastJsonRepairStable,
    JsonMendStream,
    ParseBrokenJsonStream,
    PartialJsonParser,
    Baml,
)
"""In the order of the table, this project first."""
