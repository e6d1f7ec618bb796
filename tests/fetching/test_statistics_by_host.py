"""What the fetch engine counts, also by host where metrics are wanted."""

import pytest

from spindrift.conf import Settings
from spindrift.fetching import statistics
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Failed, Page, Refused
from spindrift.fetching.statistics import FetchStatistics
from spindrift.protocol.response import Response

WANTED = Settings({"metrics.port": 0, "metrics.hosts": 2})


def count(counted: FetchStatistics, host: str, *, answered: bool = True) -> None:
    item = FetchItem(f"http://{host}/", host, {}, arrived=1.0, requested=3.0, loading_seconds=0.5)
    response = Response(item.url, 200, content=b"12345")
    counted.count(item, Page(response) if answered else Failed("SocketTimeoutException"))


def test_totals() -> None:
    counted = FetchStatistics()
    count(counted, "a.example")
    count(counted, "a.example", answered=False)
    assert (counted.fetched, counted.bytes, counted.exceptions) == (1, 5, 1)
    assert (counted.fetch_seconds, counted.queue_seconds) == (0.5, 2.0)


def test_who_asked_for_robots_txt() -> None:
    counted = FetchStatistics()
    counted.count(FetchItem("http://a.example/", "a.example", {}, asked_robots=True), Refused("robots.txt"))
    count(counted, "a.example")
    assert (counted.robots_fetched, counted.robots_cached) == (1, 1)


def test_hosts_with_most_pages_first() -> None:
    counted = FetchStatistics.from_settings(WANTED)
    for host in ("a.example", "b.example", "b.example", "c.example", "c.example", "c.example"):
        count(counted, host)
    count(counted, "c.example", answered=False)
    assert counted._by_host({"c.example": 7}) == [["c.example", 3, 15, 2.0, 1, 7], ["b.example", 2, 10, 1.0, 0, 0]]


def test_no_host_is_counted_where_nobody_wants_to_know() -> None:
    counted = FetchStatistics.from_settings(Settings({"metrics.report": True}))
    count(counted, "a.example")
    assert counted._hosts == {}


def test_the_hosts_that_are_counted_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_MOST_COUNTED", 4)
    counted = FetchStatistics.from_settings(WANTED)
    count(counted, "much.example")
    count(counted, "much.example")
    for number in range(20):
        count(counted, f"h{number}.example")
    assert len(counted._hosts) <= 4
    assert "much.example" in counted._hosts
