"""One URL on its way through the fetch engine."""

from dataclasses import dataclass
from typing import Any

from spindrift.metadata import Metadata
from spindrift.robots.cache import RobotsAnswer


@dataclass(slots=True, eq=False)
class FetchItem:
    """A URL to fetch, the key of its queue, and a `context` that belongs to whoever asked (a tuple, say).

    The engine fills in the rest: monotonic times of its arrival and of its request, how long the request took
    (seconds; 0 where there was none), whether its host is a private address, the sitemaps of a robots.txt that was
    fetched on its behalf, whether its robots.txt names any, how often it was asked for again, and whether it was sent
    again since the server had closed the connection.
    """

    url: str
    key: str
    metadata: Metadata
    context: Any = None
    arrived: float = 0.0
    requested: float = 0.0
    loading_seconds: float = 0.0
    private: bool = False
    sitemaps: tuple[str, ...] = ()
    found_sitemap: bool = False
    retries: int = 0
    sent_again: bool = False
    asked_robots: bool = False
    robots: RobotsAnswer | None = None

    @property
    def queued_seconds(self) -> float:
        """Time from the arrival to the request; 0 where there was none."""
        return max(0.0, self.requested - self.arrived) if self.requested else 0.0
