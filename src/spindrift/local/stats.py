"""What the runner counts of each component, as Storm's UI does: emitted, acked, failed, latency, errors."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

RECENT_ERRORS = 20


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error that a component raised or reported.

    `message` has the tuple and the traceback; `time` is in epoch seconds.
    """

    component: str
    task: int
    time: float
    message: str


@dataclass(slots=True)
class ComponentStats:
    """One component. For a spout, acked and failed count whole tuple trees and `latency_ms` is their complete latency;
    for a bolt they count tuples, and latency is from process to ack. Latency is sampled."""

    tasks: int
    emitted: dict[str, int] = field(default_factory=dict)
    transferred: int = 0
    acked: int = 0
    failed: int = 0
    latency_ms: float = 0.0
    queue_length: int = 0
    error_count: int = 0
    errors: list[ErrorReport] = field(default_factory=list)


@dataclass(slots=True)
class TopologyStats:
    """A moment of a topology. `metrics[component][task][metric]` is the value that was last reported."""

    name: str
    uptime: float
    in_flight: int
    components: dict[str, ComponentStats]
    metrics: dict[str, dict[int, dict[str, Any]]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Recorder:
    """Keeps what components report by themselves: errors and metrics."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._errors: dict[str, deque[ErrorReport]] = {}
        self._counts: dict[str, int] = {}
        self._metrics: dict[str, dict[int, dict[str, Any]]] = {}

    def error(self, report: ErrorReport) -> None:
        with self._lock:
            self._errors.setdefault(report.component, deque(maxlen=RECENT_ERRORS)).append(report)
            self._counts[report.component] = self._counts.get(report.component, 0) + 1

    def metric(self, component: str, task: int, name: str, value: Any) -> None:
        with self._lock:
            self._metrics.setdefault(component, {}).setdefault(task, {})[name] = value

    def fill(self, components: Mapping[str, ComponentStats]) -> None:
        """Add the errors to the statistics of their components."""
        with self._lock:
            for name, stats in components.items():
                stats.errors = list(self._errors.get(name, ()))
                stats.error_count = self._counts.get(name, 0)

    def metrics(self) -> dict[str, dict[int, dict[str, Any]]]:
        with self._lock:
            return {
                name: {task: dict(values) for task, values in tasks.items()} for name, tasks in self._metrics.items()
            }
