"""Reads from Kafka by confluent-kafka."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
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
        self._sought: dict[TopicPartition, int] = {}
        self._left = False
        """Whether the library may still have partitions that went."""
        self._fatal: BrokerError | None = None
        self._consumer: Any = LibraryConsumer(connection.confluent_consumer(group))
        self._consumer.subscribe(list(topics), on_assign=self._come, on_revoke=self._go, on_lost=self._go)

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """See `Consumer`."""
        trouble = self._look_after()
        with self._talking("read"):
            # Also where those that have come cannot be looked after now: others are read, and what is in the way of
            # that (partitions that are shared anew) is only got over by polling.
            messages = self._consumer.consume(limit, timeout)
        held = self._partitions.held
        records = []
        for each in messages:
            if error := each.error():
                if error.fatal():
                    self._fatal = broker_error(self._connection, "read", error)
                else:
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
        elif trouble := self._fatal or trouble:
            raise trouble
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
        self._sought[partition] = offset  # gone to at the next poll, and again if that cannot be
        return offset

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        with self._talking("pause partitions"):
            self._consumer.pause([KafkaPartition(*each) for each in self._partitions.pause(partitions)])

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        with self._talking("resume partitions"):
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
        """From within `consume`, as `_go`. What either raises, `consume` raises in place of what it has fetched."""
        places = {TopicPartition(each.topic, each.partition) for each in partitions}
        self._partitions.add(places)
        # At once, where Kafka can be asked: what the library reads before it knows where would come again.
        self._look_after()
        if not places & self._partitions.come:
            return
        with suppress(KafkaException):  # they are assigned again when it is known where they begin
            consumer.incremental_assign([KafkaPartition(*place) for place in places - self._assigned()])
            consumer.pause(partitions)

    def _go(self, consumer: Any, partitions: list[KafkaPartition]) -> None:
        places = [TopicPartition(each.topic, each.partition) for each in partitions]
        for place in places:
            self._sought.pop(place, None)
        try:
            self._partitions.remove(places)
        except Exception:
            log.exception("partitions go, and who was told so failed; what was finished of them may come again")
        with suppress(KafkaException):
            consumer.incremental_unassign(partitions)
            return
        self._left = True

    def _look_after(self) -> BrokerError | None:
        """Begin with those that have come; with the others at the next poll, and why, if that is worth saying."""
        come = self._partitions.come
        try:
            if self._left:
                self._unassign(self._assigned() - come - self._partitions.held)
                self._left = False
            if come:
                self._partitions.hold(self._begin(come))
            if self._sought:
                self._go_to(self._sought)
                self._sought.clear()
        except KafkaException as error:
            if error.args[0].code() not in _NOT_NOW:
                return broker_error(self._connection, "begin to read", error)
        except BrokerError as error:
            return error
        return None

    def _begin(self, come: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        positions = self.committed(come)
        begun = {place: self._resolve(place, self._start) for place in come if place not in positions}
        if begun:
            for each in self._consumer.commit(offsets=_of_kafka(begun), asynchronous=False):
                if each.error is not None:
                    raise KafkaException(each.error)
        positions |= begun
        self._go_to(positions)
        return positions

    def _go_to(self, positions: Mapping[TopicPartition, int]) -> None:
        # The library's own seek refuses partitions of which nothing was read yet.
        self._unassign(self._assigned() & positions.keys())
        self._consumer.incremental_assign(_of_kafka(positions))
        paused = self._partitions.paused
        self._consumer.pause([KafkaPartition(*place) for place in positions.keys() & paused])
        self._consumer.resume([KafkaPartition(*place) for place in positions.keys() - paused])

    def _assigned(self) -> set[TopicPartition]:
        """As the library has it; where a call has failed, that is not as it should be."""
        return {TopicPartition(each.topic, each.partition) for each in self._consumer.assignment()}

    def _unassign(self, partitions: Collection[TopicPartition]) -> None:
        if partitions:
            self._consumer.incremental_unassign([KafkaPartition(*place) for place in partitions])

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
