"""Deltas of typed documents leave out what the target keeps back, and fold to the document without it (law 9)."""

from __future__ import annotations

import json
import random
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, RootModel, Secret, SecretBytes, SecretStr
from typing_extensions import TypedDict

from partialjson import MISSING, Parser
from partialjson._core.mask import mask_of
from partialjson._core.target import spec_of
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas, to_json_patch

SECRET = "s3cret"


class Inner(BaseModel):
    thoughts: str = Field(exclude=True)
    said: str = ""


class Other(BaseModel):
    kind: int = 0
    said: SecretStr = SecretStr("")


class Pair(NamedTuple):
    name: str
    key: SecretStr


class Keyed(TypedDict, total=False):
    token: SecretStr
    shown: str


class Everything(BaseModel):
    model_config = ConfigDict(extra="allow")

    text: str = ""
    hidden: str = Field("", exclude=True)
    renamed: str = Field("", alias="other name", exclude=True)
    chosen: str = Field("", validation_alias=AliasChoices("c", AliasPath("deep", "x", 1)), exclude=True)
    sometimes: str = Field("", exclude_if=lambda text: not text)
    inner: Inner | None = None
    inners: list[Inner] = []
    either: Inner | Other | str | None = None
    by_name: dict[str, Inner | SecretStr] = {}
    password: SecretStr | None = None
    data: SecretBytes = SecretBytes(b"")
    number: Secret[int] = Secret(0)
    several: list[SecretStr] = []
    mixed: tuple[str, SecretStr, str] = ("", SecretStr(""), "")
    pair: Pair | None = None
    keyed: Keyed = {}
    rooted: RootModel[list[Inner]] | None = None
    secret_list: Secret[list[str]] = Secret([])
    again: Everything | None = None


def inner(n: int) -> dict[str, str]:
    return {"thoughts": SECRET, "said": f"said {n}"}


DOCUMENT: dict[str, Any] = {
    "text": "plain", "hidden": SECRET, "other name": SECRET, "deep": {"x": ["kept", SECRET, "kept"], "y": "kept"},
    "sometimes": SECRET, "inner": inner(1), "inners": [inner(2), inner(3)], "either": {"kind": 1, "said": SECRET},
    "by_name": {"a": SECRET, "b": {"thoughts": SECRET, "said": "kept?"}}, "password": SECRET, "data": SECRET,
    "number": 73, "several": [SECRET, SECRET], "mixed": ["a", SECRET, "b"], "pair": ["a", SECRET],
    "keyed": {"token": SECRET, "shown": "s"}, "rooted": [inner(4)], "secret_list": [SECRET],
    "again": {"c": SECRET, "pair": {"name": "n", "key": SECRET}, "password": None, "more": {"thoughts": "extra"}},
}  # fmt: skip

SHOWN: dict[str, Any] = {
    "text": "plain", "deep": {"x": ["kept", None, "kept"], "y": "kept"},
    "inner": {"said": "said 1"}, "inners": [{"said": "said 2"}, {"said": "said 3"}],
    # Where a union is not decided, all that any branch keeps back is kept back.
    "either": {"kind": 1}, "by_name": {}, "several": [None, None], "mixed": ["a", None, "b"], "pair": ["a", None],
    "keyed": {"shown": "s"}, "rooted": [{"said": "said 4"}],
    "again": {"pair": {"name": "n"}, "more": {"thoughts": "extra"}},
}  # fmt: skip


def test_what_is_kept_back() -> None:
    parser = Parser(Everything)
    parser.feed(json.dumps(DOCUMENT))
    assert apply_deltas(MISSING, parser.deltas()) == SHOWN
    assert parser.json == DOCUMENT


@given(st.integers(0, 10**6), st.integers(1, 40), st.booleans())
def test_filtered_deltas_fold_to_the_filtered_document(seed: int, size: int, whole_now_and_then: bool) -> None:
    source = random.Random(seed)
    items = list(DOCUMENT.items())
    source.shuffle(items)
    # A key that comes again replaces what is shown and what is not.
    items += source.sample(items, 2)
    text = "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in items) + "}"
    mask = mask_of(spec_of(Everything))
    assert mask is not None
    parser, other = Parser(Everything), Parser(Everything)
    folded: Any = MISSING
    before: list[tuple[int, Any]] = []
    for start in range(0, len(text), size):
        parser.feed(text[start : start + size])
        other.feed(text[start : start + size])
        deltas = parser.deltas()
        assert SECRET[:2] not in json.dumps(deltas)
        assert "73" not in json.dumps(deltas)
        to_json_patch(deltas, folded)
        folded = apply_deltas(folded, deltas)
        shown = MISSING if parser.json is MISSING else mask.shown(parser.json)
        assert folded == shown
        before.append((other.seq, shown))
        if whole_now_and_then:
            seq, earlier = source.choice(before)
            if seq > 0:
                assert apply_deltas(earlier, other.deltas(seq)) == shown
    assert apply_deltas(MISSING, Parser.restore(parser.checkpoint(), Everything).deltas(0)) == folded


def test_raw_deltas_leave_nothing_out() -> None:
    text = json.dumps(DOCUMENT)
    parser = Parser(Everything)
    folded: Any = MISSING
    for character in text:
        parser.feed(character)
        folded = apply_deltas(folded, parser.deltas(raw=True))
        assert folded == parser.json
    assert apply_deltas({}, parser.deltas(0, raw=True)) == DOCUMENT


@pytest.mark.parametrize("target", [SecretStr, Secret[dict[str, int]], Annotated[SecretStr | None, "marked"]])
def test_a_document_that_is_a_secret_has_no_deltas(target: Any) -> None:
    text = '{"a": 1}' if "dict" in str(target) else '"word"'
    parser = Parser(target)
    for character in text:
        parser.feed(character)
        assert parser.deltas() == []
    assert apply_deltas(MISSING, parser.deltas(0, raw=True)) == json.loads(text)


@pytest.mark.parametrize("target", [None, dict[str, Any], list[int | str]])
def test_nothing_is_left_out_where_nothing_is_kept_back(target: Any) -> None:
    assert mask_of(spec_of(target)) is None


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ((), "part"),
        (("text",), "nothing"),
        (("hidden",), "all"),
        (("other name",), "all"),
        (("hidden", "anything", 3), "all"),
        (("deep",), "part"),
        (("deep", "x", 1), "all"),
        (("deep", "x", 0), "nothing"),
        (("inner",), "part"),
        (("inner", "said"), "nothing"),
        (("inners", 17, "thoughts"), "all"),
        (("either", "said"), "all"),
        (("several", 0), "all"),
        (("mixed", 2), "nothing"),
        (("again", "again", "again", "password"), "all"),
        (("again", "again", "again"), "part"),
        (("unknown", "place"), "nothing"),
    ],
)
def test_how_much_of_a_place_is_kept_back(path: tuple[str | int, ...], kept: str) -> None:
    """Whether or not something has come there."""
    parser = Parser(Everything)
    assert parser.kept_back(path) == kept
    parser.feed(json.dumps(DOCUMENT))
    assert parser.kept_back(list(path)) == kept


def test_a_place_is_looked_up_once() -> None:
    mask = mask_of(spec_of(Everything))
    assert mask is not None
    for key in ("text", "again", "unknown", "inners"):
        assert mask.inside(key) is mask.inside(key)
    # All keys of which nothing is said are one place, and so are all elements behind those that are listed.
    assert mask.inside("unknown") is mask.inside("other")
    mixed, several = mask.inside("mixed"), mask.inside("several")
    assert several.inside(0) is several.inside(7)
    assert mixed.inside(1) is mixed.inside(1) is not mixed.inside(2)
    assert mixed.inside(3) is mixed.inside(4)


class Rooted(RootModel[str]):
    root: str = Field(exclude=True)


def test_nothing_is_kept_back_where_nobody_says_so() -> None:
    assert Parser().kept_back() == Parser(dict[str, int]).kept_back(("a",)) == "nothing"
    assert Parser(SecretStr).kept_back() == "all"
    # Pydantic dumps the value of a root model, whatever its field says.
    assert Parser(Rooted).kept_back() == "nothing"
    assert Rooted("a").model_dump() == "a"
    assert Parser(schema={"properties": {"a": {"writeOnly": True}}}).kept_back(("a",)) == "all"
    # A key in another spelling may count as the field.
    assert Parser(Keyed, lenient=True).kept_back(("TOKEN",)) == "all"
    with pytest.raises(TypeError, match=r"write \('a',\)"):
        Parser().kept_back("a")


def test_documents_in_messages_keep_back_too() -> None:
    message = MessageParser("openai-chat", output=Inner)
    message.feed({"choices": [{"index": 0, "delta": {"content": json.dumps(inner(1))}}]})
    assert message.output.deltas() == [{"op": "add", "path": "", "value": {"said": "said 1"}}]
    assert message.output.deltas(0, raw=True)[0]["value"] == inner(1)
