"""Builds the compiled core where it can be built; everything else is in pyproject.toml.

The modules of ``partialjson._core`` are ordinary Python. With mypyc and a C compiler at hand they are compiled
as one group; otherwise, or with PARTIALJSON_INTERPRETED=1, the same files are installed as they are.
"""

import os
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = ["spec", "plan", "target", "events", "required", "refcounts", "selection", "changes", "source", "frames", "view"]
CORE += ["lookahead", "builder", "observer", "tree", "machine", "numbers", "strings", "bulk", "lexer"]
CORE += ["utf8", "checkpoint", "parser"]


class OptionalBuildExt(build_ext):
    """A missing or failing C compiler costs speed, never the installation."""

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        print(f"partialjson: no compiled core ({error}); installing the interpreted one", file=sys.stderr)
        # Half a group of extensions would shadow the sources and fail at import.
        for extension in self.extensions:
            for folder in (Path(self.build_lib), Path("src")):
                for built in (folder / self.get_ext_filename(extension.name),):
                    built.unlink(missing_ok=True)
        self.extensions = []


def core_extensions() -> list[Extension]:
    if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        return []
    os.environ["MYPYPATH"] = "src"
    sources = [f"src/partialjson/_core/{name}.py" for name in CORE]
    try:
        # Only the core is checked here: what it names of other layers need not be installed to build it.
        flags = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports"]
        extensions = mypycify([*flags, *sources], opt_level="3", debug_level="0", group_name="partialjson")
    except (Exception, SystemExit) as error:
        print(f"partialjson: mypyc gave up ({error}); installing the interpreted core", file=sys.stderr)
        return []
    if os.name == "posix":
        # Only what is not exported may be called directly and inlined.
        for extension in extensions:
            extension.extra_compile_args.append("-fvisibility=hidden")
    return extensions


setup(ext_modules=core_extensions(), cmdclass={"build_ext": OptionalBuildExt})
