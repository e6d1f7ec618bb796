"""The host of a URL, fast for URLs as pages write them."""

import re

from spindrift.urls.parsing import parse

# A host that no rule of the standard changes or refuses: lower-case ASCII, no punycode (which may be invalid), and a
# last label that cannot be read as a number (which would make the host an IPv4 address). The port cannot be too big.
_NAME = r"(?:(?!xn--)[a-z0-9_][a-z0-9_-]*+\.)*+(?!xn--)[a-z][a-z0-9_-]*+"
# Four decimal numbers without leading zeros are an IPv4 address as the standard writes it.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}(?![0-9a-z._-])"
PLAIN_HOST = rf"(?:{_IPV4}|{_NAME})"
PLAIN_PORT = r"(?::(?:[1-5][0-9]{4}|[1-9][0-9]{0,3})(?![0-9]))?+"

_plain = re.compile(rf"https?://({PLAIN_HOST}){PLAIN_PORT}(?:[/?#]|\Z)").match


def host_of(url: str) -> str:
    """The host of an absolute URL, in lower case and punycode, without the port (IPv6 in brackets).

    "" where there is none, or where `url` is not a URL.
    """
    match = _plain(url)
    if match:
        return match[1]
    parts = parse(url)
    return parts.host if parts else ""


def host_and_port(text: str) -> tuple[str, str]:
    """The host, as `host_of` writes it, and the port of `host`, `host:port` or a URL, as people write them.

    The port is "" where there is none, and for 80 and 443, which URLs do not name. What is no host comes back in lower
    case.
    """
    urls = [text] if "://" in text else [f"http://{text}", f"https://{text}"]
    found = [parts for url in urls if (parts := parse(url)) is not None]
    return (found[0].host, min(parts.port for parts in found)) if found else (text.lower(), "")
