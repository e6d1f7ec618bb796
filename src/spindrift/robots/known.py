"""The robots.txt rules that somebody in this process has read, for those who only want to know what is known."""

import threading

from spindrift.caches import SpecCache
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.robots.rules import RobotsRules
from spindrift.urls.hosts import origin_of


class KnownRobots:
    """Rules by scheme, host and port, as long as `robots.cache.spec` says; for any thread."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._lock = threading.Lock()
        self._rules: SpecCache[str, RobotsRules] = SpecCache.from_spec(
            settings.text("robots.cache.spec"), clock or SystemClock(), "robots.cache.spec"
        )

    def put(self, origin: str, rules: RobotsRules) -> None:
        """Keep what an origin's robots.txt says."""
        with self._lock:
            self._rules.put(origin, rules)

    def rules(self, url: str) -> RobotsRules | None:
        """What is known of the robots.txt that is in charge of `url`."""
        origin = origin_of(url)
        with self._lock:
            return self._rules.get(origin) if origin else None


def known_robots(settings: Settings) -> KnownRobots:
    """What the fetchers of this process that go by the same names have read of robots.txt.

    Reads `http.agent.name`, `http.robots.agents` and `robots.cache.spec`.
    """
    identity = (
        settings.text("http.agent.name"),
        *settings.texts("http.robots.agents"),
        settings.text("robots.cache.spec"),
    )
    with _lock:
        if identity not in _known:
            _known[identity] = KnownRobots(settings)
        return _known[identity]


_known: dict[tuple[str, ...], KnownRobots] = {}
_lock = threading.Lock()
