"""Says once that Kafka is away, and once that it answers again, however often its libraries try."""

import logging
import threading
from typing import Final

from spindrift.clock import Clock, SystemClock

log = logging.getLogger(__name__)

_SURE_SECONDS: Final = 3.0
"""What works so soon after a failure may be a remainder of the time before."""
_FORGOTTEN_SECONDS: Final = 60.0
"""A failure so long after the last one is said again."""

# For each attempt to connect they say in many lines what `Outage` says once.
for _name in (
    "kafka.cluster",
    "kafka.consumer.fetcher",
    "kafka.coordinator",
    "kafka.net.connection",
    "kafka.net.transport",
    "kafka.producer.sender",
):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)  # it warns of every tenth of a second that it is late
_connections_log: Final = logging.getLogger("kafka.net.manager")
_connections_log.setLevel(logging.ERROR)
_connections_log.propagate = False


class Outage:
    """Of one Kafka, for all that talk to it in this process. Thread-safe."""

    def __init__(self, servers: str, clock: Clock | None = None) -> None:
        self._servers = servers
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._since: float | None = None
        self._last = 0.0
        self._reason = ""
        self._listener = _Listener(self)

    def listen(self) -> None:
        """Hear of failures from kafka-python, which tells nobody but its log."""
        _connections_log.addHandler(self._listener)

    def close(self) -> None:
        """The inverse of `listen`."""
        _connections_log.removeHandler(self._listener)

    @property
    def reason(self) -> str:
        """Why Kafka cannot be reached; empty where it can."""
        return "" if self._since is None else self._reason

    def noticed(self, reason: str) -> None:
        """It could not be reached, or did not answer."""
        now = self._clock.monotonic()
        with self._lock:
            new = self._since is None or now - self._last > _FORGOTTEN_SECONDS
            if new:
                self._since, self._reason = now, reason
            self._last = now
        if new:
            log.warning("kafka://%s cannot be reached (%s); it is tried again and again", self._servers, reason)

    def over(self) -> None:
        """Something was read or written."""
        if self._since is None:
            return
        now = self._clock.monotonic()
        with self._lock:
            if self._since is None or now - self._last < _SURE_SECONDS:
                return
            lasted, self._since = now - self._since, None
        log.warning("kafka://%s answers again, after %.0f s", self._servers, lasted)


class _Listener(logging.Handler):
    """kafka-python does not say which servers it speaks of: with two Kafkas in a process each hears of the other."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(logging.ERROR)
        self._outage = outage

    def emit(self, record: logging.LogRecord) -> None:
        self._outage.noticed(record.getMessage().removeprefix("Connection failed: "))
