"""Reads topics ahead for who works on the records in any order, and commits what is finished."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self

from spindrift.broker.offsets import OffsetTracker
from spindrift.broker.protocol import Consumer, RebalanceListener
from spindrift.broker.records import Record, TopicPartition
from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import BrokerAwayError, SpindriftError

log = logging.getLogger(__name__)

_TURN_SECONDS: Final = 0.1
"""Longest wait for records; then it is looked what is to be committed."""
_PATIENCE_SECONDS: Final = 5.0
"""A buffer that is full for so long has the partitions paused. Not at once: librdkafka throws away what it has fetched
of paused ones, and a topology that is merely slower than Kafka would have it fetched again and again.
"""
_AT_ONCE: Final = 1000
_TROUBLE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """How far, and how often to commit (seconds)."""

    records: int
    uncommitted: int
    commit_interval: float
    bytes: int = 16 << 20
    patience: float = _PATIENCE_SECONDS

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Keys `topic.max.buffered`, `topic.max.uncommitted`, `topic.commit.interval`."""
        return cls(
            settings.integer("topic.max.buffered"),
            settings.integer("topic.max.uncommitted"),
            settings.seconds("topic.commit.interval"),
        )


class Subscription:
    """At least once: of each partition, offsets are committed only below the lowest record that is not finished.

    Its thread (`start`) polls, also while nobody takes records: partitions are paused then. Records of a partition
    that went to another consumer come from that one, again where they were not committed; what is said of them here
    is ignored. A partition that goes back (a topic that was made anew) is read from there.
    """

    def __init__(self, join: Callable[[RebalanceListener], Consumer], ahead: ReadAhead, clock: Clock) -> None:
        """`join` makes the consumer that tells a listener of its partitions."""
        self._ahead = ahead
        self._clock = clock
        self._lock = threading.RLock()
        self._trackers: dict[TopicPartition, OffsetTracker] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._buffer: deque[tuple[OffsetTracker, Record]] = deque()
        # Each is counted by one thread, so that neither waits for the other.
        self._bytes_read = 0
        self._bytes_taken = 0
        self._full_since: float | None = None
        self._stalled = False
        self._paused: frozenset[TopicPartition] | None = frozenset()
        """None: not known, as the consumer was asked and failed."""
        self._next_commit = clock.monotonic() + ahead.commit_interval
        self._drained = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._lag: dict[TopicPartition, int] = {}
        self._consumer = join(self)

    def start(self) -> None:
        """Read, until `close`."""
        self._thread = threading.Thread(target=self._run, name="topic reader", daemon=True)
        self._thread.start()

    def take(self) -> Record | None:
        """The next record to work on; None while there is none."""
        while self._buffer:
            tracker, record = self._buffer.popleft()
            self._bytes_taken += record.size
            if len(self._buffer) == self._ahead.records // 2:
                self._drained.set()
            if self._trackers.get(record.place) is tracker:
                return record
        self._drained.set()
        return None

    def finish(self, record: Record) -> None:
        """It is done with, for ever."""
        with self._lock:
            tracker = self._trackers.get(record.place)
            if tracker is not None:
                tracker.finish(record.offset)

    def is_open(self, record: Record) -> bool:
        """Whether it is still to be finished here."""
        with self._lock:
            tracker = self._trackers.get(record.place)
            return tracker is not None and tracker.is_open(record.offset)

    @property
    def lag(self) -> dict[TopicPartition, int]:
        """Of each partition that is read here, how many messages are not committed; as of the last commit."""
        with self._lock:
            return dict(self._lag)

    def step(self, timeout: float = _TURN_SECONDS) -> None:
        """One turn of the thread: commit if it is time, make room or pause, read. Raises BrokerError, StoreError."""
        trouble: SpindriftError | None = None
        if self._clock.monotonic() >= self._next_commit:
            try:
                self.commit()
            except SpindriftError as error:
                trouble = error  # who does not poll is no member of its group for long, and can commit nothing then
        full = self._wait_for_room(timeout)
        self._pause(self._stalled)
        # The consumer has to poll to stay in its group: one record more hurts nobody.
        for record in self._consumer.poll(0, 1) if full else self._consumer.poll(timeout, _AT_ONCE):
            self._add(record)
        if trouble is not None:
            raise trouble

    def commit(self) -> None:
        """Commit what is finished, and look how much is left. Called by the thread."""
        self._next_commit = self._clock.monotonic() + self._ahead.commit_interval
        with self._lock:
            finished = self._finished(self._trackers)
        if finished and self._consumer.commit(finished):
            with self._lock:
                self._committed.update(finished)
        ends = self._consumer.ends()
        with self._lock:
            self._lag = {
                place: end - self._trackers[place].committable for place, end in ends.items() if place in self._trackers
            }

    def close(self) -> None:
        """Commit what is finished, and leave the group."""
        self._closing.set()
        self._drained.set()
        if self._thread is not None:
            self._thread.join()
        self._consumer.close()

    # What the consumer tells.

    def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """See `RebalanceListener`."""
        with self._lock:
            finished = self._finished(partitions)
            for place in partitions:
                self._trackers.pop(place, None)
                self._committed.pop(place, None)
                self._lag.pop(place, None)
            if self._paused is not None:
                self._paused -= set(partitions)
        if not finished:
            return
        try:
            self._consumer.commit(finished)
        except SpindriftError as error:  # nobody could have: they are gone, and come again to whoever has them next
            if not isinstance(error, BrokerAwayError):
                log.warning("%s; what was finished comes again", error)

    def assigned(self, positions: Mapping[TopicPartition, int]) -> None:
        """See `RebalanceListener`."""
        with self._lock:
            for place, position in positions.items():
                self._trackers[place] = OffsetTracker(position)
                self._committed[place] = position

    def _run(self) -> None:
        troubled = False
        while not self._closing.is_set():
            try:
                self.step()
                troubled = False
            except BrokerAwayError:
                self._closing.wait(_TROUBLE_SECONDS)
            except Exception as error:  # the broker may be back; what was not committed comes again
                if not troubled:
                    log.error("%s; trying again", error, exc_info=not isinstance(error, SpindriftError))
                troubled = True
                self._closing.wait(_TROUBLE_SECONDS)

    def _add(self, record: Record) -> None:
        with self._lock:
            tracker = self._trackers.get(record.place)
            if tracker is None:
                return  # went to another consumer just now
            if record.offset < tracker.next:
                log.warning("%s goes back from offset %d to %d", record.place, tracker.next, record.offset)
                tracker = self._trackers[record.place] = OffsetTracker(record.offset)
                self._committed[record.place] = record.offset
            tracker.add(record.offset)
            self._bytes_read += record.size
            self._buffer.append((tracker, record))

    def _finished(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """What can be committed that is not."""
        trackers = {place: self._trackers[place] for place in partitions if place in self._trackers}
        return {
            place: tracker.committable
            for place, tracker in trackers.items()
            if tracker.committable > self._committed[place]
        }

    def _wait_for_room(self, timeout: float) -> bool:
        """Whether there still is none; `_stalled` says whether that has been so for long."""
        if self._is_full():
            self._drained.clear()
            if self._is_full():
                self._drained.wait(timeout)
        if not self._is_full():
            self._full_since = None
            self._stalled = False
            return False
        if self._full_since is None:
            self._full_since = self._clock.monotonic()
        self._stalled = self._clock.monotonic() - self._full_since >= self._ahead.patience
        return True

    def _is_full(self) -> bool:
        """Once partitions are paused, until half of it is taken."""
        part = 0.5 if self._stalled else 1.0
        return (
            len(self._buffer) >= self._ahead.records * part
            or self._bytes_read - self._bytes_taken >= self._ahead.bytes * part
        )

    def _pause(self, everything: bool) -> None:
        """All partitions while there is no room, and those that wait for one record for too long."""
        assignment = self._consumer.assignment()
        with self._lock:
            stuck = {place for place, tracker in self._trackers.items() if len(tracker) >= self._ahead.uncommitted}
        paused = assignment if everything else assignment & stuck
        before = self._paused
        if paused != before:
            self._paused = None
            self._consumer.pause(paused if before is None else paused - before)
            self._consumer.resume((assignment if before is None else before) - paused)
            self._paused = paused
