"""Serves some content on loopback sockets, in a thread beside a test or as a whole process."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from spindrift.demo.server import Connection, Content, Recorded

_ATTEMPTS = 20


def listen(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """A listening socket for each address, all on the same port: `port`, or any that is free on all of them where 0.

    Raises OSError where a given port is taken.
    """
    for attempt in range(_ATTEMPTS):
        opened: list[socket.socket] = []
        try:
            for address in addresses:
                chosen = opened[0].getsockname()[1] if opened else port
                opened.append(socket.create_server((address, chosen), backlog=1024))
        except OSError:
            for one in opened:
                one.close()
            if port or attempt == _ATTEMPTS - 1:
                raise
        else:
            return opened
    raise AssertionError("unreachable")


class Listener:
    """Answers on `sockets` from `content`; logs to `recorded` and waits `latency(host, path)` seconds where given."""

    def __init__(
        self,
        sockets: list[socket.socket],
        content: Content,
        recorded: list[Recorded] | None = None,
        latency: Callable[[str, str], float] | None = None,
    ) -> None:
        self._sockets = sockets
        self._content = content
        self._recorded = recorded
        self._latency = latency
        self._counts: dict[str, int] = {}
        self._opened: set[Connection] = set()
        self._loop = _new_loop()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve in a thread of its own until `stop`."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready.set,), name="generated-web", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Close the sockets and every connection."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._thread = None

    def serve(self, announce: Callable[[], object]) -> None:
        """Serve in this thread until interrupted; `announce` is called once requests are answered."""
        with suppress(KeyboardInterrupt):
            self._run(announce)

    def _run(self, announce: Callable[[], object]) -> None:
        loop = self._loop
        servers = loop.run_until_complete(self._open())
        loop.call_soon(announce)
        try:
            loop.run_forever()
        finally:
            for server in servers:
                server.close()
            for connection in list(self._opened):
                connection.abort()
            # One more turn lets the transports close their sockets.
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    async def _open(self) -> list[asyncio.Server]:
        loop = asyncio.get_running_loop()
        return [await loop.create_server(self._connection, sock=opened) for opened in self._sockets]

    def _connection(self) -> Connection:
        return Connection(self._content, self._counts, self._recorded, self._latency, self._opened)


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
