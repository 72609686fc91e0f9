"""``<partial-json>`` in headless Chromium: it draws what ``partialjson.render.html`` writes, whichever way a document came
to its state; it touches what changed and nothing else; nothing that a model wrote becomes markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.chromium import open_chromium, serve_modules
from support.drawn import CASES, Case, Steps, cuts_of, documents_to_draw, steps_of
from support.strategies import chunkings

from partialjson.render.form import form
from partialjson.render.html import to_html

# Draws each step on one element, and each state on a fresh one; tells where one of them differs from the HTML.
COMPARE = """([form, deltas, states, pages]) => {
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
    difference = page.evaluate(COMPARE, [described, steps.deltas, steps.states, pages])
    assert difference is None, f"step {difference['step']}, {difference['how']}:\n" + "\n".join(
        (json.dumps(steps.states[difference["step"]]), difference["found"], difference["expected"])
    )


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_element_draws_what_html_writes(page: Any, case: Case, size: int) -> None:
    check(page, form(case.target), steps_of(case, cuts_of(case.text, size)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_the_element_draws_what_html_writes_of_any_document(page: Any, data: st.DataObject) -> None:
    text = json.dumps(data.draw(documents_to_draw()))
    case = Case("any", None, text[: data.draw(st.integers(0, len(text)))], end=data.draw(st.booleans()))
    check(page, form(None), steps_of(case, data.draw(chunkings(case.text))))
