"""What is simulated, and what comes of it."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.scaling.web import Web


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated. `conf`: configuration keys, as in a topology."""

    web: Web
    conf: dict[str, Any]
    tasks: int = 1
    """Frontier spouts, and as many fetchers; each spout has a shard of the hosts, each fetcher others."""
    seconds: float = 600.0
    interval: float | None = None
    """Seconds until a page is due again; None: never, and all URLs are due at the start. Otherwise they fall due evenly
    in the first interval."""
    samples: int = 10
    store: str = "memory:"


@dataclass(frozen=True, slots=True)
class Sample:
    """What happened since the sample before; rates a second."""

    seconds: float
    """Since the start."""
    pages: float
    requests: float
    """Answered: pages and robots.txt."""
    polite: float
    """Requests that politeness would have allowed, with the threads that were not lost; the mean over this time."""
    due_urls: int
    due_hosts: int
    in_flight: int
    busy: int
    """Fetch threads that are busy at this moment."""
    lost: int
    """Of these, threads that wait for hosts which never answer."""
    oldest: float
    """Age of the oldest due URL of hosts that can keep up."""
    oldest_of_all: float
    unvisited: int
    """Hosts that answer, of which no page has been fetched yet."""

    @property
    def share(self) -> float:
        """Of the polite maximum."""
        return self.requests / self.polite if self.polite else 1.0


def as_json(sample: Sample) -> dict[str, float]:
    """A sample with its share of the polite maximum."""
    return {**asdict(sample), "share": sample.share}
