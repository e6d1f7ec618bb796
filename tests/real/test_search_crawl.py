"""A crawl into Elasticsearch and OpenSearch: as into a file, and through what happens to servers."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from spindrift.conf import Settings
from spindrift.crawl.copying import copy_store
from spindrift.crawl.summary import Ending
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.errors import StoreError
from spindrift.services.running import RunningService
from spindrift.store import Store, open_store
from tests.crawl.copied_stores import content, fill
from tests.crawl.running import crawl_conf, run_crawl
from tests.frontier.contract import discovered
from tests.real.search_stores import SETTINGS, SearchServer, server

__all__ = ["server"]

HOSTS, PAGES = 4, 8
AWAY_SECONDS = 20.0


@pytest.fixture
def url(server: SearchServer) -> str:
    server.empty()
    return server.url


def settled(store: Store) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """What became of each URL."""
    return {record.url: (record.status.value, record.metadata) for record in store.frontier.records()}


def crawled(web: GeneratedWeb, conf: dict[str, Any], **more: Any) -> tuple[Any, ...]:
    with open_store(conf["store.url"], Settings(conf)) as store:
        summary = run_crawl(store, [web.seeds[0]], conf, **more)
    with open_store(conf["store.url"], Settings(conf), read_only=True) as store:
        return summary, settled(store), {document.url: document.text for document in store.documents.iterate()}


@contextmanager
def stopped(service: RunningService) -> Iterator[None]:
    """The server takes connections and does not answer."""
    [node] = [child for child in psutil.Process(service.pid).children() if "java" in child.name()]
    os.kill(node.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(node.pid, signal.SIGCONT)


@pytest.mark.timeout(300)
def test_a_crawl_leaves_what_it_leaves_in_a_file(url: str, tmp_path: Path) -> None:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=12, plain=True) as web:
        conf = crawl_conf(tmp_path, metadata__track__path=False)
        _, statuses, documents = crawled(web, conf)
        summary, in_engine, documents_in_engine = crawled(web, conf | {"store.url": url}, seconds=120)
    assert summary.ended is Ending.FINISHED
    assert {url: status for url, (status, _) in in_engine.items()} == {
        url: status for url, (status, _) in statuses.items()
    }
    assert documents_in_engine == documents
    assert len(documents) == HOSTS * PAGES == summary.pages == summary.documents


@pytest.mark.timeout(300)
def test_a_server_that_is_away_in_the_middle_of_a_crawl_loses_nothing(
    url: str, server: SearchServer, tmp_path: Path
) -> None:
    never, came_back = threading.Event(), threading.Event()

    def take_away() -> None:
        with stopped(server.service):
            never.wait(AWAY_SECONDS)
        came_back.set()

    thread = threading.Thread(target=take_away)

    def watch(progress: Any, ending: object) -> None:
        if progress.pages >= 5 and not thread.ident:
            thread.start()

    conf = crawl_conf(tmp_path, store__url=url, store__search__timeout="5s", store__search__bulk__interval="100ms")
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=12, plain=True) as web:
        summary, statuses, documents = crawled(web, conf, watch=watch, refresh=0.1, seconds=200)
    thread.join()
    assert came_back.is_set()
    assert summary.ended is Ending.FINISHED
    assert [url for url, (status, _) in statuses.items() if status != "FETCHED"] == []
    assert len(documents) == len(statuses) == HOSTS * PAGES


def test_an_index_that_can_only_be_read_is_reported(url: str, server: SearchServer) -> None:
    path = f"/{server.prefix}-status/_settings"
    with open_store(url, SETTINGS) as store:
        server.send("PUT", path, '{"index.blocks.read_only_allow_delete": true}')
        try:
            with pytest.raises(
                StoreError, match=r"status: 4\d\d cluster_block_exception .*; the index can only be read, "
            ):
                store.frontier.put([discovered("http://a.example/")])
            assert "make room" in str(store.trouble)
        finally:
            server.send("PUT", path, '{"index.blocks.read_only_allow_delete": null}')
        store.frontier.put([discovered("http://a.example/")])
        assert store.trouble is None


def test_one_crawl_has_the_store(url: str) -> None:
    with open_store(url, SETTINGS) as store:
        claim = store.frontier.claim()
        with pytest.raises(StoreError, match="is being crawled by this process already"):
            store.frontier.claim()
        claim.release()
        store.frontier.claim().release()


def test_a_crawl_is_moved_to_a_cluster_and_back(url: str, tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one, open_store(f"{tmp_path}/two.db") as two:
        fill(one)
        with open_store(url, SETTINGS) as cluster:
            copy_store(one, cluster)
            assert content(cluster) == content(one)
        with open_store(url, SETTINGS, read_only=True) as cluster:
            copy_store(cluster, two)
        assert content(two) == content(one)
