"""Messages a second into a topic, and out of it through a topic spout to an ack that is committed.

    python benchmarks/broker.py [--messages 200000] [--bytes 200] [--rounds 3] [--only embedded]

The embedded broker (an SQLite file) and a Kafka that is started for it, by each of its client libraries, in turns, in
one process each. The topology is TopicSpout -> a bolt that acks, every tuple tracked; its time ends when the group's
lag is 0. A message is text with a key. Beside them, what the consumer alone reads, without a topology.
"""

import argparse
import importlib.util
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

from streamparse import Bolt, Grouping, Topology

from spindrift.broker import Broker, Message, open_broker
from spindrift.conf import Settings
from spindrift.local import LocalTopology
from spindrift.services.catalogue import SERVICES
from spindrift.services.running import start_and_end
from spindrift.spouts.topic import TopicSpout


class AckBolt(Bolt):
    """Acks what it gets."""

    outputs: tuple[Any, ...] = ()

    def process(self, tup: Any) -> None:
        pass


class Read(Topology):
    messages = TopicSpout.spec()
    ack = AckBolt.spec(inputs={messages: Grouping.SHUFFLE})


class Rates(NamedTuple):
    """Messages a second."""

    written: float
    read: float
    acked: float


def write(broker: Broker, topic: str, messages: int, size: int) -> float:
    """Until all are durable."""
    text = b"x" * size
    failed: list[BaseException] = []

    def delivered(error: BaseException | None) -> None:
        if error is not None:
            failed.append(error)

    producer = broker.producer()
    start = time.perf_counter()
    for number in range(messages):
        producer.send(Message(topic, text, b"host%d.example" % (number % 1000)), delivered)
    producer.flush()
    seconds = time.perf_counter() - start
    producer.close()
    if failed:
        raise failed[0]
    return messages / seconds


def read(broker: Broker, topic: str, messages: int) -> float:
    """By a consumer alone, from when its first record is there."""
    consumer = broker.consumer([topic], f"alone-{uuid4().hex}")
    count = 0
    while not count:
        count += len(consumer.poll(1, 1))
    start = time.perf_counter()
    while count < messages:
        count += len(consumer.poll(1, 5000))
    seconds = time.perf_counter() - start
    consumer.close()
    return messages / seconds


def ack(broker: Broker, conf: Mapping[str, Any], topic: str, messages: int) -> float:
    """Through the spout, from when its first tuple is acked, until all that is left is committed."""
    group = f"spout-{uuid4().hex}"
    conf = {**conf, "topic.names": [topic], "topic.group": group, "topic.format": "text", "topic.commit.interval": 0.2}
    topology = LocalTopology(Read, name="benchmark", conf={**conf, "topology.max.spout.pending": 5000})
    topology.start()
    try:
        while not (first := topology.stats().components["messages"].acked):
            time.sleep(0.005)
        start = time.perf_counter()
        while topology.stats().components["messages"].acked < messages or any(broker.lag(group, [topic]).values()):
            time.sleep(0.02)
        return (messages - first) / (time.perf_counter() - start)
    finally:
        topology.stop()


def measure(conf: Mapping[str, Any], messages: int, size: int) -> Rates:
    """One round with a topic of its own."""
    topic = f"benchmark-{uuid4().hex}"
    with open_broker(Settings(conf)) as opened:
        broker = opened.broker
        broker.create_topic(topic, 4)
        return Rates(
            write(broker, topic, messages, size), read(broker, topic, messages), ack(broker, conf, topic, messages)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--bytes", type=int, default=200, help="of each message")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("embedded", "kafka"), help="one of the brokers")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        brokers: dict[str, dict[str, Any]] = {}
        if arguments.only != "kafka":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spindrift-topics-")))
            brokers["embedded"] = {"broker.url": f"sqlite:///{folder / 'topics.db'}"}
        if arguments.only != "embedded":
            kafka = stack.enter_context(start_and_end(SERVICES["kafka"], print))
            brokers["kafka, kafka-python"] = {**kafka.use, "broker.kafka.client": "kafka-python"}
            if importlib.util.find_spec("confluent_kafka"):
                brokers["kafka, confluent-kafka"] = {**kafka.use, "broker.kafka.client": "confluent-kafka"}
        rounds: dict[str, list[Rates]] = {name: [] for name in brokers}
        for _ in range(arguments.rounds):
            for name, conf in brokers.items():
                rounds[name].append(measure(conf, arguments.messages, arguments.bytes))
    print(f"{arguments.messages:,} messages of {arguments.bytes} bytes, median of {arguments.rounds}", end="; ")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'messages a second':<24}{'written':>12}{'read':>12}{'spout, acked':>14}")
    for name, rates in rounds.items():
        written, alone, acked = (median(each[column] for each in rates) for column in range(3))
        print(f"{name:<24}{written:>12,.0f}{alone:>12,.0f}{acked:>14,.0f}")


if __name__ == "__main__":
    main()
