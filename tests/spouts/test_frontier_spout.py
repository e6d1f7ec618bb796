"""The frontier spout: what it emits, and what it does at its limits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.errors import StoreError
from spindrift.spouts.frontier import FrontierSpout
from spindrift.status import Status
from spindrift.store import Store, open_store
from tests.component_probe import Probe, probe
from tests.frontier.contract import NOW, discovered, fetched
from tests.frontier.test_supply import Inline


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield store


def start(
    tmp_path: Path, clock: VirtualClock | None = None, context: dict[str, Any] | None = None, **conf: Any
) -> Probe:
    settings = {"store.url": f"sqlite:///{tmp_path}/crawl.db"} | {k.replace("__", "."): v for k, v in conf.items()}
    return probe(FrontierSpout, settings, context, clock=clock or VirtualClock(NOW), executor=Inline())


def run(spout: Probe, times: int = 10) -> list[str]:
    """The message ids emitted while it is asked so many times."""
    before = len(spout.emitted)
    for _ in range(times):
        spout.component.next_tuple()
    return [str(one.tup_id) for one in spout.emitted[before:]]


def test_emits_url_and_metadata_with_the_url_as_message_id(tmp_path: Path, store: Store) -> None:
    store.frontier.put([discovered("http://a.example/", depth="1")])
    spout = start(tmp_path)
    assert run(spout) == ["http://a.example/"]
    assert spout.on("default") == [["http://a.example/", {"depth": ["1"]}]]


def test_an_acked_url_is_emitted_no_more_and_a_failed_one_again(tmp_path: Path, store: Store) -> None:
    clock = VirtualClock(NOW)
    store.frontier.put([discovered("http://a.example/"), discovered("http://b.example/")])
    spout = start(tmp_path, clock)
    run(spout)
    store.frontier.put([fetched("http://a.example/")])
    spout.component.ack("http://a.example/")
    spout.component.fail("http://b.example/")
    clock.advance(1)
    assert run(spout) == ["http://b.example/"]


def test_what_fails_for_ever_is_stored_as_an_error(tmp_path: Path, store: Store) -> None:
    clock = VirtualClock(NOW)
    store.frontier.put([discovered("http://a.example/")])
    spout = start(tmp_path, clock, spout__max__replays=0)
    run(spout)
    spout.component.fail("http://a.example/")
    store.frontier.put([])  # after which the writer has written what came before
    record = store.frontier.get("http://a.example/")
    assert record is not None
    assert (record.status, record.next_fetch) == (Status.FETCH_ERROR, NOW + 7200)
    assert record.metadata["error.cause"] == ["the topology could not process it"]


def test_tasks_share_the_hosts(tmp_path: Path, store: Store) -> None:
    urls = [f"http://h{n}.example/" for n in range(20)]
    store.frontier.put([discovered(url) for url in urls])
    components = {"3": "frontier", "4": "frontier", "5": "fetch"}
    spouts = [start(tmp_path, context={"taskid": task, "task->component": components}) for task in (3, 4)]
    first, second = (run(spout, 30) for spout in spouts)
    assert first
    assert second
    assert sorted(first + second) == sorted(urls)


def test_tasks_share_the_limit_of_pages(tmp_path: Path, store: Store) -> None:
    store.frontier.put([discovered(f"http://h{n}.example/") for n in range(40)])
    context = {"task->component": {"3": "frontier", "4": "frontier"}}
    spouts = [start(tmp_path, context=context | {"taskid": task}, crawl__max__pages=5) for task in (3, 4)]
    assert [len(run(spout, 30)) for spout in spouts] == [3, 2]


def test_a_second_crawl_is_refused(tmp_path: Path, store: Store) -> None:
    first = start(tmp_path)
    with pytest.raises(StoreError, match="is being crawled"):
        start(tmp_path)
    first.component.close()
    start(tmp_path).component.close()


def test_reports_its_figures_four_times_a_second_and_when_all_is_settled(tmp_path: Path, store: Store) -> None:
    clock = VirtualClock(NOW)
    store.frontier.put([discovered("http://a.example/")])
    spout = start(tmp_path, clock, metrics__report=True)
    run(spout)
    assert spout.metrics == []
    clock.advance(0.25)
    run(spout)
    [(name, figures)] = spout.metrics
    assert name == "frontier"
    assert (figures["emitted"], figures["pages"], figures["in_flight"], figures["limit_reached"]) == (1, 0, 1, 0)
    store.frontier.put([fetched("http://a.example/")])
    spout.component.ack("http://a.example/")
    assert [figures["pages"] for _, figures in spout.metrics] == [0, 1]
