"""The indexer bolt: FETCHED is said when the page can be found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pystorm.component import Tuple

from spindrift.bolts.index import IndexerBolt
from spindrift.clock import VirtualClock
from spindrift.store import Store, open_store
from tests.component_probe import Probe, probe
from tests.frontier.contract import NOW
from tests.index.contract import page

URL = "http://a.example/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield store


@pytest.fixture
def bolt(tmp_path: Path) -> Iterator[Probe]:
    started = probe(IndexerBolt, {"store.url": f"sqlite:///{tmp_path}/crawl.db"}, clock=VirtualClock(NOW))
    yield started
    started.component.cleanup()


def settle(store: Store) -> None:
    """Returns when all that was put before is written and told."""
    store.documents.put([])
    store.documents.put([])


def test_indexes_a_page_and_then_says_fetched(bolt: Probe, store: Store) -> None:
    metadata = {"parse.title": ["Title"], "fetch.statusCode": ["200"]}
    tup = bolt.process(url=URL, content=b"<html>", metadata=metadata, text="some text")
    settle(store)
    [hit] = store.documents.search("text").hits
    assert (hit.url, hit.title, hit.status, hit.fetched) == (URL, "Title", 200, NOW)
    [emitted] = bolt.emitted
    assert (emitted.stream, emitted.values, emitted.anchors) == ("status", [URL, metadata, "FETCHED"], [tup])
    assert bolt.acked == [URL]


def test_a_page_that_may_not_be_indexed_is_fetched_and_its_document_deleted(bolt: Probe, store: Store) -> None:
    store.documents.put([page(URL, fetched=NOW - 1)])
    bolt.process(url=URL, content=b"", metadata={"robots.noIndex": ["true"]}, text="some text")
    settle(store)
    assert store.documents.count() == 0
    assert bolt.on("status") == [[URL, {"robots.noIndex": ["true"]}, "FETCHED"]]
    assert bolt.acked == [URL]


def test_only_what_was_indexed_is_counted(tmp_path: Path, store: Store) -> None:
    conf = {"store.url": f"sqlite:///{tmp_path}/crawl.db", "metrics.report": True}
    bolt = probe(IndexerBolt, conf, clock=VirtualClock(NOW))
    bolt.process(url=URL, content=b"", metadata={}, text="some text")
    bolt.process(url=URL + "draft", content=b"", metadata={"robots.noIndex": ["true"]}, text="some text")
    settle(store)
    bolt.component.process_tick(Tuple("tick", "__system", "__tick", -1, (1,)))
    bolt.component.cleanup()
    assert bolt.metrics == [("indexer", {"indexed": 1})] * 2


def test_a_page_is_indexed_under_its_canonical_url_and_fetched_under_its_own(bolt: Probe, store: Store) -> None:
    store.documents.put([page(URL + "?s=1", fetched=NOW - 1)])
    bolt.process(url=URL + "?s=1", content=b"", metadata={"canonical": [URL]}, text="some text")
    settle(store)
    assert [document.url for document in store.documents.iterate()] == [URL]
    assert bolt.on("status")[0][0] == URL + "?s=1"


def test_a_page_that_could_not_be_stored_fails_and_is_not_fetched(
    bolt: Probe, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.documents, "put", lambda _documents, on_durable: on_durable(OSError("disk full")))
    bolt.process(url=URL, content=b"", metadata={}, text="some text")
    assert (bolt.acked, bolt.failed, bolt.emitted) == ([], [URL], [])
