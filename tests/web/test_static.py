"""Writing the page as static files: what is fetched and how, the wheel, the folder. Without a network, without npm."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import partialjson
from partialjson.cli import main
from partialjson.cli.exits import Exit
from partialjson.web.static import fetching, runtime, wheel, writing
from partialjson.web.static.fetching import FetchError, fetch
from partialjson.web.static.writing import LIST, StaticError, write_static

PACKAGE = Path(partialjson.__file__).parent


# Wheels and packages made for the test, in the place of the real ones.


def fake_wheel(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        top = name.partition("-")[0]
        archive.writestr(f"{top}/__init__.py", "")
        archive.writestr(f"{top}-1.dist-info/METADATA", "")
    return content.getvalue()


def fake_package() -> bytes:
    content = io.BytesIO()
    lock = {"info": {"abi_version": "x", "python": "3.14.2"}, "packages": {"numpy": {"file_name": "numpy.whl"}}}
    files = dict.fromkeys([*runtime.CORE, "package.json", "README.md"], b"some bytes")
    files |= {"pyodide-lock.json": json.dumps(lock).encode(), "console.html": b"not wanted"}
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()


FAKES: dict[str, bytes] = {f"pyodide-{runtime.PYODIDE}.tgz": fake_package()}
FAKES |= {name: fake_wheel(name) for name in ("small-1.0-py3-none-any.whl", "other_one-2.0-py3-none-any.whl")}
TGZ = f"pyodide-{runtime.PYODIDE}.tgz"

Answers = Callable[[list[str]], "tuple[int, str]"]


class Clients:
    """Stands in for npm and pip: notes how they were called, and puts files where they were told to."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.requirements = ""
        self.files = dict(FAKES)
        self.fail: dict[str, str] = {}

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        assert options["stdin"] == subprocess.DEVNULL
        self.calls.append([str(part) for part in command])
        client = "npm" if "pack" in command else "pip"
        if client in self.fail:
            return subprocess.CompletedProcess(command, 1, self.fail[client])
        if client == "npm":
            folder = Path(command[command.index("--pack-destination") + 1])
            (folder / TGZ).write_bytes(self.files[TGZ])
        else:
            folder = Path(command[command.index("-d") + 1])
            self.requirements = Path(command[command.index("-r") + 1]).read_text()
            for name, content in self.files.items():
                wanted = name.split("-")[0].replace("_", "-") + "=="
                if name.endswith(".whl") and wanted in self.requirements:
                    (folder / name).write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "")


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    made = Clients()
    monkeypatch.setattr("subprocess.run", made.run)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(runtime, "PYODIDE_SHA512", hashlib.sha512(FAKES[TGZ]).hexdigest())
    monkeypatch.setattr(
        runtime, "WHEELS", {name: hashlib.sha256(data).hexdigest() for name, data in FAKES.items() if name != TGZ}
    )
    return made


# Fetching


def test_what_is_fetched_and_how(clients: Clients, tmp_path: Path) -> None:
    said: list[str] = []
    package, wheels = fetch(tmp_path / "cache", said.append)
    assert package.read_bytes() == FAKES[TGZ]
    assert {path.name: path.read_bytes() for path in wheels} == {n: d for n, d in FAKES.items() if n != TGZ}
    npm, pip = clients.calls
    assert npm[:3] == ["/bin/npm", "pack", f"pyodide@{runtime.PYODIDE}"]
    assert "--ignore-scripts" in npm
    assert pip[:3] == [sys.executable, "-m", "pip"]
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(pip)
    assert pip[pip.index("--platform") + 1] == runtime.PLATFORM
    digest = runtime.WHEELS["other_one-2.0-py3-none-any.whl"]
    assert f"other-one==2.0 --hash=sha256:{digest}\n" in clients.requirements
    assert len(said) == 2
    # Nothing is left in the cache but the files.
    assert {path.name for path in (tmp_path / "cache").iterdir()} == set(FAKES)


def test_what_is_in_the_cache_is_not_fetched(clients: Clients, tmp_path: Path) -> None:
    fetch(tmp_path, lambda line: None)
    clients.calls.clear()
    said: list[str] = []
    fetch(tmp_path, said.append)
    assert clients.calls == []
    assert said == []
    # A file that is not what it should be counts as missing, and only that one.
    (tmp_path / "small-1.0-py3-none-any.whl").write_bytes(b"broken")
    fetch(tmp_path, said.append)
    (pip,) = clients.calls
    assert "pip" in pip
    assert clients.requirements.startswith("small==1.0 --hash=sha256:")
    assert "other" not in clients.requirements


def test_without_npm(clients: Clients, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(FetchError, match=rf"npm is needed.*npm pack pyodide@{runtime.PYODIDE}.*{TGZ} into") as raised:
        fetch(tmp_path, lambda line: None)
    assert str(tmp_path) in str(raised.value)
    # With the file put there by hand, npm is not missed.
    (tmp_path / TGZ).write_bytes(FAKES[TGZ])
    fetch(tmp_path, lambda line: None)


def test_without_pip(clients: Clients, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fetching, "find_spec", lambda name: None)
    fetch(tmp_path / "one", lambda line: None)
    assert clients.calls[-1][0] == "/bin/pip"
    monkeypatch.setattr("shutil.which", lambda name: "/bin/npm" if name == "npm" else None)
    with pytest.raises(FetchError, match=r"pip is needed.*ensurepip"):
        fetch(tmp_path / "two", lambda line: None)


@pytest.mark.parametrize(
    ("client", "output", "told"),
    [
        ("npm", "npm error code ENOTFOUND\nnpm error network no such host\n", "npm error code ENOTFOUND"),
        ("pip", "Looking in indexes\nERROR: No matching distribution\n", "ERROR: No matching distribution"),
        ("pip", "", "it said nothing"),
        ("npm", "\n  just this\n", "just this"),
    ],
)
def test_a_client_that_fails(clients: Clients, tmp_path: Path, client: str, output: str, told: str) -> None:
    clients.fail[client] = output
    with pytest.raises(FetchError) as raised:
        fetch(tmp_path, lambda line: None)
    message = str(raised.value)
    assert message.startswith(f"{client} could not fetch")
    assert told in message
    assert str(tmp_path) in message
    assert "\n" not in message


def test_a_client_that_hangs(clients: Clients, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def hang(command: list[str], **options: Any) -> None:
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr("subprocess.run", hang)
    with pytest.raises(FetchError, match="longer than 600 seconds"):
        fetch(tmp_path, lambda line: None)


@pytest.mark.parametrize("name", list(FAKES))
def test_another_file_than_was_asked_for_is_not_kept(clients: Clients, tmp_path: Path, name: str) -> None:
    clients.files[name] = FAKES[name] + b"more"
    with pytest.raises(FetchError, match="another SHA"):
        fetch(tmp_path, lambda line: None)
    assert not (tmp_path / name).exists()


def test_a_client_that_brings_nothing(clients: Clients, tmp_path: Path) -> None:
    del clients.files["small-1.0-py3-none-any.whl"]
    with pytest.raises(FetchError, match=r"expected small-1\.0-py3-none-any\.whl, and"):
        fetch(tmp_path, lambda line: None)


def test_a_cache_that_cannot_be_made(clients: Clients, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="PARTIALJSON_CACHE"):
        fetch(tmp_path / "file", lambda line: None)


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARTIALJSON_CACHE", str(tmp_path))
    assert fetching.cache_folder() == tmp_path
    monkeypatch.delenv("PARTIALJSON_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("sys.platform", "linux")
    assert fetching.cache_folder() == tmp_path / "xdg" / "partialjson"
    monkeypatch.setattr("sys.platform", "darwin")
    assert fetching.cache_folder().parts[-3:] == ("Library", "Caches", "partialjson")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert fetching.cache_folder() == tmp_path / "partialjson" / "Cache"


def test_the_pins_fit_together() -> None:
    names = [name.split("-")[0] for name in runtime.WHEELS]
    assert len(set(names)) == len(names)
    for name in runtime.WHEELS:
        *_, python, abi, platform = name.removesuffix(".whl").split("-")
        assert (python, abi, platform) in [("py3", "none", "any"), (runtime.ABI, runtime.ABI, runtime.PLATFORM)]
    assert f"cp{runtime.PYTHON.replace('.', '')}" == runtime.ABI
    # Pyodide names its versions after the CPython in it.
    assert runtime.PYODIDE.startswith(runtime.ABI.removeprefix("cp"))


# The wheel


def test_the_wheel_holds_the_sources_and_is_well_formed(tmp_path: Path) -> None:
    path = wheel.build_wheel(tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        info = next(name for name in names if name.endswith(".dist-info/METADATA")).rpartition("/")[0]
        rows = list(csv.reader(io.StringIO(archive.read(f"{info}/RECORD").decode())))
        assert [row[0] for row in rows] == names
        for name, digest, size in rows[:-1]:
            content = archive.read(name)
            hashed = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={hashed}", str(len(content)))
        assert b"Tag: py3-none-any" in archive.read(f"{info}/WHEEL")
        metadata = archive.read(f"{info}/METADATA").decode()
        assert "Name: partialjson-live" in metadata
        assert f"\nVersion: {path.name.split('-')[1]}\n" in metadata
    sources = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*.py")}
    assert sources <= set(names)
    assert "partialjson/cli/recordings/itinerary.sse" in names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc"))]


def test_the_same_sources_give_the_same_wheel(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(wheel.build_wheel(tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_the_wheel_can_be_imported(tmp_path: Path) -> None:
    path = wheel.build_wheel(tmp_path)
    program = (
        "import partialjson; from partialjson.cli.recordings import RECORDINGS; "
        "p = partialjson.Parser(); p.feed('[1'); print(partialjson.__file__, p.json, len(RECORDINGS[0].body()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(path))


# The folder


@pytest.fixture
def target(clients: Clients, tmp_path: Path) -> Path:
    write_static(tmp_path / "out" / "site", cache=tmp_path / "cache", say=lambda line: None)
    return tmp_path / "out" / "site"


def test_what_is_in_the_folder(target: Path) -> None:
    listed = json.loads((target / LIST).read_text())
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert there == {*listed["files"], LIST}
    assert listed["versions"]["pyodide"] == runtime.PYODIDE
    assert {f"pyodide/{name}" for name in runtime.CORE} <= there
    assert {"index.html", "browser/patch.js", "pyodide/package.json"} <= there
    assert "pyodide/console.html" not in there
    lock = json.loads((target / "pyodide" / "pyodide-lock.json").read_text())
    assert lock["info"]["python"].startswith(f"{runtime.PYTHON}.")
    assert lock["packages"].keys() == {"small", "other-one", "partialjson-live"}
    for entry in lock["packages"].values():
        content = (target / "pyodide" / entry["file_name"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert lock["packages"]["other-one"]["imports"] == ["other_one"]
    assert lock["packages"]["partialjson-live"]["depends"] == ["other-one", "small"]
    assert "partialjson" in lock["packages"]["partialjson-live"]["imports"]


def test_the_page_asks_the_worker_and_nobody_else(target: Path) -> None:
    index = (target / "index.html").read_text()
    assert 'data-source="worker"' in index
    assert 'data-source="server"' not in index
    assert "default-src 'none'" in index
    assert index.index("charset") < index.index("Content-Security-Policy") < index.index("<link")


def test_the_folder_is_written_again(clients: Clients, target: Path, tmp_path: Path) -> None:
    listed = json.loads((target / LIST).read_text())
    (target / "old.js").write_text("of an older version")
    (target / "mine.txt").write_text("of somebody")
    (tmp_path / "out" / "outside.txt").write_text("not to be touched")
    listed["files"] += ["old.js", "../outside.txt", str(tmp_path / "out" / "outside.txt")]
    (target / LIST).write_text(json.dumps(listed))
    (target / "index.html").write_text("changed")
    write_static(target, cache=tmp_path / "cache", say=lambda line: None)
    assert not (target / "old.js").exists()
    assert (target / "mine.txt").exists()
    assert (tmp_path / "out" / "outside.txt").exists()
    assert (target / "index.html").read_text() != "changed"


@pytest.mark.parametrize("content", [None, "no JSON", "[]", '{"files": 3}'])
def test_a_folder_of_somebody_else_is_left_alone(clients: Clients, tmp_path: Path, content: str | None) -> None:
    (tmp_path / "index.html").write_text("mine")
    if content is not None:
        (tmp_path / LIST).write_text(content)
    with pytest.raises(StaticError, match="an empty or a new folder"):
        write_static(tmp_path, say=lambda line: None)
    assert (tmp_path / "index.html").read_text() == "mine"
    assert clients.calls == []


def test_a_folder_that_is_a_file(clients: Clients, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StaticError, match="cannot be used"):
        write_static(tmp_path / "file", say=lambda line: None)


def test_the_command(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTIALJSON_CACHE", str(tmp_path / "cache"))
    assert main(["serve", "--static", str(tmp_path / "site")]) == Exit.COMPLETE
    assert f"-m http.server --bind 127.0.0.1 --directory {tmp_path / 'site'}" in capsys.readouterr().out
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("")
    assert main(["serve", "--static", str(tmp_path / "other")]) == Exit.FAILED
    clients.fail["pip"] = "ERROR: no network"
    (tmp_path / "cache" / "small-1.0-py3-none-any.whl").unlink()
    assert main(["serve", "--static", str(tmp_path / "site")]) == Exit.FAILED
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "holds files that this command did not write" in told[0]
    assert "no network" in told[1]


def test_it_says_what_it_does(clients: Clients, tmp_path: Path) -> None:
    said: list[str] = []
    write_static(tmp_path / "site", cache=tmp_path / "cache", say=said.append)
    assert "npm" in said[0]
    assert "pip" in said[1]
    assert said[2].startswith("wrote ")
    assert writing.__doc__
