"""Counts of a fetch engine, for the live display and for metrics."""

import heapq
from collections import Counter
from typing import Any, Self

from spindrift.clock import Clock
from spindrift.conf.settings import Settings
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import ROBOTS, Failed, Outcome, Refused
from spindrift.politeness.backoff import HostBackoff
from spindrift.politeness.queues import PolitenessQueues

_SLOWEST = 10
_MOST_COUNTED = 10_000
"""Hosts that are counted at the same time; then those with fewest pages are forgotten."""


class FetchStatistics:
    """Totals since the start, and how long each host took since the last report."""

    def __init__(self, hosts: int = 0) -> None:
        """`hosts`: of how many to tell one by one; 0: nothing is counted by host."""
        self.fetched = 0
        self.bytes = 0
        self.errors = 0
        self.exceptions = 0
        self.robots_fetched = 0
        self.robots_cached = 0
        self.fetch_seconds = 0.0
        self.queue_seconds = 0.0
        self.status_codes: Counter[str] = Counter()
        self._seconds: dict[str, tuple[float, int]] = {}
        self._most_hosts = hosts
        self._hosts: dict[str, list[float]] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """By host where metrics are served or logged: `metrics.port`, `metrics.log.interval`, `metrics.hosts`."""
        wanted = settings.limit("metrics.port") is not None or settings.seconds_or_none("metrics.log.interval")
        return cls(settings.integer("metrics.hosts") if wanted else 0)

    def count(self, item: FetchItem, outcome: Outcome) -> None:
        """Count the end of one item."""
        response = getattr(outcome, "response", None)
        if response is not None:
            self.fetched += 1
            self.bytes += len(response.content)
            self.status_codes[str(response.status_code)] += 1
            self.fetch_seconds += item.loading_seconds
            self.queue_seconds += item.queued_seconds
        elif isinstance(outcome, Failed):
            self.exceptions += 1
        if isinstance(outcome, Failed) or (isinstance(outcome, Refused) and outcome.cause != ROBOTS):
            self.errors += 1
        if item.asked_robots:
            self.robots_fetched += 1
        else:
            self.robots_cached += 1
        if self._most_hosts:
            self._count_host(item, 0 if response is None else len(response.content), fetched=response is not None)
        if item.loading_seconds:
            seconds, fetches = self._seconds.get(item.key, (0.0, 0))
            self._seconds[item.key] = (seconds + item.loading_seconds, fetches + 1)

    def report(self, queues: PolitenessQueues[FetchItem], backoff: HostBackoff, clock: Clock) -> dict[str, Any]:
        """A snapshot that any serializer takes.

        `slowest`: lists of key, seconds a fetch (or left of its hold), URLs queued, and the reason of a hold.
        """
        queued = {state.key: state.queued for state in queues.states()}
        now = clock.time()
        slow = [[host.key, host.until - now, queued.get(host.key, 0), host.reason] for host in backoff.held()]
        slow += [[key, seconds / n, queued.get(key, 0), ""] for key, (seconds, n) in self._seconds.items()]
        self._seconds.clear()
        return {
            "fetched": self.fetched,
            "bytes": self.bytes,
            "errors": self.errors,
            "active": queues.running,
            "queued": queues.queued,
            "queues": sum(1 for waiting in queued.values() if waiting),
            "slowest": heapq.nlargest(_SLOWEST, slow, key=lambda row: row[1]),
            "status_codes": dict(self.status_codes),
            "exceptions": self.exceptions,
            "robots_fetched": self.robots_fetched,
            "robots_cached": self.robots_cached,
            "fetch_seconds": self.fetch_seconds,
            "queue_seconds": self.queue_seconds,
            "hosts": self._by_host(queued),
        }

    def _count_host(self, item: FetchItem, size: int, *, fetched: bool) -> None:
        counted = self._hosts.get(item.key)
        if counted is None:
            if len(self._hosts) >= _MOST_COUNTED:
                self._hosts = dict(heapq.nlargest(_MOST_COUNTED // 2, self._hosts.items(), key=lambda host: host[1][0]))
            counted = self._hosts[item.key] = [0, 0, 0.0, 0]
        counted[0] += fetched
        counted[1] += size
        counted[2] += item.loading_seconds
        counted[3] += not fetched

    def _by_host(self, queued: dict[str, int]) -> list[list[Any]]:
        """Lists of key, pages, bytes, seconds of fetching, URLs without an answer, URLs queued; most pages first."""
        most = heapq.nlargest(self._most_hosts, self._hosts.items(), key=lambda host: host[1][0])
        return [[key, *counted, queued.get(key, 0)] for key, counted in most]
