"""The crawl topology, whole, on a loopback web with one of everything that a crawler meets."""

import threading
from collections import Counter
from copy import copy
from types import new_class
from typing import Any, ClassVar

import pytest
from streamparse import Topology

from spindrift.bolts.index import IndexerBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.crawl.summary import Ending
from spindrift.demo.generated_web import Answer, GeneratedWeb, Request
from spindrift.spouts.frontier import FrontierSpout
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.topologies.crawl import CrawlTopology
from tests.crawl.running import crawl_conf, run_crawl

HOSTS, PAGES = 6, 5


class Journal:
    """What became of the URLs that the spout gave out, noted by the components below."""

    emitted: ClassVar[Counter[str]] = Counter()
    replayed: ClassVar[Counter[str]] = Counter()
    ended: ClassVar[Counter[str]] = Counter()
    lock = threading.Lock()

    @classmethod
    def clear(cls) -> None:
        for counter in (cls.emitted, cls.replayed, cls.ended):
            counter.clear()


class NotedSpout(FrontierSpout):
    """Notes what it gives out, and what comes back to be given out again."""

    def emit(self, tup: Any, **options: Any) -> Any:
        Journal.emitted[tup[0]] += 1
        return super().emit(tup, **options)

    def fail(self, tup_id: str) -> None:
        Journal.replayed[tup_id] += 1
        super().fail(tup_id)


class NotedStatusUpdater(StatusUpdaterBolt):
    """Notes every status but DISCOVERED, which is said of links."""

    def process(self, tup: Any) -> None:
        if tup.stream == "status" and tup.values.status != Status.DISCOVERED:
            with Journal.lock:
                Journal.ended[tup.values.url] += 1
        super().process(tup)


class FlakyIndexer(IndexerBolt):
    """Fails the first tuple of every fifth URL, as an index that is away for a moment would."""

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        super().initialize(conf, ctx)
        self._seen: set[str] = set()

    def process(self, tup: Any) -> None:
        new = tup.values.url not in self._seen
        self._seen.add(tup.values.url)
        if new and len(self._seen) % 5 == 0:
            self.fail(tup)
        else:
            super().process(tup)


NOTED: dict[type, type] = {
    FrontierSpout: NotedSpout,
    IndexerBolt: FlakyIndexer,
    StatusUpdaterBolt: NotedStatusUpdater,
}


def noted(topology: type[Topology]) -> type[Topology]:
    """The same topology with the components above in their places."""
    specs = {}
    for spec in topology.specs:
        specs[spec.name] = copy(spec)
        specs[spec.name].component_cls = NOTED.get(spec.component_cls, spec.component_cls)
    made: type[Topology] = new_class("NotedCrawl", (Topology,), exec_body=lambda body: body.update(specs))
    return made


def hostile(request: Request) -> Answer | None:
    """The second host but one misbehaves in a different way at each of its pages."""
    page = request.path.rpartition("-")[2]
    faults = {
        "1.html": Answer(200, b"x" * 5000, cut=100),
        "2.html": Answer(500, b"broken"),
        "3.html": Answer(200, b"\x1f\x8b not gzip at all", {"Content-Type": "text/html", "Content-Encoding": "gzip"}),
        "4.html": Answer(302, b"", {"Location": "http://[not-a-url/"}),
    }
    return faults.get(page)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One crawl of the whole web: the store it left, the web, and the summary."""
    conf = crawl_conf(tmp_path_factory.mktemp("crawl"), fetcher__server__delay="10ms", fetcher__backoff__min="100ms")
    Journal.clear()
    with (
        GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=12) as web,
        open_store(conf["store.url"]) as store,
    ):
        web.faults[web.host_name(HOSTS - 3)] = hostile
        yield store, web, run_crawl(store, [web.seeds[0]], conf, noted(CrawlTopology))


def status_of(store: Store, url: str) -> Status | None:
    record = store.frontier.get(url)
    return None if record is None else record.status


def test_it_ends_by_itself(crawled: Any) -> None:
    _, _, summary = crawled
    assert summary.ended is Ending.FINISHED


def test_every_url_that_is_given_out_ends_in_exactly_one_status_or_a_counted_replay(crawled: Any) -> None:
    assert len(Journal.emitted) > HOSTS * PAGES
    assert Journal.replayed
    unaccounted = {
        url: (given, Journal.ended[url], Journal.replayed[url])
        for url, given in Journal.emitted.items()
        if given != Journal.ended[url] + Journal.replayed[url]
    }
    assert unaccounted == {}
    assert set(Journal.ended) == set(Journal.emitted)


def test_nothing_is_left_waiting(crawled: Any) -> None:
    store, _, _ = crawled
    assert store.frontier.count_by_status()[Status.DISCOVERED] == 0


def test_good_pages_are_fetched_and_can_be_found(crawled: Any) -> None:
    store, web, _ = crawled
    good = [web.url(host, page) for host in range(HOSTS) for page in range(PAGES) if host != HOSTS - 3 or page == 0]
    assert {url: status_of(store, url) for url in good} == dict.fromkeys(good, Status.FETCHED)
    allowed_without_robots = f"http://{web.authority(1)}/private/accounts.html"
    assert {document.url for document in store.documents.iterate()} == {*good, allowed_without_robots}
    assert store.documents.search("about", host=web.host_name(0)).hits


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/private/accounts.html", Status.ERROR, {"error.cause": ["robots.txt"]}),
        ("/old-home.html", Status.REDIRECTION, {}),
        ("/missing.html", Status.FETCH_ERROR, {"fetch.statusCode": ["404"], "fetch.gone.count": ["1"]}),
        ("/drafts.html", Status.FETCHED, {}),
    ],
)
def test_what_is_no_page_gets_its_status(crawled: Any, path: str, status: Status, said: dict[str, list[str]]) -> None:
    store, web, _ = crawled
    record = store.frontier.get(f"http://{web.authority(0)}{path}")
    assert record.status == status
    assert said.items() <= record.metadata.items()


def test_the_summary_counts_what_the_store_holds(crawled: Any) -> None:
    store, _, summary = crawled
    assert summary.pages == summary.statuses["FETCHED"] == store.frontier.count_by_status()["FETCHED"]
    assert summary.indexed == summary.documents == summary.pages - 1  # drafts.html asks not to be indexed


def test_links_of_a_nofollow_page_stay_unknown(crawled: Any) -> None:
    store, web, _ = crawled
    assert status_of(store, f"http://{web.authority(0)}/only-from-drafts.html") is None


def test_a_host_that_misbehaves_gets_a_status_a_page(crawled: Any) -> None:
    store, web, _ = crawled
    for page in range(1, PAGES):
        record = store.frontier.get(web.url(HOSTS - 3, page))
        assert record.status in (Status.FETCH_ERROR, Status.ERROR), record
