"""Which API's a body is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partialjson.messages import apis_of
from partialjson.testing import bodies
from support.corpus import API_OF_FOLDER, corpus_files

# Responses that are read alike by others: servers compatible with Chat Completions, sessions and their responses.
FAMILIES = [{"openai-chat", "openai-completions", "mistral"}, {"openai-responses", "openai-realtime"}]
TOLD = [
    bodies.Said(texts=("Hello ", "world")),
    bodies.Said(texts=("x",), calls=(bodies.Say("1", "f", ('{"a"', ": 1}")),), reason="tool_calls"),
    bodies.Said(texts=("cut",), reason=None),
]
RECORDED = [path for path in corpus_files("streams", pattern="*/*") if path.parent.name in API_OF_FOLDER]


def alike(api: str) -> set[str]:
    return next((family for family in FAMILIES if api in family), {api})


@pytest.mark.parametrize("told", TOLD, ids=["text", "call", "cut"])
@pytest.mark.parametrize("api", bodies.BODY_APIS)
def test_the_body_of_every_api(api: str, told: bodies.Said) -> None:
    if told.calls and api in bodies.WITHOUT_CALLS:
        pytest.skip("this API has no calls")
    body = bodies.body(api, told)
    given: list[Any] = [body, bytearray(body)]
    if api != "bedrock-converse":
        given.append(body.decode())
    for each in given:
        found = apis_of(each)
        assert api in found
        assert set(found) <= alike(api)
        # The most usual of those that read it alike comes first; otherwise the one whose body it is.
        assert found[0] == ("openai-chat" if "openai-chat" in alike(api) else api)


def test_of_recorded_responses_and_of_their_results() -> None:
    """Beside every body of the corpus lies a document that says what it holds, which is no response of any API."""
    if not RECORDED:
        pytest.skip("PARTIALJSON_CORPUS is not set")
    for path in RECORDED[::7]:
        found = apis_of(path.read_bytes())
        if path.suffix == ".json":
            assert found == (), path.name
        else:
            api = API_OF_FOLDER[path.parent.name]
            assert api in found, path.name
            assert set(found) <= alike(api), path.name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "{}",
        "[]",
        '{"a": 1}',
        '[{"a": 1}, {"message": "hello"}]',
        '{"message": "hello", "type": "greeting", "content": [1, 2]}',
        '{"a": 1}\n{"a": 2}\n',
        '{"id": "1", "choices": ["red", "green"], "model": "car"}',
        "```json\n{'a': 1,}\n```",
        "a: 1\nb: 2\n",
        "data: 1\n\n",
        "data: {}\n\n",
        ": ping\n\n: ping\n\n",
        "data: nothing\nevent: x\n\n",
        "<html><body>Bad gateway</body></html>",
        "[" * 100_000,
        '{"a":' * 100_000,
        "\ud800\udfff\x00",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_texts_that_are_no_response(text: str) -> None:
    assert apis_of(text) == ()
    assert apis_of(text.encode("utf-8", "surrogatepass")) == ()


def test_the_beginning_is_enough() -> None:
    """From the first event on that the adapters understand, more text changes no answer."""
    body = bodies.body("anthropic-messages", TOLD[1]).decode()
    understood = body.index("\n\n") + 2
    for end in range(understood, len(body) + 1):
        assert apis_of(body[:end]) == ("anthropic-messages",)


@pytest.mark.parametrize("strangers", range(4))
def test_lines_are_those_of_an_api_if_most_of_them_are(strangers: int) -> None:
    """Any line can be JSON, unlike an event, so more of them must be understood than not."""
    line = bodies.body("ollama", TOLD[0]).decode().splitlines()[0] + "\n"
    for lines in ([line] * 2 + ['{"foo": 1}\n'] * strangers, ['{"foo": 1}\n'] * strangers + [line] * 2):
        assert apis_of("".join(lines)) == (("ollama",) if strangers < 2 else ())


def test_heartbeats_before_the_first_event() -> None:
    body = bodies.body("openai-chat", TOLD[0]).decode()
    assert apis_of(": ping\n\n" * 3 + body)[0] == "openai-chat"
    assert apis_of("event: ping\ndata: {}\n\n" * 3 + body)[0] == "openai-chat"


def test_events_of_a_proxy_among_them() -> None:
    body = bodies.body("gemini", TOLD[0]).decode()
    stats = f"event: stats\ndata: {json.dumps({'queue': 3})}\n\n"
    assert apis_of(stats + body) == ("gemini",)
