"""Which partitions a consumer of Kafka has."""

import pytest

from spindrift.broker import TopicPartition
from spindrift.broker.kafka_partitions import KafkaPartitions
from spindrift.errors import BrokerError
from tests.broker.reading import Rebalances

A, B = TopicPartition("t", 0), TopicPartition("t", 1)


@pytest.fixture
def rebalances() -> Rebalances:
    return Rebalances()


@pytest.fixture
def partitions(rebalances: Rebalances) -> KafkaPartitions:
    return KafkaPartitions(rebalances)


def test_what_has_come_is_to_be_looked_after_until_it_is_held(
    partitions: KafkaPartitions, rebalances: Rebalances
) -> None:
    partitions.add([A, B])
    assert partitions.come == {A, B}
    assert partitions.held == set()
    partitions.hold({A: 7})
    assert partitions.come == {B}
    assert partitions.held == {A}
    assert rebalances.assigned_positions == [{A: 7}]


def test_who_is_told_that_it_goes_can_still_commit(partitions: KafkaPartitions, rebalances: Rebalances) -> None:
    partitions.add([A, B])
    partitions.hold({A: 0})
    held: list[object] = []
    rebalances.before_revoked = lambda going: held.append((set(going), partitions.held))
    partitions.remove([A, B])
    assert held == [({A}, {A})]
    assert partitions.held == partitions.come == set()


def test_it_goes_also_where_its_listener_fails(partitions: KafkaPartitions, rebalances: Rebalances) -> None:
    def fail(going: object) -> None:
        raise BrokerError("away")

    rebalances.before_revoked = fail
    partitions.add([A])
    partitions.hold({A: 0})
    with pytest.raises(BrokerError):
        partitions.remove([A])
    assert partitions.held == set()


def test_only_what_is_held_is_paused_and_only_while_it_is(partitions: KafkaPartitions) -> None:
    partitions.add([A, B])
    partitions.hold({A: 0})
    assert partitions.pause([A, B]) == partitions.paused == {A}
    partitions.remove([A])
    partitions.add([A])
    partitions.hold({A: 0})
    assert partitions.paused == set()
    assert partitions.resume([A, B]) == {A}
