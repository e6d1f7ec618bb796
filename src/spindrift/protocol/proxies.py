"""Proxies: which one a request goes through."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import unquote
from urllib.request import getproxies_environment

from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, is_true
from spindrift.protocol.authorization import basic_authorization

SKIP = "http.proxy.skip"
"""In a URL's metadata, `true`: ask its server directly."""

_FORM = re.compile(
    r"(?P<scheme>[a-z0-9]+)://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^@:/\[\]]+):(?P<port>[0-9]{1,5})/?",
    re.IGNORECASE,
)
_EXPECTED = "expected http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"


@dataclass(eq=False, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is its Proxy-Authorization header. Compared by identity."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)
    used: int = 0
    running: int = 0


@contextmanager
def under_way(proxy: Proxy | None) -> Iterator[None]:
    """Counts a request as one that runs through `proxy` (None: through none)."""
    if proxy is None:
        yield
        return
    proxy.running += 1
    try:
        yield
    finally:
        proxy.running -= 1


class Rotation(StrEnum):
    """How one of several proxies is chosen."""

    ROUND_ROBIN = "ROUND_ROBIN"
    RANDOM = "RANDOM"
    LEAST_USED = "LEAST_USED"
    """The one with the fewest requests under way, and of those the one with the fewest so far."""


class Proxies:
    """Gives each request its proxy, by rotation; none to a URL whose metadata says so (`http.proxy.skip`)."""

    def __init__(
        self,
        proxies: Sequence[Proxy],
        rotation: Rotation = Rotation.ROUND_ROBIN,
        choice: Callable[[Sequence[Proxy]], Proxy] = random.choice,
    ) -> None:
        self._proxies = list(proxies)
        self._rotation = rotation
        self._choice = choice
        self._turn = 0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The proxies of http.proxy (or .host, .port, .user, .pass), http.proxy.file with http.proxy.rotation, or, with
        http.proxy.from.environment, of HTTP_PROXY; None: no proxy is used.

        Raises ConfigurationError, which shows no password.
        """
        rotation = Rotation(settings.text("http.proxy.rotation"))
        if file := settings.text("http.proxy.file"):
            return cls(_of_file(file), rotation)
        if one := settings.text("http.proxy"):
            return cls([_parse(one, "configuration key http.proxy")])
        if host := settings.text("http.proxy.host"):
            if settings.text("http.proxy.type").lower() != "http":
                raise ConfigurationError("configuration key http.proxy.type: only HTTP proxies are supported")
            user = settings.text("http.proxy.user")
            authorization = basic_authorization(user, settings.text("http.proxy.pass")) if user else ""
            return cls([Proxy(host, settings.integer("http.proxy.port"), authorization)])
        if settings.flag("http.proxy.from.environment"):
            return cls._of_environment(getproxies_environment())
        return None

    @classmethod
    def _of_environment(cls, environment: Mapping[str, str]) -> Self | None:
        name = environment.get("http") or environment.get("https") or environment.get("all")
        return cls([_parse(name, "environment variable HTTP_PROXY")]) if name else None

    def choose(self, metadata: Metadata) -> Proxy | None:
        """The proxy of the next request; who sends it says how long it is `under_way`."""
        if is_true(metadata, SKIP):
            return None
        proxy = self._next()
        proxy.used += 1
        return proxy

    def _next(self) -> Proxy:
        if len(self._proxies) == 1:
            return self._proxies[0]
        if self._rotation is Rotation.RANDOM:
            return self._choice(self._proxies)
        if self._rotation is Rotation.LEAST_USED:
            return min(self._proxies, key=lambda proxy: (proxy.running, proxy.used))
        self._turn = (self._turn + 1) % len(self._proxies)
        return self._proxies[self._turn - 1]


def _of_file(name: str) -> list[Proxy]:
    """One proxy a line; blank lines and those that start with # or // are comments."""
    try:
        lines = Path(name).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"configuration key http.proxy.file: {name} cannot be read: {error}") from None
    proxies, problems = [], []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith(("#", "//")):
            continue
        try:
            proxies.append(_parse(line, f"{name}, line {number}"))
        except ConfigurationError as error:
            problems += error.problems
    if not proxies and not problems:
        problems.append(f"configuration key http.proxy.file: {name} names no proxy; {_EXPECTED}, one a line")
    if problems:
        raise ConfigurationError(problems)
    return proxies


def _parse(text: str, where: str) -> Proxy:
    match = _FORM.fullmatch(text.strip())
    if match is None:  # not shown: there may be a password in it
        raise ConfigurationError(f"{where}: that is no proxy; {_EXPECTED}")
    if match["scheme"].lower() != "http":
        raise ConfigurationError(f"{where}: {match['scheme']} proxies are not supported; {_EXPECTED}")
    port = int(match["port"])
    if not 0 < port < 65536:
        raise ConfigurationError(f"{where}: there is no port {port}; {_EXPECTED}")
    user = unquote(match["user"] or "")
    authorization = basic_authorization(user, unquote(match["password"] or "")) if user else ""
    return Proxy(match["host"].strip("[]"), port, authorization)
