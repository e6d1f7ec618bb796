"""Hosts that ask for a pause or keep failing: who is left alone, until when, and why."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spindrift.clock import Clock
from spindrift.conf.settings import Settings

MAX_HOSTS = 100_000
"""Hosts in trouble that are remembered; beyond it, those that were heard of longest ago are forgotten."""

PAUSE = "pause"
"""The reason of a HostState that says no more than that the usual pause is long; it matters to the next crawl."""
LONG_PAUSE = 5.0
"""Seconds above which a pause shall outlive the process: to start one takes as long."""

_JITTER = 0.1
_SHORTEST = 1.0  # "Retry-After: 0" is no licence to ask in a loop


@dataclass(frozen=True, slots=True)
class HostState:
    """A change of what is known of a host: to be left alone until then (epoch seconds), or free again (0.0)."""

    key: str
    until: float
    reason: str
    failures: int


@dataclass(slots=True)
class _Trouble:
    failures: int = 0
    pauses: int = 0
    until: float = 0.0
    reason: str = ""


class HostBackoff:
    """A circuit breaker a host. Closed: failures in a row are counted, and at `threshold` it opens.
    Open: the host is left alone, each time twice as long, from `first` to `longest` seconds. Half open: the pause is
    over, and the next answer decides: a failure opens it again, any other answer closes it.

    429 and 503 open it at once, for as long as Retry-After says. `jitter` gives numbers from 0 to 1; up to a tenth of
    a pause is added, so that hosts that failed together are not tried together. Keys: fetcher.backoff.*.
    """

    def __init__(
        self, *, first: float, longest: float, threshold: int, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        self._first = first
        self._longest = longest
        self._threshold = threshold
        self._clock = clock
        self._jitter = jitter
        self._hosts: OrderedDict[str, _Trouble] = OrderedDict()

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, jitter: Callable[[], float]) -> "HostBackoff":
        """As the fetcher.backoff.* keys say."""
        return cls(
            first=settings.seconds("fetcher.backoff.min"),
            longest=settings.seconds("fetcher.backoff.max"),
            threshold=settings.integer("fetcher.backoff.failures"),
            clock=clock,
            jitter=jitter,
        )

    def held_until(self, key: str) -> float | None:
        """Until when (epoch seconds, maybe past) a host is held; None for one that is not."""
        trouble = self._hosts.get(key)
        return trouble.until if trouble is not None and trouble.until else None

    def state(self, key: str) -> HostState | None:
        """The state of a host that is being left alone; None of any other."""
        trouble = self._hosts.get(key)
        if trouble is None or trouble.until <= self._clock.time():
            return None
        return HostState(key, trouble.until, trouble.reason, trouble.failures)

    def paused(self, key: str, seconds: float) -> HostState | None:
        """The state to announce of a host with a pause of so many `seconds` now; None where that is not worth it."""
        if seconds <= LONG_PAUSE or self.state(key) is not None:
            return None
        return HostState(key, self._clock.time() + seconds, PAUSE, 0)

    def held(self) -> Iterator[HostState]:
        """The hosts that are being left alone, for reports."""
        now = self._clock.time()
        for key, trouble in self._hosts.items():
            if trouble.until > now:
                yield HostState(key, trouble.until, trouble.reason, trouble.failures)

    def succeeded(self, key: str) -> HostState | None:
        """The host has answered; the state to announce where that releases it."""
        trouble = self._hosts.get(key)
        if trouble is None or trouble.until > self._clock.time():
            return None  # while it is open: an answer to a request from before, which says nothing about now
        del self._hosts[key]
        return HostState(key, 0.0, "", 0) if trouble.until else None

    def failed(self, key: str, reason: str) -> HostState | None:
        """No answer, or a 5xx; the state to announce where that makes the host be left alone."""
        trouble = self._trouble(key)
        if trouble.until > self._clock.time():
            return None
        trouble.failures += 1
        half_open = trouble.until > 0
        if not half_open and trouble.failures < self._threshold:
            return None
        return self._open(key, trouble, reason, self._next_pause(trouble))

    def told_to_wait(self, key: str, reason: str, retry_after: float | None) -> HostState:
        """The host has answered 429 or 503, with `retry_after` in seconds or without."""
        trouble = self._trouble(key)
        now = self._clock.time()
        if trouble.until <= now:
            trouble.failures += 1
        if retry_after is None:
            seconds = trouble.until - now if trouble.until > now else self._next_pause(trouble)
        else:
            seconds = max(retry_after, _SHORTEST)
            if trouble.until <= now and trouble.failures >= self._threshold:
                # Its own figure has not helped: waiting longer than asked is always allowed.
                seconds = max(seconds, self._next_pause(trouble))
        return self._open(key, trouble, reason, max(seconds, trouble.until - now))

    def hold_until(self, key: str, until: float, reason: str) -> HostState:
        """Leave the host alone until `until` (epoch seconds), because of its robots.txt for instance.

        Longer, where the host had that `threshold` times in a row and it has not helped.
        """
        trouble = self._trouble(key)
        now = self._clock.time()
        if trouble.until <= now:
            trouble.failures += 1
            if trouble.failures >= self._threshold:
                until = max(until, now + min(self._next_pause(trouble), self._longest))
        trouble.until = max(trouble.until, until)
        trouble.reason = reason
        return HostState(key, trouble.until, reason, trouble.failures)

    def _trouble(self, key: str) -> _Trouble:
        trouble = self._hosts.get(key)
        if trouble is None:
            trouble = self._hosts[key] = _Trouble()
            if len(self._hosts) > MAX_HOSTS:
                self._hosts.popitem(last=False)
        else:
            self._hosts.move_to_end(key)
        return trouble

    def _next_pause(self, trouble: _Trouble) -> float:
        seconds = self._first * 2.0 ** min(trouble.pauses, 40)
        trouble.pauses += 1
        return seconds * (1.0 + _JITTER * self._jitter())

    def _open(self, key: str, trouble: _Trouble, reason: str, seconds: float) -> HostState:
        trouble.until = self._clock.time() + min(seconds, self._longest)
        trouble.reason = reason
        return HostState(key, trouble.until, reason, trouble.failures)
