"""Documents to a topic."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from spindrift.bolts.topic_index import TopicIndexBolt
from spindrift.bolts.topic_status import TopicStatusBolt
from spindrift.broker import Broker, Record, open_broker
from spindrift.conf import Settings
from spindrift.testing import BoltRun, run_bolt
from tests.broker.reading import read, wait_until

CONF = {"broker.url": "memory:", "crawl.topic.documents": "t", "crawl.topic.statuses": "t"}
URL = "http://a.example/"


@pytest.fixture
def broker() -> Iterator[Broker]:
    with open_broker(Settings(CONF)) as opened:
        yield opened.broker


def settled(bolt: BoltRun) -> None:
    wait_until(lambda: bolt.acked or bolt.failed)


def written(broker: Broker) -> Record:
    consumer = broker.consumer(["t"], "g")
    (record,) = read(consumer, 1)
    consumer.close()
    return record


def send(bolt: BoltRun, metadata: Any) -> None:
    bolt.send(url=URL, content=b"", metadata=metadata, text="The spring tide.")
    settled(bolt)


def test_a_page_is_fetched_when_its_document_is_in_the_topic(broker: Broker) -> None:
    metadata = {"title": ["Tides"]}
    with run_bolt(TopicIndexBolt, CONF | {"indexer.md.mapping": ["title"]}) as bolt:
        send(bolt, metadata)
        assert bolt.emitted("status") == [(URL, metadata, "FETCHED")]
        assert len(bolt.acked) == 1
    record = written(broker)
    document = orjson.loads(record.value or b"")
    assert (record.key, document["url"], document["title"], document["text"]) == (
        URL.encode(),
        URL,
        "Tides",
        "The spring tide.",
    )


def test_a_page_that_must_not_be_indexed_has_no_value(broker: Broker) -> None:
    with run_bolt(TopicIndexBolt, CONF) as bolt:
        send(bolt, {"robots.noIndex": ["true"]})
        assert [each.status for each in bolt.emitted("status")] == ["FETCHED"]
    assert written(broker)[4:6] == (URL.encode(), None)


def test_metadata_that_are_none_are_an_error(broker: Broker) -> None:
    with run_bolt(TopicIndexBolt, CONF) as bolt:
        send(bolt, {"title": {"a": 1}})
        assert [each.status for each in bolt.emitted("status")] == ["ERROR"]
        assert len(bolt.acked) == 1


@pytest.mark.parametrize(("status", "lag"), [("FETCHED", 1), ("DISCOVERED", 0)])
def test_statuses_go_on_once_they_are_in_the_topic_and_links_pass(broker: Broker, status: str, lag: int) -> None:
    with run_bolt(TopicStatusBolt, CONF) as bolt:
        bolt.send(url=URL, metadata={"k": ["v"]}, status=status)
        settled(bolt)
        assert bolt.emitted("status") == [(URL, {"k": ["v"]}, status)]
    assert sum(broker.lag("g", ["t"]).values()) == lag
    if lag:
        record = written(broker)
        assert record.key == URL.encode()
        assert orjson.loads(record.value or b"") == {"url": URL, "metadata": {"k": ["v"]}, "status": status}
