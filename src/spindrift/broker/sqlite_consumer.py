"""Reads from the embedded broker."""

import logging
import os
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from spindrift.broker import sqlite_groups as groups
from spindrift.broker import sqlite_log
from spindrift.broker.arrival import Arrival
from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import Record, TopicPartition
from spindrift.broker.start import Start
from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.sqlite import Database, GroupCommitWriter

log = logging.getLogger(__name__)

_HEARTBEATS: Final = 5
"""A member says so often within a session that it is one."""
_LONGEST_HEARTBEAT: Final = 1.0


@dataclass(slots=True)
class _Held:
    """A partition that is this consumer's."""

    id: int
    position: int
    """Offset of the next record to return."""
    ready: deque[Record] = field(default_factory=deque)
    """Read from the file and not returned."""

    @property
    def next(self) -> int:
        """Offset of the next record to read from the file."""
        return self.ready[-1].offset + 1 if self.ready else self.position


class SqliteConsumer:
    """One member of a group. A process that dies is missed after `session` seconds, when its partitions go to others.

    Who does not poll for that long is missed, too, and learns it at the next poll.
    """

    def __init__(
        self,
        database: Database,
        writer: GroupCommitWriter,
        partitions: Mapping[TopicPartition, int],
        group: str,
        start: Start,
        listener: RebalanceListener | None,
        clock: Clock,
        session: float,
        arrival: Arrival,
    ) -> None:
        """`partitions`: the ids of those of the topics to read."""
        self._database = database
        self._writer = writer
        self._ids = dict(partitions)
        self._places = {number: place for place, number in partitions.items()}
        self._by_topic: dict[str, list[int]] = {}
        for place, number in partitions.items():
            self._by_topic.setdefault(place.topic, []).append(number)
        self._group = group
        self._member = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._start = start
        self._listener = listener
        self._clock = clock
        self._session = session
        self._interval = min(session / _HEARTBEATS, _LONGEST_HEARTBEAT)
        self._next_heartbeat = float("-inf")
        self._arrival = arrival
        self._held: dict[TopicPartition, _Held] = {}
        self._paused: set[TopicPartition] = set()

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """See `Consumer`."""
        until = time.monotonic() + timeout
        while True:
            seen = self._arrival.count
            if self._clock.monotonic() >= self._next_heartbeat:
                self._keep_up()
            records = self._take(limit)
            left = until - time.monotonic()
            if records or left <= 0:
                return records
            self._arrival.wait(seen, min(left, max(self._next_heartbeat - self._clock.monotonic(), 0)))

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """See `Consumer`."""
        if not offsets.keys() <= self._held.keys():
            return False
        by_id = {self._ids[place]: offset for place, offset in offsets.items()}
        return self._writer.ask(lambda connection: groups.commit(connection, self._group, self._member, by_id))

    def committed(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        offsets = groups.committed(self._database.reader(), self._group)
        return {place: offsets[self._ids[place]] for place in partitions if self._ids[place] in offsets}

    def assignment(self) -> frozenset[TopicPartition]:
        """See `Consumer`."""
        return frozenset(self._held)

    def seek(self, partition: TopicPartition, start: Start) -> int:
        """See `Consumer`."""
        held = self._held[partition]
        held.ready.clear()
        held.position = sqlite_log.resolve(self._database.reader(), held.id, partition, start)
        return held.position

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        self._paused.update(self._held.keys() & partitions)

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        self._paused.difference_update(partitions)

    def ends(self) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        reader = self._database.reader()
        return {place: sqlite_log.next_offset(reader, held.id) for place, held in self._held.items()}

    def close(self) -> None:
        """See `Consumer`."""
        try:
            self._lose(set(self._held))
        finally:
            self._writer.ask(lambda connection: groups.leave(connection, self._group, self._member))

    def _take(self, limit: int) -> list[Record]:
        records: list[Record] = []
        for place in list(self._held):
            if place in self._paused or len(records) >= limit:
                continue
            # The one that was read goes to the end, so that all have their turn.
            held = self._held[place] = self._held.pop(place)
            if not held.ready:
                try:
                    held.ready.extend(
                        sqlite_log.read(self._database.reader(), held.id, place, held.next, limit - len(records))
                    )
                except (sqlite3.Error, StoreError):
                    if not records:
                        raise
                    break  # those of the others are on their way out; it is read again at the next poll
            while held.ready and len(records) < limit:
                records.append(held.ready.popleft())
                held.position = records[-1].offset + 1
        return records

    def _keep_up(self) -> None:
        """Be a member, and have what is this member's share."""
        now = self._clock.time()
        membership = self._writer.ask(
            lambda connection: groups.keep_up(connection, self._group, self._member, self._by_topic, now, self._session)
        )
        held = {self._places[each] for each in membership.held}
        acquired = {self._places[each] for each in membership.acquired}
        # What was just taken, and was thought to be held, was lost meanwhile: others may have gone on with it.
        self._lose((self._held.keys() - held) | (self._held.keys() & acquired))
        if surplus := {self._places[each] for each in membership.surplus}:
            self._lose(surplus & self._held.keys())
            self._writer.ask(
                lambda connection: groups.give_back(connection, self._group, self._member, membership.surplus)
            )
        # Not those that were just taken: where this failed once, there are others that nobody has begun with.
        if unread := held - surplus - self._held.keys():
            self._have(unread)
        self._next_heartbeat = self._clock.monotonic() + self._interval

    def _have(self, partitions: Collection[TopicPartition]) -> None:
        reader = self._database.reader()
        committed = self.committed(partitions)
        begun: dict[int, int] = {}
        having: dict[TopicPartition, _Held] = {}
        for place in sorted(partitions):
            number = self._ids[place]
            if place in committed:
                first = sqlite_log.first_offset(reader, number)
                if first > committed[place]:
                    _warn_of_loss(self._group, place, committed[place], first)
                having[place] = _Held(number, max(committed[place], first))
            else:
                begun[number] = sqlite_log.resolve(reader, number, place, self._start)
                having[place] = _Held(number, begun[number])
        if begun and not self._writer.ask(
            lambda connection: groups.commit(connection, self._group, self._member, begun)
        ):
            return  # went to others meanwhile
        self._held |= having
        if self._listener is not None:
            self._listener.assigned({place: each.position for place, each in having.items()})

    def _lose(self, partitions: Collection[TopicPartition]) -> None:
        try:
            if partitions and self._listener is not None:
                self._listener.revoked(partitions)
        finally:
            for place in partitions:
                self._held.pop(place, None)
                self._paused.discard(place)


def _warn_of_loss(group: str, place: TopicPartition, committed: int, first: int) -> None:
    log.warning(
        "group %s goes on with %s at offset %d: those from %d on were deleted before it came to them "
        "(broker.retention.time, broker.retention.bytes)",
        group,
        place,
        first,
        committed,
    )


MakeConsumer = Callable[..., SqliteConsumer]
