"""What the tests of the page share. All are skipped where the extra ``web`` is not installed."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette", reason="starlette is not installed: install the extra `web` to run these tests")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: install the extra `web` to run these tests")
