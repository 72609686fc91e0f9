"""Writes ``docs/machine.svg``: the states of the lexer between two characters, as observed on the parser itself.

Nothing here knows the grammar. Beginning with an empty document, each character of an alphabet is tried in each
situation that was reached, and the state before and after is noted. A situation is what decides what may come: the
state, and the containers that are open (two levels are enough). ``dot`` of Graphviz draws the result, and the edges
are kept in the picture, so that a test can tell whether it is still true: ``python docs/make_machine.py``.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

from partialjson import ParseError, Parser
from partialjson._core import machine

TARGET: Final = Path(__file__).with_name("machine.svg")

STATES: Final = {
    machine.VALUE: "VALUE",
    machine.FIRST_VALUE: "FIRST_VALUE",
    machine.KEY: "KEY",
    machine.FIRST_KEY: "FIRST_KEY",
    machine.COLON: "COLON",
    machine.AFTER: "AFTER",
    machine.ENDED: "ENDED",
    machine.TEXT: "TEXT",
    machine.NUMBER: "NUMBER",
    machine.WORD: "WORD",
}

# One character for each class of characters that some state tells apart, and what the picture calls the class.
ALPHABET: Final = {
    **{character: character for character in '{}[]:,"-\\'},
    "7": "digit",
    ".": ".",
    "e": "e",
    "t": "t f n",
    "r": "letter",
    "u": "letter",
    " ": "space",
}
# Strings and white space go on as they are; what they take is no news.
ANYTHING: Final = "any character"
DEEPEST: Final = 2

Edges = dict[tuple[str, str], set[str]]


def observe() -> Edges:
    """Which classes of characters lead from which state to which."""
    edges: Edges = {}
    seen: set[Any] = set()
    todo = [""]
    while todo:
        text = todo.pop()
        for character, name in ALPHABET.items():
            parser = Parser()
            parser.feed(text)
            before = STATES[_state(parser)]
            try:
                parser.feed(character)
            except ParseError:
                continue
            after = STATES[_state(parser)]
            if not (name == "space" and before == after):
                edges.setdefault((before, after), set()).add(name)
            longer = text + character
            situation = _situation(parser, longer)
            if situation not in seen and len(situation[1]) <= DEEPEST:
                seen.add(situation)
                todo.append(longer)
    for (before, after), names in edges.items():
        if before == after == "TEXT":
            names.clear()
            names.add(ANYTHING)
    return edges


def _state(parser: Parser[Any]) -> int:
    lexer: Any = parser._lexer
    return int(lexer.state)


def _situation(parser: Parser[Any], text: str) -> tuple[Any, ...]:
    lexer: Any = parser._lexer
    opened = re.sub(r'"[^"]*("|$)', "", text)
    stack: list[str] = []
    for character in opened:
        if character in "[{":
            stack.append(character)
        elif character in "]}":
            stack.pop()
    return lexer.state, "".join(stack), lexer.is_key, lexer.escape, lexer.digits, lexer.matched


def as_rows(edges: Edges) -> list[list[str]]:
    return sorted([before, after, " ".join(sorted(names))] for (before, after), names in edges.items())


def drawing(rows: list[list[str]]) -> str:
    """The edges in the language of Graphviz."""
    tokens = {"TEXT", "NUMBER", "WORD"}
    lines = [
        "digraph machine {",
        'rankdir=LR; bgcolor="transparent"; nodesep=0.45; ranksep=0.9;',
        'node [shape=box, style="rounded,filled", fontname="monospace", fontsize=11, color="#00796b",'
        ' fillcolor="#e0f2f1", fontcolor="#00363a"];',
        'edge [fontname="monospace", fontsize=10, color="#78909c", fontcolor="#37474f", arrowsize=0.7];',
    ]
    for state in STATES.values():
        extra = ' fillcolor="#fff8e1" color="#ff8f00"' if state in tokens else ""
        extra = ' peripheries=2 fillcolor="#e8f5e9"' if state == "ENDED" else extra
        lines.append(f"{state} [label={json.dumps(state)}{extra}];")
    for before, after, names in rows:
        lines.append(f"{before} -> {after} [label={json.dumps(f' {names} ')}];")
    return "\n".join([*lines, "}"])


def main() -> None:
    rows = as_rows(observe())
    run = subprocess.run(["dot", "-Tsvg"], input=drawing(rows), capture_output=True, text=True, check=True)
    svg = run.stdout[run.stdout.index("<svg") :]
    kept = f"<desc>{json.dumps(rows).replace('&', '&amp;').replace('<', '&lt;')}</desc>"
    # The page behind it may be dark.
    inside = svg.index(">") + 1
    svg = f'{svg[:inside]}\n{kept}\n<rect width="100%" height="100%" fill="#fafafa"/>{svg[inside:]}'
    TARGET.write_text(re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL), "utf-8")
    print(f"wrote {TARGET.name}: {len(STATES)} states, {len(rows)} edges")


if __name__ == "__main__":
    main()
