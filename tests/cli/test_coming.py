"""What the live view says may come next."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from partialjson import Parser
from partialjson.cli.board import Board
from partialjson.cli.coming import coming
from partialjson.cli.readers import MessageReader
from partialjson.messages import MessageParser
from partialjson.testing.bodies import Said, Say, body


class Stop(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    note: str | None = None
    city: str
    days: int
    kind: Literal["city", "sea", "mountain"] = "city"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an array"),
        ("[", "an object or ]"),
        ("[{", "a key: city, days, note, kind"),
        ('[{"ci', "a key: city"),
        ('[{"city"', ":"),
        ('[{"city":', "a string   still required: days"),
        ('[{"city": "Os', "more of the string   still required: days"),
        ('[{"city": "Oslo"', ",   still required: days"),
        ('[{"city": "Oslo", "days": ', "a number"),
        ('[{"city": "Oslo", "days": 1', "a digit or , or }"),
        ('[{"city": "Oslo", "days": 1, "note": ', "a string or null"),
        ('[{"city": "Oslo", "days": 1, "kind": ', '"city", "sea" or "mountain"'),
        ('[{"city": "Oslo", "days": 1, "kind": "s', '"sea"'),
        ('[{"city": "Oslo", "days": 1}', ", or ]"),
        ('[{"city": "Oslo", "days": 1}]', ""),
    ],
)
def test_in_words(text: str, said: str) -> None:
    parser = Parser(list[Stop])
    parser.feed(text)
    assert coming(parser) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "any value"), ("{", "a key or }"), ("[", "any value or ]"), ("[t", "true"), ("[0.", "a digit")],
)
def test_without_a_target(text: str, said: str) -> None:
    parser: Parser[Any] = Parser()
    parser.feed(text)
    assert coming(parser).startswith(said)


def test_an_integer_of_a_schema() -> None:
    parser: Parser[Any] = Parser(schema={"items": {"type": ["integer", "boolean"]}})
    parser.feed("[")
    assert coming(parser) == "an integer, true or false or ]"


def test_what_has_failed_expects_nothing() -> None:
    parser: Parser[Any] = Parser()
    with pytest.raises(ValueError, match="expected"):
        parser.feed("[}")
    assert coming(parser) == ""


def test_what_a_model_writes_is_printable() -> None:
    parser: Parser[Any] = Parser(schema={"properties": {"\x1b[31m": {"enum": ["\x1b"]}}, "additionalProperties": False})
    parser.feed("{")
    assert coming(parser) == "a key: \\x1b[31m or }"
    parser.feed(json.dumps("\x1b[31m") + ":")
    assert coming(parser) == '"\\u001b"'


def test_in_a_message_it_is_that_of_the_document_that_grew_last() -> None:
    calls = (Say("c1", "go", ('{"city": "Os', "lo")), Say("c2", "stay", ('{"days": ',)))
    board = Board("x", "openai-chat", lambda: 0.0)
    reader = MessageReader(board, "openai-chat", tools={"go": Stop, "stay": Stop})
    seen = []
    for line in body("openai-chat", Said(("Let me see",), (), calls, "tool_calls")).splitlines(keepends=True):
        reader.feed(line)
        sheet = board.growing()
        if sheet is not None:
            seen.append((sheet.name, coming(sheet.document)))
    assert ("go", "more of the string   still required: days") in seen
    assert ("stay", "a number   still required: city") in seen


def test_a_document_that_has_not_begun_may_be_anything() -> None:
    message = MessageParser("openai-chat")
    assert coming(message.output) == "any value"
    assert message.output.path == ()
