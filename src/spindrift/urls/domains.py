"""Registered domains: the part of a host that someone registered and pays for (`example.co.uk`)."""

from collections.abc import Iterator
from functools import cache, lru_cache

from tldextract import TLDExtract

from spindrift.urls.hosts import host_of

_LONGEST_NAME = 253


@lru_cache(maxsize=65_536)
def registered_domain(host_or_url: str) -> str:
    """The registered domain of a host or of an absolute URL.

    The host itself where it has none: an IP address, `localhost`, a name under an unknown top-level domain, a public
    suffix. By the ICANN part of the Public Suffix List that tldextract brings along; never the network. The list's
    private part is left out, as in StormCrawler's paid-level domains: `a.github.io` belongs to `github.io`.
    """
    host = host_of(host_or_url) if "/" in host_or_url else host_or_url.lower().rstrip(".")
    return _extract()(host).top_domain_under_public_suffix or host


@lru_cache(maxsize=8192)
def is_public_suffix(host: str) -> bool:
    """Whether everybody may register names below `host` (`co.uk`, and by the list's private part `github.io`)."""
    parts = _extract()(host.lower().strip("."), include_psl_private_domains=True)
    return bool(parts.suffix) and not parts.domain


def host_and_parents(host: str) -> Iterator[str]:
    """`www.example.org`, `example.org`, `org`. Nothing for a name too long to be one (253 characters, RFC 1035)."""
    if len(host) > _LONGEST_NAME:
        return
    while host:
        yield host
        host = host.partition(".")[2]


@cache
def _extract() -> TLDExtract:
    # No cache folder and no addresses: nothing is read but the list inside the package, once.
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=False)
