"""A real server on this machine, in a thread of its own, whose connections a test can cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from partialjson.web.server import Server

T = TypeVar("T")


class Served:
    """``with Served(app) as server``: ``server.url``, ``server.cut()``."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self.app = app
        self._server = Server(app, port=port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._is_up = threading.Event()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async def tell() -> None:
            while not self._server.started:
                await asyncio.sleep(0.005)
            self._is_up.set()

        telling = asyncio.ensure_future(tell())
        try:
            await self._server.serve()
        finally:
            telling.cancel()
            self._is_up.set()

    @property
    def port(self) -> int:
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._is_up.wait(10)
        assert self._server.started
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def crash(self) -> None:
        """Listens no more, and breaks all connections, without telling anybody."""

        async def stop_listening() -> None:
            for listening in self._server.servers:
                listening.close()

        self.run(stop_listening())
        self.cut()

    def cut(self) -> int:
        """Breaks all connections there are, as a network does; returns how many there were."""

        async def abort() -> int:
            connections = list(self._server.server_state.connections)
            for connection in connections:
                connection.transport.abort()
            return len(connections)

        return self.run(abort())
