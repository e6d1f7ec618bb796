"""Dead letters: whatever keeps one from being written, it is not lost, and the others go on."""

import logging

import pytest

from spindrift.broker import Message, Record
from spindrift.broker.dead_letters import DeadLetters
from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.kafka_outage import Outage
from spindrift.broker.kafka_security import KafkaSecurity
from spindrift.broker.protocol import OnDelivery
from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import BrokerAwayError, BrokerError, MessageTooLargeError

RECORD = Record("t", 3, 7, 5.0, b"key", b"v" * 100_000, (("own", b"h" * 1000),))


class Refusing:
    """A producer whose topics take no more than so many bytes; it says so at once, or later."""

    def __init__(self, limit: int = 1_000_000, *, later: bool = False, error: BaseException | None = None) -> None:
        self.limit = limit
        self.error = error
        self.tried = 0
        self.written: list[Message] = []
        self._later = later

    def send(self, message: Message, on_delivery: OnDelivery) -> None:
        self.tried += 1
        headers = sum(len(name) + len(value) for name, value in message.headers)
        size = len(message.key or b"") + len(message.value or b"") + headers
        error = self.error or (MessageTooLargeError("too large") if size > self.limit else None)
        if error and not self._later:
            raise error
        if not error:
            self.written.append(message)
        on_delivery(error)

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Reading:
    """Of one record."""

    def __init__(self) -> None:
        self.open = True

    def is_open(self, record: Record) -> bool:
        return self.open

    def finish(self, record: Record) -> None:
        assert self.open
        self.open = False


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.mark.parametrize("later", [False, True], ids=["at once", "later"])
@pytest.mark.parametrize(
    ("limit", "size", "key", "own", "cut"),
    [
        (102_000, 100_000, b"key", True, None),
        (101_000, 65_536, b"key", True, b"the first 65536 of 100000 bytes"),
        (1_000, 0, None, False, b"the first 0 of 100000 bytes, without its key and headers"),
    ],
    ids=["fits", "value is cut", "value is left out"],
)
def test_one_too_large_is_cut_and_says_so(
    limit: int, size: int, key: bytes | None, own: bool, cut: bytes | None, later: bool, clock: VirtualClock
) -> None:
    producer, reading = Refusing(limit, later=later), Reading()
    letters = DeadLetters(producer, ".dead", clock, reading)
    letters.put(RECORD, "poison")
    for _ in range(3):
        letters.turn()
    (message,) = producer.written
    headers = dict(message.headers)
    assert (message.topic, message.key, len(message.value or b""), message.timestamp) == ("t.dead", key, size, 5.0)
    assert ("own" in headers) == own
    assert headers.get("dead-letter.cut") == cut
    assert headers["dead-letter.error"] == b"poison"
    assert headers["dead-letter.offset"] == b"7"
    assert (letters.written, reading.open) == (1, False)


@pytest.mark.parametrize("later", [False, True], ids=["at once", "later"])
@pytest.mark.parametrize(
    ("error", "lines"), [(BrokerError("no"), 1), (BrokerAwayError("away"), 0), (MessageTooLargeError("all"), 1)]
)
def test_one_that_cannot_be_written_waits_longer_each_time_and_is_logged_once(
    error: BrokerError, lines: int, later: bool, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    producer, reading = Refusing(error=error, later=later), Reading()
    letters = DeadLetters(producer, ".dead", clock, reading)
    letters.put(RECORD, "poison")
    for _ in range(600):  # a minute
        clock.advance(0.1)
        for _ in range(3):
            letters.turn()
    assert producer.tried <= 9
    assert [each.levelno for each in caplog.records] == [logging.ERROR] * lines
    producer.error = None
    clock.advance(60)
    letters.turn()
    assert (len(producer.written), reading.open) == (1, False)


def test_one_whose_partition_went_is_left_to_who_has_it(clock: VirtualClock) -> None:
    producer, reading = Refusing(error=BrokerError("no")), Reading()
    letters = DeadLetters(producer, ".dead", clock, reading)
    letters.put(RECORD, "poison")
    letters.turn()
    reading.open, producer.error = False, None
    clock.advance(60)
    letters.turn()
    assert producer.written == []


def test_a_topic_too_long_for_the_suffix_is_cut(clock: VirtualClock) -> None:
    producer = Refusing()
    DeadLetters(producer, ".dead", clock, Reading()).put(RECORD._replace(topic="t" * 249), "poison")
    (message,) = producer.written
    assert message.topic == "t" * 244 + ".dead"
    assert dict(message.headers)["dead-letter.topic"] == b"t" * 249


def test_what_kafka_does_not_take_for_its_size_is_told_from_other_errors() -> None:
    from kafka.errors import InvalidTopicError, MessageSizeTooLargeError, RecordListTooLargeError

    connection = KafkaConnection("nowhere:1", 1, 1, 1, KafkaSecurity.from_settings(Settings({})), Outage("nowhere:1"))
    for large in (MessageSizeTooLargeError(), RecordListTooLargeError()):
        assert isinstance(connection.of_kafka_python("write", large), MessageTooLargeError)
    assert not isinstance(connection.of_kafka_python("write", InvalidTopicError()), MessageTooLargeError)
    confluent = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    from spindrift.broker.confluent_errors import broker_error

    large = confluent.KafkaException(confluent.KafkaError(confluent.KafkaError.MSG_SIZE_TOO_LARGE))
    assert isinstance(broker_error(connection, "write", large), MessageTooLargeError)
    other = confluent.KafkaError(confluent.KafkaError.TOPIC_EXCEPTION)
    assert not isinstance(broker_error(connection, "write", other), MessageTooLargeError)
