"""``partialjson repair``, and ``watch --lenient``: what they write, what they tell, and what they exit with.

What is written while a document comes must be that of the whole, however it is cut.
"""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter
from rich.console import Console

from partialjson import MISSING, Complete, Lenient, Parser
from partialjson._jsontext import json_text
from partialjson.cli.account import Account
from partialjson.cli.board import Board
from partialjson.cli.exits import Exit
from partialjson.cli.readers import JsonReader, MessageReader
from partialjson.cli.repair import _fitted
from partialjson.cli.view import Picture
from partialjson.cli.writing import Digits, Layout, Writer
from partialjson.repairs import RepairKind
from partialjson.testing.bodies import Said, body
from partialjson.testing.strategies import values
from support.effort import examples

ENVIRONMENT = {**os.environ, "PYTHONPATH": "src", "PYTHONIOENCODING": "utf-8"}
COMMAND = [sys.executable, "-m", "partialjson", "repair"]

ANSWER = """Sure! Here it is:
```json
{'name': 'Ada', tags: ['a' 1.10,], // more
 ok: True}
```
"""
MENDED = {"name": "Ada", "tags": ["a", 1.1], "ok": True}
TOLD = """\
1:1: prose: left out: Sure! Here it is:
2:1: fence: left out: ```json
3:2: other quotes in $: ' became "
3:10: other quotes in $.name: ' became "
3:17: unquoted key in $: tags became "tags"
3:24: other quotes in $.tags[0]: ' became "
3:28: missing comma in $.tags: put in ,
3:32: extra comma in $.tags: , left out
3:36: comment in $: // more left out
4:2: unquoted key in $: ok became "ok"
4:6: literal in $.ok: True became true
5:1: fence: left out: ```
# mended: 9 repairs, 2 parts left out
"""


class Item(BaseModel):
    first_name: str
    count: int


class Box(BaseModel):
    items: list[Item]
    level: str = "low"


@pytest.fixture
def run(run_command: Callable[..., tuple[int, str, str]]) -> Any:
    """Runs the command on some input; gives exit code, standard output and standard error."""

    def run(data: str | bytes, *options: str, command: str = "repair") -> tuple[int, str, str]:
        return run_command(data.encode() if isinstance(data, str) else data, command, *options)

    return run


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mended_models.py").write_text(
        "from typing import Literal\n"
        "from pydantic import BaseModel\n"
        "class Item(BaseModel):\n"
        "    first_name: str\n"
        "    count: int\n"
        "    level: Literal['low', 'high'] = 'low'\n"
    )
    (tmp_path / "item.json").write_text(
        '{"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}'
    )
    monkeypatch.chdir(tmp_path)


# The command


def test_the_result_and_the_report(run: Any) -> None:
    code, out, err = run(ANSWER)
    assert code == Exit.MENDED
    assert out == json.dumps(MENDED, indent=2).replace("1.1", "1.10") + "\n"
    assert err == TOLD


def test_a_file_is_named_in_each_line(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "answer.txt"
    source.write_text("{'a': 1}")
    code, out, err = run("", str(source))
    assert (code, json.loads(out)) == (1, {"a": 1})
    assert err == f"{source}:1:2: other quotes in $: ' became \"\n# mended: 1 repair\n"


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}\n'),
        (["--indent", "1"], '{\n "a": [\n  1,\n  {}\n ],\n "b": []\n}\n'),
        (["--indent", "0"], '{\n"a": [\n1,\n{}\n],\n"b": []\n}\n'),
        (["--compact"], '{"a":[1,{}],"b":[]}\n'),
    ],
)
def test_layouts(run: Any, options: list[str], shown: str) -> None:
    assert run('{"a": [1, {}], "b": [ ]}', *options) == (Exit.COMPLETE, shown, "# nothing to mend\n")


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", ' {"a": 1}\n', '\ufeff"text"', "12.50", "null", '{"a": 1, "a": 2}'])
def test_json_is_nothing_to_mend(run: Any, text: str) -> None:
    code, out, err = run(text, "--compact")
    assert code == 0
    assert json.loads(out) == json.loads(text.lstrip("\ufeff"))
    assert err == "# nothing to mend\n"
    assert run(text, "--compact", "--quiet") == (0, out, "")


def test_numbers_keep_their_digits(run: Any) -> None:
    text = "[1.10, 12345678901234567890.12345678901234567890, 1e400, -0.0, .5, 0xFF, 1_000]"
    _, out, err = run(text, "--compact")
    assert out == "[1.10,12345678901234567890.12345678901234567890,1e400,-0.0,0.5,255,1000]\n"
    assert "1:69: number in $[5]: 0xFF became 255" in err or "number in $[5]: 0xFF became 255" in err


def test_what_json_has_no_word_for(run: Any) -> None:
    code, out, err = run("[NaN, 1]", "--compact")
    assert (code, out) == (1, "[null,1]\n")
    assert err.startswith("1:2: literal in $[0]: NaN became null\n")


@pytest.mark.parametrize(
    ("which", "result"),
    [
        ("first", {"a": 1}),
        ("last", {"c": "un"}),
        ("all", [{"a": 1}, {"b": [1, 2]}, {"c": "un"}]),
    ],
)
def test_several_documents(run: Any, which: str, result: Any) -> None:
    text = 'One: {"a": 1}\n~~~\n{b: [1 2]}\n~~~\nand {"c": "un'
    code, out, err = run(text, "--documents", which)
    assert (code, json.loads(out)) == (1, result)
    assert out == json.dumps(result, indent=2) + "\n"
    assert ("3:2: unquoted key in $: b became" in err) == (which == "all")
    assert ('1:6: document: left out: {"a": 1}' in err) == (which == "last")
    assert ("5:14: unfinished in $.c: the text ends" in err) == (which != "first")


@pytest.mark.parametrize("which", ["first", "last", "all"])
@pytest.mark.parametrize("text", ["", " \n", "I cannot do that.", "<html>no</html>"])
def test_text_without_json(run: Any, text: str, which: str) -> None:
    code, out, err = run(text, "--documents", which)
    assert (code, out) == (Exit.FAILED, "")
    assert err == "partialjson: nothing found: the text holds no JSON that could be mended\n"
    assert run(text, "--quiet")[2] == err


def test_bytes_that_are_no_text(run: Any) -> None:
    for bad, at in ((b'{"a": "x\xff"}', 8), (b'["\xc3\xa9", "\xc3', 8), (b"\xef\xbb\xbf[\xff", 4)):
        code, out, err = run(bad)
        assert code == 3
        assert '"]' not in out
        assert "}" not in out
        assert err == f"partialjson: not UTF-8: byte 0x{bad[at]:02x} at offset {at}\n"


def test_beyond_a_limit(run: Any) -> None:
    code, _, err = run("[" * 100_000)
    assert code == 3
    assert "refused: nested deeper than the limit" in err


def test_nesting_up_to_the_limit(run: Any) -> None:
    depth = 400
    _, out, _ = run('{"a": [' * (depth // 2), "--compact")
    assert out == '{"a":[' * (depth // 2) + "]}" * (depth // 2) + "\n"


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("text", "options", "code", "result", "told"),
    [
        ("{first_name: 'Ada', count: 1}", [], 1, {"first_name": "Ada", "count": 1}, "# mended: 3 repairs"),
        ('{"first_name": "Ada", "count": 1}', [], 0, {"first_name": "Ada", "count": 1}, "# nothing to mend"),
        (
            '{"firstName": "Ada", "count": 1, "level": "HIGH"}', [], 1,
            {"first_name": "Ada", "count": 1, "level": "high"}, 'in $.firstName: "firstName" became "first_name"\n',
        ),
        ('{"firstName": "Ada", "count": "1,200"}', [], 4, None, "invalid: $.count: "),
        (
            '{"firstName": "Ada", "count": "1,200"}', ["--coerce", "guided"], 1,
            {"first_name": "Ada", "count": 1200}, 'in $.count: "1,200" became 1200\n',
        ),
        ('{"firstName": "Ada", "count": 1}', ["--coerce", "syntax"], 4, None, "invalid: $.first_name: Field required"),
        ("nothing", [], 4, None, "invalid"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", ["first", "last", "all"])
def test_a_model(run: Any, which: str, text: str, options: list[str], code: int, result: Any, told: str) -> None:
    found, out, err = run(text, "--model", "mended_models:Item", "--documents", which, *options)
    if text == "nothing":
        assert found in (3, 4)
        assert out == ""
        return
    assert found == code
    if result is None:
        assert out == ""
    else:
        assert json.loads(out) == ([result] if which == "all" else result)
    assert told in err


@pytest.mark.usefixtures("models")
def test_a_schema(run: Any) -> None:
    assert run("{count: 1}", "--schema", "item.json", "--compact")[:2] == (1, '{"count":1}\n')
    assert run("{count: 'x'}", "--schema", "item.json") == (
        4, "", "partialjson: invalid: $.count: 'x' is not of type 'integer'\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--in-place"], "--in-place needs a FILE"),
        (["--coerce", "safe"], "--coerce needs --model"),
        (["no-such-file"], "no-such-file cannot be read: No such file"),
        (["--schema", "no-such-file"], "no-such-file"),
        (["--model", "a:B", "--schema", "c"], "not allowed with"),
        (["--indent", "-1"], "an indent is a number from 0 to 80, not -1"),
        (["--indent", "3", "--compact"], "not allowed with"),
        (["--documents", "some"], "invalid choice"),
    ],
)
def test_wrong_usage(run: Any, options: list[str], complaint: str) -> None:
    code, out, err = run("{}", *options)
    assert (code, out) == (Exit.USAGE, "")
    assert complaint in err


def test_in_place(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "a.json"
    source.write_text("{'é': 1}", encoding="utf-8")
    source.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(source)
    assert run("", "--in-place", "--quiet", str(link)) == (1, "", "")
    assert source.read_bytes() == '{\n  "é": 1\n}\n'.encode()
    assert stat.S_IMODE(source.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "input", "link.json"]


@pytest.mark.parametrize(("text", "code"), [(' {"a":1} ', 0), ("nothing", 3), ("[" * 5000, 3), ("['\xff", 1)])
def test_in_place_changes_only_what_was_mended(run: Any, tmp_path: Path, text: str, code: int) -> None:
    source = tmp_path / "a.json"
    source.write_text(text, encoding="utf-8")
    assert run("", "--in-place", "--quiet", str(source))[0] == code
    assert (source.read_text(encoding="utf-8") == text) == (code != 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "input"]


def test_it_is_live() -> None:
    """What is certain is written while the input is still open."""
    with subprocess.Popen(
        [*COMMAND, "--compact"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for piece, shown in (
            (b"Well: {'a': [", b'{"a":['),
            (b"1, 'x", b'1,"x'),
            (b"yz', {}]", b'yz",{}]'),
            (b", b: Tru", b""),
            (b"e", b""),
            (b"}", b',"b":true}'),
        ):
            process.stdin.write(piece)
            process.stdin.flush()
            assert os.read(process.stdout.fileno(), len(shown)) == shown if shown else True
        out, err = process.communicate(timeout=60)
        assert out == b"\n"
        assert process.returncode == 1
        assert b"literal in $.b: True became true" in err


def test_a_broken_pipe_is_quiet() -> None:
    text = json.dumps(["x" * 1000] * 1000).encode()
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(text, timeout=60)
        assert process.returncode == Exit.BROKEN_PIPE
        assert err == b""


def mind_interrupts() -> None:
    """Processes in the background are started with Ctrl-C ignored, and hand that on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c() -> None:
    with subprocess.Popen(
        [*COMMAND, "--compact"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        preexec_fn=mind_interrupts,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"[1, ")
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 2) == b"[1"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == Exit.INTERRUPTED
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_an_output_without_unicode(tmp_path: Path) -> None:
    for encoding in ("ascii", "latin-1"):
        done = subprocess.run(
            [*COMMAND, "--compact"],
            input="['é😀', '\\ud800']".encode(),
            capture_output=True,
            env=ENVIRONMENT | {"PYTHONIOENCODING": encoding},
            check=False,
        )
        assert json.loads(done.stdout.decode(encoding)) == ["é😀", "\ud800"]


# What is written


def written(text: str, size: int, layout: Layout) -> tuple[list[str], Parser[Any]]:
    """What is written after each piece, and the parser at its end."""
    parser: Parser[Any] = Parser(lenient=True, select=[], parse_float=Digits, parse_int=Digits)
    pieces: list[str] = []
    writer = Writer(pieces.append, lambda text: json.dumps(text, ensure_ascii=False), layout)
    steps = []
    for at in range(0, len(text), size):
        parser.feed(text[at : at + size])
        writer.follow(parser)
        steps.append("".join(pieces))
    parser.end()
    writer.follow(parser)
    writer.end()
    return [*steps, "".join(pieces)], parser


PARTS = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", '"', "'", '"a"', "'b'", '"a": ', "b: ", "1", ".5", "1.50", "True", "null"),
        *("x y", "NaN"),
        *(" ", "\n", "// c\n", "\\", "\\u00e9", "é", "~", "/", '{"a": {"b": [1, {"c": "d"}]}}', '"a": 1, "a": [2]'),
    ]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map("".join), st.sampled_from([None, 0, 2]))
@settings(deadline=None, max_examples=examples(200))
def test_law_1_what_is_written_does_not_depend_on_the_pieces(text: str, indent: int | None) -> None:
    layout = Layout(indent)
    (*_, whole), parser = written(text, len(text) + 1, layout)
    if not isinstance(parser.end(), Complete):
        return
    plain: Parser[Any] = Parser(lenient=True)
    plain.feed(text)
    assert repr(json.loads(whole)) == repr(json.loads(json_text(plain.close(), nan="null")))
    for size in (1, 7):
        steps, _ = written(text, size, layout)
        # A key that comes twice may be written twice, or, if both came at once, once.
        assert repr(json.loads(steps[-1])) == repr(json.loads(whole))
        if '"a"' not in text:
            assert steps[-1] == whole
        assert all(later.startswith(earlier) for earlier, later in pairwise(steps))


@given(values(), st.sampled_from([None, 0, 3]), st.sampled_from([1, 7, 1000]))
@settings(deadline=None, max_examples=examples(100))
def test_json_is_written_as_json_dumps_does(value: Any, indent: int | None, size: int) -> None:
    separators = (",", ":") if indent is None else None
    expected = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    steps, _ = written(json.dumps(value), size, Layout(indent))
    assert steps[-1].replace("1e999", "Infinity") == expected + "\n"


def test_a_key_that_comes_twice() -> None:
    steps, _ = written('{"a": {"x": 1}, "b": 2, "a": [3]}', 1, Layout(None))
    assert steps[-1] == '{"a":{"x":1},"b":2,"a":[3]}\n'


def test_what_is_complete_is_closed_at_once() -> None:
    steps, _ = written('{"a": [{"b": "c"}], "d', 1, Layout(None))
    assert '{"a":[{"b":"c"}]' in steps


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Item, '{"First Name": "Ada", "COUNT": "1,000"}'),
        (Box, '{"result": {"Items": [{"firstName": "A", "count": "2 "}, {"first-name": "B", "Count": 3}]}}'),
        (Box, '{"items": {"firstName": "A", "count": "1,000"}}'),
        (Box, '{"Items": "[{\\"firstName\\": \\"A\\", \\"count\\": 1}]", "Level": 3}'),
        (list[int], '"[1, 2]"'),
        (list[Item], '{"first_name": "A", "COUNT": 1}'),
    ],
)
def test_a_document_that_was_fitted_fits(target: Any, text: str) -> None:
    parser: Parser[Any] = Parser(target, lenient=Lenient(coerce="guided"))
    parser.feed(text)
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.coerced
    fitted = _fitted(target, parser.json, outcome)
    assert TypeAdapter(target).validate_json(json.dumps(fitted)) == outcome.value


# What is told

SAMPLES = {
    "other quotes": ("{'a': 1}", "1:2: other quotes in $: ' became \""),
    "missing quote": ('["a, "b"]', 'put in "'),
    "inner quote": ('["say "hi" twice"]', 'inner quote in $[0]: " became \\"'),
    "doubled quotes": ('{""a"": 1}', 'doubled quotes in $: "" became "'),
    "escaped quotes": ('{\\"a\\": 1}', 'escaped quotes in $: \\" became "'),
    "concatenation": ('["a" + "b"]', "left out"),
    "escape": ('["\\q"]', "escape in $[0]: \\q became q"),
    "control character": ('["a\tb"]', "control character in $[0]: \\t became \\t"),
    "unquoted text": ("{a: New York}", 'unquoted text in $.a: New York became "New York"'),
    "unquoted key": ("{a: 1}", 'unquoted key in $: a became "a"'),
    "literal": ("[None]", "literal in $[0]: None became null"),
    "number": ("[+1]", "number in $[0]: +1 became 1"),
    "missing comma": ("[1 2]", "1:4: missing comma in $: put in ,"),
    "extra comma": ("[1,,2]", ", left out"),
    "missing colon": ('{"a" 1}', "put in :"),
    "other separator": ('{"a" = 1}', "= became :"),
    "missing value": ('{"a": }', "put in null"),
    "missing bracket": ('{"a": [1}', "put in the closing bracket"),
    "extra bracket": ('{"a": 1], "b": 2}', "] left out"),
    "wrong bracket": ('{"a": [1}, "b": 2}', "} became ]"),
    "doubled bracket": ('{{"a": 1}}', "{ left out"),
    "parentheses": ("[(1, 2)]", "( became brackets"),
    "call": ('[ObjectId("b")]', "ObjectId( left out"),
    "comment": ("[1, /* one */ 2]", "/* one */ left out"),
    "ellipsis": ("[1, 2, ...]", "... left out"),
    "fence": ('{"a": 1,\n```\n"b": 2}', "``` left out"),
    "blank": ("[1,\u00a02]", "became a blank"),
    "stray text": ('{"a": 1, and then "b": 2}', "and then"),
    "value without a place": ('{"a": [1], [2], "b": 3}', "[2] left out"),
    "unfinished": ('{"a": ["b', "the text ends, closed what was open"),
}


@pytest.mark.parametrize("kind", [kind.value for kind in RepairKind if kind is not RepairKind.TEXT_AROUND])
def test_each_kind_is_told(run: Any, kind: str) -> None:
    text, told = SAMPLES[kind]
    code, out, err = run(text)
    json.loads(out)
    assert code == 1
    lines = [line for line in err.splitlines() if f" {kind} in $" in line]
    assert lines, err
    assert any(told in line for line in lines), err


def test_nothing_told_can_change_a_terminal(run: Any) -> None:
    _, _, err = run("{\x1b[31m: '\x1b[0m\u202e', b: \x07}")
    assert all(char.isprintable() or char == "\n" for char in err)


def test_an_account_that_keeps_no_text_only_counts() -> None:
    account = Account(keeps=False)
    account.read("{'a': 1}")
    parser: Parser[Any] = Parser(lenient=True)
    parser.feed("{'a': 1}")
    account.document(parser.end(), 0, parser.json)
    assert account.summary == "mended: 1 repair"
    assert account.lines() == []


# watch --lenient


def test_watch_shows_repairs(run: Any) -> None:
    code, out, err = run(ANSWER, "--lenient", command="watch")
    assert (code, json.loads(out)) == (0, MENDED)
    lines = err.splitlines()
    assert "✎ $.name: mended, other quotes" in lines
    assert lines.index('✓ $.name = "Ada"') > lines.index("✎ $.name: mended, other quotes")
    assert "✓ complete: {3 fields}; 9 repairs, 2 parts left out" in lines
    assert lines[-1].endswith(", 9 mended")


def test_watch_says_verbatim(run: Any) -> None:
    _, _, err = run('{"a": 1}', "--lenient", "syntax", command="watch")
    assert "✓ complete: {1 field}; verbatim" in err
    _, _, err = run('{"a": 1}', command="watch")
    assert "verbatim" not in err


@pytest.mark.usefixtures("models")
def test_watch_shows_what_was_fitted(run: Any) -> None:
    code, _, err = run(
        '{"firstName": "Ada", "count": "1,200"}', "--model", "mended_models:Item", "--lenient", "guided",
        command="watch",
    )  # fmt: skip
    assert code == 0
    assert "✎ $.count: fitted, thousands separators" in err
    assert "complete: a valid Item; 2 values fitted" in err


@pytest.mark.parametrize("api", [None, "openai-chat", "anthropic-messages"])
def test_watch_prose(run: Any, api: str | None) -> None:
    text = "I cannot do that."
    data = text.encode() if api is None else body(api, Said((text,)))
    options = ["--provider", api] if api else []
    code, out, err = run(data, "--lenient", *options, command="watch")
    assert (code, out) == (3, "")
    assert "malformed: the text holds no JSON" in err


def test_watch_a_response(run: Any) -> None:
    code, out, err = run(
        body("openai-chat", Said((ANSWER,))), "--lenient", "--provider", "openai-chat", command="watch"
    )
    assert (code, json.loads(out)) == (0, MENDED)
    assert "; 9 repairs, 2 parts left out" in err


def test_the_picture_has_a_sign_for_repairs() -> None:
    for reader_of in (JsonReader, lambda board, **more: MessageReader(board, "openai-chat", **more)):
        board = Board("answer", "json", lambda: 0.0)
        reader: Any = reader_of(board, lenient=Lenient())
        reader.feed(ANSWER.encode() if reader_of is JsonReader else body("openai-chat", Said((ANSWER,))))
        board.finish(reader.end())
        console = Console(file=io.StringIO(), width=100, height=30, force_terminal=True, color_system=None)
        console.print(Picture(board, 30))
        picture = console.file.getvalue()  # type: ignore[attr-defined]
        assert "✎ $.ok  mended, literal" in picture
        assert "9 mended" in picture
        assert "✎ mended" in picture
        assert board.ending is not None
        assert board.ending.json is not MISSING
