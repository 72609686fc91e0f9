"""A typed object that fills in, in Gradio.

    python -m pip install gradio
    python examples/gradio_app.py

The event handler is a generator: what it yields replaces what the components show.
"""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from partialjson.broadcast import ResponseState, throttled
from partialjson.clients import read
from partialjson.render.html import to_html
from recorded import Trip, answer


def plan() -> Iterator[tuple[str, str]]:
    """The object as far as it has come, as HTML in which everything is escaped, and what is to be said of it."""
    with read(answer("trip"), "openai-chat", output=Trip) as response:
        document = response.message.output
        state = ResponseState(response.message)
        for _ in throttled((state.changes([update]) for update in response), per_second=10):
            yield to_html(document), "The model writes …"
    yield to_html(document), str(response.end())


with gr.Blocks(title="A trip") as app:
    gr.Markdown("# A trip, while the model writes it")
    button = gr.Button("Plan a trip", variant="primary")
    # Its own style sheet is in the HTML.
    draft = gr.HTML(apply_default_css=False)
    ending = gr.Textbox(label="How it ended", interactive=False)
    button.click(plan, outputs=[draft, ending], show_progress="hidden")

if __name__ == "__main__":
    app.launch()
