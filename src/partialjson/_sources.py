"""Import the modules of a package from their sources, even if compiled ones lie beside them."""

from __future__ import annotations

import os.path
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType

__all__ = ["prefer_sources"]


class _Sources:
    # Not a MetaPathFinder: importing that class loads tempfile, random and much else.

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != self.package or path is None:
            return None
        return spec_from_file_location(fullname, os.path.join(path[0], f"{name}.py"))


def prefer_sources(package: str) -> None:
    """Import the modules of ``package`` from their sources from now on."""
    sys.meta_path.insert(0, _Sources(package))
