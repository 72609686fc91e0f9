"""Builds the compiled core where it can be built; everything else is in pyproject.toml.

The modules of ``partialjson._core`` are ordinary Python. With mypyc and a C compiler at hand they are compiled
as one group, in one unit: calls between modules are inlined, which separate units cost 1 to 3 % of all instructions, as
does -O2. Otherwise, or with PARTIALJSON_INTERPRETED=1, the same files are installed as they are.

What was compiled is kept in ``build/``, by a digest of the sources and of the tools, so a second installation from the
same checkout takes seconds. Whether there is a compiler is tried out before anything is translated: a wheel without
compiled code is then a pure one.

pip keeps what a build prints to itself unless it is given -v, and a minute of silence looks like a fault. So what is
said here is also written to the terminal that somebody sits at, if there is one.
"""

import hashlib
import os
import re
import shutil
import sys
import sysconfig
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = ["spec", "plan", "target", "events", "required", "refcounts", "selection", "changes", "mask", "source"]
CORE += ["reachable", "charsets", "nfa", "patterns", "digits", "words", "rules", "spec_rules", "loose_rules"]
CORE += ["trials", "wording", "faults", "judge", "fitting", "frames", "coerce", "view", "builder", "observer", "tree"]
CORE += ["machine", "numbers", "strings", "bulk", "lexer", "expected"]
CORE += ["utf8", "canonical", "checkpoint_changes", "checkpoint"]
CORE += ["certain", "valid", "lookout", "scalars", "sourcemap", "scribe", "tokens", "mender", "mender_state", "intake"]
CORE += ["parser", "growing"]


# pip asks for names and versions before it builds, in runs of their own, which need no C code.
DESCRIBING = {"egg_info", "dist_info", "sdist", "--version", "--name"}

SLOWER = "installing the interpreted core, which is about ten times slower"


class OptionalBuildExt(build_ext):
    """A failing C compiler costs speed, never the installation; and nothing is compiled twice."""

    def run(self) -> None:
        if not self.extensions:
            return
        kept = kept_core()
        if not kept.is_dir():
            say("compiling the core, a minute or two (PARTIALJSON_INTERPRETED=1 skips it)")
        try:
            super().run()
        except Exception as error:
            self.give_up(error)
            return
        say("the core is compiled")
        if not kept.is_dir():
            self.keep(kept)

    def build_extension(self, extension: Extension) -> None:
        kept = kept_core() / self.get_ext_filename(extension.name)
        if kept.is_file():
            built = Path(self.get_ext_fullpath(extension.name))
            built.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(kept, built)
        else:
            super().build_extension(extension)

    def keep(self, kept: Path) -> None:
        """Lay aside what was compiled, all of it or nothing."""
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as temporary, suppress(OSError):
            for extension in self.extensions:
                name = self.get_ext_filename(extension.name)
                laid = Path(temporary, kept.name, name)
                laid.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.get_ext_fullpath(extension.name), laid)
            os.replace(Path(temporary, kept.name), kept)

    def give_up(self, error: Exception) -> None:
        say(f"the C compiler failed ({error}): {SLOWER}")
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


def kept_core() -> Path:
    """Where the core is kept that these tools make of these sources."""
    sources = [Path("setup.py"), *sorted(Path("src").rglob("*.py"))]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.as_posix()}\0".encode() + source.read_bytes() + b"\0")
    flags = [os.environ.get(name) for name in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS")]
    digest.update(repr((sys.version, sysconfig.get_platform(), version("mypy"), flags)).encode())
    return Path("build", f"core-{digest.hexdigest()[:16]}")


def has_compiler() -> bool:
    """Is there a C compiler that finds the headers of this Python?"""
    # These are setuptools' own, once it is imported; the standard library's are gone from 3.12 on.
    from distutils.ccompiler import new_compiler
    from distutils.errors import CCompilerError
    from distutils.sysconfig import customize_compiler

    compiler = new_compiler()
    customize_compiler(compiler)
    with TemporaryDirectory() as temporary:
        tried = Path(temporary, "tried.c")
        tried.write_text("#include <Python.h>\n")
        try:
            compiler.compile([str(tried)], temporary, include_dirs=[sysconfig.get_path("include")])
        except (CCompilerError, OSError):
            return False
    return True


def core_extensions() -> list[Extension]:
    if DESCRIBING & set(sys.argv[1:]):
        return []
    if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
        say("PARTIALJSON_INTERPRETED is set: installing the interpreted core")
        return []
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        # The core shares values by counting references, which is not done the same way there.
        say("a free-threaded Python: installing the interpreted core")
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        say("mypyc is not installed: installing the interpreted core")
        return []
    if not has_compiler():
        say(f"no C compiler that finds Python's headers: {SLOWER}")
        return []
    kept = kept_core()
    if kept.is_dir():
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        names = [path.relative_to(kept).as_posix().removesuffix(suffix) for path in sorted(kept.rglob(f"*{suffix}"))]
        return [Extension(name.replace("/", "."), []) for name in names]
    say("translating the core to C")
    os.environ["MYPYPATH"] = "src"
    sources = [f"src/partialjson/_core/{name}.py" for name in CORE]
    try:
        # Only the core is checked here: what it names of other layers need not be installed to build it. What it does
        # only where it is interpreted is left out.
        flags = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports", "--always-true=COMPILED"]
        extensions = mypycify([*flags, *sources], opt_level="3", debug_level="0", group_name="partialjson")
    except (Exception, SystemExit) as error:
        say(f"mypyc gave up ({error}); installing the interpreted core")
        return []
    if os.name == "posix":
        # Only what is not exported may be called directly and inlined.
        for extension in extensions:
            extension.extra_compile_args.append("-fvisibility=hidden")
    return extensions


def readme_for_an_index() -> str:
    """The README, as the page of the package in an index: there, neither our pictures nor our pages are beside it, and
    what is installed is not a checkout."""
    text = Path("README.md").read_text(encoding="utf-8")
    text = re.sub(r'"\.\[(demo|web)\]"', r'"partialjson-live[\1]"', text)
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    for at in range(0, len(parts), 2):  # what lies between the blocks of code
        prose = re.sub(r'^(!\[[^\]]*\]\(|<p><img src=")(?![a-z]+:).*\n\n', "", parts[at], flags=re.MULTILINE)
        parts[at] = re.sub(r"\[([^\]]*)\]\((?![a-z]+:|#)[^)]*\)", r"\1", prose)
    text = "".join(parts)
    return f"{text}\nThe pages named here are in the source distribution, in `docs/`.\n"


setup(
    ext_modules=core_extensions(),
    cmdclass={"build_ext": OptionalBuildExt},
    long_description=readme_for_an_index(),
    long_description_content_type="text/markdown",
)
