"""The embedded broker: topics in an SQLite file, for the processes of one machine."""

import sqlite3
import threading
from collections.abc import Collection
from typing import Final

from spindrift.broker import sqlite_groups, sqlite_log
from spindrift.broker.arrival import Arrival
from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import TopicPartition
from spindrift.broker.sqlite_consumer import SqliteConsumer
from spindrift.broker.sqlite_log import Entry, Retention
from spindrift.broker.sqlite_producer import SqliteProducer
from spindrift.broker.sqlite_schema import create_tables
from spindrift.broker.start import Start
from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.sqlite import Database, GroupCommitWriter

_EXPIRY_SECONDS: Final = 60.0
_EXPIRY_ITEMS: Final = 100_000
"""What is too old, or too much, is looked for when so much time has passed, or so much was written."""


class SqliteBroker:
    """Safe under SIGKILL: what was delivered or committed is in the file, and everything else never was."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        """Opens the database. Raises StoreError."""
        self._database = database
        self._clock = clock
        self._partitions = settings.integer("broker.partitions")
        self._session = settings.seconds("broker.session.timeout")
        self._retention = Retention.from_settings(settings)
        self._expired = float("-inf")
        self._written = 0
        self._ids: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        self._arrival = Arrival()
        try:
            self._writer = GroupCommitWriter.open(
                database,
                create_tables,
                interval=settings.seconds("broker.linger"),
                size=settings.integer("store.commit.size"),
                on_commit=lambda items: self._arrival.tell(),
            )
        except sqlite3.Error as error:
            raise StoreError(f"broker {database.name} cannot be written: {database.explained(error)}") from error

    def create_topic(self, topic: str, partitions: int) -> None:
        """See `Broker`."""
        self._create(topic, partitions)

    def topics(self) -> dict[str, int]:
        """See `Broker`."""
        rows = self._database.reader().execute("SELECT topic, count(*) FROM topic_partitions GROUP BY topic")
        return {str(topic): int(count) for topic, count in rows.fetchall()}

    def producer(self) -> SqliteProducer:
        """See `Broker`."""
        return SqliteProducer(self._writer, self._append, self._ids_of, self._clock)

    def consumer(
        self,
        topics: Collection[str],
        group: str,
        start: Start = Start.EARLIEST,
        listener: RebalanceListener | None = None,
    ) -> SqliteConsumer:
        """See `Broker`."""
        partitions = {
            TopicPartition(topic, number): each for topic in topics for number, each in enumerate(self._ids_of(topic))
        }
        return SqliteConsumer(
            self._database,
            self._writer,
            partitions,
            group,
            start,
            listener,
            self._clock,
            self._session,
            self._arrival,
        )

    def lag(self, group: str, topics: Collection[str]) -> dict[TopicPartition, int]:
        """See `Broker`."""
        reader = self._database.reader()
        committed = sqlite_groups.committed(reader, group)
        lag = {}
        for topic in topics:
            for number, each in enumerate(self._ids_of(topic)):
                first = sqlite_log.first_offset(reader, each)
                finished = max(committed.get(each, first), first)
                lag[TopicPartition(topic, number)] = sqlite_log.next_offset(reader, each) - finished
        return lag

    def forget(self, group: str) -> None:
        """See `Broker`."""
        self._writer.ask(lambda connection: sqlite_groups.forget(connection, group))

    def close(self) -> None:
        """See `Broker`."""
        self._writer.close()
        self._database.close()

    def _ids_of(self, topic: str) -> list[int]:
        ids = self._ids.get(topic)
        return self._create(topic, self._partitions) if ids is None else ids

    def _create(self, topic: str, partitions: int) -> list[int]:
        def create(connection: sqlite3.Connection) -> list[int]:
            select = "SELECT id FROM topic_partitions WHERE topic = ? ORDER BY number"
            if not (rows := connection.execute(select, (topic,)).fetchall()):
                connection.executemany(
                    "INSERT INTO topic_partitions (topic, number) VALUES (?, ?)",
                    [(topic, number) for number in range(partitions)],
                )
                rows = connection.execute(select, (topic,)).fetchall()
            return [int(each) for (each,) in rows]

        with self._lock:
            ids = self._ids[topic] = self._writer.ask(create)
        return ids

    def _append(self, connection: sqlite3.Connection, entries: list[Entry]) -> None:
        """On the writer's thread, within its transaction."""
        now = self._clock.time()
        sqlite_log.append(connection, entries, now)
        self._written += len(entries)
        if now - self._expired >= _EXPIRY_SECONDS or self._written >= _EXPIRY_ITEMS:
            sqlite_log.expire(connection, self._retention, now)
            self._expired, self._written = now, 0
