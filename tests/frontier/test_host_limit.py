"""A limit to the URLs of a host, for calendars that go on for ever."""

import logging
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.conf import Settings
from spindrift.frontier import StatusUpdate
from spindrift.status import Status
from spindrift.store import Store, open_store

NOW = 1_700_000_000.0


def link(url: str, key: str = "a.example", depth: str = "1", status: Status = Status.DISCOVERED) -> StatusUpdate:
    return StatusUpdate(url, key, status, {"depth": [depth]}, NOW)


def put(store: Store, *numbers: int, key: str = "a.example", depth: str = "1") -> None:
    store.frontier.put([link(f"http://{key}/{number}", key, depth) for number in numbers])


def urls(store: Store, key: str = "a.example") -> list[str]:
    return [record.url.rpartition("/")[2] for record in store.frontier.records() if record.key == key]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db", Settings({"crawl.max.urls.per.host": 5})) as opened:
        yield opened


def test_there_is_none_by_default(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        put(store, *range(100))
        assert len(urls(store)) == 100


def test_holds_within_one_page_and_over_many(store: Store) -> None:
    put(store, *range(3))
    put(store, *range(2, 100))
    put(store, 200)
    assert urls(store) == ["0", "1", "2", "3", "4"]


def test_is_each_hosts_own(store: Store) -> None:
    put(store, *range(9))
    put(store, *range(9), key="b.example")
    assert len(urls(store)) == len(urls(store, "b.example")) == 5


def test_counts_what_is_known_already_once(store: Store) -> None:
    for _ in range(10):
        put(store, 0, 1, 2)
    put(store, 3, 4, 5)
    assert urls(store) == ["0", "1", "2", "3", "4"]


def test_lets_seeds_in(store: Store) -> None:
    put(store, *range(9), depth="0")
    assert len(urls(store)) == 9
    put(store, 10)
    assert len(urls(store)) == 9


def test_stops_no_status_of_what_is_known(store: Store) -> None:
    put(store, *range(9))
    store.frontier.put([link("http://a.example/0", status=Status.FETCHED)])
    record = store.frontier.get("http://a.example/0")
    assert record is not None
    assert record.status is Status.FETCHED


def test_holds_in_the_next_run_as_well(tmp_path: Path) -> None:
    for start in (0, 10):
        with open_store(f"sqlite:///{tmp_path}/crawl.db", Settings({"crawl.max.urls.per.host": 5})) as store:
            put(store, *range(start, start + 4))
            found = urls(store)
    assert found == ["0", "1", "2", "3", "10"]


def test_is_said_once_a_host(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for start in range(0, 100, 10):
            put(store, *range(start, start + 10))
    assert [record.getMessage().partition(" has")[0] for record in caplog.records] == ["a.example"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=8))
def test_is_exact(tmp_path_factory: pytest.TempPathFactory, pages: list[list[int]]) -> None:
    """The first five different URLs, whatever order and however often they come."""
    folder = tmp_path_factory.mktemp("limit")
    with open_store(f"sqlite:///{folder}/crawl.db", Settings({"crawl.max.urls.per.host": 5})) as store:
        for page in pages:
            put(store, *page)
        assert urls(store) == [str(number) for number in list(dict.fromkeys(chain.from_iterable(pages)))[:5]]
