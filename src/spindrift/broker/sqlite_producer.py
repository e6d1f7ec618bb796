"""Writes to the embedded broker."""

import sqlite3
from collections.abc import Callable
from itertools import count

from spindrift.broker.partitioning import partition_of
from spindrift.broker.protocol import OnDelivery
from spindrift.broker.records import Message, no_partition
from spindrift.broker.room import Room
from spindrift.broker.sqlite_log import Entry
from spindrift.clock import Clock
from spindrift.sqlite import GroupCommitWriter


class SqliteProducer:
    """Messages of all producers of a process are committed together."""

    def __init__(
        self,
        writer: GroupCommitWriter,
        append: Callable[[sqlite3.Connection, list[Entry]], object],
        partitions: Callable[[str], list[int]],
        clock: Clock,
    ) -> None:
        """`append` writes within a transaction; `partitions` gives the ids of a topic's partitions."""
        self._append = append
        self._writer = writer
        self._partitions = partitions
        self._clock = clock
        self._turn = count()
        self._room = Room()

    def send(self, message: Message, on_delivery: OnDelivery) -> None:
        """See `Producer`."""
        topic, value, key, headers, timestamp, number = message
        ids = self._partitions(topic)
        if number is None:
            number = partition_of(key, len(ids)) if key is not None else next(self._turn) % len(ids)
        elif not 0 <= number < len(ids):
            raise no_partition(topic, number, len(ids))
        seconds = self._clock.time() if timestamp is None else timestamp
        entry = Entry(ids[number], round(seconds * 1000), key, value, headers)
        self._writer.submit(self._append, [entry], self._room.take(on_delivery))

    def flush(self) -> None:
        """See `Producer`."""
        self._writer.ask(lambda connection: None)

    def close(self) -> None:
        """See `Producer`."""
        self.flush()
