"""Connections that are kept alive, and one exchange of a request and an answer on them.

aiohttp's connection protocol, parser (see `answer_parser`) and body streams are used directly. Its ClientSession, on
top of them, costs some 90 microseconds of processor time a request more (235 instead of 145 were measured), repeats
broken requests by itself, and hides whether a connection was a used one, and who answered.
"""

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import aiohappyeyeballs
import aiohttp
from aiohttp import StreamReader
from aiohttp.http import HttpProcessingError
from aiohttp.http_parser import RawResponseMessage

from spindrift.protocol.addresses import is_public_text, literal_address
from spindrift.protocol.answer_parser import MAX_HEAD, AnswerHandler
from spindrift.protocol.causes import UNKNOWN_HOST, cause_of
from spindrift.protocol.proxies import Proxy
from spindrift.protocol.requests import HttpRequest
from spindrift.protocol.resolver import PRIVATE_ADDRESS, HostResolver
from spindrift.protocol.response import FetchFailure
from spindrift.protocol.tunnel import open_tunnel

MAX_IDLE = 512
"""Connections kept without use; with more, the one that was used longest ago is closed. They are open files."""

_KEEP_ALIVE = 10.0
_HAPPY_EYEBALLS_DELAY = 0.25  # RFC 8305


class Origin(NamedTuple):
    """What a connection leads to, and through which proxy; `host` is a name, or an address without brackets."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None


class Connections:
    """Opens connections and keeps them for the next request, within one event loop.

    With `public_only`, connections are opened to public addresses only: the address is judged that is connected to,
    so that there is no gap for a name that changes its address. `connect_timeout` (seconds) is for name, TCP and TLS.
    `tls` gives the context of https connections.
    """

    def __init__(
        self, hosts: HostResolver, tls: Callable[[], ssl.SSLContext], *, public_only: bool, connect_timeout: float
    ) -> None:
        self._hosts = hosts
        self._tls = tls
        self._public_only = public_only
        self._connect_timeout = connect_timeout
        self._idle: OrderedDict[tuple[Origin, int], tuple[AnswerHandler, float]] = OrderedDict()
        self._by_origin: dict[Origin, list[int]] = {}
        self._number = 0
        self._sweep: asyncio.TimerHandle | None = None

    def take_idle(self, origin: Origin) -> AnswerHandler | None:
        """A kept connection that seems to be open; it may turn out to be closed by the server."""
        numbers = self._by_origin.get(origin)
        while numbers:
            number = numbers.pop()
            if not numbers:
                del self._by_origin[origin]
            handler, _ = self._idle.pop((origin, number))
            if handler.is_connected() and not handler.should_close:
                return handler
            handler.abort()
        return None

    async def open(self, origin: Origin) -> AnswerHandler:
        """A new connection. Raises FetchFailure (private address, Unknown host), OSError and TimeoutError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._connect_timeout):
            proxy = origin.proxy
            host, port = (origin.host, origin.port) if proxy is None else (proxy.host, proxy.port)
            sock = await aiohappyeyeballs.start_connection(
                [_address_info(address, port) for address in await self._addresses(host)],
                happy_eyeballs_delay=_HAPPY_EYEBALLS_DELAY,
                loop=loop,
            )
            secure = origin.scheme == "https"
            if proxy is not None and secure:
                await open_tunnel(loop, sock, origin.host, origin.port, proxy.authorization)
            _, handler = await loop.create_connection(
                lambda: AnswerHandler(loop),
                sock=sock,
                ssl=self._tls() if secure else None,
                server_hostname=origin.host.rstrip(".") if secure else None,
            )
        return handler

    def keep(self, origin: Origin, handler: AnswerHandler) -> None:
        """Take back a connection whose last exchange is complete."""
        loop = asyncio.get_running_loop()
        self._number += 1
        self._idle[origin, self._number] = (handler, loop.time())
        self._by_origin.setdefault(origin, []).append(self._number)
        if len(self._idle) > MAX_IDLE:
            self._close_oldest()
        if self._sweep is None:
            self._sweep = loop.call_later(_KEEP_ALIVE, self._close_expired)

    def close(self) -> None:
        """Close all kept connections."""
        if self._sweep is not None:
            self._sweep.cancel()
        while self._idle:
            self._close_oldest()

    async def _addresses(self, host: str) -> tuple[str, ...]:
        literal = literal_address(host)
        try:
            addresses = await self._hosts.addresses(host) if literal is None else (str(literal),)
        except OSError as error:
            raise FetchFailure(UNKNOWN_HOST, f"{host}: {error}") from error
        if not self._public_only:
            return addresses
        public = tuple(address for address in addresses if is_public_text(address))
        if not public:
            raise FetchFailure(PRIVATE_ADDRESS, f"{host} is {', '.join(addresses)}")
        return public

    def _close_oldest(self) -> None:
        (origin, number), (handler, _) = self._idle.popitem(last=False)
        self._by_origin[origin].remove(number)
        if not self._by_origin[origin]:
            del self._by_origin[origin]
        handler.abort()

    def _close_expired(self) -> None:
        self._sweep = None
        loop = asyncio.get_running_loop()
        while self._idle:
            _, since = next(iter(self._idle.values()))
            left = since + _KEEP_ALIVE - loop.time()
            if left > 0:
                self._sweep = loop.call_later(left + 0.1, self._close_expired)
                return
            self._close_oldest()


class Exchange:
    """One request and its answer. `end` it, whatever happens."""

    def __init__(self, connections: Connections, origin: Origin, silence: float) -> None:
        self._connections = connections
        self._origin = origin
        self._silence = silence
        self._handler: AnswerHandler | None = None
        self.address = ""
        """IP address that answered."""

    async def ask(self, request: HttpRequest) -> tuple[RawResponseMessage, StreamReader]:
        """Send `request`; the head of the answer, and its body as a stream.

        Raises FetchFailure with `unseen` where a request breaks on a kept connection, which the server may have closed
        meanwhile, and may be repeated: not here, as whoever asks has to keep a pause between two requests. The next
        one gets a new connection, on which the same error is the server's answer.
        """
        handler = self._connections.take_idle(self._origin)
        if handler is not None:
            try:
                return await self._send(handler, request)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                handler.abort()
                if not request.repeatable:
                    raise
                while (other := self._connections.take_idle(self._origin)) is not None:
                    other.abort()
                raise FetchFailure(cause_of(error), str(error)[:500], unseen=True) from error
        return await self._send(await self._connections.open(self._origin), request)

    def end(self, *, complete: bool) -> None:
        """Keep the connection if the answer was read to its end and allows it, else close it."""
        handler, self._handler = self._handler, None
        if handler is None:
            return
        if complete and handler.is_connected() and not handler.should_close:
            self._connections.keep(self._origin, handler)
        else:
            handler.abort()

    def security(self) -> tuple[str, ...]:
        """TLS version and cipher of the connection; nothing where it has none."""
        transport = self._handler.transport if self._handler is not None else None
        tls = transport.get_extra_info("ssl_object") if transport is not None else None
        return (tls.version(), tls.cipher()[0]) if tls is not None else ()

    async def _send(self, handler: AnswerHandler, request: HttpRequest) -> tuple[RawResponseMessage, StreamReader]:
        self._handler = handler
        transport = handler.transport
        if transport is None:
            raise aiohttp.ServerDisconnectedError
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        handler.expect(head_only=request.is_head, silence=self._silence)
        transport.write(request.data)
        handler.start_timeout()
        message, body = await handler.read()
        _check_size(message)
        return message, body


def _check_size(message: RawResponseMessage) -> None:
    size = sum(len(name) + len(value) for name, value in message.raw_headers)
    if size > MAX_HEAD:
        raise HttpProcessingError(message=f"{size:,} bytes of headers, at most {MAX_HEAD:,} are taken")


def _address_info(address: str, port: int) -> tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]:
    """One address as `socket.getaddrinfo` would give it."""
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)
