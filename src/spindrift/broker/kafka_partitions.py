"""The partitions of a consumer of Kafka, whichever library reads them."""

import threading
from collections.abc import Collection, Mapping

from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import TopicPartition


class KafkaPartitions:
    """Those that have come and are to be looked after (where they begin is not known yet), those held, those paused.

    What Kafka has to be asked of those that come is asked where the library lets one wait: confluent-kafka at once,
    kafka-python, which tells of them on a thread of its own, at the next poll; and again if it cannot be. Thread-safe.
    """

    def __init__(self, listener: RebalanceListener | None) -> None:
        self.lock = threading.RLock()
        self._listener = listener
        self._come: set[TopicPartition] = set()
        self._held: set[TopicPartition] = set()
        self._paused: set[TopicPartition] = set()

    @property
    def come(self) -> frozenset[TopicPartition]:
        """To be looked after."""
        with self.lock:
            return frozenset(self._come)

    @property
    def held(self) -> frozenset[TopicPartition]:
        """Looked after; they are read."""
        with self.lock:
            return frozenset(self._held)

    @property
    def paused(self) -> frozenset[TopicPartition]:
        """Of those held."""
        with self.lock:
            return frozenset(self._paused)

    def add(self, partitions: Collection[TopicPartition]) -> None:
        """They have come."""
        with self.lock:
            self._come.update(partitions)

    def hold(self, positions: Mapping[TopicPartition, int]) -> None:
        """They are looked after, and read from there; the listener is told."""
        with self.lock:
            self._come -= positions.keys()
            self._held |= positions.keys()
            if positions and self._listener is not None:
                self._listener.assigned(positions)

    def remove(self, partitions: Collection[TopicPartition]) -> None:
        """They go; the listener is told, and can still commit what is finished of them."""
        with self.lock:
            self._come -= set(partitions)
            going = self._held & set(partitions)
        try:
            # Without the lock: to commit may take the library's thread, which may be waiting for it.
            if going and self._listener is not None:
                self._listener.revoked(going)
        finally:
            with self.lock:
                self._held -= going
                self._paused -= going

    def pause(self, partitions: Collection[TopicPartition]) -> frozenset[TopicPartition]:
        """Those of them that are held; they are paused from now on."""
        with self.lock:
            paused = self._held & set(partitions)
            self._paused |= paused
            return frozenset(paused)

    def resume(self, partitions: Collection[TopicPartition]) -> frozenset[TopicPartition]:
        """The inverse."""
        with self.lock:
            resumed = self._held & set(partitions)
            self._paused -= resumed
            return frozenset(resumed)
