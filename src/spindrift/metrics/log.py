"""Metrics in the log."""

import logging
from collections.abc import Callable, Iterator
from threading import Event, Thread

from spindrift.errors import SpindriftError
from spindrift.metrics.reading import Reading

log = logging.getLogger("spindrift.metrics")


def lines(reading: Reading) -> Iterator[str]:
    """A line for the topology and one for each component; what is zero is left out."""
    statuses = "".join(f" {status}={count}" for status, count in reading.statuses.items())
    yield f"{reading.topology} uptime={reading.uptime:.0f} in_flight={reading.in_flight}{statuses}"
    for name, component in reading.components.items():
        counted = {
            "emitted": sum(component.emitted.values()),
            "acked": component.acked,
            "failed": component.failed,
            "errors": component.errors,
            "queue_length": component.queue_length,
            "latency_ms": component.latency_ms,
        }
        for metric, value in component.metrics.items():
            counted |= {f"{metric}.{scope}": part for scope, part in value.items()} if isinstance(value, dict) else {}
            counted |= {} if isinstance(value, dict) else {metric: value}
        yield name + "".join(f" {key}={_number(value)}" for key, value in counted.items() if value)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.1f}"


class MetricsLog:
    """Logs a reading every `seconds`, and a last one at the end; logger `spindrift.metrics`, level info."""

    def __init__(self, read: Callable[[], Reading], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._ended = Event()
        self._thread = Thread(target=self._main, name="metrics-log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Log once more, and no more then."""
        self._ended.set()
        self._thread.join()

    def _main(self) -> None:
        over = False
        while not over:
            over = self._ended.wait(self._seconds)
            try:
                reading = self._read()
            except SpindriftError as error:  # a store that is busy now may not be next time
                log.warning("metrics could not be read: %s", error)
                continue
            for line in lines(reading):
                log.info("%s", line)
