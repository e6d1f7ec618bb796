"""What happens every so many seconds, or once, of a virtual clock: exactly then, and in that order."""

import heapq
from collections.abc import Callable
from itertools import count
from threading import Lock

from spindrift.clock import VirtualClock

Action = Callable[[], object]


class VirtualTimer:
    """Stands in for the runner's timer: `advance` moves the clock from one action to the next, and does each in time.

    `between` is called after every moment in which something was done, so that its consequences come about first.
    """

    def __init__(self, clock: VirtualClock, between: Action = lambda: None) -> None:
        self._clock = clock
        self._between = between
        self._number = count()
        self._due: list[tuple[float, int, float | None, Action]] = []
        self._lock = Lock()

    def every(self, seconds: float, action: Action) -> None:
        """Do this every so many seconds from now on."""
        self._put(seconds, seconds, action)

    def once(self, seconds: float, action: Action) -> None:
        """Do this so many seconds from now."""
        self._put(seconds, None, action)

    def start(self) -> None:
        """Nothing: time moves by `advance` only."""

    def stop(self) -> None:
        """Do nothing any more."""
        with self._lock:
            self._due.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock on, and do what falls due on the way. Raises ValueError for a negative number."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back (advance({seconds!r}))")
        until = self._clock.monotonic() + seconds
        while (moment := self._next_moment()) is not None and moment <= until:
            self._clock.advance(max(0.0, moment - self._clock.monotonic()))
            for action in self._take(moment):
                action()
            self._between()
        self._clock.advance(max(0.0, until - self._clock.monotonic()))

    def _put(self, seconds: float, period: float | None, action: Action) -> None:
        with self._lock:
            heapq.heappush(self._due, (self._clock.monotonic() + seconds, next(self._number), period, action))

    def _next_moment(self) -> float | None:
        with self._lock:
            return self._due[0][0] if self._due else None

    def _take(self, moment: float) -> list[Action]:
        actions = []
        with self._lock:
            while self._due and self._due[0][0] <= moment:
                at, number, period, action = heapq.heappop(self._due)
                actions.append(action)
                if period is not None:
                    heapq.heappush(self._due, (at + period, number, period, action))
        return actions
