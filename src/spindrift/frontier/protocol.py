"""The interface that every frontier has; `tests/frontier/contract.py` says what an implementation must hold to."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from spindrift.frontier.records import HostRecord, StatusUpdate, UrlRecord
from spindrift.status import Status

OnDurable = Callable[[BaseException | None], None]
"""Called once, on any thread: None when the write is durable, otherwise the error. Must neither block nor raise."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The part of the keys that one of several spout tasks takes: those with `hash(key) % count == index`."""

    index: int = 0
    count: int = 1


WHOLE = Shard()
NO_KEYS: Final[Mapping[str, int]] = MappingProxyType({})


class Claim(Protocol):
    """The right to crawl a shard; nobody else has it until it is released, or the process ends however it ends."""

    def release(self) -> None:
        """Give the right back; once is enough, more does no harm."""
        ...


class Frontier(Protocol):
    """All URLs that are known, their statuses, when they are due, and which hosts are to be left alone.

    Thread-safe. Times are seconds since the epoch.
    """

    def put(self, updates: Sequence[StatusUpdate], on_durable: OnDurable | None = None) -> None:
        """Store `updates`, in their order. With `on_durable`: returns at once; without: when they are durable.

        Raises StoreError (without `on_durable`) when they could not be stored.
        """
        ...

    def due(
        self,
        now: float,
        limit: int,
        per_key: int,
        in_flight: Mapping[str, Collection[str]],
        shard: Shard = WHOLE,
        quick: Mapping[str, int] = NO_KEYS,
    ) -> list[UrlRecord]:
        """At most `limit` URLs that are due, the earliest first within a key, interleaved over the keys.

        `in_flight` has, by key, the URLs that were given out and neither acked nor failed: they are not given again,
        and no key gets more than `per_key` with them counted; for a key in `quick`, so many of them are not counted.
        Keys take turns over calls, so that a key with many due URLs does not starve others. Keys that are held are
        left out. Needs a `claim` on the shard to be exact.
        """
        ...

    def written_elsewhere(self, shard: Shard = WHOLE) -> bool:
        """Whether another process wrote to the store since `due` was last asked for `shard`: a reason to ask again.

        Costs next to nothing, however many URLs there are. False where it cannot be told.
        """
        ...

    def hold(self, key: str, until: float, reason: str, failures: int, on_durable: OnDurable | None = None) -> None:
        """Give out no URL of `key` before `until` (0 releases it). Durable as `put`."""
        ...

    def pause(self, key: str, until: float, on_durable: OnDurable | None = None) -> None:
        """The crawl that is running asks nothing of `key` before `until`: a hold for the next one only, which begins
        with a `claim`. Durable as `put`.
        """
        ...

    def claim(self, shard: Shard = WHOLE) -> Claim:
        """The sole right to crawl `shard` of this store. Raises StoreError when another crawl has it."""
        ...

    def is_being_crawled(self) -> bool:
        """Whether anybody has a claim at the moment; to be asked of a store that can only be read, too."""
        ...

    def get(self, url: str) -> UrlRecord | None:
        """All that is known of a URL."""
        ...

    def beginning(self, prefix: str, key: str, limit: int) -> list[str]:
        """Known URLs of `key` that begin with `prefix`. Looks at all URLs of that key."""
        ...

    def statuses(self, urls: Sequence[str]) -> dict[str, Status]:
        """The statuses of those of `urls` that are known."""
        ...

    def count_by_status(self) -> dict[str, int]:
        """URLs by status; every status is a key. Cheap enough for a display that refreshes."""
        ...

    def count_hosts(self) -> int:
        """How many keys have URLs."""
        ...

    def hosts(self, limit: int, held_only: bool = False, now: float | None = None) -> list[HostRecord]:
        """The keys with most URLs; or those that are held at `now` (None: this moment), the longest hold first."""
        ...

    def next_due(self, now: float) -> float | None:
        """When the earliest URL may be fetched, counting holds, not what is in flight; None: never.

        Not after `now` when something is due; then the value says no more than that.
        """
        ...

    def records(self, status: Status | None = None) -> Iterator[UrlRecord]:
        """All URLs, or those of a status, in the order they came; or, where a store does not know it, of the URLs."""
        ...
