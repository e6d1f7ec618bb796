"""Puts seeds into a frontier, also while a crawl runs."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.records import InjectResult, StatusUpdate, UrlRecord
from spindrift.frontier.seeds import Seed, SeedError, SeedPreparation, check_sources
from spindrift.frontier.store_key import StoreKeys
from spindrift.scheduling import UrlLifecycle
from spindrift.status import Status

_BATCH: Final = 2000


def inject(frontier: Frontier, sources: Sequence[str], settings: Settings, clock: Clock | None = None) -> InjectResult:
    """Store the seeds of `sources` (URLs, or files of them) as DISCOVERED; what is known already stays as it is.

    Returns when they are durable. Raises ConfigurationError for files that cannot be read, StoreError.
    """
    return Injection(sources, settings, clock).into(frontier)


class Injection:
    """Seeds on their way into a frontier.

    Whatever can be wrong with them is found before there is a store: the constructor raises ConfigurationError for all
    files that cannot be read and for a configuration that does not fit, `usable` tells whether there is anything to
    store. `into` works once. `filters`: the URL filters of the crawl, where they are loaded already.
    """

    def __init__(
        self,
        sources: Sequence[str],
        settings: Settings,
        clock: Clock | None = None,
        filters: URLFilters | None = None,
    ) -> None:
        check_sources(sources)
        self.result = InjectResult()
        self.known: UrlRecord | None = None
        """One of the seeds that were known already, as it is stored."""
        self._clock = clock or SystemClock()
        self._lifecycle = UrlLifecycle.from_settings(settings)
        self._keys = StoreKeys.from_settings(settings)
        preparation = SeedPreparation.from_settings(settings) if filters is None else SeedPreparation(filters)
        self._seeds = preparation.prepare_all(sources)
        self._ahead: deque[Seed] = deque()
        self._updates: dict[str, StatusUpdate] = {}

    def usable(self) -> bool:
        """Whether any seed can be used; what was refused up to the first that can is in `result`."""
        if not self._ahead:
            self._ahead.extend(seed for seed in [next(self._usable(), None)] if seed is not None)
        return bool(self._ahead)

    def into(self, frontier: Frontier, *, again: bool = False) -> InjectResult:
        """Store them; with `again`, those that are known are made due now. Returns when they are durable."""
        while self._ahead:
            self._take(frontier, self._ahead.popleft(), again)
        for seed in self._usable():
            self._take(frontier, seed, again)
        self._flush(frontier, again)
        return self.result

    def _usable(self) -> Iterator[Seed]:
        for seed in self._seeds:
            if isinstance(seed, SeedError):
                self.result.refused.append(str(seed))
            else:
                if seed.warning:
                    self.result.warnings.append(seed.warning)
                yield seed

    def _take(self, frontier: Frontier, seed: Seed, again: bool) -> None:
        if seed.url in self._updates:
            self.result.known += 1
            return
        outcome = self._lifecycle.outcome(Status.DISCOVERED, seed.metadata, self._clock.time())
        key = self._keys.of(seed.url)
        self._updates[seed.url] = StatusUpdate(seed.url, key, outcome.status, outcome.metadata, outcome.next_fetch)
        if len(self._updates) >= _BATCH:
            self._flush(frontier, again)

    def _flush(self, frontier: Frontier, again: bool) -> None:
        known = frontier.statuses(list(self._updates))
        self.result.known += len(known)
        self.result.added += len(self._updates) - len(known)
        updates = [update for url, update in self._updates.items() if url not in known]
        if known and self.known is None:
            self.known = frontier.get(next(iter(known)))
        if again:
            updates += self._due_now(record for url in known if (record := frontier.get(url)) is not None)
        frontier.put(updates)
        self._updates.clear()

    def _due_now(self, records: Iterator[UrlRecord]) -> Iterator[StatusUpdate]:
        """As they are, but due. Those that are only DISCOVERED are, and no update would change them."""
        now = self._clock.time()
        for record in records:
            if record.next_fetch is None or record.next_fetch > now:
                self.result.again += 1
                yield StatusUpdate(record.url, record.key, record.status, record.metadata, now)
