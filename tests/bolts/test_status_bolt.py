"""The status updater bolt: stores, schedules, and acks only what is durable."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

import spindrift.bolts.status as status_bolt
from spindrift.bolts.deletion import DeletionBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.clock import VirtualClock
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.testing import BoltRun, run_bolt
from tests.frontier.contract import NOW
from tests.index.contract import page

URL = "http://a.example/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield store


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., BoltRun]]:
    with ExitStack() as stack:

        def start(cls: type[Any] = StatusUpdaterBolt, **conf: Any) -> BoltRun:
            keys = {k.replace("__", "."): v for k, v in conf.items()}
            settings = {"store.url": f"sqlite:///{tmp_path}/crawl.db"} | keys
            return stack.enter_context(run_bolt(cls, settings, clock=VirtualClock(NOW)))

        yield start


def acked(bolt: BoltRun) -> list[str]:
    return [tup.id for tup in bolt.acked]


def settle(store: Store) -> None:
    """Returns when all that was put before is written and told."""
    store.frontier.put([])
    store.frontier.put([])


def say(bolt: BoltRun, url: str, status: Status, tup_id: str = "", **metadata: str) -> None:
    values = {"url": url, "metadata": {k: [v] for k, v in metadata.items()}, "status": status.value}
    bolt.send(values, stream="status", tup_id=tup_id or url)


def test_stores_a_status_under_its_host_and_acks(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start()
    say(bolt, URL, Status.FETCHED, depth="1", volatile="x")
    settle(store)
    record = store.frontier.get(URL)
    assert record is not None
    assert (record.key, record.status, record.next_fetch) == ("a.example", Status.FETCHED, NOW + 86400)
    assert record.metadata == {"depth": ["1"]}
    assert acked(bolt) == [URL]


def test_acks_only_what_is_durable(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start(store__commit__interval=3600000)
    say(bolt, URL, Status.FETCHED)
    assert acked(bolt) == []
    settle(store)


def test_takes_no_more_than_can_be_written_soon(start: Callable[..., BoltRun], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_bolt, "_MAX_WAITING", 1)
    bolt = start()
    submitted: Queue[Callable[[None], None]] = Queue()
    monkeypatch.setattr(bolt.component._store.frontier, "put", lambda updates, on_durable: submitted.put(on_durable))
    say(bolt, URL, Status.FETCHED)
    second = threading.Thread(target=say, args=(bolt, URL + "2", Status.FETCHED))
    second.start()
    second.join(0.1)
    assert second.is_alive(), "it waits for the first to be written"
    submitted.get()(None)
    second.join()
    submitted.get()(None)
    assert acked(bolt) == [URL, URL + "2"]


def test_urls_stand_under_their_domain_where_that_is_the_mode(start: Callable[..., BoltRun], store: Store) -> None:
    say(start(partition__url__mode="byDomain"), "http://www.shop.example.com/", Status.DISCOVERED)
    settle(store)
    assert [host.key for host in store.frontier.hosts(5)] == ["example.com"]


def test_a_url_that_was_stored_lately_is_acked_without_the_store(
    start: Callable[..., BoltRun], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bolt = start()
    say(bolt, URL, Status.DISCOVERED, "first")
    settle(store)
    monkeypatch.setattr(store.frontier, "put", lambda *_: pytest.fail("was stored again"))
    say(bolt, URL, Status.DISCOVERED, "second")
    assert acked(bolt) == ["first", "second"]


def test_without_the_cache_every_url_is_put(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start(status__updater__use__cache=False)
    say(bolt, URL, Status.DISCOVERED, "first")
    settle(store)
    say(bolt, URL, Status.DISCOVERED, "second")
    settle(store)
    assert acked(bolt) == ["first", "second"]


def test_what_could_not_be_stored_fails_and_is_not_remembered(
    start: Callable[..., BoltRun], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bolt = start()
    with monkeypatch.context() as broken:
        broken.setattr(store.frontier, "put", lambda _updates, on_durable: on_durable(OSError("disk full")))
        say(bolt, URL, Status.DISCOVERED, "first")
    assert (acked(bolt), [tup.id for tup in bolt.failed]) == ([], ["first"])
    say(bolt, URL, Status.DISCOVERED, "second")
    settle(store)
    assert acked(bolt) == ["second"]
    assert store.frontier.get(URL) is not None


def test_a_page_that_is_given_up_goes_to_the_deletion_stream(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start()
    say(bolt, URL, Status.FETCH_ERROR, **{"fetch.statusCode": "404"})
    settle(store)
    assert bolt.emitted("deletion") == []
    record = store.frontier.get(URL)
    assert record is not None
    bolt.send(url=URL, metadata=record.metadata | {"fetch.statusCode": ["404"]}, status="FETCH_ERROR")
    settle(store)
    assert [values.url for values in bolt.emitted("deletion")] == [URL]
    assert store.frontier.statuses([URL]) == {URL: Status.ERROR}


def test_the_deletion_bolt_deletes_the_document(start: Callable[..., BoltRun], store: Store) -> None:
    store.documents.put([page(URL), page("http://b.example/")])
    bolt = start(DeletionBolt)
    bolt.send(stream="deletion", tup_id=URL, url=URL, metadata={})
    settle(store)
    assert [document.url for document in store.documents.iterate()] == ["http://b.example/"]
    assert acked(bolt) == [URL]


def test_a_host_that_is_slowed_is_held(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start()
    say(bolt, URL, Status.DISCOVERED)
    bolt.send(stream="host", tup_id="hold", key="a.example", until=NOW + 60, reason="429", failures=1)
    settle(store)
    assert acked(bolt) == [URL, "hold"]
    assert store.frontier.due(NOW, 10, 10, {}) == []
    bolt.send(stream="host", tup_id="release", key="a.example", until=0.0, reason="", failures=0)
    settle(store)
    assert len(store.frontier.due(NOW, 10, 10, {})) == 1


def test_the_pause_of_a_host_holds_it_in_the_next_crawl_only(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start()
    say(bolt, URL, Status.DISCOVERED)
    until = time.time() + 60
    bolt.send(stream="host", tup_id="pause", key="a.example", until=until, reason="pause", failures=0)
    settle(store)
    assert acked(bolt) == [URL, "pause"]
    assert len(store.frontier.due(NOW, 10, 10, {})) == 1
    store.frontier.claim().release()
    assert store.frontier.due(NOW, 10, 10, {}) == []


def test_a_page_whose_sitemap_says_that_it_has_changed_is_due(start: Callable[..., BoltRun], store: Store) -> None:
    bolt = start()
    clock = bolt.component.clock
    say(bolt, URL, Status.FETCHED)
    settle(store)
    clock.advance(10 * 365 * 86400)  # the store's own clock is the machine's

    def due_after(date: str) -> float | None:
        # The URL is known already; what a sitemap says is heard all the same.
        say(bolt, URL, Status.DISCOVERED, **{"sitemap.lastModified": date})
        settle(store)
        record = store.frontier.get(URL)
        assert record is not None
        return record.next_fetch

    assert due_after("2020-01-01") == NOW + 86400, "it changed before the fetch"
    assert due_after("2100-01-01") == NOW + 86400, "it cannot know that"
    say(bolt, URL, Status.FETCHED)
    settle(store)
    assert due_after("2033-11-01") == clock.time()
