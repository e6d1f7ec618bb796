"""`--max-pages N` means N URLs stored as FETCHED: in the store, in the display and in the summary, whatever is met."""

from pathlib import Path

import pytest

from spindrift.crawl.progress import Progress
from spindrift.crawl.summary import Ending, Summary
from spindrift.demo.generated_web import Answer, GeneratedWeb, Request
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology
from tests.crawl.running import crawl_conf, run_crawl
from tests.crawl.test_whole_crawl import noted

HOSTS, PAGES = 4, 12
PICTURE = {"Content-Type": "image/png"}
HTML = {"Content-Type": "text/html"}


def hostile(request: Request) -> Answer | None:
    """Of twelve pages six come with a content and are no page in the end, or come only at the second try."""
    page = request.path.rpartition("-")[2].removesuffix(".html")
    faults = {
        "1": Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(500), PICTURE),
        "3": Answer(200, b'<meta http-equiv="refresh" content="0; url=/">', HTML),
        "5": Answer(500, b"broken"),
        "7": Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(500), PICTURE),
        "9": Answer(302, b"", {"Location": "/"}),
    }
    if page == "11" and request.number == 1:
        return Answer(429, b"", {"Retry-After": "1"})
    return faults.get(page)


def crawl(path: Path, limit: int) -> tuple[Summary, list[Progress], int]:
    """A crawl of a hostile web by a topology whose indexer fails every fifth page at first."""
    conf = crawl_conf(path, fetcher__backoff__min="100ms", urlfilters__config__file="", crawl__max__pages=limit)
    readings: list[Progress] = []
    with (
        GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=12) as web,
        open_store(conf["store.url"]) as store,
    ):
        web.faults.update({web.host_name(host): hostile for host in range(HOSTS)})
        summary = run_crawl(
            store, web.seeds, conf, noted(CrawlTopology), lambda progress, _: readings.append(progress), refresh=0.1
        )
        return summary, readings, store.frontier.count_by_status()["FETCHED"]


@pytest.mark.parametrize("limit", [1, 5, 20])
def test_a_crawl_with_a_limit_ends_with_exactly_so_many_pages(tmp_path: Path, limit: int) -> None:
    summary, readings, fetched = crawl(tmp_path, limit)
    assert (summary.ended, summary.pages, fetched) == (Ending.MAX_PAGES, limit, limit)
    assert summary.statuses["FETCHED"] == limit
    assert max(progress.pages for progress in readings) <= limit
