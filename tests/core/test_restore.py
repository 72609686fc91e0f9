"""What ``restore`` says to those who give it something else than it needs: before anything is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import DocumentSequence, Parser


class Order(BaseModel):
    note: str = ""


class Other(BaseModel):
    note: int = 0


def of_parser(*given: Any, **options: Any) -> dict[str, Any]:
    parser: Parser[Any] = Parser(*given, **options)
    parser.feed('{"note": "a')
    return parser.checkpoint()


def of_sequence(*given: Any, **options: Any) -> dict[str, Any]:
    sequence: DocumentSequence[Any] = DocumentSequence(*given, **options)
    sequence.feed('{"note": "a')
    return sequence.checkpoint()


KINDS: list[tuple[Callable[..., dict[str, Any]], Callable[..., Any]]] = [
    (of_parser, Parser.restore),
    (of_sequence, DocumentSequence.restore),
]
BOTH = pytest.mark.parametrize(("save", "restore"), KINDS, ids=["Parser", "DocumentSequence"])


@BOTH
@pytest.mark.parametrize("options", [{}, {"strict": True}, {"on_invalid": "raise"}, {"predict": True}], ids=repr)
def test_no_target_was_given(save: Any, restore: Any, options: dict[str, Any]) -> None:
    state = save(Order, **options)
    with pytest.raises(ValueError, match=r"^this checkpoint was made with a target; give the same one$"):
        restore(state)
    restore(state, Order)


@BOTH
def test_a_target_was_given_for_a_document_without_one(save: Any, restore: Any) -> None:
    with pytest.raises(ValueError, match=r"^this checkpoint was made without a target; restore it without one$"):
        restore(save(), Order)


@BOTH
def test_another_target_was_given(save: Any, restore: Any) -> None:
    with pytest.raises(ValueError, match=r"^this checkpoint was made with another target; give the same one$"):
        restore(save(Order), Other)


@BOTH
def test_a_schema_is_given_by_name(save: Any, restore: Any) -> None:
    schema = {"type": "object", "required": ["note"]}
    state = save(schema=schema)
    with pytest.raises(ValueError, match="was made with a target"):
        restore(state)
    restored = restore(state, schema=schema)
    restored.feed('"}')
    restored.end()


@BOTH
@pytest.mark.parametrize("text", [str, str.encode, lambda text: bytearray(text.encode())], ids=["str", "bytes", "more"])
def test_the_text_was_not_loaded(save: Any, restore: Any, text: Any) -> None:
    saved = text(json.dumps(save(Order)))
    kind = type(saved).__name__
    with pytest.raises(
        TypeError, match=rf"^a checkpoint is the dict that checkpoint\(\) returned, not {kind}: json.loads it first$"
    ):
        restore(saved, Order)


@BOTH
@pytest.mark.parametrize("state", [None, 3, [], {}])
def test_something_else_was_stored(save: Any, restore: Any, state: Any) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        restore(state)


def test_the_checkpoint_of_the_other_class() -> None:
    with pytest.raises(ValueError, match=r"use DocumentSequence\.restore$"):
        Parser.restore(of_sequence())
    with pytest.raises(ValueError, match=r"use Parser\.restore$"):
        DocumentSequence.restore(of_parser())


def test_what_is_wrong_is_told_in_words() -> None:
    state = of_parser()
    text = state.pop("text")
    with pytest.raises(ValueError, match=r"^the checkpoint is corrupt: no 'text'$"):
        Parser.restore(state)
    with pytest.raises(ValueError, match=r"^the checkpoint is corrupt: its positions contradict each other$"):
        Parser.restore({**state, "text": text, "line": 7})
    sequence = of_sequence()
    del sequence["kind"]
    with pytest.raises(ValueError, match=r"^the checkpoint is corrupt: no 'kind'$"):
        DocumentSequence.restore(sequence)
    with pytest.raises(ValueError, match=r"^the checkpoint is corrupt: parser is no checkpoint$"):
        DocumentSequence.restore({**of_sequence(), "parser": "x"})
