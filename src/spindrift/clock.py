"""Time as a dependency: everything that waits or stamps takes a `Clock`, so that tests can move it by hand."""

import time
from typing import Protocol


class Clock(Protocol):
    """What spindrift asks of a clock."""

    def time(self) -> float:
        """Wall-clock time in seconds since the epoch: for dates that are stored."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back: for delays and time-outs."""
        ...


class SystemClock:
    """The machine's clock."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class VirtualClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock on by `seconds` (not negative)."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back (advance({seconds!r}))")
        self._now += seconds
