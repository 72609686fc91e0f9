"""The page in a real browser: every recording over both transports, what is on it at the end and on the way there,
hostile text, dropped connections, the buttons."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from partialjson import MISSING
from partialjson.web.answers import Answer
from partialjson.web.app import Settings, make_app
from partialjson.web.desk import Desk, Limits
from partialjson.web.questions import QUESTIONS
from partialjson.web.run import Asked, Run
from support.chromium import open_chromium
from support.page import HOOK, assert_grows, leaves, shown
from support.serving import Served

TRANSPORTS = ["sse", "websocket"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(browser: Any) -> Iterator[Served]:
    with Served(make_app(Settings(speed=8, limits=Limits(patience=60)))) as server:
        yield server


class Visit:
    """A page that somebody has opened."""

    def __init__(self, page: Any, server: Served) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog {dialog.message}"))

    def ask(self, name: str) -> None:
        self.page.click(f'[data-question="{name}"]')

    def wait_until_over(self) -> None:
        self.page.wait_for_selector(".turn:last-child[data-over]", timeout=20_000)

    @property
    def run(self) -> Run:
        """The run that the page watches, as the server has it."""
        self.wait_for("location.hash.includes('run=')")
        desk: Desk = self.server.app.state.desk
        run = desk.find(self.page.url.partition("#run=")[2])
        assert run is not None
        return run

    def wait_for(self, expression: str) -> None:
        """Waits in JavaScript's stead: the page's policy does not let it evaluate strings."""
        until = time.monotonic() + 10
        while not self.page.evaluate(expression):
            assert time.monotonic() < until, expression
            time.sleep(0.01)

    def drawn(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("readTurn(document.querySelector('.turn:last-child'))")
        return found

    def text(self, selector: str) -> str:
        found: str = self.page.inner_text(selector)
        return found


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Any, server: Served) -> Iterator[Open]:
    with opened(browser) as visit:
        yield lambda transport="sse", **options: visit(server, transport, **options)


@contextmanager
def opened(browser: Any) -> Iterator[Open]:
    contexts: list[Any] = []
    visits: list[Visit] = []

    def open_page(server: Served, transport: str = "sse", hash: str = "", **options: Any) -> Visit:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.add_init_script(HOOK)
        page.add_init_script(f"localStorage.setItem('partialjson.transport', '{transport}')")
        visits.append(Visit(page, server))
        page.goto(f"{server.url}/{hash}")
        page.wait_for_selector(".suggestion", state="attached")
        return visits[-1]

    yield open_page
    for visit in visits:
        assert visit.page.evaluate("window.violations") == []
        assert visit.faults == []
    for context in contexts:
        context.close()


# What the ending is called, and some of what it says.
ENDINGS = {
    "itinerary": ("Complete", ["Every value has closed"]),
    "tool-calls": ("The calls are complete", ["An application would now send the results back"]),
    "invalid": ("Whole, but not valid", ["stars", "less than or equal to 5"]),
    "cut-off": ("Cut off", ["max_tokens", "findings[2].evidence", "root_cause"]),
    "overloaded": ("Broken off", ["Overloaded", "1 call must not run: place_order", "deliver_by"]),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_recording_is_drawn_as_it_grows_and_ends_as_its_object(
    visit: Open, question: Any, transport: str
) -> None:
    page = visit(transport)
    page.ask(question.name)
    page.wait_until_over()
    run = page.run
    drawn = page.drawn()
    documents = [*run.message.calls, *([run.message.output] if question.output else [])]
    assert [shown(places) for places in drawn["documents"]] == [leaves(document.json) for document in documents]
    texts = [block.text for block in run.message.blocks if block.kind == "reasoning" or not question.output]
    assert drawn["texts"] == texts[: len(drawn["texts"])]
    seen = page.page.evaluate("window.seen")
    assert len(seen) > 3, "the page drew too little on the way to tell whether it grew"
    assert seen[-1] == drawn
    for before, after in pairwise(seen):
        assert_grows(before, after)
    if question.name == "tool-calls":
        assert drawn["phases"] == ["done", "done"]
    head, parts = ENDINGS[question.name]
    assert page.text(".ending b") == head
    for part in parts:
        assert part in page.text(".ending")


# Text from elsewhere

HOSTILE = [
    "<img src=x onerror=\"window.hit='img'\">",
    "<script>window.hit='script'</script>",
    "</textarea><svg onload=window.hit='svg'>",
    "<a href=\"javascript:window.hit='link'\">click</a>",
    "<style>*{display:none}</style>",
    "{{constructor.constructor('window.hit=1')()}}",
    "\x1b[2J\x1b]0;title\x07",
    "\u202egnp.exe",
    "__proto__",
    "&lt;b&gt;&amp;",
]


def chat(**delta: Any) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 0, "delta": delta}]}


def hostile_answer(kind: str) -> list[dict[str, Any]]:
    """Hostile text in keys, values, texts, names and ids."""
    text = json.dumps({text: [text, {text: text}] for text in HOSTILE})
    if kind == "documents":
        return [chat(content=text[at : at + 40]) for at in range(0, len(text), 40)]
    calls = [
        {"index": number, "id": name, "type": "function", "function": {"name": name, "arguments": text}}
        for number, name in enumerate(HOSTILE)
    ]
    return [chat(content=text) for text in HOSTILE] + [chat(tool_calls=[call]) for call in calls]


async def told(events: list[dict[str, Any]], error: Exception | None = None) -> AsyncIterator[dict[str, Any]]:
    for event in events:
        yield event
    if error is not None:
        raise error
    yield {"error": {"message": "".join(HOSTILE), "type": HOSTILE[0], "code": HOSTILE[1]}}


@pytest.mark.parametrize("kind", ["documents", "texts and calls", "a fault"])
def test_text_of_a_model_is_only_ever_text(server: Served, visit: Open, kind: str) -> None:
    events = hostile_answer(kind)
    error = RuntimeError("".join(HOSTILE)) if kind == "a fault" else None
    answer = Answer("openai-chat", "recorded", HOSTILE[0], lambda: told(events, error), HOSTILE[1])
    asked = Asked("".join(HOSTILE), answer, output=dict if kind == "documents" else None)

    async def begin() -> str:
        return server.app.state.desk.begin(asked).name  # type: ignore[no-any-return]

    page = visit(hash=f"#run={server.run(begin())}")
    page.wait_until_over()
    turn = page.page.locator(".turn")
    assert turn.locator("img, script, a, style, iframe, svg[onload]").count() == 0
    assert page.page.evaluate("window.hit ?? null") is None
    assert page.page.evaluate("Object.prototype.polluted ?? null") is None
    content = page.page.evaluate("document.querySelector('.turn').textContent")
    assert HOSTILE[0] in content
    run = page.run
    if kind == "documents":
        assert shown(page.drawn()["documents"][0]) == leaves(run.message.output.json)
    else:
        assert page.drawn()["texts"][0] == "".join(HOSTILE)
        assert len(page.drawn()["documents"]) == len(HOSTILE)
    title = page.page.title()
    assert title == "partialjson"


def test_what_somebody_types_is_only_text_and_an_answer_says_that_it_is_none(visit: Open) -> None:
    page = visit()
    page.page.fill("#prompt", HOSTILE[0])
    page.page.keyboard.press("Enter")
    page.wait_until_over()
    assert page.text(".ask") == HOSTILE[0]
    assert "Not an answer to what you typed" in page.text(".from .note")
    assert page.page.locator(".turn img").count() == 0


# Connections


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_dropped_connection_goes_on_where_it_was(visit: Open, server: Served, transport: str) -> None:
    page = visit(transport)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.on("websocket", lambda socket: socket.on("framesent", lambda text: asked.append(str(text))))
    page.ask("itinerary")
    page.wait_for("window.seen.length > 8")
    assert server.cut() >= 1
    page.page.wait_for_selector(".link[data-state=again]")
    page.wait_until_over()
    run = page.run
    assert shown(page.drawn()["documents"][0]) == leaves(run.message.output.json)
    journal = run.broadcast.journal.run
    assert any(re.search(rf"since\W+{re.escape(journal)}(:|%3A)[1-9]", text) for text in asked), asked
    seen = page.page.evaluate("window.seen")
    for before, after in pairwise(seen):
        assert_grows(before, after)


def test_a_server_that_crashed_and_was_started_again_does_not_know_the_run(browser: Any) -> None:
    with opened(browser) as open_page:
        with Served(make_app(Settings(speed=1))) as server:
            port = server.port
            page = open_page(server)
            page.ask("itinerary")
            page.page.wait_for_selector(".turn .card")
            server.crash()
        with Served(make_app(Settings(speed=0)), port=port):
            page.wait_until_over()
            assert "no such run" in page.text(".link")
            page.page.fill("#prompt", "Review a kettle")
            page.page.keyboard.press("Enter")
            page.page.wait_for_selector(".turn:last-child .ending")


def test_a_link_to_a_run_shows_it_to_another_viewer(visit: Open) -> None:
    first = visit()
    first.ask("tool-calls")
    first.page.wait_for_selector(".turn .card")
    other = visit("websocket", hash=first.page.url.partition("/#")[2].join(["#", ""]))
    first.wait_until_over()
    other.wait_until_over()
    assert other.drawn() == first.drawn()
    assert other.text(".ask") == first.text(".ask")


# Buttons


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_stop_ends_the_run_for_real(browser: Any, transport: str) -> None:
    with opened(browser) as open_page, Served(make_app(Settings(speed=0.5))) as server:
        page = open_page(server, transport)
        page.ask("itinerary")
        page.wait_for("seen.at(-1)?.documents[0]?.['/title']?.[1] === 'string'")
        run = page.run
        page.page.click("#send[data-does=stop]")
        page.wait_until_over()
        assert run.over
        assert run.broadcast.state["stopped"]["by"] == "viewer"
        assert page.text(".ending b") == "Stopped"
        assert page.text(".card .pill") == "cut off"
        assert run.message.output.json is not MISSING
        assert shown(page.drawn()["documents"][0]) == leaves(run.message.output.json)
        assert page.page.get_attribute("#send", "data-does") == "send"


def test_stop_where_no_server_is_left_ends_the_waiting(browser: Any) -> None:
    with opened(browser) as open_page, Served(make_app(Settings(speed=0.5))) as server:
        page = open_page(server)
        page.ask("itinerary")
        page.page.wait_for_selector(".turn .card")
        server.crash()
        page.page.wait_for_selector(".link[data-state=again]")
        assert "Connecting again" in page.text("#hint")
        page.page.click("#send[data-does=stop]")
        page.wait_until_over()
        assert "does not answer" in page.text(".link")
        assert page.page.get_attribute("#send", "data-does") == "send"


def test_what_cannot_be_asked_is_said(browser: Any) -> None:
    with opened(browser) as open_page, Served(make_app(Settings(speed=0, limits=Limits(active=0)))) as server:
        page = open_page(server)
        page.ask("itinerary")
        page.wait_until_over()
        assert "Try again" in page.text(".ending")


def test_the_panel_counts_what_came(visit: Open) -> None:
    page = visit()
    page.ask("itinerary")
    page.wait_until_over()
    run = page.run
    assert page.page.locator(".tokens span").count() == len(run.broadcast.state["tokens"])
    assert page.page.inner_text(".tokens") == run.message.text
    figures = page.page.evaluate("[...document.querySelectorAll('.figures dd')].map((each) => each.textContent)")
    assert str(len(list(QUESTIONS[0].recording.events()))) in figures
    assert all(figure != "–" for figure in figures)
    assert "times less" in page.text("#panel")


def test_what_was_chosen_stays(visit: Open) -> None:
    page = visit(color_scheme="light").page
    dark = "getComputedStyle(document.documentElement).colorScheme"
    page.click("#theme")
    assert page.evaluate(dark) == "light"
    page.click("#theme")
    assert page.evaluate(dark) == "dark"
    page.click("#inspect")
    assert page.locator("#panel").is_hidden()
    page.reload()
    page.wait_for_selector(".suggestion")
    assert page.evaluate(dark) == "dark"
    assert page.locator("#panel").is_hidden()


def test_nothing_is_wider_than_the_page(visit: Open) -> None:
    page = visit()
    page.ask("cut-off")
    page.wait_until_over()
    for width in (320, 400, 700, 1000):
        page.page.set_viewport_size({"width": width, "height": 700})
        for box in ("document.scrollingElement", "document.body", "document.getElementById('scroll')"):
            assert page.page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0, (width, box)


def test_without_a_prompt_there_is_nothing_to_send(visit: Open) -> None:
    page = visit().page
    assert page.is_disabled("#send")
    page.fill("#prompt", "   ")
    assert page.is_disabled("#send")
    page.keyboard.press("Enter")
    assert page.locator(".turn").count() == 0
