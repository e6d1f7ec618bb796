"""What a robots.txt says to one crawler (RFC 9309), read by Protego."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import ada_url
from protego import Protego

from spindrift.robots.decoding import decode_robots
from spindrift.robots.groups import WILDCARD, address_to_wildcard

MAX_SITEMAPS = 1000
"""More sitemaps than this are not taken from one robots.txt."""
LONGEST_DELAY = 1e9
"""Seconds (31 years): a longer Crawl-delay counts as this one, so that dates made of it stay dates."""
MAX_COMPARISONS = 20_000_000
"""Wildcard rules times characters of a URL (some 0.1 s): beyond it a URL counts as disallowed, so that no robots.txt
can stall a crawler. Of 600 real files the one with the most wildcards takes a URL of 62,000 characters."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one robots.txt for one crawler.

    `crawl_delay`: seconds between requests, None where nothing is asked. `sitemaps`: absolute http(s) URLs.
    """

    crawl_delay: float | None
    sitemaps: tuple[str, ...]
    _rules: Protego = field(repr=False)
    _wildcards: int = field(repr=False)

    def allowed(self, url: str) -> bool:
        """Whether `url` may be fetched. Only its path and query count; /robots.txt itself always may.

        Characters that a URL writes percent-encoded match either way. The time is linear in the URL's length and
        in the number of rules, whatever wildcards they hold. Never raises.
        """
        if self._wildcards * len(url) > MAX_COMPARISONS:
            return False
        try:
            return bool(self._rules.can_fetch(url, WILDCARD))
        except ValueError:  # urllib cannot read the authority, or a lone surrogate; rules ask for neither
            return bool(self._rules.can_fetch(f"http://host/{_path(url)}", WILDCARD))


def parse_robots(body: bytes | str, agents: Sequence[str], base_url: str = "") -> RobotsRules:
    """Read a robots.txt for a crawler that goes by `agents`. Never raises: what cannot be read says nothing.

    The first of the names that has a group of its own decides, else the group for `*`; case does not matter.
    `base_url`, the address of the robots.txt, resolves relative sitemaps; without it they are left out.
    """
    text = decode_robots(body) if isinstance(body, bytes) else body.removeprefix("\ufeff")
    # Lone surrogates (JSON can write them) are no text, and percent-encoding them raises.
    text = text.encode("utf-8", "replace").decode("utf-8")
    ours = address_to_wildcard(text, agents)
    rules = Protego.parse(ours)
    delay = rules.crawl_delay(WILDCARD)
    return RobotsRules(
        crawl_delay=None if delay is None else min(delay, LONGEST_DELAY),
        sitemaps=tuple(_absolute(rules.sitemaps, base_url)),
        _rules=rules,
        _wildcards=sum("*" in line for line in ours.split("\n")),
    )


def _path(url: str) -> str:
    rest = url.partition("://")[2].partition("/")[2] if "://" in url else url.lstrip("/")
    return rest.encode("utf-8", "replace").decode("utf-8")


def _absolute(sitemaps: Iterable[str], base_url: str) -> Iterable[str]:
    seen: set[str] = set()
    for sitemap in sitemaps:
        if len(seen) == MAX_SITEMAPS:
            return
        url = _web_url(sitemap, base_url)
        if url and url not in seen:
            seen.add(url)
            yield url


def _web_url(url: str, base_url: str) -> str:
    """`url` in absolute form; empty where it is not one of http or https."""
    for base in (base_url, ""):  # an unusable base does not hurt a URL that needs none
        try:
            href = ada_url.join_url(base, url) if base else ada_url.normalize_url(url)
        except ValueError:
            continue
        return href if href.startswith(("http://", "https://")) else ""
    return ""


ALLOW_ALL = parse_robots("", ())
DISALLOW_ALL = parse_robots("User-agent: *\nDisallow: /", ())
