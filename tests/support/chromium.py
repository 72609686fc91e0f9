"""A page in a headless Chromium, which gets the modules of ``partialjson/browser`` and nothing from a network.

Tests that use it are skipped where playwright or a Chromium is missing. ``PARTIALJSON_CHROMIUM`` names another one than
the one on the path.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

__all__ = ["EMPTY_PAGE", "open_chromium", "serve_modules"]

_ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

MODULES: Final = Path(str(files("partialjson"))) / "browser"

EMPTY_PAGE: Final = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'">
<script type="module" src="/element.js"></script>
<title>partialjson</title>
"""
"""A page with the element and a strict content security policy."""


@contextmanager
def open_chromium() -> Iterator[Any]:
    """A playwright browser. While it is open, no other event loop can run in this thread."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    executable = os.environ.get("PARTIALJSON_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip("needs a Chromium on the path, or its place in PARTIALJSON_CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def serve_modules(page: Any, html: str = EMPTY_PAGE) -> None:
    """Show the page; its modules come from the package, and every other request fails."""

    def answer(route: Any) -> None:
        name = route.request.url.split("/", 3)[3]
        if not name:
            route.fulfill(body=html, content_type="text/html")
        elif (MODULES / name).is_file() and "/" not in name:
            route.fulfill(path=MODULES / name, content_type="text/javascript")
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("http://partialjson.test/")
