"""The command line: ``partialjson demo`` replays recorded responses, ``partialjson watch`` reads a live one,
``partialjson repair`` mends JSON, ``partialjson stubs`` writes types for partial objects, ``partialjson serve`` shows a
page, ``partialjson doctor`` finds libraries that could use this parser.

Each part knows only the ones before it. ``readers`` turn bytes into a ``board``, which is plain state; ``screens`` and
``view`` draw it; ``demo`` and ``watch`` decide where the bytes come from and what happens with the result. ``repair``
writes a document while it is read (``writing``) and tells what it did (``account``). rich and
pydantic are imported when they are needed. The exit codes are in ``exits``.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from partialjson.cli.exits import Exit
from partialjson.coercions import Coerce
from partialjson.providers import PROVIDERS

__all__ = ["main"]

_CODES = """\
exit codes of watch:
  0  complete, and valid for the model
  1  cut off: truncated, disconnected, paused, refused or filtered
  2  wrong usage: an unknown provider, a model that cannot be imported, an invalid schema
  3  not JSON, not UTF-8, not an event stream, or the provider reported an error
  4  JSON, but not valid for the model or the schema
  130  interrupted by Ctrl-C
"""

_REPAIR_CODES = """\
exit codes of repair:
  0  the text was JSON as it stood
  1  mended: something was repaired, fitted or left out
  2  wrong usage: a file or a model that cannot be read
  3  no JSON was found, or the text cannot be mended: not UTF-8, beyond a limit
  4  mended, but not valid for the model or the schema
  130  interrupted by Ctrl-C
"""

_WIDEST = 80
_LAST_PORT = 65535


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        code = _run(argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of the output has closed it. Buffered output must not cause an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    return code


def _run(argv: Sequence[str] | None) -> int:
    parser = _parser()
    try:
        args = parser.parse_args(argv)
        if args.command == "demo":
            return _demo(parser, args)
        if args.command == "watch":
            return _watch(parser, args)
        if args.command == "repair":
            return _repair(parser, args)
        if args.command == "stubs":
            return _stubs(parser, args)
        if args.command == "serve":
            return _serve(parser, args)
        if args.command == "doctor":
            return _doctor(args)
        parser.print_help()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else Exit.USAGE
    return Exit.COMPLETE


def _demo(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    from partialjson.cli import demo
    from partialjson.cli.recordings import RECORDINGS

    if args.list:
        return demo.show_list(sys.stdout)
    known = [recording.name for recording in RECORDINGS]
    for name in args.recording:
        if name not in known:
            parser.error(f"there is no recording {name!r}; there are {', '.join(known)}")
    return demo.run(args.recording, args.speed, args.no_tty, sys.stdout)


def _watch(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    from partialjson.cli import watch

    if (args.tool or args.tools) and not args.provider:
        parser.error("--tool and --tools need --provider: plain JSON has no tool calls")
    try:
        return watch.run(
            args.provider,
            watch.load_output(args.model, args.schema),
            watch.load_tools(dict(args.tool), args.tools),
            stop_early=args.stop_early,
            quiet=args.quiet,
            plain=args.no_tty,
            partial=args.partial,
            lenient=args.lenient,
        )
    except watch.UsageError as error:
        parser.error(str(error))


def _repair(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    from partialjson.cli import repair, watch
    from partialjson.cli.writing import Layout

    if args.coerce and not (args.model or args.schema):
        parser.error("--coerce needs --model or --schema, which says what may be meant")
    if args.in_place and args.file is None:
        parser.error("--in-place needs a FILE")
    try:
        _, target = watch.load_output(args.model, args.schema)
        layout = Layout(None if args.compact else args.indent)
        coerce: Coerce = args.coerce or "safe"
        return repair.run(args.file, target, coerce, args.documents, layout, args.quiet, args.in_place)
    except watch.UsageError as error:
        parser.error(str(error))


def _stubs(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    from partialjson.cli import stubs

    if args.check and args.output is None:
        parser.error("--check needs --output: the file to compare with")
    try:
        return stubs.run(args.module, args.output, args.check, sys.stdout)
    except stubs.StubsError as error:
        parser.error(str(error))


def _serve(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    if args.static is not None:
        return _write_static(args.static)
    try:
        from partialjson.web.server import ServeError, serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        parser.error('serve needs the extra "web": pip install "partialjson-live[web]"')
    try:
        serve(
            args.host,
            args.port,
            speed=args.speed,
            names=args.allow_host,
            chosen=dict(args.live_model),
            live_models=args.live,
            open_page=args.open,
        )
    except ServeError as error:
        parser.error(str(error))
    return Exit.COMPLETE


def _write_static(folder: str) -> int:
    from pathlib import Path

    from partialjson.web.static.fetching import FetchError
    from partialjson.web.static.writing import StaticError, write_static

    try:
        write_static(Path(folder))
    except (StaticError, FetchError) as error:
        print(f"partialjson serve --static: {error}", file=sys.stderr)
        return Exit.FAILED
    print(f"To look at it: {Path(sys.executable).name} -m http.server --bind 127.0.0.1 --directory {folder}")
    return Exit.COMPLETE


def _doctor(args: argparse.Namespace) -> int:
    from partialjson.cli import doctor

    return doctor.run(args.size, sys.stdout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="partialjson", description="Watch JSON that a language model streams become an object."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="{demo,watch,repair,stubs,serve,doctor}")
    plain = argparse.ArgumentParser(add_help=False)
    plain.add_argument("--no-tty", action="store_true", help="write lines instead of drawing, as without a terminal")

    demo = commands.add_parser("demo", parents=[plain], help="replay recorded responses of models")
    demo.add_argument("recording", nargs="*", help="what to replay (default: everything)")
    demo.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="times as fast (default 1; 0: as fast as possible)"
    )
    demo.add_argument("--list", action="store_true", help="list the recordings")

    watch = commands.add_parser(
        "watch",
        parents=[plain],
        help="read a live stream from standard input",
        description="Read a stream from standard input, show its fields on standard error as they complete, and print "
        "the result as JSON on standard output: the document, or for a response with tool calls a list of them.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    watch.add_argument(
        "--provider", choices=PROVIDERS, help="the input is the event stream of this API (default: JSON text)"
    )
    output = watch.add_mutually_exclusive_group()
    output.add_argument("--model", metavar="MODULE:CLASS", help="what the document must be, such as app.models:Order")
    output.add_argument("--schema", metavar="FILE", help="the same as a JSON Schema")
    watch.add_argument(
        "--tool",
        action="append",
        default=[],
        type=_tool,
        metavar="NAME=MODULE:CLASS",
        help="what the arguments of a tool must be; may be repeated",
    )
    watch.add_argument(
        "--lenient",
        nargs="?",
        const="safe",
        choices=["syntax", "safe", "guided"],
        help="mend what is not JSON, and show that; how far values may be changed to fit (default: safe)",
    )
    watch.add_argument(
        "--tools",
        action="append",
        default=[],
        metavar="FILE",
        help="a request as it was sent, or its list of tools, whose JSON Schemas say what arguments must be",
    )
    watch.add_argument(
        "--stop-early", action="store_true", help="end at the first sign that what comes can no longer be valid"
    )
    watch.add_argument("--partial", action="store_true", help="print the result even if it is not complete")
    watch.add_argument("--quiet", action="store_true", help="show nothing but an error")

    repair = commands.add_parser(
        "repair",
        help="mend JSON that a model wrote",
        description="Read JSON that is broken, in fences or between prose, from FILE or standard input, write mended "
        "JSON on standard output while it comes, and tell on standard error what was mended.",
        epilog=_REPAIR_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    repair.add_argument("file", nargs="?", metavar="FILE", help="what to mend (default: standard input)")
    fits = repair.add_mutually_exclusive_group()
    fits.add_argument("--model", metavar="MODULE:CLASS", help="what the document must be, such as app.models:Order")
    fits.add_argument("--schema", metavar="SCHEMA", help="the same as a JSON Schema")
    repair.add_argument(
        "--coerce",
        choices=["syntax", "safe", "guided"],
        help="how far values may be changed to fit the model or the schema (default: safe)",
    )
    repair.add_argument(
        "--documents",
        choices=["first", "last", "all"],
        default="first",
        help="which documents of the text to write; all of them are the elements of one array (default: first)",
    )
    layout = repair.add_mutually_exclusive_group()
    layout.add_argument("--indent", type=_indent, default=2, metavar="N", help="blanks for each level (default: 2)")
    layout.add_argument("--compact", action="store_true", help="everything in one line")
    repair.add_argument("--quiet", action="store_true", help="do not tell what was mended")
    repair.add_argument("--in-place", action="store_true", help="put the result in the place of FILE")

    stubs = commands.add_parser(
        "stubs",
        help="write types for partial objects",
        description="Write a module that tells type checkers what the partial objects of pydantic models have: "
        "PartialOrder for a model Order, and OrderView for whatever a parser's value may be.",
    )
    stubs.add_argument("module", metavar="MODULE[:CLASS]", help="where the models are, such as app.models or models.py")
    stubs.add_argument("-o", "--output", metavar="FILE", help="write here (default: standard output)")
    stubs.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if FILE is not what would be written"
    )

    serve = commands.add_parser(
        "serve",
        help="show answers growing in a page in the browser",
        description="Serve a page on this machine: a chat whose answers are recorded responses of models, replayed at "
        "the speed of tokens, or come from a real model if its key and its SDK are there.",
    )
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="listen here (default: 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8000, metavar="N", help="0 for a free one (default: 8000)")
    serve.add_argument("--open", action="store_true", help="open the page in a browser")
    serve.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="times as fast (default 1; 0: as fast as possible)"
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name of this server; may be repeated",
    )
    serve.add_argument(
        "--live",
        action=argparse.BooleanOptionalAction,
        help="offer real models (default: if only this machine can reach the page)",
    )
    serve.add_argument(
        "--live-model",
        action="append",
        default=[],
        type=_live_model,
        metavar="PROVIDER=MODEL",
        help="which model to ask, for openai, anthropic or gemini; may be repeated",
    )
    serve.add_argument(
        "--static",
        metavar="DIR",
        help="serve nothing, but write the page into a folder that any web server can serve; there the library runs "
        "in the browser. What it needs is fetched once, with npm and pip",
    )
    doctor = commands.add_parser(
        "doctor",
        help="find libraries that parse partial JSON again and again",
        description="List which of the installed libraries can use this parser for JSON that streams, measure what a "
        "stream costs with them and without, and print the line that changes it.",
    )
    doctor.add_argument("--size", type=_kilobytes, default=50, metavar="KB", help="of the stream (default: 50)")
    return parser


def _kilobytes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"a size is a number of KB from 1 to 10000, not {text}")
    return int(text)


def _indent(text: str) -> int:
    if not text.isdecimal() or int(text) > _WIDEST:
        raise argparse.ArgumentTypeError(f"an indent is a number from 0 to {_WIDEST}, not {text}")
    return int(text)


class _Version(argparse.Action):
    """Looks up the version only when it is asked for: reading package metadata is slow."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from partialjson import compiled

        build = "compiled" if compiled else "interpreted, about ten times slower than a compiled one"
        try:
            told = f"partialjson {version('partialjson-live')}"
        except PackageNotFoundError:
            told = "partialjson, not installed as a package"
        print(f"{told} (the core is {build}; Python {platform.python_version()})")
        parser.exit()


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed < math.inf:
        raise argparse.ArgumentTypeError(f"a speed is 0 or more, not {text}")
    return speed


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {_LAST_PORT}, not {text}")
    return int(text)


def _live_model(text: str) -> tuple[str, str]:
    provider, equals, model = text.partition("=")
    if provider not in ("openai", "anthropic", "gemini") or not (equals and model):
        raise argparse.ArgumentTypeError(f"a model is openai=NAME, anthropic=NAME or gemini=NAME, not {text!r}")
    return provider, model


def _tool(text: str) -> tuple[str, str]:
    name, equals, model = text.partition("=")
    if not (name and equals and model):
        raise argparse.ArgumentTypeError(f"a tool is given as NAME=MODULE:CLASS, not {text!r}")
    return name, model
