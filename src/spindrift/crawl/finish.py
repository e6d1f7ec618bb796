"""When a crawl is over: nothing is in flight, and nothing is due soon."""

from collections.abc import Callable

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.protocol import Frontier

SHORTEST_HORIZON = 10.0
_MOST_HELD = 1000


class FinishLine:
    """Says whether a crawl is over; ask now and then.

    `given_out` counts the URLs that the frontier spout emitted so far. `horizon` (seconds): what is due within it is
    waited for, and within `longest_pause` what the pause of a host holds, which is not to blame for it. Over means
    that two looks in a row found nothing in flight and nothing due, and that no URL was given out between them: a URL
    that came and went between two questions may have left links that are not stored yet.
    """

    def __init__(
        self,
        frontier: Frontier,
        in_flight: Callable[[], int],
        given_out: Callable[[], int],
        horizon: float,
        clock: Clock,
        longest_pause: float = 0.0,
    ) -> None:
        self._frontier = frontier
        self._in_flight = in_flight
        self._given_out = given_out
        self._horizon = horizon
        self._clock = clock
        self._longest_pause = longest_pause
        self._quiet_at: int | None = None

    def crossed(self) -> bool:
        """Whether the crawl is over."""
        given_out = self._given_out()
        if not self._is_quiet():
            self._quiet_at = None
            return False
        if self._quiet_at != given_out or self._given_out() != given_out:
            self._quiet_at = given_out
            return False
        return True

    def _is_quiet(self) -> bool:
        # In this order: what leaves the flight is in the frontier by then.
        if self._in_flight() > 0:
            return False
        now = self._clock.time()
        try:
            due = self._frontier.next_due(now)
            waits = due is not None and (due <= now + self._horizon or self._pauses(due, now))
        except StoreError:  # a server that is away: whether something is due is not known
            return False
        return not waits and self._in_flight() == 0

    def _pauses(self, due: float, now: float) -> bool:
        if due > now + self._longest_pause:
            return False
        return any(host.failures == 0 for host in self._frontier.hosts(_MOST_HELD, held_only=True, now=now))
