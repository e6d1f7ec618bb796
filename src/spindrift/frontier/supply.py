"""Feeds a spout from a frontier: asks for batches, leases URLs, replays what failed, keeps to a limit of pages."""

import heapq
import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final, NamedTuple

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.protocol import WHOLE, Frontier, Shard
from spindrift.frontier.records import UrlRecord
from spindrift.status import Status

log = logging.getLogger(__name__)

FIRST_REPLAY_SECONDS: Final = 1.0
LONGEST_REPLAY_SECONDS: Final = 60.0
_MOST_UNRESOLVED: Final = 1000
LOOK_SECONDS: Final = 1.0
"""How soon URLs are noticed that another process puts into a frontier that has nothing due."""
_QUERY_SHARE: Final = 5
"""Asking early, as acks have made room, may take a fifth of the time."""
_SHORTEST_DELAY: Final = 0.05
"""Asking commits what waits to be stored; many small commits cost more than few large ones."""
_PACE_SECONDS: Final = 1.0
"""For how long an ack counts towards its key's pace, at least; twice that at most."""


@dataclass(frozen=True, slots=True)
class SupplyLimits:
    """Delays in seconds; None: no limit."""

    batch: int = 1000
    per_key: int = 10
    min_delay: float = 0.2
    max_delay: float = 20.0
    max_pages: int | None = None
    max_replays: int | None = None


@dataclass(slots=True)
class SupplyCounts:
    """What happened since the start."""

    emitted: int = 0
    """Without replays."""
    acked: int = 0
    failed: int = 0
    """Each failure is followed by a replay, or the URL is given up."""
    given_up: int = 0
    query_seconds: float = 0.0
    """How long the last question to the frontier took."""


class _Answer(NamedTuple):
    """What the frontier gave; where it gave nothing, in how many seconds something will be due, if ever."""

    records: list[UrlRecord]
    until_due: float | None = None


class UrlSupply:
    """The URLs that one spout task has taken from the frontier and answers for.

    A URL is in flight from the moment it was taken until it is acked or given up, and is given out by no other batch
    meanwhile. All in memory: after a crash the frontier gives it again. For one thread; the questions to the frontier
    run on `executor`, so that `take` never waits.

    A key may have more than `per_key` URLs in flight by as many as it had acked lately: what waits for its status to
    be stored shall not keep the fetcher of a quick host waiting.

    `give_up` is called with a URL that failed more than `max_replays` times; it has to call back the given function,
    from any thread, when the URL may be forgotten.
    """

    def __init__(
        self,
        frontier: Frontier,
        limits: SupplyLimits,
        clock: Clock,
        executor: Executor,
        give_up: Callable[[UrlRecord, Callable[[], None]], None],
        shard: Shard = WHOLE,
    ) -> None:
        self.counts = SupplyCounts()
        self.in_flight: dict[str, set[str]] = {}
        self._frontier = frontier
        self._limits = limits
        self._clock = clock
        self._executor = executor
        self._give_up = give_up
        self._shard = shard
        self._buffer: deque[UrlRecord] = deque()
        self._emitted: dict[str, UrlRecord] = {}
        self._failures: dict[str, int] = {}
        self._replays: list[tuple[float, str]] = []
        self._forgotten: deque[UrlRecord] = deque()
        self._query: Future[_Answer] | None = None
        self._look: Future[bool] | None = None
        self._asked = self._looked = clock.monotonic()
        self._wait = 0.0
        self._acked_since = False
        self._fetched = 0
        self._unresolved: list[str] = []
        self._pace: Counter[str] = Counter()
        self._pace_before: Counter[str] = Counter()
        self._pace_since = self._asked

    def take(self) -> UrlRecord | None:
        """The next URL to emit; None: none now."""
        while self._forgotten:
            self._forget(self._forgotten.popleft())
        self._refill()
        now = self._clock.monotonic()
        if self._replays and self._replays[0][0] <= now:
            return self._emitted[heapq.heappop(self._replays)[1]]
        if not self._buffer or self.limit_reached():
            return None
        record = self._buffer.popleft()
        self._emitted[record.url] = record
        self.counts.emitted += 1
        return record

    def ack(self, url: str) -> None:
        """The URL's status is stored, and so are its links."""
        record = self._emitted.pop(url, None)
        if record is None:
            return
        self.counts.acked += 1
        self._acked_since = True
        self._pace[record.key] += 1
        self._unresolved.append(url)
        if len(self._unresolved) >= _MOST_UNRESOLVED:
            self.pages()
        self._forget(record)

    def fail(self, url: str) -> None:
        """Offer it again after a while, or give it up."""
        record = self._emitted.get(url)
        if record is None:
            return
        self.counts.failed += 1
        failures = self._failures[url] = self._failures.get(url, 0) + 1
        if self._limits.max_replays is not None and failures > self._limits.max_replays:
            self.counts.given_up += 1
            del self._emitted[url]
            self._give_up(record, lambda: self._forgotten.append(record))
            return
        delay = min(FIRST_REPLAY_SECONDS * 2 ** min(failures - 1, 10), LONGEST_REPLAY_SECONDS)
        heapq.heappush(self._replays, (self._clock.monotonic() + delay, url))

    def release(self, url: str) -> None:
        """It was given back untried: it is due in the frontier as before."""
        record = self._emitted.pop(url, None)
        if record is not None:
            self._forget(record)

    @property
    def settled(self) -> bool:
        """Whether nothing that was given out is still to be acked or given up."""
        return not self._emitted

    def limit_reached(self) -> bool:
        """Whether what was fetched and what may yet be would be more than the limit of pages, with one URL more."""
        limit = self._limits.max_pages
        if limit is None or len(self._emitted) + self._fetched + len(self._unresolved) < limit:
            return False
        # What cannot be asked now may be pages, all of it.
        return len(self._emitted) + self.pages() + len(self._unresolved) >= limit

    def pages(self) -> int:
        """URLs that were given out and stored as FETCHED: what `max_pages` counts, and a crawl shows as its pages.

        As far as is known: a store whose server is away cannot be asked.
        """
        if self._unresolved:
            # Only now, and all at once: not every status that is stored is a page that was fetched.
            try:
                statuses = self._frontier.statuses(self._unresolved)
            except StoreError:
                return self._fetched
            self._fetched += sum(statuses.get(url) is Status.FETCHED for url in self._unresolved)
            self._unresolved.clear()
        return self._fetched

    def figures(self) -> dict[str, float]:
        """For a display: the counts, `pages`, `buffered` of so many `queues` (keys), `in_flight`, of which so many wait
        for a `replay`, and `limit_reached` (0 or 1).
        """
        counts = self.counts
        return {
            "pages": self.pages(),
            "buffered": len(self._buffer),
            "queues": len({record.key for record in self._buffer}),
            "in_flight": len(self._emitted),
            "replay": len(self._replays),
            "emitted": counts.emitted,
            "acked": counts.acked,
            "failed": counts.failed,
            "given_up": counts.given_up,
            "query_ms": counts.query_seconds * 1000,
            "limit_reached": float(self.limit_reached()),
        }

    def _refill(self) -> None:
        """Take in the answer of the frontier, or ask for one when it is time."""
        now = self._clock.monotonic()
        if self._query is not None:
            if self._query.done():
                self._receive(self._query)
                self._query = None
            return
        if len(self._buffer) * 4 >= self._limits.batch:
            return
        if (now - self._asked < self._delay() and not self._has_news(now)) or self.limit_reached():
            return
        self._asked = now
        self._acked_since = False
        in_flight = {key: tuple(urls) for key, urls in self.in_flight.items()}
        wanted = self._limits.batch - len(self._buffer)
        self._query = self._executor.submit(self._due, self._clock.time(), wanted, in_flight, self._quick_keys(now))

    def _due(
        self, now: float, wanted: int, in_flight: Mapping[str, Collection[str]], quick: Mapping[str, int]
    ) -> _Answer:
        """On the executor's thread."""
        began = self._clock.monotonic()
        try:
            records = self._frontier.due(now, wanted, self._limits.per_key, in_flight, self._shard, quick)
        finally:
            self.counts.query_seconds = self._clock.monotonic() - began
        later = None if records else self._frontier.next_due(now)
        # Not after now: something is due but in flight, and what ends that will be seen here.
        return _Answer(records, later - now if later is not None and later > now else None)

    def _quick_keys(self, now: float) -> Mapping[str, int]:
        """How many URLs each key had acked lately."""
        if now - self._pace_since >= _PACE_SECONDS:
            recent = now - self._pace_since < 2 * _PACE_SECONDS
            self._pace_before = self._pace if recent else Counter()
            self._pace = Counter()
            self._pace_since = now
        return self._pace + self._pace_before

    def _has_news(self, now: float) -> bool:
        """Whether another process wrote to the frontier; looks once a second while it is not asked anyway."""
        if self._look is None:
            if now - max(self._asked, self._looked) >= LOOK_SECONDS:
                self._looked = now
                self._look = self._executor.submit(self._frontier.written_elsewhere, self._shard)
            return False
        if not self._look.done():
            return False
        look, self._look = self._look, None
        return look.exception() is None and look.result()

    def _delay(self) -> float:
        if self._buffer:
            return self._limits.min_delay if self._acked_since else self._wait
        soonest = max(self.counts.query_seconds * _QUERY_SHARE, _SHORTEST_DELAY)
        if self._acked_since:
            # Acks made room, and may have brought links: the reason to wait is gone.
            return min(self._limits.min_delay, soonest)
        # Asking has what was fetched stored and acked: wait for as long as half of a key's URLs take at this pace.
        acked = self._pace.total() + self._pace_before.total()
        if not acked:
            return self._wait
        return min(self._wait, max(soonest, self._limits.per_key * _PACE_SECONDS / (2 * acked)))

    def _receive(self, query: Future[_Answer]) -> None:
        error = query.exception()
        records, until_due = _Answer([]) if error is not None else query.result()
        if error is not None and not isinstance(error, StoreError):  # those the store logs itself: once
            log.error("the frontier could not be asked for URLs: %s", error)
        for record in records:
            self.in_flight.setdefault(record.key, set()).add(record.url)
        self._buffer.extend(records)
        longest = self._limits.max_delay
        self._wait = self._limits.min_delay if records else min(max(self._wait * 2, self._limits.min_delay), longest)
        if until_due is not None:
            self._wait = min(self._wait, max(until_due, self._limits.min_delay))

    def _forget(self, record: UrlRecord) -> None:
        self._failures.pop(record.url, None)
        urls = self.in_flight.get(record.key)
        if urls is not None:
            urls.discard(record.url)
            if not urls:
                del self.in_flight[record.key]
