"""The indexer bolt: FETCHED is said when the page can be found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.bolts.index import IndexerBolt
from spindrift.clock import VirtualClock
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
def bolt(tmp_path: Path) -> Iterator[BoltRun]:
    with run_bolt(IndexerBolt, {"store.url": f"sqlite:///{tmp_path}/crawl.db"}, clock=VirtualClock(NOW)) as started:
        yield started


def settle(store: Store) -> None:
    """Returns when all that was put before is written and told."""
    store.documents.put([])
    store.documents.put([])


def test_indexes_a_page_and_then_says_fetched(bolt: BoltRun, store: Store) -> None:
    metadata = {"parse.title": ["Title"], "fetch.statusCode": ["200"]}
    tup = bolt.send(url=URL, content=b"<html>", metadata=metadata, text="some text")
    settle(store)
    [hit] = store.documents.search("text").hits
    assert (hit.url, hit.title, hit.status, hit.fetched) == (URL, "Title", 200, NOW)
    assert bolt.emitted("status") == [(URL, metadata, "FETCHED")]
    assert bolt.emissions[0].anchors == (tup,)
    assert bolt.acked == [tup]


def test_a_page_that_may_not_be_indexed_is_fetched_and_its_document_deleted(bolt: BoltRun, store: Store) -> None:
    store.documents.put([page(URL, fetched=NOW - 1)])
    tup = bolt.send(url=URL, content=b"", metadata={"robots.noIndex": ["true"]}, text="some text")
    settle(store)
    assert store.documents.count() == 0
    assert bolt.emitted("status") == [(URL, {"robots.noIndex": ["true"]}, "FETCHED")]
    assert bolt.acked == [tup]


def test_only_what_was_indexed_is_counted(tmp_path: Path, store: Store) -> None:
    conf = {"store.url": f"sqlite:///{tmp_path}/crawl.db", "metrics.report": True}
    with run_bolt(IndexerBolt, conf) as bolt:
        bolt.send(url=URL, content=b"", metadata={}, text="some text")
        bolt.send(url=URL + "draft", content=b"", metadata={"robots.noIndex": ["true"]}, text="some text")
        settle(store)
        bolt.tick()
    assert bolt.metrics == [("indexer", {"indexed": 1})] * 2


def test_a_page_is_indexed_under_its_canonical_url_and_fetched_under_its_own(bolt: BoltRun, store: Store) -> None:
    store.documents.put([page(URL + "?s=1", fetched=NOW - 1)])
    bolt.send(url=URL + "?s=1", content=b"", metadata={"canonical": [URL]}, text="some text")
    settle(store)
    assert [document.url for document in store.documents.iterate()] == [URL]
    assert bolt.emitted("status")[0].url == URL + "?s=1"


def test_a_page_that_could_not_be_stored_fails_and_is_not_fetched(
    bolt: BoltRun, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.documents, "put", lambda _documents, on_durable: on_durable(OSError("disk full")))
    tup = bolt.send(url=URL, content=b"", metadata={}, text="some text")
    assert (bolt.acked, bolt.failed, bolt.emissions) == ([], [tup], [])


@pytest.mark.parametrize(("metadata", "text"), [({"title": None, "tag": 1}, "t"), ({"tag": ["1"]}, None)])
def test_a_page_that_cannot_be_indexed_is_an_error_and_not_replayed(
    bolt: BoltRun, store: Store, metadata: dict[str, object], text: str | None
) -> None:
    tup = bolt.send(url=URL, content=b"", metadata=metadata, text=text)
    [(url, told, status)] = bolt.emitted("status")
    assert (url, status, told["tag"], told["error.cause"]) == (URL, "ERROR", ["1"], ["indexing"])
    assert "None; expected a" in told["error.message"][0]
    assert "title" not in told
    assert (bolt.acked, bolt.failed, store.documents.count()) == ([tup], [], 0)
