"""What the summary says of failures."""

from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.crawl.causes import cause_of, causes_since
from spindrift.frontier import StatusUpdate
from spindrift.status import Status
from spindrift.store import open_store


@pytest.mark.parametrize(
    ("metadata", "cause"),
    [
        ({"error.cause": ["gone"], "fetch.statusCode": ["410"]}, "gone"),
        ({"fetch.exception": ["Socket timeout fetching"]}, "Socket timeout fetching"),
        ({"fetch.statusCode": ["503"]}, "status code 503"),
        ({}, "no cause is stored (neither error.cause nor fetch.exception nor fetch.statusCode)"),
    ],
)
def test_cause_of_a_url(metadata: dict[str, list[str]], cause: str) -> None:
    assert cause_of(metadata) == cause


def test_causes_of_a_run_most_frequent_first(tmp_path: Path) -> None:
    clock = VirtualClock()
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}", clock=clock) as store:
        store.frontier.put([StatusUpdate("http://a/old", "a", Status.ERROR, {"error.cause": ["old"]}, None)])
        clock.advance(10)
        updates = [
            StatusUpdate("http://a/1", "a", Status.ERROR, {"error.cause": ["robots.txt"]}, None),
            StatusUpdate("http://a/2", "a", Status.FETCH_ERROR, {"fetch.statusCode": ["500"]}, clock.time()),
            StatusUpdate("http://a/3", "a", Status.ERROR, {"error.cause": ["robots.txt"]}, None),
            StatusUpdate("http://a/4", "a", Status.FETCHED, {"error.cause": ["x"]}, None),
        ]
        store.frontier.put(updates)
        assert list(causes_since(store.frontier, clock.time()).items()) == [
            ("forbidden by robots.txt", 2),
            ("status code 500", 1),
        ]
