"""``check_front_end``: does something that folds deltas always show the document?

A front end is a reducer: a function of its state and the next deltas that returns the next state. It may be Python, or
a process in any language, which reads a *frame* a line from its standard input,

    {"seq": 3, "deltas": [{"op": "append", "path": "/note", "value": "soon"}]}

and answers each with a line that holds its state as JSON. Documents come in all chunks; after each frame the state must
be the parser's document (law 9), and a state that was handed out must not change (law 4). From time to time a viewer
comes late: then a frame replaces the whole, whatever the state was.
"""

from __future__ import annotations

import json
import math
import queue
import shlex
import subprocess
import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from partialjson import MISSING, ParseError, Parser
from partialjson.patch import to_json_patch
from partialjson.testing.breach import Breach, Sentence, least_chunks, ways_to_cut
from partialjson.testing.chunking import fingerprint

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

__all__ = ["check_front_end"]

Reducer = Callable[[Any, Any], Any]


def check_front_end(
    front_end: Reducer | str | Sequence[str],
    text: str | None = None,
    *,
    texts: SearchStrategy[str] | None = None,
    start: Any = None,
    json_patch: bool = False,
    timeout: float = 10.0,
    settings: Settings | None = None,
) -> None:
    """Check that a front end shows the document after each frame.

    Args:
        front_end: a function (state, deltas) that returns the next state; or the command of a process, as a list or as
            a line for a shell.
        text: the document to show; if there is none, documents are drawn.
        texts: the strategy that they are drawn from.
        start: the state before anything has come.
        json_patch: send the operations of JSON Patch (RFC 6902), "add" and "replace", instead of deltas, which know
            "append" too.
        timeout: the seconds in which a process must answer.
        settings: those of hypothesis for drawing documents.

    Raises:
        Breach: a law broke; an ``AssertionError`` with the smallest document, the least cuts, and the frame.
        RuntimeError: the process ended, answered no JSON, or did not answer in time.
        ImportError: there is no text, and hypothesis is not installed.
    """
    if callable(front_end):
        checks = _Checks(front_end, start, json_patch, fingerprint)
        _run(checks, text, texts, settings, False)
        return
    with _Process(front_end, timeout) as process:
        checks = _Checks(process.reduce, start, json_patch, _comparable)
        _run(checks, text, texts, settings, True)


def _run(
    checks: _Checks, text: str | None, texts: SearchStrategy[str] | None, settings: Settings | None, outside: bool
) -> None:
    if text is not None:
        checks.check(text)
        return
    from partialjson.testing.searching import search
    from partialjson.testing.texts import documents

    if texts is None:
        # Outside of Python there is no agreement on halves of surrogate pairs and on infinity.
        texts = documents(max_depth=3, surrogates=not outside)
        if outside:
            texts = texts.filter(lambda drawn: "Infinity" not in json.dumps(json.loads(drawn)))
    search(checks.check, texts, settings)


def _comparable(value: Any) -> str:
    """A state as JSON of any language knows it: 1.0 is 1, integers are doubles, and keys have no order."""

    def plain(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: plain(each) for key, each in inner.items()}
        if isinstance(inner, list):
            return [plain(each) for each in inner]
        if isinstance(inner, bool) or not isinstance(inner, int | float):
            return inner
        try:
            number = float(inner)
        except OverflowError:
            return math.inf
        return int(number) if number.is_integer() else number

    return json.dumps(plain(value), sort_keys=True)


class _Checks:
    def __init__(self, reduce: Reducer, start: Any, json_patch: bool, describe: Callable[[Any], str]) -> None:
        self.reduce = reduce
        self.start = start
        self.json_patch = json_patch
        self.describe = describe

    def check(self, text: str) -> None:
        for number, chunks in enumerate(ways_to_cut(text, single=20, random=3)):
            late = len(chunks) // 2 if number % 3 == 1 else None
            found = self.fault(chunks, late)
            if found is not None:
                law, what, *_ = found
                least = least_chunks(text, chunks, partial(self._fails, late))
                law, what, *details = self.fault(least, late) or found
                raise Breach(law, what, text, least, *details)

    def _fails(self, late: int | None, chunks: Sequence[str]) -> bool:
        return self.fault(chunks, late) is not None

    def fault(self, chunks: Sequence[str], late: int | None) -> tuple[Any, ...] | None:
        """What goes wrong when a document comes in these chunks; a viewer comes late after so many of them."""
        parser: Parser[Any] = Parser()
        state = self.start
        before: Any = MISSING
        held: list[tuple[Any, str]] = []
        for number, chunk in enumerate(chunks):
            try:
                parser.feed(chunk)
            except ParseError:
                break
            deltas: list[dict[str, Any]] = parser.deltas()
            document = parser.json
            if document is MISSING or not deltas:
                continue
            if late is not None and number == late:
                deltas = [{"op": "replace", "path": "", "value": document}]
            elif self.json_patch:
                deltas = to_json_patch(deltas, before)
            before = document
            try:
                state = self.reduce(state, deltas)
            except RuntimeError:
                raise
            except Exception as error:
                return 9, "the front end fails", ("the deltas", deltas), ("it raises", Sentence(repr(error)))
            if self.describe(state) != self.describe(document):
                what = "what it shows is not the document"
                return 9, what, ("the deltas", deltas), ("it shows", state), ("the document", document)
            for old, was in held:
                if fingerprint(old) != was:
                    return 4, "a state changed after it was handed out", ("it was", Sentence(was)), ("it is now", old)
            held.append((state, fingerprint(state)))
        return None


class _Process:
    """A front end in a process of its own."""

    def __init__(self, command: str | Sequence[str], timeout: float) -> None:
        self.command = shlex.split(command) if isinstance(command, str) else list(command)
        self.timeout = timeout
        self.seq = 0
        self.answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> _Process:
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _listen(self) -> None:
        out = self.process.stdout
        if out is not None:
            for line in out:
                self.answers.put(line)
        self.answers.put("")

    def reduce(self, state: Any, deltas: Any) -> Any:
        """The process has its own state; a document begins with a frame that replaces or adds the whole."""
        self.seq += 1
        frame = json.dumps({"seq": self.seq, "deltas": deltas})
        try:
            if self.process.stdin is not None:
                self.process.stdin.write(frame + "\n")
                self.process.stdin.flush()
            answer = self.answers.get(timeout=self.timeout)
        except queue.Empty:
            raise RuntimeError(f"{self.command} did not answer in {self.timeout} s to {frame}") from None
        except OSError as error:
            raise RuntimeError(f"{self.command} has ended with code {self.process.poll()} before {frame}") from error
        if not answer:
            raise RuntimeError(f"{self.command} has ended with code {self.process.poll()} after {frame}")
        try:
            return json.loads(answer)
        except ValueError:
            raise RuntimeError(f"{self.command} answered {answer!r}, which is not JSON, to {frame}") from None
