"""``partialjson watch``: a live stream on standard input, its fields on standard error, its result on standard output.

Input is read as it comes, with ``os.read``: a buffered reader would hold text back until its buffer is full. A view has
to keep updating while nothing comes, so a thread reads and the view waits for it for short moments; the thread is a
daemon, because a blocked read cannot be cancelled.

The result is printed only when it is complete and valid, unless ``--partial`` asks for what there is. It
is the document as the model wrote it, in its own names, not a dump of the validated object.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from partialjson import MISSING, Lenient, Parser
from partialjson._jsontext import json_text
from partialjson.cli.board import Board, Ending
from partialjson.cli.exits import Exit
from partialjson.cli.readers import JsonReader, MessageReader, Reader
from partialjson.cli.screens import Screen, Silent, open_screen, say
from partialjson.coercions import Coerce
from partialjson.providers import output_target, tool_targets
from partialjson.render.text import plural, printable_json

__all__ = ["Described", "UsageError", "load_output", "load_target", "load_tools", "run"]

_READ: Final = 65536
_TICK: Final = 0.1
# The queue between the reading thread and the view.
_AHEAD: Final = 64


Described = tuple[str, Any]
"""A title, and what the document must be; None for any JSON."""


class UsageError(Exception):
    """The command was asked for something that cannot be done."""


def run(
    provider: str | None,
    output: Described,
    tools: Mapping[str, Any],
    *,
    stop_early: bool,
    quiet: bool,
    plain: bool,
    partial: bool,
    lenient: Coerce | None = None,
) -> Exit:
    """Watch standard input to its end, or with ``stop_early`` to the first sign that what comes cannot be valid."""
    mends = None if lenient is None else Lenient(coerce=lenient)
    title, target = output
    board = Board(title, provider or "json", time.monotonic)
    reader: Reader
    if provider:
        reader = MessageReader(board, provider, target, tools, stop_early, mends)
    else:
        reader = JsonReader(board, target, stop_early, mends)
    if sys.stdin is None:
        raise UsageError("there is no standard input to read")
    typed_in = sys.stdin.isatty()
    if typed_in and not quiet:
        say(sys.stderr, "# reading from the terminal; Ctrl-D ends")
    screen = Silent(sys.stderr) if quiet else open_screen(sys.stderr, time.monotonic, plain or typed_in)
    ending = _watch(reader, board, screen, sys.stdin.fileno())
    if ending.json is not MISSING and (partial or ending.code == Exit.COMPLETE):
        print(_dumped(ending.json, sys.stdout.encoding, 2 if sys.stdout.isatty() else None), flush=True)
    return ending.code


def _watch(reader: Reader, board: Board, screen: Screen, source: int) -> Ending:
    """Read to the end; returns how the stream ended."""
    with screen:
        screen.show(board)
        ending = None
        try:
            with closing(_chunks(source)) as chunks:
                for chunk in chunks:
                    if chunk:
                        reader.feed(chunk)
                    screen.update()
                    if reader.over:
                        break
        except KeyboardInterrupt:
            why = f"by Ctrl-C; {plural(board.completed, 'value')} had completed"
            ending = Ending(Exit.INTERRUPTED, "interrupted", why, reader.end().json)
        except OSError as error:
            why = f"standard input cannot be read: {error.strerror}"
            ending = Ending(Exit.FAILED, "error", why, reader.end().json)
        ending = ending or reader.end()
        board.finish(ending)
        screen.finish()
    return ending


def _chunks(source: int) -> Generator[bytes]:
    """The bytes of the file descriptor, as soon as they come, and b"" whenever nothing came for a moment.

    The thread reads a descriptor of its own: it may outlive the call, and the number of a closed descriptor is used
    again.
    """
    waiting: queue.Queue[bytes | OSError | None] = queue.Queue(_AHEAD)
    left = threading.Event()
    threading.Thread(target=_read, args=(os.dup(source), waiting, left), daemon=True).start()
    try:
        while True:
            try:
                item = waiting.get(timeout=_TICK)
            except queue.Empty:
                yield b""
                continue
            if item is None:
                return
            if isinstance(item, OSError):
                raise item
            yield item
    finally:
        left.set()
        # Tells a thread that waits for room that nobody reads any more.
        while not waiting.empty():
            waiting.get_nowait()


def _read(source: int, waiting: queue.Queue[bytes | OSError | None], left: threading.Event) -> None:
    try:
        while not left.is_set() and (chunk := os.read(source, _READ)):
            waiting.put(chunk)
        waiting.put(None)
    except OSError as error:
        waiting.put(error)
    finally:
        os.close(source)


def load_output(model: str | None, schema: str | None) -> Described:
    """What the document must be, and a title for it, from the options ``--model`` and ``--schema``.

    Raises:
        UsageError: it cannot be loaded.
    """
    if model is not None:
        return model.partition(":")[2], load_target(model)
    if schema is None:
        return "stream", None
    given = output_target(_load_json(schema))
    title = given.get("title") if isinstance(given, Mapping) else None
    return title if isinstance(title, str) else Path(schema).stem, _schema(given, schema)


def load_tools(models: Mapping[str, str], requests: Iterable[str]) -> dict[str, Any]:
    """What the arguments of tools must be, from the options ``--tool`` and ``--tools``.

    Raises:
        UsageError: it cannot be loaded.
    """
    found: dict[str, Any] = {}
    for request in requests:
        try:
            targets = tool_targets(_load_json(request))
        except TypeError as error:
            raise UsageError(f"{request} is no list of tools: {error}") from error
        for name, given in targets.items():
            found[name] = None if given is None else _schema(given, f"{request}, {name}")
    return found | {name: load_target(model) for name, model in models.items()}


def _load_json(file: str) -> Any:
    try:
        return json.loads(Path(file).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file} cannot be read as JSON: {_first_line(error)}") from error


def _schema(given: Any, place: str) -> Any:
    from partialjson import Schema

    try:
        return Schema(given)
    except Exception as error:
        # Of the package jsonschema, which may not be installed either.
        raise UsageError(f"{place}: {_first_line(error)}") from error


def load_target(spec: str) -> Any:
    """The type that ``package.module:Name`` names. Modules of the current directory can be imported.

    Raises:
        UsageError: the name does not have that form, cannot be imported, or is not a type that a document can have.
    """
    module_name, colon, names = spec.partition(":")
    if not (module_name and colon and names):
        raise UsageError(f"a model is named package.module:Class, not {spec!r}")
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = reduce(getattr, names.split("."), import_module(module_name))
    except Exception as error:
        # Importing runs the module, which may fail in any way.
        raise UsageError(f"{spec} cannot be imported: {_first_line(error)}") from error
    try:
        Parser(found)
    except Exception as error:
        # Building its schema may run the model's own code too.
        raise UsageError(f"{spec} cannot be used as a model: {_first_line(error)}") from error
    return found


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _dumped(value: Any, encoding: str | None, indent: int | None) -> str:
    """The value as JSON, with escapes only for what the output cannot encode, or a terminal would obey."""
    text = printable_json(value, indent)
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return json_text(value, ensure_ascii=True, indent=indent, nan="null")
    return text
