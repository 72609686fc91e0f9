"""Lines of an answer that goes on: which are fences, which may become one, and which look like JSON."""

from __future__ import annotations

import pytest

from partialjson.lenient.lines import fence_line, looks_like_json, may_become_fence_line

FENCES = {
    "```\n": "",
    "```\r\n": "",
    " \t``` \t\n": "",
    "```json\n": "json",
    "```JSON\r\n": "JSON",
    "  ```Json5 \n": "Json5",
    "```jsonL\n": "jsonL",
    "```json" + " " * 92 + "\n": "json",
}
OTHERS = (
    *("```", "``\n", "````\n", "```js\n", "```json5\n5", "```json x\n", "x```\n", "```\n\n", "\n```\n", "```xjson\n"),
    *("~~~\n", "", "\n", "```json-lines\n", "```json" + " " * 93 + "\n", "```\r", "```jso\n", "``` `\n"),
)


@pytest.mark.parametrize("line", FENCES)
def test_a_line_that_is_a_fence(line: str) -> None:
    assert fence_line(line) == FENCES[line]
    for cut in range(line.index("\n")):
        assert may_become_fence_line(line[:cut]), line[:cut]
    assert not may_become_fence_line(line)


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_that_is_none(line: str) -> None:
    assert fence_line(line) is None


@pytest.mark.parametrize(
    "line", ["x", "````", "```json x", "```x-", "``x", " x", "`` `", "```json\r ", " " * 101, "\n"]
)
def test_a_line_that_can_become_none(line: str) -> None:
    assert not may_become_fence_line(line)
    assert may_become_fence_line(" " * 100)


def test_a_line_that_looks_like_json() -> None:
    for sign in '"{}[]':
        assert looks_like_json(sign)
        assert looks_like_json(f"so {sign} on\n")
    for line in ("", "so on", "a: 1, 'b' (c)", "```json\n"):
        assert not looks_like_json(line)
