"""What failed, until it is time to try it again."""

import heapq
from itertools import count
from typing import Generic, NamedTuple, Protocol, TypeVar

from spindrift.broker.records import Record
from spindrift.clock import Clock

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 60.0


class Failed(Protocol):
    """What counts its failures."""

    @property
    def failures(self) -> int:
        """In a row."""


T = TypeVar("T", bound=Failed)


class Attempt(NamedTuple):
    """A record, and how often its tuple has failed in a row."""

    record: Record
    failures: int = 0


class Replays(Generic[T]):
    """Tries again after 1 s, then 2 s, up to 60 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = count()
        self._waiting: list[tuple[float, int, T]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, attempt: T) -> None:
        """One that has failed."""
        delay = min(_FIRST_SECONDS * 2 ** min(attempt.failures - 1, 10), _LONGEST_SECONDS)
        heapq.heappush(self._waiting, (self._clock.monotonic() + delay, next(self._order), attempt))

    def take(self) -> T | None:
        """One whose time has come."""
        if self._waiting and self._waiting[0][0] <= self._clock.monotonic():
            return heapq.heappop(self._waiting)[2]
        return None
