"""The routes: the page's files, what can be asked, and what is answered to requests that are wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from starlette.testclient import TestClient

from partialjson.web.app import Settings, make_app
from partialjson.web.questions import QUESTIONS

PAGE = files("partialjson.web") / "page"


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app(Settings(speed=0)), base_url="http://localhost:8000") as client:
        yield client


def test_the_page_and_everything_that_it_loads_are_there(client: TestClient) -> None:
    html = client.get("/")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    waiting = {f"/{name}" for name in re.findall(r'(?:href|src)="([\w.-]+\.(?:js|css|svg))"', html.text)}
    assert {"/main.js", "/style.css"} <= waiting
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if path.endswith(".js"):
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            folder = path.rpartition("/")[0]
            for name in re.findall(r'^import .*?"(\./[\w./-]+)";$', answer.text, re.MULTILINE):
                waiting.add(f"{folder}/{name[2:]}")
        waiting -= seen
    assert {"/browser/patch.js", "/browser/connect.js", "/browser/element.js"} <= seen


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/nothing.js",
        "/browser/nothing.js",
        "/..%2fapp.py",
        "/%2e%2e/app.py",
        "/browser/..%2f__init__.py",
        "/browser/..%5c__init__.py",
        "/browser/%2e%2e%2fweb%2fpage%2fmain.js",
        "/__init__.py",
        "/main.js%00",
        "/browser",
        "/api",
        "/api/runs/x/y",
    ],
)
def test_no_other_file_is_given(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert "error" in answer.json()


def test_what_can_be_asked(client: TestClient) -> None:
    told = client.get("/api/questions").json()
    assert [question["name"] for question in told["questions"]] == [question.name for question in QUESTIONS]
    assert all(question["prompt"] and question["title"] and question["story"] for question in told["questions"])
    assert told["models"] == []


def state_at_the_end(client: TestClient, body: dict[str, str]) -> dict[str, object]:
    run = client.post("/api/runs", json=body).json()["run"]
    client.get(f"/api/runs/{run}/events")
    text = client.get(f"/api/runs/{run}/events").text
    state: dict[str, object] = json.loads(text.partition("data: ")[2].partition("\n")[0])["deltas"][0]["value"]
    return state


def test_a_prompt_of_the_page_is_answered_by_its_recording(client: TestClient) -> None:
    question = QUESTIONS[2]
    state = state_at_the_end(client, {"prompt": question.prompt, "question": question.name})
    assert state["prompt"] == question.prompt
    assert state["answer"] == {
        "kind": "recorded", "label": "recorded response", "note": "", "api": question.recording.provider
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"prompt": "tell me about trains"}, "chosen by the words of the prompt"),
        ({"prompt": "xyzzy"}, "no recording fits the prompt"),
        ({"prompt": "xyzzy", "question": "invalid"}, "Not an answer to what you typed"),
    ],
)
def test_a_recording_that_is_no_answer_says_so(client: TestClient, body: dict[str, str], part: str) -> None:
    answer = state_at_the_end(client, body)["answer"]
    assert isinstance(answer, dict)
    assert part in answer["note"]


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"[" * 60_000, 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        (b"[]", 400, "JSON object"),
        (b"{}", 400, "a prompt is a text"),
        (b'{"prompt": ""}', 400, "a prompt is a text"),
        (b'{"prompt": "  "}', 400, "a prompt is a text"),
        (b'{"prompt": 3}', 400, "a prompt is a text"),
        (b'{"prompt": "' + b"x" * 4_001 + b'"}', 400, "a prompt is a text of 1 to 4000 characters"),
        (b'{"prompt": "' + b"x" * 70_000 + b'"}', 413, "longer than"),
        (b'{"prompt": "?", "question": "none"}', 400, "there is no question 'none'; there are itinerary"),
        (b'{"prompt": "?", "question": 3}', 400, "there is no question 3"),
        (b'{"prompt": "?", "model": "openai"}', 400, "cannot be asked here"),
        (b'{"prompt": "?", "model": {"a": 1}}', 400, "cannot be asked here"),
    ],
)
def test_a_request_that_is_wrong_is_told_so(client: TestClient, body: bytes, status: int, part: str) -> None:
    answer = client.post("/api/runs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert part in answer.json()["error"]


def test_runs_are_begun_by_post_only(client: TestClient) -> None:
    assert client.get("/api/runs").status_code == 405
    run = client.post("/api/runs", json={"prompt": "Review a kettle"}).json()["run"]
    assert client.get(f"/api/runs/{run}/stop").status_code == 405


def test_the_page_has_no_inline_code_and_names_no_other_host() -> None:
    """Its policy would block the first; the second would ask somebody else for it."""
    for entry in PAGE.iterdir():
        text = entry.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"www.w3.org"}, entry.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*src=)", html)
