"""The laws of the typed parser, one property test or more for each, over generated models and their documents.

A `Spec` is a target together with a way to write documents for it: valid ones, or *messy* ones, in which any value may
have a wrong type, a required key may be missing, and keys that nobody knows appear. What a validator is called with is
noted in `CALLS`; pydantic's one-shot validation and the parser are run over the same document and must agree on the
value or the errors, and on the calls.

The models of `TRICKY` are written by hand: each holds a construct that is easily got wrong.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import itertools
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass, make_dataclass
from typing import Annotated, Any, Literal, NamedTuple, Union

import pydantic
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    Invalid,
    Parser,
    Partial,
    Predicted,
    Truncated,
    Violation,
)
from partialjson.streaming.places import written
from partialjson.testing import strategies
from partialjson.testing.chunking import observe
from partialjson.testing.damage import NOISE
from partialjson.testing.laws import law_1, law_2, law_3, law_4, law_5, law_6, law_8, law_9, law_10, law_11
from partialjson.testing.makers import Maker
from partialjson.testing.oneshot import describe, describe_errors, oneshot, verdict_of
from partialjson.testing.reference import is_json
from support.effort import examples
from support.versions import PYDANTIC_2_14

Path = tuple[str | int, ...]

lawful = settings(
    deadline=None, max_examples=examples(80), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


# Validators that note their calls

CALLS: list[tuple[str, Any]] = []


def noted(what: str, value: Any) -> None:
    CALLS.append((what, repr(describe(value))))


def note_after(value: Any) -> Any:
    noted("after", value)
    if value in (13, "unlucky"):
        raise ValueError("unlucky {number}")
    return value


def note_before(value: Any) -> Any:
    noted("before", value)
    return 0 if value == "" else value


def note_wrap(value: Any, inner: Any) -> Any:
    noted("wrap", value)
    try:
        return inner(value)
    except ValidationError:
        noted("wrap failed", value)
        raise


def note_model(self: Any) -> Any:
    noted("model", self)
    if getattr(self, "a", None) == 7:
        raise ValueError("seven")
    return self


def note_field(cls: Any, value: Any, info: ValidationInfo) -> Any:
    noted(f"field {info.field_name}", (value, dict(info.data), info.mode))
    if value in (11, "x"):
        raise ValueError("eleven")
    return value


def note_factory(data: dict[str, Any]) -> int:
    noted("factory", data)
    return len(data)


def calls_of(run: Callable[[], object]) -> Counter[tuple[str, Any]]:
    CALLS.clear()
    run()
    return Counter(CALLS)


# Generated targets


@dataclass
class Spec:
    """A target, and how to write a document for it; `write(draw, mess)` with a mess of 0 writes a valid one."""

    name: str
    target: Any
    write: Callable[[st.DrawFn, int], str]

    def __repr__(self) -> str:
        return self.name


class Shade(enum.Enum):
    DARK = "dark"
    LIGHT = "light"


JUNK = (
    "null",
    "true",
    "0",
    "13",
    "-1.5",
    "1e400",
    '""',
    '"x"',
    '"unlucky"',
    "[]",
    "{}",
    '[1, "x"]',
    '{"a": 1, "x": {}}',
)

LEAVES: list[tuple[str, Any, tuple[str, ...]]] = [
    ("str", str, ('""', '"x"', '"long \\u00e9 text\\n"')),
    ("int", int, ("0", "7", "-12", '"5"', "1.0")),
    ("float", float, ("1.5", "2", "-0.0", "1e3")),
    ("bool", bool, ("true", "false")),
    ("Any", Any, ("null", '"x"', '{"k": [1, {"l": "m"}]}', "[[], {}]")),
    ("date", datetime.date, ('"2024-02-29"',)),
    ("Decimal", decimal.Decimal, ("1.10", '"2.50"')),
    ("Literal", Literal["a", "b"], ('"a"', '"b"')),
    ("Enum", Shade, ('"dark"',)),
    ("bytes", bytes, ('"abc"',)),
    ("bounded", Annotated[int, Field(ge=0, lt=100)], ("0", "99")),
    ("short", Annotated[str, Field(min_length=1, max_length=5)], ('"a"', '"abcde"')),
    ("stripped", Annotated[str, StringConstraints(strip_whitespace=True)], ('" a "',)),
    ("after", Annotated[int, AfterValidator(note_after)], ("1", '"2"')),
    ("after str", Annotated[str, AfterValidator(note_after)], ('"a"', '""')),
    ("before", Annotated[int, BeforeValidator(note_before)], ("1", '""')),
    ("wrap", Annotated[int, WrapValidator(note_wrap)], ("1", "2.0")),
    ("int or str", int | str, ("1", '"1"')),
    ("list", list, ("[]", '[1, {"a": "x"}]')),
    ("dict", dict, ("{}", '{"a": [1]}')),
]

NAMES = ("a", "b", "c", "d")
GAPS = ("", "", "", " ", "\n\t")


def joined(draw: st.DrawFn, opening: str, parts: list[str], closing: str) -> str:
    gap = draw(st.sampled_from(GAPS))
    return opening + gap + f"{gap},{gap}".join(parts) + gap + closing


def messy(draw: st.DrawFn, mess: int) -> bool:
    """Is something wrong here? The mess is a chance in percent."""
    return mess > 0 and draw(st.integers(0, 99)) < mess


def leaf(name: str, target: Any, texts: tuple[str, ...]) -> Spec:
    def write(draw: st.DrawFn, mess: int) -> str:
        return draw(st.sampled_from(JUNK if messy(draw, mess) else texts))

    return Spec(name, target, write)


def list_of(inner: Spec, form: str) -> Spec:
    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        return joined(draw, "[", [inner.write(draw, mess) for _ in range(draw(st.integers(0, 3)))], "]")

    target: Any = list[inner.target]  # type: ignore[name-defined]
    if form == "long":
        target = Annotated[target, Field(min_length=1)]
    elif form == "tuple":
        target = tuple[inner.target, ...]  # type: ignore[name-defined]
    elif form == "noted":
        target = Annotated[target, AfterValidator(note_after)]
    return Spec(f"{form}[{inner}]", target, write)


def dict_of(inner: Spec) -> Spec:
    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        keys = draw(st.lists(st.sampled_from(("k", "l", "a/b", "é")), unique=True, max_size=3))
        return joined(draw, "{", [f"{json.dumps(key)}:{inner.write(draw, mess)}" for key in keys], "}")

    return Spec(f"dict[{inner}]", dict[str, inner.target], write)  # type: ignore[name-defined]


def sequence_of(inner: Spec, form: str) -> Spec:
    """A container that is shown as a list until it closes."""
    forms: dict[str, Any] = {
        "set": set[str],
        "frozenset": frozenset[int],
        "deque": deque[inner.target],  # type: ignore[name-defined]
        "pair": tuple[int, inner.target],  # type: ignore[name-defined]
        "one and more": tuple[inner.target, ...],  # type: ignore[name-defined]
        "root": RootModel[list[inner.target]],  # type: ignore[name-defined]
        "noted root": Annotated[RootModel[list[inner.target]], AfterValidator(note_after)],  # type: ignore[name-defined]
    }

    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        number = draw(st.integers(0, 3))
        parts: list[str]
        if form == "set":
            parts = [*draw(st.lists(st.sampled_from(('"a"', '"b"', '"long text"')), max_size=4))]
        elif form == "frozenset":
            parts = [*draw(st.lists(st.sampled_from(("1", '"2"', "3")), max_size=4))]
        elif form == "pair":
            parts = ["1", inner.write(draw, mess)]
            if messy(draw, mess):
                parts = parts[:1]
        else:
            parts = [inner.write(draw, mess) for _ in range(number)]
        return joined(draw, "[", parts, "]")

    return Spec(f"{form}[{inner}]", forms[form], write)


@st.composite
def records(draw: st.DrawFn, inner: st.SearchStrategy[Spec]) -> Spec:
    """A typed dictionary, a dataclass of either kind, or a named tuple."""
    form = draw(st.sampled_from(("typed dict", "dataclass", "pydantic dataclass", "named tuple")))
    specs = {name: draw(inner) for name in NAMES[: draw(st.integers(1, 3))]}
    optional_names: set[str] = set()
    target: Any
    if form == "typed dict":
        total = draw(st.booleans())
        optional_names = set() if total else set(specs)
        made: Any = TypedDict
        target = made("Record", {n: s.target for n, s in specs.items()}, total=total)
    elif form == "named tuple":
        made = NamedTuple
        target = made("Record", [(name, spec.target) for name, spec in specs.items()])
    else:
        post = draw(st.booleans())
        namespace = {"__post_init__": note_model} if post else {}
        target = make_dataclass("Record", [(n, s.target) for n, s in specs.items()], namespace=namespace)
        if form == "pydantic dataclass":
            target = pydantic.dataclasses.dataclass(target, config=ConfigDict(strict=draw(st.booleans())))

    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        if form == "named tuple" and draw(st.booleans()):
            return joined(draw, "[", [spec.write(draw, mess) for spec in specs.values()], "]")
        parts = [
            f'"{name}": {specs[name].write(draw, mess)}'
            for name in draw(st.permutations(list(specs)))
            if not (name in optional_names and draw(st.booleans())) and not messy(draw, mess)
        ]
        if messy(draw, mess):
            parts.append('"extra": 1')
        return joined(draw, "{", parts, "}")

    shown = ", ".join(f"{name}: {spec}" for name, spec in specs.items())
    return Spec(f"{form}({shown})", target, write)


def either(inner: Spec, form: str) -> Spec:
    """A union with branches of other JSON types beside a list or dict of something."""
    forms: dict[str, tuple[Any, tuple[str, ...]]] = {
        "str or list": (str | list[inner.target], ('"text"', "[]")),  # type: ignore[name-defined]
        "int or dict": (int | dict[str, inner.target], ("5", "{}")),  # type: ignore[name-defined]
        "str, list or dict": (str | list[int] | dict[str, inner.target], ('"text"', "[1, 2]")),  # type: ignore[name-defined]
        "int, str or list": (int | str | list[inner.target] | None, ("1", '"1"', "null")),  # type: ignore[name-defined]
        "two lists": (list[inner.target] | tuple[int, str], ('[1, "x"]', '["x", 1]')),  # type: ignore[name-defined]
    }
    target, atoms = forms[form]

    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        if draw(st.integers(0, 2)) == 0:
            return draw(st.sampled_from(atoms))
        if "dict" in form:
            return joined(
                draw, "{", [f'"k{i}": {inner.write(draw, mess)}' for i in range(draw(st.integers(0, 2)))], "}"
            )
        return joined(draw, "[", [inner.write(draw, mess) for _ in range(draw(st.integers(0, 3)))], "]")

    return Spec(f"{form}[{inner}]", target, write)


@st.composite
def tagged(draw: st.DrawFn, inner: st.SearchStrategy[Spec]) -> Spec:
    """A union of models discriminated by a field, which may come anywhere in the object."""
    alias = draw(st.sampled_from((None, None, "@tag")))
    key = alias or "tag"
    branches: dict[str, tuple[Any, dict[str, Spec]]] = {}
    for number, tag in enumerate(("x", "y", "z")[: draw(st.integers(2, 3))]):
        specs = {name: draw(inner) for name in NAMES[number : number + draw(st.integers(0, 2))]}
        fields: dict[str, Any] = {name: (spec.target, ...) for name, spec in specs.items()}
        validators: dict[str, Any] = {}
        if draw(st.integers(0, 3)) == 0:
            validators["check_model"] = model_validator(mode="after")(note_model)
        fields["tag"] = (Literal[tag], Field(alias=alias))
        extra = draw(st.sampled_from(("ignore", "allow", "forbid")))
        config = ConfigDict(extra=extra)  # type: ignore[typeddict-item]
        model = pydantic.create_model(f"Tag{tag}", __config__=config, __validators__=validators, **fields)
        branches[tag] = (model, specs)
    models: Any = tuple(model for model, _ in branches.values())
    target: Any = Annotated[Union[models], Field(discriminator="tag")]  # noqa: UP007  # | does not take a tuple of types

    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        tag = draw(st.sampled_from(list(branches)))
        parts = [f'"{name}": {spec.write(draw, mess)}' for name, spec in branches[tag][1].items()]
        shown = ['"x"', '"?"', "1", "null", "{}"] if messy(draw, mess) else [f'"{tag}"']
        if not messy(draw, mess):
            parts.append(f'"{key}": {draw(st.sampled_from(shown))}')
        if messy(draw, mess):
            parts.append(f'"other": {draw(st.sampled_from(JUNK))}')
        return joined(draw, "{", draw(st.permutations(parts)), "}")

    shown = "; ".join(f"{tag}: {specs}" for tag, (_, specs) in branches.items())
    return Spec(f"tagged by {key} ({shown})", target, write)


SEQUENCES = ("set", "frozenset", "deque", "pair", "one and more", "root", "noted root")
UNIONS = ("str or list", "int or dict", "str, list or dict", "int, str or list", "two lists")


def optional(inner: Spec) -> Spec:
    def write(draw: st.DrawFn, mess: int) -> str:
        return "null" if draw(st.integers(0, 3)) == 0 else inner.write(draw, mess)

    return Spec(f"{inner}?", inner.target | None, write)


@dataclass
class Entry:
    """A field of a generated model: the keys it may have in a document, the right one first."""

    keys: list[str]
    required: bool
    spec: Spec


@st.composite
def models(draw: st.DrawFn, inner: st.SearchStrategy[Spec]) -> Spec:
    number = draw(st.integers(1, 4))
    extra = draw(st.sampled_from(("ignore", "allow", "forbid")))
    by_name = draw(st.booleans())
    config = ConfigDict(extra=extra, populate_by_name=by_name)  # type: ignore[typeddict-item]
    if draw(st.integers(0, 4)) == 0:
        config["validate_default"] = True
    if draw(st.integers(0, 5)) == 0:
        config["strict"] = True
    fields: dict[str, Any] = {}
    validators: dict[str, Any] = {}
    entries: list[Entry] = []
    for name in NAMES[:number]:
        spec = draw(inner)
        settings_of: dict[str, Any] = {}
        keys = [name]
        if draw(st.integers(0, 3)) == 0:
            settings_of["alias"] = name.upper()
            keys = [name.upper(), *keys] if by_name else [name.upper()]
        way = draw(st.sampled_from(("required", "required", "none", "default", "factory", "data")))
        if way == "none":
            settings_of["default"] = None
        elif way == "default":
            settings_of["default"] = "13"
        elif way == "factory":
            settings_of["default_factory"] = list
        elif way == "data":
            settings_of["default_factory"] = note_factory
        fields[name] = (spec.target, Field(**settings_of))
        entries.append(Entry(keys, way == "required", spec))
        kind = draw(st.sampled_from(("", "", "", "after", "before", "wrap")))
        if kind == "after":
            validators[f"check_{name}"] = field_validator(name)(classmethod(note_field))
        elif kind == "before":
            validators[f"check_{name}"] = field_validator(name, mode="before")(lambda cls, value: note_before(value))
        elif kind == "wrap":
            validators[f"check_{name}"] = field_validator(name, mode="wrap")(
                lambda cls, value, inner: note_wrap(value, inner)
            )
    if draw(st.integers(0, 3)) == 0:
        validators["check_model"] = model_validator(mode="after")(note_model)
    model = pydantic.create_model("Model", __config__=config, __validators__=validators, **fields)

    def write(draw: st.DrawFn, mess: int) -> str:
        if messy(draw, mess):
            return draw(st.sampled_from(JUNK))
        parts = []
        for entry in draw(st.permutations(entries)):
            if (entry.required or draw(st.booleans())) and not messy(draw, mess):
                key = entry.keys[0] if len(entry.keys) == 1 else draw(st.sampled_from(entry.keys))
                parts.append(f'"{key}": {entry.spec.write(draw, mess)}')
        if (extra != "forbid" and draw(st.integers(0, 4)) == 0) or messy(draw, mess):
            place = draw(st.integers(0, len(parts)))
            parts.insert(place, f'"extra": {draw(st.sampled_from(JUNK))}')
        return joined(draw, "{", parts, "}")

    shown = ", ".join(f"{'/'.join(entry.keys)}: {entry.spec}" for entry in entries)
    return Spec(f"Model({shown}; {config}; {sorted(validators)})", model, write)


def leaves() -> st.SearchStrategy[Spec]:
    return st.sampled_from(LEAVES).map(lambda each: leaf(*each))


def specs() -> st.SearchStrategy[Spec]:
    return st.recursive(
        leaves(),
        lambda inner: st.one_of(
            models(inner),
            models(inner),
            st.builds(list_of, inner, st.sampled_from(("list", "list", "long", "tuple", "noted"))),
            inner.map(dict_of),
            inner.map(optional),
            records(inner),
            tagged(inner),
            st.builds(sequence_of, inner, st.sampled_from(SEQUENCES)),
            st.builds(either, inner, st.sampled_from(UNIONS)),
        ),
        max_leaves=6,
    )


@st.composite
def cases(
    draw: st.DrawFn, source: st.SearchStrategy[Spec] | None = None, messes: tuple[int, ...] = (0, 5, 20, 60)
) -> tuple[Spec, str, list[str]]:
    """A target, a document for it, and the pieces it comes in."""
    spec = draw(specs() if source is None else source)
    text = spec.write(draw, draw(st.sampled_from(messes)))
    return spec, text, draw(strategies.chunkings(text, max_cuts=8))


def model_cases(*messes: int) -> st.SearchStrategy[tuple[Spec, str, list[str]]]:
    return cases(models(specs()), messes or (0, 5, 20))


# Targets that are known to be tricky


class Tree(BaseModel):
    a: int = 0
    left: Tree | None = None
    right: Tree | None = None
    rest: list[Tree] = []

    @field_validator("a")
    @classmethod
    def seen(cls, value: Any, info: ValidationInfo) -> Any:
        return note_field(cls, value, info)


class After(BaseModel):
    a: int = 0
    b: list[Tree] = []

    @model_validator(mode="after")
    def seen(self) -> After:
        return note_model(self)  # type: ignore[no-any-return]


class Camel(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="allow", validate_default=True)
    a: Annotated[int, AfterValidator(note_after)] = Field(default=1, alias="b")
    c: list[int] = Field(default_factory=list, alias="A")

    @field_validator("c", "a")
    @classmethod
    def seen(cls, value: Any, info: ValidationInfo) -> Any:
        return note_field(cls, value, info)


class Rooted(RootModel[Annotated[list[int], AfterValidator(note_after)]]):
    pass


class Early(BaseModel):
    a: int

    @model_validator(mode="before")
    @classmethod
    def seen(cls, data: Any) -> Any:
        noted("early", data)
        return data


class Kind(BaseModel):
    a: Literal["x", "y"]
    b: Annotated[int, AfterValidator(note_after)] = 0


class Other(BaseModel):
    a: Literal["z"]
    c: Early | None = None


class Tricky(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)
    a: Tree | Rooted | None = None
    b: dict[int, Camel] = {}
    c: Annotated[Kind | Other, Field(discriminator="a")] | None = None
    x: Annotated[list[Early], Field(max_length=2)] = []
    rest: list[Kind | Other] = Field(default_factory=list)


TRICKY: dict[str, Any] = {
    "Tree": Tree,
    "Tree or none": Tree | None,
    "After": After,
    "afters": list[dict[str, After | None]],
    "Camel": Camel,
    "Rooted": Rooted,
    "Early": Early,
    "Tricky": Tricky,
    "trees": dict[str, list[Tree]],
    "camels": dict[int, Camel],
    "adapter": TypeAdapter(list[Camel], config=ConfigDict(strict=True)),
}


def tricky_texts(*, repeats: bool) -> st.SearchStrategy[str]:
    """Documents with the keys of the tricky models, as far as chance makes them fit."""
    keys = st.sampled_from(("a", "b", "c", "x", "A", "left", "right", "rest", "1", "2"))
    atoms = st.sampled_from(("0", "1", "7", "11", "13", '"x"', '"y"', '"z"', '"5"', "null", "1.5", "true"))

    def deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        member = st.tuples(keys, inner)
        unique = None if repeats else (lambda pair: pair[0])
        members = st.lists(member, max_size=4, unique_by=unique) if unique else st.lists(member, max_size=4)
        objects = members.map(lambda pairs: "{" + ", ".join(f'"{key}": {text}' for key, text in pairs) + "}")
        return st.one_of(objects, objects, st.lists(inner, max_size=3).map(lambda texts: "[" + ",".join(texts) + "]"))

    return deeper(st.recursive(atoms, deeper, max_leaves=12))


# Law 1


@lawful
@given(cases())
def test_law_1_chunking_is_invisible(case: tuple[Spec, str, list[str]]) -> None:
    spec, text, chunks = case
    law_1(text, Maker(spec.target), chunks)


# Law 2


@lawful
@given(cases())
def test_law_2_growth_only(case: tuple[Spec, str, list[str]]) -> None:
    spec, text, _ = case
    assert Parser(spec.target).value is MISSING
    law_2(text, Maker(spec.target))


@lawful
@given(model_cases())
def test_law_2_there_is_one_promotion(case: tuple[Spec, str, list[str]]) -> None:
    """A model is shown as its partial class from its opening bracket, and once as itself: in the end."""
    spec, text, _ = case
    parser = Parser(spec.target)
    shown: list[type] = []
    for char in text:
        parser.feed(char)
        if not shown or shown[-1] is not type(parser.value):
            shown.append(type(parser.value))
    if isinstance(parser.end(), Failed):
        assert spec.target not in shown
    else:
        assert shown[-1] is spec.target
        assert [kind for kind in shown[:-1] if kind not in (type(MISSING), Partial[spec.target])] == []  # type: ignore[name-defined]


@lawful
@given(cases())
def test_what_is_foreseen_comes_true(case: tuple[Spec, str, list[str]]) -> None:
    """A value that cannot become valid any more does not; where only one value is left, it is that one."""
    spec, text, chunks = case
    parser = Parser(spec.target, predict=True)
    events = [event for chunk in chunks for event in parser.feed(chunk)] + list(parser.end().events)
    for i, event in enumerate(events):
        if isinstance(event, Violation):
            later = events[i + 1 :]
            ends = [each.path for each in later if isinstance(each, Invalid)]
            assert any(event.path[: len(path)] == path for path in ends), event
            assert 0 <= event.pos < len(text)
        elif isinstance(event, Predicted):
            closed = next(each for each in events[i + 1 :] if each.path == event.path)
            assert not isinstance(closed, Completed) or closed.raw or closed.value == event.value, event


# Law 3


@lawful
@given(cases())
def test_law_3_closed_once(case: tuple[Spec, str, list[str]]) -> None:
    """Exactly one of Completed and Invalid for each value, in the order of the untyped parser."""
    spec, text, chunks = case
    law_3(text, Maker(spec.target), chunks)


# Law 4

UNORDERED = object()
"""What `reach` gives for an element of a set, which has no place."""


def reach(value: Any, path: Path) -> Any:
    """The value at a path of the document in a typed view; MISSING where the view does not show it."""
    for key in path:
        if isinstance(value, Partial):
            value = member(value, value.__partial_fields__, str(key))
        elif isinstance(value, RootModel):
            value = reach(value.root, (key,))
        elif isinstance(value, BaseModel):
            value = member(value, type(value).model_fields, str(key))
        elif is_dataclass(value):
            value = getattr(value, str(key), MISSING)
        elif isinstance(value, dict):
            value = value.get(key, MISSING)
        elif isinstance(value, list | tuple | deque) and isinstance(key, int) and key < len(value):
            value = value[key]
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            value = getattr(value, str(key), MISSING)
        elif isinstance(value, set | frozenset):
            return UNORDERED
        else:
            return MISSING
    return value


def member(value: Any, fields: Any, key: str) -> Any:
    for name, field in fields.items():
        if key == name or (field is not None and key == field.alias):
            return getattr(value, name)
    return getattr(value, key, MISSING)


@lawful
@given(cases(), st.integers(0, 2**32))
def test_law_4_snapshots_hold_still(case: tuple[Spec, str, list[str]], seed: int) -> None:
    spec, text, chunks = case
    law_4(text, Maker(spec.target), chunks, random.Random(seed))


@lawful
@given(cases())
def test_law_4_snapshots_hold_still_at_every_character(case: tuple[Spec, str, list[str]]) -> None:
    """Where nothing changes, nothing is copied either."""
    spec, text, _ = case
    law_4(text, Maker(spec.target))


@lawful
@given(cases())
def test_law_4_what_has_closed_is_the_same_object_from_then_on(case: tuple[Spec, str, list[str]]) -> None:
    """In every later snapshot, in its event, and in the final value, where it is in something that is shown open."""
    spec, text, _ = case
    parser = Parser(spec.target)
    closed: dict[Path, Any] = {}
    snapshots: list[tuple[int, Any]] = []
    for char in text:
        before = parser.value
        for event in parser.feed(char):
            is_shown_open = event.path == () or reach(before, event.path[:-1]) is not MISSING
            if isinstance(event, Completed) and is_shown_open and reach(parser.value, event.path) is not MISSING:
                closed[event.path] = event.value
        snapshots.append((len(closed), parser.value))
    outcome = parser.end()
    if not isinstance(outcome, Failed | Truncated) and type(outcome.value) is type(parser.value):
        snapshots.append((len(closed), outcome.value))
    for count, snapshot in snapshots:
        for path, value in itertools.islice(closed.items(), count):
            there = reach(snapshot, path)
            if there is UNORDERED:
                continue
            if isinstance(value, BaseModel | Partial | list | dict):
                assert there is value
            else:
                assert describe(there) == describe(value)


# Law 5


@settings(lawful, max_examples=examples(250))
@given(cases())
def test_law_5_the_end_is_the_one_shot_result(case: tuple[Spec, str, list[str]]) -> None:
    spec, text, chunks = case
    law_5(text, Maker(spec.target), chunks)


@settings(lawful, max_examples=examples(60))
@given(cases(), st.sampled_from([{"strict": True}, {"strict": False}, {"by_name": True}, {"context": {"a": 1}}]))
def test_law_5_the_end_is_the_one_shot_result_with_options(
    case: tuple[Spec, str, list[str]], options: dict[str, Any]
) -> None:
    spec, text, chunks = case
    law_5(text, Maker(spec.target, **options), chunks)


@pytest.mark.parametrize("name", TRICKY)
def test_law_5_the_end_is_the_one_shot_result_for_tricky_models(name: str) -> None:
    @settings(lawful, max_examples=examples(60))
    @given(tricky_texts(repeats=PYDANTIC_2_14), st.data())
    @example('{"a": {"a": 7}, "b": {"1": {"b": 13, "A": [1]}}}', None)
    def check(text: str, data: st.DataObject | None) -> None:
        chunks = [text] if data is None else data.draw(strategies.chunkings(text, max_cuts=4))
        law_5(text, Maker(TRICKY[name]), chunks)

    check()


@lawful
@given(cases(messes=(0, 20)), st.data())
def test_law_5_malformed_text_is_refused(case: tuple[Spec, str, list[str]], data: st.DataObject) -> None:
    """Where the text is not JSON neither side has a value, and the parser says so as it does without a target."""
    spec, text, _ = case
    # Pydantic reads NaN, which is not JSON.
    text = data.draw(strategies.damaged(text, labels=NOISE).filter(lambda text: "NaN" not in text))
    law_5(text, Maker(spec.target))
    if not is_json(text):
        assert oneshot(spec.target, text).errors is not None


# Law 6


@settings(lawful, max_examples=examples(250))
@given(cases())
def test_law_6_validated_once(case: tuple[Spec, str, list[str]]) -> None:
    spec, text, chunks = case
    law_6(text, Maker(spec.target), CALLS, chunks)


@pytest.mark.parametrize("name", [name for name in TRICKY if name not in ("Camel", "Tricky", "camels", "adapter")])
def test_law_6_validated_once_in_tricky_models(name: str) -> None:
    """Those with a key that is found under two names, or a list that gets too long, are documented exceptions."""

    @settings(lawful, max_examples=examples(60))
    @given(tricky_texts(repeats=False))
    def check(text: str) -> None:
        law_6(text, Maker(TRICKY[name]), CALLS)

    check()


class Branch(BaseModel):
    inner: Branch | None = None

    @model_validator(mode="after")
    def seen(self) -> Branch:
        return note_model(self)  # type: ignore[no-any-return]


@pytest.mark.parametrize("text", ["{}", '{"inner": {}}', '{"inner": {"inner": null}}'])
def test_law_6_validated_once_where_pydantic_itself_does_it_twice(text: str) -> None:
    """Some versions of pydantic call a model validator of a recursive model twice inside another type.

    What the model itself does at the root is taken as the truth.
    """
    expected = calls_of(lambda: oneshot(Branch, text))
    for target, document in ((Branch, text), (list[Branch], f"[{text}]"), (Branch | None, text)):
        assert calls_of(lambda: observe(list(document), lambda: Parser(target))) == expected  # noqa: B023  # called at once


@lawful
@given(model_cases(0))
def test_law_6_no_validator_sees_a_prefix(case: tuple[Spec, str, list[str]]) -> None:
    """After any prefix, every call so far is one that one-shot validation of the whole makes too."""
    spec, text, _ = case
    law_6(text, Maker(spec.target), CALLS)


# Law 7


def reported(parser: Parser[Any], chunks: list[str]) -> list[Any]:
    """What is reported, and where the parser stands after each chunk."""
    seen: list[Any] = []
    taken: list[tuple[Any, Any]] = []
    for chunk in chunks:
        for event in parser.feed(chunk):
            if isinstance(event, Invalid):
                seen.append((event.path, describe_errors(event.error)))  # type: ignore[arg-type]
            elif isinstance(event, Completed):
                seen.append((event.path, describe(event.value), event.raw))
            else:
                assert isinstance(event, Violation)
                seen.append((event.path, event.msg, event.pos))
        seen.append((parser.path, parser.pos, parser.done))
        taken += [(view, describe(view)) for view in (parser.value, parser.json) if view is not MISSING]
    for view, described in taken:
        assert describe(view) == described, "law 4: a snapshot moved"
    return seen


# Keys that a model ignores are selected, too.
@pytest.mark.filterwarnings("ignore:select pattern")
@lawful
@given(cases(), st.data())
def test_law_7_what_is_not_retained_is_reported_all_the_same(
    case: tuple[Spec, str, list[str]], data: st.DataObject
) -> None:
    spec, text, chunks = case
    paths = [event.path for event in Parser(spec.target).feed(text)]
    steps = [[st.just(key) if isinstance(key, str) else st.sampled_from((None, key)) for key in path] for path in paths]
    pattern = st.sampled_from(steps).flatmap(lambda path: st.tuples(*path)) if steps else st.just(())
    select = [written(way) for way in data.draw(st.lists(pattern, min_size=1, max_size=3))]
    for on_invalid in ("collect", "skip"):
        options: dict[str, Any] = {"select": select, "on_invalid": on_invalid}
        retaining, dropping = Parser(spec.target, **options), Parser(spec.target, **options, retain=False)
        assert reported(dropping, chunks) == reported(retaining, chunks)
        end = dropping.end()
        assert getattr(end, "value", MISSING) is MISSING or not isinstance(end, Complete)
        if isinstance(retaining.end(), Complete):
            assert isinstance(end, Complete)


# Law 8


def prefixes(text: str) -> Iterator[str]:
    whole = text.rstrip()
    for end in range(len(whole)):
        yield whole[:end]


@lawful
@given(model_cases(0, 5))
def test_law_8_cut_off_is_not_complete(case: tuple[Spec, str, list[str]]) -> None:
    """No prefix of an object yields the model, whatever closed inside it."""
    spec, text, _ = case
    if not text.startswith("{"):
        return
    running = Parser(spec.target)
    for prefix in prefixes(text):
        if prefix:
            running.feed(prefix[-1])
        assert not isinstance(running.value, spec.target)
        assert not running.done
        if len(prefix) % 7 == 0:
            law_8(prefix, Maker(spec.target), [prefix])
            parser = Parser(spec.target)
            parser.feed(prefix)
            outcome = parser.end()
            assert isinstance(outcome, Truncated)
            assert describe(outcome.value) == describe(running.value)


@lawful
@given(st.sampled_from(["12", "-1.5", "1e3", "0"]), st.sampled_from([int, float, Any, decimal.Decimal]))
def test_law_8_a_number_at_the_root_is_complete_only_at_close(text: str, target: Any) -> None:
    parser = Parser(target)
    parser.feed(text)
    assert parser.value is MISSING
    assert not parser.done
    assert verdict_of(parser) == oneshot(target, text)
    parser = Parser(target)
    parser.feed(text)
    assert isinstance(parser.end("max_tokens"), Truncated)


# Laws 9, 10 and 11


@lawful
@given(cases(), st.integers(0, 2**32))
def test_law_9_deltas_fold(case: tuple[Spec, str, list[str]], seed: int) -> None:
    spec, text, chunks = case
    law_9(text, Maker(spec.target), chunks, random.Random(seed))


@lawful
@given(cases(), st.integers(0, 9), st.booleans())
def test_law_10_checkpoints_are_invisible(case: tuple[Spec, str, list[str]], at: int, since: bool) -> None:
    spec, text, chunks = case
    law_10(text, Maker(spec.target), chunks, at, since)


@lawful
@given(cases(messes=(0, 20)), st.data())
def test_law_11_nothing_breaks_it(case: tuple[Spec, str, list[str]], data: st.DataObject) -> None:
    spec, text, _ = case
    text = data.draw(strategies.damaged(text, labels=NOISE))
    law_11(text, Maker(spec.target), data.draw(strategies.chunkings(text)))
