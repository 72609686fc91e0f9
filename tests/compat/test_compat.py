"""The functions of `partialjson.compat` beside the originals, over all beginnings of texts, and what they promise."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import from_json as _original_from_json

from partialjson import compat
from partialjson.compat import from_json, loads, parse_partial_json
from partialjson.compat.shelf import START
from partialjson.testing.damage import NOISE
from partialjson.testing.strategies import chunkings, damaged, documents

MODES: tuple[Any, ...] = ("off", "on", "trailing-strings")

original_from_json: Any = _original_from_json

# Texts are kept from this length on; longer documents begin like this one.
LONG = '{"padding": "' + "x" * START + '", "value": '


def outcome(call: Callable[..., Any], *args: Any, **options: Any) -> str:
    """What a call gives, or that it is refused. Numbers of different types are different, NaN is itself."""
    try:
        return repr(call(*args, **options))
    except ValueError:
        return "refused"


def without_number(text: str) -> str:
    """The text up to a number at its end: what `numbers="whole"` is to show."""
    return re.sub(r"(?<![\w.+-])-?(\d[-+.eE\d]*)?\Z", "", text)


def in_string(text: str) -> bool:
    """Does the text end inside a string or a key?"""
    return re.sub(r"\\.", "", text, flags=re.DOTALL).count('"') % 2 == 1


def repeats_key(text: str) -> bool:
    repeated = False

    def see(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        repeated |= len(dict(pairs)) < len(pairs)
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=see)
    except (ValueError, RecursionError):
        return True
    return repeated


# As the originals.


@given(text=documents())
@example('{"a": 1.5e3, "b": [true, null, "\\ud83d\\ude00"]}')
@example("[-0, 1e400, 12345678901234567890]")
@example(' "é\\u00e9" ')
def test_from_json_is_the_original_at_every_cut(text: str) -> None:
    compared = not repeats_key(text)
    for document in (text, LONG + text + "}"):
        for share in (False, True):
            compat.forget()
            for end in range(len(document) + 1):
                part = document[:end]
                for mode in MODES:
                    if mode == "on" and not compared:
                        continue
                    for given_as in (part, part.encode("utf-8", "surrogatepass")):
                        ours = outcome(from_json, given_as, partial_mode=mode, numbers="shown", share=share)
                        theirs = outcome(original_from_json, given_as, allow_partial=mode)
                        assert ours == theirs, (mode, given_as)


@given(text=damaged(labels=NOISE))
@example('{"a": NaN, "b": 1')
@example("[1] and so on")
@example('{"a": 1}{"b": 2}')
@example('["\\ud83d"]')
@example("\ufeff[1]")
def test_from_json_is_the_original_for_what_is_not_json(text: str) -> None:
    compat.forget()
    document = LONG + text
    for end in range(len(document) - len(text), len(document) + 1):
        part = document[:end].encode("utf-8", "surrogatepass")
        if repeats_key(LONG + '""}') or text.count('"') > 2:
            modes: tuple[Any, ...] = ("off", "trailing-strings")
        else:
            modes = MODES
        for mode in modes:
            ours = outcome(from_json, part, allow_partial=mode, numbers="shown")
            assert ours == outcome(original_from_json, part, allow_partial=mode), (mode, part)


@given(text=documents())
@example("[1.5, 20, -3e-7, 4]")
def test_whole_numbers_are_those_of_the_text_without_the_number_at_its_end(text: str) -> None:
    compat.forget()
    document = LONG + text + "}"
    for end in range(START, len(document) + 1):
        part = document[:end]
        before = part if in_string(part) else without_number(part)
        ours = outcome(from_json, part, partial_mode="trailing-strings")
        assert ours == outcome(original_from_json, before, allow_partial="trailing-strings"), part


def test_a_number_at_the_root_is_shown_since_nothing_closes_it() -> None:
    assert from_json("12", partial_mode=True) == 12
    assert from_json("12") == 12
    assert loads("12") == 12
    assert parse_partial_json("-1.5e2") == -150.0


@pytest.mark.parametrize("options", [{"catch_duplicate_keys": True}, {"float_mode": "decimal"}])
def test_rare_options_go_to_jiter(options: dict[str, Any]) -> None:
    jiter = pytest.importorskip("jiter")
    for text in (b'{"a": 1.50, "b": 2', b'{"a": 1, "a": 2}'):
        ours = outcome(from_json, text, partial_mode=True, **options)
        assert ours == outcome(jiter.from_json, text, partial_mode=True, **options)


@given(text=documents())
@example('{"a": [1.5e-3, true, null]}')
@example('[null, "x\\u00e9", {"k": "v"}]')
def test_loads_is_the_original_at_every_cut(text: str) -> None:
    original = pytest.importorskip("partial_json_parser").loads
    # The original does not read blanks before a document that is a literal.
    for document in (text.strip(), LONG + text + "}"):
        compat.forget()
        for end in range(len(document) + 1):
            part = document[:end]
            if half_pair(part) or part != part.rstrip():
                # The original leaves out the blanks at the end of a string that is cut off.
                continue
            ours = outcome(loads, part, numbers="shown")
            assert ours == outcome(original, part), part


@given(text=documents())
@example('{"a": [1.5e-3, true, null]}')
def test_parse_partial_json_is_the_original_at_every_cut(text: str) -> None:
    original = pytest.importorskip("langchain_core.utils.json").parse_partial_json
    for document in (text, LONG + text + "}"):
        compat.forget()
        for end in range(len(document) + 1):
            part = document[:end]
            if half_escape(part) or half_pair(part):
                continue
            ours = outcome(parse_partial_json, part, numbers="shown", fallback=original)
            assert ours == outcome(original, part), part


def half_escape(text: str) -> bool:
    """Does the text end inside `\\uXXXX`? The originals then drop the whole member; here the string stays."""
    return re.search(r"(?<!\\)(\\\\)*\\u[0-9a-fA-F]{0,3}$", text) is not None


def half_pair(text: str) -> bool:
    """Does it end inside a surrogate pair? The originals show half of it; here it waits."""
    return re.search(r"\\u[dD][89abAB][0-9a-fA-F]{2}(\\(u[0-9a-fA-F]{0,3})?)?$", text) is not None


def test_half_an_escape_does_not_take_the_text_away() -> None:
    assert parse_partial_json('{"a": "caf\\u00e') == {"a": "caf"}
    assert loads('{"a": "caf\\ud83d') == {"a": "caf"}


# What is shown.


@pytest.mark.parametrize("function", [loads, parse_partial_json])
def test_trailing_strings_are_kept_or_dropped(function: Callable[..., Any]) -> None:
    assert function('{"a": "b", "c": "d') == {"a": "b", "c": "d"}
    assert function('{"a": "b", "c": "d', trailing="drop") == {"a": "b"}
    assert function('["a", "b', trailing="drop") == ["a"]
    with pytest.raises(json.JSONDecodeError):
        function('"a', trailing="drop")


def test_numbers_and_literals_as_each_original_shows_them() -> None:
    for text, jiter, python, guessed in [
        ("[1, 2", [1, 2], [1, 2], [1, 2]),
        ("[1, 2.", [1], [1, 2], [1, 2]),
        ("[1, 2.5e", [1], [1, 2.5], [1, 2.5]),
        ("[1, 2.5e-", [1], [1, 2.5], [1, 2.5]),
        ("[1, -", [1], [1], [1]),
        ("[1, tru", [1], [1], [1, True]),
        ("[1, n", [1], [1], [1, None]),
    ]:
        assert from_json(text, partial_mode=True, numbers="shown") == jiter
        assert parse_partial_json(text, numbers="shown") == python
        assert loads(text, numbers="shown") == guessed
        for function in (loads, parse_partial_json):
            assert function(text) == [1]
        assert from_json(text, partial_mode=True) == [1]


def test_a_number_takes_the_place_of_an_earlier_one() -> None:
    assert parse_partial_json('{"a": 1, "a": 23', numbers="shown") == {"a": 23}
    assert parse_partial_json('{"a": 1, "a": 23') == {"a": 1}


# What is not JSON.


def test_the_fallback_is_asked_for_what_is_not_json() -> None:
    asked: list[object] = []

    def fallback(text: object) -> str:
        asked.append(text)
        return "fell back"

    assert from_json("{'a'", partial_mode=True, fallback=fallback) == "fell back"
    assert loads("{'a'", fallback=fallback) == "fell back"
    assert parse_partial_json("{'a'", fallback=fallback) == "fell back"
    assert asked == ["{'a'"] * 3
    assert loads('{"a": 1', fallback=fallback) == {}
    assert len(asked) == 3


def test_without_a_fallback_errors_say_where() -> None:
    with pytest.raises(json.JSONDecodeError, match="expected a key in quotes") as refused:
        loads("{'a'")
    assert (refused.value.pos, refused.value.doc) == (1, "{'a'")
    with pytest.raises(ValueError, match="key must be a string at line 1 column 2"):
        from_json("{'a'", partial_mode=True)
    for text in ("", "  ", "tru"):
        with pytest.raises(ValueError):  # noqa: PT011 - each says it in its own words
            from_json(text, partial_mode=True)
        with pytest.raises(json.JSONDecodeError):
            loads(text)


def test_extensions_of_json_are_those_of_the_original() -> None:
    value = from_json(LONG + "NaN, ", partial_mode=True)
    assert math.isnan(value["value"])
    with pytest.raises(ValueError, match="expected value"):
        from_json(LONG + "NaN, ", partial_mode=True, allow_inf_nan=False)


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match="from_json takes str, bytes or bytearray, not int"):
        from_json(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="loads takes str, not bytes"):
        loads(b"[]")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Invalid partial mode"):
        from_json("[]", partial_mode="some")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="numbers must be 'whole' or 'shown'"):
        from_json("[]", partial_mode=True, numbers="half")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="trailing must be 'keep' or 'drop'"):
        loads("[]", trailing="maybe")  # type: ignore[arg-type]


# Whose results are.


def spoil(value: Any) -> None:
    """Change everything that can be changed."""
    if isinstance(value, dict):
        for member in value.values():
            spoil(member)
        value.clear()
        value["spoiled"] = True
    elif isinstance(value, list):
        for element in value:
            spoil(element)
        value[:] = ["spoiled"]


def spoil_surface(value: Any) -> None:
    """Change the containers that are still open."""
    if isinstance(value, dict):
        last = list(value.values())[-1:]
        value["spoiled"] = True
    elif isinstance(value, list):
        last = value[-1:]
        value.append("spoiled")
    else:
        return
    for inner in last:
        spoil_surface(inner)


FUNCTIONS = [
    lambda text, share: from_json(text, partial_mode="trailing-strings", share=share),
    lambda text, share: from_json(text.encode("utf-8", "surrogatepass"), partial_mode="on", share=share),
    lambda text, share: loads(text, share=share),
    lambda text, share: parse_partial_json(text, share=share),
]


@pytest.mark.parametrize("call", FUNCTIONS)
@given(text=documents(surrogates=False))
def test_a_result_may_be_changed(call: Callable[[str, bool], Any], text: str) -> None:
    document = LONG + text + "}"
    for end in range(START, len(document) + 1):
        compat.forget()
        fresh = outcome(call, document[:end], False)
        compat.forget()
        for cut in range(START, end):
            try:
                spoil(call(document[:cut], False))
            except ValueError:
                continue
        assert outcome(call, document[:end], False) == fresh
        if end > START + 20:
            break
    compat.forget()
    for end in range(START, len(document)):
        try:
            spoil(call(document[:end], False))
        except ValueError:
            continue
    ours = outcome(call, document, False)
    compat.forget()
    assert ours == outcome(call, document, False)


@pytest.mark.parametrize("call", FUNCTIONS)
@given(text=documents(surrogates=False))
@example('[{"a": [1]}, {"b": 2}]')
def test_a_complete_result_is_right_whatever_was_done_to_shared_ones(
    call: Callable[[str, bool], Any], text: str
) -> None:
    document = LONG + text + "}"
    compat.forget()
    expected = outcome(call, document, False)
    compat.forget()
    for end in range(START, len(document)):
        try:
            spoil(call(document[:end], True))
        except ValueError:
            continue
    for _ in range(2):
        assert outcome(call, document, True) == expected
        with suppress(ValueError):
            spoil(call(document, True))


@given(text=documents(surrogates=False))
def test_open_containers_of_shared_results_may_be_changed(text: str) -> None:
    document = LONG + text + "}"
    compat.forget()
    expected = [repr(loads(document[:end])) for end in range(START, len(document) + 1)]
    compat.forget()
    for end, value in zip(range(START, len(document) + 1), expected, strict=True):
        shown = loads(document[:end], share=True)
        assert repr(shown) == value
        shown["spoiled"] = True


def test_shared_results_have_their_finished_parts_in_common() -> None:
    first = loads(LONG + '[{"a": 1}, {"b"', share=True)
    second = loads(LONG + '[{"a": 1}, {"b": 2}, ', share=True)
    assert first["value"][0] is second["value"][0]
    assert first["value"] is not second["value"]
    third = loads(LONG + '[{"a": 1}, {"b": 2}, 3')
    assert third["value"][0] is not second["value"][0]


@given(text=documents(), data=st.data())
def test_it_does_not_matter_how_the_text_grows(text: str, data: st.DataObject) -> None:
    document = LONG + text + "}"
    compat.forget()
    so_far = ""
    for piece in data.draw(chunkings(document)):
        so_far += piece
        seen = outcome(loads, so_far)
        compat.forget()
        assert seen == outcome(loads, so_far)
