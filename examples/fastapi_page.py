"""A FastAPI endpoint, and a page in which a typed object fills in. The page is plain JavaScript: the modules of the
package, without a build.

    python -m pip install fastapi uvicorn
    uvicorn --app-dir examples fastapi_page:app

``POST /answers`` asks the model and gives the id of its answer. ``GET /answers/{id}/events`` is that answer for as many
viewers as there are: deltas for those who watch, the state for those who come late or come back. An answer is written
to its end, also if nobody watches it.
"""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from partialjson.broadcast import Broadcast, ResponseState
from partialjson.clients import aread
from partialjson.render.form import form
from recorded import Trip, aanswer

KEPT = 100
"""So many answers are kept for those who come back."""

router = APIRouter()
answers: dict[str, Broadcast] = {}
tasks: set[asyncio.Task[None]] = set()


async def write(broadcast: Broadcast) -> None:
    """Read the model's response, and tell all viewers what changed."""
    try:
        async with aread(aanswer("trip"), "openai-chat", output=Trip) as response:
            state = ResponseState(response.message)
            async for update in response:
                broadcast.publish(state.changes([update]))
    finally:
        broadcast.close()


@router.post("/answers")
async def ask() -> dict[str, str]:
    broadcast = Broadcast()
    answers[broadcast.journal.run] = broadcast
    while len(answers) > KEPT:
        del answers[next(iter(answers))]
    # The event loop does not hold tasks.
    task = asyncio.create_task(write(broadcast))
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return {"id": broadcast.journal.run}


@router.get("/answers/{name}/events")
async def events(name: str, request: Request, since: str | None = None) -> StreamingResponse:
    broadcast = answers.get(name)
    if broadcast is None:
        raise HTTPException(404, "no such answer")
    since = request.headers.get("last-event-id") or since
    headers = {"cache-control": "no-store"}
    return StreamingResponse(broadcast.sse(since), media_type="text/event-stream", headers=headers)


@router.get("/form")
async def expected() -> dict[str, Any]:
    """What the page draws where nothing has come yet."""
    return form(Trip)


app = FastAPI()
app.include_router(router)
app.mount("/browser", StaticFiles(directory=str(files("partialjson") / "browser")))


@app.get("/")
async def page() -> FileResponse:
    return FileResponse(Path(__file__).with_name("fastapi_page.html"))
