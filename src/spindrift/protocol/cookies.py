"""Cookies that travel with the metadata of a URL, as StormCrawler has them: there is no store of cookies.

The `set-cookie` values of an answer go on to the links of the page, and come back with its next fetch, where
`metadata.transfer` or `metadata.persist` names `<protocol.md.prefix>set-cookie`. A cookie without Domain is its host's
own; as the metadata leaves that host, the host is noted with it (`HostOnly=`), and a relative age becomes a date.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate
from http.cookiejar import http2time  # type: ignore[attr-defined]
from typing import Self

from yarl import URL

from spindrift.clock import Clock
from spindrift.conf.settings import Settings
from spindrift.metadata import Metadata
from spindrift.protocol.addresses import literal_address
from spindrift.urls.domains import is_public_suffix

MAX_COOKIES = 50
MAX_SIZE = 4096
MAX_AGE = 400 * 86_400
"""Seconds that a cookie is kept, however long it is meant to be, as browsers do (RFC 6265bis, 5.5)."""
_SET_COOKIE = "set-cookie"
_MAX_DIGITS = 12
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no cookie may hold anywhere (RFC 6265bis, 5.7), and what would end a line for those who keep its text."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie. `host`: the only one to get it; `domain`: it and all below it get it. Neither: whoever it is with."""

    name: str
    value: str
    domain: str = ""
    host: str = ""
    path: str = "/"
    secure: bool = False
    expires: float | None = None

    def belongs_to(self, url: URL, now: float) -> bool:
        """Whether it is to be sent to `url`."""
        host = (url.raw_host or "").lower()
        if self.expires is not None and self.expires <= now:
            return False
        if self.secure and url.scheme != "https":
            return False
        if self.domain and not _is_within(host, self.domain):
            return False
        if self.host and host != self.host:
            return False
        path = url.raw_path or "/"
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else self.path + "/")

    def as_text(self) -> str:
        """As it is kept in metadata."""
        parts = [f"{self.name}={self.value}", f"Path={self.path}"]
        if self.domain:
            parts.append(f"Domain={self.domain}")
        if self.host:
            parts.append(f"HostOnly={self.host}")
        if self.secure:
            parts.append("Secure")
        if self.expires is not None:
            parts.append(f"Expires={formatdate(self.expires, usegmt=True)}")
        return "; ".join(parts)


class CookieKeeper:
    """Puts the cookies that a URL is to keep among the headers of its answer (http.use.cookies)."""

    def __init__(self, prefix: str, clock: Clock) -> None:
        self._key = prefix + _SET_COOKIE
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> Self | None:
        """None where no cookies are used."""
        return cls(settings.text("protocol.md.prefix"), clock) if settings.flag("http.use.cookies") else None

    def keep(self, url: URL, metadata: Metadata, headers: Metadata) -> None:
        """Change the `set-cookie` of an answer's `headers`: those of the URL's `metadata`, and what `url` has set."""
        before = metadata.get(self._key, ())
        answered = headers.get(_SET_COOKIE, ())
        if before or answered:
            headers[_SET_COOKIE] = kept_cookies(list(before), answered, url, self._clock.time())


def cookie_header(values: Iterable[str], url: URL, now: float) -> str:
    """The Cookie header for `url`, of `set-cookie` values; empty for none."""
    cookies = [cookie for text in values if (cookie := parse_cookie(text, now)) and cookie.belongs_to(url, now)]
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies[-MAX_COOKIES:])


def kept_cookies(before: Sequence[str], answered: Sequence[str], url: URL, now: float) -> list[str]:
    """The cookies to keep after `url` has answered: those from `before`, replaced and removed by what it set.

    A cookie for a domain that `url` is not part of, or for a whole public suffix, is not taken.
    """
    host = (url.raw_host or "").lower()
    kept: dict[tuple[str, str, str], Cookie] = {}
    for text, is_new in [*((text, False) for text in before), *((text, True) for text in answered)]:
        cookie = parse_cookie(text, now, _directory(url) if is_new else "/")
        if cookie is None:
            continue
        if is_new:
            cookie = _of_host(replace(cookie, host=""), host)
        elif not cookie.domain and not cookie.host:
            cookie = replace(cookie, host=host)
        if cookie is None:
            continue
        place = (cookie.name, cookie.domain or cookie.host, cookie.path)
        kept.pop(place, None)
        if cookie.expires is None or cookie.expires > now:
            kept[place] = cookie
    return [cookie.as_text() for cookie in list(kept.values())[-MAX_COOKIES:]]


def parse_cookie(text: str, now: float, default_path: str = "/") -> Cookie | None:
    """One `set-cookie` value; None for what is none, or could not stand in a request."""
    if _CONTROLS.search(text.strip()):
        return None
    pair, *attributes = text.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not name or not equals or len(pair) > MAX_SIZE or not pair.isascii() or not pair.strip().isprintable():
        return None
    given: dict[str, str] = {}
    for attribute in attributes:
        key, _, content = attribute.partition("=")
        given[key.strip().lower()] = content.strip()
    path = given.get("path", "")
    return Cookie(
        name,
        value,
        domain=given.get("domain", "").lstrip(".").lower(),
        host=given.get("hostonly", "").lower(),
        path=path if path.startswith("/") else default_path,
        secure="secure" in given,
        expires=_expiry(given, now),
    )


def _expiry(given: dict[str, str], now: float) -> float | None:
    """The date at which a cookie ends, at most MAX_AGE away; None where it has none."""
    age = given.get("max-age", "")
    digits = age.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return now + min(int(age[:_MAX_DIGITS]), MAX_AGE) if not age.startswith("-") else 0.0
    found: float | None = http2time(given["expires"][:60]) if given.get("expires") else None
    return None if found is None else min(found, now + MAX_AGE)


def _of_host(cookie: Cookie, host: str) -> Cookie | None:
    """A new cookie with where it belongs; None where `host` may not set it."""
    if not cookie.domain or (cookie.domain == host and (literal_address(host) or is_public_suffix(host))):
        return replace(cookie, domain="", host=host)
    # Nobody may speak for all of co.uk.
    return cookie if _is_within(host, cookie.domain) and not is_public_suffix(cookie.domain) else None


def _is_within(host: str, domain: str) -> bool:
    return host == domain or (host.endswith("." + domain) and literal_address(host) is None)


def _directory(url: URL) -> str:
    path = url.raw_path
    return path[: path.rfind("/")] or "/" if path.startswith("/") else "/"
