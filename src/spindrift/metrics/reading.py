"""A reading of all metrics of a running topology."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.local.stats import ComponentStats, TopologyStats
from spindrift.metrics.merging import merged
from spindrift.metrics.stormcrawler import Named, named


@dataclass(frozen=True, slots=True)
class ComponentMetrics:
    """What the runner counted of a component, and under `metrics` what it reported by itself."""

    tasks: int
    emitted: dict[str, int]
    transferred: int
    acked: int
    failed: int
    latency_ms: float
    queue_length: int
    errors: int
    metrics: Named


@dataclass(frozen=True, slots=True)
class HostMetrics:
    """What the fetchers counted of a host (partition key): `fetch_time` is the mean of an answer, in milliseconds."""

    fetched: int
    bytes_fetched: int
    fetch_time: float
    unanswered: int
    in_queues: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All metrics at one moment. `statuses`: URLs of the store, by status, where there is one."""

    topology: str
    uptime: float
    in_flight: int
    components: dict[str, ComponentMetrics]
    hosts: dict[str, HostMetrics] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


class MetricsReader:
    """Takes readings of a topology; rates are those of the last `window` seconds. For one thread at a time."""

    def __init__(
        self,
        stats: Callable[[], TopologyStats],
        statuses: Callable[[], Mapping[str, int]] = dict,
        *,
        window: float = 10.0,
        clock: Clock | None = None,
    ) -> None:
        self._stats = stats
        self._statuses = statuses
        self._window = window
        self._clock = clock or SystemClock()
        self._past: deque[tuple[float, dict[str, dict[str, float]]]] = deque([(self._clock.monotonic(), {})])

    def read(self) -> Reading:
        """A reading of this moment."""
        stats = self._stats()
        reported = {name: _merged_tasks(stats, name) for name in stats.components}
        rates = self._rates(reported)
        components = {
            name: _component(counted, reported[name], rates.get(name, {})) for name, counted in stats.components.items()
        }
        hosts = _hosts([metrics.get("fetcher") for metrics in reported.values()])
        return Reading(stats.name, stats.uptime, stats.in_flight, components, hosts, dict(self._statuses()))

    def _rates(self, reported: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
        now = self._clock.monotonic()
        totals = {
            name: {part: float(metrics["fetcher"].get(part, 0)) for part in ("fetched", "bytes")}
            for name, metrics in reported.items()
            if isinstance(metrics.get("fetcher"), dict)
        }
        self._past.append((now, totals))
        while len(self._past) > 2 and now - self._past[1][0] >= self._window:
            self._past.popleft()
        then, before = self._past[0]
        if now <= then:
            return {}
        return {
            name: {part: (total - before.get(name, {}).get(part, 0.0)) / (now - then) for part, total in parts.items()}
            for name, parts in totals.items()
        }


def _merged_tasks(stats: TopologyStats, component: str) -> dict[str, Any]:
    tasks = list(stats.metrics.get(component, {}).values())
    names = dict.fromkeys(name for task in tasks for name in task)
    return {name: merged(task.get(name) for task in tasks) for name in names}


def _component(counted: ComponentStats, reported: dict[str, Any], rates: dict[str, float]) -> ComponentMetrics:
    metrics: Named = {}
    for name, value in reported.items():
        metrics |= named(name, value, rates)
    return ComponentMetrics(
        counted.tasks,
        dict(counted.emitted),
        counted.transferred,
        counted.acked,
        counted.failed,
        counted.latency_ms,
        counted.queue_length,
        counted.error_count,
        metrics,
    )


def _hosts(fetchers: list[Any]) -> dict[str, HostMetrics]:
    """By fields grouping a host is one task's; where it is not, its counts are added."""
    totals: dict[str, list[float]] = {}
    for fetcher in fetchers:
        for key, *counts in (fetcher or {}).get("hosts", ()):
            total = totals.setdefault(key, [0] * len(counts))
            totals[key] = [before + count for before, count in zip(total, counts, strict=True)]
    return {
        key: HostMetrics(int(fetched), int(size), seconds * 1000 / (fetched or 1), int(unanswered), int(queued))
        for key, (fetched, size, seconds, unanswered, queued) in totals.items()
    }
