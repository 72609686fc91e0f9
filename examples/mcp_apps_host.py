"""A host of MCP Apps: the view of a tool draws while the model still writes the tool's arguments.

    python -m pip install starlette uvicorn
    npm --prefix examples/mcp_apps ci && npm --prefix examples/mcp_apps run build
    uvicorn --app-dir examples mcp_apps_host:app

``GET /answer`` is the model's response as notifications of the protocol, which ``mcp_apps.Encoder`` writes. The page
(``mcp_apps/host.js``) shows the view of the tool in a sandboxed frame and hands it the notifications through the
``AppBridge`` of ``@modelcontextprotocol/ext-apps``. The view (``mcp_apps/view.js``) is an ``App`` of the same package.

The tool and its view are this program's own here. A host that takes them from servers reads the view as their resource
``ui://…``, runs the tool by ``tools/call``, and puts the frame behind a proxy on another origin, as the specification
asks.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from partialjson.clients import aread
from partialjson.encoders import mcp_apps
from recorded import aanswer

PAGE = Path(os.environ.get("MCP_APPS_PAGE") or Path(__file__).parent / "mcp_apps" / "dist")
"""Where `npm run build` wrote the page and the view."""

if not PAGE.is_dir():
    raise SystemExit(f"{PAGE} is not there: build the page with npm first, as the docstring of {__file__} says")


class Bar(BaseModel):
    label: str
    value: float


class Chart(BaseModel):
    title: str
    unit: str = ""
    bars: list[Bar]
    note: str | None = None


def draw_chart(chart: Chart) -> dict[str, Any]:
    """The tool: a ``CallToolResult``."""
    highest = max(chart.bars, key=lambda bar: bar.value)
    text = f"{chart.title}: {len(chart.bars)} bars, {highest.label} is the highest."
    return {"content": [{"type": "text", "text": text}], "structuredContent": {"highest": highest.label}}


async def notifications() -> AsyncIterator[bytes]:
    encoder = mcp_apps.Encoder(tools={"draw_chart"})
    response = aread(aanswer("chart"), "anthropic-messages", tools={"draw_chart": Chart})
    async for events in encoder.afollow(response, per_second=20):
        yield encoder.body(events)
    for call in response.message.calls:
        if call.ready:
            yield encoder.body(encoder.report(call, "done", draw_chart(call.value)))
    yield encoder.body(encoder.end())
    yield b"event: end\ndata:\n\n"


async def answer(request: Request) -> StreamingResponse:
    return StreamingResponse(notifications(), media_type="text/event-stream", headers=mcp_apps.Encoder.headers)


app = Starlette(routes=[Route("/answer", answer), Mount("/", StaticFiles(directory=PAGE, html=True))])
