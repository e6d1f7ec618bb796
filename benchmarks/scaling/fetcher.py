"""A fetcher task without a network: the project's politeness queues, with answers that take their time on a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from random import Random
from typing import Final, NamedTuple

from benchmarks.scaling.web import Host
from spindrift.caches import SpecCache
from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.politeness.limits import QueueLimits
from spindrift.politeness.queues import PolitenessQueues

At = Callable[[float, Callable[[], None]], None]
"""Do something in so many seconds."""

_JITTER: Final = 0.3
"""Standard deviation of the logarithm of a host's response times."""
_ERROR_AGE: Final = 3600.0


@dataclass(slots=True, eq=False)
class Item:
    """A URL in a fetcher."""

    url: str
    key: str
    arrived: float
    knows_robots: bool = False


class Answered(NamedTuple):
    """What became of a URL: a page, or `postponed` until then (epoch seconds)."""

    item: Item
    postponed: float | None = None


class SimulatedFetcher:
    """Asks hosts as `spindrift.fetching` does: robots.txt first, unless the cache has it, which takes a turn; then the
    page, one pause later. A host that does not answer is held for an hour (`hold`), and what waits for it handed back;
    so is what would have to wait for more than a third of topology.message.timeout.secs.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        settings: Settings,
        clock: Clock,
        at: At,
        deliver: Callable[[Answered], None],
        hold: Callable[[str, float], None],
        random: Random,
    ) -> None:
        self.queues: PolitenessQueues[Item] = PolitenessQueues(
            QueueLimits.from_settings(settings), clock, random.random
        )
        self.requests = 0
        """That were answered, robots.txt included."""
        self.robots = 0
        """Of these, for robots.txt."""
        self.lost = 0
        """Threads that wait for hosts which never answer."""
        self._hosts = hosts
        self._clock = clock
        self._at = at
        self._deliver = deliver
        self._hold = hold
        self._random = random
        self._robots: SpecCache[str, bool] = SpecCache.from_spec(settings.text("robots.cache.spec"), clock)
        self._patience = settings.seconds("topology.message.timeout.secs") / 3
        self._time_out = settings.seconds("http.timeout")
        self._wakeup = float("inf")

    def submit(self, url: str, key: str) -> None:
        """Take a URL."""
        self.queues.add(key, Item(url, key, self._clock.monotonic()))
        self._hand_back(key)
        self.pump()

    def pump(self) -> None:
        """Start whatever may start now, and see to it that the next comes in time."""
        while (turn := self.queues.start_next()) is not None:
            self._begin(*turn)
        wakeup = self.queues.next_wakeup()
        if wakeup is not None and wakeup < self._wakeup:
            self._wakeup = wakeup
            self._at(wakeup - self._clock.monotonic(), self._wake)

    def _wake(self) -> None:
        if self._wakeup <= self._clock.monotonic():
            self._wakeup = float("inf")
        self.pump()

    def _begin(self, key: str, item: Item) -> None:
        if item.knows_robots or self._robots.get(key):
            self._obey(key)
            self._at(self._response(key), lambda: self._page(item))
            return
        self.queues.pause(key)
        self.lost += not isfinite(self._hosts[key].response)
        self._at(self._response(key), lambda: self._robots_answered(item))

    def _robots_answered(self, item: Item) -> None:
        key = item.key
        self.queues.resume(key)
        if not isfinite(self._hosts[key].response):
            self.lost -= 1
            until = self._clock.time() + _ERROR_AGE
            self._hold(key, until)
            self.queues.hold(key, self._clock.monotonic() + _ERROR_AGE, probe=True)
            self.queues.finished(key)
            self._deliver(Answered(item, until))
        else:
            self.requests += 1
            self.robots += 1
            self._robots.put(key, True)
            self._obey(key)
            item.knows_robots = True
            self.queues.put_back(key, item, item.arrived)
            self.queues.finished(key)
        self._hand_back(key)
        self.pump()

    def _page(self, item: Item) -> None:
        self.requests += 1
        self.queues.finished(item.key)
        self._deliver(Answered(item))
        self._hand_back(item.key)
        self.pump()

    def _obey(self, key: str) -> None:
        delay = self.queues.limits.crawl_delay(self._hosts[key].crawl_delay, key)
        if delay is not None:
            self.queues.set_crawl_delay(key, key, delay)
        self.queues.settle(key)

    def _hand_back(self, key: str) -> None:
        late = self.queues.take_late(key, self._patience)
        if late is None:
            return
        until = self._clock.time() + late.until - self._clock.monotonic()
        self._hold(key, until)
        for item in late.items:
            self._deliver(Answered(item, until))

    def _response(self, key: str) -> float:
        mean = self._hosts[key].response
        return min(mean * self._random.lognormvariate(-(_JITTER**2) / 2, _JITTER), self._time_out)
