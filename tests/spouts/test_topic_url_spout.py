"""URLs from a topic: seeds that keep coming."""

from collections.abc import Iterator
from typing import Any

import pytest

from spindrift.broker import Broker, Message, open_broker
from spindrift.conf import Settings
from spindrift.spouts.topic_urls import TopicUrlSpout
from spindrift.testing import run_spout
from tests.broker.reading import read, wait_until, write

CONF = {"broker.url": "memory:", "crawl.topic.urls": "t", "broker.partitions": 1, "urlfilters.config.file": ""}


@pytest.fixture
def broker() -> Iterator[Broker]:
    with open_broker(Settings(CONF)) as opened:
        yield opened.broker


def emitted(broker: Broker, *values: bytes, last: bytes = b"http://last.example/") -> list[Any]:
    """What the spout makes of messages, but the last."""
    producer = broker.producer()
    write(producer, [Message("t", value) for value in (*values, last)])
    found: list[Any] = []
    with run_spout(TopicUrlSpout, CONF) as spout:

        def came() -> bool:
            found.extend(spout.next(10))
            return bool(found) and found[-1].url == last.decode()

        wait_until(came)
    return found[:-1]


def test_lines_and_objects_become_discovered(broker: Broker) -> None:
    given = [b"HTTP://A.example\ttag=t", b'{"url": "http://b.example/x", "metadata": {"tag": "one"}}']
    assert emitted(broker, *given) == [
        ("http://a.example/", {"tag": ["t"], "depth": ["0"]}, "DISCOVERED"),
        ("http://b.example/x", {"tag": ["one"], "depth": ["0"]}, "DISCOVERED"),
    ]


def test_who_writes_to_the_topic_gives_no_leave_for_private_addresses(broker: Broker) -> None:
    given = b'{"url": "http://127.0.0.1/", "metadata": {"fetch.private.allowed": ["true"]}}'
    assert emitted(broker, given) == [("http://127.0.0.1/", {"depth": ["0"]}, "DISCOVERED")]


def test_empty_messages_and_comments_pass(broker: Broker) -> None:
    assert emitted(broker, b"", b"# nothing") == []


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (b"tides", "'tides' is not a URL"),
        (b'{"url": 5}', "url is 5; expected a text"),
        (b'{"url": ', "JSONDecodeError"),
        (b"\xff", "UnicodeDecodeError"),
        (b'{"url": "http://a.example/", "metadata": {"tag": {"a": 1}}}', "tag"),
    ],
)
def test_what_is_no_url_is_a_dead_letter(broker: Broker, message: bytes, problem: str) -> None:
    assert emitted(broker, message) == []
    consumer = broker.consumer(["t.dead-letter"], "undertaker")
    (record,) = read(consumer, 1)
    consumer.close()
    assert record.value == message
    assert problem in dict(record.headers)["dead-letter.error"].decode()
