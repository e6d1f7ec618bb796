"""What a spout task takes from the frontier and answers for."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.frontier import Frontier, UrlRecord
from spindrift.frontier.supply import SupplyLimits, UrlSupply
from spindrift.sqlite import FileDatabase
from spindrift.status import Status
from spindrift.store import SqliteStore, open_store
from tests.frontier.contract import NOW, discovered, fetched


class Inline(Executor):
    """Answers at once, or when told; counts the questions."""

    def __init__(self) -> None:
        self.questions = 0
        self.later: list[Callable[[], None]] = []
        self.patient = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.questions += fn.__name__ == "_due"

        def answer() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)

        if self.patient:
            self.later.append(answer)
        else:
            answer()
        return future


class Supplied:
    """A supply with its frontier, clock and executor."""

    def __init__(self, frontier: Frontier) -> None:
        self.frontier = frontier
        self.clock = VirtualClock(NOW)
        self.executor = Inline()
        self.given_up: list[str] = []
        self.forget: list[Callable[[], None]] = []
        self.limit()

    def limit(self, **limits: Any) -> None:
        self.supply = UrlSupply(self.frontier, SupplyLimits(**limits), self.clock, self.executor, self._give_up)

    def _give_up(self, record: UrlRecord, forget: Callable[[], None]) -> None:
        self.given_up.append(record.url)
        self.forget.append(forget)

    def take(self, most: int = 100) -> list[str]:
        """All that is there to take; the first look may only ask."""
        taken: list[str] = []
        idle = 0
        while len(taken) < most and idle < 3:
            record = self.supply.take()
            if record is None:
                idle += 1
            else:
                taken.append(record.url)
        return taken

    def fetch(self, url: str, status: Status = Status.FETCHED) -> None:
        """Store a status, then ack, as the topology does."""
        self.frontier.put([fetched(url)._replace(status=status)])
        self.supply.ack(url)


@pytest.fixture
def supplied(tmp_path: Path) -> Iterator[Supplied]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield Supplied(store.frontier)


def pages(count: int, host: str = "a.example") -> list[str]:
    return [f"http://{host}/{n}" for n in range(count)]


def put(supplied: Supplied, *urls: str) -> None:
    supplied.frontier.put([discovered(url) for url in urls])


def test_gives_what_is_due_once(supplied: Supplied) -> None:
    put(supplied, *pages(3))
    assert sorted(supplied.take()) == pages(3)
    supplied.clock.advance(60)
    assert supplied.take() == []
    assert supplied.supply.figures()["in_flight"] == 3


def test_never_waits_for_the_frontier(supplied: Supplied) -> None:
    put(supplied, "http://a.example/")
    supplied.executor.patient = True
    assert supplied.take() == []
    assert supplied.executor.questions == 1
    supplied.executor.later.pop()()
    assert supplied.take() == ["http://a.example/"]


def test_keeps_to_the_limit_of_a_key(supplied: Supplied) -> None:
    supplied.limit(per_key=2)
    put(supplied, *pages(5))
    assert len(supplied.take()) == 2
    supplied.clock.advance(0.2)
    assert supplied.take() == []


def test_a_key_may_have_more_in_flight_by_as_many_as_were_acked_lately(supplied: Supplied) -> None:
    supplied.limit(per_key=2)
    put(supplied, *pages(20))
    first, second = supplied.take()
    supplied.fetch(first)
    supplied.clock.advance(0.2)
    third, fourth = supplied.take()
    assert supplied.supply.figures()["in_flight"] == 3
    for url in (second, third, fourth):
        supplied.fetch(url)
    supplied.clock.advance(10)
    assert len(supplied.take()) == 2  # at most so many at once, however quick
    supplied.clock.advance(10)
    assert supplied.take() == []  # that was long ago


def test_asks_soon_when_an_ack_made_room(supplied: Supplied) -> None:
    put(supplied, *pages(1))
    [url] = supplied.take()
    put(supplied, "http://b.example/")
    supplied.clock.advance(0.06)
    assert supplied.take() == []
    supplied.fetch(url)
    assert supplied.take() == ["http://b.example/"]


def test_asks_soon_while_a_key_is_quick_so_that_what_was_fetched_is_acked(supplied: Supplied) -> None:
    supplied.limit(per_key=10, min_delay=5.0)
    put(supplied, *pages(100))
    for url in supplied.take(10):
        supplied.fetch(url)
    supplied.clock.advance(0.06)
    assert len(supplied.take()) == 10
    supplied.clock.advance(0.4)
    assert supplied.take() == []
    supplied.clock.advance(0.2)  # 10 in a second: half of what a key may have takes half a second
    assert len(supplied.take()) == 10


def test_asks_less_and_less_often_while_nothing_is_due(supplied: Supplied) -> None:
    supplied.limit(min_delay=1.0, max_delay=8.0)
    for _ in range(600):
        supplied.take()
        supplied.clock.advance(0.1)
    assert supplied.executor.questions == 1 + 4 + 5  # after 0, 1, 3, 7, 15 seconds, then every 8


def test_what_another_process_injects_is_noticed_within_a_second(supplied: Supplied, tmp_path: Path) -> None:
    for _ in range(600):
        supplied.take()
        supplied.clock.advance(0.1)
    asked = supplied.executor.questions
    other = SqliteStore(FileDatabase(tmp_path / "crawl.db"), Settings())  # not the one that this process shares
    other.frontier.put([discovered("http://a.example/")])
    other.close()
    supplied.clock.advance(1)
    assert supplied.take() == ["http://a.example/"]
    assert supplied.executor.questions == asked + 1


def test_asks_again_when_something_will_be_due(supplied: Supplied) -> None:
    supplied.limit(min_delay=1.0, max_delay=60.0)
    put(supplied, "http://a.example/")
    supplied.frontier.hold("a.example", supplied.clock.time() + 33, "429", 1)
    for _ in range(33):
        assert supplied.take() == []
        supplied.clock.advance(1.01)
    assert supplied.take() == ["http://a.example/"]


def test_a_failed_url_is_offered_again_after_a_while(supplied: Supplied) -> None:
    put(supplied, "http://a.example/")
    [url] = supplied.take()
    for delay in (1.0, 2.0, 4.0):
        supplied.supply.fail(url)
        supplied.clock.advance(delay - 0.001)
        assert supplied.take() == []
        supplied.clock.advance(0.001)
        assert supplied.take() == [url]
    assert supplied.supply.counts.failed == 3
    assert supplied.supply.counts.emitted == 1


def test_says_how_much_waits_for_how_many_hosts_and_for_a_replay(supplied: Supplied) -> None:
    put(supplied, *pages(3), *pages(2, "b.example"))
    first, second = supplied.take(2)
    supplied.supply.fail(first)
    figures = supplied.supply.figures()
    hosts = {"http://a.example/": 3, "http://b.example/": 2}
    for url in (first, second):
        hosts[url[: len("http://a.example/")]] -= 1
    assert figures["queues"] == sum(left > 0 for left in hosts.values())
    assert (figures["buffered"], figures["in_flight"], figures["replay"]) == (3, 2, 1)
    supplied.clock.advance(1)
    assert supplied.take(1) == [first]
    assert supplied.supply.figures()["replay"] == 0


def test_a_url_that_fails_for_ever_is_given_up_and_in_flight_until_that_is_stored(supplied: Supplied) -> None:
    supplied.limit(max_replays=1)
    put(supplied, "http://a.example/")
    [url] = supplied.take()
    supplied.supply.fail(url)
    supplied.clock.advance(1)
    assert supplied.take() == [url]
    supplied.supply.fail(url)
    assert supplied.given_up == [url]
    supplied.clock.advance(60)
    assert supplied.take() == []
    supplied.frontier.put([fetched(url, None)])
    supplied.forget.pop()()
    assert supplied.take() == []
    assert supplied.supply.in_flight == {}


def test_acks_and_fails_of_unknown_urls_do_no_harm(supplied: Supplied) -> None:
    supplied.supply.ack("http://a.example/")
    supplied.supply.fail("http://a.example/")
    assert supplied.supply.counts.acked == supplied.supply.counts.failed == 0


def test_a_frontier_that_cannot_be_asked_is_asked_again(supplied: Supplied, monkeypatch: pytest.MonkeyPatch) -> None:
    put(supplied, "http://a.example/")
    with monkeypatch.context() as broken:
        broken.setattr(supplied.frontier, "due", lambda *_: 1 / 0)
        assert supplied.take() == []
    supplied.clock.advance(20)
    assert supplied.take() == ["http://a.example/"]


def test_fetches_exactly_the_limit_of_pages(supplied: Supplied) -> None:
    supplied.limit(max_pages=5, per_key=100)
    put(supplied, *pages(20))
    statuses = [Status.FETCHED, Status.REDIRECTION, Status.FETCH_ERROR, Status.FETCHED, Status.ERROR]
    fetches = 0
    for round_ in range(20):
        for number, url in enumerate(supplied.take()):
            status = statuses[(round_ + number) % len(statuses)]
            fetches += status is Status.FETCHED
            supplied.fetch(url, status)
        supplied.clock.advance(1)
    assert fetches == 5
    assert supplied.supply.limit_reached()


def test_never_has_more_in_flight_than_pages_are_wanted(supplied: Supplied) -> None:
    supplied.limit(max_pages=3, per_key=100)
    put(supplied, *pages(20))
    first = supplied.take()
    assert len(first) == 3
    supplied.fetch(first[0])
    assert supplied.take() == []
    supplied.fetch(first[1], Status.REDIRECTION)
    assert len(supplied.take()) == 1
    supplied.supply.fail(first[2])
    supplied.clock.advance(1)
    assert supplied.take() == [first[2]]


def test_no_pages_are_wanted(supplied: Supplied) -> None:
    supplied.limit(max_pages=0)
    put(supplied, *pages(3))
    assert supplied.take() == []


def test_pages_that_cannot_be_asked_for_now_count_towards_the_limit(
    supplied: Supplied, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplied.limit(max_pages=2)
    supplied.frontier.put([discovered(f"http://h{n}.example/") for n in range(4)])
    one, other = supplied.take()

    def away(urls: Sequence[str]) -> dict[str, Status]:
        raise StoreError("the server does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(supplied.frontier, "statuses", away)
        supplied.fetch(one)
        supplied.fetch(other, Status.ERROR)
        assert supplied.supply.pages() == 0
        assert supplied.take() == []
    supplied.clock.advance(30)
    assert len(supplied.take()) == 1
    assert supplied.supply.pages() == 1
