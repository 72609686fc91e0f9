"""Builds the compiled core where it can be built; everything else is in pyproject.toml.

The modules of ``partialjson._core`` are ordinary Python. With mypyc and a C compiler at hand they are compiled
as one group, in one unit: calls between modules are inlined, which separate units cost 1 to 3 % of all instructions, as
does -O2. Otherwise, or with PARTIALJSON_INTERPRETED=1, the same files are installed as they are.

pip keeps what a build prints to itself unless it is given -v, and a minute of silence looks like a fault. So what is
said here is also written to the terminal that somebody sits at, if there is one.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = ["spec", "plan", "target", "events", "required", "refcounts", "selection", "changes", "mask", "source"]
CORE += ["charsets", "nfa", "patterns", "digits", "words", "rules", "spec_rules", "loose_rules"]
CORE += ["trials", "wording", "faults", "judge", "fitting", "frames", "coerce", "view", "builder", "observer", "tree"]
CORE += ["machine", "numbers", "strings", "bulk", "lexer", "expected"]
CORE += ["utf8", "canonical", "checkpoint_changes", "checkpoint"]
CORE += ["certain", "lookout", "scalars", "sourcemap", "scribe", "tokens", "mender", "mender_state", "intake", "parser"]
CORE += ["growing"]


# pip asks for names and versions before it builds, in runs of their own, which need no C code.
DESCRIBING = {"egg_info", "dist_info", "sdist", "--version", "--name"}


class OptionalBuildExt(build_ext):
    """A missing or failing C compiler costs speed, never the installation."""

    def run(self) -> None:
        if self.extensions:
            say("compiling the core, a minute or two (PARTIALJSON_INTERPRETED=1 skips it)")
        try:
            super().run()
        except Exception as error:
            self.give_up(error)
        else:
            say("the core is compiled")

    def give_up(self, error: Exception) -> None:
        say(f"no compiled core ({error}); installing the interpreted one, which is about ten times slower")
        # Half a group of extensions would shadow the sources and fail at import.
        for extension in self.extensions:
            for folder in (Path(self.build_lib), Path("src")):
                for built in (folder / self.get_ext_filename(extension.name),):
                    built.unlink(missing_ok=True)
        self.extensions = []


def say(what: str) -> None:
    line = f"partialjson: {what}"
    print(line, file=sys.stderr, flush=True)
    if sys.stderr.isatty() or os.environ.get("CI"):
        return
    # pip may be in the middle of a line of its own.
    with suppress(OSError), open("CONOUT$" if os.name == "nt" else "/dev/tty", "w") as terminal:
        print(f"\r\x1b[K  {line}", file=terminal, flush=True)


def core_extensions() -> list[Extension]:
    if DESCRIBING & set(sys.argv[1:]):
        return []
    if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
        say("PARTIALJSON_INTERPRETED is set: installing the interpreted core")
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        say("mypyc is not installed: installing the interpreted core")
        return []
    say("translating the core to C")
    os.environ["MYPYPATH"] = "src"
    sources = [f"src/partialjson/_core/{name}.py" for name in CORE]
    try:
        # Only the core is checked here: what it names of other layers need not be installed to build it.
        flags = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports"]
        extensions = mypycify([*flags, *sources], opt_level="3", debug_level="0", group_name="partialjson")
    except (Exception, SystemExit) as error:
        say(f"mypyc gave up ({error}); installing the interpreted core")
        return []
    if os.name == "posix":
        # Only what is not exported may be called directly and inlined.
        for extension in extensions:
            extension.extra_compile_args.append("-fvisibility=hidden")
    return extensions


setup(ext_modules=core_extensions(), cmdclass={"build_ext": OptionalBuildExt})
