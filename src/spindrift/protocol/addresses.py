"""Which IP addresses are public: the guard that keeps pages of public hosts from leading into private networks."""

import ipaddress
from functools import lru_cache

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_REFUSED = (
    # Reserved for protocol assignments; some clouds serve instance metadata from it. `is_global` takes parts of it
    # for public in some Python versions.
    ipaddress.ip_network("192.0.0.0/24"),
    # Public by number, yet the host service that a cloud offers to its own virtual machines.
    ipaddress.ip_network("168.63.129.16/32"),
)


def literal_address(host: str) -> IPAddress | None:
    """The address that a URL's host spells out (brackets and zone are ignored), or None for a name."""
    text = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(address: IPAddress) -> bool:
    """Whether an address may be reached from a link on a public page.

    False for private, loopback, link-local, shared, multicast, reserved and unspecified addresses, for the metadata
    services of clouds, and for IPv6 forms that carry such an IPv4 address (mapped, compatible, 6to4, NAT64).
    """
    if isinstance(address, ipaddress.IPv6Address):
        embedded = _embedded_ipv4(address)
        if embedded is not None:
            return is_public(embedded)
        if address.is_site_local:  # what fc00::/7 has replaced, global to Python
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _REFUSED)


@lru_cache(maxsize=8192)
def is_public_text(address: str) -> bool:
    """`is_public` of an address in text; False for what is none. Cached: asked for every connection and answer."""
    parsed = literal_address(address)
    return parsed is not None and is_public(parsed)


@lru_cache(maxsize=8192)
def known_privacy(host: str) -> bool | None:
    """Whether `host` is private, as far as its spelling tells: an address, or localhost and the names below it.

    None for any other name, which has to be looked up. Cached: asked for every request.
    """
    if is_localhost(host):
        return True
    literal = literal_address(host)
    return None if literal is None else not is_public(literal)


def is_localhost(host: str) -> bool:
    """Whether a name means this machine, whatever any resolver says (RFC 6761, 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _embedded_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _IPV4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
