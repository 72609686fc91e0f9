"""Fuzzing of the message layer: any bytes as a body, for any API.

One input is one body. The API, the chunks and the target are drawn from a generator seeded by the bytes, as in
`fuzz_core.py`. Whatever the bytes are, nothing is raised but what is documented, and how the body was cut does not show
in the message's text, calls and ending (law 1); an error may quote as much of the body as had come.

With atheris: `python fuzz/fuzz_messages.py FOLDER [libFuzzer options]`. Without it: `python fuzz/fuzz_messages.py
--smoke` mutates messages of every API, always in the same way.
"""

from __future__ import annotations

import random
import sys
import zlib
from typing import Any

import running
from partialjson.messages import MessageParser
from partialjson.testing.bodies import BODY_APIS, Said, Say, body, events
from support.accidents import mutated, pieces
from support.forgery import forged

CALLS = (Say("c1", "look", ('{"place": "Be', 'rn"}')), Say("c2", "wait", ('{"minutes"', ": 5}")))
TOLD = (
    Said(texts=("Hello, ", "world"), reasoning=("hm", "m")),
    Said(texts=("I look.",), calls=CALLS, reason="tool_calls"),
    Said(texts=('{"a": [1, ', "2]}"), reason="truncated"),
    Said(texts=('So: <tool_call>\n{"name": "look", "argu', 'ments": {"place": "Bern"}}\n</tool_call>', "```<tool_")),
    Said(texts=('Now [TOOL_CALLS][{"name": "wait", "arguments"', ': {}}]<function=look>{"place": "', 'B"}</function>')),
)


def read(api: str, chunks: list[bytes], output: Any, text_calls: bool = False) -> tuple[Any, ...]:
    """What a message shows once its body has ended."""
    message: Any = MessageParser(api, output=output, text_calls=text_calls)
    for chunk in chunks:
        # What the body does wrong is a matter of the end, not an exception.
        message.feed_bytes(chunk)
        repr(message.text)
    end = message.end()
    assert message.end() is end
    calls = [(call.name, call.id, repr(call.json), call.ready) for call in message.calls]
    return message.text, calls, end.reason, type(end.error).__name__


def check(data: bytes) -> None:
    source = random.Random(zlib.crc32(data))
    api = source.choice(BODY_APIS)
    check_body(api, data, source)


def check_body(api: str, data: bytes, source: random.Random) -> None:
    output = source.choice((None, Any))
    text_calls = source.choice((False, True))
    whole = read(api, [data], output, text_calls)
    cut = read(api, pieces(data, source), output, text_calls)
    assert whole == cut, f"{api}: chunks show\n  {whole}\n  {cut}"


def retold(api: str, said: Said, source: random.Random) -> bytes:
    """A message in whose events something has another value; they come again, or not at all."""
    told = events(api, said)
    for _ in range(source.randint(1, 3)):
        at = source.randrange(len(told))
        accident = source.randrange(5)
        if accident == 0:
            told.insert(source.randrange(len(told) + 1), told[at])
        elif accident == 1 and len(told) > 1:
            del told[at]
        else:
            told[at] = forged(told[at], source)
    try:
        return body(api, told)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # Those who write bodies need events.
        return body(api, said)


def smoke(count: int, seed: int) -> int:
    source = random.Random(seed)
    seeds = [(api, body(api, said)) for api in BODY_APIS for said in TOLD]
    bodies = [data for _, data in seeds]
    for api, data in seeds:
        assert read(api, [data], None)[0], f"{api}: the seed has no text"
        check_body(api, data, random.Random(0))
    for _ in range(count):
        api, data = source.choice(seeds)
        data = retold(api, source.choice(TOLD), source) if source.randrange(2) else mutated(data, bodies, source)
        if source.randrange(8) == 0:
            # The body of another API.
            api = source.choice(BODY_APIS)
        try:
            check_body(api, data, random.Random(zlib.crc32(data)))
        except BaseException:
            print(f"found by: {api}, {data!r}", file=sys.stderr)
            raise
    return len(seeds) + count


def seeds() -> list[bytes]:
    return [body(api, said) for api in BODY_APIS for said in TOLD]


if __name__ == "__main__":
    running.run("Fuzz the message layer.", "bodies", check, seeds, smoke, count=1000)
