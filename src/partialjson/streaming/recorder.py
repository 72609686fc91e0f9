"""From ``lambda order: order.items`` to places of the document, and back from there into validated values.

The function is called once with a ``Recorder`` in place of an order. Every step it takes is looked up in the core
schema of the target and noted as a ``Hop``: the keys the document may have for it (a field has one, or several where it
has an alias and a name, or choices), and how to take the same step in a validated Python object. Iterating a recorder
gives one recorder that stands for any element, so comprehensions select what lies deeper:

    lambda order: [tag for item in order.items for tag in item.tags]

A function that does anything else with what it gets (calls it, compares it, lets a value decide) cannot be followed and
is refused at once, and a name that is no field is an AttributeError as on the object itself.

Core schemas are plain dicts, so that nothing here needs pydantic but where a target brings it.
"""

from __future__ import annotations

import enum
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import GeneratorType
from typing import Any, Final, NoReturn

from partialjson._core.events import Completed, Event, Invalid, Path
from partialjson._core.selection import Step, parse_pattern
from partialjson._missing import MISSING
from partialjson.errors import json_path

__all__ = ["Selected", "record"]

Schema = Any  # a core schema: nested dicts, see pydantic_core.core_schema

ATTRIBUTE: Final = "attribute"
ITEM: Final = "item"
EACH: Final = "each"
PAIRS: Final = "pairs"

_LISTS: Final = {"list", "set", "frozenset", "deque", "generator"}
_WRAPPERS: Final = {"nullable", "default", "function-before", "function-after", "function-wrap", "custom-error"}
_SCALARS: Final = {
    "none": "null",
    "bool": "a bool",
    "int": "an int",
    "float": "a float",
    "decimal": "a Decimal",
    "complex": "a complex",
    "str": "a str",
    "bytes": "bytes",
    "date": "a date",
    "time": "a time",
    "datetime": "a datetime",
    "timedelta": "a timedelta",
    "url": "a URL",
    "multi-host-url": "a URL",
    "uuid": "a UUID",
    "literal": "a literal",
    "enum": "an enum",
}
_ANYTHING: Final[Schema] = {"type": "any"}


@dataclass(frozen=True)
class Hop:
    """One step: what the document has for it, and how it is taken in a Python value.

    Where it is ``whole``, what it leads to is final only with the value before it: a set drops elements.
    """

    choices: tuple[tuple[Step, ...], ...]
    kind: str
    key: Any = None
    whole: bool = False

    def take(self, value: Any) -> Iterable[Any]:
        """What lies one step inside a validated value; nothing where the step leads nowhere."""
        if self.kind == ATTRIBUTE:
            return (getattr(value, self.key),) if hasattr(value, self.key) else ()
        if self.kind == ITEM:
            try:
                return (value[self.key],)
            except (LookupError, TypeError):
                return ()
        if value is None or isinstance(value, str | bytes):
            return ()
        if hasattr(value, "keys"):
            return value.items() if self.kind == PAIRS else value.values()  # type: ignore[no-any-return]
        if hasattr(type(value), "model_fields"):
            return value.__dict__.values()  # type: ignore[no-any-return]
        return value if isinstance(value, Iterable) else ()


class Names:
    """How one parser finds the fields of a document: its definitions, and by alias or by name."""

    def __init__(self, schema: Schema, by_alias: bool | None, by_name: bool | None) -> None:
        self.by_alias = by_alias
        self.by_name = by_name
        self.definitions: dict[str, Schema] = {}
        if schema["type"] == "definitions":
            self.definitions = {each["ref"]: each for each in schema["definitions"]}
            schema = schema["schema"]
        self.schema = schema

    def flat(self, schema: Schema) -> tuple[list[Schema], bool]:
        """The schemas that may apply, without what is only wrapped around them; and may it be None?"""
        found: list[Schema] = []
        nullable = False
        todo: list[Schema] = [schema]
        while todo:
            node = todo.pop()
            kind = node["type"]
            if kind == "definition-ref":
                todo.append(self.definitions[node["schema_ref"]])
            elif kind in _WRAPPERS and "schema" in node:
                nullable = nullable or kind == "nullable"
                todo.append(node["schema"])
            elif kind == "union":
                todo.extend(choice[0] if isinstance(choice, tuple) else choice for choice in reversed(node["choices"]))
            elif kind == "tagged-union":
                todo.extend(reversed(list(node["choices"].values())))
            elif kind == "lax-or-strict":
                todo.append(node["lax_schema"])
            elif kind == "json-or-python":
                todo.append(node["json_schema"])
            elif kind == "chain":
                todo.append(node["steps"][0])
            elif kind == "none":
                nullable = True
            elif not any(node is each for each in found):
                found.append(node)
        return found, nullable

    def fields(self, node: Schema) -> dict[str, tuple[tuple[tuple[Step, ...], ...], Schema]] | None:
        """For each field by its Python name the document's ways to it and its schema; None for what has no fields."""
        kind = node["type"]
        config = node.get("config") or {}
        if kind in ("model", "dataclass"):
            if node.get("root_model"):
                return {"root": (((),), node["schema"])}
            inner = self.flat(node["schema"])[0]
            node = next((each for each in inner if each["type"] in ("model-fields", "dataclass-args")), {"fields": {}})
        elif kind == "call":
            node = {"fields": node["arguments_schema"]["arguments_schema"]}
            kind = "named-tuple"
        elif kind not in ("typed-dict", "named-tuple"):
            return None
        given = node["fields"]
        named = given.items() if isinstance(given, dict) else [(field["name"], field) for field in given]
        found = {}
        for index, (name, field) in enumerate(named):
            ways = self.ways(name, field, config)
            if kind == "named-tuple":
                ways = (*ways, (index,))
            found[name] = (ways, field["schema"])
        return found

    def ways(self, name: str, field: Schema, config: Schema) -> tuple[tuple[Step, ...], ...]:
        alias = field.get("validation_alias") or field.get("alias")
        if alias is None:
            return ((name,),)
        by_alias = self.by_alias if self.by_alias is not None else config.get("validate_by_alias", True)
        by_name = self.by_name if self.by_name is not None else config.get("validate_by_name", False)
        ways: list[tuple[Step, ...]] = []
        if by_alias:
            if isinstance(alias, str):
                ways.append((alias,))
            elif alias and not isinstance(alias[0], list):
                ways.append(tuple(alias))
            else:
                ways.extend(tuple(way) for way in alias)
        if by_name:
            ways.append((name,))
        return tuple(dict.fromkeys(ways)) or ((name,),)


class Place:
    """Where a recording stands: the schemas that may apply there, and the hops from the root."""

    def __init__(self, names: Names, schemas: list[Schema], hops: tuple[Hop, ...] = ()) -> None:
        self.names = names
        self.hops = hops
        self.nodes: list[Schema] = []
        self.nullable = False
        for schema in schemas:
            nodes, nullable = names.flat(schema)
            self.nodes += nodes
            self.nullable = self.nullable or nullable

    def __str__(self) -> str:
        steps = itertools.chain(*(hop.choices[0] for hop in self.hops))
        return "$" + "".join("[*]" if step is None else json_path([step])[1:] for step in steps)

    def after(self, hop: Hop, schemas: list[Schema]) -> Place:
        return Place(self.names, schemas, (*self.hops, hop))

    def is_plain(self) -> bool:
        """Is any JSON value possible here, as far as the schema tells?"""
        return any(self.kind(node) == "plain" for node in self.nodes)

    def kind(self, node: Schema) -> str:
        kind = node["type"]
        if kind in _SCALARS:
            return "scalar"
        if kind in _LISTS or kind == "tuple":
            return "list"
        if kind == "dict":
            return "dict"
        return "plain" if self.names.fields(node) is None else "object"

    def described(self) -> str:
        """What stands here, for messages."""
        words = []
        for node in self.nodes:
            kind = node["type"]
            if kind in _SCALARS:
                words.append(_SCALARS[kind])
            else:
                words.append(getattr(node.get("cls"), "__name__", None) or node.get("dataclass_name") or f"a {kind}")
        return " or ".join(dict.fromkeys(words)) or "null"

    # Steps as Python takes them.

    def attribute(self, name: str) -> Place:
        ways: list[tuple[Step, ...]] = []
        schemas: list[Schema] = []
        known: list[str] = []
        for node in self.nodes:
            if node["type"] == "typed-dict":
                continue
            fields = self.names.fields(node) or {}
            known += fields
            if name in fields:
                ways += fields[name][0]
                schemas.append(fields[name][1])
        if schemas:
            return self.after(Hop(tuple(dict.fromkeys(ways)), ATTRIBUTE, name), schemas)
        if known or any(self.kind(node) == "object" and node["type"] != "typed-dict" for node in self.nodes):
            raise AttributeError(f"{self.described()} has no field {name!r}{_near(name, known)}")
        if self.is_plain() or any(self.kind(node) in ("dict", "object") for node in self.nodes):
            raise AttributeError(f"{self} has keys, no attributes: write [{name!r}]")
        raise TypeError(f"{self} is {self.described()}: a path cannot go on to .{name} inside it")

    def item(self, key: Any) -> Place:
        if isinstance(key, Recorder):
            raise TypeError(f"the index of {self} is a value of the document; a path has fixed indexes")
        if isinstance(key, slice):
            raise TypeError(f"a slice of {self} is not a place; iterate it for its elements")
        ways: list[tuple[Step, ...]] = []
        schemas: list[Schema] = []
        known: list[str] = []
        for node in self.nodes:
            kind = self.kind(node)
            if kind == "list" and type(key) is int:
                if key < 0:
                    raise TypeError(f"{self}[{key}] counts from the end, which has not come; use an index from 0")
                schemas += _elements(node, key)
                ways.append((key,))
            elif kind == "dict" and isinstance(key, str | int):
                schemas.append(node.get("values_schema", _ANYTHING))
                ways.append((_document_key(key),))
            elif kind == "plain" and (isinstance(key, str) or (type(key) is int and key >= 0)):
                schemas.append(_ANYTHING)
                ways.append((key,))
            elif node["type"] == "typed-dict" or (node["type"] == "named-tuple" and type(key) is int):
                fields = self.names.fields(node) or {}
                name = list(fields)[key] if type(key) is int and key < len(fields) else key
                known += fields
                if name in fields:
                    ways += fields[name][0]
                    schemas.append(fields[name][1])
        if schemas:
            return self.after(Hop(tuple(dict.fromkeys(ways)), ITEM, key), schemas)
        if known:
            raise KeyError(f"{self.described()} has no key {key!r}{_near(key, known)}")
        raise TypeError(f"{self} is {self.described()}: it has no [{key!r}]")

    def each(self, kind: str = EACH) -> Place:
        """Any element of a list, or any value of a dict."""
        schemas: list[Schema] = []
        for node in self.nodes:
            of = self.kind(node)
            if of == "list":
                schemas += _elements(node, None)
            elif of == "dict":
                schemas.append(node.get("values_schema", _ANYTHING))
            elif of == "plain":
                schemas.append(_ANYTHING)
        if not schemas:
            raise TypeError(f"{self} is {self.described()}: it has no elements")
        whole = any(node["type"] in ("set", "frozenset") for node in self.nodes)
        return self.after(Hop(((None,),), kind, whole=whole), schemas)

    def is_dict(self) -> bool:
        kinds = {self.kind(node) for node in self.nodes}
        return "dict" in kinds and "list" not in kinds

    def has_dict_methods(self, name: str) -> bool:
        """Is an attribute of that name a dict's method, and no field?"""
        fields = [self.names.fields(node) or {} for node in self.nodes if node["type"] != "typed-dict"]
        return not any(name in each for each in fields) and any(
            self.kind(node) in ("dict", "plain") or node["type"] == "typed-dict" for node in self.nodes
        )

    # Steps as a pattern takes them, by the document's names.

    def step(self, step: Step) -> Place:
        place = self
        # A root model adds nothing to the document.
        while len(place.nodes) == 1 and place.nodes[0].get("root_model"):
            place = place.attribute("root")
        if step is None:
            return place.each_child()
        if isinstance(step, str):
            for node in place.nodes:
                for name, (ways, _) in (place.names.fields(node) or {}).items():
                    if (step,) in ways:
                        return place.item(name) if node["type"] == "typed-dict" else place.attribute(name)
            for node in place.nodes:
                if node["type"] == "model" and (node.get("config") or {}).get("extra_fields_behavior") == "allow":
                    return place.after(Hop(((step,),), ATTRIBUTE, step), [_ANYTHING])
                if place.kind(node) == "dict":
                    hop = Hop(((step,),), ITEM, _python_key(step, node))
                    return place.after(hop, [node.get("values_schema", _ANYTHING)])
        if place.is_plain() or (isinstance(step, int) and any(place.kind(node) == "list" for node in place.nodes)):
            return place.item(step)
        raise ValueError(f"{place} is {place.described()}, which has no {step!r} in a document{place.hint(step)}")

    def hint(self, step: Step) -> str:
        known = [
            str(way[0])
            for node in self.nodes
            for ways, _ in (self.names.fields(node) or {}).values()
            for way in ways
            if way
        ]
        return _near(step, known)

    def each_child(self) -> Place:
        schemas = [
            schema
            for node in self.nodes
            if self.kind(node) == "object"
            for _, schema in (self.names.fields(node) or {}).values()
        ]
        return self.after(Hop(((None,),), EACH), schemas) if schemas else self.each()


class Recorder:
    """Stands for a value of the document that has not come, and notes which way a function goes from it."""

    __slots__ = ("__place",)

    def __init__(self, place: Place) -> None:
        object.__setattr__(self, "_Recorder__place", place)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # Protocols ask for these; a path has none of them.
            raise AttributeError(name)
        place = place_of(self)
        if place.has_dict_methods(name):
            if name == "values":
                return lambda: [Recorder(place.each())]
            if name == "items":
                return lambda: [(Key(_with_str_keys(place)), Recorder(place.each(PAIRS)))]
            if name == "get":
                return lambda key, default=None: Recorder(place.item(key))
        return Recorder(place.attribute(name))

    def __getitem__(self, key: Any) -> Recorder:
        return Recorder(place_of(self).item(key))

    def __iter__(self) -> Iterator[Recorder]:
        place = place_of(self)
        if place.is_dict():
            raise TypeError(f"iterating {place} gives its keys; use .values() or .items()")
        yield Recorder(place.each())

    def __bool__(self) -> bool:
        place = place_of(self)
        # ``order.address.city if order.address else None`` is how optional objects are written.
        if place.nullable and place.nodes and all(place.kind(node) != "scalar" for node in place.nodes):
            return True
        return _refuse(place, "decide anything by the value of")

    def __setattr__(self, name: str, value: object) -> None:
        _refuse(place_of(self), "assign to")

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        _refuse(place_of(self), "call")

    def _compare(self, other: object) -> NoReturn:
        _refuse(place_of(self), "compare")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _compare
    __hash__ = object.__hash__

    def _compute(self, *others: object) -> NoReturn:
        _refuse(place_of(self), "compute with")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __or__ = __ror__ = __and__ = __rand__ = _compute
    __mod__ = __truediv__ = __neg__ = __len__ = __int__ = __float__ = __index__ = __format__ = _compute

    def __repr__(self) -> str:
        return f"<{place_of(self)}>"

    def __dir__(self) -> list[str]:
        place = place_of(self)
        return sorted({name for node in place.nodes for name in place.names.fields(node) or {}})


class Key:
    """Stands for the key of any pair of a dict."""

    def __init__(self, place: Place) -> None:
        self.place = place


def place_of(recorder: Recorder) -> Place:
    place: Place = object.__getattribute__(recorder, "_Recorder__place")
    return place


def _refuse(place: Place, what: str) -> NoReturn:
    raise TypeError(
        f"a path cannot {what} {place}: no value is there yet; it may only name fields, indexes and keys, and iterate"
    )


def _with_str_keys(place: Place) -> Place:
    for node in place.nodes:
        keys = node.get("keys_schema", {"type": "str"})
        if keys.get("type") != "str" or keys.keys() - {"type", "metadata"}:
            raise TypeError(f"the keys of {place} are validated when it closes; use .values()")
    return place


def _elements(node: Schema, index: int | None) -> list[Schema]:
    """The schemas of the element at an index, or of any."""
    items = node.get("items_schema", _ANYTHING)
    if node["type"] != "tuple":
        return [items]
    variadic = node.get("variadic_item_index")
    if index is None:
        return items or [_ANYTHING]
    if variadic is not None and index >= variadic:
        # What stands behind the variable part may be any of the rest.
        return items[variadic:]  # type: ignore[no-any-return]
    if index >= len(items):
        raise TypeError(f"a tuple of {len(items)} has no [{index}]")
    return [items[index]]


def _document_key(key: Any) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def _python_key(step: str, node: Schema) -> Any:
    """The key of a validated dict that the document writes as ``step``."""
    if node.get("keys_schema", {}).get("type") == "int":
        try:
            return int(step)
        except ValueError:
            return step
    return step


def _near(name: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    close = get_close_matches(str(name), names, 3) or (names if len(names) <= 8 else [])
    return f"; it has {', '.join(close)}" if close else ""


class Selected:
    """One selected place: the document paths that lead to it, and to the values around it.

    Attributes:
        hops: the steps from the root.
        pairs: what is selected are the pairs of a dict, key and value.
    """

    def __init__(self, place: Place, pairs: bool = False) -> None:
        self.hops = place.hops
        self.pairs = pairs
        self._name = str(place)
        # The values on the way, each by the patterns of its paths and the number of hops that lead to it. A hop that
        # adds nothing to the path (into a root model) is taken inside the value before it.
        self._levels: list[tuple[int, list[tuple[Step, ...]]]] = [(0, [()])]
        self.patterns: list[tuple[Step, ...]] = [()]
        """The paths that lead to the place."""
        whole = False
        for count, hop in enumerate(place.hops, 1):
            before = self.patterns
            self.patterns = [(*start, *way) for start, way in itertools.product(before, hop.choices)]
            whole = whole or hop.whole
            if self.patterns != before and not whole:
                self._levels.append((count, self.patterns))
        # Has something been settled at each level, inside the value at the level before?
        self._seen = [False] * (len(self._levels) + 1)

    def __str__(self) -> str:
        return self._name

    @property
    def is_one(self) -> bool:
        """Is it one place, not one for each element of something?"""
        return all(hop.kind in (ATTRIBUTE, ITEM) for hop in self.hops)

    def select(self, around: bool) -> list[str]:
        """Patterns for ``Parser(select=...)``, with those of the values around it or without."""
        places = [pattern for _, patterns in self._levels for pattern in patterns] if around else self.patterns
        return [written(pattern) for pattern in places]

    def settles(self) -> list[str]:
        """Patterns of the innermost values that make the place final: its own, or those of a set it is in."""
        return [written(pattern) for pattern in self._levels[-1][1]]

    def is_on_the_way(self, path: Path) -> bool:
        """Does this path of the document lead to the place, or towards it?"""
        return self._level(path) >= 0

    def _level(self, path: Path) -> int:
        for level in range(len(self._levels) - 1, -1, -1):
            if any(_matches(pattern, path) for pattern in self._levels[level][1]):
                return level
        return -1

    def settled(self, event: Event) -> list[Any]:
        """The values at the place that this event makes final.

        A value that is not validated by itself, or is not in the document at all, is taken from the validated value
        around it when that closes: an element of a set, a default.
        """
        if not isinstance(event, Completed | Invalid):
            return []
        level = self._level(event.path)
        if level < 0 or (isinstance(event, Completed) and event.raw and event.value is not MISSING):
            return []
        count = self._levels[level][0]
        is_within = self._seen[level + 1]
        self._seen[level + 1] = False
        self._seen[level] = True
        if is_within or isinstance(event, Invalid) or event.raw:
            # Of what was not retained, all has been given.
            return []
        if self.pairs and count == len(self.hops):
            return [(event.path[-1], event.value)]
        return self.reach(event.value, count)

    def reach(self, value: Any, done: int = 0) -> list[Any]:
        """What is selected inside a validated value that lies ``done`` hops from the root."""
        values = [value]
        for hop in self.hops[done:]:
            values = [inner for each in values for inner in hop.take(each)]
        return values


def _matches(pattern: tuple[Step, ...], path: Path) -> bool:
    if len(pattern) != len(path):
        return False
    return all(step is None or step == key for step, key in zip(pattern, path, strict=True))


def written(pattern: tuple[Step, ...]) -> str:
    """The pattern as text that ``parse_pattern`` reads."""
    steps = ["[*]" if step is None else f"[{json.dumps(step)}]" for step in pattern]
    return "$" + "".join(steps)


def record(
    where: str | Callable[[Any], Any] | None, target: Any, by_alias: bool | None, by_name: bool | None, elements: bool
) -> list[Selected]:
    """The places that a function or a path pattern selects in documents of a target.

    Args:
        where: a function from the target, a path pattern, or None for the root.
        elements: what is selected is iterated: a function gives the container of the elements.

    Raises:
        AttributeError, KeyError: the function asks for a field that there is not.
        TypeError: what the function does with the document is more than a path, or leads nowhere.
        ValueError: a pattern is outside its language, or leads nowhere.
    """
    names = Names(_schema_of(target), by_alias, by_name)
    root = Place(names, [names.schema])
    if isinstance(where, str):
        return [_pattern(where, root, elements)]
    if where is not None and not callable(where):
        raise TypeError(f"a place is a function such as lambda o: o.items, or a pattern, not {type(where).__name__}")
    result = Recorder(root) if where is None else where(Recorder(root))
    if not elements:
        if type(result) is not Recorder:
            raise TypeError(f"the function gives {_kind(result)}, not one place of the document")
        return [_one(Selected(place_of(result)))]
    if type(result) is Recorder:
        result = list(result)
    if not isinstance(result, list | tuple | set | GeneratorType):
        raise TypeError(f"the function gives {_kind(result)}, not the elements of something in the document")
    return [_element(each) for each in result]


def _element(found: Any) -> Selected:
    if type(found) is Recorder:
        return Selected(place_of(found))
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], Key) and type(found[1]) is Recorder:
        place = place_of(found[1])
        if place.hops[:-1] == found[0].place.hops and place.hops[-1].kind == PAIRS:
            return Selected(place, True)
    raise TypeError(f"the function gives {_kind(found)} for an element, not a place of the document")


def _pattern(pattern: str, place: Place, elements: bool) -> Selected:
    for step in parse_pattern(pattern):
        place = place.step(step)
    selected = Selected(place)
    return selected if elements else _one(selected)


def _one(selected: Selected) -> Selected:
    if not selected.is_one:
        raise TypeError(f"{selected} is many places; use elements(), or an index")
    return selected


def _kind(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"


def _schema_of(target: Any) -> Schema:
    if target is None:
        return _ANYTHING
    from partialjson.typed.targets import core_schema_of

    return core_schema_of(target)
