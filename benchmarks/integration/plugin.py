"""A plugin of pytest that lets a library use this parser while its own tests run.

The environment says which, and how: ``PARTIALJSON_INSTALL="langchain numbers=shown"``.
"""

from __future__ import annotations

import os
from typing import Any

from partialjson import integrations


def pytest_configure(config: Any) -> None:
    library, *options = os.environ["PARTIALJSON_INSTALL"].split()
    chosen: dict[str, Any] = dict(option.split("=", 1) for option in options)
    integrations.install(library, **chosen)


def pytest_report_header(config: Any) -> str:
    return f"partialjson is installed into {', '.join(integrations.installed())}"
