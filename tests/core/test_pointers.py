"""JSON Pointers: written and read, with keys of every kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson._pointers import checked_pointer, escaped, pointer_of, steps_of, unescaped

# The examples of RFC 6901, section 5, that are about keys.
EXAMPLES: dict[str, list[str | int]] = {
    "": [],
    "/foo/0": ["foo", 0],
    "/": [""],
    "/a~1b": ["a/b"],
    "/m~0n": ["m~n"],
    "/c%d": ["c%d"],
    "/ ": [" "],
}


@pytest.mark.parametrize("pointer", EXAMPLES)
def test_the_examples_of_the_rfc(pointer: str) -> None:
    path = EXAMPLES[pointer]
    assert pointer_of(path) == pointer
    assert steps_of(checked_pointer(pointer)) == [str(key) for key in path]


def test_an_escaped_tilde_before_a_1_is_no_slash() -> None:
    assert unescaped("~01") == "~1"
    assert escaped("~1") == "~01"


@given(st.lists(st.text() | st.text("~01/") | st.integers(0, 99)))
def test_what_is_written_is_read(path: list[str | int]) -> None:
    assert steps_of(pointer_of(path)) == [str(key) for key in path]


@pytest.mark.parametrize("text", ["a", "a/b", " /a", "#/a"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a JSON Pointer"):
        checked_pointer(text)
