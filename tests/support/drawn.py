"""Documents to draw, and what is drawn of them: models with every layout, texts cut anywhere, and the rows of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal

from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from partialjson import ParseError, Parser
from partialjson.broadcast import DocumentState

__all__ = ["CASES", "Case", "Steps", "documents_to_draw", "rows_of_html", "steps_of"]


class Point(BaseModel):
    x: int
    y: int = Field(ge=0)
    label: str | None = Field(None, title="Its label", description="What it is <called>")


class Circle(BaseModel):
    shape: Literal["circle"]
    centre: Point
    radius: float


class Polygon(BaseModel):
    shape: Literal["polygon"]
    points: list[Point]


class Folder(BaseModel):
    name: str
    folders: list[Folder] = []
    notes: list[str] = []


class Drawing(BaseModel):
    """A drawing."""

    drawing_title: str
    size: Literal["small", "large"] = "small"
    origin: Point
    shapes: list[Circle | Polygon]
    tags: list[str]
    pair: tuple[int, str] = (0, "")
    extra: dict[str, Any] = {}
    root: Folder | None = None
    password: SecretStr = SecretStr("")
    internal: str = Field("", exclude=True)


@dataclass(frozen=True)
class Case:
    """A document to draw. ``end``: whether the parser is told that the stream ended."""

    name: str
    target: Any
    text: str
    end: bool = False
    options: dict[str, Any] = field(default_factory=dict)


_TYPED = (
    '{"drawing_title": "A plan\\nof <b>two</b> lines", "origin": {"x": 1, "y": 2, "label": null}, "shapes": ['
    '{"shape": "circle", "centre": {"x": 0, "y": 0}, "radius": 1.5}, {"shape": "polygon", "points": '
    '[{"x": 1, "y": 1}, {"x": 2, "y": 3, "label": "peak"}, {"y": 4, "x": 5, "colour": "red"}]}], '
    '"tags": ["draft", "\\u00e9t\\u00e9"], "pair": [3, "three"], "extra": {"a/b~c": [[1, 2], {}], "list": []}, '
    '"root": {"name": "top", "folders": [{"name": "in", "folders": [{"name": "deep"}], "notes": ["n"]}]}, '
    '"password": "hunter2", "internal": "not shown"}'
)

CASES = [
    Case("typed", Drawing, _TYPED, end=True),
    Case("cut", Drawing, _TYPED[:300], end=True),
    Case("invalid", Drawing, '{"drawing_title": 3, "size": "huge", "origin": {"x": "a", "y": -1}, "tags": [1]}', True),
    Case("malformed", Drawing, '{"drawing_title": "t", "origin": {"x": 1 "y"', end=True),
    Case("folders", Folder, '{"name": "a", "folders": [{"name": "b", "folders": [], "notes": ["x", "y"]}]}', end=True),
    Case("table", list[Point], '[{"x": 1, "y": 2}, {"x": 3, "y": 4, "label": "<i>"}, {"x": 5, "y": -6}]', end=True),
    Case("no table after all", list[Point], '[{"x": 1, "y": 2}, {"x": 3, "y": [4]}, {"x": 5, "y": 6}]', end=True),
    Case("untyped table", None, '[{"a": 1}, {"b": "two", "a": 2}, {"a": 3, "c": null}, {"b": "", "c": true}]', True),
    Case("untyped, mixed", None, '{"one": [1, "two", [3]], "two": [{"a": 1}, {"b": {"c": []}}], "": [[], {}]}', True),
    Case("keys again", None, '{"a": [1, 2, 3], "b": {"c": "d"}, "a": {"x": "y"}, "b": "text"}', end=True),
    Case("long table", None, json.dumps([{"a": number} for number in range(101)] + [{"a": 1, "b": 2}]), end=True),
    Case("long object", None, json.dumps({f"key {number}": number for number in range(101)})[:-1], end=True),
    Case("scalar", str, '"a text"', end=True),
    Case("nothing", Drawing, "", end=True),
    Case("lenient", Drawing, "{drawing_title: 'plan', tags: [\"a\", 'b',], origin: {x: '1', y: 2}", True,
         {"lenient": True}),
]  # fmt: skip


@dataclass
class Steps:
    """The deltas of a document, and its state after each."""

    deltas: list[list[dict[str, Any]]]
    states: list[dict[str, Any]]


def steps_of(case: Case, chunks: Iterable[str]) -> Steps:
    """The text of a case, fed in these chunks."""
    parser: Parser[Any] = Parser(case.target, **case.options)
    state = DocumentState(parser)
    steps = Steps([state.changes()], [state.state])

    def step(events: Any) -> None:
        steps.deltas.append(state.changes(events))
        steps.states.append(state.state)

    try:
        for chunk in chunks:
            step(parser.feed(chunk))
    except ParseError as error:
        step(error.events)
    if case.end:
        step(parser.end().events)
    return steps


_KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5).filter(lambda key: not key.isdigit())
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9999, 9999)
    | st.integers(-99, 99).map(lambda number: number + 0.25)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
)


def documents_to_draw() -> st.SearchStrategy[Any]:
    """Values that JavaScript writes as Python does, and of which it keeps the order of keys."""
    records = st.lists(st.dictionaries(st.sampled_from(["a", "b", "c_d", "<e>"]), _SCALARS, max_size=4), max_size=4)
    return st.recursive(
        _SCALARS | records,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
        max_leaves=16,
    )


def rows_of_html(html: str) -> dict[str, str]:
    """The status of each place in a fragment, by its pointer."""
    found: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if "data-path" in given:
                path = given["data-path"] or ""
                assert path not in found, path
                found[path] = given["data-status"] or ""

    Reader().feed(html)
    return found


def cuts_of(text: str, size: int) -> Iterator[str]:
    """The text in pieces of a size."""
    return (text[start : start + size] for start in range(0, len(text), size))
