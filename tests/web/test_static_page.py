"""The static page in a real browser, without a network: the library in it gives what it gives here.

Python takes seconds to load, so all tests share one page. The folder is served from below the root of a host, as it may
be anywhere. What the tests need of others, Pyodide and some wheels, must be in the cache: see `needed`.
"""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from partialjson.cli.recordings import RECORDINGS
from partialjson.messages import MessageParser
from partialjson.testing import bodies
from partialjson.web.static.fetching import cache_folder, missing
from partialjson.web.static.writing import write_static
from support import witnessed
from support.chromium import open_chromium
from support.page import HOOK, SCHEMA, TEXT, assert_grows, leaves, shown

PATH = "some/where/"
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def needed() -> None:
    lacking = missing(cache_folder())
    if lacking:
        pytest.skip(
            f"{', '.join(lacking)} is not in {cache_folder()}: "
            "`python -m partialjson.web.static.fetching` fetches it, with npm and pip"
        )


@pytest.fixture(scope="module")
def root(needed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    write_static(folder / PATH, say=lambda line: None)
    return folder


@pytest.fixture(scope="module")
def host(root: Path) -> Iterator[str]:
    """Any static host: this one is the standard library's."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{PATH}"
    server.shutdown()
    server.server_close()
    thread.join()


class Visit:
    """The page, opened once."""

    def __init__(self, context: Any, host: str) -> None:
        self.elsewhere: list[str] = []
        self.faults: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        context.route("**/*", lambda route: self._answer(route, host))
        self.page.add_init_script(HOOK)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.goto(f"{host}?speed=8")
        self.page.get_by_text("The library runs in this browser").wait_for()

    def _answer(self, route: Any, host: str) -> None:
        if route.request.url.startswith(host):
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def wait_until_over(self, link: str = "closed") -> None:
        self.page.wait_for_selector(".turn:last-child[data-over]")
        state = self.page.get_attribute(".turn:last-child .link", "data-state")
        assert state == link, self.page.inner_text(".turn:last-child .from")

    def drawn(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("readTurn(document.querySelector('.turn:last-child'))")
        return found

    def text(self, selector: str) -> str:
        found: str = self.page.inner_text(f".turn:last-child {selector}")
        return found

    def begin(self) -> None:
        """The turns before are forgotten."""
        self.page.evaluate("document.querySelectorAll('.turn').forEach((turn) => turn.remove()); window.seen = []")

    def paste(self, text: str, schema: Any = None, **choices: str) -> None:
        self.begin()
        self.page.click("#own")
        self.page.fill("dialog [name=text]", text)
        self.page.fill("dialog [name=schema]", "" if schema is None else json.dumps(schema))
        for name, value in {"api": "", "size": "0", "rate": "0", **choices}.items():
            self.page.select_option(f"dialog [name={name}]", value)
        self.page.click("dialog .go")


@pytest.fixture(scope="module")
def browser(needed: None) -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def visit(browser: Any, host: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    visit = Visit(context, host)
    yield visit
    assert visit.elsewhere == []
    assert visit.faults == []
    assert visit.page.evaluate("window.violations") == []
    context.close()


def empty_page(browser: Any, host: str, root: Path) -> Any:
    """A page of somebody else beside ours."""
    (root / PATH / "empty.html").write_text("<!doctype html><title>Python</title>")
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{host}empty.html")
    return page


# Recordings


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda each: each.name)
def test_every_recording_is_drawn_as_it_grows_and_ends_as_its_object(visit: Visit, recording: Any) -> None:
    visit.begin()
    if visit.page.locator("#welcome").is_visible():
        visit.page.click(f'[data-question="{recording.name}"]')
    else:
        prompt = visit.page.evaluate(f"document.querySelector('[data-question=\"{recording.name}\"] span').textContent")
        visit.page.fill("#prompt", prompt)
        visit.page.keyboard.press("Enter")
    visit.wait_until_over()
    message = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
    message.feed_bytes(recording.body())
    message.end()
    documents = [*message.calls, *([message.output] if recording.output else [])]
    drawn = visit.drawn()
    assert len(drawn["documents"]) == len(documents)
    for places, document in zip(drawn["documents"], documents, strict=True):
        found, expected = shown(places), leaves(document.json)
        wrong = {place: (found.get(place), expected.get(place)) for place in found.keys() | expected.keys()}
        assert {place: pair for place, pair in wrong.items() if pair[0] != pair[1]} == {}, visit.text(".ending")
    assert visit.text(".from .tag") == "recorded response"
    seen = visit.page.evaluate("window.seen")
    assert len(seen) > 3, "the page drew too little on the way to tell whether it grew"
    for before, after in pairwise(seen):
        assert_grows(before, after)


# Text of one's own


def test_a_document_fills_the_form_of_its_schema(visit: Visit) -> None:
    visit.paste(TEXT, SCHEMA, size="1", rate="100")
    visit.page.wait_for_selector(".turn .card")
    # While it fills, the page can be used: Python runs elsewhere.
    assert not visit.page.evaluate("performance.getEntriesByType('resource').some((each) => /wasm/.test(each.name))")
    visit.wait_until_over()
    assert shown(visit.drawn()["documents"][0]) == leaves(json.loads(TEXT))
    assert visit.text(".card .title") == "Order"
    assert visit.text(".ending b") == "Complete"
    assert "JSON document" in visit.text(".from .note")


def test_broken_json_is_mended_and_what_is_wrong_is_said(visit: Visit) -> None:
    visit.paste("Here:\n```json\n{'id': 7, tags: [red, 'green',],}\n```", SCHEMA)
    visit.wait_until_over()
    assert shown(visit.drawn()["documents"][0]) == leaves({"id": 7, "tags": ["red", "green"]})
    assert visit.text(".ending b") == "Whole, but not valid"
    assert "'green' is not one of ['red', 'blue']" in visit.text(".ending")


def test_what_is_cut_off_is_not_complete(visit: Visit) -> None:
    visit.paste(TEXT[:-6], SCHEMA)
    visit.wait_until_over()
    assert visit.text(".ending b") == "Cut off"
    assert "tags[1]" in visit.text(".ending")


@pytest.mark.parametrize("api", ["anthropic-messages", "gemini", "openai-responses", "ollama"])
def test_a_body_is_recognised(visit: Visit, api: str) -> None:
    said = bodies.Said(
        texts=("Let me see. ",), calls=(bodies.Say("c1", "order", (TEXT[:9], TEXT[9:])),), reason="tool_calls"
    )
    visit.paste(bodies.body(api, said).decode(), SCHEMA, size="16")
    visit.wait_until_over()
    assert visit.text(".from code") == api
    assert shown(visit.drawn()["documents"][0]) == leaves(json.loads(TEXT))
    assert visit.drawn()["texts"] == ["Let me see. "]


def test_text_of_a_model_is_only_ever_text(visit: Visit) -> None:
    hostile = ["<img src=x onerror=window.hit=1>", "<script>window.hit=1</script>", "__proto__", "\u001b[2J"]
    value = {text: [text, {text: text}] for text in hostile}
    visit.paste(json.dumps(value), {"title": hostile[0], "description": hostile[1]})
    visit.wait_until_over()
    assert shown(visit.drawn()["documents"][0]) == leaves(value)
    assert visit.page.locator(".turn img, .turn script").count() == 0
    assert visit.page.evaluate("window.hit ?? null") is None


@pytest.mark.parametrize(
    ("text", "schema", "field", "told"),
    [
        ("1", '{"type": "nonsense"}', "schema", "is no JSON Schema"),
        ("1", '{"type":', "schema", "is not JSON"),
        ("data: {}\n\ndata: []\n\nevent: x\n", "", "text", "none of them is an event of an API"),
    ],
)
def test_what_cannot_be_run_is_said_at_its_field(visit: Visit, text: str, schema: str, field: str, told: str) -> None:
    visit.begin()
    visit.page.click("#own")
    visit.page.fill("dialog [name=text]", text)
    visit.page.fill("dialog [name=schema]", schema)
    visit.page.click("dialog .go")
    visit.page.wait_for_selector("dialog .problem:not([hidden])")
    assert told in visit.page.inner_text("dialog .problem")
    assert visit.page.evaluate("document.activeElement.name") == field
    assert visit.page.get_attribute(f"dialog [name={field}]", "aria-invalid") == "true"
    assert visit.page.locator(".turn").count() == 0
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector("dialog", state="hidden")


@pytest.mark.parametrize("example", range(4))
def test_every_example_can_be_run(visit: Visit, example: int) -> None:
    visit.begin()
    visit.page.click("#own")
    visit.page.locator("dialog .examples button").nth(example).click()
    visit.page.select_option("dialog [name=rate]", "0")
    visit.page.click("dialog .go")
    visit.wait_until_over()
    places = visit.drawn()["documents"][0]
    assert places["/subject"][2] == "The kettle whistles in D minor"
    ended = ["Complete", "Whole, but not valid", "The calls are complete", "Cut off"][example]
    assert visit.text(".ending b") == ended


def test_stop_ends_a_run_and_leaves_what_had_come(visit: Visit) -> None:
    visit.paste(json.dumps({"words": ["word"] * 3000}), rate="30")
    visit.page.wait_for_selector(".turn .card")
    visit.page.click("#send[data-does=stop]")
    visit.wait_until_over()
    assert visit.text(".ending b") == "Stopped"
    drawn = shown(visit.drawn()["documents"][0])
    assert all(text.startswith("wo") or "word".startswith(text) for _, text in drawn.values())
    assert visit.page.get_attribute("#send", "data-does") == "send"


def test_what_does_not_stop_is_ended_and_the_next_run_works(visit: Visit) -> None:
    visit.paste(json.dumps({"words": ["word"] * 3000}), rate="30")
    visit.page.wait_for_selector(".turn .card")
    visit.page.workers[0].evaluate("() => { setTimeout(() => { for (;;); }); }")
    visit.page.wait_for_timeout(200)
    # The page itself goes on.
    assert visit.page.evaluate("new Promise((done) => requestAnimationFrame(() => done(true)))")
    visit.page.click("#send[data-does=stop]")
    visit.wait_until_over("failed")
    assert "it did not stop by itself" in visit.text(".link")
    visit.paste(TEXT, SCHEMA)
    visit.wait_until_over()
    assert visit.text(".ending b") == "Complete"


def test_a_file_that_is_missing_is_named(browser: Any, host: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.route("**/annotated_types*", lambda route: route.abort())
    page.goto(host)
    page.get_by_text("Python could not be loaded: the package annotated-types is missing").wait_for()
    page.click('[data-question="itinerary"]')
    page.wait_for_selector(".turn .ending")
    assert "annotated-types" in page.inner_text(".turn .ending")
    page.close()


def test_the_snippet_of_the_docs(browser: Any, host: str, root: Path) -> None:
    """A page of somebody's own uses the folder with Python in it."""
    guide = (Path(__file__).parents[2] / "docs" / "browser.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```js\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    page = empty_page(browser, host, root)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"(async () => {{{snippet}}})()")
    page.close()
    assert said[-1] == "{'city': 'Lis'}"
    assert said[-1] in snippet


# The library itself, in that Python and in this one

WITNESSED = ["__init__", "witnessed"]  # what the program needs of the support modules


def test_the_laws_hold_and_everything_is_as_in_cpython(browser: Any, host: str, root: Path) -> None:
    """The same program runs here and there: it checks the laws, and tells all that it saw."""
    folder = Path(witnessed.__file__).parent
    modules = {f"/laws/support/{name}.py": (folder / f"{name}.py").read_text(encoding="utf-8") for name in WITNESSED}
    page = empty_page(browser, host, root)
    found = page.evaluate(
        """async (modules) => {
          const { loadPyodide } = await import("./pyodide/pyodide.mjs");
          const python = await loadPyodide({ indexURL: new URL("pyodide/", location.href).href });
          await python.loadPackage("partialjson-live", { messageCallback: () => {} });
          python.FS.mkdirTree("/laws/support");
          for (const [name, text] of Object.entries(modules)) python.FS.writeFile(name, text);
          python.runPython("import sys; sys.path.append('/laws')");
          return python.pyimport("support.witnessed").told();
        }""",
        modules,
    )
    page.close()
    theirs, ours = json.loads(found), json.loads(witnessed.told())
    assert theirs.pop("platform") == "emscripten"
    assert ours.pop("platform") != "emscripten"
    assert theirs.pop("laws") == ours.pop("laws") > 100
    for name in ours["seen"]:
        assert theirs["seen"][name] == ours["seen"][name], name
    assert theirs == ours
