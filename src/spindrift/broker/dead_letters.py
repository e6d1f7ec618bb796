"""Where messages go that cannot be worked on."""

from spindrift.broker.protocol import OnDelivery, Producer
from spindrift.broker.records import Message, Record

_LONGEST_ERROR = 1000


class DeadLetters:
    """Writes records to a topic behind that of their own, as they were, with headers that say what was wrong."""

    def __init__(self, producer: Producer, suffix: str) -> None:
        self._producer = producer
        self._suffix = suffix

    def put(self, record: Record, error: str, on_delivery: OnDelivery) -> None:
        """Key, value, headers and time stay; `dead-letter.error`, `.topic`, `.partition` and `.offset` are added."""
        told = {
            "dead-letter.error": error[:_LONGEST_ERROR],
            "dead-letter.topic": record.topic,
            "dead-letter.partition": str(record.partition),
            "dead-letter.offset": str(record.offset),
        }
        headers = (*record.headers, *((name, text.encode(errors="replace")) for name, text in told.items()))
        topic = record.topic + self._suffix
        self._producer.send(Message(topic, record.value, record.key, headers, record.timestamp), on_delivery)
