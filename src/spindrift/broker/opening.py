"""Opens brokers by URL: `sqlite:///topics.db` is a file in the working directory, `kafka://host:9092` a Kafka."""

import os
import threading
from dataclasses import dataclass
from typing import Final, Self

from spindrift.broker.protocol import Broker
from spindrift.broker.sqlite_broker import SqliteBroker
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.sqlite import FileDatabase, MemoryDatabase
from spindrift.store_url import check_reachable, is_in_memory, sqlite_path

KAFKA: Final = "kafka://"


@dataclass(eq=False, slots=True)
class OpenBroker:
    """One opening of a broker; the broker itself is shared within the process."""

    broker: Broker
    _identity: tuple[int, str]

    def close(self) -> None:
        """Done with it; the last one in this process closes the broker. Producers and consumers come first."""
        with _lock:
            users = _open.get(self._identity)
            if users is None:
                return
            users.remove(self)
            if users:
                return
            del _open[self._identity]
        self.broker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_broker(settings: Settings, clock: Clock | None = None) -> OpenBroker:
    """Open the broker of `broker.url`, or join those in this process that have it open.

    Keys `broker.*` and `clock` are those of the first to open it. Raises ConfigurationError for a URL that is not
    understood, StoreError or BrokerError for a broker that cannot be had.
    """
    url = settings.text("broker.url")
    identity = (os.getpid(), _name(url))
    with _lock:
        users = _open.get(identity)
        opened = OpenBroker(users[0].broker if users else _make(url, settings, clock or SystemClock()), identity)
        _open.setdefault(identity, []).append(opened)
    return opened


def _name(url: str) -> str:
    return url if url.startswith(KAFKA) or is_in_memory(url) else os.path.realpath(sqlite_path(url))


def _make(url: str, settings: Settings, clock: Clock) -> Broker:
    if url.startswith(KAFKA):
        # Half a second, which who has no Kafka need not wait.
        from spindrift.broker.kafka_broker import KafkaBroker, servers_of

        return KafkaBroker(servers_of(url), settings)
    check_reachable(url)
    database = MemoryDatabase() if is_in_memory(url) else FileDatabase(sqlite_path(url))
    return SqliteBroker(database, settings, clock)


_open: dict[tuple[int, str], list[OpenBroker]] = {}
_lock = threading.Lock()
