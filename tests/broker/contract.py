"""What every broker does."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest

from spindrift.broker import Broker, Consumer, Message, RebalanceListener, Record, Start, TopicPartition, open_broker
from spindrift.broker.partitioning import partition_of
from spindrift.conf import Settings
from spindrift.errors import BrokerError
from tests.broker.reading import (
    Rebalances,
    have_partitions,
    read,
    read_nothing,
    values,
    wait_until,
    write,
    write_values,
)

Join = Callable[..., Consumer]

_THEN = int(time.time()) - 1000
"""Seconds. What is a week old, Kafka deletes, when it comes to it."""


class BrokerContract:
    """Subclasses give the fixture `conf`: the keys of a broker."""

    @pytest.fixture
    def broker(self, conf: dict[str, Any]) -> Iterator[Broker]:
        with open_broker(Settings(conf)) as opened:
            yield opened.broker

    @pytest.fixture
    def topic(self, broker: Broker) -> str:
        """With 4 partitions."""
        name = f"t-{uuid4().hex}"
        broker.create_topic(name, 4)
        return name

    @pytest.fixture
    def join(self, broker: Broker, topic: str) -> Iterator[Join]:
        with ExitStack() as stack:

            def join(
                start: Start = Start.EARLIEST, listener: RebalanceListener | None = None, group: str = ""
            ) -> Consumer:
                consumer = broker.consumer([topic], group or f"g-{topic}", start, listener)
                stack.callback(lambda: consumer.close() if consumer not in closed else None)
                return consumer

            closed: list[Consumer] = []
            join.closed = closed  # type: ignore[attr-defined]
            yield join

    def test_a_message_comes_as_it_was_written(self, broker: Broker, topic: str, join: Join) -> None:
        every_byte = bytes(range(256))
        headers = (("a", b"1"), ("a", every_byte))
        producer = broker.producer()
        write(producer, [Message(topic, every_byte, b"key", headers, timestamp=_THEN + 0.123, partition=2)])
        producer.close()
        (record,) = read(join(), 1)
        assert record == (topic, 2, 0, _THEN + 0.123, b"key", every_byte, headers)

    def test_no_value_and_no_key_are_told_from_empty_ones(self, broker: Broker, topic: str, join: Join) -> None:
        producer = broker.producer()
        write(producer, [Message(topic, None, b"k"), Message(topic, b"", b"k")])
        write(producer, [Message(topic, b"v", partition=partition_of(b"k", 4))])
        producer.close()
        assert [(each.key, each.value) for each in read(join(), 3)] == [(b"k", None), (b"k", b""), (None, b"v")]

    def test_messages_of_a_key_are_in_one_partition_the_same_everywhere(
        self, broker: Broker, topic: str, join: Join
    ) -> None:
        keys = [f"http://host{number}.example/".encode() for number in range(50)]
        producer = broker.producer()
        write(producer, [Message(topic, str(n).encode(), key) for n in range(3) for key in keys])
        producer.close()
        records = read(join(), 150)
        assert {each.partition for each in records} == {0, 1, 2, 3}
        assert all(each.partition == partition_of(each.key or b"", 4) for each in records)
        for key in keys:
            assert values([each for each in records if each.key == key]) == ["0", "1", "2"]

    def test_a_partition_that_is_not_there_is_refused(self, broker: Broker, topic: str) -> None:
        producer = broker.producer()
        with pytest.raises(BrokerError, match=r"partition 4 of topic t-\w+: it has 4"):
            producer.send(Message(topic, b"v", partition=4), lambda error: None)
        producer.close()

    def test_topics_are_created_once_and_at_their_first_use(self, broker: Broker, topic: str) -> None:
        broker.create_topic(topic, 9)
        write_values(broker, f"{topic}-new", ["a"])
        topics = broker.topics()
        assert topics[topic] == 4
        assert topics[f"{topic}-new"] == 3  # broker.partitions

    def test_a_group_goes_on_at_what_it_committed(self, broker: Broker, topic: str, join: Join) -> None:
        write_values(broker, topic, "abcdef", partition=1)
        place = TopicPartition(topic, 1)
        first = join()
        read(first, 6)
        assert first.commit({place: 4})
        assert first.committed([place, TopicPartition(topic, 0)]) == {place: 4, TopicPartition(topic, 0): 0}
        self._leave(join, first)
        assert values(read(join(), 2)) == ["e", "f"]
        assert values(read(join(group="another"), 6)) == list("abcdef")

    def test_a_group_that_has_read_nothing_begins_where_it_is_told(
        self, broker: Broker, topic: str, join: Join
    ) -> None:
        producer = broker.producer()
        write(producer, [Message(topic, str(n).encode(), timestamp=_THEN + n, partition=0) for n in range(10)])
        for number, (start, expected) in enumerate(
            [
                (Start.EARLIEST, 0),
                (Start.offset(3), 3),
                (Start.time(_THEN + 6), 6),
                (Start.time(_THEN + 5.5), 6),
                (Start.offset(10_000), 10),
                (Start.time(_THEN + 900), 10),
                (Start.LATEST, 10),
            ]
        ):
            rebalances = Rebalances()
            consumer = join(start, rebalances, f"g{number}-{topic}")
            have_partitions(consumer, counts=[4])
            positions = {key: value for each in rebalances.assigned_positions for key, value in each.items()}
            assert positions[TopicPartition(topic, 0)] == expected, start
            self._leave(join, consumer)
        producer.close()

    def test_where_a_group_begins_is_committed_so_that_nothing_is_missed_by_who_takes_over(
        self, broker: Broker, topic: str, join: Join
    ) -> None:
        write_values(broker, topic, ["before"])
        first = join(Start.LATEST)
        have_partitions(first, counts=[4])
        self._leave(join, first)
        write_values(broker, topic, ["after"])
        assert values(read(join(Start.LATEST), 1)) == ["after"]

    def test_replay_by_seek(self, broker: Broker, topic: str, join: Join) -> None:
        producer = broker.producer()
        write(producer, [Message(topic, str(n).encode(), timestamp=_THEN + n, partition=0) for n in range(10)])
        producer.close()
        place = TopicPartition(topic, 0)
        consumer = join()
        read(consumer, 10)
        assert consumer.seek(place, Start.offset(7)) == 7
        assert values(read(consumer, 3)) == ["7", "8", "9"]
        assert consumer.seek(place, Start.time(_THEN + 8)) == 8
        assert values(read(consumer, 2)) == ["8", "9"]
        assert consumer.seek(place, Start.EARLIEST) == 0
        assert consumer.poll(5, 1)[0].offset == 0
        assert consumer.seek(place, Start.LATEST) == 10
        read_nothing(consumer)

    def test_a_poll_keeps_to_its_limit_and_loses_nothing(self, broker: Broker, topic: str, join: Join) -> None:
        write_values(broker, topic, [str(n) for n in range(100)], partition=3)
        consumer = join()
        records: list[Record] = []
        while len(records) < 100:
            part = consumer.poll(0.05, 7)
            assert len(part) <= 7
            records += part
        assert values(records) == [str(n) for n in range(100)]

    def test_paused_partitions_wait(self, broker: Broker, topic: str, join: Join) -> None:
        consumer = join()
        have_partitions(consumer, counts=[4])
        paused = [TopicPartition(topic, each) for each in (0, 1)]
        consumer.pause(paused)
        for partition in range(4):
            write_values(broker, topic, ["a", "b"], partition)
        assert {each.partition for each in read(consumer, 4)} == {2, 3}
        read_nothing(consumer)
        consumer.resume(paused)
        assert [values([each]) for each in sorted(read(consumer, 4))] == [["a"], ["b"], ["a"], ["b"]]

    def test_lag_and_ends(self, broker: Broker, topic: str, join: Join) -> None:
        write_values(broker, topic, "abcdef", partition=1)
        place = TopicPartition(topic, 1)
        assert broker.lag(f"g-{topic}", [topic])[place] == 6
        consumer = join()
        read(consumer, 6)
        consumer.commit({place: 2})
        assert consumer.ends() == {TopicPartition(topic, each): 6 * (each == 1) for each in range(4)}
        assert broker.lag(f"g-{topic}", [topic]) == {TopicPartition(topic, each): 4 * (each == 1) for each in range(4)}

    def test_members_of_a_group_share_and_take_over(self, broker: Broker, topic: str, join: Join) -> None:
        rebalances = Rebalances()
        first = join(listener=rebalances)
        have_partitions(first, counts=[4])
        second = join()
        have_partitions(first, second, counts=[2, 2])
        assert first.assignment().isdisjoint(second.assignment())
        assert set().union(*rebalances.revoked_partitions) == second.assignment()
        write_values(broker, topic, [str(n) for n in range(40)])
        have = {first: first.assignment(), second: second.assignment()}
        for consumer, partitions in have.items():
            assert {each.place for each in read_until_quiet(consumer)} <= partitions
        self._leave(join, second)
        have_partitions(first, counts=[4])

    def test_a_member_commits_what_it_gives_away_and_nothing_later(
        self, broker: Broker, topic: str, join: Join
    ) -> None:
        for partition in range(4):
            write_values(broker, topic, "abc", partition)
        committing = Rebalances()
        first = join(listener=committing)
        committing.before_revoked = lambda partitions: first.commit(dict.fromkeys(partitions, 2))
        read(first, 12)
        second = join()
        records: list[Record] = []

        def taken_over() -> bool:
            first.poll(0, 1)
            records.extend(second.poll(0.02, 10))
            return len(records) >= 2

        wait_until(taken_over)
        assert values(records) == ["c", "c"]
        assert not first.commit({next(iter(second.assignment())): 3})

    def test_groups_do_not_share(self, broker: Broker, topic: str, join: Join) -> None:
        write_values(broker, topic, "abc")
        one, other = join(group=f"one-{topic}"), join(group=f"other-{topic}")
        assert sorted(values(read(one, 3))) == sorted(values(read(other, 3))) == list("abc")

    def test_a_group_that_is_forgotten_begins_anew(self, broker: Broker, topic: str, join: Join) -> None:
        write_values(broker, topic, "abc", partition=0)
        first = join()
        read(first, 3)
        first.commit({TopicPartition(topic, 0): 3})
        self._leave(join, first)
        broker.forget(f"g-{topic}")
        assert values(read(join(), 3)) == ["a", "b", "c"]

    @staticmethod
    def _leave(join: Join, consumer: Consumer) -> None:
        consumer.close()
        join.closed.append(consumer)  # type: ignore[attr-defined]


def read_until_quiet(consumer: Consumer) -> Collection[Any]:
    """What comes in some polls."""
    return [record for _ in range(10) for record in consumer.poll(0.05, 1000)]
