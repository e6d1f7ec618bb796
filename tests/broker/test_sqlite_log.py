"""What only the embedded broker promises: its own retention, one file with a store, any size."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.broker import Broker, Message, Record, Start, TopicPartition, open_broker
from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.store import open_store
from tests.broker.reading import have_partitions, read, values, write, write_values

HOUR = 3600.0


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'topics.db'}"


@pytest.fixture
def broker(url: str, clock: VirtualClock, request: pytest.FixtureRequest) -> Iterator[Broker]:
    conf: dict[str, Any] = getattr(request, "param", {})
    with open_broker(Settings({"broker.url": url, "broker.partitions": 1, **conf}), clock) as opened:
        yield opened.broker


def everything(broker: Broker, group: str) -> list[Record]:
    left = sum(broker.lag(group, ["t"]).values())
    consumer = broker.consumer(["t"], group)
    records = read(consumer, left)
    consumer.close()
    return records


@pytest.mark.parametrize("broker", [{"broker.retention.time": "1h"}], indirect=True)
def test_what_is_too_old_is_deleted_and_offsets_go_on(broker: Broker, clock: VirtualClock) -> None:
    write_values(broker, "t", "ab")
    clock.advance(HOUR / 2)
    write_values(broker, "t", "c")
    clock.advance(HOUR / 2 + 60)
    write_values(broker, "t", "de")
    assert values(everything(broker, "g")) == ["c", "d", "e"]
    clock.advance(9 * HOUR)
    write_values(broker, "t", "fg")
    assert [(each.offset, each.value) for each in everything(broker, "h")] == [(5, b"f"), (6, b"g")]


@pytest.mark.parametrize("broker", [{"broker.retention.bytes": 5000}], indirect=True)
def test_the_oldest_of_what_is_too_much_is_deleted(broker: Broker, clock: VirtualClock) -> None:
    for number in range(20):
        write_values(broker, "t", [f"{number}" + 1000 * "x"])
        clock.advance(61)
    write_values(broker, "t", ["last"])
    kept = everything(broker, "g")
    assert 4 <= len(kept) <= 6
    assert values(kept)[-1] == "last"
    assert [each.offset for each in kept] == list(range(21 - len(kept), 21))


@pytest.mark.parametrize("broker", [{"broker.retention.time": "1h"}], indirect=True)
def test_a_group_whose_next_message_was_deleted_goes_on_with_the_oldest_and_says_so(
    broker: Broker, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    write_values(broker, "t", "abc")
    consumer = broker.consumer(["t"], "g")
    read(consumer, 3)
    consumer.commit({TopicPartition("t", 0): 1})
    consumer.close()
    clock.advance(2 * HOUR)
    write_values(broker, "t", "de")
    assert values(everything(broker, "g")) == ["d", "e"]
    assert "group g goes on with t/0 at offset 3: those from 1 on were deleted" in caplog.text


def test_a_member_that_is_not_heard_of_loses_its_partitions(broker: Broker, clock: VirtualClock) -> None:
    first, second = broker.consumer(["t"], "g"), broker.consumer(["t"], "g")
    have_partitions(first, counts=[1])
    second.poll(0, 1)
    assert second.assignment() == frozenset()
    clock.advance(11)
    second.poll(0, 1)
    assert second.assignment() == {TopicPartition("t", 0)}
    assert not first.commit({TopicPartition("t", 0): 0})
    first.poll(0, 1)
    assert first.assignment() == frozenset()
    first.close()
    second.close()


def test_large_messages_and_many(broker: Broker) -> None:
    large = bytes(range(256)) * 20_000
    producer = broker.producer()
    write(producer, [Message("t", large) for _ in range(3)])
    write(producer, [Message("t", b"%d" % number) for number in range(5000)])
    records = everything(broker, "g")
    assert [each.value for each in records] == [large] * 3 + [b"%d" % number for number in range(5000)]
    assert [each.offset for each in records] == list(range(5003))


def test_topics_and_a_crawl_can_share_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'crawl.db'}"
    for first in ("broker", "store"):
        with open_broker(Settings({"broker.url": url})) as opened:
            if first == "broker":
                write_values(opened.broker, "t", "ab")
            with open_store(url) as store:
                assert not any(store.frontier.count_by_status().values())
                consumer = opened.broker.consumer(["t"], first)
                assert sorted(values(read(consumer, 2))) == ["a", "b"]
                consumer.close()


def test_what_is_there_after_the_process_is_what_was_written(url: str) -> None:
    settings = Settings({"broker.url": url})
    with open_broker(settings) as opened:
        write_values(opened.broker, "t", "abc", partition=3)
    with open_broker(settings) as opened:
        assert opened.broker.topics() == {"t": 4}
        write_values(opened.broker, "t", "d", partition=3)
        consumer = opened.broker.consumer(["t"], "g", Start.offset(1))
        assert [(each.partition, each.offset, each.value) for each in read(consumer, 3)] == [
            (3, 1, b"b"),
            (3, 2, b"c"),
            (3, 3, b"d"),
        ]
        consumer.close()


def test_a_file_that_cannot_be_had_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="missing"):
        open_broker(Settings({"broker.url": f"sqlite:///{tmp_path}/missing/topics.db"}))
