"""Sessions of the requests library that connect where they are told to, and keep nothing to themselves."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import cookiejar_from_dict
from urllib3.connection import HTTPConnection, HTTPSConnection

from spindrift.protocol.answer_parser import MAX_HEAD, MAX_INTERIM

_MAX_LINE = 64 * 1024


class Attempt:
    """One request of a thread: where it may connect to, and the connection it has, which is cut when time is up."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.addresses = addresses
        self.connection: HTTPConnection | None = None
        self.out_of_time = False

    def peer(self) -> str:
        """The address at the other end; empty where there is none."""
        sock = self.connection.sock if self.connection is not None else None
        with suppress(OSError):
            return str(sock.getpeername()[0]) if sock is not None else ""
        return ""

    def cut(self) -> None:
        """End it: whatever is being waited for fails."""
        self.out_of_time = True
        sock = self.connection.sock if self.connection is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


_of_thread = threading.local()


@contextmanager
def one_attempt(addresses: tuple[str, ...], seconds: float) -> Iterator[Attempt]:
    """What guarded sessions send meanwhile, in this thread, goes to `addresses` (none: to a proxy), for `seconds`."""
    attempt = _of_thread.attempt = Attempt(addresses)
    timer = threading.Timer(seconds, attempt.cut)
    timer.daemon = True
    timer.start()
    try:
        yield attempt
    finally:
        timer.cancel()
        del _of_thread.attempt


class _Answer(HTTPResponse):
    """An answer; http.client passes over those that announce it (1xx) where they are 100, and takes others for it."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(1 + MAX_INTERIM):
            version, code, reason = super()._read_status()  # type: ignore[misc]
            if code >= 200 or code == 101:
                return version, code, reason
            self._pass_over_headers()
        raise HTTPException(f"more than {MAX_INTERIM} answers that announce another")

    def _pass_over_headers(self) -> None:
        size = 0
        while (line := self.fp.readline(_MAX_LINE)).rstrip(b"\r\n"):
            size += len(line)
            if size > MAX_HEAD:
                raise HTTPException(f"more than {MAX_HEAD:,} bytes of headers")


class _Guarded(HTTPConnection):
    """A connection to the addresses that were judged, and to no other that its name may have by now."""

    response_class = _Answer

    def request(self, *args: Any, **options: Any) -> None:
        _of_thread.attempt.connection = self
        super().request(*args, **options)

    def _new_conn(self) -> socket.socket:
        attempt: Attempt = _of_thread.attempt
        attempt.connection = self
        if not attempt.addresses:  # what is connected to is a proxy
            return super()._new_conn()
        error: OSError = ConnectionError("there is no address")
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        for address in attempt.addresses:
            try:
                sock = socket.create_connection((address, self.port), timeout)
            except OSError as refused:
                error = refused
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        raise error


class _GuardedTLS(_Guarded, HTTPSConnection):
    """The same with TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTLS


class GuardedAdapter(HTTPAdapter):
    """Makes guarded connections, and tells each proxy its own password: `authorizations`, by the proxy's URL."""

    def __init__(self) -> None:
        self.authorizations: dict[str, str] = {}
        super().__init__(pool_connections=64, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        authorization = self.authorizations.get(proxy.rstrip("/"))
        return {"Proxy-Authorization": authorization} if authorization else {}


def guarded_session(*, verify: bool) -> requests.Session:
    """A session that works within `one_attempt` only; without cookies, and without anything of the environment."""
    session = _Session()
    session.trust_env = False  # neither proxies, nor passwords, nor certificates of the environment
    session.verify = verify
    if not verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # it was asked for, once and for all
    session.cookies = cookiejar_from_dict({})
    session.cookies.set_policy(_NoCookies())
    session.mount("http://", GuardedAdapter())
    session.mount("https://", GuardedAdapter())
    return session


class _Session(requests.Session):
    """Looks at no redirect: requests does so also where it is to follow none, and fails if it cannot be read."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _NoCookies(DefaultCookiePolicy):
    """Cookies travel with the metadata of URLs; the client keeps none."""

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        return False
