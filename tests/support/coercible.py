"""Documents that nearly fit their targets: words, keys and structures as models write them, at random.

`KINDS` has a value for each kind of coercion. `nearly(source)` is one JSON value out of a small vocabulary that goes
with `TARGETS`, so that many of its parts fit as they are, many fit in another form, and some do not fit at all.
"""

from __future__ import annotations

import random
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel, ValidationInfo, field_validator

from partialjson import CoercionKind, First, Whole


class Color(Enum):
    RED = "RED"
    DARK_BLUE = "dark_blue"


class Item(BaseModel):
    first_name: str
    n: int
    color: Color = Color.RED


class Note(BaseModel):
    note: str | None
    n: float | None


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first_name: str = ""
    tags: list[str] = []
    items: list[Item] = []


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    first_name: str
    n: int = 0


class Single(BaseModel):
    n: int


class Ordered(BaseModel):
    items: Annotated[list[Item], Whole]
    first_name: Annotated[str, First]
    color: Color


class Aliased(BaseModel):
    first_name: str = Field(validation_alias="firstName")
    n: int = Field(validation_alias=AliasChoices("n", "count"))
    tags: list[str] | None

    @field_validator("tags")
    @classmethod
    def checked(cls, tags: Any, info: ValidationInfo) -> Any:
        if tags and "bad" in tags:
            raise ValueError("bad")
        return tags


class A(BaseModel):
    kind: Literal["a"]
    n: int


class B(BaseModel):
    kind: Literal["b_c"]
    items: list[Single]


class Node(BaseModel):
    n: int
    child: Node | None
    children: list[Node] = []


class Pair(NamedTuple):
    n: int
    note: str | None


Tagged = Annotated[A | B, Field(discriminator="kind")]


def strictly(kind: Any) -> Any:
    """A type that reads only what it is."""
    return Annotated[kind, Field(strict=True)]


# One row for each kind: a target, what is written for it, and what it is read as.
KINDS: list[tuple[CoercionKind, Any, Any, Any]] = [
    (CoercionKind.QUOTED_NUMBER, strictly(int), "12", 12),
    (CoercionKind.QUOTED_NUMBER, strictly(float), " +1.50 ", 1.5),
    (CoercionKind.QUOTED_NUMBER, Literal[1, 2], "2", 2),
    (CoercionKind.BOOL_WORD, strictly(bool), "Yes", True),
    (CoercionKind.BOOL_WORD, Literal[True], "true", True),
    (CoercionKind.NULL_WORD, int | None, "None", None),
    (CoercionKind.UNQUOTED_STRING, str, 12, "12"),
    (CoercionKind.UNQUOTED_STRING, str, True, "true"),
    (CoercionKind.UNQUOTED_STRING, Literal["1", "2"], 2, "2"),
    (CoercionKind.MEMBER_CASE, Color, "Red", Color.RED),
    (CoercionKind.MEMBER_CASE, Literal["low", "high"], " HIGH ", "high"),
    (CoercionKind.MEMBER_SEPARATORS, Color, "Dark Blue", Color.DARK_BLUE),
    (CoercionKind.MEMBER_SEPARATORS, Literal["in-progress"], "inProgress", "in-progress"),
    (CoercionKind.KEY, Single, {"N": 1}, Single(n=1)),
    (CoercionKind.JSON_IN_STRING, list[int], "[1, 2]", [1, 2]),
    (CoercionKind.JSON_IN_STRING, Single, '{"n": 1}', Single(n=1)),
    (CoercionKind.THOUSANDS, int, "12,111", 12111),
    (CoercionKind.THOUSANDS, float, "1 234 567.5", 1234567.5),
    (CoercionKind.THOUSANDS, Decimal, "12,345,678,901,234.567891", Decimal("12345678901234.567891")),
    (CoercionKind.WORD_IN_TEXT, Color, "RED, since it is urgent", Color.RED),
    (CoercionKind.WORD_IN_TEXT, bool, "The answer is **True**.", True),
    (CoercionKind.LIST_OF_ONE, list[int], 1, [1]),
    (CoercionKind.LIST_OF_ONE, list[Single], {"n": 1}, [Single(n=1)]),
    (CoercionKind.LIST_OF_ONE, set[str], "a", {"a"}),
    (CoercionKind.ONE_OF_LIST, int, [1], 1),
    (CoercionKind.ONE_OF_LIST, Single, [{"n": 1}], Single(n=1)),
    (CoercionKind.WRAPPER, int, {"result": 1}, 1),
    (CoercionKind.WRAPPER, Item, {"item": {"first_name": "Ada", "n": 1}}, Item(first_name="Ada", n=1)),
    (CoercionKind.WRAPPER, list[Single], {"items": [{"n": 1}, {"n": 2}]}, [Single(n=1), Single(n=2)]),
    (CoercionKind.SINGLE_FIELD, Single, 1, Single(n=1)),
    (CoercionKind.JSON_AS_TEXT, str, {"a": 1.50, "b": []}, None),
    (CoercionKind.ABSENT_NULL, Note, {"n": 1}, Note(note=None, n=1)),
]


TARGETS: list[Any] = [
    Item,
    Note,
    Closed,
    Open,
    Single,
    Ordered,
    Aliased,
    Tagged,
    A | B,
    Node,
    Pair,
    list[Item],
    list[Tagged],
    list[int],
    list[list[int]],
    set[str],
    tuple[int, Item],
    dict[str, int],
    dict[str, Item],
    list[Single] | None,
    Item | Note,
    list[Item] | Note,
    Item | int,
    RootModel[list[Single]],
    Color,
    Literal["RED", 2, True],
    int,
    bool,
    str,
    float | None,
    Any,
]

KEYS = ["first_name", "firstName", "First Name", "FIRST_NAME", "n", "N", "count", "note", "tags", "items", "Items"]
KEYS += ["kind", "Kind", "color", "Color", "child", "children", "result", "extra", "value"]
WORDS: list[Any] = ["RED", "red", "Dark Blue", "dark_blue", "a", "A", "b_c", "B C", "bad", "RED, I think", "not RED"]
WORDS += ["1", "12,111", "1,5", "1.50", "true", "No", "null", "None", "", "[1, 2]", '{"n": 1}', '[{"n": "2"}]', "x"]
WORDS += [0, 1, 2, -3, 1.5, 2.0, True, False, None]


ALMOST: dict[Any, list[Any]] = {
    int: [1, 2, -3, "1", "12,111", "1.0", [1], {"value": 1}, "x"],
    float: [1.5, 2, "1.5", "1,234.5", [0.5], "x"],
    str: ["x", "", 1, 2.5, True, ["x"], {"text": "x"}],
    bool: [True, False, "true", "No", "It is true", [True]],
    Color: ["RED", "red", "Dark Blue", "RED, I think", "not RED", ["RED"], "x"],
    type(None): [None, None, "null", "None"],
    "a": ["a", "A"],
    "b_c": ["b_c", "B C", "b_c or so"],
}


def nearly(source: random.Random, depth: int = 4) -> Any:
    """A JSON value of these keys and words."""
    kind = source.random()
    if depth == 0 or kind < 0.4:
        return source.choice(WORDS)
    if kind < 0.8:
        count = source.choice((0, 1, 1, 2, 2, 3, 4))
        return {source.choice(KEYS): nearly(source, depth - 1) for _ in range(count)}
    return [nearly(source, depth - 1) for _ in range(source.choice((0, 1, 1, 2, 3)))]


def nearly_fits(source: random.Random, target: Any, depth: int = 5) -> Any:
    """A value that a few steps away would fit a target: one for a model's fields, or for another target anything."""
    if depth and isinstance(target, type) and issubclass(target, BaseModel) and target.model_fields:
        value = {}
        for name, field in target.model_fields.items():
            if source.random() < 0.85:
                key = source.choice([name, name, field.alias or name, name.upper(), name.replace("_", " ").title()])
                value[key] = nearly_fits(source, field.annotation, depth - 1)
        if source.random() < 0.1:
            value[source.choice(KEYS)] = nearly(source, 1)
        return source.choice([value] * 8 + [[value], {"result": value}])
    found = getattr(target, "__args__", None)
    if depth and found and getattr(target, "__origin__", None) is list and source.random() < 0.8:
        return [nearly_fits(source, found[0], depth - 1) for _ in range(source.choice((0, 1, 2)))]
    if depth and found and source.random() < 0.8:
        return nearly_fits(source, source.choice(found), depth - 1)
    wanted = ALMOST.get(target)
    return source.choice(wanted) if wanted and source.random() < 0.9 else nearly(source, 2)
