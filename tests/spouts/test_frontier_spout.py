"""The frontier spout: what it emits, and what it does at its limits."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.errors import StoreError
from spindrift.spouts.frontier import FrontierSpout
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.testing import SpoutRun, run_spout
from tests.frontier.contract import NOW, discovered, fetched
from tests.frontier.test_supply import Inline


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield store


Start = Callable[..., SpoutRun]


@pytest.fixture
def start(tmp_path: Path, store: Store) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(index: int = 0, par: int = 1, **conf: Any) -> SpoutRun:
            settings = {k.replace("__", "."): v for k, v in conf.items()} | {"store.url": url_of(tmp_path)}
            spout = run_spout(FrontierSpout, settings, index=index, par=par, clock=VirtualClock(NOW), executor=Inline())
            return stack.enter_context(spout)

        yield start


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/crawl.db"


def run(spout: SpoutRun, times: int = 10) -> list[str]:
    """The message ids emitted while it is asked so many times."""
    before = len(spout.ids)
    spout.next(times)
    return [str(tup_id) for tup_id in spout.ids[before:]]


def test_emits_url_and_metadata_with_the_url_as_message_id(start: Start, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/", depth="1")])
    spout = start()
    assert run(spout) == ["http://a.example/"]
    assert spout.emitted() == [("http://a.example/", {"depth": ["1"]})]


def test_an_acked_url_is_emitted_no_more_and_a_failed_one_again(start: Start, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/"), discovered("http://b.example/")])
    spout = start()
    run(spout)
    store.frontier.put([fetched("http://a.example/")])
    spout.ack("http://a.example/")
    spout.fail("http://b.example/")
    spout.advance(1)
    assert run(spout) == ["http://b.example/"]


def test_what_fails_for_ever_is_stored_as_an_error(start: Start, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/")])
    spout = start(spout__max__replays=0)
    run(spout)
    spout.fail("http://a.example/")
    store.frontier.put([])  # after which the writer has written what came before
    record = store.frontier.get("http://a.example/")
    assert record is not None
    assert (record.status, record.next_fetch) == (Status.FETCH_ERROR, NOW + 7200)
    assert record.metadata["error.cause"] == ["the topology could not process it (its log says why)"]


def test_what_is_given_back_while_the_topology_stops_is_no_failure_and_due_again(start: Start, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/")])
    spout = start(spout__max__replays=0, metrics__report=True)
    run(spout)
    spout.component.deactivate()
    spout.fail("http://a.example/")
    store.frontier.put([])
    record = store.frontier.get("http://a.example/")
    assert record is not None
    assert record.status is Status.DISCOVERED
    assert (spout.metrics[-1][1]["in_flight"], spout.metrics[-1][1]["failed"]) == (0, 0)
    spout.component.activate()
    spout.advance(20)
    assert run(spout) == ["http://a.example/"]


def test_tasks_share_the_hosts(start: Start, store: Store) -> None:
    urls = [f"http://h{n}.example/" for n in range(20)]
    store.frontier.put([discovered(url) for url in urls])
    spouts = [start(index, par=2) for index in (0, 1)]
    first, second = (run(spout, 30) for spout in spouts)
    assert first
    assert second
    assert sorted(first + second) == sorted(urls)


def test_tasks_share_the_limit_of_pages(start: Start, store: Store) -> None:
    store.frontier.put([discovered(f"http://h{n}.example/") for n in range(40)])
    spouts = [start(index, par=2, crawl__max__pages=5) for index in (0, 1)]
    assert [len(run(spout, 30)) for spout in spouts] == [3, 2]


def test_a_second_crawl_is_refused(start: Start, tmp_path: Path) -> None:
    with run_spout(FrontierSpout, {"store.url": url_of(tmp_path)}), pytest.raises(StoreError, match="is being crawled"):
        start()
    start()


def test_reports_its_figures_four_times_a_second_and_when_all_is_settled(start: Start, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/")])
    spout = start(metrics__report=True)
    run(spout)
    assert spout.metrics == []
    spout.advance(0.25)
    run(spout)
    [(name, figures)] = spout.metrics
    assert name == "frontier"
    assert (figures["emitted"], figures["pages"], figures["in_flight"], figures["limit_reached"]) == (1, 0, 1, 0)
    store.frontier.put([fetched("http://a.example/")])
    spout.ack("http://a.example/")
    assert [figures["pages"] for _, figures in spout.metrics] == [0, 1]
    assert [figures["statuses"]["FETCHED"] for _, figures in spout.metrics] == [0, 1]
