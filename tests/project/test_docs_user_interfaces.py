"""The snippets of the page on user interfaces run as they stand, and its table is what the benchmark counts."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import wire
from benchmarks.pages import into_page

from partialjson import MISSING
from partialjson.broadcast import Broadcast
from partialjson.patch import apply_deltas
from partialjson.testing.bodies import Said, Say, body
from support.node import BROWSER, needs_node, node

PAGE = ROOT / "docs" / "user-interfaces.md"
TEXT = PAGE.read_text(encoding="utf-8")
DOCUMENT = '{"customer": "Zoë", "card": "4929-1", "lines": [{"sku": "x-1", "count": null}, {"sku": "y-'
CALL = Say("c1", "place_order", ('{"customer": "Zoë", "card":', ' "4929-1", "lines": []}'))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def pieces(raw: Any, size: int) -> list[Any]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def names() -> dict[str, Any]:
    raw = body("openai-chat", Said(("I order ", "it."), (), (CALL,), "tool_calls"))
    return {"chunks": pieces(DOCUMENT, 20), "body": pieces(raw, 50), "broadcast": Broadcast()}


def test_the_snippets_run_and_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    told = names()
    checked = 0
    for snippet in blocks("python"):
        exec(compile(snippet, str(PAGE), "exec", dont_inherit=True), told)
        printed = capsys.readouterr().out
        expected = re.match(r"```\n\n```\n(.*?)```", TEXT.partition(snippet)[2], re.DOTALL)
        if expected is not None:
            assert printed == expected[1]
            checked += 1
    assert checked == 4
    assert "4929" not in json.dumps([told["state"], str(told["journal"].state)])


def test_the_functions_of_the_page_broadcast(capsys: pytest.CaptureFixture[str]) -> None:
    told = names()
    for snippet in blocks("python"):
        exec(compile(snippet, str(PAGE), "exec", dont_inherit=True), told)
    capsys.readouterr()

    async def chunks() -> AsyncIterator[bytes]:
        for chunk in told["body"]:
            yield chunk
            await asyncio.sleep(0)

    class Socket:
        def __init__(self) -> None:
            self.sent: list[str] = []
            self.code = 0

        async def accept(self) -> None:
            pass

        async def receive_json(self) -> Any:
            return {"since": None}

        async def send_text(self, text: str) -> None:
            self.sent.append(text)

        async def close(self, code: int) -> None:
            self.code = code

    async def main() -> None:
        broadcast = told["broadcast"] = Broadcast(run="r")
        told["abody"] = chunks
        told["StreamingResponse"] = lambda parts, **options: SimpleNamespace(parts=parts, **options)
        socket = Socket()
        request = SimpleNamespace(headers={"last-event-id": "r:1"}, query_params={})
        response = await told["events"](request)
        watching = asyncio.gather(told["view"](broadcast, None), told["socket"](socket))
        await told["stream"](broadcast)
        await watching
        state: Any = MISSING
        for text in socket.sent:
            state = apply_deltas(state, json.loads(text)["deltas"])
        assert state == broadcast.state
        assert socket.code == 1000
        parts = [part async for part in response.parts]
        assert parts[0].startswith(f"id: r:{broadcast.journal.seq}\n".encode())
        assert parts[-1].startswith(b"event: end\n")

    asyncio.run(main())
    assert capsys.readouterr().out.splitlines()[-1].startswith("r:")


def test_the_frames_are_frames() -> None:
    later, snapshot = map(json.loads, blocks("json")[0].splitlines())
    state = apply_deltas({"value": {"customer": "Z"}}, later["deltas"])
    assert apply_deltas(MISSING, snapshot["deltas"]) == state


@needs_node
def test_the_javascript_is_javascript(tmp_path: Path) -> None:
    for module in BROWSER.glob("*.js"):
        shutil.copy(module, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    patching, connecting = blocks("js")
    setup = "let state, deltas = [{op: 'add', path: '', value: 1}];\n"
    check = "\nif (state !== 1) throw new Error();"
    (tmp_path / "patching.js").write_text(setup + patching + check, encoding="utf-8")
    fake = "globalThis.EventSource = class { addEventListener() {} close() {} };\n"
    (tmp_path / "connecting.js").write_text(fake + connecting, encoding="utf-8")
    for name in ("patching.js", "connecting.js"):
        done = node(str(tmp_path / name))
        assert done.returncode == 0, done.stderr


def test_the_table_is_what_is_counted() -> None:
    """All but the processor's time, which is another each time."""
    rows = [wire.measured(name, timed) for name, timed in wire.recorded()]
    place = TEXT.partition(wire.BEGIN)[2].partition(wire.END)[0]
    written = [line.rpartition(" | ")[0] for line in place.strip().splitlines()]
    assert written == [line.rpartition(" | ")[0] for line in wire.table(rows)]


def test_the_benchmark_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert wire.main(["--smoke"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 8
    place = "a\n{begin}\n{lines}\n{end}\nb\n".format
    before = place(begin=wire.BEGIN, lines="old", end=wire.END)
    assert into_page(before, wire.BEGIN, wire.END, ["new"]) == place(begin=wire.BEGIN, lines="\nnew\n", end=wire.END)
    with pytest.raises(ValueError, match="no place for the table"):
        into_page("a page", wire.BEGIN, wire.END, [])


def test_throttled_by_recorded_times() -> None:
    timed: wire.Timed = [
        (at, [{"op": "append" if number else "add", "path": "", "value": text}])
        for number, (at, text) in enumerate([(0, "a"), (0.01, "b"), (0.02, "c"), (0.5, "d"), (0.52, "e")])
    ]
    told = [(at, [delta["value"] for delta in deltas]) for at, deltas in wire.throttled(timed, 10)]
    assert told == [(0, ["a"]), (pytest.approx(0.1), ["bc"]), (0.5, ["d"]), (0.52, ["e"])]
