"""Who may talk to the server, and what a page of it may do.

The server has no passwords: whoever reaches it may use it. By default only this machine does, since it listens on the
loopback interface; but a browser on this machine also runs pages from elsewhere. Three rules keep those out.

- **Host.** The name in the address must be this server's: an address of the loopback interface or ``localhost``, where
  it listens on that; otherwise any IP address, and the names that were allowed. A foreign page whose name was made to
  lead here (DNS rebinding) still sends its own name.
- **Origin.** A browser says which page a request comes from, with every POST and every WebSocket. It must be a page of
  this server. Programs that are no browsers say nothing, and may.
- **Sec-Fetch-Site.** For requests without an origin a browser says this. What another site asks for is refused; what
  somebody types into the address bar, or follows a link to, is a page and does nothing.

Every answer carries the content security policy of the page (``policy``).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partialjson.web.policy import SERVED

__all__ = ["Guard", "Hosts"]

_HEADERS: Final = {
    "content-security-policy": SERVED,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}
_OWN_SITES: Final = ("same-origin", "none")


@dataclass(frozen=True)
class Hosts:
    """The names by which the server may be called.

    Attributes:
        local: whether it listens on the loopback interface only.
        names: further names, in lower case.
    """

    local: bool = True
    names: Collection[str] = ()

    def allow(self, host: str) -> bool:
        """Whether a ``Host`` header, with or without a port, names this server."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if not name or "@" in host:
            return False
        if name == "localhost" or name in self.names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # A name can be made to lead anywhere, an address cannot.
        return address.is_loopback or not self.local


class Guard:
    """Lets through to ``app`` what may come in, and puts the headers on what goes out."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = self._refusal(scope)
        if not why:
            await self._app(scope, receive, self._with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            # Before it was accepted this is an answer of 403.
            await send({"type": "websocket.close", "code": 1008, "reason": why})
        else:
            await PlainTextResponse(f"Refused: {why}\n", 403)(scope, receive, self._with_headers(send))

    def _refusal(self, scope: Scope) -> str:
        """Why the request is refused, "" if it is not."""
        headers = Headers(scope=scope)
        # Twice, it could be read in two ways.
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._hosts.allow(host):
            return "the request names another host. Open the address that the command printed, or see --allow-host."
        origin = headers.get("origin")
        if origin is not None:
            # A page of this server has the scheme of the server too, but a proxy may have changed that.
            if origin.partition("://")[2] != host:
                return "the request comes from a page of another site."
        elif headers.get("sec-fetch-site", "none") not in _OWN_SITES and not _is_visit(headers):
            return "the request comes from a page of another site."
        return ""

    @staticmethod
    def _with_headers(send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        return wrapped


def _is_visit(headers: Headers) -> bool:
    """Whether a browser goes to the page itself, from a link elsewhere."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
