"""Pydantic targets for the guided cases, out of BAML's classes and enums and the type expressions of its tests.

class Resume {                          FieldType::list(FieldType::class("Resume"))
  name string @alias("full name")
  skills (string | Skill)[]
  year int?
}
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field, create_model

_BLOCK = re.compile(r"(class|enum)\s+(\w+)\s*\{(.*?)\n?\s*\}", re.S)
_ALIAS = re.compile(r"""@alias\(\s*(?:"([^"]*)"|([^)]*?))\s*\)""")
_TOKEN = re.compile(r"\s*(\w+|\[\]|[?|(),<>]|\"[^\"]*\")")
_PRIMITIVES: dict[str, Any] = {"string": str, "int": int, "float": float, "bool": bool, "null": None}


class NoSchema(Exception):
    """The case names a class that it does not have."""


def target_of(schema: str | None, expression: str) -> Any:
    """The type that a case asks for.

    Raises:
        NoSchema: it has no schema for it.
    """
    types = _types_of(schema or "")
    text = re.sub(r"\.(?:to_string|into|clone)\(\)", "", expression)
    text = text.replace("vec![", "[").replace("FieldType::", "T.").replace("TypeValue::", "V.")
    text = text.replace("LiteralValue::", "L.").replace("(true)", "(True)").replace("(false)", "(False)")
    text = re.sub(r"\bT\.(\w)", lambda found: "T." + found.group(1).lower(), text)
    text = text.replace("T.class(", "T.class_(")
    made: _Made = eval(text, {"T": _Types(types), "V": _Values, "L": _Literals})
    return made.type


class _Made:
    def __init__(self, type: Any) -> None:
        self.type = type

    def as_list(self) -> _Made:
        return _Made(list[self.type])  # type: ignore[name-defined]


class _Values:
    String, Int, Float, Bool, Null = str, int, float, bool, None


class _Literals:
    String = Int = Bool = staticmethod(lambda value: value)


class _Types:
    def __init__(self, types: dict[str, Any]) -> None:
        self.types = types

    def primitive(self, type: Any) -> _Made:
        return _Made(type)

    def string(self) -> _Made:
        return _Made(str)

    def int(self) -> _Made:
        return _Made(int)

    def float(self) -> _Made:
        return _Made(float)

    def bool(self) -> _Made:
        return _Made(bool)

    def literal(self, value: Any) -> _Made:
        return _Made(Literal[value])

    def list(self, inside: _Made) -> _Made:
        return inside.as_list()

    def optional(self, inside: _Made) -> _Made:
        return _Made(inside.type | None)

    def map(self, keys: _Made, values: _Made) -> _Made:
        return _Made(dict[keys.type, values.type])  # type: ignore[name-defined]

    def union(self, branches: Any) -> _Made:
        return _Made(Union[tuple(each.type for each in branches)])  # noqa: UP007 - of any number

    def enum(self, name: str) -> _Made:
        return self.class_(name)

    def class_(self, name: str) -> _Made:
        if name not in self.types:
            raise NoSchema(name)
        return _Made(self.types[name])


def _types_of(schema: str) -> dict[str, Any]:
    blocks = {name: (kind, body) for kind, name, body in _BLOCK.findall(re.sub(r"//[^\n]*", "", schema))}
    types: dict[str, Any] = {}
    for name, (kind, body) in blocks.items():
        if kind == "enum":
            members = {}
            for line in filter(None, map(str.strip, body.splitlines())):
                member = line.split()[0]
                members[member] = _alias(line) or member
            types[name] = Enum(name, members)
    models: dict[str, Any] = {}
    for name, (kind, body) in blocks.items():
        if kind == "class":
            fields: dict[str, Any] = {}
            for line in filter(None, map(str.strip, body.splitlines())):
                member, _, rest = line.partition(" ")
                alias = _alias(rest)
                spelled = re.sub(r"@\w+(\([^)]*\))?", "", rest)
                written = _spelled(spelled, types.keys() | blocks.keys())
                default = Field(validation_alias=alias) if alias else ...
                fields[member] = (written, default if "?" not in spelled or alias else None)
            models[name] = create_model(
                name, __config__=ConfigDict(populate_by_name=True), __module__=__name__, **fields
            )
    names = {**types, **models, "Optional": Optional, "Union": Union}
    for model in models.values():
        model.model_rebuild(_types_namespace=names)
    return {**types, **models}


def _alias(line: str) -> str | None:
    found = _ALIAS.search(line)
    return None if found is None else found.group(1) or found.group(2)


def _spelled(written: str, names: Any) -> str:
    """A BAML type as a Python annotation."""
    tokens = _TOKEN.findall(written)
    at = 0

    def union() -> str:
        nonlocal at
        parts = [one()]
        while at < len(tokens) and tokens[at] == "|":
            at += 1
            parts.append(one())
        return parts[0] if len(parts) == 1 else f"Union[{', '.join(parts)}]"

    def one() -> str:
        nonlocal at
        token: str = tokens[at]
        at += 1
        if token == "(":
            found = union()
            at += 1
        elif token == "map":
            at += 1
            keys = union()
            at += 1
            values = union()
            at += 1
            found = f"dict[{keys}, {values}]"
        else:
            plain = {"string": "str", "int": "int", "float": "float", "bool": "bool", "null": "None"}
            found = plain.get(token) or token
            if found not in names and token not in plain:
                raise NoSchema(token)
        while at < len(tokens) and tokens[at] in ("[]", "?"):
            found = f"list[{found}]" if tokens[at] == "[]" else f"Optional[{found}]"
            at += 1
        return found

    return union()


def as_json(value: Any) -> Any:
    """A result as the cases write it: fields and members by their names in the program."""
    if isinstance(value, BaseModel):
        return {name: as_json(each) for name, each in value.__dict__.items()}
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value
