"""A typed object that fills in, in a Textual application.

    python -m pip install textual
    python examples/textual_app.py

On the left is the object as far as it has come, drawn by ``Outline``. The table on the right gets a row for each stop
as soon as that is complete and valid, while the model is still writing the next one.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable, Footer, Header, Static

from partialjson import Completed
from partialjson.clients import aread
from partialjson.messages import DocumentProgress
from partialjson.render.terminal import Outline
from partialjson.render.text import printable
from recorded import Stop, Trip, aanswer


class TripApp(App[None]):
    TITLE = "A trip, while the model writes it"
    BINDINGS: ClassVar = [("a", "ask", "Ask again"), ("q", "quit", "Quit")]
    CSS = """
    #draft { width: 3fr; height: 100%; padding: 1 2; }
    #stops { width: 2fr; height: 100%; }
    #ending { height: 1; padding: 0 2; color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            yield Static(id="draft")
            yield DataTable(id="stops", cursor_type="row")
        yield Static(id="ending", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("Stop", "Minutes")
        self.action_ask()

    @work(exclusive=True)
    async def action_ask(self) -> None:
        draft, ending = self.query_one("#draft", Static), self.query_one("#ending", Static)
        table = self.query_one(DataTable)
        table.clear()
        ending.update("The model writes …")
        async with aread(aanswer("trip"), "openai-chat", output=Trip) as response:
            document = response.message.output
            async for update in response:
                for event in update.events if isinstance(update, DocumentProgress) else ():
                    match event:
                        case Completed(("stops", int()), Stop() as stop):
                            # What a model writes is neither markup nor control codes here.
                            table.add_row(Text(printable(stop.place)), stop.minutes)
                # Textual draws when it has time, however often it is told.
                draft.update(Outline(document, height=max(3, draft.content_size.height)))
        ending.update(str(response.end()).partition("\n")[0])


if __name__ == "__main__":
    TripApp().run()
