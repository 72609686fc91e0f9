"""The strategies: what they give, what they shrink to, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from partialjson.testing import chunkings, damaged, documents, truncations
from partialjson.testing.breach import cuts_of
from partialjson.testing.damage import ALL_LABELS, AROUND, CUT, HARSH, LABELS, NOISE, Accident, Damaged
from partialjson.testing.reference import nodes_of
from partialjson.testing.strategies import KEYS, damaged_bytes, number_texts, string_texts, values
from support.effort import amount, examples

FEW = settings(max_examples=examples(60), deadline=None)
SEARCH = settings(max_examples=1000, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    return find(strategy, condition, settings=SEARCH)


def depth_of(text: str) -> int:
    return max(len(path) + isinstance(value, list | dict) for path, value in nodes_of(json.loads(text)))


# Documents


@FEW
@given(st.data(), st.integers(0, 9), st.integers(0, 6), st.sampled_from(["any", "object", "array", "scalar"]))
def test_documents_are_json_of_that_depth_size_and_kind(
    data: st.DataObject, max_depth: int, max_size: int, root: Any
) -> None:
    if max_depth == 0 and root in ("object", "array"):
        max_depth = 1
    text = data.draw(documents(max_depth=max_depth, max_size=max_size, root=root))
    value = json.loads(text)
    assert depth_of(text) <= max_depth
    wide = [len(each) for _, each in nodes_of(value) if isinstance(each, list | dict)]
    # The containers around the core have up to three members.
    assert max(wide, default=0) <= max(max_size, 3)
    kinds: dict[str, Any] = {"any": object, "object": dict, "array": list, "scalar": (str, int, float, type(None))}
    assert isinstance(value, kinds[root])


@FEW
@given(documents(unusual=False))
def test_usual_documents_are_as_a_serialiser_writes_them(text: str) -> None:
    assert text == text.strip()
    plain = json.dumps(json.loads(text, object_pairs_hook=list), ensure_ascii=False)
    assert plain.count("\\u") == text.count("\\u")


@FEW
@given(documents(repeated_keys=False, max_depth=6), documents(surrogates=False))
def test_what_is_left_out_does_not_come(once: str, whole: str) -> None:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    json.loads(once, object_pairs_hook=members)
    json.dumps(json.loads(whole), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "condition",
    [
        lambda text: "\\u" in text,
        lambda text: text != text.strip(),
        lambda text: "\\ud83d" in text and "\\ude00" not in text,
        lambda text: "e+" in text,
        lambda text: '"a":' in text.replace('"a":', "", 1),
        lambda text: depth_of(text) == 4,
    ],
)
def test_unusual_spellings_come(condition: Callable[[str], bool]) -> None:
    assert smallest(documents(), condition)


def test_deep_documents_come_and_are_small() -> None:
    depth = amount(40, 60, quick=20)
    text = smallest(documents(max_depth=3 * depth // 2), lambda text: depth_of(text) >= depth)
    assert len(text) < 12 * depth


def test_documents_shrink_to_the_plain() -> None:
    assert smallest(documents(), lambda text: True) == "null"
    assert smallest(documents(root="object"), lambda text: True) == "{}"
    assert smallest(documents(root="array"), lambda text: "null" in text) == "[null]"


@FEW
@given(number_texts(), string_texts(), values())
def test_parts_are_json(number: str, string: str, value: Any) -> None:
    assert isinstance(json.loads(number), int | float)
    assert isinstance(json.loads(string), str)
    json.dumps(value)


# Pieces


@FEW
@given(st.data(), st.one_of(documents(), documents().map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_chunks_joined_are_the_text(data: st.DataObject, text: Any) -> None:
    chunks = data.draw(chunkings(text))
    assert text[:0].join(chunks) == text
    assert all(type(chunk) is type(text) for chunk in chunks)
    few = data.draw(chunkings(text, max_cuts=2, empty=False))
    assert text[:0].join(few) == text
    assert len(few) <= 3
    assert all(few) or few == [text]


TEXT = '{"a": [1, "x\\u00e9y", true, -12.5e3]}'


@pytest.mark.parametrize("text", [TEXT, TEXT.encode()], ids=["str", "bytes"])
@pytest.mark.parametrize("guilty", [[15], [3, 15], [1], [len(TEXT) - 1]])
def test_chunkings_shrink_to_the_guilty_cuts(text: Any, guilty: list[int]) -> None:
    found = smallest(chunkings(text), lambda chunks: set(guilty) <= set(cuts_of(chunks)))
    assert cuts_of(found) == guilty


def test_chunkings_shrink_to_one_chunk_or_one_empty_one() -> None:
    assert smallest(chunkings(TEXT), lambda chunks: True) == [TEXT]
    assert sorted(smallest(chunkings(TEXT), lambda chunks: "" in chunks)) == ["", TEXT]
    assert smallest(chunkings(""), lambda chunks: True) == [""]
    assert smallest(chunkings("abc"), lambda chunks: len(chunks) == 3 and all(chunks)) == ["a", "b", "c"]


@FEW
@given(st.data())
def test_a_truncation_is_a_proper_beginning(data: st.DataObject) -> None:
    for text in (TEXT, TEXT.encode()):
        head = data.draw(truncations(text))
        assert text.startswith(head)
        assert len(head) < len(text)
        assert type(head) is type(text)
    assert isinstance(data.draw(truncations()), str)
    assert data.draw(truncations(st.just("ab"))) in ("", "a")


# Damage


@pytest.mark.parametrize("label", ALL_LABELS)
def test_each_label_comes_and_is_told(label: str) -> None:
    found: Any = smallest(damaged(labels=label), lambda text: True)
    assert found.labels == (label,)
    assert type(found) is Damaged
    assert type(found.text) is str
    assert found.text == found


@settings(FEW, max_examples=3 * FEW.max_examples)
@given(damaged())
def test_what_is_damaged_was_meant(text: Damaged) -> None:
    assert text.accidents
    assert set(text.labels) <= set(LABELS)
    assert text.body in text
    assert text.cut == (CUT in text.labels)
    if set(text.labels) <= set(AROUND):
        assert json.loads(text.body) == text.value
    if set(text.labels) == {"Python words"} and text.value in (None, True, False):
        assert text == repr(text.value)


@FEW
@given(damaged(labels=NOISE), damaged("no JSON at all", labels=("lost", "cut")), damaged(labels=HARSH))
def test_noise_needs_no_json(noisy: Damaged, other: Damaged, harsh: Damaged) -> None:
    assert set(noisy.labels) <= set(NOISE)
    assert len(other) <= len("no JSON at all")
    assert harsh.accidents


def test_a_damaged_text_can_be_pasted() -> None:
    found = smallest(damaged(labels="trailing comma"), lambda text: True)
    again = eval(repr(found), {"Damaged": Damaged, "Accident": Accident})
    assert again == found
    assert (again.value, again.accidents, again.body, again.cut) == (
        found.value,
        found.accidents,
        found.body,
        found.cut,
    )


@FEW
@given(damaged_bytes())
def test_damaged_bytes_are_bytes(data: bytes) -> None:
    assert isinstance(data, bytes)


# Arguments


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: documents(max_depth=-1), r"documents\(\): max_depth must be at least 0, not -1"),
        (lambda: documents(max_size=2.5), r"documents\(\): max_size must be an int, not 2.5"),  # type: ignore[arg-type]
        (lambda: documents(root="list"), "root are of 'any', 'object', 'array', 'scalar'; 'list' is not"),  # type: ignore[arg-type]
        (lambda: documents(root="object", max_depth=0), "root='object' needs a max_depth of at least 1"),
        (lambda: values(max_leaves=0), "max_leaves must be at least 1, not 0"),
        (lambda: chunkings(3), r"chunkings\(\): expected the str or bytes to cut, not 3"),  # type: ignore[type-var]
        (lambda: chunkings(documents()), r"not documents\(\); for texts that are drawn, use \.flatmap"),  # type: ignore[type-var]
        (lambda: chunkings("a", max_cuts=-1), "max_cuts must be at least 0"),
        (lambda: truncations(""), "'' has no beginning that is shorter"),
        (lambda: truncations(3), "expected a str, bytes or a strategy that gives them, not 3"),  # type: ignore[arg-type]
        (lambda: damaged(labels=["comma"]), "labels are of 'single quotes', .* 'comma' is not"),
        (lambda: damaged(labels=()), "labels must not be empty"),
        (lambda: damaged(max_labels=0), "max_labels must be at least 1, not 0"),
    ],
)
def test_wrong_arguments_are_refused_at_once(wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        wrong()


def test_damage_of_what_is_not_json_says_what_to_do() -> None:
    with pytest.raises(InvalidArgument, match="For texts that are not JSON, use labels=NOISE"):
        smallest(damaged("{"), lambda text: True)


def test_a_strategy_is_printed_as_it_is_written() -> None:
    assert repr(documents()) == "documents()"
    assert repr(documents(max_depth=2, root="array")) == "documents(max_depth=2, root='array')"
    assert repr(chunkings(b"a", max_cuts=1)) == "chunkings(data=b'a', max_cuts=1)"
    assert repr(damaged(labels="prose")) == "damaged(labels=('prose',))"
    assert repr(truncations()) == "truncations()"
    assert "a/b~" in KEYS
