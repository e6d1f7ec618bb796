"""Kafka goes away in the middle of a run, and comes back."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psutil
import pytest
from streamparse import Topology

from spindrift.bolts.topic import TopicBolt
from spindrift.broker import Broker, Message, Record, open_broker
from spindrift.conf import Settings
from spindrift.errors import BrokerError
from spindrift.local import LocalTopology
from spindrift.services.kafka import Kafka
from spindrift.services.running import RunningService, start_and_end
from spindrift.services.service import Place, Prepared
from spindrift.spouts.topic import TopicSpout
from tests.broker.reading import wait_until

pytestmark = pytest.mark.timeout(400)


class RestartedKafka(Kafka):
    """Is started again when it ends. Its quorum lets it in when it does not take it for alive any more: after 9 s."""

    def prepare(self, place: Place) -> Prepared:
        prepared = super().prepare(place)
        (daemon,) = prepared.daemons
        return replace(prepared, daemons=[replace(daemon, restarts=True)])


def kill(service: RunningService) -> None:
    (broker,) = [each for each in psutil.Process(service.pid).children() if "java" in each.name()]
    os.kill(broker.pid, signal.SIGKILL)


class Copying(Topology):
    """From one topic to another."""

    read = TopicSpout.spec()
    write = TopicBolt.spec(inputs=[read])


class Copy:
    """A running topology, with what goes into its first topic and comes out of the second."""

    def __init__(self, broker: Broker, names: dict[str, str]) -> None:
        self._broker = broker
        self._names = names
        self._producer = broker.producer()
        self._sent: list[str] = []
        self._refused: list[BaseException] = []

    def send(self) -> None:
        self._sent.append(str(len(self._sent)))
        message = Message(self._names["topic.names"], self._sent[-1].encode())
        self._producer.send(message, lambda error: self._refused.append(error) if error else None)

    def close(self) -> None:
        """All was taken that was sent."""
        self._producer.close()
        assert self._refused == []

    def has_read_all(self) -> bool:
        try:
            lag = self._broker.lag(self._names["topic.group"], [self._names["topic.names"]])
        except BrokerError:  # away
            return False
        return sum(lag.values()) == 0

    def is_written(self, count: int) -> bool:
        """Whether so many have come out."""
        return sum(self._broker.lag("nobody", [self._names["topic.name"]]).values()) >= count

    def lost(self) -> set[str]:
        """What did not come out."""
        left = set(self._sent)
        consumer = self._broker.consumer([self._names["topic.name"]], f"check-{self._names['topic.name']}")

        def read(records: list[Record]) -> bool:
            left.difference_update((each.value or b"").decode().strip('"') for each in records)
            return not left

        wait_until(lambda: read(consumer.poll(0.05, 1000)), lambda: f"{len(left)} are missing")
        consumer.close()
        return left


@contextmanager
def copying(url: str, client: str) -> Iterator[Copy]:
    number = uuid4().hex
    names = {"topic.names": f"in-{number}", "topic.name": f"out-{number}", "topic.group": f"g-{number}"}
    conf: dict[str, Any] = {
        **names,
        "topic.names": [names["topic.names"]],
        "broker.url": url,
        "broker.kafka.client": client,
        "broker.session.timeout": "6s",
        "topic.format": "text",
        "topic.commit.interval": "100ms",
        "topology.max.spout.pending": 20,
    }
    with open_broker(Settings(conf)) as opened:
        topology = LocalTopology(Copying, name="copying", conf=conf)
        topology.start()
        try:
            yield Copy(opened.broker, names)
        finally:
            topology.stop()


def test_nothing_is_lost_it_goes_on_by_itself_and_it_is_said_once(
    toolchain: None, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    with start_and_end(RestartedKafka()) as kafka, ExitStack() as stack:
        # Two names, as topologies of a process share the broker of a URL, and with it the client.
        urls = {"kafka-python": kafka.use["broker.url"]}
        urls["confluent-kafka"] = urls["kafka-python"].replace("127.0.0.1", "localhost")
        copies = [stack.enter_context(copying(url, client)) for client, url in urls.items()]

        def sending(true: Callable[[], bool]) -> Callable[[], bool]:
            """Messages come all the while."""

            def go_on() -> bool:
                for copy in copies:
                    copy.send()
                return true()

            return go_on

        wait_until(sending(lambda: all(copy.is_written(100) for copy in copies)))
        caplog.clear()
        kill(kafka)
        wait_until(sending(lambda: "cannot be reached" in caplog.text))
        wait_until(sending(lambda: caplog.text.count("answers again") == 2))
        for copy in copies:
            copy.close()
        wait_until(lambda: all(copy.has_read_all() for copy in copies))
        assert [copy.lost() for copy in copies] == [set(), set()]
    for url in urls.values():
        assert caplog.text.count(f"{url} cannot be reached") == caplog.text.count(f"{url} answers again") == 1
    seen = {each.name for each in caplog.records if logging.getLogger(each.name).propagate and each.levelname != "INFO"}
    assert seen == {"spindrift.broker.kafka_outage"}
