"""The host of a URL, fast for URLs as pages write them."""

import re
from functools import lru_cache

from spindrift.urls.parsing import parse, place

# A host that no rule of the standard changes or refuses: lower-case ASCII, no punycode (which may be invalid), and a
# last label that cannot be read as a number (which would make the host an IPv4 address). The port cannot be too big.
_NAME = r"(?:(?!xn--)[a-z0-9_][a-z0-9_-]*+\.)*+(?!xn--)[a-z][a-z0-9_-]*+"
# Four decimal numbers without leading zeros are an IPv4 address as the standard writes it.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}(?![0-9a-z._-])"
PLAIN_HOST = rf"(?:{_IPV4}|{_NAME})"
PLAIN_PORT = r"(?::(?:[1-5][0-9]{4}|[1-9][0-9]{0,3})(?![0-9]))?+"

_plain = re.compile(rf"https?://({PLAIN_HOST}){PLAIN_PORT}(?:[/?#]|\Z)").match
_plain_origin = re.compile(rf"(https?://{PLAIN_HOST}(?!:(?:80|443)(?![0-9])){PLAIN_PORT})(?:[/?#]|\Z)").match
# Scheme and authority, where nothing that follows can change what is read of them: no user name, and no control
# character, which would be dropped. A host has 253 characters, more where they are written as escapes.
_before_path = re.compile(r"https?://[^/?#\\@\x00-\x20\x7f]{1,1000}(?=[/?#\\]|\Z)").match


def host_of(url: str) -> str:
    """The host of an absolute URL, in lower case and punycode, without the port (IPv6 in brackets).

    "" where there is none, or where `url` is not a URL.
    """
    match = _plain(url)
    if match:
        return match[1]
    start = _before_path(url)
    return (_place(start[0]) if start else place(url))[0]


def origin_of(url: str) -> str:
    """Scheme, host and port of `url`: what a robots.txt holds for. Empty where `url` is not one of http or https."""
    match = _plain_origin(url)
    if match:
        return match[1]
    start = _before_path(url)
    return (_place(start[0]) if start else place(url))[1]


# Several filters ask for the host of a link in turn, and a page has many links to one host.
_place = lru_cache(maxsize=4096)(place)


def host_and_port(text: str) -> tuple[str, str]:
    """The host, as `host_of` writes it, and the port of `host`, `host:port` or a URL, as people write them.

    The port is "" where there is none, and for 80 and 443, which URLs do not name. What is no host comes back in lower
    case.
    """
    urls = [text] if "://" in text else [f"http://{text}", f"https://{text}"]
    found = [parts for url in urls if (parts := parse(url)) is not None]
    return (found[0].host, min(parts.port for parts in found)) if found else (text.lower(), "")
