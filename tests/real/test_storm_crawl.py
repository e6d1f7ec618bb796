"""The crawl topology on a real Storm cluster: what it leaves is what the embedded runner leaves."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.frontier.inject import inject
from spindrift.services.running import RunningService
from spindrift.status import Status
from spindrift.store import Store, open_store
from tests.crawl.running import crawl_conf, run_crawl
from tests.real.cluster import Project, remove_artifacts, storm_workers

pytestmark = pytest.mark.timeout(400)

TOPOLOGY = "from spindrift.topologies.crawl import CrawlTopology\n"


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=6, pages=8, page_bytes=8000, links=12, sitemaps=True) as served:
        yield served


def statuses(store: Store) -> dict[str, Status]:
    return {record.url: record.status for record in store.frontier.records()}


def documents(store: Store) -> dict[str, tuple[Any, ...]]:
    return {each.url: (each.title, each.text, each.status, each.language) for each in store.documents.iterate()}


def crawled_here(web: GeneratedWeb, folder: Path) -> tuple[Any, Any]:
    """By the embedded runner."""
    folder.mkdir()
    conf = crawl_conf(folder)
    with open_store(conf["store.url"]) as store:
        run_crawl(store, [web.seeds[0]], conf)
        return statuses(store), documents(store)


class ClusterCrawl:
    """The same crawl, into a store that all processes on this machine share."""

    def __init__(self, web: GeneratedWeb, storm: RunningService, folder: Path, **keys: object) -> None:
        remove_artifacts(storm)
        self.conf = crawl_conf(folder, metrics__report=False, **keys)
        with open_store(self.conf["store.url"]) as store:
            inject(store.frontier, [web.seeds[0]], Settings(self.conf))
        self.project = Project(folder / "project", storm, self.conf)
        self.project.topology("crawl", TOPOLOGY)

    def known(self) -> tuple[int, int]:
        """How many URLs are waiting, and how many are done."""
        with open_store(self.conf["store.url"], read_only=True) as store:
            counts = store.frontier.count_by_status()
        waiting = counts[Status.DISCOVERED]
        return waiting, sum(counts.values()) - waiting

    def read(self) -> tuple[Any, Any]:
        """What it has left."""
        with open_store(self.conf["store.url"], read_only=True) as store:
            return statuses(store), documents(store)


def test_it_ends_with_the_statuses_and_documents_of_the_embedded_runner(
    web: GeneratedWeb, storm: RunningService, tmp_path: Path
) -> None:
    expected = crawled_here(web, tmp_path / "here")
    assert len(expected[1]) >= 48
    crawl = ClusterCrawl(web, storm, tmp_path, topology__workers=2)
    with crawl.project.submitted("crawl"):
        crawl.project.until(lambda: crawl.known() == (0, len(expected[0])))
        found = crawl.read()
    assert found == expected


def test_a_worker_that_is_killed_in_the_middle_loses_no_url(
    web: GeneratedWeb, storm: RunningService, tmp_path: Path
) -> None:
    expected = crawled_here(web, tmp_path / "here")
    crawl = ClusterCrawl(web, storm, tmp_path, fetcher__server__delay="300ms")
    with crawl.project.submitted("crawl"):
        crawl.project.until(lambda: crawl.known()[1] > 8)
        (worker,) = storm_workers(storm)
        os.kill(worker.pid, signal.SIGKILL)
        assert crawl.known()[0] > 0, "in the middle"
        crawl.project.until(lambda: crawl.known() == (0, len(expected[0])))
        found = crawl.read()
    assert found == expected
