"""The core: text in, growing tree and events out. Standard library only, no I/O, plain-data state.

    lexer  ->  tree  ->  events          plan, view: the typed view that follows the tree
      |          |                       selection: which completions are reported
      '-- parser wires them              checkpoint: the state as plain data

These modules are ordinary Python, written so that mypyc compiles them well. Where compiled ones are installed they win,
unless PARTIALJSON_INTERPRETED=1 asks for the sources.

In a subinterpreter the sources run too, since what compiled modules hold belongs to the whole process. CPython does not
load them into an isolated one (3.13 aborts over it); in one that shares the GIL they would raise exceptions of the main
interpreter, which nothing there catches.
"""

import os
from importlib import import_module

__all__: list[str] = []


def _is_main_interpreter() -> bool:
    try:
        # Since Python 3.12.
        from _thread import _is_main_interpreter as is_main  # type: ignore[attr-defined]
    except ImportError:
        pass
    else:
        return bool(is_main())
    try:
        interpreters = import_module("_xxsubinterpreters")
    except ImportError:
        # This Python has none beside the main one.
        return True
    return bool(interpreters.get_current() == interpreters.get_main())


if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0") or not _is_main_interpreter():
    from partialjson._sources import prefer_sources

    prefer_sources(__name__)
