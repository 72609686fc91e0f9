"""``partialjson serve``: the command. It listens, says where, and ends with Ctrl-C."""

from __future__ import annotations

import ipaddress
import socket
import sys
import webbrowser
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

from partialjson.web import live
from partialjson.web.app import Settings, make_app
from partialjson.web.desk import Desk
from partialjson.web.guard import Hosts

__all__ = ["ServeError", "Server", "is_loopback", "serve"]

# Viewers that are being served when the command ends get no more than a moment.
_GRACE: Final = 1
_QUEUE: Final = 2048


class Server(uvicorn.Server):
    """Stops the runs when it is to end, so that their viewers are told and need not be cut off."""

    def __init__(self, app: Starlette, **options: Any) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                # The older shape of ``websockets`` is deprecated.
                ws="websockets-sansio",
                ws_max_size=4_096,
                # It would cost more than it saves where nothing leaves the machine.
                ws_per_message_deflate=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE,
                **options,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        desk: Desk = self._app.state.desk
        await desk.close()
        await super().shutdown(sockets)


class ServeError(Exception):
    """The command cannot do what it was asked for; the message says why, and what to do."""


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    speed: float = 1.0,
    names: Collection[str] = (),
    chosen: Mapping[str, str] | None = None,
    live_models: bool | None = None,
    open_page: bool = False,
) -> None:
    """Serves the page until it is interrupted.

    Args:
        host: the address to listen on.
        port: 0 for one that is free.
        speed: how many times as fast as recorded answers come; 0 is as fast as possible.
        names: further names by which browsers may call the server.
        chosen: the names of models, by the provider's.
        live_models: whether real models may be asked; None: if only this machine can ask.
        open_page: whether to open the page in a browser.

    Raises:
        ServeError: the address cannot be listened on.
    """
    local = is_loopback(host)
    may_ask = local if live_models is None else live_models
    models = live.models(chosen) if may_ask else []
    settings = Settings(speed, Hosts(local, frozenset(name.lower() for name in names)), models)
    listening = _listen(host, port)
    url = _url(host, listening.getsockname()[1])
    _say(f"partialjson is at {url}")
    if models:
        _say("real models: " + ", ".join(f"{model.title} ({model.model})" for model in models))
    if not local:
        _say("anybody who reaches this machine can use it; there is no password")
    _say("Ctrl-C ends")
    if open_page:
        webbrowser.open(url)
    with suppress(KeyboardInterrupt), listening:
        Server(make_app(settings)).run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    host = host.strip("[]")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServeError(f"cannot listen on {host}: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_QUEUE)
    except OSError as error:
        listening.close()
        raise ServeError(f"cannot listen on {host}, port {port}: {error.strerror}; try --port 0") from error
    return listening


def _url(host: str, port: int) -> str:
    bare = host.strip("[]")
    if bare in ("0.0.0.0", "::"):
        bare = "127.0.0.1"
    return f"http://[{bare}]:{port}/" if ":" in bare else f"http://{bare}:{port}/"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
