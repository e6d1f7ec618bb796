"""Writes to Kafka by kafka-python."""

from collections.abc import Callable
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.protocol import OnDelivery
from spindrift.broker.records import Message, no_partition
from spindrift.broker.room import Room


class KafkaPythonProducer:
    """Idempotent: a message that is sent again because its answer was lost is written once."""

    def __init__(self, connection: KafkaConnection, have: Callable[[str], None]) -> None:
        """`have` sees to it that a topic is there. Raises BrokerError."""
        self._connection = connection
        self._have = have
        self._room = Room()
        with connection.talking("write"):
            self._producer: Any = KafkaProducer(**connection.kafka_python_producer())

    def send(self, message: Message, on_delivery: OnDelivery) -> None:
        """See `Producer`."""
        topic, value, key, headers, timestamp, number = message
        self._have(topic)
        with self._connection.talking(f"write to topic {topic}"):
            if number is not None and number not in (partitions := self._producer.partitions_for(topic)):
                raise no_partition(topic, number, len(partitions))
            delivered = self._room.take(on_delivery)
            try:
                future = self._producer.send(
                    topic,
                    value=value if value is not None or key is not None else b"",
                    key=key,
                    headers=list(headers),
                    partition=number,
                    timestamp_ms=None if timestamp is None else round(timestamp * 1000),
                )
            except KafkaError:
                self._room.free()
                raise

        def done(_place: object) -> None:
            self._connection.outage.over()
            delivered(None)

        what = f"write to topic {topic}"
        future.add_callback(done)
        future.add_errback(lambda error: delivered(self._connection.of_kafka_python(what, error)))

    def flush(self) -> None:
        """See `Producer`."""
        with self._connection.talking("write what was sent"):
            self._producer.flush()

    def close(self) -> None:
        """See `Producer`."""
        self.flush()
        self._producer.close()
