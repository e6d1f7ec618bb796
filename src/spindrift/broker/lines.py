"""Topics as JSON lines: for pipes."""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from spindrift.broker.protocol import Broker, Consumer
from spindrift.broker.records import Message, Record, TopicPartition
from spindrift.broker.start import Start
from spindrift.errors import BrokerError

_TURN_SECONDS: Final = 0.2
_AT_ONCE: Final = 1000
_FRUITLESS_TURNS: Final = 300
"""A minute without any partition: others of the group have them all."""


class Reading:
    """Reads a topic for a group, from its listener's positions to the ends."""

    def __init__(self, broker: Broker, topic: str, group: str, start: Start) -> None:
        self._positions: dict[TopicPartition, int] = {}
        self._consumer: Consumer = broker.consumer([topic], group, start, self)
        self._topic = topic
        self.group = group

    def batches(self, *, follow: bool, count: int | None) -> Iterator[list[Record]]:
        """Records as they come, until there are no more, or `count`; with `follow`, those to come, too.

        What was yielded is committed when the next batch is asked for. Raises BrokerError.
        """
        read = fruitless = 0
        while count is None or read < count:
            records = self._consumer.poll(_TURN_SECONDS, _AT_ONCE if count is None else min(count - read, _AT_ONCE))
            if records:
                read += len(records)
                for record in records:
                    self._positions[record.place] = record.offset + 1
                yield records
                self._consumer.commit({place: self._positions[place] for place in {each.place for each in records}})
            elif not follow and self._at_the_end():
                return
            fruitless = 0 if self._consumer.assignment() else fruitless + 1
            if fruitless >= _FRUITLESS_TURNS and not follow:
                raise BrokerError(f"cannot read topic {self._topic}: others of group {self.group} read all of it")

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()

    def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """See `RebalanceListener`."""
        for place in partitions:
            self._positions.pop(place, None)

    def assigned(self, positions: Mapping[TopicPartition, int]) -> None:
        """See `RebalanceListener`."""
        self._positions.update(positions)

    def _at_the_end(self) -> bool:
        ends = self._consumer.ends()
        return bool(ends) and all(self._positions.get(place, -1) >= end for place, end in ends.items())


def as_line(record: Record) -> bytes:
    """A record as JSON: "value" is what the value is as JSON, else its text; bytes that are no text are in base64, as
    "value_b64".
    """
    line: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        **_named("key", record.key, _text),
        **_named("value", record.value, _json_or_text),
    }
    if record.headers:
        line["headers"] = [_named("value", value, _text) | {"name": name} for name, value in record.headers]
    return orjson.dumps(line) + b"\n"


def produce(broker: Broker, topic: str, lines: Iterable[bytes], key: str) -> tuple[int, list[str]]:
    """Write each line, which is to be JSON, as a message; blank ones are passed over. `key` names the field of it that
    is the key, "" none. Returns how many were written, and what was wrong with the others.
    """
    problems: list[str] = []
    written = 0
    producer = broker.producer()

    def told(number: int) -> Callable[[BaseException | None], None]:
        def delivered(error: BaseException | None) -> None:
            nonlocal written
            if error is None:
                written += 1
            else:
                problems.append(f"line {number}: {error}")

        return delivered

    try:
        for number, line in enumerate(lines, 1):
            if not (value := line.strip()):
                continue
            try:
                message = Message(topic, value, _key(value, key))
            except ValueError as error:
                problems.append(f"line {number}: {error}")
                continue
            producer.send(message, told(number))
    finally:
        producer.close()
    return written, problems


def _key(line: bytes, field: str) -> bytes | None:
    """Raises ValueError for what is no JSON, or has no such field."""
    try:
        value = orjson.loads(line)
    except ValueError:
        raise ValueError("is no JSON") from None
    if not field:
        return None
    if not isinstance(value, dict) or value.get(field) is None:
        raise ValueError(f"no field {field!r}, which is to be the key")
    key = value[field]
    return (key if isinstance(key, str) else orjson.dumps(key).decode()).encode()


def _named(name: str, value: bytes | None, read: Callable[[bytes], Any]) -> dict[str, Any]:
    if value is None:
        return {name: None}
    try:
        return {name: read(value)}
    except UnicodeDecodeError:
        return {f"{name}_b64": base64.b64encode(value).decode()}


def _text(value: bytes) -> str:
    return value.decode()


def _json_or_text(value: bytes) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value.decode()
