"""A schema language of plain dicts, as small as can be: the second maker of targets, beside pydantic.

    {"is": "record", "title": "Order", "fields": {
        "customer": {"is": "text"},
        "items": {"is": "list", "of": {"see": "Item"}, "key": "Items"},
        "state": {"is": "word", "words": ["open", "shipped"], "default": "open"},
        "pet": {"is": "either", "tag": "kind", "of": {"cat": {...}, "dog": {...}}},
    }}

``{"see": name}`` refers to a definition, so that things may lie in themselves. A field has a ``key`` in the document
where that is not its name, is required unless it has a ``default``, and may be ``secret``. ``or_null`` allows null.

A `Toy` is given to a `Parser` like a type. It is written in the library's own terms only (`Target`, `Plan`, `Spec`):
what works with it needs no pydantic.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from partialjson._core.plan import FIRST, Child, Failure, Plan, Shape, Switch
from partialjson._core.spec import ARRAY, BOOLEAN, INTEGER, NO_DEFAULT, NULL, NUMBER, OBJECT, STRING, Field, Spec
from partialjson._core.target import Options, Target

SCALARS = {
    "text": (STRING, "a text"),
    "count": (INTEGER | NUMBER, "a count"),
    "number": (NUMBER, "a number"),
    "flag": (BOOLEAN, "a flag"),
}


class ToyError(ValueError):
    """What is wrong with a document, and where inside the value."""

    def __init__(self, lines: list[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, path)) or 'value'}: {msg}" for path, msg in lines))
        self.lines = lines


class Record:
    """A complete record: its fields as attributes."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({vars(self)})"

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Growing:
    """A record that has begun: a view of the dict that the parser fills."""

    def __init__(self, members: dict[str, Any], options: Options) -> None:
        self._members = members
        self._missing = options.missing

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._members.get(name, self._missing)

    def __repr__(self) -> str:
        return f"Growing({self._members})"


class Toy:
    """A schema of the toy language: what is at the root, and the definitions it may refer to."""

    def __init__(self, schema: dict[str, Any], **definitions: dict[str, Any]) -> None:
        self.schema = schema
        self.definitions = definitions
        self.specs: dict[int, Spec] = {}
        self.plans: dict[int, Plan] = {}
        self.filled = 0

    def __partialjson_target__(self, options: Options) -> Target:
        if options.are_of_validation:
            raise TypeError("the toy language has no options")
        written = json.dumps([self.schema, self.definitions])
        return Target(self, self.plan(self.schema), options, self.spec(self.schema), written)

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self.definitions[schema["see"]] if "see" in schema else schema

    # What there may be.

    def spec(self, schema: dict[str, Any]) -> Spec:
        schema = self.resolve(schema)
        return self.specs.setdefault(id(schema), Spec(self.fill, schema))

    def fill(self, spec: Spec, schema: dict[str, Any]) -> None:
        self.filled += 1
        kind = schema["is"]
        spec.nullable = schema.get("or_null", False)
        spec.title = schema.get("title", "")
        spec.description = schema.get("about", "")
        spec.noun = spec.title or f"a {kind}"
        notes = {"writeOnly": True} if schema.get("secret") else {}
        if kind in SCALARS:
            spec.usual, spec.noun = SCALARS[kind]
            spec.limits = {"maxLength": schema["longest"]} if "longest" in schema else {}
            spec.lead(notes=notes)
        elif kind == "word":
            spec.usual = STRING
            spec.words = [(word, word) for word in schema["words"]]
            spec.lead(notes=notes)
        elif kind == "list":
            spec.usual = ARRAY
            spec.limits = {"maxItems": schema["most"]} if "most" in schema else {}
            spec.lead(items=self.spec(schema["of"]))
        elif kind == "map":
            spec.usual = OBJECT
            spec.lead(rest=self.spec(schema["of"]))
        elif kind == "record":
            spec.usual = OBJECT
            spec.fields = {name: self.field(name, each) for name, each in schema["fields"].items()}
            spec.keys = frozenset(each.get("key", name) for name, each in schema["fields"].items())
            spec.lead()
        else:
            spec.usual = OBJECT
            spec.tag = schema["tag"]
            spec.tags = {tag: self.spec(each) for tag, each in schema["of"].items()}
            spec.lead(branches=list(spec.tags.values()))
        spec.kinds = spec.usual | (NULL if spec.nullable else 0)

    def field(self, name: str, schema: dict[str, Any]) -> Field:
        spec = self.spec(schema)
        return Field(
            name,
            ((schema.get("key", name),),),
            spec,
            "default" not in schema,
            description=schema.get("about", ""),
            default=schema.get("default", NO_DEFAULT),
        )

    # What to do with it.

    def plan(self, schema: dict[str, Any]) -> Plan:
        schema = self.resolve(schema)
        plan = self.plans.get(id(schema))
        if plan is None:
            plan = self.plans[id(schema)] = Plan(lambda text, run: self.settle(schema, json.loads(text)))
            plan.spec = self.spec(schema)
            kind = schema["is"]
            plan.preview = kind == "text"
            if kind == "list":
                plan.array = Shape(self.closer(schema, _list), {}, self.plan(schema["of"]))
            elif kind == "map":
                plan.object = Shape(self.closer(schema, _dict), {}, self.plan(schema["of"]))
            elif kind == "record":
                children = {
                    each.get("key", name): Child(name, self.plan(each), FIRST if each.get("first") else 0)
                    for name, each in schema["fields"].items()
                }
                plan.object = Shape(self.closer(schema, self.made(schema)), children, None, Growing)
            elif kind == "either":
                branches = {json.dumps(tag): self.plan(each) for tag, each in schema["of"].items()}
                plan.switch = Switch(schema["tag"], lambda text, run: branches.get(text))
        return plan

    def settle(self, schema: dict[str, Any], value: Any) -> Any:
        """A value as a whole: scalars, and what could not be followed."""
        kind = schema["is"]
        if value is None and schema.get("or_null"):
            return None
        fits = {
            "text": type(value) is str and len(value) <= schema.get("longest", 1 << 30),
            "count": type(value) is int,
            "number": type(value) in (int, float),
            "flag": type(value) is bool,
            "word": value in schema.get("words", ()),
        }.get(kind, False)
        return value if fits else Failure(ToyError([((), f"expected {self.spec(schema).filled().noun}")]))

    def closer(
        self, schema: dict[str, Any], make: Callable[[dict[str | int, Any]], Any]
    ) -> Callable[[list[str | int], list[Any], Any, Any], Any]:
        def close(keys: list[str | int], settled: list[Any], value: Any, run: Any) -> Any:
            children = dict(zip(keys, settled, strict=True))
            lines: list[tuple[tuple[str | int, ...], str]] = [
                ((key, *path), msg)
                for key, child in children.items()
                if isinstance(child, Failure) and isinstance(child.error, ToyError)
                for path, msg in child.error.lines
            ]
            if len(children) > schema.get("most", 1 << 30):
                lines.append(((), "too many"))
            for name, each in schema.get("fields", {}).items():
                if "default" not in each and each.get("key", name) not in children:
                    lines.append(((each.get("key", name),), "missing"))
            return Failure(ToyError(lines)) if lines else make(children)

        return close

    def made(self, schema: dict[str, Any]) -> Callable[[dict[str | int, Any]], Record]:
        def make(children: dict[str | int, Any]) -> Record:
            given = schema["fields"].items()
            return Record({name: children.get(each.get("key", name), each.get("default")) for name, each in given})

        return make


def _list(children: dict[str | int, Any]) -> list[Any]:
    return list(children.values())


def _dict(children: dict[str | int, Any]) -> dict[str | int, Any]:
    return children
