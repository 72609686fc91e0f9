"""A typed object that fills in, in Chainlit, as an element of its own: ``chainlit_files/public/elements/Trip.jsx``.

    python -m pip install chainlit
    CHAINLIT_APP_ROOT=examples/chainlit_files chainlit run examples/chainlit_app.py

Chainlit sends an element's props whole each time, so they are sent ten times a second and not at each token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import chainlit as cl

from partialjson.broadcast import ResponseState, athrottled
from partialjson.clients import aread
from recorded import Trip, aanswer


@cl.on_message
async def plan(message: cl.Message) -> None:
    async with aread(aanswer("trip"), "openai-chat", output=Trip) as response:
        state = ResponseState(response.message)

        async def changes() -> AsyncIterator[list[dict[str, Any]]]:
            async for update in response:
                yield state.changes([update])

        card = cl.CustomElement(name="Trip", props=state.state, display="inline")
        await cl.Message(content="Here is a trip.", elements=[card]).send()
        async for _ in athrottled(changes(), per_second=10):
            card.props = state.state
            await card.update()
    end = response.end()
    await cl.Message(content="Anything else?" if end.reason == "complete" else str(end)).send()
