"""Reads from Kafka by kafka-python."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka import TopicPartition as KafkaPartition
from kafka.consumer.subscription_state import AsyncConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.kafka_partitions import KafkaPartitions
from spindrift.broker.protocol import RebalanceListener
from spindrift.broker.records import Record, TopicPartition
from spindrift.broker.start import Start
from spindrift.errors import BrokerError

_ANSWER_MS: Final = 10_000
_NOT_NOW: Final = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class KafkaPythonConsumer:
    """Partitions are shared anew without the others having to stop (cooperative sticky). Those that come are paused at
    once, on a thread of the library's, until they are looked after.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        topics: Collection[str],
        group: str,
        start: Start,
        listener: RebalanceListener | None,
    ) -> None:
        """Raises BrokerError."""
        self._connection = connection
        self._start = start
        self._partitions = KafkaPartitions(listener)
        self._going: dict[TopicPartition, int] | None = None
        with connection.talking("read"):
            self._consumer: Any = KafkaConsumer(
                partition_assignment_strategy=[CooperativeStickyAssignor], **connection.kafka_python_consumer(group)
            )
            self._consumer.subscribe(list(topics), listener=_Listener(self))
            for topic in topics:
                # Asked for now: who shares out the partitions without knowing them gives nobody any.
                self._consumer.partitions_for_topic(topic)

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """See `Consumer`."""
        trouble = self._look_after(self._partitions.come)
        with self._connection.talking("read"):
            # Also where those that have come cannot be looked after now: others are read, and what is in the way of
            # that (partitions that are shared anew) is only got over by polling.
            fetched = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=limit)
        if fetched:
            self._connection.outage.over()
        elif trouble:
            raise trouble
        held = self._partitions.held
        return [
            Record(
                each.topic,
                each.partition,
                each.offset,
                each.timestamp / 1000,
                each.key,
                each.value,
                tuple(each.headers),
            )
            for place, records in fetched.items()
            if TopicPartition(*place) in held
            for each in records
        ]

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """See `Consumer`."""
        with self._partitions.lock:
            if not offsets.keys() <= self._partitions.held:
                return False
            if self._going is not None:  # on the library's thread, see `_Listener`
                self._going.update(offsets)
                return True
        if not offsets:
            return True
        with self._connection.talking("commit"):
            try:
                self._consumer.commit(_of_kafka(offsets), timeout_ms=_ANSWER_MS)
            except _NOT_NOW:
                return False
        self._connection.outage.over()
        return True

    def committed(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        with self._connection.talking("ask what is committed"):
            offsets = {
                place: self._consumer.committed(KafkaPartition(*place), timeout_ms=_ANSWER_MS) for place in partitions
            }
        return {place: offset for place, offset in offsets.items() if offset is not None}

    def assignment(self) -> frozenset[TopicPartition]:
        """See `Consumer`."""
        return self._partitions.held

    def seek(self, partition: TopicPartition, start: Start) -> int:
        """See `Consumer`."""
        with self._connection.talking(f"go to {start.kind} in {partition}"):
            offset = self._resolve(partition, start)
            self._consumer.seek(KafkaPartition(*partition), offset)
        return offset

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        with self._partitions.lock:
            self._consumer.pause(*(KafkaPartition(*each) for each in self._partitions.pause(partitions)))

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """See `Consumer`."""
        with self._partitions.lock:
            self._consumer.resume(*(KafkaPartition(*each) for each in self._partitions.resume(partitions)))

    def ends(self) -> dict[TopicPartition, int]:
        """See `Consumer`."""
        # As the last fetch told. To ask would take as long as a fetch that waits for messages: they share a line.
        with self._connection.talking("ask for the ends"):
            known = {place: self._consumer.highwater(KafkaPartition(*place)) for place in self.assignment()}
            unknown = [KafkaPartition(*place) for place, end in known.items() if end is None]
            asked = self._consumer.end_offsets(unknown) if unknown else {}
        return {place: asked[KafkaPartition(*place)] if end is None else end for place, end in known.items()}

    def close(self) -> None:
        """See `Consumer`."""
        self._partitions.remove(self._partitions.held | self._partitions.come)
        with self._connection.talking("leave the group"):
            self._consumer.close(timeout_ms=_ANSWER_MS)

    def come(self, partitions: Collection[KafkaPartition]) -> None:
        """On the library's thread."""
        with self._partitions.lock:
            self._partitions.add([TopicPartition(*each) for each in partitions])
            self._consumer.pause(*partitions)

    async def go(self, partitions: Collection[KafkaPartition]) -> None:
        """On the library's thread."""
        with self._partitions.lock:
            offsets = self._going = {}
            try:
                self._partitions.remove([TopicPartition(*each) for each in partitions])
            finally:
                self._going = None
        if offsets:
            try:
                await self._consumer.commit_async(_of_kafka(offsets))
            except KafkaError:
                return  # who takes over gets again what was finished since the last commit

    def _look_after(self, come: Collection[TopicPartition]) -> BrokerError | None:
        """Begin with those that have come; with the others at the next poll, and why, if that is worth saying."""
        if not come:
            return None
        try:
            with self._connection.talking("begin to read"), suppress(*_NOT_NOW):
                self._begin(come)
        except BrokerError as error:
            return error
        return None

    def _begin(self, come: Collection[TopicPartition]) -> None:
        positions = self.committed(come)
        begun = {place: self._resolve(place, self._start) for place in come if place not in positions}
        if begun:
            self._consumer.commit(_of_kafka(begun), timeout_ms=_ANSWER_MS)
        positions |= begun
        with self._partitions.lock:
            # Those that went again meanwhile are not here.
            here = {TopicPartition(*each) for each in self._consumer.assignment()} & self._partitions.come & set(come)
            ready: dict[TopicPartition, int] = {}
            try:
                for place in here:
                    with suppress(KeyError, ValueError):  # went this moment
                        self._consumer.seek(KafkaPartition(*place), positions[place])
                        if place not in self._partitions.paused:
                            self._consumer.resume(KafkaPartition(*place))
                        ready[place] = positions[place]
            finally:
                self._partitions.hold(ready)

    def _resolve(self, partition: TopicPartition, start: Start) -> int:
        place = KafkaPartition(*partition)

        def at(seconds: float) -> int | None:
            found = self._consumer.offsets_for_times({place: round(seconds * 1000)}, timeout_ms=_ANSWER_MS)[place]
            return None if found is None else int(found.offset)

        first = self._consumer.beginning_offsets([place], timeout_ms=_ANSWER_MS)[place]
        end = self._consumer.end_offsets([place], timeout_ms=_ANSWER_MS)[place]
        return start.within(first, end, at)


class _Listener(AsyncConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: KafkaPythonConsumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Collection[KafkaPartition]) -> None:
        await self._consumer.go(revoked)

    async def on_partitions_assigned(self, assigned: Collection[KafkaPartition]) -> None:
        self._consumer.come(assigned)


def _of_kafka(offsets: Mapping[TopicPartition, int]) -> dict[KafkaPartition, OffsetAndMetadata]:
    return {KafkaPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()}
