"""A crawl of the generated web, archived; replayed twice; and what other filters would make of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.crawl.filter_changes import UNREACHED, FilterChanges, FilterComparison
from spindrift.crawl.replay import ReplaySession
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending
from spindrift.demo.generated_web import Answer, GeneratedWeb, Request
from spindrift.filtering import URLFilters
from spindrift.frontier.inject import inject
from spindrift.store import Store, open_store
from spindrift.topologies.archiving_crawl import ArchivingCrawlTopology
from spindrift.topologies.crawl import CrawlTopology
from spindrift.topologies.replay import ReplayTopology
from spindrift.warc.archive import Archive
from spindrift.warc.capture import Capture
from spindrift.warc.clock import ArchiveClock
from spindrift.warc.listing import list_archives
from spindrift.warc.records import RecordFormat

HOSTS, PAGES = 5, 7
AGENT = {"http.agent.name": "archiver"}


def hostile(request: Request) -> Answer | None:
    """One host's pages go wrong, each in a way of its own."""
    faults = {
        "1.html": Answer(200, b"x" * 5000, cut=100),
        "2.html": Answer(500, b"broken"),
        "3.html": Answer(200, b"\x1f\x8b not gzip at all", {"Content-Type": "text/html", "Content-Encoding": "gzip"}),
        "4.html": Answer(302, b"", {"Location": "http://[not-a-url/"}),
        "5.html": Answer(429, b"", {"Retry-After": "1"}),  # short, so that no page depends on the order
    }
    return faults.get(request.path.rpartition("-")[2])


def unchanged(request: Request) -> Answer | None:
    """Another says of a page that it has not changed, though nobody asked whether it has."""
    return Answer(304) if request.path.endswith("-1.html") else None


class Crawled:
    """One archived crawl: where its store and its archive are, and the web's addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warc = folder / "warc"
        conf: dict[str, Any] = AGENT | {
            "store.url": f"sqlite:///{folder}/crawl.db",
            "warc.path": str(self.warc),
            "warc.max.size": 30_000,
            "fetcher.server.delay": "10ms",
            "fetcher.backoff.min": "100ms",
            "fetcher.retry.times": 1,
            "spout.max.delay.queries": "500ms",
            "metrics.report": True,
        }
        with (
            GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=12) as web,
            open_store(conf["store.url"]) as store,
        ):
            self.authority = web.authority(0)
            web.faults |= {web.host_name(HOSTS - 1): hostile, web.host_name(HOSTS - 2): unchanged}
            inject(store.frontier, [web.seeds[0]], Settings(conf))
            session = CrawlSession(ArchivingCrawlTopology, ArchivingCrawlTopology.config | conf, store)
            self.ended = session.run(lambda progress, ending: None, seconds=60).ended
            self.statuses, self.documents = exported(store)

    def archive(self) -> Archive:
        return Archive.index(list_archives([str(self.warc)]))


def exported(store: Store) -> tuple[str, str]:
    """All that `spindrift export` writes: statuses and documents."""
    statuses = [json.dumps(asdict(record)) for record in store.frontier.records()]
    documents = [json.dumps(asdict(document)) for document in store.documents.iterate()]
    return "\n".join(sorted(statuses)), "\n".join(sorted(documents))


def without_update(statuses: str) -> list[dict[str, Any]]:
    """Statuses without the moment at which the row was written, which is not the fetch's."""
    rows = [json.loads(line) for line in statuses.splitlines()]
    return [{name: value for name, value in row.items() if name != "updated"} for row in rows]


def code_of(row: dict[str, Any]) -> str:
    """The status code of a row, `none` where there was no answer."""
    return str(row["metadata"].get("fetch.statusCode", ["none"])[0])


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return Crawled(tmp_path_factory.mktemp("archived"))


def replay(crawled: Crawled, name: str) -> tuple[str, str]:
    conf: dict[str, Any] = ReplayTopology.config | AGENT
    conf |= {"store.url": f"sqlite:///{crawled.folder}/{name}.db", "warc.paths": [str(crawled.warc)]}
    archive = crawled.archive()
    end = archive.end
    conf |= {"replay.time": end, "metrics.report": True}
    with open_store(conf["store.url"], Settings(conf), clock=ArchiveClock(end)) as store:
        summary = ReplaySession(ReplayTopology, conf, store).run(lambda progress: None, archive)
        assert (summary.ended, summary.failed, summary.damaged) == ("finished", 0, 0)
        return exported(store)


@pytest.fixture(scope="module")
def replayed(crawled: Crawled) -> list[tuple[str, str]]:
    return [replay(crawled, "first"), replay(crawled, "second")]


class TestReplay:
    def test_the_crawl_ended_and_has_met_everything(self, crawled: Crawled) -> None:
        assert crawled.ended is Ending.FINISHED
        rows = without_update(crawled.statuses)
        assert {row["status"] for row in rows} == {"FETCHED", "FETCH_ERROR", "REDIRECTION", "ERROR"}
        assert {code_of(row) for row in rows} >= {"200", "301", "302", "304", "404", "429", "500", "none"}

    def test_what_has_not_changed_though_nobody_asked_is_an_error(self, crawled: Crawled) -> None:
        [row] = [row for row in without_update(crawled.statuses) if code_of(row) == "304"]
        assert row["status"] == "FETCH_ERROR"

    def test_two_replays_are_the_same_byte_for_byte(self, replayed: list[tuple[str, str]]) -> None:
        assert replayed[0] == replayed[1]

    def test_documents_are_those_of_the_crawl_byte_for_byte(
        self, crawled: Crawled, replayed: list[tuple[str, str]]
    ) -> None:
        assert replayed[0][1] == crawled.documents
        assert crawled.documents.count("\n") > HOSTS * PAGES / 2

    def test_statuses_are_those_of_the_crawl(self, crawled: Crawled, replayed: list[tuple[str, str]]) -> None:
        assert without_update(replayed[0][0]) == without_update(crawled.statuses)

    def test_the_archive_has_been_rolled(self, crawled: Crawled) -> None:
        assert len(list(crawled.warc.iterdir())) > 1
        assert crawled.archive().problems == []

    def test_what_was_answered_for_robots_txt_is_archived(self, crawled: Crawled) -> None:
        answered = [visit.url for visit in crawled.archive().visits if visit.is_robots]
        assert f"http://{crawled.authority}/robots.txt" in answered
        assert len(answered) == HOSTS

    def test_an_answer_after_which_was_asked_again_is_archived_and_not_replayed(self, crawled: Crawled) -> None:
        asked_again = [visit.url for visit in crawled.archive().visits if not visit.is_page and not visit.is_robots]
        [broken] = [row["url"] for row in without_update(crawled.statuses) if code_of(row) == "500"]
        assert set(asked_again) == {broken}


def test_the_protocol_serves_a_whole_crawl_without_the_network(crawled: Crawled, tmp_path: Path) -> None:
    """The web is gone by now. Only what fails again and again may differ."""
    conf: dict[str, Any] = AGENT | {
        "store.url": f"sqlite:///{tmp_path}/again.db",
        "http.protocol.implementation": "ReplayProtocol",
        "warc.paths": [str(crawled.warc)],
        "fetcher.server.delay": 3,
        "spout.max.delay.queries": "500ms",
        "fetcher.backoff.min": "10ms",
        "metrics.report": True,
    }
    with open_store(conf["store.url"]) as store:
        inject(store.frontier, [f"http://{crawled.authority}/"], Settings(conf))
        session = CrawlSession(CrawlTopology, CrawlTopology.config | conf, store)
        summary = session.run(lambda progress, ending: None, seconds=60)
        documents = {(document.url, document.text, document.title) for document in store.documents.iterate()}
    assert summary.seconds < 3 * PAGES, "no pauses of 3 s"
    rows = [json.loads(line) for line in crawled.documents.splitlines()]
    assert documents == {(row["url"], row["text"], row["title"]) for row in rows}


def compared(crawled: Crawled, *filters: str) -> FilterChanges:
    file = crawled.folder / "filters.json"
    entry = {"class": "RegexURLFilter", "name": "changed", "params": {"urlFilters": [*filters, "+."]}}
    file.write_text(json.dumps({"spindrift.URLFilters": [entry]}))
    settings = Settings(AGENT)
    return FilterComparison(crawled.archive(), settings, URLFilters.load(file)).run()


class TestOtherFilters:
    def test_the_same_filters_change_nothing(self, crawled: Crawled) -> None:
        settings = Settings(AGENT)
        same = FilterComparison(crawled.archive(), settings, URLFilters.from_settings(settings)).run()
        assert (same.changes, same.unreadable) == ([], [])
        assert same.urls == len(without_update(crawled.statuses))

    def test_what_they_refuse_is_dropped_and_what_they_let_through_is_kept(self, crawled: Crawled) -> None:
        changes = {change.url: change for change in compared(crawled, "-missing").changes}
        missing = changes[f"http://{crawled.authority}/missing.html"]
        assert (missing.kept, missing.by, missing.archived) == (False, "changed", True)
        assert missing.source == f"http://{crawled.authority}/"
        [image] = [change for url, change in changes.items() if url.endswith("/chart.png")][:1]
        assert (image.kept, image.by, image.archived) == (True, "RegexURLFilter", False)

    def test_a_seed_that_they_refuse_takes_everything_with_it(self, crawled: Crawled) -> None:
        changes = compared(crawled, "-.")
        assert changes.dropped == changes.urls
        assert changes.as_json()["dropped"] == changes.urls


def test_pages_that_only_dropped_ones_lead_to_are_dropped_too(tmp_path: Path) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

    def page(path: str, depth: str, *links: str) -> Capture:
        body = "<html><body>" + "".join(f'<a href="{link}">x</a>' for link in links)
        metadata = {"fetch.statusCode": ["200"], "depth": [depth], "protocol._response.headers_": [head]}
        return Capture(f"http://a.example{path}", body.encode(), metadata)

    form = RecordFormat("protocol.", ["depth"], VirtualClock())
    pages = [page("/", "0", "/b", "/d"), page("/b", "1", "/c", "/"), page("/c", "2", "/b", "/c"), page("/d", "1", "/")]
    file = tmp_path / "x.warc.gz"
    file.write_bytes(b"".join(map(form.records, pages)))
    filters = tmp_path / "filters.json"
    entry = {"class": "RegexURLFilter", "name": "no b", "params": {"urlFilters": ["-/b$", "+."]}}
    filters.write_text(json.dumps({"spindrift.URLFilters": [entry]}))
    result = FilterComparison(Archive.index([file]), Settings(AGENT), URLFilters.load(filters)).run()
    assert [(change.url[-2:], change.kept, change.by, change.source) for change in result.changes] == [
        ("/b", False, "no b", "http://a.example/"),
        ("/c", False, UNREACHED, "http://a.example/b"),
    ]
