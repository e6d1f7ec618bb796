"""A small, fast HTTP/1.1 server for tests and benchmarks: it takes its turn on the cores that the crawler needs."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple, cast

MAX_HEAD = 64 * 1024


class Recorded(NamedTuple):
    """One request that was answered: `time.monotonic()` of its arrival and of the answer, host (with port), path."""

    start: float
    end: float
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: `host` as in the Host header, `headers` with lower-case names.

    `number` counts the requests for this host and path, from 1.
    """

    host: str
    path: str
    headers: Mapping[str, str]
    number: int


@dataclass(slots=True)
class Answer:
    """What to say. `delay` seconds pass first; `cut` closes the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    delay: float = 0.0
    cut: int | None = None

    def encode(self) -> bytes:
        """The answer as it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if "Content-Length" not in self.headers and self.status != HTTPStatus.NOT_MODIFIED:
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        return head + (self.body if self.cut is None else self.body[: self.cut])


class Content:
    """What a server shows; subclass and override `answer`. `ready` holds encoded answers by host + path, for speed."""

    def __init__(self) -> None:
        self.ready: dict[bytes, bytes] = {}
        """Host header followed by path, to the whole answer: served without a further look."""

    def answer(self, request: Request) -> Answer:
        """The answer to a request that `ready` does not hold."""
        raise NotImplementedError


class Connection(asyncio.Protocol):
    """One kept-alive connection: requests are answered one after the other."""

    def __init__(
        self,
        content: Content,
        counts: dict[str, int],
        recorded: list[Recorded] | None,
        latency: Callable[[str, str], float] | None,
        opened: set["Connection"],
    ) -> None:
        self._content = content
        self._counts = counts
        self._recorded = recorded
        self._latency = latency
        self._opened = opened
        self._rest = b""
        self._waiting: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._fast = recorded is None and latency is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._opened.add(self)

    def abort(self) -> None:
        """Close without a word."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._opened.discard(self)
        self._transport = None
        if self._waiting is not None:
            self._waiting.cancel()

    def data_received(self, data: bytes) -> None:
        self._rest += data
        self._serve()

    def _serve(self) -> None:
        while self._waiting is None and self._transport is not None:
            end = self._rest.find(b"\r\n\r\n")
            if end < 0:
                if len(self._rest) > MAX_HEAD:
                    self._transport.close()
                return
            head, self._rest = self._rest[:end], self._rest[end + 4 :]
            self._serve_one(head)

    def _serve_one(self, head: bytes) -> None:
        transport = self._transport
        assert transport is not None
        line, _, fields = head.partition(b"\r\n")
        method, _, rest = line.partition(b" ")
        target, _, version = rest.rpartition(b" ")
        lowered = fields.lower()
        host = _field(lowered, b"host")
        ready = self._content.ready.get(host + target) if self._fast and method == b"GET" else None
        if ready is not None and b"if-none-match" not in lowered:
            transport.write(ready)
            if b"connection: close" in lowered or version == b"HTTP/1.0":
                transport.close()
            return
        self._serve_slowly(method, host.decode("latin-1"), target.decode("latin-1"), fields, version)

    def _serve_slowly(self, method: bytes, host: str, path: str, fields: bytes, version: bytes) -> None:
        start = time.monotonic()
        headers = _headers(fields)
        number = self._counts[host + path] = self._counts.get(host + path, 0) + 1
        if method in (b"GET", b"HEAD"):
            answer = self._content.answer(Request(host, path, headers, number))
        else:
            answer = Answer(405, b"", {"Allow": "GET, HEAD", "Connection": "close"}, cut=0)
        close = answer.cut is not None or headers.get("connection", "").lower() == "close" or version == b"HTTP/1.0"
        encoded = answer.encode()
        if method == b"HEAD":
            encoded = encoded[: encoded.find(b"\r\n\r\n") + 4]
        delay = answer.delay + (self._latency(host, path) if self._latency else 0.0)
        if delay > 0:
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(delay, self._finish, start, host, path, encoded, close)
        else:
            self._finish(start, host, path, encoded, close)

    def _finish(self, start: float, host: str, path: str, encoded: bytes, close: bool) -> None:
        later, self._waiting = self._waiting, None
        # Recorded before the bytes leave: whoever has read the answer finds it in the log.
        if self._recorded is not None:
            self._recorded.append(Recorded(start, time.monotonic(), host, path))
        if self._transport is not None:
            self._transport.write(encoded)
            if close:
                self._transport.close()
        if later is not None:
            self._serve()


def _field(lowered: bytes, name: bytes) -> bytes:
    """Value of a header in lower-cased fields; empty where it is absent."""
    lines = b"\r\n" + lowered
    at = lines.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    end = lines.find(b"\r\n", start)
    return lines[start : end if end >= 0 else None].strip()


def _headers(fields: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in fields.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers
