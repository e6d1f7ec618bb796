"""A crawl is over when nothing is in flight and nothing is due soon."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.crawl.finish import FinishLine
from spindrift.errors import StoreError
from spindrift.frontier.records import StatusUpdate
from spindrift.status import Status
from spindrift.store import Store, open_store

HORIZON = 10.0


class Crawl:
    """The counts of a crawl, moved by hand."""

    def __init__(self, store: Store, clock: VirtualClock) -> None:
        self.in_flight = 0
        self.given_out = 0
        self.store = store
        self.clock = clock
        self.line = FinishLine(store.frontier, lambda: self.in_flight, lambda: self.given_out, HORIZON, clock, 30.0)

    def schedule(self, url: str, delay: float | None, status: Status = Status.FETCHED) -> None:
        when = None if delay is None else self.clock.time() + delay
        self.store.frontier.put([StatusUpdate(url, "h", status, {}, when)])


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    clock = VirtualClock()
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}", clock=clock) as store:
        yield Crawl(store, clock)


def test_over_after_two_quiet_looks(crawl: Crawl) -> None:
    crawl.schedule("http://h/", 3600)
    assert [crawl.line.crossed() for _ in range(3)] == [False, True, True]


def test_what_is_never_due_is_not_waited_for(crawl: Crawl) -> None:
    crawl.schedule("http://h/", None, Status.ERROR)
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]


@pytest.mark.parametrize("delay", [0.0, 9.0])
def test_not_over_while_something_is_due_soon(crawl: Crawl, delay: float) -> None:
    crawl.schedule("http://h/", delay, Status.DISCOVERED)
    assert not any(crawl.line.crossed() for _ in range(4))


def test_not_over_while_something_is_in_flight(crawl: Crawl) -> None:
    crawl.in_flight = 1
    assert not any(crawl.line.crossed() for _ in range(4))


def test_a_url_that_came_and_went_between_two_looks_starts_the_count_anew(crawl: Crawl) -> None:
    assert not crawl.line.crossed()
    crawl.given_out += 1
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]


def test_a_held_host_is_waited_for_within_the_horizon_only(crawl: Crawl) -> None:
    crawl.schedule("http://h/", 0, Status.DISCOVERED)
    crawl.store.frontier.hold("h", crawl.clock.time() + 5, "503", 1)
    assert not any(crawl.line.crossed() for _ in range(3))
    crawl.store.frontier.hold("h", crawl.clock.time() + 60, "503", 2)
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]


def test_what_the_pause_of_an_earlier_crawl_holds_is_waited_for_as_long_as_a_crawl_delay_may_be(crawl: Crawl) -> None:
    crawl.schedule("http://h/", 0, Status.DISCOVERED)
    crawl.store.frontier.pause("h", crawl.clock.time() + 29)
    crawl.store.frontier.claim()
    assert not any(crawl.line.crossed() for _ in range(4))
    crawl.store.frontier.hold("h", crawl.clock.time() + 29, "503", 1)
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]


def test_not_over_while_the_store_cannot_be_asked(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(now: float) -> None:
        raise StoreError("the server does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(crawl.store.frontier, "next_due", away)
        assert not any(crawl.line.crossed() for _ in range(3))
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]


def test_a_host_that_has_got_urls_enough_for_its_crawl_delay_is_waited_for(crawl: Crawl) -> None:
    crawl.schedule("http://h/", 0, Status.DISCOVERED)
    crawl.store.frontier.hold("h", crawl.clock.time() + 29, "Crawl-delay of 20 s", 0)
    crawl.store.frontier.pause("h", crawl.clock.time() + 20)
    crawl.store.frontier.claim()
    assert not any(crawl.line.crossed() for _ in range(4))
    crawl.store.frontier.hold("h", crawl.clock.time() + 3600, "Crawl-delay of 3600 s", 0)
    assert [crawl.line.crossed() for _ in range(2)] == [False, True]
