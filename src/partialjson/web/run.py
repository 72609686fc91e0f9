"""One answer on its way to everybody who watches it.

A run reads an answer into a ``MessageParser`` and publishes, as deltas over one JSON value, what that changes.
``facts`` says what is in the value.

**Tools.** A call that is ready is run at once, by a function in the place of the real one, and its result belongs to
the state of the call. A call that the provider withdraws while it runs is given up.

**The end.** ``play`` returns when the answer has ended and all calls have been run. It never raises for what came: the
state says it. However it is left, the source is closed, the message has an ending, and the viewers are told.

**What is kept back** (secrets, excluded fields) is in none of it: the tokens of a document that has such fields are
left out altogether.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from partialjson.broadcast import Broadcast, ResponseState
from partialjson.clients import aread
from partialjson.messages import (
    Block,
    BlockEnded,
    Call,
    CallHeld,
    CallWithdrawn,
    Document,
    DocumentProgress,
    MessageEnded,
    MessageParser,
    TextDelta,
    Timings,
    Update,
)
from partialjson.options import DocumentOptions
from partialjson.render.form import form
from partialjson.web.answers import Answer
from partialjson.web.facts import Delta, Facts, beginning, short, stopped
from partialjson.web.live import ClientError

__all__ = ["Asked", "Run"]

Tool = Callable[[Any], Any]


@dataclass(frozen=True)
class Asked:
    """What a run is about.

    Attributes:
        prompt: as somebody wrote it.
        answer: where the answer comes from.
        output: the type of the structured answer, None without one.
        tools: the types of the arguments of tools, by name.
        run_tools: what is done with a call that is ready, by the name of the tool; a call of another one stays ready.
        options: other options of ``MessageParser``, such as ``lenient``.
    """

    prompt: str
    answer: Answer
    output: Any = None
    tools: Mapping[str, Any] = field(default_factory=dict)
    run_tools: Mapping[str, Tool] = field(default_factory=dict)
    options: DocumentOptions = field(default_factory=DocumentOptions)


class Run:
    """One answer, while it comes and afterwards.

    Args:
        name: unique among the runs of a server.
        asked: what was asked.
        seconds: how long the answer may take.
        tool_seconds: how long a call takes, so that one sees it run.
        clock: gives seconds; times are told from when ``play`` begins.

    Attributes:
        message: the ``MessageParser``.
        broadcast: what viewers watch.
        over: whether nothing more comes.
    """

    def __init__(
        self,
        name: str,
        asked: Asked,
        *,
        seconds: float = 300.0,
        tool_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.asked = asked
        self.over = False
        self.broadcast = Broadcast()
        self._timings = Timings(clock=clock)
        self.message = MessageParser(
            asked.answer.api, tools=asked.tools, output=asked.output, timings=self._timings, **asked.options
        )
        self._state = ResponseState(self.message, at="/message")
        self._seconds = seconds
        self._tool_seconds = tool_seconds
        self._facts = Facts()
        self._task: asyncio.Task[None] | None = None
        self._running: dict[int, asyncio.Task[None]] = {}  # tools, by the positions of blocks
        self._stopped: dict[str, str] | None = None
        self._ended = False  # the updates of the message's end have been taken
        self.broadcast.publish(self._beginning())

    def _beginning(self) -> list[Delta]:
        asked, answer = self.asked, self.asked.answer
        told = {"kind": answer.kind, "label": answer.label, "note": answer.note, "api": answer.api}
        forms = {
            "output": None if asked.output is None else form(asked.output),
            "tools": {name: form(target) for name, target in asked.tools.items()},
        }
        return beginning(self.name, asked.prompt, told, forms, self._state.changes()[0]["value"])

    async def play(self) -> None:
        """Reads the answer to its end, runs its calls, and closes the broadcast. Called once."""
        self._task = asyncio.current_task()
        self._timings.start()
        try:
            if self._stopped is None:
                await self._read()
            if self._running:
                await asyncio.wait(self._running.values())
        except asyncio.CancelledError:
            if self._stopped is None:
                self._stopped = stopped("server")
                raise
            # It was ``stop`` that asked for it, and this task goes on.
            if self._task is not None:
                self._task.uncancel()
        finally:
            self._finish()

    async def _read(self) -> None:
        """Reads until the answer ends, or the time is over."""
        try:
            async with asyncio.timeout(self._seconds), aread(self.asked.answer.open(), self.message) as updates:
                async for update in updates:
                    self._take(update)
        except TimeoutError:
            self._stopped = stopped("time")
            return
        except ClientError as error:
            self._stopped = stopped("fault", str(error))
        except Exception as error:
            # Of the client, or of a validator. What the provider said is in the message.
            self._stopped = stopped("fault", f"{type(error).__name__}: {error}")
        # Whoever read to the end has taken the updates of the ending, too.
        self._ended = self.message.state.first.ending is not None

    def stop(self, by: str = "viewer") -> None:
        """Gives the answer up: its source is closed, and the viewers are told. Nothing happens if it is over."""
        if self.over or self._stopped is not None:
            return
        self._stopped = stopped(by)
        if self._task is not None:
            self._task.cancel()

    def _take(self, update: Update) -> None:
        """Publishes what the update changed."""
        self.broadcast.publish([*self._state.changes([update]), *self._token_deltas(update), *self._times(update)])
        if isinstance(update, MessageEnded):
            self._look_at(self.message.calls)
        elif isinstance(update, (BlockEnded, CallHeld, CallWithdrawn, DocumentProgress)) and update.block >= 0:
            shown = self.message.state.first
            if update.choice == shown.index:
                self._look_at(shown.blocks[update.block : update.block + 1])

    def _token_deltas(self, update: Update) -> list[Delta]:
        if not _is_token(update) or not self._may_show(update):
            return []
        if update.choice != self.message.state.first.index:
            return []
        return self._facts.token(update.block, update.text)

    def _may_show(self, update: TextDelta | DocumentProgress) -> bool:
        """Whether nothing that is kept back can be in the text."""
        if isinstance(update, DocumentProgress):
            document: Document | None = self.message.document_of(update)
        elif update.kind == "text" and self.asked.output is not None:
            document = self.message.output
        else:
            return True
        parser = None if document is None else document.parser
        return parser is not None and parser.kept_back() == "nothing"

    def _times(self, update: Update) -> list[Delta]:
        """The moments for which somebody waited, if the update brought any."""
        timings = self._timings
        deltas: list[Delta] = []
        if timings.first_token is not None:
            deltas += self._facts.figure("first_token", timings.first_token)
        if isinstance(update, DocumentProgress) and update.events and timings.first_field is not None:
            deltas += self._facts.figure("first_field", timings.first_field)
        return deltas

    # Calls

    def _look_at(self, blocks: Iterable[Block]) -> None:
        """Runs the calls among the blocks that are ready, and gives up those that are withdrawn."""
        for call in blocks:
            if not isinstance(call, Call):
                continue
            running = self._running.get(call.position)
            tool = self.asked.run_tools.get(call.name)
            if running is None and call.ready and tool is not None:
                self._running[call.position] = asyncio.create_task(self._run_call(call, tool))
            elif running is not None and call.withdrawn:
                running.cancel()

    async def _run_call(self, call: Call, tool: Tool) -> None:
        # Ready is worth being seen, too.
        await asyncio.sleep(self._tool_seconds / 3)
        self._state.report(call, "running")
        self.broadcast.publish(self._state.changes())
        await asyncio.sleep(self._tool_seconds)
        try:
            self._state.report(call, "done", result=tool(call.value))
        except Exception as error:
            self._state.report(call, "failed", result={"error": short(f"{type(error).__name__}: {error}")})
        self.broadcast.publish(self._state.changes())

    # The end

    def _finish(self) -> None:
        """The last deltas, and the end of the broadcast."""
        self.over = True
        end = self.message.end()
        deltas = self._state.changes(() if self._ended else end.updates)
        for call in self.message.calls:
            running = self._running.get(call.position)
            if running is not None and running.cancel() and not call.withdrawn:
                self._state.report(call, "failed", result={"error": "Stopped before it was done."})
        deltas += self._state.changes()
        timings = self._timings
        for name, value in (("seconds", timings.elapsed), ("pieces", timings.chunks), ("bytes", timings.size)):
            deltas += self._facts.figure(name, value)
        if self._stopped is not None:
            deltas.append({"op": "replace", "path": "/stopped", "value": self._stopped})
        self.broadcast.publish(deltas)
        self.broadcast.close()


def _is_token(update: Update) -> TypeGuard[TextDelta | DocumentProgress]:
    """Whether it brings text. That of an output is told twice, as text and as that of its document."""
    if isinstance(update, DocumentProgress) and update.kind == "text":
        return False
    return isinstance(update, (TextDelta, DocumentProgress)) and bool(update.text)
