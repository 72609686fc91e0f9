"""What the tests of the page share. Those of the server are skipped where the extra ``web`` is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

OF_THE_SERVER = ("app", "command", "delivery", "guard", "live", "page", "prose")
MISSING = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]


class _NotInstalled(pytest.Module):
    """A module that is skipped before it is imported."""

    def collect(self) -> Any:
        what = " and ".join(MISSING)
        pytest.skip(f"{what} not installed: install the extra `web` to run this", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> pytest.Module | None:
    if MISSING and module_path.stem.removeprefix("test_") in OF_THE_SERVER:
        module: pytest.Module = _NotInstalled.from_parent(parent, path=module_path)
        return module
    return None
