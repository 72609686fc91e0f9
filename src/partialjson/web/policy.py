"""The content security policy of the page, from a server and as plain files.

Scripts and styles only from the page's own host, no inline code, connections nowhere else, and no HTML made of strings
(Trusted Types).
"""

from __future__ import annotations

from typing import Final

__all__ = ["AS_FILES", "SERVED"]

_ALWAYS: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
)

SERVED: Final = "; ".join([*_ALWAYS, "frame-ancestors 'none'", "trusted-types 'none'"])
"""A header of what the server sends. No other page can put this one into a frame."""

AS_FILES: Final = "; ".join([*_ALWAYS, "worker-src 'self'", "trusted-types partialjson-worker"])
"""What the page says of itself where no server does. It may start its worker; frames cannot be forbidden so."""
