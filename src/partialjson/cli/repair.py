"""``partialjson repair``: mended JSON on standard output, what was mended on standard error.

Without a target the document is written while it comes (``writing``). With one it is written at the end, if it fits:
before that, a value may yet be read in another form, or turn out not to be valid at all.

The text is read leniently, always; ``account`` tells what that changed. If it changed nothing, the text was JSON.
"""

from __future__ import annotations

import codecs
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Any, Final, Literal, TextIO

from partialjson import (
    MISSING,
    Coerced,
    CoercionKind,
    Complete,
    DocumentSequence,
    Lenient,
    Outcome,
    ParseError,
    Parser,
    Progress,
    Skipped,
    Truncated,
)
from partialjson._jsontext import json_text
from partialjson.cli.account import Account, is_prose
from partialjson.cli.exits import Exit
from partialjson.cli.readers import one_line
from partialjson.cli.screens import say
from partialjson.cli.watch import UsageError
from partialjson.cli.writing import Digits, Layout, Writer
from partialjson.coercions import Coerce
from partialjson.render.text import printable_json

__all__ = ["Which", "run"]

Which = Literal["first", "last", "all"]

Path = tuple[str | int, ...]

_READ: Final = 65536


def run(
    file: str | None,
    target: Any,
    coerce: Coerce,
    which: Which,
    layout: Layout,
    quiet: bool,
    in_place: bool,
) -> Exit:
    """Mend a file, or standard input."""
    account = Account(keeps=not quiet)
    source = _opened(file)
    try:
        if in_place:
            assert file is not None
            code = _in_place(
                FilePath(file), lambda output: _mend(source, output, target, coerce, which, layout, account)
            )
        else:
            code = _mend(source, sys.stdout, target, coerce, which, layout, account)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        say(sys.stderr, f"partialjson: {file or 'standard input'} cannot be mended: {error.strerror}")
        return Exit.FAILED
    finally:
        if file is not None:
            os.close(source)
    if not quiet:
        prefix = f"{file}:" if file else ""
        for line in account.lines():
            say(sys.stderr, prefix + line)
        if code in (Exit.COMPLETE, Exit.MENDED):
            say(sys.stderr, f"# {account.summary}")
    return code


def _opened(file: str | None) -> int:
    """The file descriptor of the input."""
    if file is None:
        if sys.stdin is None:
            raise UsageError("there is no standard input to read")
        if sys.stdin.isatty():
            say(sys.stderr, "# reading from the terminal; Ctrl-D ends")
        return sys.stdin.fileno()
    try:
        return os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _in_place(path: FilePath, mend: Callable[[TextIO], Exit]) -> Exit:
    """Put the result in the place of the file, at once, if there is one and it differs."""
    path = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8", newline="\n") as output:
            code = mend(output)
        if code == Exit.MENDED:
            os.chmod(name, path.stat().st_mode & 0o7777)
            os.replace(name, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    return code


def _mend(
    source: int,
    output: TextIO,
    target: Any,
    coerce: Coerce,
    which: Which,
    layout: Layout,
    account: Account,
) -> Exit:
    writer = Writer(_writes(output), _quotes(output), layout, which == "all")
    lenient = Lenient(coerce=coerce)
    mending: _One | _Several
    if which == "first":
        mending = _One(target, lenient, writer, account)
    else:
        mending = _Several(target, lenient, writer, account, which == "last")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    problem: Problem | None = None
    read = 0
    for data in _chunks(source):
        try:
            text = decoder.decode(data, not data)
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode()
            at = read + len(data) - len(error.object) + error.start
            problem = Exit.FAILED, "not UTF-8", f"byte 0x{error.object[error.start]:02x} at offset {at}"
        read += len(data)
        account.read(text)
        problem = mending.feed(text) or problem
        if problem is not None:
            break
    problem = mending.end(problem)
    if problem is not None:
        code, word, why = problem
        say(sys.stderr, f"partialjson: {word}: {why}")
        return code
    return Exit.COMPLETE if account.is_clean else Exit.MENDED


Problem = tuple[Exit, str, str]
"""Why there is no result: the exit code, a word, and a line."""

_NOTHING: Final[Problem] = (Exit.FAILED, "nothing found", "the text holds no JSON that could be mended")


class _One:
    """The first document."""

    def __init__(self, target: Any, lenient: Lenient, writer: Writer, account: Account) -> None:
        self._target = target
        self._has_target = target is not None
        self._parser: Parser[Any] = _parser(target, lenient)
        self._writer = writer
        self._account = account

    def feed(self, text: str) -> Problem | None:
        parser = self._parser
        try:
            parser.feed(text)
        except Exception:
            # It is kept for the end.
            return _problem(parser.end())
        if not self._has_target:
            self._writer.follow(parser)
        return None

    def end(self, problem: Problem | None) -> Problem | None:
        parser = self._parser
        if problem is not None:
            return problem
        outcome = parser.end()
        problem = _problem(outcome)
        if problem is None and not self._has_target and is_prose(outcome):
            problem = _NOTHING
        if problem is not None:
            return problem
        self._account.document(outcome, 0, parser.json)
        if self._has_target:
            assert isinstance(outcome, Complete)
            self._writer.whole(_fitted(self._target, parser.json, outcome))
        else:
            self._writer.follow(parser)
            self._writer.end()
        return None


class _Several:
    """All documents, or the last one."""

    def __init__(self, target: Any, lenient: Lenient, writer: Writer, account: Account, only_last: bool) -> None:
        self._target = target
        self._has_target = target is not None
        numbers: dict[str, Any] = {} if self._has_target else {"parse_float": Digits, "parse_int": Digits}
        self._sequence: DocumentSequence[Any] = DocumentSequence(
            target, format="embedded", lenient=lenient, select=[], **numbers
        )
        self._writer = writer
        self._account = account
        self._only_last = only_last
        self._last: Progress[Any] | None = None
        self._open: Parser[Any] | None = None  # the document that is being written
        self._spans: list[Skipped] = []

    def feed(self, text: str) -> Problem | None:
        return self._take(self._sequence.feed(text))

    def end(self, problem: Problem | None) -> Problem | None:
        if problem is None:
            problem = self._take(self._sequence.end())
        if problem is not None:
            return problem
        if self._only_last and self._last is not None:
            self._write(self._last, self._last.outcome)
        if self._writer.count == 0:
            return _NOTHING
        self._account.skipped(self._spans)
        self._writer.end_all()
        return None

    def _write(self, document: Progress[Any], outcome: Outcome[Any] | None) -> None:
        assert isinstance(outcome, Complete)
        self._account.document(outcome, document.start, document.json)
        self._writer.whole(_fitted(self._target, document.json, outcome))

    def _take(self, progress: list[Progress[Any]]) -> Problem | None:
        sequence = self._sequence
        self._spans += sequence.skipped
        for each in progress:
            outcome, was_open = each.outcome, self._open
            self._open = None
            if outcome is None:
                continue
            problem = _problem(outcome)
            if problem is not None:
                return problem
            if self._only_last:
                if self._last is not None:
                    self._spans.append(Skipped("document", self._last.start, self._last.end))
                self._last = each
            elif was_open is not None:
                self._account.document(outcome, each.start, each.json)
                self._writer.follow(was_open)
                self._writer.end()
            else:
                self._write(each, outcome)
        parser = sequence.parser
        if parser is not None and not self._has_target and not self._only_last:
            self._writer.follow(parser)
            self._open = parser
        return None


def _parser(target: Any, lenient: Lenient) -> Parser[Any]:
    if target is not None:
        return Parser(target, lenient=lenient, select=[])
    return Parser(lenient=lenient, select=[], parse_float=Digits, parse_int=Digits)


def _problem(outcome: Outcome[Any]) -> Problem | None:
    """Why a document that has ended so is no result."""
    if isinstance(outcome, Complete):
        return None
    if isinstance(outcome, Truncated):
        return _NOTHING
    is_malformed = isinstance(outcome.error, ParseError)
    code, word = (Exit.FAILED, "refused") if is_malformed else (Exit.INVALID, "invalid")
    return code, word, one_line(outcome.error)


def _fitted(target: Any, document: Any, outcome: Complete[Any]) -> Any:
    """The document with its values in the forms in which they fit their target, and otherwise as it was mended.

    The changes tell how to get there, but for one in a string that was read as JSON: its place has no path. Where they
    do not lead to the same result, that is written as its type dumps it, without defaults.
    """
    if not outcome.coerced:
        return document
    if hasattr(type(target), "__partialjson_target__"):
        # The result of a JSON Schema is the document itself.
        return outcome.value
    fitted = _changed(document, outcome.coerced)
    if fitted is not MISSING:
        parser: Parser[Any] = Parser(target, select=[])
        try:
            parser.feed(json_text(fitted))
            if parser.close() == outcome.value:
                return fitted
        except Exception:
            # It does not fit, or a validator raised.
            pass
    from pydantic import TypeAdapter

    adapter: Any = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    return adapter.dump_python(outcome.value, mode="json", by_alias=True, exclude_unset=True)


def _changed(document: Any, changes: Sequence[Coerced]) -> Any:
    """The document with the changes; MISSING if one of them has no place.

    A change of a value comes after those inside, and has them. Keys are renamed last, from the inside out, since paths
    have the names of the document.
    """
    renamed: list[Coerced] = []
    try:
        for change in changes:
            if change.kind == CoercionKind.KEY:
                if change.path[-1] != change.before:
                    return MISSING
                renamed.append(change)
                continue
            depth = len(change.path)
            renamed = [each for each in renamed if each.path[:depth] != change.path]
            if not depth:
                document = change.after
            else:
                _at(document, change.path[:-1])[change.path[-1]] = change.after
        for change in sorted(renamed, key=lambda change: -len(change.path)):
            place = _at(document, change.path[:-1])
            pairs = [(change.after if key == change.before else key, value) for key, value in place.items()]
            place.clear()
            place.update(pairs)
    except (LookupError, TypeError, AttributeError):
        return MISSING
    return document


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _chunks(source: int) -> Iterator[bytes]:
    """The bytes as they come, and b"" at the end."""
    while True:
        data = os.read(source, _READ)
        yield data
        if not data:
            return


def _writes(output: TextIO) -> Callable[[str], None]:
    def write(text: str) -> None:
        output.write(text)
        output.flush()

    return write


def _quotes(output: TextIO) -> Callable[[str], str]:
    """Makes JSON strings, with escapes for what the output cannot encode, or a terminal would obey."""
    encoding = output.encoding or "utf-8"
    is_terminal = output.isatty()

    def quoted(text: str) -> str:
        string = printable_json(text) if is_terminal else json_text(text)
        if not string.isascii():
            try:
                string.encode(encoding)
            except UnicodeEncodeError:
                return json_text(text, ensure_ascii=True)
        return string

    return quoted
