"""Documents for a target, valid or with one fault: ``documents_for``; and targets to try it with: ``models``.

A target is anything that ``Parser`` takes: a type for pydantic, a ``TypeAdapter``, a ``Schema``; a dict is a JSON
Schema. Values are drawn along its ``Spec``, the description of its documents that displays and predictions read, too.
A spec says what usually comes, not all that is valid: a validator of the user's own, or ``oneOf``, can refuse what
fits it. So each value is also asked of validation in one shot, and drawn again if that refuses it. What is given as
valid is valid.

A document that is *nearly* valid is a valid one with one fault of the kind that models make: a key that is missing,
misspelled or made up, a value of another kind, a word that does not exist, a number too large, an element too many.
Here too validation decides: a change that leaves it valid is no fault, and another is taken.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, INTEGER, NUMBER, OBJECT, STRING, Field, Spec
from partialjson._core.target import spec_of
from partialjson.testing.drawing import check_words, named, refuse, st
from partialjson.testing.makers import maker_for
from partialjson.testing.modelling import random_objects, random_schemas, target_of
from partialjson.testing.reference import nodes_of
from partialjson.testing.texts import scalars, strings, values

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FAULTS", "Fault", "Near", "documents_for", "models", "values_for"]

_DEEP: Final = 4
"""From this depth on, only what must be there is drawn."""
_DEEPEST: Final = 40
_TRIED: Final = 30
"""So many changes of one kind are tried in one document."""

FAULTS: Final = (
    "missing key",
    "unknown key",
    "misspelled key",
    "another kind",
    "null",
    "unknown word",
    "number out of bounds",
    "length out of bounds",
)
"""The kinds of faults of a document that is nearly valid."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a document.

    Attributes:
        label: one of ``FAULTS``.
        path: the place of the value that was changed, or of the object whose keys were.
    """

    label: str
    path: tuple[str | int, ...]


class Near(str):
    """A document that one fault keeps from being valid: a ``str``.

    Attributes:
        fault: what is wrong, and where.
        valid: the text of the document without the fault.
    """

    fault: Fault
    valid: str

    def __new__(cls, text: str = "", fault: Fault = Fault("", ()), valid: str = "") -> Near:
        made = super().__new__(cls, text)
        made.fault = fault
        made.valid = valid
        return made

    def __repr__(self) -> str:
        return f"Near({str(self)!r}, {self.fault!r}, {self.valid!r})"


def documents_for(
    target: Any, *, valid: bool = True, faults: str | Collection[str] = FAULTS, usual: bool = False
) -> st.SearchStrategy[str]:
    """JSON texts for a target: valid, or with one fault.

    Args:
        target: a type, a ``TypeAdapter``, a ``Schema``, or a JSON Schema as a dict or bool.
        valid: texts that validation accepts; otherwise texts that it refuses for one fault, as ``Near``.
        faults: with ``valid=False``, the kinds of faults, of ``FAULTS``.
        usual: as ``json.dumps`` writes them, fields in the order of the target; otherwise with other spacing and
            escapes, and members in any order.

    Raises:
        InvalidArgument: a fault is unknown; or, when it is drawn, no valid document was found, or none that has such a
            fault.
        what ``Parser`` raises for a wrong target.
    """
    known = check_words("documents_for()", "faults", faults, FAULTS)
    if valid and known != FAULTS:
        refuse("documents_for()", "faults are for valid=False")
    judge = _Judge(target)
    found: st.SearchStrategy[str] = _texts(judge, usual) if valid else _near(judge, known, usual)
    arguments = {} if valid else {"valid": False}
    return named("documents_for", found, target=target, **arguments)


def values_for(target: Any) -> st.SearchStrategy[Any]:
    """Valid documents for a target, as ``json.loads`` gives them. Arguments and errors as of ``documents_for``."""
    return named("values_for", _values(_Judge(target), True), target=target)


class _Judge:
    """The spec of a target, and validation in one shot."""

    def __init__(self, target: Any) -> None:
        self.make = maker_for(target)
        self.target = self.make.target
        self.spec = spec_of(self.target)

    def accepts(self, value: Any) -> bool:
        return self.make.one_shot(json.dumps(value)).errors is None


# Valid values


@st.composite
def _values(draw: st.DrawFn, judge: _Judge, usual: bool) -> Any:
    value: Any = None
    for _ in range(20):
        value = _Drawing(draw, usual).value(judge.spec, 0)
        if judge.accepts(value):
            return value
    return refuse(
        "documents_for()",
        f"20 documents for {judge.target!r} were drawn, and validation refused each, the last one {value!r}. "
        "Where a validator of your own decides, draw from a strategy of your own and filter it",
    )


class _Drawing:
    """Draws one value along a spec."""

    def __init__(self, draw: st.DrawFn, usual: bool) -> None:
        self.draw = draw
        self.usual = usual

    def value(self, spec: Spec, depth: int) -> Any:
        if depth > _DEEPEST:
            refuse("documents_for()", f"its documents have no end: each is more than {_DEEPEST} levels deep")
        if spec.root is not None:
            return self.value(spec.root.spec, depth)
        null = spec.may_be_null()
        if null and (depth >= _DEEP or self.draw(st.integers(0, 3)) == 3):
            return None
        if spec.words is not None:
            return self.draw(st.sampled_from([word for word, _ in spec.words]))
        if spec.branches:
            branches = spec.branches
            if depth >= _DEEP:
                branches = [each for each in branches if each.is_scalar] or branches
            return self.value(self.draw(st.sampled_from(branches)), depth)
        return self.leaf(spec, depth)

    def leaf(self, spec: Spec, depth: int) -> Any:
        kinds = [kind for kind in (STRING, INTEGER, FLOAT, BOOLEAN, ARRAY, OBJECT) if spec.usual & kind]
        if spec.fields is not None or spec.is_dict:
            kinds = [OBJECT]
        elif spec.is_array:
            kinds = [ARRAY]
        elif len(kinds) == 6 and not spec.limits:
            return self.draw(values(max_leaves=3) if depth < _DEEP else scalars())
        if not kinds:
            return None
        kind = self.draw(st.sampled_from(kinds))
        if kind == OBJECT:
            return self.object(spec, depth)
        if kind == ARRAY:
            return self.array(spec, depth)
        if kind == STRING:
            return self.draw(_strings(spec))
        if kind == BOOLEAN:
            return self.draw(st.booleans())
        return self.draw(_numbers(spec, kind == INTEGER or spec.usual & NUMBER == INTEGER))

    def object(self, spec: Spec, depth: int) -> dict[str, Any]:
        limits = spec.limits
        found: dict[str, Any] = {}
        fields = [field for field in (spec.fields or {}).values() if field.is_read and field.ways]
        for field in fields:
            if field.required or (depth < _DEEP and self.draw(st.booleans())):
                way = field.ways[0] if len(field.ways) == 1 else self.draw(st.sampled_from(field.ways))
                _put(found, way, self.value(field.spec, depth + 1))
        least = limits.get("minProperties", 0)
        most = limits.get("maxProperties", max(least, 3))
        # Without a spec for the rest, more keys are either forbidden or ignored.
        rest = spec.rest
        if rest is not None and spec.keys is None:
            low = max(0, least - len(found))
            high = max(low, min(2, most - len(found)) if depth < _DEEP else low)
            keys = self.draw(st.lists(_keys(spec), min_size=low, max_size=high, unique=True))
            for key in keys:
                if key not in found and not _is_way(fields, key):
                    found[key] = self.value(rest, depth + 1)
        if not self.usual and len(found) > 1:
            return dict(self.draw(st.permutations(list(found.items()))))
        return found

    def array(self, spec: Spec, depth: int) -> list[Any]:
        found = [self.value(each, depth + 1) for each in spec.prefix]
        items = spec.items
        least = max(0, spec.limits.get("minItems", 0))
        most = spec.limits.get("maxItems")
        high = max(least, 3 if depth < _DEEP else least)
        size = self.draw(st.integers(least, high if most is None else max(least, min(high, most))))
        if items is None:
            return found
        while len(found) < size:
            value = self.value(items, depth + 1)
            if spec.limits.get("uniqueItems") and value in found:
                size -= 1
            else:
                found.append(value)
        return found


def _put(found: dict[str, Any], way: tuple[str | int, ...], value: Any) -> None:
    """Put a value where a field is read: under a key, or at the end of a longer path."""
    inner: Any = found
    for step, after in zip(way, (*way[1:], None), strict=True):
        made: Any = value if after is None else [] if isinstance(after, int) else {}
        if isinstance(step, int):
            inner.extend([None] * (step + 1 - len(inner)))
            if inner[step] is None or after is None:
                inner[step] = made
        elif after is None or step not in inner:
            inner[step] = made
        inner = inner[step]


def _is_way(fields: list[Field], key: str) -> bool:
    return any(way[0] == key for field in fields for way in field.ways)


def _keys(spec: Spec) -> st.SearchStrategy[str]:
    names = spec.names
    if names is not None:
        if names.words is not None:
            return st.sampled_from([str(word) for word, _ in names.words])
        if names.usual & NUMBER and not names.usual & STRING:
            return _numbers(names, True).map(str)
        return _strings(names)
    return st.one_of(st.sampled_from(("a", "b c", "é", "/~", "")), strings(max_size=4))


_FORMATS: Final[dict[str, st.SearchStrategy[str]]] = {
    "date": st.dates().map(str),
    "time": st.times().map(lambda when: when.isoformat()),
    "date-time": st.datetimes().map(lambda when: when.isoformat() + "Z"),
    "duration": st.integers(0, 999).map(lambda days: f"P{days}D"),
    "uuid": st.uuids().map(str),
    "email": st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.(com|org)", fullmatch=True),
    "uri": st.from_regex(r"https://[a-z]{1,8}\.(com|org)/[a-z0-9]{0,6}", fullmatch=True),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "binary": st.text("abcXYZ019+", max_size=8),
    "hostname": st.from_regex(r"[a-z]{1,8}\.(com|org)", fullmatch=True),
    "json-pointer": st.sampled_from(("", "/a", "/a/0", "/a~1b")),
    "regex": st.sampled_from(("", "a+", "[0-9]")),
}


def _strings(spec: Spec) -> st.SearchStrategy[str]:
    """Strings within the limits of a spec."""
    least = max(0, spec.limits.get("minLength", 0))
    most = spec.limits.get("maxLength")
    if "pattern" in spec.limits:
        found = st.from_regex(spec.limits["pattern"]).map(lambda text: text.rstrip("\n"))
        return found.filter(lambda text: len(text) >= least and (most is None or len(text) <= most))
    known = _FORMATS.get(spec.notes.get("format", ""))
    if known is not None:
        return known.filter(lambda text: len(text) >= least and (most is None or len(text) <= most))
    if spec.noun in ("a Fraction",):
        return st.fractions().map(str)
    plain = st.text(
        st.one_of(st.sampled_from('ab 0"\\\n{}[],'), st.characters(exclude_categories=["Cs"])),
        min_size=least,
        max_size=least + 8 if most is None else max(least, min(most, least + 8)),
    )
    return plain if spec.noun != "a JSON text" else scalars().map(json.dumps)


def _numbers(spec: Spec, whole: bool) -> st.SearchStrategy[Any]:
    """Numbers within the limits of a spec."""
    limits = spec.limits
    lows = [limits[name] for name in ("minimum", "exclusiveMinimum") if name in limits]
    highs = [limits[name] for name in ("maximum", "exclusiveMaximum") if name in limits]
    low = max(lows, default=min(-1000, *highs, 0) - 1000 if highs else -(10**6))
    high = min(highs, default=max(1000, *lows, 0) + 1000 if lows else 10**6)

    def fits(number: Any) -> bool:
        if "exclusiveMinimum" in limits and number <= limits["exclusiveMinimum"]:
            return False
        return not ("exclusiveMaximum" in limits and number >= limits["exclusiveMaximum"])

    step = limits.get("multipleOf")
    if step:
        first, last = -(-low // step), high // step
        if first > last:
            return st.nothing()
        found: st.SearchStrategy[Any] = st.integers(int(first), int(last)).map(lambda count: count * step)
    elif whole:
        least = -(-low // 1)
        if least > high:
            return st.nothing()
        found = st.integers(int(least), int(high // 1))
    else:
        found = st.floats(low, high, allow_nan=False, allow_infinity=False) | st.just(low) | st.just(high)
    return found.filter(fits) if "exclusiveMinimum" in limits or "exclusiveMaximum" in limits else found


@st.composite
def _texts(draw: st.DrawFn, judge: _Judge, usual: bool) -> str:
    return _spelled(draw, draw(_values(judge, usual)), usual)


def _spelled(draw: st.DrawFn, value: Any, usual: bool) -> str:
    if usual:
        return json.dumps(value, ensure_ascii=False)
    layout: dict[str, Any] = draw(
        st.sampled_from(({}, {"indent": 1}, {"separators": (",", ":")}, {"separators": (" ,", " : ")}))
    )
    return json.dumps(value, ensure_ascii=draw(st.booleans()), **layout)


# Faults


@st.composite
def _near(draw: st.DrawFn, judge: _Judge, faults: tuple[str, ...], usual: bool) -> Near:
    for _ in range(5):
        value = draw(_values(judge, usual))
        by_label: dict[str, list[tuple[Fault, Any]]] = {}
        for fault, wrong in _changes(value):
            if fault.label in faults:
                by_label.setdefault(fault.label, []).append((fault, wrong))
        # The kind first, since there are many more ways to put in another kind of value than to lose a key.
        for label in draw(st.permutations(sorted(by_label))):
            changes = by_label[label]
            start = draw(st.integers(0, len(changes) - 1))
            for fault, wrong in (changes[start:] + changes[:start])[:_TRIED]:
                if not judge.accepts(wrong):
                    return Near(_spelled(draw, wrong, usual), fault, json.dumps(value, ensure_ascii=False))
    return refuse(
        "documents_for()",
        f"{judge.target!r} refuses nothing that differs from a valid document in {' or '.join(map(repr, faults))}",
    )


def _changes(value: Any) -> Iterator[tuple[Fault, Any]]:
    """All ways to do one thing wrong."""
    for path, inner in nodes_of(value):
        for label, wrong in _wrongs(inner):
            yield Fault(label, path), _replaced(value, path, wrong)


def _wrongs(inner: Any) -> Iterator[tuple[str, Any]]:
    for other in ("high", 7, True, {"value": 1}, ["a"]):
        if type(other) is not type(inner):
            yield "another kind", other
    if inner is not None:
        yield "null", None
    if isinstance(inner, dict):
        for key in inner:
            yield "missing key", {name: each for name, each in inner.items() if name != key}
            for other in (f"{key}s", key[:-1], key.upper()):
                if other not in inner:
                    yield "misspelled key", {other if name == key else name: each for name, each in inner.items()}
        yield "unknown key", {**inner, "extra_info": "none"}
        more = {**inner, **{f"more {number}": None for number in range(20)}}
        yield "length out of bounds", more
    elif isinstance(inner, list):
        if inner:
            yield "length out of bounds", inner[:-1]
            yield "length out of bounds", inner + inner[-1:]
            yield "length out of bounds", inner * 60
        yield "length out of bounds", []
    elif isinstance(inner, str):
        yield "unknown word", inner + "s"
        yield "unknown word", inner.upper() + "?"
        yield "length out of bounds", ""
        yield "length out of bounds", (inner or "x") * 300
    elif isinstance(inner, int | float) and not isinstance(inner, bool):
        for number in (inner + 1, inner - 1, -inner, inner * 1000 + 1, -(10**9), 10**9, inner + 0.5):
            yield "number out of bounds", number


def _replaced(value: Any, path: tuple[str | int, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    copied = value.copy()
    copied[path[0]] = _replaced(value[path[0]], path[1:], wrong)
    return copied


# Targets


def models(*, max_depth: int = 2) -> st.SearchStrategy[type[BaseModel]]:
    """Pydantic models: nested ones, lists, unions, literals, dates, bounds, aliases, patterns.

    A model is printed as ``target_of({...})``, of the JSON Schema that it was made from; the function is in
    ``partialjson.testing.modelling``.

    Args:
        max_depth: how deep models, lists and unions lie inside one another.
    """
    if isinstance(max_depth, bool) or not isinstance(max_depth, int) or max_depth < 1:
        refuse("models()", f"max_depth must be an int of at least 1, not {max_depth!r}")
    objects = random_objects(random_schemas(max_depth - 1), least=1).map(target_of)
    return named("models", objects, **({} if max_depth == 2 else {"max_depth": max_depth}))
