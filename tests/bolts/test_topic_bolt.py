"""The topic bolt: acks what is delivered."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from spindrift.bolts.topic import TopicBolt
from spindrift.broker import Broker, Record, open_broker
from spindrift.conf import Settings
from spindrift.errors import BrokerAwayError, BrokerError, ConfigurationError
from spindrift.testing import BoltRun, run_bolt
from tests.broker.reading import read, wait_until

CONF = {"broker.url": "memory:", "topic.name": "t", "topic.key.field": "url"}


@pytest.fixture
def broker() -> Iterator[Broker]:
    with open_broker(Settings(CONF)) as opened:
        yield opened.broker


def settled(bolt: BoltRun, count: int = 1) -> None:
    wait_until(lambda: len(bolt.acked) + len(bolt.failed) >= count)


def written(broker: Broker, count: int) -> list[Record]:
    consumer = broker.consumer(["t"], "g")
    records = read(consumer, count)
    consumer.close()
    return records


def test_a_tuple_is_written_as_json_and_acked_when_it_is_delivered(broker: Broker) -> None:
    with run_bolt(TopicBolt, CONF) as bolt:
        tup = bolt.send(url="http://a.example/", metadata={"k": ["v"]}, content=b"\xff\x00")
        settled(bolt)
        assert bolt.acked == [tup]
    (record,) = written(broker, 1)
    assert record.key == b"http://a.example/"
    assert orjson.loads(record.value or b"") == {
        "url": "http://a.example/",
        "metadata": {"k": ["v"]},
        "content": "/wA=",
    }


def test_bytes_and_text_are_the_field_value(broker: Broker) -> None:
    with run_bolt(TopicBolt, CONF | {"topic.format": "bytes", "topic.key.field": ""}) as bolt:
        bolt.send(value=b"\xff\x00")
        settled(bolt)
    (record,) = written(broker, 1)
    assert (record.key, record.value) == (None, b"\xff\x00")


def test_what_cannot_be_written_fails(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    with run_bolt(TopicBolt, CONF) as bolt:
        bolt.send(url="u", value=object())
        bolt.send(other="no key")
        settled(bolt, 2)
        assert len(bolt.failed) == 2
    assert "object" in caplog.text


def refuse(bolt: BoltRun, monkeypatch: pytest.MonkeyPatch, error: BrokerError) -> None:
    """Have the broker take nothing."""
    producer: Any = bolt.component._producer
    monkeypatch.setattr(type(producer), "send", lambda self, message, on_delivery: on_delivery(error))


def test_what_the_broker_does_not_take_fails(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_bolt(TopicBolt, CONF) as bolt:
        refuse(bolt, monkeypatch, BrokerError("it is away"))
        bolt.send(url="u")
        settled(bolt)
        assert len(bolt.failed) == 1


def test_a_broker_that_is_away_says_so_itself(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with run_bolt(TopicBolt, CONF) as bolt:
        refuse(bolt, monkeypatch, BrokerAwayError("it is away"))
        bolt.send(url="u")
        settled(bolt)
        assert len(bolt.failed) == 1
    assert caplog.messages == []


def test_the_topic_has_to_be_named() -> None:
    with pytest.raises(ConfigurationError, match=r"topic\.name"), run_bolt(TopicBolt, {"broker.url": "memory:"}):
        pass
