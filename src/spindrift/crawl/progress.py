"""How a running crawl is doing, read off the runner's counts, the fetchers' metrics and the frontier."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spindrift.clock import Clock
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.records import HostRecord
from spindrift.local.stats import TopologyStats
from spindrift.metrics import merging

_RATE_WINDOW = 5.0
_SPOUT = ("frontier", "frontier")
"""The component that gives out URLs, and its metric."""
MOST_HELD = 5
"""Hosts that are left alone, of those that wait longest, in a reading."""


@dataclass(frozen=True, slots=True)
class SlowHost:
    """A queue of a fetcher that takes its time: `seconds` a fetch (or until it may go on), `queued` URLs, `reason`."""

    key: str
    seconds: float
    queued: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One reading. Counts are of this run, but for `frontier`."""

    elapsed: float = 0.0
    pages: int = 0
    """URLs that were given out and stored as FETCHED: what `--max-pages` counts."""
    bytes: int = 0
    """Of all answers, decoded."""
    rate: float = 0.0
    """Pages a second in the last seconds."""
    active: int = 0
    """Requests under way."""
    queued: int = 0
    """URLs that wait in the fetchers' queues."""
    queues: int = 0
    in_flight: int = 0
    """URLs that the frontier gave out and that have no status yet."""
    indexed: int = 0
    """Pages that were put into the index."""
    status_codes: dict[str, int] = field(default_factory=dict)
    filter_errors: dict[str, int] = field(default_factory=dict)
    """Links that were refused because a URL filter raised, by its name."""
    frontier: dict[str, int] = field(default_factory=dict)
    """All URLs of the store by status."""
    slow: tuple[SlowHost, ...] = ()
    held: tuple[HostRecord, ...] = ()
    last_error: str = ""

    @property
    def mean_rate(self) -> float:
        """Pages a second since the start."""
        return self.pages / self.elapsed if self.elapsed > 0 else 0.0


class ProgressMeter:
    """Takes readings; the rate is that of the last five seconds."""

    def __init__(
        self, stats: Callable[[], TopologyStats], in_flight: Callable[[], int], frontier: Frontier, clock: Clock
    ) -> None:
        self._stats = stats
        self._in_flight = in_flight
        self._frontier = frontier
        self._clock = clock
        self._start = clock.monotonic()
        self._recent: deque[tuple[float, int]] = deque([(self._start, 0)])

    def read(self, *, settled: bool = False) -> Progress:
        """A reading of this moment: pages, in flight and statuses are those of the spout's last report, which fit
        together. `settled`: nothing runs any more, and the store is asked for the statuses.
        """
        now = self._clock.monotonic()
        stats = self._stats()
        fetcher = merged(stats, "fetch", "fetcher")
        reported = None if settled else statuses_of(stats)
        pages = pages_of(stats)
        return Progress(
            elapsed=now - self._start,
            pages=pages,
            bytes=_number(fetcher, "bytes"),
            rate=self._rate(now, pages),
            active=_number(fetcher, "active"),
            queued=_number(fetcher, "queued"),
            queues=_number(fetcher, "queues"),
            in_flight=self._in_flight() if reported is None else _number(merged(stats, *_SPOUT), "in_flight"),
            indexed=items_of(stats),
            status_codes=_counts(fetcher.get("status_codes")),
            filter_errors=_counts(merged(stats, "parse", "parser").get("filter_errors")),
            frontier=self._frontier.count_by_status() if reported is None else reported,
            slow=tuple(SlowHost(*row) for row in fetcher.get("slowest", ())),
            held=tuple(self._frontier.hosts(MOST_HELD, held_only=True, now=self._clock.time())),
            last_error=last_error(stats),
        )

    def _rate(self, now: float, pages: int) -> float:
        self._recent.append((now, pages))
        while len(self._recent) > 2 and now - self._recent[1][0] >= _RATE_WINDOW:
            self._recent.popleft()
        then, before = self._recent[0]
        return (pages - before) / (now - then) if now > then else 0.0


def emitted(stats: TopologyStats, component: str, stream: str) -> int:
    """Tuples that a component emitted on a stream; 0 for a component that does not exist."""
    counted = stats.components.get(component)
    return counted.emitted.get(stream, 0) if counted else 0


def pages_of(stats: TopologyStats) -> int:
    """Pages that were fetched, as the frontier's spout counts them against `crawl.max.pages`."""
    return _number(merged(stats, *_SPOUT), "pages")


def statuses_of(stats: TopologyStats) -> dict[str, int] | None:
    """All URLs of the store by status, when a task of the frontier's spout reported last; None before the first."""
    component, metric = _SPOUT
    reports = [task.get(metric, {}).get("statuses") for task in stats.metrics.get(component, {}).values()]
    # Each counts the whole store, which only grows: the most are the newest.
    return max((report for report in reports if report), key=lambda report: sum(report.values()), default=None)


def items_of(stats: TopologyStats) -> int:
    """Pages that were put into the index."""
    return _number(merged(stats, "index", "indexer"), "indexed")


def merged(stats: TopologyStats, component: str, metric: str) -> dict[str, Any]:
    """The last reports of a metric by all tasks of a component in one."""
    total = merging.merged(reported.get(metric) for reported in stats.metrics.get(component, {}).values())
    return total if isinstance(total, dict) else {}


def archive_trouble(stats: TopologyStats) -> str:
    """Why the archive cannot be written, as a WARC bolt says it; empty: it can, or there is none."""
    reports = (reported.get("archive", {}) for reported in stats.metrics.get("archive", {}).values())
    return next((str(report["trouble"]) for report in reports if report.get("trouble")), "")


def _number(metric: Mapping[str, Any], name: str) -> int:
    return int(metric.get(name, 0))


def _counts(value: Mapping[Any, int] | None) -> dict[str, int]:
    return {
        str(name): count for name, count in sorted((value or {}).items(), key=lambda item: (-item[1], str(item[0])))
    }


def last_error(stats: TopologyStats) -> str:
    """The last line of the newest traceback of any component, and which one it was."""
    newest = [(component.errors[-1], name) for name, component in stats.components.items() if component.errors]
    if not newest:
        return ""
    error, name = max(newest, key=lambda item: item[0].time)
    return f"{name}: {error.message.rstrip().rpartition(chr(10))[2]}"
