"""What a browser needs to run Python: which files, of which versions, with which sums.

The versions belong together, so they are changed together. Pyodide is CPython compiled to WebAssembly: its version says
which CPython, and the lock file in its package says for which binary interface extension modules must be compiled.
pydantic-core is the one extension that has to be there; its maker offers a wheel for that interface. jsonschema and
referencing want another, rpds, for which there is none; ``rpds`` beside this module stands in for it.

To move on to newer versions: change the constants, run ``npm pack`` and ``pip download`` as ``fetching`` does but
without the sums, and write down the sums of what came. The tests say whether all of it fits together.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ABI", "CORE", "PLATFORM", "PYODIDE", "PYODIDE_SHA512", "PYODIDE_SIZE", "PYTHON", "WHEELS", "requirement"]

PYODIDE: Final = "314.0.7"
"""The version of the npm package ``pyodide``."""

PYODIDE_SIZE: Final = 6_488_647
PYODIDE_SHA512: Final = (
    "d18bd7c4485f11da4b7dbfd790cd8114078c44eab488c517d9bcf31fda4eb6dc"
    "8c716930abe1db139bb2b860fcd8b37bcb6abe48dbe2ffa579244b0e943d91d4"
)
"""Of the package as npm packs it; the same as its ``integrity`` in the registry."""

CORE: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
"""The files of the package that a browser fetches, besides the lock file, of which we write our own."""

PYTHON: Final = "3.14"
ABI: Final = "cp314"
PLATFORM: Final = "pyemscripten_2026_0_wasm32"
"""What wheels with extensions are tagged with for it (PEP 783)."""

WHEELS: Final = {
    "annotated_types-0.8.0-py3-none-any.whl": "f072f4d804ea359e4eaf198b1af7a8b0943881a87f31bb764f8bf219bb9419e0",
    "attrs-26.1.0-py3-none-any.whl": "c647aa4a12dfbad9333ca4e71fe62ddc36f4e63b2d260a37a8b83d2f043ac309",
    "jsonschema-4.26.0-py3-none-any.whl": "d489f15263b8d200f8387e64b4c3a75f06629559fb73deb8fdfb525f2dab50ce",
    "jsonschema_specifications-2025.9.1-py3-none-any.whl": (
        "98802fee3a11ee76ecaca44429fda8a41bff98b00a0f2838151b113f210cc6fe"
    ),
    "pydantic-2.14.4-py3-none-any.whl": "653a2ad9f6d8858529c77c72717d0ea991d6c6837fe683246b2f4b2bbfc3fadc",
    "pydantic_core-2.50.5-cp314-cp314-pyemscripten_2026_0_wasm32.whl": (
        "b2910ec0fa5aeb9bef70156f2b79f4783978fdcfaa7b2f1b5d1814458d2e79a1"
    ),
    "referencing-0.37.0-py3-none-any.whl": "381329a9f99628c9069361716891d34ad94af76e461dcb0335825aecc7692231",
    "typing_extensions-4.16.0-py3-none-any.whl": "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
    "typing_inspection-0.4.5-py3-none-any.whl": "bc210535442b39e1bf2805e0c7a17dfd6a4ace760c84c7f7d16245d23a6b1c39",
}
"""The wheels of what the library imports, with their SHA-256."""


def requirement(wheel: str) -> str:
    """What pip is asked for to get the wheel of this file name, and no other file."""
    name, version = wheel.split("-")[:2]
    return f"{name.replace('_', '-')}=={version} --hash=sha256:{WHEELS[wheel]}"
