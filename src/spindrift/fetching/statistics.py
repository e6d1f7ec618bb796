"""Counts of a fetch engine, for the live display and for metrics."""

import heapq
from collections import Counter
from typing import Any

from spindrift.clock import Clock
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import ROBOTS, Failed, Outcome, Refused
from spindrift.politeness.backoff import HostBackoff
from spindrift.politeness.queues import PolitenessQueues

_SLOWEST = 10


class FetchStatistics:
    """Totals since the start, and how long each host took since the last report."""

    def __init__(self) -> None:
        self.fetched = 0
        self.bytes = 0
        self.errors = 0
        self.status_codes: Counter[str] = Counter()
        self._seconds: dict[str, tuple[float, int]] = {}

    def count(self, item: FetchItem, outcome: Outcome) -> None:
        """Count the end of one item."""
        response = getattr(outcome, "response", None)
        if response is not None:
            self.fetched += 1
            self.bytes += len(response.content)
            self.status_codes[str(response.status_code)] += 1
        if isinstance(outcome, Failed) or (isinstance(outcome, Refused) and outcome.cause != ROBOTS):
            self.errors += 1
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
        }
