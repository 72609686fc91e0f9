"""The tools and the output format of a request, as targets of what the response brings.

Whoever sends a request has already said what the arguments of each tool look like: in the list of tools, as JSON
Schemas. ``tool_targets`` reads those lists, so that nobody has to say it twice. The spelling depends on the provider
and is recognised by the fields that an entry has:

    {"type": "function", "function": {"name", "parameters"}}         Chat Completions, Mistral, Ollama, Cohere
    {"type": "function", "name", "parameters"}                       Responses, Realtime, Interactions
    {"type": "namespace", "name", "tools": [...]}                    Responses
    {"type": "custom", "custom": {"name"}}, {"type": "custom", "name"}   free text, OpenAI
    {"name", "input_schema"}                                         Anthropic
    {"functionDeclarations": [{"name", "parameters" or "parametersJsonSchema"}]}   Gemini
    {"toolSpec": {"name", "inputSchema": {"json"}}}                  Bedrock
    {"name", "inputSchema"}                                          Model Context Protocol

An entry may be a mapping or an object of an SDK. The tools of agent libraries (OpenAI Agents SDK, FastMCP) are objects
with functions in them; their name and their schema are attributes.

The ``parameters`` of Gemini are not JSON Schema but a subset of the Schema Object of OpenAPI 3.0; ``from_openapi``
translates them. Tools that the provider runs itself have no schema here; they are skipped, or if they have a name,
their arguments become plain JSON values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from typing import Any, Final, get_origin

__all__ = ["from_openapi", "output_target", "tool_targets"]

_SPELLINGS: Final = (
    "expected an entry of a request's list of tools, such as "
    '{"type": "function", "function": {"name": ..., "parameters": {...}}} or {"name": ..., "input_schema": {...}}'
)

_TOOLS: Final = "tools is a mapping from names to targets, or the list of tools of a request"


def tool_targets(tools: Mapping[str, Any] | Iterable[Any] | None) -> dict[str, Any]:
    """The targets of calls, by the names of the tools; None where there is nothing to be fitted.

    Args:
        tools: a mapping from names to targets, which is returned as it is; or the list of tools of a request. The
            ``toolConfig`` of Bedrock, which has its list under "tools", will do too, and so will what a server of the
            Model Context Protocol answers to ``tools/list``.

    Raises:
        TypeError: an entry is not in any of the known spellings, or two tools have the same name.
    """
    if tools is None:
        return {}
    listed = tools.get("tools") if isinstance(tools, Mapping) else getattr(tools, "tools", None)
    if isinstance(listed, (list, tuple)):
        tools = listed
    elif isinstance(tools, Mapping):
        return dict(tools)
    if isinstance(tools, type) or get_origin(tools) is not None:
        name = tools.__name__ if isinstance(tools, type) else str(tools)
        raise TypeError(f'{_TOOLS}, not the type {name}: write {{"{name}": {name}}}')
    if isinstance(tools, (str, bytes, bytearray)):
        raise TypeError(f"{_TOOLS}, not {tools!r}")
    if not isinstance(tools, Iterable):
        raise TypeError(f"{_TOOLS}, not {type(tools).__name__}")
    found: dict[str, Any] = {}
    for number, entry in enumerate(tools):
        for name, target in _entry(entry, f"tools[{number}]"):
            if name in found:
                raise TypeError(f"tools[{number}]: there is already a tool {name!r}")
            found[name] = target
    return found


def output_target(output: Any) -> Any:
    """The target of the structured output: what was given, or the schema inside what a request says about it.

    Those are ``response_format`` of Chat Completions and others, ``text`` of Responses, ``output_format`` and
    ``output_config`` of Anthropic, and Gemini's ``generationConfig``: mappings with a "type" of "json_schema",
    "json_object" or "text", perhaps under "format", or with a "responseSchema" or "responseJsonSchema".

    Raises:
        TypeError: such a mapping has no schema where it must have one.
    """
    if not isinstance(output, Mapping):
        return output
    if isinstance(output.get("format"), Mapping):
        output = output["format"]
    schema = _first(output, "responseJsonSchema", "response_json_schema")
    if schema is None:
        schema = from_openapi(_first(output, "responseSchema", "response_schema"))
    if schema is not None:
        return schema
    kind = output.get("type")
    if kind == "json_schema":
        inner = output.get("json_schema", output)
        schema = _first(inner, "schema", "schema_definition") if isinstance(inner, Mapping) else None
        if not isinstance(schema, (Mapping, bool)):
            raise TypeError('output: a format of type "json_schema" has the JSON Schema under "schema"')
        return schema
    if kind == "json_object":
        schema = _first(output, "schema", "json_schema")
        return Any if schema is None else schema
    return None if kind == "text" else output


def _entry(entry: Any, place: str) -> Iterable[tuple[str, Any]]:
    """The names and targets in one entry of a list."""
    if callable(entry) and not isinstance(entry, type) and hasattr(entry, "__name__"):
        # Some SDKs accept functions and describe them to the model themselves.
        return [(str(entry.__name__), None)]
    tool = _plain(entry)
    tool = _of_agent(entry) if tool is None else tool
    if tool is None and isinstance(entry, type):
        name = entry.__name__
        raise TypeError(
            f"{place}: {_SPELLINGS}, not the class {name}; for types, tools is a mapping from the names of tools: "
            f'{{"name": {name}}}'
        )
    if tool is None:
        raise TypeError(f"{place}: {_SPELLINGS}, not {type(entry).__name__}")
    declared = _first(tool, "functionDeclarations", "function_declarations")
    if declared is not None:
        return [_declaration(each, f"{place}.functionDeclarations[{i}]") for i, each in enumerate(declared)]
    if "toolSpec" in tool:
        spec = _inside(tool, "toolSpec", place)
        schema = _plain(spec.get("inputSchema")) or {}
        return [(_name(spec, f"{place}.toolSpec"), schema.get("json"))]
    kind = tool.get("type")
    if kind == "namespace" and isinstance(tool.get("tools"), (list, tuple)):
        return [pair for i, each in enumerate(tool["tools"]) for pair in _entry(each, f"{place}.tools[{i}]")]
    if "function" in tool:
        function = _inside(tool, "function", place)
        return [(_name(function, f"{place}.function"), function.get("parameters"))]
    if "custom" in tool:
        return [(_name(_inside(tool, "custom", place), f"{place}.custom"), None)]
    schema = _first(tool, "parameters", "input_schema", "inputSchema")
    if isinstance(tool.get("name"), str) and (schema is not None or isinstance(kind, str)):
        return [(tool["name"], schema)]
    if isinstance(kind, str) or (len(tool) == 1 and "name" not in tool):
        # A tool that the provider runs: {"type": "web_search"}, {"googleSearch": {}}.
        return []
    raise TypeError(f"{place}: {_SPELLINGS}, not a mapping with the keys {', '.join(map(repr, tool)) or '(none)'}")


def _declaration(declaration: Any, place: str) -> tuple[str, Any]:
    function = _plain(declaration)
    if function is None:
        raise TypeError(f"{place}: expected a function declaration, not {type(declaration).__name__}")
    schema = _first(function, "parametersJsonSchema", "parameters_json_schema")
    if schema is None and function.get("parameters") is not None:
        schema = from_openapi(function["parameters"])
    return _name(function, place), schema


def _inside(tool: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    inner = _plain(tool[key])
    if inner is None:
        raise TypeError(f"{place}.{key}: expected a mapping, not {type(tool[key]).__name__}")
    return inner


def _name(tool: Mapping[str, Any], place: str) -> str:
    name = tool.get("name")
    if not isinstance(name, str):
        raise TypeError(f"{place}: expected a tool with a name, found {'none' if name is None else repr(name)}")
    return name


def _first(tool: Mapping[str, Any], *keys: str) -> Any:
    return next((tool[key] for key in keys if tool.get(key) is not None), None)


def _plain(entry: Any) -> Mapping[str, Any] | None:
    """A mapping as it is, an object of an SDK as one; None for anything else."""
    if isinstance(entry, Mapping):
        return entry
    dump = getattr(entry, "model_dump", None)
    if dump is None or isinstance(entry, type):
        return None
    try:
        dumped: dict[str, Any] = dump(mode="json", by_alias=True, exclude_unset=True)
    except Exception:  # it holds what JSON does not have, such as a function
        return None
    return dumped


def _of_agent(entry: Any) -> Mapping[str, Any] | None:
    """A tool of an agent library, by its name and its schema, as a mapping; None for anything else."""
    name = getattr(entry, "name", None)
    if isinstance(entry, type) or not isinstance(name, str):
        return None
    found = (getattr(entry, attribute, None) for attribute in ("params_json_schema", "parameters", "input_schema"))
    schema = next((each for each in found if isinstance(each, Mapping)), None)
    if schema is None and not is_dataclass(entry):
        return None
    return {"type": "tool", "name": name, "parameters": schema}


# OpenAPI.

_CAMEL: Final = {
    "additional_properties": "additionalProperties",
    "any_of": "anyOf",
    "max_items": "maxItems",
    "max_length": "maxLength",
    "max_properties": "maxProperties",
    "min_items": "minItems",
    "min_length": "minLength",
    "min_properties": "minProperties",
    "defs": "$defs",
    "ref": "$ref",
}
_COUNTS: Final = frozenset({"maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"})


def from_openapi(schema: Any) -> Any:
    """The JSON Schema for a schema of Gemini: types in capitals, ``nullable``, counts as strings of digits.

    What is JSON Schema already stays what it is. Names are accepted as the API spells them and as its SDK for Python
    does. What JSON Schema does not know, such as ``propertyOrdering``, is kept; validators ignore it.

    Source: https://ai.google.dev/api/caching#Schema
    """
    given = _plain(schema)
    if given is None:
        return schema
    made: dict[str, Any] = {}
    for key, value in given.items():
        keyword = _CAMEL.get(key, key)
        if value is None or keyword == "nullable":
            continue
        if keyword == "type":
            made["type"] = _lowered(value)
        elif keyword in _COUNTS and isinstance(value, str) and value.isdigit():
            made[keyword] = int(value)
        elif keyword in ("properties", "$defs") and isinstance(value, Mapping):
            made[keyword] = {name: from_openapi(inner) for name, inner in value.items()}
        elif keyword == "anyOf" and isinstance(value, (list, tuple)):
            made[keyword] = [from_openapi(inner) for inner in value]
        elif keyword in ("items", "additionalProperties"):
            made[keyword] = from_openapi(value)
        else:
            made[keyword] = value
    if made.get("type") == "type_unspecified":
        del made["type"]
    return {"anyOf": [made, {"type": "null"}]} if given.get("nullable") is True else made


def _lowered(types: Any) -> Any:
    if isinstance(types, str):
        return types.lower()
    return [_lowered(each) for each in types] if isinstance(types, (list, tuple)) else types
