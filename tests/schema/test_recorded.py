"""Tool calls as models gave them, with the schemas of their requests: what jsonschema accepts, the parser accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema

from partialjson import Complete, Failed, Parser, Schema, Violation
from support.corpus import corpus_folder


def recorded() -> Iterator[tuple[Any, str]]:
    """Schemas, and texts of arguments."""
    for name in ("streams", "streams_synthetic"):
        for path in sorted(corpus_folder(name).rglob("*.json")):
            sidecar = json.loads(path.read_bytes())
            if not isinstance(sidecar, dict):
                continue
            tools = (sidecar.get("request") or {}).get("tools") or []
            # Gemini's own dialect is translated elsewhere.
            schemas = {tool["name"]: tool.get("schema") for tool in tools if tool.get("dialect") != "gemini-openapi"}
            for call in sidecar.get("expected_tool_calls") or []:
                schema, text = schemas.get(call.get("name")), call.get("arguments_raw")
                if (
                    isinstance(schema, dict)
                    and isinstance(text, str)
                    and text
                    and isinstance(call.get("arguments"), dict)
                ):
                    yield schema, text
    for case in json.loads((corpus_folder("toolcalls") / "bfcl_parallel.json").read_bytes()):
        schemas = {tool["name"]: tool["parameters"] for tool in case["tools"]}
        for call in case["calls"]:
            yield schemas[call["name"]], json.dumps(call["arguments"], ensure_ascii=False)


def test_recorded_calls_end_as_jsonschema_says() -> None:
    accepted = refused = 0
    for contents, text in recorded():
        schema = Schema(contents)
        is_valid = jsonschema.Draft202012Validator(contents).is_valid(json.loads(text))
        for chunks in ([text], [text[at : at + 4] for at in range(0, len(text), 4)]):
            parser: Parser[Any] = Parser(schema)
            early = [event for chunk in chunks for event in parser.feed(chunk) if isinstance(event, Violation)]
            outcome = parser.end()
            assert isinstance(outcome, Complete if is_valid else Failed), (contents, text)
            assert not (is_valid and early)
        accepted += is_valid
        refused += not is_valid
    assert accepted >= 716
    assert refused == 3
