"""What spindrift asks of a broker: the same of the embedded one and of Kafka, checked by one suite of tests."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from spindrift.broker.records import Message, Record, TopicPartition
from spindrift.broker.start import Start

OnDelivery = Callable[[BaseException | None], None]
"""Called once, on a thread of the broker's: None when the message is durable, otherwise why it is not.

It must not wait for the broker (send, flush, close).
"""


class Producer(Protocol):
    """Writes messages. Thread-safe."""

    def send(self, message: Message, on_delivery: OnDelivery) -> None:
        """Have a message written, soon; waits while too many are on their way. Creates a topic that is not there.

        Raises BrokerError for a message that cannot be sent at all: a partition that is not there, one too large.
        """
        ...

    def flush(self) -> None:
        """Return when everything that was sent is durable, or its callback was told why not."""
        ...

    def close(self) -> None:
        """Flush, and be done."""
        ...


class RebalanceListener(Protocol):
    """Told, from within `Consumer.poll` and `close`, which partitions come and go."""

    def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """These go to others (or are gone already). What is finished of them can still be committed, by now."""
        ...

    def assigned(self, positions: Mapping[TopicPartition, int]) -> None:
        """These are ours from now on; each with the offset of the first record that will come."""
        ...


class Consumer(Protocol):
    """Reads topics as one member of a group that shares their partitions. For one thread.

    It has to poll to stay a member. Nothing is committed unless `commit` is called.
    """

    def poll(self, timeout: float, limit: int) -> list[Record]:
        """At most `limit` records of the partitions that are not paused, in the order of each; waits for the first."""
        ...

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Say what the group has finished: everything below each offset. Durable on return.

        False, and nothing is said, when partitions are just being shared anew, or are not this consumer's any more.
        """
        ...

    def committed(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """What the group has finished, of partitions of which it has finished any."""
        ...

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions that are this consumer's."""
        ...

    def seek(self, partition: TopicPartition, start: Start) -> int:
        """Go on (or back) there, for a partition of this consumer's; the offset that comes next."""
        ...

    def pause(self, partitions: Collection[TopicPartition]) -> None:
        """Have nothing of these come."""
        ...

    def resume(self, partitions: Collection[TopicPartition]) -> None:
        """Have them go on where they were."""
        ...

    def ends(self) -> dict[TopicPartition, int]:
        """Of each partition of this consumer's, the offset that the next message to be written will get."""
        ...

    def close(self) -> None:
        """Leave the group, so that others take over at once."""
        ...


class Broker(Protocol):
    """Keeps topics."""

    def create_topic(self, topic: str, partitions: int) -> None:
        """Make a topic; nothing where it is there already, with however many partitions."""
        ...

    def topics(self) -> dict[str, int]:
        """The topics, with how many partitions each has."""
        ...

    def producer(self) -> Producer:
        """A new one."""
        ...

    def consumer(
        self,
        topics: Collection[str],
        group: str,
        start: Start = Start.EARLIEST,
        listener: RebalanceListener | None = None,
    ) -> Consumer:
        """A new member of `group`. Topics that are not there are created.

        `start` is where the group begins with a partition of which it has committed nothing; it is committed then, so
        that whoever takes over begins there, too.
        """
        ...

    def lag(self, group: str, topics: Collection[str]) -> dict[TopicPartition, int]:
        """How many messages of each partition the group has not committed."""
        ...

    def forget(self, group: str) -> None:
        """What a group has committed, when it has no members any more."""
        ...

    def close(self) -> None:
        """Done with it; its producers and consumers have to be closed before."""
        ...
