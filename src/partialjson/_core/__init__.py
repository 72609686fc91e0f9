"""The core: text in, growing tree and events out. Standard library only, no I/O, plain-data state.

    lexer  ->  tree  ->  events          plan, view: the typed view that follows the tree
      |          |                       selection: which completions are reported
      '-- parser wires them              checkpoint: the state as plain data

These modules are ordinary Python, written so that mypyc compiles them well. Where compiled ones are installed they win;
PARTIALJSON_INTERPRETED=1 makes the sources run instead.
"""

import os

__all__: list[str] = []

if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
    from partialjson._sources import prefer_sources

    prefer_sources(__name__)
