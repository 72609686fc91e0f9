"""The routes: the page and its modules, what can be asked, and runs.

    GET  /                            the page; its files beside it, the browser's part of the library in /browser/
    GET  /api/questions               what can be asked, and of whom
    POST /api/runs                    {"prompt", "question"?, "model"?} begins a run: {"run": its name}
    GET  /api/runs/{run}              whether there is such a run, and whether it is over
    GET  /api/runs/{run}/events       its frames as server-sent events
    WS   /api/runs/{run}/socket       the same over a WebSocket
    POST /api/runs/{run}/stop         stops it

What is asked is bounded, and what is wrong is answered with ``{"error": "..."}`` and says what to do.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from partialjson.web import live
from partialjson.web.asking import about, of_recording
from partialjson.web.delivery import EventStream, over_socket
from partialjson.web.desk import Desk, Full, Limits
from partialjson.web.guard import Guard, Hosts
from partialjson.web.questions import catalogue, question_named
from partialjson.web.run import Asked, Run
from partialjson.web.tools import SECONDS

__all__ = ["Settings", "make_app"]

_MOST_BODY: Final = 64 * 1024
_MOST_PROMPT: Final = 4_000
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Settings:
    """What the command was told.

    Attributes:
        speed: how many times as fast as recorded answers come; 0 is as fast as possible.
        hosts: the names by which the server may be called.
        models: the real models that may be asked.
        limits: how much it takes on.
        clock: what runs tell their times by.
    """

    speed: float = 1.0
    hosts: Hosts = field(default_factory=Hosts)
    models: Sequence[live.Model] = ()
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic


def make_app(settings: Settings | None = None) -> Starlette:
    """The application that ``partialjson serve`` runs. Its ``state.desk`` holds the runs."""
    settings = settings or Settings()
    tool_seconds = SECONDS / settings.speed if settings.speed else 0.05
    desk = Desk(settings.limits, tool_seconds=tool_seconds, clock=settings.clock)
    server = _Server(settings, desk)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await desk.close()

    routes = [
        Route("/api/questions", server.questions),
        Route("/api/runs", server.begin, methods=["POST"]),
        Route("/api/runs/{run}", server.known),
        Route("/api/runs/{run}/events", server.events),
        Route("/api/runs/{run}/stop", server.stop, methods=["POST"]),
        WebSocketRoute("/api/runs/{run}/socket", server.socket),
        Route("/browser/{name}", partial(_file, "partialjson", "browser")),
        Route("/", partial(_file, "partialjson.web", "page")),
        Route("/{name}", partial(_file, "partialjson.web", "page")),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(Guard, hosts=settings.hosts)],
        exception_handlers={HTTPException: _wrong},
    )
    app.state.desk = desk
    return app


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _file(package: str, folder: str, request: Request) -> Response:
    """A file of the page. Names with a path in them match no route; here only files of known types are given."""
    name = request.path_params.get("name", "index.html")
    kind = _TYPES.get(PurePosixPath(name).suffix)
    found = files(package) / folder / name
    if kind is None or name.startswith(".") or "\\" in name or not found.is_file():
        raise HTTPException(404, "there is no such page")
    return Response(found.read_bytes(), media_type=kind)


class _Server:
    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk

    async def questions(self, request: Request) -> Response:
        """What can be asked, and of whom."""
        models = [{"name": each.name, "title": each.title, "model": each.model} for each in self._settings.models]
        return JSONResponse({"questions": catalogue(), "models": models})

    async def begin(self, request: Request) -> Response:
        """Begins a run."""
        said = await _said(request)
        prompt = said.get("prompt")
        if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > _MOST_PROMPT:
            raise HTTPException(400, f"a prompt is a text of 1 to {_MOST_PROMPT} characters")
        try:
            run = self._desk.begin(self._asked(prompt.strip(), said.get("question"), said.get("model")))
        except Full as error:
            raise HTTPException(429, str(error)) from None
        return JSONResponse({"run": run.name}, 201)

    def _asked(self, prompt: str, name: object, asked_model: object) -> Asked:
        question = question_named(name) if isinstance(name, str) else None
        if name not in (None, "") and question is None:
            known = ", ".join(each["name"] for each in catalogue())
            raise HTTPException(400, f"there is no question {name!r:.80}; there are {known}")
        if asked_model not in (None, ""):
            model = next((each for each in self._settings.models if each.name == asked_model), None)
            if model is None:
                raise HTTPException(400, f"the model {asked_model!r:.80} cannot be asked here: no key, or no SDK")
            return about(prompt, question, live.ask(model, prompt, question))
        return of_recording(prompt, question, self._settings.speed)

    async def known(self, request: Request) -> Response:
        run = self._run(request.path_params["run"])
        return JSONResponse({"run": run.name, "over": run.over})

    async def stop(self, request: Request) -> Response:
        run = self._run(request.path_params["run"])
        run.stop()
        return JSONResponse({"run": run.name})

    def _run(self, name: str) -> Run:
        run = self._desk.find(name)
        if run is None:
            raise HTTPException(404, "there is no such run; the server keeps only the latest")
        return run

    async def events(self, request: Request) -> Any:
        run = self._run(request.path_params["run"])
        if self._desk.viewers(run) >= self._desk.limits.viewers:
            raise HTTPException(429, "too many viewers are watching this answer already")
        return EventStream(run.broadcast, partial(self._desk.watching, run), self._desk.limits.sending)

    async def socket(self, socket: WebSocket) -> None:
        run = self._desk.find(socket.path_params["run"])
        await socket.accept()
        if run is None:
            await socket.close(4404, "there is no such run; the server keeps only the latest")
            return
        try:
            await over_socket(socket, run.broadcast, partial(self._desk.watching, run), self._desk.limits.sending)
        except Full as error:
            await socket.close(1013, str(error))


async def _said(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body must be application/json")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BODY:
            raise HTTPException(413, f"the body is longer than {_MOST_BODY} bytes")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(said, dict):
        raise HTTPException(400, 'the body is a JSON object: {"prompt": "..."}')
    return said
