"""What goes into topics, and what comes out of them."""

from typing import NamedTuple

from spindrift.errors import BrokerError

Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    """A part of a topic, within which messages have an order. Partitions are counted from 0."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}"


class Message(NamedTuple):
    """What is written to a topic."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    """Messages of one key are in one partition (murmur2, as Kafka's own producers choose it), in their order."""
    headers: Headers = ()
    timestamp: float | None = None
    """Seconds since the epoch, kept to the millisecond; None: now."""
    partition: int | None = None
    """None: the key's; without a key, one after the other."""


class Record(NamedTuple):
    """A message in its place."""

    topic: str
    partition: int
    offset: int
    timestamp: float
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def place(self) -> TopicPartition:
        """The partition."""
        return TopicPartition(self.topic, self.partition)

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


def no_partition(topic: str, partition: int, partitions: int) -> BrokerError:
    """What to raise for a partition that is not there."""
    return BrokerError(f"cannot write to partition {partition} of topic {topic}: it has {partitions}, counted from 0")
