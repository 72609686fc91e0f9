"""What a release checks: each thing that can be wrong with its files is found, and nothing is wrong with good ones."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from release import contents, trying
from release.environments import Interpreter, interpreters, run, supported
from release.report import Failed, Report

README = (ROOT / "README.md").read_text(encoding="utf-8")
NAME, VERSION = "partialjson_live", "1.2"
INFO = f"{NAME}-{VERSION}.dist-info"
METADATA = """\
Metadata-Version: 2.4
Name: partialjson-live
Version: 1.2
Summary: A parser
Author: Somebody
Keywords: json
Classifier: Programming Language :: Python
Requires-Python: >=3.11
License-Expression: MIT
License-File: LICENSE
Requires-Dist: pydantic
Description-Content-Type: text/markdown

# A parser, [as it says](https://example.org/page), [below](#below)
"""
MODULES = ["lexer", "parser"]
PACKAGE = [
    "__init__.py",
    "py.typed",
    "_core/__init__.py",
    "_core/lexer.py",
    "_core/parser.py",
    "_core/refcounts.py",
    "browser/patch.js",
    "browser/package.json",
    "web/page/index.html",
    "cli/recordings/itinerary.sse",
]
SETUP = f"CORE = {MODULES[:1]}\nCORE += {MODULES[1:]}\n"
Files = dict[str, bytes]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    for name in PACKAGE:
        path = folder / "src" / "partialjson" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    (folder / "setup.py").write_text(SETUP)
    return folder


def wheel_files(tag: str) -> Files:
    files = {f"partialjson/{name}": f"text of {name}".encode() for name in PACKAGE}
    pure = tag == "py3-none-any"
    if not pure:
        suffix = "cpython-312-x86_64-linux-gnu.so"
        files |= {f"partialjson/_core/{name}.{suffix}": b"code" for name in MODULES}
        files[f"partialjson__mypyc.{suffix}"] = b"code"
    files |= {f"{INFO}/{name}": b"" for name in ("entry_points.txt", "licenses/LICENSE", "top_level.txt")}
    files[f"{INFO}/METADATA"] = METADATA.encode()
    python, abi, platforms = tag.split("-")
    tags = "".join(f"Tag: {python}-{abi}-{each}\n" for each in platforms.split("."))
    files[f"{INFO}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: {str(pure).lower()}\n{tags}".encode()
    return files


def record(files: Files) -> bytes:
    rows = []
    for name, content in files.items():
        digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*rows, f"{INFO}/RECORD,,\n"]).encode()


def write_wheel(folder: Path, tag: str, files: Files) -> Path:
    path = folder / f"{NAME}-{VERSION}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


PURE, COMPILED = "py3-none-any", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"


@pytest.mark.parametrize("tag", [PURE, COMPILED])
def test_a_good_wheel(tag: str, sources: Path, tmp_path: Path) -> None:
    files = wheel_files(tag)
    files[f"{INFO}/RECORD"] = record(files)
    assert list(contents.faults_of_wheel(write_wheel(tmp_path, tag, files), sources)) == []


def without(name: str) -> Callable[[Files], object]:
    return lambda files: files.pop(name)


def with_one(name: str, content: bytes = b"x") -> Callable[[Files], object]:
    return lambda files: files.update({name: content})


def instead(name: str, old: str, new: str) -> Callable[[Files], object]:
    return lambda files: files.update({name: files[name].replace(old.encode(), new.encode())})


@pytest.mark.parametrize(
    ("tag", "change", "fault"),
    [
        (PURE, with_one("tests/test_it.py"), "tests/test_it.py does not belong there"),
        (PURE, with_one("partialjson/_core/lexer.c"), "partialjson/_core/lexer.c does not belong there"),
        (PURE, with_one("partialjson/__pycache__/x.pyc"), "partialjson/__pycache__/x.pyc does not belong there"),
        (PURE, with_one("partialjson/_core/lexer.abi3.so"), "partialjson._core.lexer does not belong there"),
        (PURE, with_one(f"{INFO}/direct_url.json"), f"{INFO}/direct_url.json does not belong there"),
        (PURE, without("partialjson/py.typed"), "partialjson/py.typed is missing: type checkers"),
        (PURE, without("partialjson/browser/patch.js"), "partialjson/browser/patch.js is missing: the npm package"),
        (PURE, without("partialjson/_core/parser.py"), "partialjson/_core/parser.py is missing"),
        (PURE, without(f"{INFO}/licenses/LICENSE"), f"{INFO}/licenses/LICENSE is missing"),
        (PURE, with_one("partialjson/__init__.py", b"another"), "partialjson/__init__.py differs from the source"),
        (PURE, instead(f"{INFO}/WHEEL", "none-any", "none-linux_x86_64"), "WHEEL names the tags py3-none-linux"),
        (PURE, instead(f"{INFO}/WHEEL", "Purelib: true", "Purelib: false"), "WHEEL says Root-Is-Purelib: false"),
        (COMPILED, without("partialjson__mypyc.cpython-312-x86_64-linux-gnu.so"), "partialjson__mypyc is missing"),
        (
            COMPILED,
            without("partialjson/_core/lexer.cpython-312-x86_64-linux-gnu.so"),
            "partialjson._core.lexer is missing",
        ),
        (
            COMPILED,
            with_one("partialjson/_core/refcounts.cpython-312-x86_64-linux-gnu.so"),
            "partialjson._core.refcounts does not belong there",
        ),
        (
            COMPILED,
            with_one("partialjson_live.libs/libother.so"),
            "partialjson_live.libs.libother does not belong there",
        ),
        (PURE, instead(f"{INFO}/METADATA", "Version: 1.2", "Version: 1.3"), "the metadata is that of"),
        (PURE, instead(f"{INFO}/METADATA", "License-Expression: MIT\n", ""), "the metadata has no License-Expression"),
        (PURE, instead(f"{INFO}/METADATA", "Keywords: json\n", ""), "the metadata has no Keywords"),
        (PURE, instead(f"{INFO}/METADATA", "text/markdown", "text/x-rst"), "the description is not Markdown"),
        (PURE, instead(f"{INFO}/METADATA", "https://example.org/page", "docs/page.md"), "links to docs/page.md"),
        (PURE, instead(f"{INFO}/METADATA", "pydantic\n", "pydantic @ file:///x\n"), "needs what no index has"),
    ],
)
def test_what_is_wrong_with_a_wheel(
    tag: str, change: Callable[[Files], object], fault: str, sources: Path, tmp_path: Path
) -> None:
    files = wheel_files(tag)
    change(files)
    files[f"{INFO}/RECORD"] = record(files)
    found = list(contents.faults_of_wheel(write_wheel(tmp_path, tag, files), sources))
    assert any(fault in each for each in found), found


def test_a_record_that_does_not_fit(sources: Path, tmp_path: Path) -> None:
    files = wheel_files(PURE)
    files[f"{INFO}/RECORD"] = record(files).replace(b"sha256=", b"sha256=0", 1)
    [fault] = contents.faults_of_wheel(write_wheel(tmp_path, PURE, files), sources)
    assert fault.startswith("RECORD has another sum or size for ")
    files[f"{INFO}/RECORD"] = record({name: files[name] for name in files if name != f"{INFO}/RECORD"})[:-20]
    assert list(contents.faults_of_wheel(write_wheel(tmp_path, PURE, files), sources))


def test_the_modules_are_those_that_setup_compiles() -> None:
    assert contents.modules_compiled(SETUP) == set(MODULES)
    found = contents.modules_compiled((ROOT / "setup.py").read_text(encoding="utf-8"))
    core = ROOT / "src" / "partialjson" / "_core"
    assert {"lexer", "parser", "mender", "growing"} <= found <= {path.stem for path in core.glob("*.py")}


# Source distributions


TRACKED = ["LICENSE", "README.md", "pyproject.toml", "setup.py", "tests/test_it.py", ".ci/run", ".gitignore"]
TRACKED += [f"src/partialjson/{name}" for name in PACKAGE]
MADE = ["PKG-INFO", "setup.cfg", "src/partialjson_live.egg-info/SOURCES.txt"]


def write_sdist(folder: Path, names: Sequence[str], top: str = f"{NAME}-{VERSION}") -> Path:
    path = folder / f"{NAME}-{VERSION}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(f"{top}/{name}"), io.BytesIO())
    return path


def shipped() -> list[str]:
    return [name for name in TRACKED if not name.startswith(contents.HOST_ONLY)]


@pytest.mark.parametrize("tracked", [TRACKED, None])
def test_a_good_source_distribution(tracked: list[str] | None, tmp_path: Path) -> None:
    assert list(contents.faults_of_sdist(write_sdist(tmp_path, [*shipped(), *MADE]), tracked)) == []


@pytest.mark.parametrize("tracked", [TRACKED, None])
def test_what_is_wrong_with_a_source_distribution(tracked: list[str] | None, tmp_path: Path) -> None:
    def faults(names: list[str], top: str = f"{NAME}-{VERSION}") -> list[str]:
        return list(contents.faults_of_sdist(write_sdist(tmp_path, names, top), tracked))

    assert "src/partialjson/py.typed is missing" in faults([n for n in shipped() if not n.endswith("py.typed")])
    assert any("lies outside" in each for each in faults(shipped(), "elsewhere"))
    stray = faults([*shipped(), "examples/react/dist/bundle.js"])
    assert stray == (["examples/react/dist/bundle.js is no file of the commit"] if tracked else [])


# The page of an index


# Not imported: setuptools changes what is imported after it.
@pytest.mark.skipif(find_spec("setuptools") is None, reason="needs setuptools")
def test_the_description_for_an_index_leads_nowhere_that_is_not_there() -> None:
    """As `setup.py` makes it of the README."""
    program = (
        "import setuptools; setuptools.setup = lambda **given: print(given['long_description'])\n"
        "import sys; sys.argv = ['setup.py', '--name']; exec(open('setup.py').read())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    found = list(contents.faults_of_metadata(METADATA.partition("\n\n")[0] + "\n\n" + done.stdout, NAME, VERSION))
    assert found == []
    assert "![" not in done.stdout
    assert "<img" not in done.stdout
    assert 'pip install "partialjson-live[demo]"' in done.stdout
    assert trying.example(done.stdout) == trying.example(README)
    assert "[tutorial](docs/tutorial.md)" in README
    assert re.search(r"\*\*Begin:\*\* tutorial,", done.stdout)


# Steps and commands


def test_a_step_that_fails_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    with report.step("one") as step:
        step.say("seen")
        raise Failed("it is not so")
    with report.step("two"):
        pass
    report.skip("three")
    assert not report.passed
    lines = [re.sub(r" +\d+ s ", "", line) for line in report.text().splitlines()]
    assert lines == ["FAILED one", "passed two", "left out         three", "", "1 passed, 1 failed, 1 left out"]
    assert "FAILED: it is not so" in capsys.readouterr().out


@pytest.mark.parametrize("load", [0.0, 1e6])
def test_a_busy_machine_does_not_judge(load: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0), raising=False)
    report = Report()
    trying.judge("it", 10.0, 10.0, report)
    assert report.left == []
    if load:
        trying.judge("it", 10.1, 10.0, report)
        assert len(report.left) == 1
    else:
        with pytest.raises(Failed, match=r"it takes 10\.1 s, and 10 s are promised"):
            trying.judge("it", 10.1, 10.0, report)


def test_an_unknown_error_is_no_failed_step() -> None:
    with pytest.raises(ZeroDivisionError), Report().step("one"):
        raise ZeroDivisionError


def test_a_command_knows_nothing_of_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("PARTIALJSON_INTERPRETED", "1")
    program = "import os; print([name for name in os.environ if name.startswith(('PYTHON', 'PARTIALJSON'))])"
    assert run([sys.executable, "-c", program], cwd=tmp_path) == "[]\n"
    assert "PARTIALJSON_TESTS" in run([sys.executable, "-c", program], cwd=tmp_path, settings={"PARTIALJSON_TESTS": ""})


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"ended with 3\n   the reason$"):
        run([sys.executable, "-c", "import sys; print('the reason'); sys.exit(3)"], cwd=tmp_path)
    with pytest.raises(Failed, match="does not start"):
        run([tmp_path / "nothing"], cwd=tmp_path)


def test_wheels_are_compiled_for_the_versions_that_are_supported() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["cibuildwheel"]
    assert settings["build"].split() == [f"cp{version.replace('.', '')}-*" for version in supported()]
    workflow = ROOT / ".github" / "workflows" / "wheels.yml"
    if workflow.exists():  # a source distribution has none
        assert set(re.findall(r"^ +(3\.\d+)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)) == {*supported()}


def test_pythons_are_found_and_tried(tmp_path: Path) -> None:
    assert {"3.11", "3.14"} <= {*supported()}
    mine = Interpreter.at(sys.executable)
    if mine is not None:  # some systems leave out ensurepip
        assert mine.version == "{}.{}".format(*sys.version_info)
    assert Interpreter.at(str(tmp_path / "python")) is None
    assert interpreters(["2.0"]) == {"2.0": None}
