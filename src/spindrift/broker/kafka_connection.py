"""How Kafka is reached, in the words of both libraries."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError, RetriableError

from spindrift.broker.kafka_outage import Outage
from spindrift.broker.kafka_security import KafkaSecurity
from spindrift.errors import BrokerAwayError, BrokerError, MessageTooLargeError

FETCH_BYTES: Final = 16 << 20
"""Most bytes that a consumer reads ahead."""
_FETCH_WAIT_MS: Final = 100
"""Longest time that Kafka waits for messages before it answers."""
_LONGEST_UNPOLLED: Final = 300.0
"""Seconds after which a consumer that does not poll is taken for stuck, although it is heard of."""

_RECONNECT_MS: Final = 2000
"""Longest pause between two attempts to connect; that of the libraries is up to 30 s."""

_library_log: Final = logging.getLogger("spindrift.broker.librdkafka")  # it would write to standard error
_library_log.setLevel(logging.CRITICAL)  # what it warns of, `Outage` says once


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Servers, and times in seconds."""

    servers: str
    session: float
    linger: float
    connect: float
    security: KafkaSecurity
    outage: Outage

    def kafka_python(self) -> dict[str, Any]:
        """Of every client of kafka-python."""
        return {
            "bootstrap_servers": self.servers.split(","),
            "client_id": "spindrift",
            "bootstrap_timeout_ms": int(self.connect * 1000),
            "reconnect_backoff_max_ms": _RECONNECT_MS,
            **self.security.kafka_python(),
        }

    def kafka_python_consumer(self, group: str) -> dict[str, Any]:
        """Of its consumers. That nothing is committed for a partition is seen to when it comes."""
        return {
            **self.kafka_python(),
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": self._session_ms,
            "heartbeat_interval_ms": self._session_ms // 5,
            "max_poll_interval_ms": int(max(_LONGEST_UNPOLLED, self.session) * 1000),
            "fetch_max_bytes": FETCH_BYTES,
            "fetch_max_wait_ms": _FETCH_WAIT_MS,
        }

    def kafka_python_producer(self) -> dict[str, Any]:
        """Of its producers: none twice, none out of order, all replicas in sync have it."""
        return {
            **self.kafka_python(),
            "enable_idempotence": True,
            "acks": "all",
            "linger_ms": int(self.linger * 1000),
            "batch_size": 256 << 10,
        }

    def confluent(self) -> dict[str, Any]:
        """Of every client of confluent-kafka."""
        return {
            "bootstrap.servers": self.servers,
            "client.id": "spindrift",
            "logger": _library_log,
            "error_cb": lambda error: self.outage.noticed(error.str()),
            "reconnect.backoff.max.ms": _RECONNECT_MS,
            **self.security.confluent(),
        }

    def confluent_consumer(self, group: str) -> dict[str, Any]:
        """Of its consumers."""
        return {
            **self.confluent(),
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": self._session_ms,
            "heartbeat.interval.ms": self._session_ms // 5,
            "max.poll.interval.ms": int(max(_LONGEST_UNPOLLED, self.session) * 1000),
            "queued.max.messages.kbytes": FETCH_BYTES >> 10,
            "fetch.wait.max.ms": _FETCH_WAIT_MS,
        }

    def confluent_producer(self) -> dict[str, Any]:
        """Of its producers. Its own choice of partitions is not that of Kafka's other clients."""
        return {
            **self.confluent(),
            "enable.idempotence": True,
            "linger.ms": int(self.linger * 1000),
            "partitioner": "murmur2_random",
        }

    @contextmanager
    def talking(self, what: str) -> Iterator[None]:
        """Errors of kafka-python become BrokerError: `what` could not be done."""
        try:
            yield
        except KafkaError as error:
            raise self.of_kafka_python(what, error) from error

    def of_kafka_python(self, what: str, error: BaseException) -> BrokerError:
        """The error to raise for one of kafka-python's."""
        if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
            return self.too_large(what, error)
        return self.error(what, error, away=isinstance(error, RetriableError))

    def too_large(self, what: str, error: object) -> MessageTooLargeError:
        """The error to raise for a message that Kafka, or its library, does not take for its size."""
        return MessageTooLargeError(self._told(what, error))

    def error(self, what: str, error: object, *, away: bool) -> BrokerError:
        """The error to raise; `away`: what was asked was not answered, and would be if Kafka were there."""
        if not away:
            return BrokerError(self._told(what, error))
        reason = self.outage.reason
        if not reason:
            self.outage.noticed(str(error))
        told = f"{error} ({reason})" if reason else error
        return BrokerAwayError(f"{self._told(what, told)}; is it running there, and reachable?")

    def _told(self, what: str, error: object) -> str:
        return f"cannot {what} at kafka://{self.servers}: {error}"

    @property
    def _session_ms(self) -> int:
        return int(self.session * 1000)
