"""Puts seeds into a frontier, also while a crawl runs."""

from collections.abc import Sequence
from typing import Final

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.records import InjectResult, StatusUpdate
from spindrift.frontier.seeds import Seed, SeedError, SeedPreparation
from spindrift.frontier.store_key import StoreKeys
from spindrift.scheduling import UrlLifecycle
from spindrift.status import Status

_BATCH: Final = 2000


def inject(frontier: Frontier, sources: Sequence[str], settings: Settings, clock: Clock | None = None) -> InjectResult:
    """Store the seeds of `sources` (URLs, or files of them) as DISCOVERED; what is known already stays as it is.

    Returns when they are durable. Raises ConfigurationError for a file that cannot be read, StoreError.
    """
    injection = _Injection(frontier, settings, clock or SystemClock())
    for seed in SeedPreparation.from_settings(settings).prepare_all(sources):
        injection.take(seed)
    injection.flush()
    return injection.result


class _Injection:
    def __init__(self, frontier: Frontier, settings: Settings, clock: Clock) -> None:
        self.result = InjectResult()
        self._frontier = frontier
        self._clock = clock
        self._lifecycle = UrlLifecycle.from_settings(settings)
        self._keys = StoreKeys.from_settings(settings)
        self._updates: dict[str, StatusUpdate] = {}

    def take(self, seed: Seed | SeedError) -> None:
        if isinstance(seed, SeedError):
            self.result.refused.append(str(seed))
        elif seed.url in self._updates:
            self.result.known += 1
        else:
            outcome = self._lifecycle.outcome(Status.DISCOVERED, seed.metadata, self._clock.time())
            key = self._keys.of(seed.url)
            self._updates[seed.url] = StatusUpdate(seed.url, key, outcome.status, outcome.metadata, outcome.next_fetch)
            if len(self._updates) >= _BATCH:
                self.flush()

    def flush(self) -> None:
        known = self._frontier.statuses(list(self._updates))
        self.result.known += len(known)
        self.result.added += len(self._updates) - len(known)
        self._frontier.put([update for url, update in self._updates.items() if url not in known])
        self._updates.clear()
