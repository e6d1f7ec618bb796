"""RobotsFilter: links that robots.txt disallows need not be kept."""

from functools import lru_cache

from spindrift.conf import Settings
from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata
from spindrift.robots.known import known_robots
from spindrift.robots.lookup import shared_robots_lookup
from spindrift.robots.rules import RobotsRules


class RobotsFilter:
    """Refuses URLs that the robots.txt of their host disallows, as far as it is known: they never reach the frontier.

    The fetcher obeys robots.txt with or without this filter. `fromCacheOnly`, the default, goes by what the fetchers of
    this process have read, costs nothing and lets pass what they have not (so `spindrift crawl` then parses in the
    same process); with Storm, where each task is a process of its own, that is little. Without it, robots.txt is asked
    for and waited for, once a host and process (not in the fetcher, which goes on): for crawls of few hosts. What
    cannot be had passes. Reads http.* and robots.*.
    """

    class Params(FilterParams):
        """Parameters of RobotsFilter."""

        from_cache_only: bool = True
        """Go by what is known, and ask no host."""

    def __init__(self, params: Params, settings: Settings) -> None:
        self._allows = lru_cache(_REMEMBERED)(RobotsRules.allowed)
        self._skip = settings.flag("http.robots.file.skip")
        self._known = known_robots(settings)
        self.needs_this_process = params.from_cache_only and not self._skip
        self._lookup = None if params.from_cache_only or self._skip else shared_robots_lookup(settings)

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where it is disallowed."""
        if self._skip:
            return url
        rules = self._lookup.rules(url, source_metadata) if self._lookup else self._known.rules(url)
        return url if rules is None or self._allows(rules, url) else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """The rules are its host's."""
        return "the robots.txt of its host disallows it"


_REMEMBERED = 8192
"""Answers kept in memory: pages of a site have most of their links in common, and rules take 30 us."""
