"""Kafka."""

import importlib.util
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer
from kafka import TopicPartition as KafkaPartition
from kafka.errors import TopicAlreadyExistsError

from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.kafka_outage import Outage
from spindrift.broker.kafka_security import PASSWORD_VARIABLE, KafkaSecurity
from spindrift.broker.protocol import Consumer, Producer, RebalanceListener
from spindrift.broker.records import TopicPartition
from spindrift.broker.start import Start
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.urls.credentials import hidden_secrets

_INTERNAL: Final = "__"
_READY_MS: Final = 60_000
"""Kafka makes topics one after the other; the first consumer of all has it make 50 partitions for its own ends."""


def servers_of(url: str) -> str:
    """HOST:PORT,HOST:PORT of `kafka://HOST:PORT,HOST:PORT`. Raises ConfigurationError."""
    servers = url.removeprefix("kafka://").rstrip("/")
    for server in servers.split(","):
        host, colon, port = server.rpartition(":")
        if not host or not colon or not port.isdecimal() or "/" in host or "@" in host:
            raise ConfigurationError(
                f"broker.url {hidden_secrets(url)!r} is not understood; right is kafka://HOST:PORT, several separated "
                "by commas; a user is named by broker.kafka.sasl.username, the password by the environment variable "
                f"{PASSWORD_VARIABLE}"
            )
    return servers


class KafkaBroker:
    """Topics are looked at and created by kafka-python; the library of `broker.kafka.client` reads and writes them."""

    def __init__(self, servers: str, settings: Settings) -> None:
        """Nothing is asked of the servers yet. Raises ConfigurationError for a client that is not installed."""
        self._connection = KafkaConnection(
            servers,
            settings.seconds("broker.session.timeout"),
            settings.seconds("broker.linger"),
            settings.seconds("broker.kafka.connect.timeout"),
            KafkaSecurity.from_settings(settings),
            Outage(servers),
        )
        self._confluent = _uses_confluent(settings.text("broker.kafka.client"))
        self._partitions = settings.integer("broker.partitions")
        self._known: set[str] = set()
        self._admin: Any = None
        self._lock = threading.Lock()
        self._connection.outage.listen()

    def create_topic(self, topic: str, partitions: int) -> None:
        """See `Broker`."""
        with self._asking(f"create topic {topic}") as admin:
            with suppress(TopicAlreadyExistsError):
                # -1: as often replicated as the servers have it by default.
                admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": -1}})
            admin.wait_for_topics([topic], timeout_ms=_READY_MS)
        self._known.add(topic)

    def topics(self) -> dict[str, int]:
        """See `Broker`."""
        with self._asking("list topics") as admin:
            described = admin.describe_topics()
        return {each["name"]: len(each["partitions"]) for each in described if not each["name"].startswith(_INTERNAL)}

    def producer(self) -> Producer:
        """See `Broker`."""
        if self._confluent:
            from spindrift.broker.confluent_producer import ConfluentProducer

            return ConfluentProducer(self._connection, self._have)
        from spindrift.broker.kafka_python_producer import KafkaPythonProducer

        return KafkaPythonProducer(self._connection, self._have)

    def consumer(
        self,
        topics: Collection[str],
        group: str,
        start: Start = Start.EARLIEST,
        listener: RebalanceListener | None = None,
    ) -> Consumer:
        """See `Broker`."""
        for topic in topics:
            self._have(topic)
        if self._confluent:
            from spindrift.broker.confluent_consumer import ConfluentConsumer

            return ConfluentConsumer(self._connection, topics, group, start, listener)
        from spindrift.broker.kafka_python_consumer import KafkaPythonConsumer

        return KafkaPythonConsumer(self._connection, topics, group, start, listener)

    def lag(self, group: str, topics: Collection[str]) -> dict[TopicPartition, int]:
        """See `Broker`."""
        consumer = None
        with self._connection.talking(f"ask for the lag of group {group}"):
            try:
                consumer = KafkaConsumer(group_id=group, enable_auto_commit=False, **self._connection.kafka_python())
                partitions = [
                    KafkaPartition(topic, each)
                    for topic in topics
                    for each in sorted(consumer.partitions_for_topic(topic) or ())
                ]
                firsts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
                committed = {each: consumer.committed(each) for each in partitions}
                return {
                    TopicPartition(*each): ends[each] - max(committed[each] or 0, firsts[each]) for each in partitions
                }
            finally:
                if consumer is not None:
                    consumer.close()

    def forget(self, group: str) -> None:
        """See `Broker`."""
        with self._asking(f"delete group {group}") as admin:
            admin.delete_groups([group])

    def close(self) -> None:
        """See `Broker`."""
        with self._lock:
            if self._admin is not None:
                self._admin.close()
                self._admin = None
        self._connection.outage.close()

    def _have(self, topic: str) -> None:
        """See to it that a topic is there."""
        if topic not in self._known:
            if topic not in self.topics():
                self.create_topic(topic, self._partitions)
            self._known.add(topic)

    @contextmanager
    def _asking(self, what: str) -> Iterator[Any]:
        with self._lock, self._connection.talking(what):
            if self._admin is None:
                self._admin = KafkaAdminClient(**self._connection.kafka_python())
            yield self._admin


def _uses_confluent(client: str) -> bool:
    installed = importlib.util.find_spec("confluent_kafka") is not None
    if client == "confluent-kafka" and not installed:
        raise ConfigurationError(
            "broker.kafka.client is confluent-kafka, which is not installed: pip install confluent-kafka, "
            "or take kafka-python"
        )
    return installed and client != "kafka-python"
