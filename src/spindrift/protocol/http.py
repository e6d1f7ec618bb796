"""HTTP and HTTPS by aiohttp: one request in, one bounded and decoded response out, redirects not followed."""

import asyncio
import ssl
from functools import lru_cache, partial
from typing import ClassVar, Self

import aiohttp
from aiohttp import StreamReader
from aiohttp.http import HttpProcessingError
from yarl import URL

from spindrift.clock import Clock, SystemClock
from spindrift.conf.settings import Settings
from spindrift.metadata import Metadata, first
from spindrift.protocol.addresses import known_privacy
from spindrift.protocol.answers import header_lists, trimming, utf8_or_latin1
from spindrift.protocol.bodies import BodyBudget, Reception
from spindrift.protocol.causes import MALFORMED_URL, failure_of
from spindrift.protocol.connections import Connections, Exchange, Origin
from spindrift.protocol.cookies import CookieKeeper
from spindrift.protocol.decoding import BodyCollector, ContentLimitReachedError, UndecodableError, known_encodings
from spindrift.protocol.interface import FROM_SETTINGS, ProtocolContext
from spindrift.protocol.proxies import Proxies, Proxy, under_way
from spindrift.protocol.reach import PrivateReach
from spindrift.protocol.requests import RequestWriter
from spindrift.protocol.resolver import PRIVATE_ADDRESS, HostResolver, Lookup, SystemLookup
from spindrift.protocol.response import FetchFailure, Response
from spindrift.protocol.verbatim import verbatim_record

CONTENT_LIMIT = "http.content.limit"
"""In a URL's metadata: bytes of its content that are kept, -1 for all."""

_BROKEN = (aiohttp.ClientError, HttpProcessingError, aiohttp.EofStream, UndecodableError, OSError, ValueError)


class HttpProtocol:
    """Fetches over HTTP; one per fetcher task, to be used within one event loop.

    Keys: http.timeout (to connect, and longest silence), http.timeout.total, http.content.limit,
    http.content.partial.as.trimmed, http.accept, http.accept.language, http.trust.everything,
    http.retry.on.connection.failure, http.allow.private.addresses, http.store.headers, http.use.cookies, http.proxy.*,
    protocol.md.prefix (where conditional requests find etag and last-modified), and those of RequestWriter. A URL's
    metadata may ask for a content limit (http.content.limit) and for no proxy (http.proxy.skip). Passwords in URLs are
    not sent. HTTP/1.1 only.
    """

    asks_robots: ClassVar[bool] = True
    is_polite: ClassVar[bool] = True

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """See `Protocol`."""
        return cls(
            context.settings, context.user_agent, clock=context.clock, lookup=context.lookup, bodies=context.bodies
        )

    def __init__(
        self,
        settings: Settings,
        user_agent: str,
        *,
        clock: Clock | None = None,
        lookup: Lookup | None = None,
        bodies: BodyBudget | None = None,
    ) -> None:
        self._bodies = bodies or BodyBudget(None)
        self._limit = settings.limit("http.content.limit")
        self._partial_as_trimmed = settings.flag("http.content.partial.as.trimmed")
        self._retry = settings.flag("http.retry.on.connection.failure")
        self._silence = settings.seconds("http.timeout")
        self._total = settings.seconds("http.timeout.total")
        self._clock = clock or SystemClock()
        self._requests = RequestWriter(settings, user_agent, self._clock)
        self._proxies = Proxies.from_settings(settings)
        self._cookies = CookieKeeper.from_settings(settings, self._clock)
        self._verbatim = settings.flag("http.store.headers")
        self._own_lookup = SystemLookup() if lookup is None else None
        self._resolver = HostResolver(lookup or self._own_lookup or SystemLookup(), self._clock)
        self._reach = PrivateReach(settings, self._resolver)
        tls = partial(_tls_context, verify=not settings.flag("http.trust.everything"))
        # Connections to private addresses are kept apart, so that a request that must not reach them cannot be given
        # one that an allowed request has opened.
        self._public = Connections(self._resolver, tls, public_only=True, connect_timeout=self._silence)
        self._private = Connections(self._resolver, tls, public_only=False, connect_timeout=self._silence)
        # A proxy may well be on a private address; where it leads to is judged by the name of the host alone.
        self._proxied = Connections(self._resolver, tls, public_only=False, connect_timeout=self._silence)

    def origin(self, url: str) -> str:
        """Scheme, host and port of `url`. Raises FetchFailure ("malformed URL")."""
        return str(parse_url(url).origin())

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """Ask for `url` once, conditionally where `metadata` knows of an earlier answer.

        `content_limit` is in decoded bytes, None for no limit. Raises FetchFailure where there is no answer.
        """
        target = parse_url(url)
        host = target.raw_host or ""
        proxy = self._proxies.choose(metadata) if self._proxies is not None else None
        exchange = Exchange(
            await self._connections(host, metadata, proxy),
            Origin(target.scheme, host, target.port or 0, proxy),
            self._silence,
        )
        request = self._requests.write(target, metadata, proxy)
        response = Response(url, 0)
        collector: BodyCollector | None = None
        complete = False
        began = self._clock.time() if self._verbatim else 0.0
        with self._bodies.receive() as reception, under_way(proxy):
            try:
                async with asyncio.timeout(self._total) as deadline:
                    message, body = await exchange.ask(request)
                    response.status_code = message.code
                    response.headers = header_lists((name, _text(value)) for name, value in message.headers.items())
                    response.address = exchange.address
                    if self._verbatim:
                        response.verbatim = verbatim_record(request, message, exchange, began)
                    if proxy is not None:
                        response.address = ""
                        response.is_public = not await self._reach.seems_private(host)
                    if self._cookies is not None:
                        self._cookies.keep(target, metadata, response.headers)
                    limit = content_limit_of(metadata, self._limit) if content_limit == FROM_SETTINGS else content_limit
                    collector = BodyCollector(known_encodings(response.headers.get("content-encoding", ())), limit)
                    await _collect(body, collector, reception, deadline, whole=not request.is_head)
                    complete = True
            except FetchFailure as failure:
                failure.unseen = failure.unseen and self._retry
                raise
            except ContentLimitReachedError:
                response.trimmed = "length"
            except _BROKEN as error:
                response.trimmed = self._salvage(error, response, collector, out_of_time=deadline.expired())
            finally:
                exchange.end(complete=complete)
            if collector is not None:
                response.content = self._bodies.hand_out(collector.content())
        return response

    async def is_private(self, url: str) -> bool:
        """Whether the host of `url` is a private address, or a name that has no public one.

        Raises FetchFailure for a malformed URL and for a host that is not known.
        """
        return await self._reach.is_private(parse_url(url).raw_host or "")

    def allows_private(self, metadata: Metadata) -> bool:
        """See `Protocol`."""
        return self._reach.allows(metadata)

    async def close(self) -> None:
        """Close every connection."""
        self._public.close()
        self._private.close()
        self._proxied.close()
        if self._own_lookup is not None:
            self._own_lookup.close()
        await asyncio.sleep(0)  # let the connections hear of it

    async def _connections(self, host: str, metadata: Metadata, proxy: Proxy | None) -> Connections:
        if self._reach.allows(metadata):
            if proxy is not None:
                return self._proxied
            return self._private if await self._reach.is_private(host) else self._public
        if known_privacy(host) or (proxy is not None and await self._reach.seems_private(host)):
            raise FetchFailure(PRIVATE_ADDRESS, host)
        return self._public if proxy is None else self._proxied  # the former judges the addresses of names itself

    def _salvage(
        self, error: Exception, response: Response, collector: BodyCollector | None, *, out_of_time: bool
    ) -> str:
        """The reason of the trimming of an answer that broke off. Raises FetchFailure where it is not worth keeping."""
        reason = trimming(response, collector, out_of_time=out_of_time, partial_as_trimmed=self._partial_as_trimmed)
        if reason is None:
            if collector is not None:
                collector.discard()  # aiohttp's stream and the traceback hold each other, and would hold the pieces
            raise failure_of(error) from error
        return reason


async def _collect(
    body: StreamReader, collector: BodyCollector, reception: Reception, deadline: asyncio.Timeout, *, whole: bool
) -> None:
    while True:
        if reception.must_wait():  # and let the server wait, too, before more of it is in memory
            await _room(reception, deadline)
        piece = await body.readany()
        if not piece:
            break
        for decoded in collector.decode(piece):
            if reception.must_wait():
                await _room(reception, deadline)
            reception.grow(len(decoded))
            collector.keep(decoded)
    if whole and not collector.is_complete():
        raise UndecodableError("the compressed body ends too early")


async def _room(reception: Reception, deadline: asyncio.Timeout) -> None:
    """Wait for room; the server, which waits as well, is not to blame for the time that takes."""
    loop = asyncio.get_running_loop()
    left = (deadline.when() or 0.0) - loop.time()
    deadline.reschedule(None)
    await reception.room()
    deadline.reschedule(loop.time() + left)


def content_limit_of(metadata: Metadata, default: int | None) -> int | None:
    """The content limit of a URL: that of its metadata (http.content.limit; -1 for none), else the `default`."""
    if CONTENT_LIMIT in metadata:
        text = (first(metadata, CONTENT_LIMIT) or "").strip()
        if text == "-1":
            return None
        if text.isascii() and text.isdigit() and len(text) < 16:
            return int(text)
    return default


@lru_cache(maxsize=1024)
def parse_url(url: str) -> URL:
    """`url` ready to be requested exactly as it is written. Raises FetchFailure ("malformed URL")."""
    # Blanks, control characters and non-ASCII would break the request line; yarl escapes what can be escaped.
    plain = url.isascii() and url.isprintable() and " " not in url
    try:
        parsed = URL(url, encoded=plain)
        usable = parsed.scheme in ("http", "https") and bool(parsed.raw_host) and parsed.port is not None
    except ValueError as error:
        raise FetchFailure(MALFORMED_URL, str(error)) from error
    if not usable:
        raise FetchFailure(MALFORMED_URL, f"{url[:200]} is not an http(s) URL with a host")
    return parsed


def _text(value: str) -> str:
    """A header value without the surrogates that aiohttp leaves for bytes that are not UTF-8."""
    return value if value.isascii() else utf8_or_latin1(value.encode("utf-8", "surrogateescape"))


@lru_cache(maxsize=2)
def _tls_context(*, verify: bool) -> ssl.SSLContext:
    # Made when first needed, and once: it reads all the certificates that the machine trusts.
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context
