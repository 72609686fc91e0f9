"""What runs in a web worker instead of a server: runs begun by a page, and watched by it.

The page and the worker send each other JSON texts. What comes from the page:

    {"do": "start", "run": "name", "question": "itinerary", "prompt": "...", "speed": 1}       a recording
    {"do": "start", "run": "name", "pasted": {"text", "schema", "api", "size", "rate", "lenient"}}
    {"do": "stop", "run": "name"}

The fields of ``pasted`` are those of ``partialjson.web.pasted.Pasted``, and only ``text`` is required. What goes to
the page, always with the name of the run, which the page has chosen:

    {"run": ..., "frame": {"seq", "after"?, "deltas"}}     as over a connection to a server
    {"run": ..., "ended": true}                            after the last frame
    {"run": ..., "failed": "why"}                          instead, if Python failed, and the answer did not end
    {"run": ..., "refused": "why", "field": "schema"}      it could not begin; ``field`` says which field was wrong

``Worker`` knows nothing of JavaScript. In a browser its event loop is the page's worker's, so what it waits for lets
messages in, and a run can be stopped while it goes on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from partialjson.web.asking import of_recording
from partialjson.web.document import DocumentRun, TextAsked
from partialjson.web.pasted import Pasted, PastedError, asked_about
from partialjson.web.questions import question_named
from partialjson.web.run import Run
from partialjson.web.static import rpds
from partialjson.web.tools import SECONDS

__all__ = ["Worker"]

_LONGEST: Final = 3600.0  # seconds; a page that is closed ends its worker anyway
_PER_SECOND: Final = 60  # frames: a screen shows no more
_QUICK: Final = 0.05

# What JSON Schema targets import, and no wheel brings.
rpds.install()


class Worker:
    """The runs of one page.

    Args:
        post: sends a text to the page.
    """

    def __init__(self, post: Callable[[str], object]) -> None:
        self._post = post
        self._runs: dict[str, Run | DocumentRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, text: str) -> None:
        """Does what the page asks for. Called inside a running event loop; returns at once."""
        asked = json.loads(text)
        name = str(asked["run"])
        if asked["do"] == "stop":
            run = self._runs.get(name)
            if run is not None:
                run.stop()
            return
        try:
            run = self._run(name, asked)
        except PastedError as error:
            self._post(json.dumps({"run": name, "refused": str(error), "field": error.field}))
            return
        self._runs[name] = run
        task = asyncio.ensure_future(self._watched(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self, name: str, asked: Mapping[str, Any]) -> Run | DocumentRun:
        """The run that the page asks for."""
        pasted = asked.get("pasted")
        if pasted is not None:
            known = {each.name for each in fields(Pasted)}
            about = asked_about(Pasted(**{name: value for name, value in pasted.items() if name in known}))
            return DocumentRun(name, about) if isinstance(about, TextAsked) else Run(name, about, seconds=_LONGEST)
        speed = float(asked.get("speed", 1.0))
        recorded = of_recording(str(asked["prompt"]), question_named(str(asked.get("question", ""))), speed)
        return Run(name, recorded, seconds=_LONGEST, tool_seconds=SECONDS / speed if speed else _QUICK)

    async def _watched(self, run: Run | DocumentRun) -> None:
        """Plays the run, and tells the page what it publishes."""
        playing = asyncio.ensure_future(run.play())
        # Whatever becomes of it, nothing more comes.
        playing.add_done_callback(lambda _: run.broadcast.close())
        async for frame in run.broadcast.watch(per_second=_PER_SECOND):
            self._post(f'{{"run":{json.dumps(run.name)},"frame":{frame.text}}}')
        await asyncio.wait([playing])
        # The page keeps the state; what a worker kept would only grow.
        del self._runs[run.name]
        error = asyncio.CancelledError("it was cancelled") if playing.cancelled() else playing.exception()
        told = {"ended": True} if error is None else {"failed": f"{type(error).__name__}: {error}"}
        self._post(json.dumps({"run": run.name, **told}))
