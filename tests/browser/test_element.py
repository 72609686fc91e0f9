"""``<partial-json>`` in headless Chromium: it draws what ``partialjson.render.html`` writes, whatever way a document
came to its state; it touches what changed and nothing else; nothing that a model wrote becomes markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson.render.form import form
from partialjson.render.html import to_html
from support.chromium import open_chromium, serve_modules
from support.drawn import CASES, Case, Steps, cuts_of, documents_to_draw, steps_of
from support.strategies import chunkings

# Draws each step on one element, and each state on a fresh one; tells where one of them differs from the HTML.
COMPARE = """(text) => {
  const [form, deltas, states, pages] = JSON.parse(text);
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };
  const drawn = (element) => {
    const copy = element.shadowRoot.querySelector(".partial-json").cloneNode(true);
    copy.normalize();
    return copy;
  };
  const followed = document.createElement("partial-json");
  followed.form = form;
  for (let step = 0; step < states.length; step += 1) {
    followed.apply(deltas[step]);
    const fresh = document.createElement("partial-json");
    fresh.state = states[step];
    fresh.form = form;
    const expected = parsed(pages[step]);
    expected.normalize();
    for (const [how, element] of [["followed", followed], ["fresh", fresh]]) {
      if (!drawn(element).isEqualNode(expected)) {
        return { step, how, found: drawn(element).outerHTML, expected: expected.outerHTML };
      }
    }
  }
  return null;
}"""

HOSTILE = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A page with a strict content security policy, which nothing may break."""
    with browser.new_page() as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        serve_modules(page)
        page.wait_for_function("!!customElements.get('partial-json')")
        yield page
        assert said == []


def check(page: Any, described: Any, steps: Steps) -> None:
    pages = [to_html(state, described, styled=False) for state in steps.states]
    difference = page.evaluate(COMPARE, json.dumps([described, steps.deltas, steps.states, pages]))
    assert difference is None, f"step {difference['step']}, {difference['how']}:\n" + "\n".join(
        (json.dumps(steps.states[difference["step"]]), difference["found"], difference["expected"])
    )


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_element_draws_what_html_writes(page: Any, case: Case, size: int) -> None:
    check(page, form(case.target), steps_of(case, cuts_of(case.text, max(size, len(case.text) // 300))))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_the_element_draws_what_html_writes_of_any_document(page: Any, data: st.DataObject) -> None:
    text = json.dumps(data.draw(documents_to_draw()))
    case = Case("any", None, text[: data.draw(st.integers(0, len(text)))], end=data.draw(st.booleans()))
    check(page, form(None), steps_of(case, data.draw(chunkings(case.text))))


def draw(page: Any, described: Any, state: Any) -> None:
    """Show one element, and keep it as ``window.view``."""
    page.evaluate(
        """([form, state]) => {
            document.body.replaceChildren();
            window.view = document.createElement("partial-json");
            view.form = form;
            view.state = state;
            document.body.append(view);
        }""",
        [described, state],
    )


def touched_by(page: Any, deltas: list[dict[str, Any]]) -> int:
    touched = page.evaluate("(deltas) => { view.touched = 0; view.apply(deltas); return view.touched; }", deltas)
    assert isinstance(touched, int)
    return touched


ROWS_FORM = {
    "kind": "array",
    "label": "list of Row",
    "items": {
        "kind": "object",
        "label": "Row",
        "fields": {"name": {"kind": "string", "label": "text"}, "count": {"kind": "integer", "label": "integer"}},
    },
}


def rows_state(count: int) -> dict[str, Any]:
    value = [{"name": f"row {number}", "count": number} for number in range(count)]
    value[-1] = {"name": "the last"}
    return {"status": "partial", "open": f"/{count - 1}/name", "marks": {}, "value": value}


@pytest.mark.parametrize("count", [10, 2000])
def test_what_is_touched_is_what_changed(page: Any, count: int) -> None:
    """Whatever else there is: as much for two thousand rows as for ten."""
    draw(page, ROWS_FORM, rows_state(count))
    last = f"/value/{count - 1}"
    assert touched_by(page, [{"op": "append", "path": f"{last}/name", "value": " one"}]) == 1
    closed: list[dict[str, Any]] = [
        {"op": "replace", "path": "/open", "value": f"/{count - 1}"},
        {"op": "add", "path": f"{last}/count", "value": 3},
    ]
    assert touched_by(page, closed) <= 7
    added: list[dict[str, Any]] = [
        {"op": "add", "path": "/value/-", "value": {"name": "new", "count": 1}},
        {"op": "replace", "path": "/open", "value": ""},
    ]
    assert touched_by(page, added) <= 45
    assert (
        touched_by(page, [{"op": "add", "path": "/marks/~10~1name", "value": {"status": "invalid", "message": "no"}}])
        <= 3
    )
    assert touched_by(page, []) == 0


def test_nodes_are_kept(page: Any) -> None:
    draw(page, ROWS_FORM, rows_state(3))
    page.evaluate("window.kept = view.shadowRoot.querySelector('[data-path=\"/0/name\"] .value').firstChild")
    page.evaluate("view.apply([{op: 'append', path: '/value/2/name', value: '!'}])")
    page.evaluate("view.state = {...view.state, value: [...view.state.value], status: 'complete', open: null}")
    assert page.evaluate("kept.isConnected && kept.data") == "row 0"
    assert page.evaluate("view.shadowRoot.querySelector('[data-path=\"/2/name\"] .value').textContent") == "the last!"


def test_nothing_that_a_model_wrote_becomes_markup(browser: Any) -> None:
    """In values, keys, labels, titles, descriptions and messages; without a policy that would stop a script anyway."""
    described = {
        "title": HOSTILE,
        "kind": "object",
        "label": HOSTILE,
        "fields": {
            HOSTILE: {"kind": "string", "label": HOSTILE, "title": HOSTILE, "description": HOSTILE, "required": True},
            "not there": {"kind": "string", "label": HOSTILE, "required": False},
        },
    }
    state = {
        "status": "partial",
        "open": "/list/0",
        "value": {HOSTILE: HOSTILE, "list": [HOSTILE], "table": [{HOSTILE: HOSTILE}], "in": {HOSTILE: [[HOSTILE]]}},
        "marks": {"": {"status": "invalid", "message": HOSTILE}, "/list": {"status": "repaired", "message": HOSTILE}},
    }
    with browser.new_page() as page:
        serve_modules(page, '<!doctype html><script type="module" src="/element.js"></script><body></body>')
        page.wait_for_function("!!customElements.get('partial-json')")
        for form_given in (described, None):
            draw(page, form_given, state)
            page.evaluate("(text) => view.apply([{op: 'append', path: '/value/list/0', value: text}])", HOSTILE)
            page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", to_html(state, form_given))
            page.wait_for_timeout(50)
            assert page.evaluate("window.ran") is None
            for root in ("view.shadowRoot", "document.body"):
                assert page.evaluate(f"{root}.querySelectorAll('img, script').length") == 0
            assert HOSTILE * 2 in page.evaluate("view.shadowRoot.textContent")


def test_keys_with_names_of_the_language(page: Any) -> None:
    state = {"status": "partial", "open": "", "value": {}}
    draw(page, None, state)
    for key in ("__proto__", "constructor", "toString", "hasOwnProperty"):
        page.evaluate("(key) => view.apply([{op: 'add', path: `/value/${key}`, value: {x: 'y'}}])", key)
        assert (
            page.evaluate("(key) => view.shadowRoot.querySelector(`[data-path='/${key}/x']`).textContent", key)
            == "✓ xy"
        )
    assert page.evaluate("({}).x") is None


def test_properties_may_be_set_before_the_element_is_known(browser: Any) -> None:
    html = """<!doctype html><partial-json></partial-json><script>
        document.querySelector("partial-json").state = {status: "complete", open: null, value: {a: 1}};
        </script><script type="module" src="/element.js"></script>"""
    with browser.new_page() as page:
        serve_modules(page, html)
        page.wait_for_function("!!customElements.get('partial-json')")
        assert page.evaluate("document.querySelector('partial-json').shadowRoot.querySelector('dd').textContent") == "1"


def test_a_screen_reader_hears_little(page: Any) -> None:
    """The end at once; what completes in between now and then, in one sentence."""
    page.clock.install()
    value = {"name": "x", "size": ""}
    draw(page, None, {"status": "partial", "open": "/name", "value": {"name": "x"}, "marks": {}})
    page.evaluate("window.heard = () => view.shadowRoot.querySelector('[role=status]').textContent")
    page.evaluate("(value) => { view.state = {...view.state, value, open: '/size'} }", value)
    assert page.evaluate("heard()") == ""
    page.clock.run_for(5000)
    assert page.evaluate("heard()") == "name complete"
    page.evaluate("view.state = {...view.state, open: null, status: 'complete'}")
    assert page.evaluate("heard()") == "Document: complete"
    draw(page, None, {"status": "truncated", "open": "/name", "value": {"name": "x"}})
    assert page.evaluate("heard()") == "Document: cut off"


def test_roles_and_labels(page: Any) -> None:
    case = next(case for case in CASES if case.name == "table")
    draw(page, form(case.target), steps_of(case, [case.text]).states[-1])
    told = page.locator("partial-json").aria_snapshot()
    assert 'group "list of Point"' in told
    assert 'columnheader "x"' in told
    assert 'rowheader "complete 1"' in told
    assert 'cell "<i>"' in told
    assert 'img "invalid"' in told


def test_colours_follow_the_page_and_motion_the_reader(browser: Any) -> None:
    html = """<!doctype html><meta name="color-scheme" content="light dark">
        <script type="module" src="/element.js"></script><body></body>"""
    state = {"status": "partial", "open": "/a", "value": {"a": "x"}}
    colours = set()
    for scheme in ("light", "dark"):
        with browser.new_page(color_scheme=scheme) as page:
            serve_modules(page, html)
            page.wait_for_function("!!customElements.get('partial-json')")
            draw(page, None, state)
            colours.add(page.evaluate("getComputedStyle(view.shadowRoot.querySelector('.value')).color"))
            cursor = "getComputedStyle(view.shadowRoot.querySelector('.string'), '::after').animationName"
            assert page.evaluate(cursor) == "pj-blink"
            page.emulate_media(reduced_motion="reduce")
            assert page.evaluate(cursor) == "none"
    assert len(colours) == 2


def test_a_narrow_page_has_no_wide_rows(page: Any) -> None:
    case = next(case for case in CASES if case.name == "typed")
    for width in (320, 900):
        page.set_viewport_size({"width": width, "height": 800})
        draw(page, form(case.target), steps_of(case, [case.text]).states[-1])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_deep_documents_are_drawn_to_a_depth(page: Any) -> None:
    value: Any = "end"
    for _ in range(900):
        value = [value]
    state = {"status": "complete", "open": None, "value": value}
    check(page, None, Steps([[{"op": "add", "path": "", "value": state}]], [state]))
