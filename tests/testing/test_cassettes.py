"""Cassettes: recorded and played again, in any pieces and at any speed, without secrets; those of vcr too."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partialjson
from partialjson.messages import MessageParser
from partialjson.testing import Cassette, Said
from partialjson.testing.bodies import body
from partialjson.testing.cassettes import CassetteError, Recorded, Recording, scrubbed, vcr_cassettes
from support.effort import examples

pytest_plugins = ["pytester"]

FEW = settings(max_examples=examples(60), deadline=None)
CHUNKS = (Recorded(0.0, b'data: {"a"'), Recorded(0.5, b": 1"), Recorded(2.0, b"}\n\n\xc3"), Recorded(2.0, b"\xa9"))
TAPE = Cassette(CHUNKS, "openai-chat", {"model": "m1"})


def ticking(*times: float) -> Any:
    rest = iter(times)
    return lambda: next(rest)


# Files


def test_a_cassette_is_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "tape.jsonl"
    TAPE.save(path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"cassette": 1, "api": "openai-chat", "about": {"model": "m1"}},
        {"at": 0.0, "text": 'data: {"a"'},
        {"at": 0.5, "text": ": 1"},
        {"at": 2.0, "base64": "fQoKww=="},
        {"at": 2.0, "base64": "qQ=="},
    ]
    assert Cassette.load(path) == TAPE
    assert (TAPE.body, TAPE.duration) == (b'data: {"a": 1}\n\n\xc3\xa9', 2.0)
    assert (Cassette(()).body, Cassette(()).duration, list(Cassette(()).replay(chunks=3))) == (b"", 0.0, [])


@FEW
@given(st.lists(st.tuples(st.floats(0, 1e4), st.binary(max_size=9))), st.text(max_size=5))
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, drawn: list[Any], api: str) -> None:
    tape = Cassette(tuple(Recorded(round(at, 4), data) for at, data in drawn), api)
    path = tmp_path_factory.mktemp("tapes") / "tape.jsonl"
    tape.save(path)
    assert Cassette.load(path) == tape


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cassette": 9}\n', "is a cassette of format 9; this version reads format 1"),
        ('{"cassette": 1}\n{"at": 0}\n', r"line 2: not a chunk of a cassette \(KeyError|line 2: not a chunk"),
        ('{"cassette": 1}\nx\n', "line 2: not a chunk of a cassette"),
        ('{"a": 1}', "a list of interactions was expected"),
        ("{", "is no cassette"),
        ('{"interactions": [{"request": {}}]}', "interaction 0: no response"),
        ('{"interactions": []}', "has 0 interactions"),
    ],
)
def test_what_is_no_cassette_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "tape"
    path.write_text(text)
    with pytest.raises(CassetteError, match=message):
        Cassette.load(path)


# Pieces and time


@FEW
@given(st.lists(st.tuples(st.floats(0, 9), st.binary(max_size=5)), max_size=6), st.data())
def test_other_pieces_are_the_same_stream(drawn: list[tuple[float, bytes]], data: st.DataObject) -> None:
    times = sorted(at for at, _ in drawn)
    tape = Cassette(tuple(Recorded(at, chunk) for at, (_, chunk) in zip(times, drawn, strict=True)))
    size = len(tape.body)
    ways: list[Any] = ["recorded", "whole", data.draw(st.integers(1, 9)), data.draw(st.lists(st.integers(0, size + 1)))]
    for way in ways:
        pieces = tape.cut(way)
        assert b"".join(piece.data for piece in pieces) == tape.body
        assert [piece.at for piece in pieces] == sorted(piece.at for piece in pieces)
        assert not tape.body or way == "recorded" or pieces[-1].at <= tape.duration


def test_a_piece_comes_when_its_last_byte_came() -> None:
    assert TAPE.cut(11) == [Recorded(0.5, b'data: {"a":'), Recorded(2.0, b" 1}\n\n\xc3\xa9")]
    assert TAPE.cut("whole") == [Recorded(2.0, TAPE.body)]
    assert [piece.at for piece in TAPE.cut([10, 13])] == [0.0, 0.5, 2.0]
    for wrong in (0, "lines"):
        with pytest.raises(ValueError, match=r"at least one byte|'recorded', 'whole', a size or places"):
            TAPE.cut(wrong)  # type: ignore[arg-type]


def test_it_is_played_at_any_speed() -> None:
    waits: list[float] = []
    assert b"".join(TAPE.replay(speed=2, sleep=waits.append)) == TAPE.body
    assert waits == [0.25, 0.75]
    waits.clear()
    assert len(list(TAPE.replay(sleep=waits.append))) == 4
    assert waits == []
    assert len(list(TAPE.replay(chunks=10, delay=0.25, sleep=waits.append))) == 2
    assert waits == [0.25, 0.25]
    with pytest.raises(ValueError, match="a delay is at least 0 seconds, not -1"):
        list(TAPE.replay(delay=-1))
    with pytest.raises(ValueError, match="the speed is more than 0"):
        list(TAPE.replay(speed=0))

    async def gather() -> bytes:
        return b"".join([chunk async for chunk in TAPE.areplay(chunks=3, speed=1e6)])

    assert asyncio.run(gather()) == TAPE.body


def test_what_passes_is_recorded() -> None:
    recording = Recording("ollama", about={"model": "m"}, clock=ticking(100.0, 100.5, 103.0))
    assert list(recording.of([b"a", "é", bytearray(b"c")])) == [b"a", "é", bytearray(b"c")]
    assert recording.cassette() == Cassette(
        (Recorded(0.0, b"a"), Recorded(0.5, "é".encode()), Recorded(3.0, b"c")), "ollama", {"model": "m"}
    )

    async def chunks() -> AsyncIterator[bytes]:
        yield b"x"
        yield b"y"

    async def gather(recording: Recording) -> list[bytes]:
        return [chunk async for chunk in recording.aof(chunks())]

    later = Recording()
    assert asyncio.run(gather(later)) == [b"x", b"y"]
    assert later.cassette().body == b"xy"


def test_a_played_stream_is_read_as_the_live_one() -> None:
    raw = body("openai-chat", Said(("Hello",)))
    recording = Recording("openai-chat")
    list(recording.of([raw[:20], raw[20:]]))
    for size in (1, 5, 100):
        message = MessageParser(recording.api)
        for chunk in recording.cassette().replay(chunks=size):
            message.feed_bytes(chunk)
        assert (message.text, message.end().reason) == ("Hello", "complete")


# Secrets


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnop1234",
        "AIzaSyA1234567890abcdefghijklmnopqrstuvw",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "hf_abcdefghijklmnopqrstuv",
    ],
)
@pytest.mark.parametrize("cut", [5, 30, 36])
def test_what_looks_like_a_secret_is_overwritten_also_where_it_is_cut(secret: str, cut: int) -> None:
    raw = f'data: {{"content": "the key is {secret}, keep it"}}'.encode()
    recording = Recording()
    list(recording.of([raw[:cut], raw[cut:]]))
    tape = recording.cassette()
    assert tape.body == raw.replace(secret.encode(), b"x" * len(secret))
    assert [len(chunk.data) for chunk in tape.chunks] == [cut, len(raw) - cut]


def test_named_secrets_and_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "value-of-token")
    monkeypatch.setenv("SHORT_KEY", "ab")
    raw = (
        b'{"a": "value-of-token", "b": "Ada", "api_key": "q\\"r", "c": "Bearer abcdefghijklmn", "n": 123456, "d": "ab"}'
    )
    clean = scrubbed(raw, ["Ada", re.compile(rb'"n": (\d+)')])
    assert clean == (
        b'{"a": "xxxxxxxxxxxxxx", "b": "xxx", "api_key": "xxxx", "c": "Bearer xxxxxxxxxxxxxx", "n": xxxxxx, "d": "ab"}'
    )
    assert scrubbed(b"nothing to hide, skeleton-key") == b"nothing to hide, skeleton-key"


def test_a_secret_in_binary_frames_is_refused() -> None:
    recording = Recording()
    list(recording.of([b"\x00\x01\xff sk-proj-abcdefghijklmnop1234"]))
    with pytest.raises(CassetteError, match="a body of binary frames, whose checksums"):
        recording.cassette()


# vcr

RESPONSE = {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["text/event-stream"]}}
VCR = {
    "version": 1,
    "interactions": [
        {"request": {"uri": "https://example.com/v1"}, "response": {**RESPONSE, "body": {"string": "data: é\n\n"}}},
        {"request": {}, "response": {"status": 500, "body": {"base64_string": "AP8="}, "headers": {}}},
    ],
}


def test_cassettes_of_vcr_are_read(tmp_path: Path) -> None:
    path = tmp_path / "vcr.json"
    path.write_text(json.dumps(VCR))
    first, second = vcr_cassettes(path)
    assert (first.body, first.about) == ("data: é\n\n".encode(), {"uri": "https://example.com/v1", "status": 200})
    assert (second.body, second.about) == (b"\x00\xff", {"uri": "", "status": 500})
    with pytest.raises(CassetteError, match=r"has 2 interactions; vcr_cassettes\(\) gives all of them"):
        Cassette.load(path)
    path.write_text(json.dumps({"interactions": VCR["interactions"][:1]}))  # type: ignore[index]
    assert Cassette.load(path) == first


def test_cassettes_of_vcr_in_yaml_and_packed(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    packed = {**RESPONSE, "headers": {"Content-Encoding": ["gzip"]}, "body": {"string": gzip.compress(b"data: x\n\n")}}
    path = tmp_path / "vcr.yaml"
    path.write_text(yaml.dump({"interactions": [{"request": {"uri": "u"}, "response": packed}]}))
    assert Cassette.load(path).body == b"data: x\n\n"
    path.write_text("a: [")
    with pytest.raises(CassetteError, match="is no cassette"):
        vcr_cassettes(path)


# The plugin

TEST = """
import asyncio
calls = []

def live():
    calls.append(1)
    yield b"sk-proj-abcdefghijklmnop1234 "
    yield b"hello"

def test_stream(cassettes):
    chunks = list(cassettes.stream("greeting", live, api="ollama"))
    assert b"".join(chunks).endswith(b" hello")
    assert bool(calls) == cassettes.recording

def test_pieces(cassettes):
    if not cassettes.recording:
        assert list(cassettes.replay("greeting", chunks=30)) == [b"x" * 28 + b" h", b"ello"]
        assert cassettes.load("greeting").api == "ollama"

async def later():
    yield b"later"

def test_async(cassettes):
    async def gather(chunks):
        return [chunk async for chunk in chunks]
    if cassettes.recording:
        cassettes.secrets.append("late")
        assert asyncio.run(gather(cassettes.arecord("async", later()))) == [b"later"]
    else:
        assert asyncio.run(gather(cassettes.areplay("async"))) == [b"xxxxr"]
"""


@pytest.fixture
def named_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the plugins that a run names: the installed package brings the same one, which would be there twice."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.usefixtures("named_plugins")
def test_the_plugin_records_and_plays(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    arguments = ["-p", "partialjson.testing.plugin", "-p", "no:cacheprovider"]
    missing = pytester.runpytest(*arguments)
    missing.assert_outcomes(failed=3)
    missing.stdout.fnmatch_lines(["*there is no cassette *greeting.jsonl: record it with pytest --record-streams*"])
    pytester.runpytest(*arguments, "--record-streams").assert_outcomes(passed=3)
    assert sorted(path.name for path in (pytester.path / "cassettes").iterdir()) == ["async.jsonl", "greeting.jsonl"]
    pytester.runpytest(*arguments).assert_outcomes(passed=3)


@pytest.mark.usefixtures("named_plugins")
def test_the_plugin_loads_nothing_heavy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(partialjson.__file__).parents[1]))
    pytester.makepyfile(
        "import sys\ndef test_it():\n    assert not {'hypothesis', 'pydantic', 'jsonschema'} & set(sys.modules)\n"
    )
    result = pytester.runpytest_subprocess(
        "-p", "partialjson.testing.plugin", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"
    )
    result.assert_outcomes(passed=1)
