"""HTTP and HTTPS by the requests library: one thing after the other, in the thread that asks."""

import asyncio
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any, ClassVar, Self

import requests
import urllib3
from yarl import URL

from spindrift.metadata import Metadata
from spindrift.protocol.addresses import is_public_text, literal_address
from spindrift.protocol.answer_parser import MAX_HEAD
from spindrift.protocol.answers import header_lists, trimming, utf8_or_latin1
from spindrift.protocol.causes import TIMEOUT, UNKNOWN_HOST
from spindrift.protocol.cookies import CookieKeeper
from spindrift.protocol.decoding import BodyCollector, ContentLimitReachedError, UndecodableError, known_encodings
from spindrift.protocol.http import content_limit_of, parse_url
from spindrift.protocol.interface import FROM_SETTINGS, ProtocolContext
from spindrift.protocol.proxies import Proxies, Proxy, under_way
from spindrift.protocol.reach import PrivateReach
from spindrift.protocol.requests import RequestWriter
from spindrift.protocol.requests_causes import cause_of
from spindrift.protocol.requests_session import GuardedAdapter, guarded_session, one_attempt
from spindrift.protocol.resolver import PRIVATE_ADDRESS, HostResolver, SystemLookup
from spindrift.protocol.response import FetchFailure, Response

_PIECE = 64 * 1024
_BROKEN = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    UndecodableError,
    OSError,
    ValueError,
)


class RequestsProtocol:
    """Fetches with requests, as SimpleFetcherBolt does; what it sends, and what it refuses, is as with HttpProtocol.

    A fetch blocks a thread. Keys: as HttpProtocol, without http.store.headers and
    http.retry.on.connection.failure.
    """

    asks_robots: ClassVar[bool] = True
    is_polite: ClassVar[bool] = True

    def __init__(self, context: ProtocolContext) -> None:
        settings = context.settings
        self._clock = context.clock
        self._bodies = context.bodies
        self._requests = RequestWriter(settings, context.user_agent, context.clock)
        self._proxies = Proxies.from_settings(settings)
        self._cookies = CookieKeeper.from_settings(settings, self._clock)
        self._limit = settings.limit("http.content.limit")
        self._partial_as_trimmed = settings.flag("http.content.partial.as.trimmed")
        self._silence = settings.seconds("http.timeout")
        self._total = settings.seconds("http.timeout.total")
        self._own_lookup = SystemLookup() if context.lookup is None else None
        self._resolver = HostResolver(context.lookup or self._own_lookup or SystemLookup(), context.clock)
        self._reach = PrivateReach(settings, self._resolver)
        verify = not settings.flag("http.trust.everything")
        # As in HttpProtocol: a connection to a private address is never lent to a request that must not reach one.
        self._public = guarded_session(verify=verify)
        self._private = guarded_session(verify=verify)

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """See `Protocol`."""
        return cls(context)

    def origin(self, url: str) -> str:
        """See `Protocol`."""
        return str(parse_url(url).origin())

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """See `Protocol`."""
        target = parse_url(url)
        host = target.raw_host or ""
        proxy = self._proxies.choose(metadata) if self._proxies is not None else None
        limit = content_limit_of(metadata, self._limit) if content_limit == FROM_SETTINGS else content_limit
        addresses: tuple[str, ...] = ()
        if proxy is None:
            addresses = await self._addresses(host, metadata)
        elif not self._reach.allows(metadata) and await self._reach.seems_private(host):
            raise FetchFailure(PRIVATE_ADDRESS, host)
        response = await asyncio.to_thread(self._ask, url, target, metadata, addresses, proxy, limit)
        if proxy is not None:
            response.is_public = not await self._reach.seems_private(host)
        return response

    def allows_private(self, metadata: Metadata) -> bool:
        """See `Protocol`."""
        return self._reach.allows(metadata)

    async def is_private(self, url: str) -> bool:
        """See `Protocol`."""
        return await self._reach.is_private(parse_url(url).raw_host or "")

    async def close(self) -> None:
        """See `Protocol`."""
        self._public.close()
        self._private.close()
        if self._own_lookup is not None:
            self._own_lookup.close()

    async def _addresses(self, host: str, metadata: Metadata) -> tuple[str, ...]:
        """Where to connect to: all addresses, or the public ones."""
        literal = literal_address(host)
        try:
            addresses = (str(literal),) if literal is not None else await self._resolver.addresses(host)
        except OSError as error:
            raise FetchFailure(UNKNOWN_HOST, f"{host}: {error}") from error
        if not self._reach.allows(metadata):
            addresses = tuple(address for address in addresses if is_public_text(address))
        if not addresses:
            raise FetchFailure(PRIVATE_ADDRESS, host)
        return addresses

    def _ask(
        self,
        url: str,
        target: URL,
        metadata: Metadata,
        addresses: tuple[str, ...],
        proxy: Proxy | None,
        limit: int | None,
    ) -> Response:
        method, headers, body = self._requests.compose(target, metadata)
        session = self._public if addresses and all(map(is_public_text, addresses)) else self._private
        bare = str(target.with_user(None).with_fragment(None))  # no password, and nothing written otherwise
        prepared = requests.Request(method, bare, headers=headers, data=body or None).prepare()
        prepared.url = bare
        prepared.headers.pop("Cookie", None)
        prepared.headers.update({name: value for name, value in headers.items() if name == "Cookie"})
        proxies = {}
        if proxy is not None:
            place = f"http://{f'[{proxy.host}]' if ':' in proxy.host else proxy.host}:{proxy.port}"
            proxies = {"http": place, "https": place}
            for adapter in session.adapters.values():
                if isinstance(adapter, GuardedAdapter):
                    adapter.authorizations[place] = proxy.authorization
        response = Response(url, 0)
        collector: BodyCollector | None = None
        with one_attempt(addresses, self._total) as attempt, under_way(proxy):
            try:
                answer = session.send(
                    prepared,
                    stream=True,
                    timeout=self._silence,
                    allow_redirects=False,
                    proxies=proxies,
                    verify=session.verify,
                )
                with answer:
                    if attempt.out_of_time:  # http.client takes headers that break off for whole ones
                        raise TimeoutError("the headers had not arrived in time")
                    response.status_code = answer.status_code
                    response.headers = header_lists(_bounded(answer.raw.headers))
                    response.address = "" if proxy is not None else attempt.peer()
                    if self._cookies is not None:
                        self._cookies.keep(target, metadata, response.headers)
                    collector = BodyCollector(known_encodings(response.headers.get("content-encoding", ())), limit)
                    _collect(answer.raw, collector, whole=method != "HEAD")
            except ContentLimitReachedError:
                response.trimmed = "length"
            except _BROKEN as error:
                response.trimmed = self._salvage(error, response, collector, out_of_time=attempt.out_of_time)
        if collector is not None:
            response.content = self._bodies.hand_out(collector.content())
        return response

    def _salvage(
        self, error: Exception, response: Response, collector: BodyCollector | None, *, out_of_time: bool
    ) -> str:
        """As in HttpProtocol: the reason of the trimming, or FetchFailure."""
        reason = trimming(response, collector, out_of_time=out_of_time, partial_as_trimmed=self._partial_as_trimmed)
        if reason is None:
            raise FetchFailure(TIMEOUT if out_of_time else cause_of(error), str(error)[:500]) from error
        return reason


def _collect(raw: urllib3.BaseHTTPResponse, collector: BodyCollector, *, whole: bool) -> None:
    for piece in raw.stream(_PIECE, decode_content=False):
        for decoded in collector.decode(piece):
            collector.keep(decoded)
    if whole and not collector.is_complete():
        raise UndecodableError("the compressed body ends too early")


def _bounded(headers: Any) -> Iterator[tuple[str, str]]:
    """The headers as http.client has read them, which knows no limit of all of them together."""
    size = 0
    for name, value in headers.iteritems():
        size += len(name) + len(value)
        if size > MAX_HEAD:
            raise HTTPException(f"more than {MAX_HEAD:,} bytes of headers")
        yield name, utf8_or_latin1(value.encode("latin-1", "replace"))
