"""Prose: what of Markdown is drawn, and that a text that grows is drawn as one that came whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from partialjson.web.app import Settings, make_app
from support.chromium import open_chromium
from support.serving import Served

# `draw` gives the markup of a text; `grow` that of the text when it comes in pieces.
HOOK = """
async () => {
  const { Prose } = await import("/prose.js");
  window.draw = (...texts) => {
    const node = document.createElement("div");
    const prose = new Prose(node);
    for (const text of texts) prose.update(text);
    return node.innerHTML;
  };
  window.grow = (text, cuts) => draw(...cuts.map((cut) => text.slice(0, cut)), text);
}
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with open_chromium() as browser, Served(make_app(Settings(speed=0))) as server:
        page = browser.new_page()
        page.goto(server.url)
        page.evaluate(HOOK)
        yield page


def draw(page: Any, *texts: str) -> str:
    markup: str = page.evaluate("(texts) => draw(...texts)", list(texts))
    return markup


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("", ""),
        ("one line", "<p>one line</p>"),
        ("two\nlines", "<p>two\nlines</p>"),
        ("two\n\n\nparagraphs\n", "<p>two</p><p>paragraphs</p>"),
        ("# Title\ntext", "<h2>Title</h2><p>text</p>"),
        ("###### Deep ##", "<h6>Deep</h6>"),
        ("#tag", "<p>#tag</p>"),
        ("# C#", "<h2>C#</h2>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("* one\n  goes on", "<ul><li>one\ngoes on</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("3) three", '<ol start="3"><li>three</li></ol>'),
        ("text\n- item", "<p>text</p><ul><li>item</li></ul>"),
        ("> said\n> so", "<blockquote>said\nso</blockquote>"),
        ("```python\nprint(1)\n\n# no title\n```\nend", "<pre><code>print(1)\n\n# no title</code></pre><p>end</p>"),
        ("~~~\n```\n~~~", "<pre><code>```</code></pre>"),
        ("```\nopen *still*", "<pre><code>open *still*</code></pre>"),
        ("a `b` c", "<p>a <code>b</code> c</p>"),
        ("``a`b``", "<p><code>a`b</code></p>"),
        ("**a** *b*", "<p><strong>a</strong> <em>b</em></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("**open", "<p>**open</p>"),
        ("`open", "<p>`open</p>"),
        ("**", "<p>**</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("[here](https://a.example/b)", "<p>here<small> (https://a.example/b)</small></p>"),
        ("see [x](javascript:alert(1))", "<p>see [x](javascript:alert(1))</p>"),
        ("[x](javascript:alert)", "<p>x<small> (javascript:alert)</small></p>"),
        ("[open](", "<p>[open](</p>"),
        ("<b>&amp;</b>", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"),
        ("**<img src=x>**", "<p><strong>&lt;img src=x&gt;</strong></p>"),
    ],
)
def test_what_is_drawn(page: Any, text: str, markup: str) -> None:
    assert draw(page, text) == markup


PARTS = [
    "a",
    "word ",
    "\n",
    "\n\n",
    "*",
    "**",
    "`",
    "```",
    "```\n",
    "# ",
    "- ",
    "1. ",
    "> ",
    "[x](y)",
    "[",
    "](",
    ")",
    " ",
    "~~~\n",
]


def test_a_text_that_grows_is_drawn_as_one_that_came_whole(page: Any) -> None:
    draws = random.Random(15)
    cases = []
    for _ in range(1_000):
        text = "".join(draws.choices(PARTS, k=draws.randint(1, 24)))
        cases.append([text, sorted(draws.sample(range(len(text)), k=min(len(text), draws.randint(0, 8))))])
    different = "(cases) => cases.filter(([text, cuts]) => grow(text, cuts) !== draw(text))"
    assert page.evaluate(different, cases) == []


def test_a_text_that_is_taken_back_is_drawn_anew(page: Any) -> None:
    assert draw(page, "# one\n\ntwo", "three") == "<p>three</p>"
    assert draw(page, "- a\n- b", "") == ""


def test_growth_touches_only_the_end(page: Any) -> None:
    kept = """
    async () => {
      const { Prose } = await import("/prose.js");
      const { touched } = await import("/dom.js");
      const node = document.createElement("div");
      const prose = new Prose(node);
      prose.update("# Title\\n\\none **two** three");
      const nodes = [node.firstChild, node.lastChild, ...node.lastChild.childNodes];
      const before = touched.nodes;
      prose.update("# Title\\n\\none **two** three four");
      return [touched.nodes - before, nodes.every((each) => node.contains(each)), node.lastChild.lastChild.data];
    }
    """
    assert page.evaluate(kept) == [1, True, " three four"]


@pytest.mark.parametrize(
    "part", ["*", "**a", "`", "[", "[a](", "```\n", "> ", "- ", "\n", " ", "#", "# ", "1. ", "``` "]
)
@pytest.mark.parametrize("head", ["", "# ", "``` ", "- ", "1. "])
def test_long_runs_of_marks_are_read_once(page: Any, head: str, part: str) -> None:
    """A search from each mark to the end would take minutes."""
    assert page.evaluate("([head, part]) => draw(head + part.repeat(30_000) + 'x').length", [head, part]) > 0
