"""Writes to a topic: of the embedded broker, or of Kafka."""

from typing import Any, ClassVar

from streamparse import Bolt

from spindrift.broker import Message, open_broker
from spindrift.broker.formats import writer
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import BrokerAwayError, BrokerError, ConfigurationError, StoreError


class TopicBolt(Bolt):
    """Writes each tuple to the topic `topic.name`, and acks it when it is delivered; fails it when it could not be.

    The value is the tuple's fields, as a JSON object (bytes in base64); with `topic.format` text or bytes its field
    `value`. The key is the field `topic.key.field`, if one is named.
    Keys: `broker.*`, `topic.name`, `topic.key.field`, `topic.format`.

    For messages of your own, derive from it and give `message_of`; to go on when a message is delivered, `delivered`;
    for a key of your own that names the topic, `topic_key`.
    """

    outputs: ClassVar[list[Any]] = []
    auto_ack = False
    topic_key: ClassVar[str] = "topic.name"

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._topic = settings.text(self.topic_key)
        if not self._topic:
            raise ConfigurationError(f"no topic to write to; name it in {self.topic_key}")
        self._key_field = settings.text("topic.key.field")
        self._format = settings.text("topic.format")
        self._write = writer(self._format)
        self._opened = open_broker(settings, self.clock)
        self._producer = self._opened.broker.producer()

    def message_of(self, tup: Any) -> Message | None:
        """What is written; None: nothing is, and the tuple counts as delivered. What it raises fails the tuple."""
        value = tup.values._asdict() if self._format == "json" else tup.values.value
        key = getattr(tup.values, self._key_field) if self._key_field else None
        return Message(self._topic, self._write(value), None if key is None else str(key).encode())

    def delivered(self, tup: Any) -> None:
        """Called when the message of a tuple is durable, on a thread of the broker's; then the tuple is acked."""

    def process(self, tup: Any) -> None:
        try:
            message = self.message_of(tup)
            if message is None:
                self._finish(tup, None)
            else:
                self._producer.send(message, lambda error: self._finish(tup, error))
        except Exception as error:  # a value that cannot be written, or a broker that cannot be reached
            self._finish(tup, error)

    def cleanup(self) -> None:
        """Have everything written. Called by the embedded runner at the end, as Storm does with Java bolts."""
        try:
            self._producer.close()
        finally:
            self._opened.close()

    def _finish(self, tup: Any, error: BaseException | None) -> None:
        if error is None:
            self.delivered(tup)
            self.ack(tup)
            return
        if not isinstance(error, StoreError | BrokerAwayError):  # those are logged already: once, not for every tuple
            told = error if isinstance(error, BrokerError) else f"{type(error).__name__}: {error}"
            self.logger.error("a tuple could not be written to topic %s: %s", self._topic, told)
        self.fail(tup)
