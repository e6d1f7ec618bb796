"""Whatever a consumer asks of what it reads from, and fails once: all partitions are read in the end, nothing is passed
over, and everything is committed.
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from kafka import TopicPartition as KafkaPythonPartition
from kafka.errors import KafkaError, KafkaTimeoutError, RebalanceInProgressError

from spindrift.broker import RebalanceListener, Start, TopicPartition, open_broker, sqlite_groups, sqlite_log
from spindrift.broker import kafka_python_consumer as by_kafka_python
from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.broker.kafka_outage import Outage
from spindrift.broker.kafka_security import KafkaSecurity
from spindrift.broker.subscription import ReadAhead, Subscription
from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import BrokerError, SpindriftError
from tests.broker.failing_kafka import TOPIC, Failing, FakeConfluent, FakeKafkaPython, Log
from tests.broker.reading import write_values

_AHEAD = ReadAhead(records=6, uncommitted=2, commit_interval=3, patience=0)
"""So little that partitions are paused, too."""
_ENOUGH = 60
"""Turns; without a failure it takes 15."""
_NEVER = -1
_CONNECTION = KafkaConnection("nowhere:9092", 10, 0, 10, KafkaSecurity.from_settings(Settings({})), Outage("nowhere"))

Run = Callable[[Failing], None]
RunFrom = Callable[[Start, Failing], None]


def read_all(subscription: Subscription, clock: VirtualClock, expected: set[tuple[int, int]]) -> None:
    seen: set[tuple[int, int]] = set()
    for _ in range(_ENOUGH):
        clock.advance(1)
        try:
            subscription.step(0)
        except (SpindriftError, sqlite3.Error):
            continue  # as its thread does
        while record := subscription.take():
            seen.add((record.partition, record.offset))
            subscription.finish(record)
        if seen == expected:
            break
    assert seen == expected


def each_failing_once(run: Run, make: Callable[[], BaseException]) -> None:
    """Each call that is made where none fails, one at a time."""
    unfailing = Failing(_NEVER, make)
    run(unfailing)
    for at in range(len(unfailing.calls)):
        failing = Failing(at, make)
        try:
            run(failing)
        except BaseException as error:
            error.add_note(f"call {at} of {failing.calls}")
            raise


def run_kafka(module: Any, attribute: str, fake: Any, monkeypatch: Any, start: Start, failing: Failing) -> None:
    fake.log = log = Log(failing)
    monkeypatch.setattr(module, attribute, fake)
    make: Any = module.KafkaPythonConsumer if fake is FakeKafkaPython else module.ConfluentConsumer
    clock = VirtualClock()

    def join(listener: RebalanceListener) -> Any:
        return make(_CONNECTION, [TOPIC], "g", start, listener)

    subscription = Subscription(join, _AHEAD, clock)
    read_all(subscription, clock, {(each, at) for each in range(4) for at in log.messages} - {(0, 0)})
    for _ in range(2):
        try:
            subscription.commit()
        except BrokerError:
            continue
    assert log.committed == dict.fromkeys(range(4), len(log.messages))


@pytest.fixture
def kafka_python(monkeypatch: pytest.MonkeyPatch) -> RunFrom:
    monkeypatch.setattr(FakeKafkaPython, "make_partition", staticmethod(KafkaPythonPartition), raising=False)
    return partial(run_kafka, by_kafka_python, "KafkaConsumer", FakeKafkaPython, monkeypatch)


@pytest.fixture
def confluent_kafka(monkeypatch: pytest.MonkeyPatch) -> RunFrom:
    confluent = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    from spindrift.broker import confluent_consumer as by_confluent

    monkeypatch.setattr(FakeConfluent, "make_partition", staticmethod(confluent.TopicPartition), raising=False)
    return partial(run_kafka, by_confluent, "LibraryConsumer", FakeConfluent, monkeypatch)


def confluent_error(code: str) -> BaseException:
    import confluent_kafka

    error: BaseException = confluent_kafka.KafkaException(
        confluent_kafka.KafkaError(getattr(confluent_kafka.KafkaError, code))
    )
    return error


STARTS = pytest.mark.parametrize("start", [Start.EARLIEST, Start.time(0)], ids=["earliest", "time"])


@STARTS
@pytest.mark.parametrize("error", [KafkaTimeoutError, RebalanceInProgressError, KafkaError])
def test_by_kafka_python(error: Callable[[str], BaseException], start: Start, kafka_python: RunFrom) -> None:
    each_failing_once(partial(kafka_python, start), partial(error, "no"))


@STARTS
@pytest.mark.parametrize("code", ["_TIMED_OUT", "REBALANCE_IN_PROGRESS", "_INVALID_ARG"])
def test_by_confluent_kafka(code: str, start: Start, confluent_kafka: RunFrom) -> None:
    each_failing_once(partial(confluent_kafka, start), partial(confluent_error, code))


def test_partitions_that_are_shared_anew_are_polled_for_by_kafka_python(kafka_python: RunFrom) -> None:
    kafka_python(Start.EARLIEST, Failing(_NEVER, partial(RebalanceInProgressError, "no"), joining=True))


def test_partitions_that_are_shared_anew_are_polled_for_by_confluent_kafka(confluent_kafka: RunFrom) -> None:
    kafka = partial(confluent_error, "REBALANCE_IN_PROGRESS")
    confluent_kafka(Start.EARLIEST, Failing(_NEVER, kafka, joining=True))


def test_by_the_embedded_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [(sqlite_groups, each) for each in ("keep_up", "give_back", "commit", "committed")] + [
        (sqlite_log, each) for each in ("first_offset", "next_offset", "read", "resolve")
    ]
    current: list[Failing] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if current:
                current[0](name)
            return real(*args)

        return call

    for module, name in names:
        monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    groups = count()
    clock = VirtualClock()
    with open_broker(Settings({"broker.url": "memory:"}), clock) as opened:
        broker = opened.broker
        broker.create_topic(TOPIC, 4)
        for partition in range(4):
            write_values(broker, TOPIC, "abcde", partition)

        def run(failing: Failing) -> None:
            group = f"g{next(groups)}"
            first = Subscription(lambda listener: broker.consumer([TOPIC], group, listener=listener), _AHEAD, clock)
            first.step(0)
            other = broker.consumer([TOPIC], group)
            current.append(failing)
            try:
                for _ in range(3):  # half of them go, and come again
                    clock.advance(1)
                    for poll in (partial(first.step, 0), partial(other.poll, 0, 1)):
                        try:
                            poll()
                        except (SpindriftError, sqlite3.Error):
                            continue
                other.close()
                read_all(first, clock, {(each, at) for each in range(4) for at in range(5)})
            finally:
                current.clear()
            first.close()
            assert broker.lag(group, [TOPIC]) == {TopicPartition(TOPIC, each): 0 for each in range(4)}

        each_failing_once(run, partial(sqlite3.OperationalError, "database or disk is full"))
