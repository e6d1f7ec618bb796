"""The messages of the embedded broker: appended in batches, read in batches, and deleted when they are old."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgpack

from spindrift.broker.records import Headers, Record, TopicPartition
from spindrift.broker.sqlite_schema import position
from spindrift.broker.start import Start
from spindrift.conf import Settings

_BATCH_MESSAGES: Final = 1000
_BATCH_BYTES: Final = 1 << 20
_LOOKED_AT: Final = 64


class Entry(NamedTuple):
    """A message on its way to its partition, by its id."""

    partition: int
    milliseconds: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 16 + len(self.key or b"") + len(self.value or b"") + sum(len(n) + len(v) for n, v in self.headers)


@dataclass(frozen=True, slots=True)
class Retention:
    """What is deleted, of each partition: what was written longer ago, and the oldest of what is more."""

    seconds: float | None = None
    bytes: int | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Retention":
        """Keys `broker.retention.*`."""
        return cls(settings.seconds_or_none("broker.retention.time"), settings.limit("broker.retention.bytes"))


def append(connection: sqlite3.Connection, entries: Iterable[Entry], now: float) -> None:
    """Write messages behind those of their partitions, within a transaction."""
    together: dict[int, list[Entry]] = {}
    for entry in entries:
        together.setdefault(entry.partition, []).append(entry)
    for partition, messages in together.items():
        offset = next_offset(connection, partition)
        total = 0
        rows = []
        for batch in _batches(messages):
            packed = msgpack.packb([entry[1:] for entry in batch], use_bin_type=True, unicode_errors="surrogatepass")
            newest = max(entry.milliseconds for entry in batch) / 1000
            first, offset = offset, offset + len(batch)
            rows.append((position(partition, offset - 1), first, newest, now, len(packed), packed))
            total += len(packed)
        connection.executemany("INSERT INTO topic_batches VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute(
            "UPDATE topic_partitions SET next = ?, bytes = bytes + ? WHERE id = ?", (offset, total, partition)
        )


def _batches(messages: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    start = size = 0
    for index, entry in enumerate(messages):
        if index > start and (index - start >= _BATCH_MESSAGES or size + entry.size > _BATCH_BYTES):
            yield messages[start:index]
            start, size = index, 0
        size += entry.size
    yield messages[start:]


def read(
    connection: sqlite3.Connection, partition: int, place: TopicPartition, offset: int, enough: int
) -> list[Record]:
    """Messages from `offset` on, or from the first that is still there: whole batches, until there are `enough`, or
    1 MB of them.
    """
    records: list[Record] = []
    size = 0
    topic, number = place
    rows = connection.execute(
        "SELECT first, bytes, messages FROM topic_batches WHERE position >= ? AND position < ? ORDER BY position",
        (position(partition, offset), position(partition + 1, 0)),
    )
    for first, bytes_, packed in rows:
        messages = msgpack.unpackb(packed, use_list=False, raw=False, unicode_errors="surrogatepass")
        records += [
            Record(topic, number, at, milliseconds / 1000, key, value, headers)
            for at, (milliseconds, key, value, headers) in enumerate(messages, first)
            if at >= offset
        ]
        size += bytes_
        if len(records) >= enough or size >= _BATCH_BYTES:
            break
    rows.close()
    return records


def next_offset(connection: sqlite3.Connection, partition: int) -> int:
    """That of the next message to be written."""
    row = connection.execute("SELECT next FROM topic_partitions WHERE id = ?", (partition,)).fetchone()
    return int(row[0])


def first_offset(connection: sqlite3.Connection, partition: int) -> int:
    """That of the oldest message that is still there; the next one's where there is none."""
    row = connection.execute(
        "SELECT first FROM topic_batches WHERE position >= ? AND position < ? ORDER BY position LIMIT 1",
        (position(partition, 0), position(partition + 1, 0)),
    ).fetchone()
    return next_offset(connection, partition) if row is None else int(row[0])


def resolve(connection: sqlite3.Connection, partition: int, place: TopicPartition, start: Start) -> int:
    """The offset that a start means."""
    first, end = first_offset(connection, partition), next_offset(connection, partition)
    return start.within(first, end, lambda seconds: _at_time(connection, partition, place, seconds))


def _at_time(connection: sqlite3.Connection, partition: int, place: TopicPartition, seconds: float) -> int | None:
    row = connection.execute(
        "SELECT first FROM topic_batches WHERE position >= ? AND position < ? AND newest >= ? ORDER BY position "
        "LIMIT 1",
        (position(partition, 0), position(partition + 1, 0), seconds),
    ).fetchone()
    if row is None:
        return None
    return next(each.offset for each in read(connection, partition, place, row[0], 1) if each.timestamp >= seconds)


def expire(connection: sqlite3.Connection, retention: Retention, now: float) -> None:
    """Delete what is too old, or too much, within a transaction; the oldest first, batch by batch."""
    for partition, size in connection.execute("SELECT id, bytes FROM topic_partitions").fetchall():
        while deleted := _oldest_to_delete(connection, partition, size, retention, now):
            last, freed = deleted
            connection.execute(
                "DELETE FROM topic_batches WHERE position >= ? AND position <= ?", (position(partition, 0), last)
            )
            connection.execute("UPDATE topic_partitions SET bytes = bytes - ? WHERE id = ?", (freed, partition))
            size -= freed


def _oldest_to_delete(
    connection: sqlite3.Connection, partition: int, size: int, retention: Retention, now: float
) -> tuple[int, int] | None:
    """Position of the last of some batches that go, and their bytes."""
    goes = _what_goes(retention, now)
    last, freed = 0, 0
    rows = connection.execute(
        "SELECT position, written, bytes FROM topic_batches WHERE position >= ? AND position < ? ORDER BY position "
        "LIMIT ?",
        (position(partition, 0), position(partition + 1, 0), _LOOKED_AT),
    ).fetchall()
    for place, written, bytes_ in rows:
        if not goes(written, size - freed):
            break
        last, freed = place, freed + bytes_
    return (last, freed) if freed else None


def _what_goes(retention: Retention, now: float) -> Callable[[float, int], bool]:
    oldest = float("-inf") if retention.seconds is None else now - retention.seconds
    most = float("inf") if retention.bytes is None else retention.bytes
    return lambda written, size: written < oldest or size > most
