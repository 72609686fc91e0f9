"""The core: text in, growing tree and events out. Standard library only, no I/O, plain-data state.

    lexer  ->  tree  ->  events          plan, view: the typed view that follows the tree
      |          |                       selection: which completions are reported
      '-- parser wires them

These modules are ordinary Python, written so that mypyc compiles them well. Where compiled ones are installed they win;
PARTIALJSON_INTERPRETED=1 makes the sources run instead.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

__all__: list[str] = []


class _Sources(MetaPathFinder):
    """Finds the modules of this package as sources, whatever was built beside them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != __name__:
            return None
        return spec_from_file_location(fullname, Path(__file__).parent / f"{name}.py")


if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
    sys.meta_path.insert(0, _Sources())
