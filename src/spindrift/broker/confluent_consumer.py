"""Reads from Kafka by confluent-kafka."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from confluent_kafka import Consumer as LibraryConsumer
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import TopicPartition as KafkaPartition

from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import Record, TopicPartition
from spindrift.broker.start import Start, StartKind

log = logging.getLogger(__name__)

_NOT_NOW: Final = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError._ASSIGNMENT_LOST,
        KafkaError._STATE,
    }
)
_ANSWER_SECONDS: Final = 10.0


class ConfluentConsumer:
    """As its brother of kafka-python; the library tells of partitions from within `poll`."""

    def __init__(
        self,
        connection: KafkaConnection,
        topics: Collection[str],
        group: str,
        start: Start,
        listener: RebalanceListener | None,
    ) -> None:
        self._connection = connection
        self._start = start
        self._listener = listener
        self._held: set[TopicPartition] = set()
        self._paused: set[TopicPartition] = set()
        self._consumer: Any = LibraryConsumer(connection.confluent_consumer(group))
        self._consumer.subscribe(list(topics), on_assign=self._come, on_revoke=self._go, on_lost=self._go)

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """See `Consumer`."""
        with self._talking("read"):
            messages = self._consumer.consume(limit, timeout)
        records = []
        for each in messages:
            if error := each.error():
                if error.fatal():
                    raise self._connection.error("read", error)
                log.warning("kafka://%s: %s", self._connection.servers, error)
                continue
            topic, partition = each.topic(), each.partition()
            if (topic, partition) in self._held:
                headers = tuple((name, value or b"") for name, value in each.headers() or ())
                milliseconds = each.timestamp()[1]
                records.append(
                    Record(topic, partition, each.offset(), milliseconds / 1000, each.key(), each.value(), headers)
                )
        return records

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """See `Consumer`."""
        if not offsets.keys() <= self._held:
            return False
        if not offsets:
            return True
        try:
            answers = self._consumer.commit(offsets=_of_kafka(offsets), asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() in _NOT_NOW:
                return False
            raise self._connection.error("commit", error) from error
        return all(each.error is None for each in answers)

    def committed(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        with self._talking("ask what is committed"):
            answers = self._consumer.committed([KafkaPartition(*each) for each in partitions], timeout=_ANSWER_SECONDS)
        return {TopicPartition(each.topic, each.partition): each.offset for each in answers if each.offset >= 0}

    def assignment(self) -> frozenset[TopicPartition]:
        """See `Consumer`."""
        return frozenset(self._held)

    def seek(self, partition: TopicPartition, start: Start) -> int:
        """See `Consumer`."""
        with self._talking(f"go to {start.kind} in {partition}"):
            offset = self._resolve(partition, start)
            # The library's own seek refuses partitions of which nothing was read yet.
            self._consumer.incremental_unassign([KafkaPartition(*partition)])
            self._consumer.incremental_assign([KafkaPartition(*partition, offset)])
            if partition in self._paused:
                self._consumer.pause([KafkaPartition(*partition)])
        return offset

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        paused = self._held & set(partitions)
        self._paused |= paused
        self._consumer.pause([KafkaPartition(*each) for each in paused])

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        resumed = self._held & set(partitions)
        self._paused -= resumed
        self._consumer.resume([KafkaPartition(*each) for each in resumed])

    def ends(self) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        with self._talking("ask for the ends"):
            return {place: self._end(place) for place in self._held}

    def close(self) -> None:
        """See `Consumer`."""
        if self._held and self._listener is not None:
            self._listener.revoked(set(self._held))
        self._held.clear()
        with self._talking("leave the group"):
            self._consumer.close()

    def _come(self, consumer: Any, partitions: list[KafkaPartition]) -> None:
        places = [TopicPartition(each.topic, each.partition) for each in partitions]
        if not places:
            return
        positions = self.committed(places)
        begun = {place: self._resolve(place, self._start) for place in places if place not in positions}
        positions |= begun
        consumer.incremental_assign(_of_kafka(positions))
        self._held.update(places)
        if begun:
            self.commit(begun)
        if self._listener is not None:
            self._listener.assigned(positions)

    def _go(self, consumer: Any, partitions: list[KafkaPartition]) -> None:
        going = self._held & {TopicPartition(each.topic, each.partition) for each in partitions}
        if going and self._listener is not None:
            self._listener.revoked(going)
        self._held -= going
        self._paused -= going
        consumer.incremental_unassign(partitions)

    def _resolve(self, partition: TopicPartition, start: Start) -> int:
        first, end = self._bounds(partition)
        if start.kind is StartKind.LATEST:
            return end
        if start.kind is StartKind.TIME:
            asked = KafkaPartition(*partition, round(start.value * 1000))
            (found,) = self._consumer.offsets_for_times([asked], timeout=_ANSWER_SECONDS)
            return end if found.offset < 0 else int(found.offset)
        return first if start.kind is StartKind.EARLIEST else min(max(int(start.value), first), end)

    def _end(self, partition: TopicPartition) -> int:
        """As the last fetch told. To ask would take as long as a fetch that waits for messages: they share a line."""
        known: int = self._consumer.get_watermark_offsets(KafkaPartition(*partition), cached=True)[1]
        return known if known >= 0 else self._bounds(partition)[1]

    def _bounds(self, partition: TopicPartition) -> tuple[int, int]:
        first, end = self._consumer.get_watermark_offsets(KafkaPartition(*partition), timeout=_ANSWER_SECONDS)
        return first, end

    @contextmanager
    def _talking(self, what: str) -> Iterator[None]:
        try:
            yield
        except KafkaException as error:
            raise self._connection.error(what, error) from error


def _of_kafka(offsets: Mapping[TopicPartition, int]) -> list[KafkaPartition]:
    return [KafkaPartition(*place, offset) for place, offset in offsets.items()]
