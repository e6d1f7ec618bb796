"""Reading ahead, finishing in any order, committing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from spindrift.broker import Broker, Record, Start, TopicPartition, open_broker
from spindrift.broker.subscription import ReadAhead, Subscription
from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import BrokerAwayError
from tests.broker.reading import values, write_values

AHEAD = ReadAhead(records=5000, uncommitted=100_000, commit_interval=1, patience=0)
PLACE = TopicPartition("t", 0)

Subscribe = Callable[..., Subscription]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def broker(clock: VirtualClock) -> Iterator[Broker]:
    settings = Settings({"broker.url": "memory:", "broker.session.timeout": 10})
    with open_broker(settings, clock) as opened:
        opened.broker.create_topic("t", 1)
        yield opened.broker


@pytest.fixture
def subscribe(broker: Broker, clock: VirtualClock) -> Iterator[Subscribe]:
    """Without its thread: turns are made by hand."""
    with ExitStack() as stack:

        def subscribe(ahead: ReadAhead = AHEAD) -> Subscription:
            subscription = Subscription(lambda listener: broker.consumer(["t"], "g", listener=listener), ahead, clock)
            stack.callback(subscription.close)
            return subscription

        yield subscribe


def take_all(subscription: Subscription) -> list[Record]:
    return list(iter(subscription.take, None))


def test_commits_below_the_lowest_that_is_not_finished(
    broker: Broker, subscribe: Subscribe, clock: VirtualClock
) -> None:
    write_values(broker, "t", "abcd")
    subscription = subscribe()
    subscription.step(0)
    records = take_all(subscription)
    for each in (records[0], records[1], records[3]):
        subscription.finish(each)
    assert broker.lag("g", ["t"])[PLACE] == 4
    clock.advance(1)
    subscription.step(0)
    assert broker.lag("g", ["t"])[PLACE] == 2
    assert subscription.lag == {PLACE: 2}
    subscription.finish(records[2])
    subscription.commit()
    assert broker.lag("g", ["t"])[PLACE] == 0


def test_what_was_finished_last_is_committed_at_the_end(broker: Broker, subscribe: Subscribe) -> None:
    write_values(broker, "t", "abc")
    subscription = subscribe()
    subscription.step(0)
    subscription.finish(take_all(subscription)[0])
    subscription.close()
    assert broker.lag("g", ["t"])[PLACE] == 2


def test_no_more_is_read_ahead_than_there_is_room_for(broker: Broker, subscribe: Subscribe) -> None:
    write_values(broker, "t", [str(n) for n in range(30)])
    subscription = subscribe(ReadAhead(records=10, uncommitted=100, commit_interval=1, patience=0))
    subscription.step(0)
    first = len(subscription._buffer)
    for _ in range(3):
        write_values(broker, "t", ["more"])
        subscription.step(0)
    assert len(subscription._buffer) == first
    taken = take_all(subscription)
    subscription.step(0)
    assert values(taken + take_all(subscription)) == [*(str(n) for n in range(30)), "more", "more", "more"]


def test_a_partition_that_waits_for_one_record_is_paused(broker: Broker, subscribe: Subscribe) -> None:
    write_values(broker, "t", "abc")
    subscription = subscribe(ReadAhead(records=10, uncommitted=3, commit_interval=1, patience=0))
    subscription.step(0)
    a, b, c = take_all(subscription)
    write_values(broker, "t", "d")
    for each in (b, c):
        subscription.finish(each)
        subscription.step(0)
    assert take_all(subscription) == []
    subscription.finish(a)
    subscription.step(0)
    assert values(take_all(subscription)) == ["d"]


def test_records_of_a_partition_that_went_to_another_are_not_handed_out_nor_finished_here(
    broker: Broker, subscribe: Subscribe, clock: VirtualClock
) -> None:
    write_values(broker, "t", "abc")
    first, second = subscribe(), subscribe()
    first.step(0)
    taken = first.take()
    assert taken is not None
    clock.advance(11)  # the first is not heard of
    second.step(0)
    first.step(0)
    assert first.take() is None
    assert not first.is_open(taken)
    first.finish(taken)
    first.commit()
    assert broker.lag("g", ["t"])[PLACE] == 3
    assert values(take_all(second)) == ["a", "b", "c"]


def test_who_comes_back_after_others_went_on_begins_where_they_are(
    broker: Broker, subscribe: Subscribe, clock: VirtualClock
) -> None:
    write_values(broker, "t", "abc")
    first, second = subscribe(), subscribe()
    first.step(0)
    clock.advance(11)
    second.step(0)
    for each in take_all(second)[:2]:
        second.finish(each)
    second.close()
    first.step(0)
    assert values(take_all(first)) == ["c"]


def test_a_partition_that_goes_back_is_read_again_from_there(broker: Broker, subscribe: Subscribe) -> None:
    write_values(broker, "t", "abc")
    subscription = subscribe()
    subscription.step(0)
    for each in take_all(subscription):
        subscription.finish(each)
    subscription.commit()
    subscription._consumer.seek(PLACE, Start.offset(1))
    subscription.step(0)
    again = take_all(subscription)
    assert values(again) == ["b", "c"]
    subscription.finish(again[0])
    subscription.commit()
    assert broker.lag("g", ["t"])[PLACE] == 1


def test_a_broker_that_is_away_when_partitions_go_loses_them_nothing(
    broker: Broker, subscribe: Subscribe, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_values(broker, "t", "ab")
    first = subscribe()
    first.step(0)
    first.finish(take_all(first)[0])

    def away(offsets: object) -> bool:
        raise BrokerAwayError("cannot commit")

    monkeypatch.setattr(first._consumer, "commit", away)
    first.revoked({PLACE})
    assert first.lag == {}
    clock.advance(11)
    second = subscribe()
    second.step(0)
    assert values(take_all(second)) == ["a", "b"]
