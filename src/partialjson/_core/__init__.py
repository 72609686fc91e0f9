"""The core: text in, growing tree and events out. Standard library only, no I/O, plain-data state.

    lexer  ->  tree  ->  events          plan, view: the typed view that follows the tree
      |          |                       selection: which completions are reported
      '-- parser wires them

These modules are ordinary Python written so that mypyc compiles them well. Where compiled versions are installed they
win; PARTIALJSON_INTERPRETED=1 makes the sources run instead.
"""
