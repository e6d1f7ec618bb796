"""The topic spout: every message at least once, whatever its tuple does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from spindrift.broker import Broker, Message, Record, TopicPartition, open_broker
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.local import EmitError
from spindrift.spouts.topic import KafkaSpout, TopicSpout
from spindrift.testing import SpoutRun, run_spout
from tests.broker.reading import read, wait_until, write

CONF = {"broker.url": "memory:", "topic.names": ["t"], "topic.group": "g", "broker.partitions": 1}
PLACE = TopicPartition("t", 0)

Start = Callable[..., SpoutRun]


@pytest.fixture
def broker() -> Iterator[Broker]:
    with open_broker(Settings(CONF)) as opened:
        yield opened.broker


@pytest.fixture
def start(broker: Broker) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(cls: type[Any] = TopicSpout, **conf: Any) -> SpoutRun:
            return stack.enter_context(run_spout(cls, CONF | conf))

        yield start


def put(broker: Broker, *values: bytes, **more: Any) -> None:
    producer = broker.producer()
    write(producer, [Message("t", value, **more) for value in values])


def next_ones(spout: SpoutRun, count: int) -> list[Any]:
    """So many tuples; they come from a thread of the spout's."""
    emitted: list[Any] = []

    def come() -> bool:
        emitted.extend(spout.next(10))
        return len(emitted) >= count

    wait_until(come)
    return emitted


def dead(broker: Broker) -> Record:
    consumer = broker.consumer(["t.dead-letter"], "undertaker")
    (record,) = read(consumer, 1)
    consumer.close()
    return record


def lag(broker: Broker) -> int:
    return broker.lag("g", ["t"])[PLACE]


def test_emits_what_was_written_with_its_place(broker: Broker, start: Start) -> None:
    put(broker, b'{"a": [1, 2]}', key=b"k")
    put(broker, b"2")
    spout = start()
    assert next_ones(spout, 2) == [("t", 0, 0, "k", {"a": [1, 2]}), ("t", 0, 1, None, 2)]
    assert spout.ids == ["t/0/0", "t/0/1"]


def test_what_is_acked_is_committed_and_does_not_come_again(broker: Broker, start: Start) -> None:
    put(broker, b"0", b"1", b"2")
    with run_spout(TopicSpout, CONF) as spout:
        next_ones(spout, 3)
        spout.ack("t/0/0")
        spout.ack("t/0/2")
    assert lag(broker) == 2
    assert [each.value for each in next_ones(start(), 2)] == [1, 2]


def test_what_failed_is_emitted_again_with_growing_delay_then_goes_to_the_dead_letters(
    broker: Broker, start: Start
) -> None:
    put(broker, b"0", key=b"k", headers=(("h", b"x"),), timestamp=1_000_000.0)
    spout = start()
    next_ones(spout, 1)
    for delay in (1, 2):
        spout.fail("t/0/0")
        spout.advance(delay - 0.1)
        assert spout.next(3) == []
        spout.advance(0.1)
        assert len(spout.next(3)) == 1
    spout.fail("t/0/0")
    record = dead(broker)
    assert (record.key, record.value, record.timestamp) == (b"k", b"0", 1_000_000.0)
    assert dict(record.headers) == {
        "h": b"x",
        "dead-letter.error": b"its tuple failed 3 times in a row",
        "dead-letter.topic": b"t",
        "dead-letter.partition": b"0",
        "dead-letter.offset": b"0",
    }
    wait_until(lambda: not spout.component._subscription.is_open(record._replace(topic="t", partition=0, offset=0)))
    spout.advance(100)
    assert spout.next(3) == []


def test_a_message_that_cannot_be_read_does_not_block(broker: Broker, start: Start) -> None:
    put(broker, b"1", b"{poison", b"3")
    with run_spout(TopicSpout, CONF) as spout:
        assert [each.value for each in next_ones(spout, 2)] == [1, 3]
        spout.ack("t/0/0")
        spout.ack("t/0/2")
        record = dead(broker)
    assert record.value == b"{poison"
    assert b"JSONDecodeError" in dict(record.headers)["dead-letter.error"]
    assert lag(broker) == 0


def test_formats(broker: Broker, start: Start) -> None:
    put(broker, b"\xff\x00")
    put(broker, "ü".encode())
    assert [each.value for each in next_ones(start(**{"topic.format": "bytes"}), 2)] == [b"\xff\x00", "ü".encode()]
    spout = start(**{"topic.format": "text", "topic.group": "other"})
    assert [each.value for each in next_ones(spout, 1)] == ["ü"]


def test_what_fails_while_the_topology_stops_comes_again_at_the_next_start(broker: Broker, start: Start) -> None:
    put(broker, b"0")
    with run_spout(TopicSpout, CONF) as spout:
        next_ones(spout, 1)
        spout.deactivate()
        spout.fail("t/0/0")
    assert next_ones(start(), 1)


def test_tuples_of_ones_own(broker: Broker, start: Start) -> None:
    class Lengths(KafkaSpout):  # type: ignore[misc, valid-type, unused-ignore]
        outputs = ["length"]  # noqa: RUF012

        def values_of(self, record: Record) -> list[Any] | None:
            return [len(record.value)] if record.value else None

    put(broker, b"", b"abc")
    spout = start(Lengths)
    assert next_ones(spout, 1) == [(3,)]
    spout.component._subscription.commit()
    assert lag(broker) == 1


def test_what_cannot_be_emitted_fails_and_goes_to_the_dead_letters(
    broker: Broker, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(broker, b"0", b"1")
    spout = start(**{"topic.max.replays": 0})
    emit = spout.component.emit

    def carry_no_zero(values: list[Any], **more: Any) -> Any:
        if values[4] == 0:
            raise EmitError("a zero cannot be carried")
        return emit(values, **more)

    monkeypatch.setattr(spout.component, "emit", carry_no_zero)
    emitted: list[Any] = []

    def come() -> bool:
        with suppress(EmitError):
            emitted.extend(spout.next())
        return bool(emitted)

    wait_until(come)
    assert [each.value for each in emitted] == [1]
    assert dead(broker).value == b"0"


def test_reports_lag(broker: Broker, start: Start) -> None:
    put(broker, b"1", b"2", b"3")
    with run_spout(TopicSpout, CONF | {"metrics.report": True}) as spout:
        next_ones(spout, 3)
        spout.ack("t/0/0")
        spout.component._subscription.commit()
        spout.advance(1)
        spout.next()
        assert dict(spout.metrics)["topic"] == {"lag": {"t/0": 2}, "in.flight": 2, "replays": 0, "dead.letters": 0}


def test_topics_have_to_be_named() -> None:
    with pytest.raises(ConfigurationError, match=r"topic\.names"), run_spout(TopicSpout, {"broker.url": "memory:"}):
        pass
