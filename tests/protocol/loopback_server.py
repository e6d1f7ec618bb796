"""A server on loopback that answers as scripted, byte by byte, and records every request."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from tests.protocol.loopback_thread import LoopbackThread


@dataclass
class Request:
    """One recorded request; `start` and `end` are monotonic: its head had arrived, its answer was about to leave."""

    host: str
    path: str
    headers: dict[str, str]
    start: float
    end: float = float("inf")
    connection: int = 0
    method: str = "GET"
    body: bytes = b""


Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
Script = Callable[[Request], Answer]


def http(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole response; a keyword `content_type` is the header Content-Type."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class LoopbackServer(LoopbackThread):
    """Serves `script` on 127.0.0.1 (and further loopback addresses) in a thread of its own, as a context manager."""

    script: Script
    addresses: tuple[str, ...] = ("127.0.0.1",)
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    tls: ssl.SSLContext | None = None

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self, host: str | None = None) -> list[str]:
        """Paths asked for, in the order of the requests."""
        return [request.path for request in self.requests if host is None or request.host == host]

    async def listen(self) -> list[asyncio.Server]:
        first = await asyncio.start_server(self._serve, self.addresses[0], 0, backlog=512, ssl=self.tls)
        self.port = first.sockets[0].getsockname()[1]
        return [first, *[await asyncio.start_server(self._serve, each, self.port) for each in self.addresses[1:]]]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = self.connections
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                host = headers.get("host", "").partition(":")[0]
                method, path, _ = head[0].split(" ")
                now = time.monotonic()
                request = Request(host, path, headers, now, connection=connection, method=method, body=body)
                self.requests.append(request)
                answer = self.script(request)
                if isinstance(answer, bytes):
                    # Taken before the answer leaves: the client cannot have its end earlier than this.
                    request.end = time.monotonic()
                    writer.write(answer)
                    await writer.drain()
                else:
                    await answer(cast(asyncio.StreamWriter, _Noting(writer, request)))
                    if request.end == float("inf"):
                        request.end = time.monotonic()
                if writer.is_closing():
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client has gone, or the server is to stop
        finally:
            writer.close()


class _Noting:
    """A writer that notes the time before it writes, for the same reason."""

    def __init__(self, writer: asyncio.StreamWriter, request: Request) -> None:
        self._writer = writer
        self._request = request

    def write(self, data: bytes) -> None:
        self._request.end = time.monotonic()
        self._writer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def slowly(seconds: float, answer: bytes) -> Answer:
    """The same answer, after `seconds`."""

    async def send(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer)
        await writer.drain()

    return send


def endless(first: bytes, more: bytes, pause: float = 0.0) -> Answer:
    """An answer that never ends: `more` again and again, after so many seconds each."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(pause)

    return send


def closing(sent: bytes) -> Answer:
    """An answer after which the server hangs up."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()
        writer.close()

    return send


async def silent(writer: asyncio.StreamWriter) -> None:
    """No answer at all, on a connection that stays open."""
    await asyncio.sleep(3600)


async def reset(writer: asyncio.StreamWriter) -> None:
    """No answer, and the connection is reset."""
    writer.transport.abort()
