"""The example for Textual, driven by Textual's own pilot."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from support.examples import EXAMPLES, needs


def app_of(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    needs("textual", "rich")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("PAUSE", "0.002")
    module = __import__(name)
    for each in (name, "recorded"):
        # Another test may want another pause.
        monkeypatch.delitem(sys.modules, each)
    return module.TripApp()


def test_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of("textual_app", monkeypatch)

    async def main() -> None:
        widgets = pytest.importorskip("textual.widgets", reason="needs the package textual")
        async with app.run_test(size=(190, 24)) as pilot:
            table, draft = app.query_one(widgets.DataTable), app.query_one("#draft")
            rows: list[int] = []
            await pilot.pause()
            while not all(worker.is_finished for worker in app.workers):
                rows.append(table.row_count)
                await pilot.pause(0.02)
            await pilot.pause()
            # Rows come one by one, while the rest is still written.
            assert rows == sorted(rows)
            assert len(set(rows)) > 2
            cells = [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]
            assert cells == [
                ["São Bento station", "20"],
                ["Mercado do Bolhão", "45"],
                ["Livraria Lello", "30"],
                ["Dom Luís I bridge", "40"],
            ]
            screen = "\n".join(
                "".join(segment.text for segment in line) for line in draft.render_lines(draft.size.region)
            )
            assert "✓ title" in screen
            assert "✓ summary" in screen
            assert "<b>are</b>" in screen
            # Asked again, it begins anew.
            await pilot.press("a")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert table.row_count == 4

    asyncio.run(main())
