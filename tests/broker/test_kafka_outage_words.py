"""What is said of a Kafka that is away."""

import logging

import pytest

from spindrift.broker.kafka_outage import Outage
from spindrift.clock import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def outage(clock: VirtualClock) -> Outage:
    return Outage("h:1", clock)


def test_it_is_said_once_that_it_is_away_and_once_that_it_is_back(
    outage: Outage, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(6):
        outage.noticed("refused")
        clock.advance(2)
    assert outage.reason == "refused"
    clock.advance(2)
    for _ in range(2):
        outage.over()
    assert outage.reason == ""
    assert caplog.messages == [
        "kafka://h:1 cannot be reached (refused); it is tried again and again",
        "kafka://h:1 answers again, after 14 s",
    ]


def test_what_was_on_its_way_when_it_went_does_not_make_it_come_back(
    outage: Outage, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    outage.noticed("refused")
    clock.advance(0.5)
    outage.over()
    outage.noticed("refused")
    assert len(caplog.messages) == 1


def test_where_nothing_was_asked_since_the_next_outage_is_said_again(
    outage: Outage, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    outage.noticed("refused")
    clock.advance(61)
    outage.noticed("reset")
    assert len(caplog.messages) == 2
    assert outage.reason == "reset"


def test_kafka_python_is_heard_and_not_seen(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("kafka.net.manager")
    outage.listen()
    try:
        log.error("Connection failed: %s", OSError("refused"))
        log.warning("Bootstrap h not ready")
    finally:
        outage.close()
    log.error("Connection failed: %s", OSError("again"))
    assert outage.reason == "refused"
    assert not log.propagate
    assert [each.getMessage() for each in caplog.records if each.name != log.name] == [
        "kafka://h:1 cannot be reached (refused); it is tried again and again"
    ]
