"""Writes to Kafka by confluent-kafka."""

import threading
from collections.abc import Callable
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka import Producer as LibraryProducer

from spindrift.broker.confluent_errors import broker_error
from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.protocol import OnDelivery
from spindrift.broker.records import Message, no_partition
from spindrift.broker.room import Room

_TURN_SECONDS: Final = 0.1


class ConfluentProducer:
    """Idempotent, as its brother. A thread calls the callbacks."""

    def __init__(self, connection: KafkaConnection, have: Callable[[str], None]) -> None:
        """`have` sees to it that a topic is there."""
        self._connection = connection
        self._have = have
        self._room = Room()
        self._producer: Any = LibraryProducer(connection.confluent_producer())
        self._partitions: dict[str, int] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="kafka deliveries", daemon=True)
        self._thread.start()

    def send(self, message: Message, on_delivery: OnDelivery) -> None:
        """See `Producer`."""
        topic, value, key, headers, timestamp, number = message
        self._have(topic)
        if number is not None and not 0 <= number < (partitions := self._partitions_of(topic)):
            raise no_partition(topic, number, partitions)
        delivered = self._room.take(on_delivery)

        def tell(error: Any, _message: Any) -> None:
            if error is None:
                self._connection.outage.over()
                delivered(None)
            else:
                delivered(broker_error(self._connection, f"write to topic {topic}", error))

        try:
            self._producer.produce(
                topic,
                value=value,
                key=key,
                headers=list(headers) or None,
                partition=-1 if number is None else number,
                timestamp=0 if timestamp is None else round(timestamp * 1000),
                on_delivery=tell,
            )
        except (KafkaException, BufferError) as error:
            self._room.free()
            raise broker_error(self._connection, f"write to topic {topic}", error) from error

    def flush(self) -> None:
        """See `Producer`."""
        self._producer.flush()

    def close(self) -> None:
        """See `Producer`."""
        self.flush()
        self._closed = True
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._producer.poll(_TURN_SECONDS)

    def _partitions_of(self, topic: str) -> int:
        if topic not in self._partitions:
            try:
                described = self._producer.list_topics(topic, timeout=10)
            except KafkaException as error:
                raise broker_error(self._connection, f"write to topic {topic}", error) from error
            self._partitions[topic] = len(described.topics[topic].partitions)
        return self._partitions[topic]
