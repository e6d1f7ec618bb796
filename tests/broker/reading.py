"""Reads topics in tests."""

from collections.abc import Callable, Collection, Mapping

from spindrift.broker import Broker, Consumer, Message, Producer, Record, TopicPartition
from spindrift.testing import waiting

_TURN = 0.05
_PATIENCE = 90.0


def wait_until(condition: Callable[[], object], said: Callable[[], str] = str) -> None:
    """As that of the kit, for as long as a real server may take on a machine that is busy."""
    waiting.wait_until(condition, _PATIENCE, said)


class Rebalances:
    """Writes down which partitions come and go."""

    def __init__(self) -> None:
        self.assigned_positions: list[dict[TopicPartition, int]] = []
        self.revoked_partitions: list[set[TopicPartition]] = []
        self.before_revoked: Callable[[Collection[TopicPartition]], object] = lambda partitions: None

    def revoked(self, partitions: Collection[TopicPartition]) -> None:
        self.before_revoked(partitions)
        self.revoked_partitions.append(set(partitions))

    def assigned(self, positions: Mapping[TopicPartition, int]) -> None:
        self.assigned_positions.append(dict(positions))


def write(producer: Producer, messages: Collection[Message]) -> None:
    """Returns when all are durable."""
    told: list[BaseException | None] = []
    for message in messages:
        producer.send(message, told.append)
    producer.flush()
    assert told == [None] * len(messages)


def write_values(broker: Broker, topic: str, values: Collection[str], partition: int | None = None) -> None:
    """Messages without keys."""
    producer = broker.producer()
    write(producer, [Message(topic, value.encode(), partition=partition) for value in values])
    producer.close()


def read(consumer: Consumer, count: int) -> list[Record]:
    """So many records, and not one more that came with them."""
    records: list[Record] = []

    def enough() -> bool:
        records.extend(consumer.poll(_TURN, 1000))
        return len(records) >= count

    wait_until(enough, lambda: f"{len(records)} of {count} records")
    assert len(records) == count
    return records


def read_nothing(consumer: Consumer) -> None:
    """Some polls, all empty."""
    assert [record for _ in range(6) for record in consumer.poll(_TURN, 1000)] == []


def values(records: Collection[Record]) -> list[str]:
    """As texts."""
    return [(record.value or b"").decode() for record in records]


def have_partitions(*consumers: Consumer, counts: list[int]) -> None:
    """Poll until each has so many partitions; records that come are not wanted."""

    def shared() -> bool:
        for consumer in consumers:
            consumer.poll(0, 1)
        return [len(consumer.assignment()) for consumer in consumers] == counts

    wait_until(shared, lambda: str([len(consumer.assignment()) for consumer in consumers]))
