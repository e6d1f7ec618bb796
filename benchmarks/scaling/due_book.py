"""What is due in a simulated crawl: the rate that politeness would allow, and the age of the oldest URL."""

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.scaling.web import Host

_GROUPS_PER_OCTAVE: Final = 4


@dataclass(slots=True)
class _Group:
    """Hosts with due URLs that may be asked about equally often."""

    hosts: int = 0
    rate: float = 0.0
    responses: float = 0.0
    threads: float = 0.0


@dataclass(slots=True)
class _Queue:
    """URLs that have become due, the earliest first; those that were fetched since are dropped when they come up."""

    waiting: deque[tuple[float, str]]

    def oldest(self, due: Mapping[str, float]) -> float | None:
        while self.waiting and due.get(self.waiting[0][1]) != self.waiting[0][0]:
            self.waiting.popleft()
        return self.waiting[0][0] if self.waiting else None


class DueBook:
    """Knows of each URL when it is due, independently of the frontier that is looked at. Times are epoch seconds.

    The polite maximum is the sum over the hosts that have a due URL of 1 / (pause + response time): as many requests
    a second as they would answer if each were always asked as soon as its pause is over; where there are too few fetch
    threads for that, all hosts get as many turns as those get that need no more. Hosts that never answer do not count.
    The age of the oldest URL is that of hosts that can keep up, and of all: a host with more URLs than it may
    be asked for in the time from one fetch to the next falls behind in any crawler.
    """

    def __init__(self, hosts: Mapping[str, Host], server_delay: float, interval: float | None) -> None:
        """`interval`: seconds until a page is due again; None: never."""
        self.urls = 0
        """How many are due now."""
        self._turns = {key: host.turn(server_delay) for key, host in hosts.items() if math.isfinite(host.response)}
        self._responses = {key: hosts[key].response for key in self._turns}
        self._keeps_up = {
            key for key, turn in self._turns.items() if interval is None or hosts[key].urls * turn < interval
        }
        self._due: dict[str, float] = {}
        self._future: list[tuple[float, str, str]] = []
        self._of_host: dict[str, int] = {}
        self._keeping_up, self._behind = _Queue(deque()), _Queue(deque())
        self._groups: dict[int, _Group] = defaultdict(_Group)

    def put(self, urls: Iterable[tuple[float, str, str]]) -> None:
        """When URLs will be due: (time, url, key). Those that were due are so no more; to be told of in time."""
        for when, url, key in urls:
            if key in self._turns:
                self.done(url, key)
                self._due[url] = when
                heapq.heappush(self._future, (when, url, key))

    def done(self, url: str, key: str) -> None:
        """A URL that is due is so no more."""
        if self._due.pop(url, None) is None:
            return
        self.urls -= 1
        left = self._of_host[key] - 1
        if left:
            self._of_host[key] = left
        else:
            del self._of_host[key]
            self._count(key, -1)

    def advance(self, now: float) -> None:
        """Take note of what has become due."""
        while self._future and self._future[0][0] <= now:
            when, url, key = heapq.heappop(self._future)
            (self._keeping_up if key in self._keeps_up else self._behind).waiting.append((when, url))
            self.urls += 1
            count = self._of_host[key] = self._of_host.get(key, 0) + 1
            if count == 1:
                self._count(key, 1)

    @property
    def hosts(self) -> int:
        """Hosts that have due URLs."""
        return len(self._of_host)

    def polite_maximum(self, threads: float) -> float:
        """Requests a second with so many fetch threads."""
        total, left = 0.0, threads
        responses = sum(group.responses for group in self._groups.values())
        hosts = self.hosts
        for number in sorted(self._groups):
            group = self._groups[number]
            if group.hosts and left / responses * group.hosts < group.rate:
                # From here on all hosts get the same number of turns.
                return total + left / responses * hosts
            total += group.rate
            left -= group.threads
            responses -= group.responses
            hosts -= group.hosts
        return total

    def oldest(self, now: float) -> tuple[float, float]:
        """The age in seconds of the oldest due URL: of a host that can keep up, and of any that answers."""
        first, other = self._keeping_up.oldest(self._due), self._behind.oldest(self._due)
        ages = [0.0 if when is None else now - when for when in (first, other)]
        return ages[0], max(ages)

    def _count(self, key: str, sign: int) -> None:
        turn, response = self._turns[key], self._responses[key]
        group = self._groups[-math.floor(math.log2(turn) * _GROUPS_PER_OCTAVE)]
        group.hosts += sign
        group.rate += sign / turn
        group.responses += sign * response
        group.threads += sign * response / turn
