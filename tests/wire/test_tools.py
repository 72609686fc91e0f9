"""Lists of tools and output formats, as requests spell them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson.wire.tools import from_openapi, output_target, tool_targets
from support.sdks import sdk

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAPI = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
ONE = {"get_weather": CITY}

SPELLINGS: dict[str, tuple[Any, dict[str, Any]]] = {
    "chat": ([{"type": "function", "function": {"name": "get_weather", "parameters": CITY, "strict": True}}], ONE),
    "responses": ([{"type": "function", "name": "get_weather", "parameters": CITY, "strict": True}], ONE),
    "anthropic": ([{"name": "get_weather", "description": "The weather.", "input_schema": CITY}], ONE),
    "anthropic, with a type": ([{"type": "custom", "name": "get_weather", "input_schema": CITY}], ONE),
    "gemini": ([{"functionDeclarations": [{"name": "get_weather", "parameters": OPENAPI}]}], ONE),
    "gemini, JSON Schema": ([{"functionDeclarations": [{"name": "get_weather", "parametersJsonSchema": CITY}]}], ONE),
    "gemini, as its SDK spells it": (
        [{"function_declarations": [{"name": "get_weather", "parameters_json_schema": CITY}]}],
        ONE,
    ),
    "bedrock": ([{"toolSpec": {"name": "get_weather", "inputSchema": {"json": CITY}}}], ONE),
    "bedrock, with its frame": ({"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": CITY}}}]}, ONE),
    "mcp": ([{"name": "get_weather", "title": "Weather", "inputSchema": CITY}], ONE),
    "a namespace": (
        [{"type": "namespace", "name": "sky", "tools": [{"type": "function", "name": "get_weather"}]}],
        {"get_weather": None},
    ),
    "no parameters": ([{"type": "function", "function": {"name": "now"}}], {"now": None}),
    "null parameters": ([{"type": "function", "name": "now", "parameters": None}], {"now": None}),
    "an empty schema": ([{"name": "now", "input_schema": {}}], {"now": {}}),
    "free text": ([{"type": "custom", "custom": {"name": "python"}}], {"python": None}),
    "free text of responses": ([{"type": "custom", "name": "python", "format": {"type": "text"}}], {"python": None}),
    "run by the provider": ([{"type": "web_search"}, {"googleSearch": {}}, {"cachePoint": {"type": "default"}}], {}),
    "run by the provider, with a name": ([{"type": "bash_20250124", "name": "bash"}], {"bash": None}),
    "two": (
        [{"name": "a", "input_schema": CITY}, {"name": "b", "input_schema": True}],
        {"a": CITY, "b": True},
    ),
    "none": (None, {}),
    "an empty list": ([], {}),
    "a mapping": ({"get_weather": CITY, "order": int}, {"get_weather": CITY, "order": int}),
}


@pytest.mark.parametrize(("given", "targets"), SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling(given: Any, targets: dict[str, Any]) -> None:
    assert tool_targets(given) == targets


LISTS = {name: case for name, case in SPELLINGS.items() if isinstance(case[0], list)}


@pytest.mark.parametrize(("given", "targets"), LISTS.values(), ids=LISTS)
def test_any_iterable_of_entries(given: list[Any], targets: dict[str, Any]) -> None:
    assert tool_targets(iter(given)) == tool_targets(tuple(given)) == targets


def test_a_function() -> None:
    def get_weather(city: str) -> str:
        return city

    assert tool_targets([get_weather]) == {"get_weather": None}


@dataclass
class Own:
    """A tool of an agent library, which holds the function that it calls."""

    name: str
    params_json_schema: Any = None
    run: Any = print

    def model_dump(self, **how: Any) -> Any:
        raise TypeError("a function cannot be dumped")


def test_tools_of_agent_libraries() -> None:
    assert tool_targets([Own("get_weather", CITY), Own("web_search")]) == {"get_weather": CITY, "web_search": None}
    fast = SimpleNamespace(name="get_weather", parameters=CITY, fn=print)
    assert tool_targets([fast, {"type": "custom", "name": "python"}]) == {"get_weather": CITY, "python": None}
    for other in (Path("get_weather"), Own, SimpleNamespace(name=3, parameters=CITY)):
        with pytest.raises(TypeError, match=r"tools\[0\]: expected an entry"):
            tool_targets([other])


def test_what_a_server_answers() -> None:
    answer: Any = SimpleNamespace(tools=[{"name": "get_weather", "inputSchema": CITY}], nextCursor=None)
    assert tool_targets(answer) == ONE
    answer.tools = []
    assert tool_targets(answer) == {}


BAD: dict[str, tuple[Any, str]] = {
    "a text": ("get_weather", "a mapping from names to targets, or the list of tools"),
    "a number": ([1], r"tools\[0\]: expected an entry .*, not int"),
    "a class": ([dict], r"tools\[0\]: expected an entry .*, not the class dict; .*: \{\"name\": dict\}"),
    "other keys": ([{"a": 1, "b": 2}], r"tools\[0\]: .* not a mapping with the keys 'a', 'b'"),
    "no keys": ([{}], r"tools\[0\]: .* not a mapping with the keys \(none\)"),
    "no name": ([{"type": "function", "function": {"parameters": {}}}], r"tools\[0\].function: .* found none"),
    "a name that is no text": ([{"toolSpec": {"name": 5}}], r"tools\[0\].toolSpec: .* found 5"),
    "no function": ([{"type": "function", "function": None}], r"tools\[0\].function: expected a mapping, not NoneType"),
    "a declaration": ([{"functionDeclarations": ["f"]}], r"tools\[0\].functionDeclarations\[0\]: .* not str"),
    "a name alone": ([{"name": "a", "schema": CITY}], r"tools\[0\]: .* not a mapping with the keys 'name', 'schema'"),
    "twice": (
        [{"type": "custom", "name": "a"}, {"name": "a", "input_schema": {}}],
        r"tools\[1\]: there is already a tool 'a'",
    ),
}


@pytest.mark.parametrize(("given", "message"), BAD.values(), ids=BAD)
def test_what_is_no_list_of_tools(given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        tool_targets(given)


def test_objects_of_sdks() -> None:
    types = sdk("google.genai.types")
    declaration = types.FunctionDeclaration(name="get_weather", parameters=types.Schema(**OPENAPI))
    assert tool_targets([types.Tool(function_declarations=[declaration])]) == ONE
    null = {"type": "object", "properties": {"city": {"const": None}}}
    declaration = types.FunctionDeclaration(name="get_weather", parameters_json_schema=null)
    assert tool_targets([types.Tool(function_declarations=[declaration])]) == {"get_weather": null}


def test_objects_of_cohere() -> None:
    cohere = sdk("cohere")
    tool = cohere.ToolV2(function=cohere.ToolV2Function(name="get_weather", parameters=CITY))
    assert tool_targets([tool]) == ONE


OPENAPIS: dict[str, tuple[Any, Any]] = {
    "types": ({"type": "ARRAY", "items": {"type": "INTEGER"}}, {"type": "array", "items": {"type": "integer"}}),
    "counts": (
        {"type": "STRING", "maxLength": "5", "min_length": 1},
        {"type": "string", "maxLength": 5, "minLength": 1},
    ),
    "nullable": ({"type": "STRING", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "nullable members": (
        {"type": "STRING", "enum": ["a"], "nullable": True},
        {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
    ),
    "not nullable": ({"type": "STRING", "nullable": False}, {"type": "string"}),
    "branches": ({"any_of": [{"type": "STRING"}, {"type": "NULL"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "unspecified": ({"type": "TYPE_UNSPECIFIED", "title": "Any"}, {"title": "Any"}),
    "a field called type": (
        {"type": "OBJECT", "properties": {"type": {"type": "STRING"}, "nullable": {"type": "BOOLEAN"}}},
        {"type": "object", "properties": {"type": {"type": "string"}, "nullable": {"type": "boolean"}}},
    ),
    "references": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "STRING"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
    ),
    "JSON Schema": (CITY, CITY),
    "a bool": ({"type": "OBJECT", "additionalProperties": False}, {"type": "object", "additionalProperties": False}),
}


@pytest.mark.parametrize(("given", "schema"), OPENAPIS.values(), ids=OPENAPIS)
def test_openapi(given: Any, schema: Any) -> None:
    assert from_openapi(given) == schema
    assert from_openapi(schema) == schema


FORMATS: dict[str, tuple[Any, Any]] = {
    "chat": ({"type": "json_schema", "json_schema": {"name": "city", "schema": CITY, "strict": True}}, CITY),
    "responses": ({"type": "json_schema", "name": "city", "schema": CITY}, CITY),
    "anthropic": ({"type": "json_schema", "schema": CITY}, CITY),
    "mistral's SDK": ({"type": "json_schema", "json_schema": {"name": "city", "schema_definition": CITY}}, CITY),
    "cohere": ({"type": "json_object", "schema": CITY}, CITY),
    "any JSON, with a schema": ({"type": "json_object", "json_schema": CITY}, CITY),
    "text of responses": ({"format": {"type": "json_schema", "name": "city", "schema": CITY}}, CITY),
    "anthropic's configuration": ({"format": {"type": "json_schema", "schema": CITY}}, CITY),
    "gemini": ({"responseMimeType": "application/json", "responseSchema": OPENAPI}, CITY),
    "gemini, JSON Schema": ({"temperature": 0.4, "responseJsonSchema": CITY}, CITY),
    "gemini, as its SDK spells it": ({"response_schema": OPENAPI}, CITY),
    "a schema with a format": ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
    "any JSON": ({"type": "json_object"}, Any),
    "text": ({"type": "text"}, None),
    "a schema": (CITY, CITY),
    "a schema without a type": ({"$ref": "#"}, {"$ref": "#"}),
    "a type": (int, int),
    "nothing": (None, None),
}


@pytest.mark.parametrize(("given", "target"), FORMATS.values(), ids=FORMATS)
def test_output_formats(given: Any, target: Any) -> None:
    assert output_target(given) == target


def test_a_format_without_its_schema() -> None:
    with pytest.raises(TypeError, match='has the JSON Schema under "schema"'):
        output_target({"type": "json_schema", "json_schema": {"name": "city"}})
