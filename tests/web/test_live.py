"""Real models, asked through their real SDKs, of a server on this machine: what goes out, what comes back, and that the
key goes nowhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from starlette.testclient import TestClient

from partialjson.patch import apply_deltas
from partialjson.web import live
from partialjson.web.app import Settings, make_app
from partialjson.web.guard import Hosts
from partialjson.web.questions import question_named
from partialjson.web.run import Asked, Run
from partialjson.web.server import is_loopback
from support import bodies
from support.loopback import Loopback, Reply, failure
from support.sdks import sdk

KEY = "sk-live-0123456789-abcdefghij"
# What SDKs warn of is not this project's to mend.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

NAMES = ["openai", "anthropic", "gemini"]
BASES = {
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL", "/v1"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", ""),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", ""),
}
REVIEW = {"product": "Kettle", "stars": 4, "pros": ["light"], "cons": [], "verdict": "Good."}
TRAINS = {
    "origin": "Lisboa",
    "destination": "Porto",
    "date": "2026-05-13",
    "passengers": 2,
    "travel_class": "second",
    "via": [],
}


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor in live.VENDORS.values():
        for name in vendor.keys:
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture(params=NAMES)
def model(request: pytest.FixtureRequest, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> live.Model:
    """A model whose provider is on this machine."""
    name = request.param
    sdk(live.VENDORS[name].package)
    key, base, path = BASES[name]
    monkeypatch.setenv(key, KEY)
    monkeypatch.setenv(base, server.url + path)
    (found,) = live.models({name: "the-model"})
    assert found.name == name
    return found


def answered(model: live.Model, question_name: str | None, prompt: str = "How good is it?") -> tuple[Run, Any]:
    """Asks the model; the run, and what its viewers see at the end."""
    question = None if question_name is None else question_named(question_name)
    answer = live.ask(model, prompt, question)
    asked = Asked(prompt, answer, question.output if question else None, question.tools if question else {})

    async def go() -> tuple[Run, Any]:
        run = Run("r", asked)
        state: Any = None
        playing = asyncio.create_task(run.play())
        async for frame in run.broadcast.watch():
            state = apply_deltas(state, frame.deltas)
        await playing
        return run, state

    return asyncio.run(go())


def said(model: live.Model, *texts: str, calls: tuple[bodies.Say, ...] = ()) -> Reply:
    reason = "tool_calls" if calls else "complete"
    return Reply(bodies.body(live.VENDORS[model.name].api, bodies.Said(texts, calls=calls, reason=reason)))


def pieces(value: Any) -> tuple[str, ...]:
    text = json.dumps(value)
    return tuple(text[at : at + 9] for at in range(0, len(text), 9))


def test_a_text(server: Loopback, model: live.Model) -> None:
    server.reply = said(model, "Quite ", "good.")
    _, state = answered(model, None)
    assert state["stopped"] is None
    assert state["message"]["blocks"][0]["text"] == "Quite good."
    assert state["message"]["ending"]["reason"] == "complete"
    assert state["stopped"] is None
    assert state["answer"]["kind"] == "live"
    assert "the-model" in state["answer"]["label"]
    assert "the-model" in server.last.path + server.last.body.decode()
    assert "How good is it?" in server.last.body.decode()


def test_a_structured_answer(server: Loopback, model: live.Model) -> None:
    server.reply = said(model, *pieces(REVIEW))
    run, state = answered(model, "invalid")
    assert run.message.output.value.stars == 4
    assert state["message"]["blocks"][0]["document"]["value"] == REVIEW
    request = server.last.body.decode()
    # The schema went along.
    assert "verdict" in request
    assert "stars" in request


def test_tools(server: Loopback, model: live.Model) -> None:
    server.reply = said(model, calls=(bodies.Say("c1", "search_trains", pieces(TRAINS)),))
    run, state = answered(model, "tool-calls")
    (call,) = run.message.calls
    assert call.ready
    assert state["message"]["blocks"][-1]["document"]["value"] == TRAINS
    request = server.last.body.decode()
    assert "find_hotels" in request
    assert "travel_class" in request


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_without_showing_it(server: Loopback, model: live.Model, status: int) -> None:
    told = {"type": "authentication_error", "message": f"Incorrect API key provided: {KEY}.", "code": status}
    server.reply = failure(status, {"error": told, "type": "error"})
    _, state = answered(model, "invalid")
    assert state["stopped"]["by"] == "fault"
    assert f"refused the key in {BASES[model.name][0]}" in state["stopped"]["message"]
    assert KEY not in json.dumps(state)
    assert KEY[-6:] not in json.dumps(state)


def test_an_error_that_quotes_the_key_is_not_passed_on(server: Loopback, model: live.Model) -> None:
    server.reply = failure(400, {"error": {"message": f"a header says {KEY}", "type": "bad", "code": 400}})
    _, state = answered(model, None)
    assert state["stopped"]["by"] == "fault"
    assert "failed" in state["stopped"]["message"]
    assert KEY[:6] not in json.dumps(state)


def test_another_error_is_told_as_it_is(server: Loopback, model: live.Model) -> None:
    server.reply = failure(400, {"error": {"message": "the model is asleep", "type": "bad", "code": 400}})
    _, state = answered(model, None)
    assert state["stopped"]["by"] == "fault"
    assert "asleep" in json.dumps(state)


def test_stopping_stops_the_provider(server: Loopback, model: live.Model) -> None:
    body = said(model, "Quite ", "good.").body
    server.reply = Reply(body[: len(body) // 2], cut="hold")

    async def go() -> Run:
        run = Run("r", Asked("?", live.ask(model, "?", None)))
        playing = asyncio.create_task(run.play())
        async for _ in run.broadcast.watch():
            if server.seen:
                break
        while not server.last.sent:
            await asyncio.sleep(0.01)
        run.stop()
        await playing
        return run

    run = asyncio.run(go())
    assert run.over
    assert server.last.was_left()


# What is offered


def test_without_a_key_nothing_is_offered() -> None:
    assert live.models() == []


def test_without_an_sdk_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(live, "find_spec", lambda name: None)
    assert live.models() == []


@pytest.mark.skipif(find_spec("openai") is None, reason="openai is not installed")
def test_the_page_learns_which_models_there_are_and_never_a_key(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    models = live.models()
    server.reply = said(models[0], "Hi.")
    with TestClient(make_app(Settings(speed=0, models=models)), base_url="http://localhost") as client:
        offered = client.get("/api/questions").text
        assert json.loads(offered)["models"] == [{"name": "openai", "title": "OpenAI", "model": "gpt-5.4-mini"}]
        assert KEY not in offered
        answer = client.post("/api/runs", json={"prompt": "Hello?", "model": "anthropic"})
        assert answer.status_code == 400
        assert "no key, or no SDK" in answer.json()["error"]
        run = client.post("/api/runs", json={"prompt": "Hello?", "model": "openai"}).json()["run"]
        body = client.get(f"/api/runs/{run}/events").text
        assert '"Hi."' in body
        assert KEY not in body


def test_who_may_ask_by_default() -> None:
    """Only this machine: others would spend somebody's money."""
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "[::1]")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.0.2", "::", "box.lan")))
    assert not Hosts(local=False).allow("box.lan")
