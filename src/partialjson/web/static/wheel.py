"""This library as a wheel for any Python, made of what is installed.

The core's compiled modules are for this machine; the sources beside them do the same, so they are all that is packed.
Nothing is built, and the result depends on the sources only: the same files give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

__all__ = ["DISTRIBUTION", "build_wheel"]

DISTRIBUTION: Final = "partialjson-live"

_PACKAGE: Final = Path(__file__).parents[2]
_COMPILED: Final = {".so", ".pyd", ".dylib", ".dll", ".pyc", ".pyo", ".c", ".o"}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold
_WHEEL: Final = "Wheel-Version: 1.0\nGenerator: partialjson\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel(folder: Path) -> Path:
    """Write the wheel into the folder, and return its path."""
    version, metadata = _described()
    name = f"{DISTRIBUTION.replace('-', '_')}-{version}"
    path = folder / f"{name}-py3-none-any.whl"
    info = f"{name}.dist-info"
    records: list[str] = []
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as wheel:

        def add(name: str, content: bytes) -> None:
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            records.append(f"{name},sha256={digest},{len(content)}\n")

        for source in _sources():
            add(f"{_PACKAGE.name}/{source.relative_to(_PACKAGE).as_posix()}", source.read_bytes())
        add(f"{info}/METADATA", metadata.encode())
        add(f"{info}/WHEEL", _WHEEL.encode())
        add(f"{info}/RECORD", "".join([*records, f"{info}/RECORD,,\n"]).encode())
    return path


def _sources() -> Iterator[Path]:
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and path.suffix not in _COMPILED and "__pycache__" not in path.parts:
            yield path


def _described() -> tuple[str, str]:
    """The version and the metadata of what is installed. Sources that were never installed have none of their own."""
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return "0", _minimal("0")
    metadata = installed.read_text("METADATA")
    return installed.version, metadata or _minimal(installed.version)


def _minimal(version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: {version}\n"
