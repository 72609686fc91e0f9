"""The table of APIs: one row holds every fact about one, and what its words mean is said once for all."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import partialjson
from partialjson import Complete, Parser, Truncated
from partialjson.providers import PROVIDERS, adapter_for, framings_of
from partialjson.reasons import WORDS, Reason, cuts
from partialjson.wire.apis import API, APIS, api_named
from partialjson.wire.framing import framing_for

UNCUT = ("complete", "tool_calls")
SAID = [(name, word) for name, api in APIS.items() for word in api.reasons]
SOURCES = Path(partialjson.__file__).parent


@pytest.mark.parametrize(("name", "word"), SAID)
def test_a_parser_knows_every_word_of_every_api(name: str, word: str) -> None:
    """A bare number at the root is whole only where the provider's word says that nothing was cut."""
    meaning = APIS[name].reason(word)
    for spelled in (word, word.lower(), word.upper()):
        parser = Parser()
        parser.feed("12")
        assert isinstance(parser.end(spelled), Complete if meaning in UNCUT else Truncated), (spelled, meaning)


def test_the_vocabulary_is_among_its_words() -> None:
    assert {reason: WORDS[reason] for reason in get_args(Reason)} == {reason: reason for reason in get_args(Reason)}


def test_words_are_kept_in_lower_case() -> None:
    assert all(word == word.lower() for word in WORDS)


@pytest.mark.parametrize("word", ["", "made up", "stopped", "COMPLETE?"])
def test_a_word_that_nobody_knows_may_have_cut(word: str) -> None:
    assert cuts(word)
    assert all(api.reason(word) == "truncated" for api in APIS.values())


def test_every_word_is_used_by_an_api_or_is_of_the_vocabulary() -> None:
    used = {word.lower() for _, word in SAID}
    assert WORDS.keys() - used - set(get_args(Reason)) == set()


def test_the_core_spells_no_word_of_a_provider() -> None:
    foreign = WORDS.keys() - set(get_args(Reason))
    paths = list((SOURCES / "_core").glob("*.py"))
    assert len(paths) > 5
    for path in paths:
        words = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not words & foreign, path


def test_nobody_but_the_table_tells_apis_by_name() -> None:
    """An API's name stands in prose only, but for the table and the adapters, the recordings of the command line, the
    bodies of the test kit, and the models that the page can ask."""
    told = set()
    for path in SOURCES.rglob("*.py"):
        place = path.relative_to(SOURCES)
        if place.parts[0] in ("cli", "testing") or place == Path("web", "live.py"):
            continue
        if place.parts[:2] == ("wire", "providers") or place == Path("wire", "apis.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in PROVIDERS:
                told.add((place.as_posix(), node.value))
    # What a conversation's turns look like where nobody says for which API.
    assert told <= {
        ("resume/continuation.py", "openai-chat"),
        ("messages/resumption.py", "openai-chat"),
        # What is meant where several APIs read a body alike.
        ("messages/detection.py", "openai-chat"),
        # Whose client raises at a limit of length, where others let the stream end.
        ("clients/reading.py", "openai-chat"),
        # How models of that name write calls into their text, whatever API they are behind.
        ("wire/text_calls.py", "mistral"),
    }


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_row_has_its_module_and_its_framings(name: str) -> None:
    api = api_named(name)
    if "aws-eventstream" in api.framings:
        pytest.importorskip("botocore", reason="botocore is not installed: install the extra `sdks` to run this test")
    assert framings_of(name) == api.framings
    assert framing_for(api.framings) is not None
    module = import_module(f"partialjson.wire.providers.{api.module}")
    assert type(adapter_for(name)) is module.Adapter
    assert api.system
    assert api.counts.input
    assert api.counts.output


def test_only_the_module_has_to_be_given() -> None:
    api = API("made_up")
    assert (api.framings, api.turn, api.model_role, api.operation) == (("sse",), "content", "assistant", "chat")
    assert (api.session, api.prefill, api.reasons, api.system) == (False, False, {}, "")


def test_an_unknown_name_lists_the_known_ones() -> None:
    for ask in (api_named, adapter_for, framings_of):
        with pytest.raises(
            ValueError, match=r"unknown API 'x'; expected one of anthropic-messages, .*openai-responses"
        ):
            ask("x")


def test_the_names_that_editors_offer_are_those_of_the_rows() -> None:
    assert set(PROVIDERS) == set(APIS)
    assert list(PROVIDERS) == sorted(PROVIDERS)
