"""The examples that print: each runs as a program of its own, and prints what it should. One without a package that it
is about is skipped.
"""

from __future__ import annotations

import re

from support.examples import needs, run

STOPS = [
    "place='São Bento station' minutes=20 note='Twenty thousand tiles, & a train now and then.'",
    "place='Mercado do Bolhão' minutes=45 note='Lunch at the counter. Ask what came in this morning.'",
    "place='Livraria Lello' minutes=30 note='The red stairs <b>are</b> as crowded as they say.'",
    "place='Dom Luís I bridge' minutes=40 note='Cross on the upper deck, come back on the lower one.'",
]


def test_checkpoint() -> None:
    lines = run("checkpoint")
    # The first process saved in the middle of a word, and the second reports that word as one.
    assert lines[0].endswith("Partial[Stop](place='Mercado do B')])")
    assert lines[1] == "second: ('stops', 1, 'place') completed"
    assert not any("('title',)" in line for line in lines)
    assert lines[-1].startswith("second: title='An afternoon in Porto'")
    assert "Stop(place='Mercado do Bolhão', minutes=45, note='')" in lines[-1]


def test_json_strings() -> None:
    assert run("json_strings") == [
        "while it comes: Partial[Search](query='hotels', filter=Partial[Filter](city='Porto'))",
        "in the end:     query='hotels' filter=Filter(city='Porto', stars=4)",
        "while it comes: Partial[Search](query='hotels')",
        "in the end:     query='hotels' filter=Filter(city='Porto', stars=4)",
        "while it comes: Partial[Search](query='hotels')",
        "in the end:     Input should be a valid integer, unable to parse string as an integer",
    ]


def test_run_tools() -> None:
    assert run("run_tools") == [
        "get_weather runs; begun so far: get_weather",
        "find_trains runs; begun so far: get_weather, find_trains",
        "get_weather: 3 days of sun in Porto",
        "find_trains: 15:04 from Lisboa, 17:56 in Porto",
        "tool_calls",
    ]


def test_ndjson() -> None:
    first, second, third = run("ndjson", "12000")
    assert first.startswith("line 1001: Input should be a valid number")
    assert second == "11988 readings, 23.44 °C on average; 12 lines left out"
    came, held = map(float, re.findall(r"[\d.]+(?= MB)", third))
    # Forty chunks of a kilobyte would be more than what is held, however many come.
    assert came > 2 * held


def test_early_stop() -> None:
    needs("jsonschema")
    cause, stopped, calls = run("early_stop")
    assert cause.startswith("Violation(path=('class',), pos=30, keyword='enum'")
    assert stopped == "stopped after 32 of 93 characters; the stream is closed: True"
    assert calls == "calls to run: []"


def test_with_langchain() -> None:
    needs("langchain_openai")
    assert run("with_langchain") == STOPS


def test_with_pydantic_ai() -> None:
    needs("pydantic_ai", "openai")
    assert run("with_pydantic_ai") == [*STOPS, "the same as the agent's result: True"]


def test_with_instructor() -> None:
    needs("instructor", "openai")
    assert run("with_instructor") == STOPS
