"""The time of an archive."""

from spindrift.clock import SystemClock


class ArchiveClock:
    """A clock whose date stands still, so that a replay stores the same dates each time; its seconds go on."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._running = SystemClock()

    def time(self) -> float:
        """The date of the archive, in epoch seconds."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that pass."""
        return self._running.monotonic()
