"""Reads from Kafka by confluent-kafka."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from confluent_kafka import Consumer as LibraryConsumer
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import TopicPartition as KafkaPartition

from spindrift.broker.confluent_errors import broker_error
from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.kafka_partitions import KafkaPartitions
from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import Record, TopicPartition
from spindrift.broker.start import Start
from spindrift.errors import BrokerError

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
        self._partitions = KafkaPartitions(listener)
        self._waiting: set[TopicPartition] = set()
        """Paused, as Kafka could not be asked where they begin."""
        self._consumer: Any = LibraryConsumer(connection.confluent_consumer(group))
        self._consumer.subscribe(list(topics), on_assign=self._come, on_revoke=self._go, on_lost=self._go)

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """See `Consumer`."""
        if come := self._partitions.come:
            self._look_after(come)
        with self._talking("read"):
            messages = self._consumer.consume(limit, timeout)
        held = self._partitions.held
        records = []
        for each in messages:
            if error := each.error():
                if error.fatal():
                    raise broker_error(self._connection, "read", error)
                log.warning("kafka://%s: %s", self._connection.servers, error)
                continue
            topic, partition = each.topic(), each.partition()
            if (topic, partition) in held:
                headers = tuple((name, value or b"") for name, value in each.headers() or ())
                milliseconds = each.timestamp()[1]
                records.append(
                    Record(topic, partition, each.offset(), milliseconds / 1000, each.key(), each.value(), headers)
                )
        if records:
            self._connection.outage.over()
        return records

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """See `Consumer`."""
        if not offsets.keys() <= self._partitions.held:
            return False
        if not offsets:
            return True
        try:
            answers = self._consumer.commit(offsets=_of_kafka(offsets), asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() in _NOT_NOW:
                return False
            raise broker_error(self._connection, "commit", error) from error
        self._connection.outage.over()
        return all(each.error is None for each in answers)

    def committed(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        with self._talking("ask what is committed"):
            answers = self._consumer.committed([KafkaPartition(*each) for each in partitions], timeout=_ANSWER_SECONDS)
        return {TopicPartition(each.topic, each.partition): each.offset for each in answers if each.offset >= 0}

    def assignment(self) -> frozenset[TopicPartition]:
        """See `Consumer`."""
        return self._partitions.held

    def seek(self, partition: TopicPartition, start: Start) -> int:
        """See `Consumer`."""
        with self._talking(f"go to {start.kind} in {partition}"):
            offset = self._resolve(partition, start)
            self._go_to({partition: offset})
        return offset

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        self._consumer.pause([KafkaPartition(*each) for each in self._partitions.pause(partitions)])

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        self._consumer.resume([KafkaPartition(*each) for each in self._partitions.resume(partitions)])

    def ends(self) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        with self._talking("ask for the ends"):
            return {place: self._end(place) for place in self._partitions.held}

    def close(self) -> None:
        """See `Consumer`."""
        self._partitions.remove(self._partitions.held | self._partitions.come)
        with self._talking("leave the group"):
            self._consumer.close()

    def _come(self, consumer: Any, partitions: list[KafkaPartition]) -> None:
        places = [TopicPartition(each.topic, each.partition) for each in partitions]
        self._partitions.add(places)
        try:
            self._look_after(places)
        except BrokerError:  # whatever it is, the next poll meets it, too
            if not self._assigned(places):
                consumer.incremental_assign(partitions)
            consumer.pause(partitions)
            self._waiting.update(places)

    def _go(self, consumer: Any, partitions: list[KafkaPartition]) -> None:
        places = [TopicPartition(each.topic, each.partition) for each in partitions]
        self._waiting.difference_update(places)
        try:
            self._partitions.remove(places)
        finally:
            consumer.incremental_unassign(partitions)

    def _look_after(self, come: Collection[TopicPartition]) -> None:
        with self._talking("begin to read"):
            positions = self.committed(come)
            begun = {place: self._resolve(place, self._start) for place in come if place not in positions}
            positions |= begun
            self._go_to(positions)
            if begun:
                self._consumer.commit(offsets=_of_kafka(begun), asynchronous=False)
        self._partitions.hold(positions)

    def _go_to(self, positions: Mapping[TopicPartition, int]) -> None:
        # The library's own seek refuses partitions of which nothing was read yet.
        if assigned := self._assigned(positions):
            self._consumer.incremental_unassign([KafkaPartition(*place) for place in assigned])
        self._consumer.incremental_assign(_of_kafka(positions))
        if paused := self._partitions.paused & positions.keys():
            self._consumer.pause([KafkaPartition(*place) for place in paused])
        if resumed := self._waiting & positions.keys():
            self._consumer.resume([KafkaPartition(*place) for place in resumed])
            self._waiting -= resumed

    def _assigned(self, places: Collection[TopicPartition]) -> set[TopicPartition]:
        """Those of them that the library reads."""
        return {TopicPartition(each.topic, each.partition) for each in self._consumer.assignment()} & set(places)

    def _resolve(self, partition: TopicPartition, start: Start) -> int:
        def at(seconds: float) -> int | None:
            asked = KafkaPartition(*partition, round(seconds * 1000))
            (found,) = self._consumer.offsets_for_times([asked], timeout=_ANSWER_SECONDS)
            return None if found.offset < 0 else int(found.offset)

        return start.within(*self._bounds(partition), at)

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
            raise broker_error(self._connection, what, error) from error


def _of_kafka(offsets: Mapping[TopicPartition, int]) -> list[KafkaPartition]:
    return [KafkaPartition(*place, offset) for place, offset in offsets.items()]
