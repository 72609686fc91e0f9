"""The examples that draw in a browser: each runs as its reader runs it, and in headless Chromium the page grows to what
the recorded model said. What a package of Python or npm is missing for is skipped.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import renders

from partialjson import MISSING
from partialjson.patch import apply_deltas
from support.chromium import open_chromium
from support.examples import EXAMPLES, built, needs, serving, uvicorn
from support.page import leaves, shown

READ = """(root) => {
  const places = {};
  for (const node of root.querySelectorAll("[data-path]")) {
    const value = [...node.querySelectorAll(".value")].find((each) => each.closest("[data-path]") === node);
    const kind = value ? value.className.replace("value ", "") : "container";
    places[node.dataset.path] = [node.dataset.status, kind, value ? value.textContent : ""];
  }
  return places;
}"""


def said(name: str) -> Any:
    """The document in a recording, put together by hand."""
    texts = []
    for line in (EXAMPLES / "recordings" / f"{name}.sse").read_text(encoding="utf-8").splitlines():
        if line.startswith("data: {"):
            event = json.loads(line.removeprefix("data: "))
            for choice in event.get("choices", ()):
                texts.append(choice["delta"].get("content", ""))
            texts.append(event.get("delta", {}).get("partial_json", ""))
    return json.loads("".join(texts))


TRIP = said("trip")
ALL = [
    "An afternoon in Porto",
    TRIP["summary"],
    *[text for stop in TRIP["stops"] for text in (stop["place"], stop["note"])],
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    with browser.new_page() as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(60_000)
        yield page
        assert faults == []


def drawn(page: Any, root: str) -> dict[str, tuple[str, str]]:
    """What a page shows that draws the outline of a document, once it is complete."""
    page.wait_for_selector(f'{root} [data-path="/summary"][data-status="complete"]')
    return shown(page.locator(root).evaluate(READ))


def test_fastapi_with_the_element(page: Any) -> None:
    needs("fastapi")
    with uvicorn("fastapi_page:app") as address:
        page.goto(address)
        # It draws what is expected before it comes.
        page.wait_for_selector('partial-json [data-path="/summary"][data-status="missing"]')
        page.wait_for_function("document.querySelector('#ending').textContent === 'Done.'")
        assert shown(page.locator("partial-json").evaluate(f"(view) => ({READ})(view.shadowRoot)")) == leaves(TRIP)
        assert page.locator("partial-json").evaluate("(view) => view.state.value") == TRIP
        # Whoever comes late gets the same; an answer that nobody gave is not found.
        with page.expect_response("**/events*") as response:
            page.click("#ask")
        late = page.request.get(response.value.url).text()
        assert "event: end" in late
        assert page.request.get(f"{address}/answers/none/events").status == 404


def within(open_: str | None, key: str) -> str | None:
    step = f"/{key}"
    return open_[len(step) :] if open_ is not None and (open_ == step or open_.startswith(f"{step}/")) else None


def components(document: Any) -> dict[str, Any]:
    """What each component of the React page is given, by its place."""
    value, open_ = document["value"], document["open"]
    given = {"": (value, open_)}
    for key in ("title", "summary"):
        given[f"/{key}"] = (value.get(key, MISSING), within(open_, key))
    if "stops" in value:
        inside = within(open_, "stops")
        given["/stops"] = (value["stops"], inside)
        for index, stop in enumerate(value["stops"]):
            here = within(inside, str(index))
            given[f"/stops/{index}"] = (stop, here)
            for key in ("place", "note"):
                given[f"/stops/{index}/{key}"] = (stop.get(key, MISSING), within(here, key))
    return given


def changes(frames: list[list[dict[str, Any]]]) -> dict[str, int]:
    """How often each component must render: once when it appears, and once for each change of what it is given."""
    state: Any = MISSING
    before: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for deltas in frames:
        state = apply_deltas(state, deltas)
        outputs = [block["document"] for block in state["blocks"] if block["type"] == "output"]
        if outputs and "value" in outputs[0]:
            now = components(outputs[0])
            for place, given in now.items():
                counts[place] = counts.get(place, 0) + (before.get(place) != given)
            before = now
    return counts


def test_react_renders_what_changed_and_nothing_else(page: Any) -> None:
    needs("fastapi")
    # So slow that the page is there while most is still to come.
    with uvicorn("react_page:app", REACT_PAGE=str(built("react")), PAUSE="0.02") as address:
        for way in ("", "?snapshots", "?forget"):
            page.goto(address + way)
            page.wait_for_selector("#total")
            texts = page.evaluate(
                "Object.fromEntries([...document.querySelectorAll('[data-place]')].map("
                "(node) => [node.dataset.place, node.textContent]))"
            )
            assert texts["/title"] == TRIP["title"]
            assert texts["/summary"] == TRIP["summary"]
            assert len([place for place in texts if place.count("/") == 2]) == len(TRIP["stops"])
            for index, stop in enumerate(TRIP["stops"]):
                assert texts[f"/stops/{index}/place"] == stop["place"]
                assert texts[f"/stops/{index}/minutes"] == f"{stop['minutes']} min"
                assert texts[f"/stops/{index}/note"] == stop["note"]
            counts = page.evaluate("Object.fromEntries(window.counts)")
            frames = page.evaluate("window.applied")
            must = changes(frames)
            assert len(frames) > 5
            if way == "":
                assert counts == must
                assert page.locator('[data-place="/stops/0"]').get_attribute("data-renders") == str(must["/stops/0"])
            else:
                assert counts.keys() == must.keys()
                assert all(counts[place] >= must[place] for place in must)
                assert sum(counts.values()) > sum(must.values())


def test_the_table_of_renders_is_what_is_counted(browser: Any) -> None:
    place = renders.PAGE.read_text(encoding="utf-8").partition(renders.BEGIN)[2].partition(renders.END)[0]
    assert place.strip().splitlines() == renders.table(renders.measured(browser, built("react")))


def test_the_memoised_components_render_what_must_be(browser: Any) -> None:
    for _, events in renders.bodies():
        frames = renders.frames_of(events)
        data = [line for frame in frames for line in frame.decode().splitlines() if line.startswith("data: ")]
        must = changes([json.loads(line.removeprefix("data: "))["deltas"] for line in data])
        assert renders.counted(browser, built("react"), frames, "") == must


def test_mcp_apps(page: Any) -> None:
    needs("starlette")
    chart = said("chart")
    with uvicorn("mcp_apps_host:app", MCP_APPS_PAGE=str(built("mcp_apps"))) as address:
        page.goto(address)
        page.wait_for_function("document.querySelector('#result').textContent")
        assert page.inner_text("#result") == f"{chart['title']}: 8 bars, August is the highest."
        view = page.frames[1]
        view.wait_for_selector(".highest")
        assert view.inner_text("h1") == chart["title"]
        assert view.locator("dt").all_inner_texts() == [bar["label"] for bar in chart["bars"]]
        assert view.locator("dd span").all_inner_texts() == [f"{bar['value']} k" for bar in chart["bars"]]
        assert view.inner_text("#note") == chart["note"]
        assert view.locator("dt:has(+ .highest)").all_inner_texts() == ["August"]
        assert view.evaluate("document.body.dataset.status") == "complete"
        assert int(view.evaluate("document.body.dataset.partials")) > 5
        # The view reaches nothing of the page that shows it.
        assert view.evaluate("(() => { try { return parent.document } catch (error) { return error.name } })()") == (
            "SecurityError"
        )


def streamlit(name: str) -> AbstractContextManager[str]:
    needs("streamlit")
    options = ["--server.port=0", "--server.headless=true", "--server.address=127.0.0.1"]
    command = ["-m", "streamlit", "run", str(EXAMPLES / f"{name}.py"), *options, "--browser.gatherUsageStats=false"]
    return serving(command, r"URL: http://127\.0\.0\.1:(\d+)")


def test_streamlit(page: Any) -> None:
    with streamlit("streamlit_app") as address:
        page.goto(address)
        page.get_by_role("button", name="Plan a trip").click()
        assert drawn(page, ".partial-json") == leaves(TRIP)
        page.get_by_text("complete, the provider says").wait_for()
        assert page.get_by_test_id("stMetricLabel").inner_text() == "Minutes in 4 stops"
        assert page.get_by_test_id("stMetricValue").inner_text() == "135"


def gradio(name: str) -> AbstractContextManager[str]:
    needs("gradio")
    variables = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONUNBUFFERED": "1"}
    return serving([str(EXAMPLES / f"{name}.py")], r"http://127\.0\.0\.1:(\d+)", **variables)


def test_gradio(page: Any) -> None:
    with gradio("gradio_app") as address:
        page.goto(address, wait_until="domcontentloaded")
        page.get_by_role("button", name="Plan a trip").click()
        assert drawn(page, ".partial-json") == leaves(TRIP)
        page.wait_for_function(
            "[...document.querySelectorAll('textarea, input')].some((field) => field.value.startsWith('complete, '))"
        )


def chainlit(name: str, root: Path) -> AbstractContextManager[str]:
    needs("chainlit")
    shutil.copytree(EXAMPLES / "chainlit_files", root, dirs_exist_ok=True)
    command = ["-m", "chainlit", "run", str(EXAMPLES / f"{name}.py"), "--headless", "--port", str(free_port())]
    return serving(command, r"available at http://localhost:(\d+)", CHAINLIT_APP_ROOT=str(root))


def test_chainlit(page: Any, tmp_path: Path) -> None:
    with chainlit("chainlit_app", tmp_path) as address:
        page.goto(address, wait_until="domcontentloaded")
        page.locator("#chat-input").click()
        page.keyboard.type("Plan a trip")
        # It can be pressed once the page is connected.
        page.locator("#chat-submit:not([disabled])").click()
        card = page.locator('[data-trip="complete"]')
        card.wait_for()
        text = card.inner_text()
        assert all(each in text for each in ALL)
        assert all(f"{stop['minutes']} min" in text for stop in TRIP["stops"])


def free_port() -> int:
    """For a server that cannot choose one."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
