"""A crawl of a site whose robots.txt names a sitemap, and that has a feed."""

from typing import Any

import pytest

from spindrift.demo import syndication
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.status import Status
from spindrift.store import open_store
from tests.crawl.running import crawl_conf, run_crawl


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    conf = crawl_conf(tmp_path_factory.mktemp("crawl"))
    with (
        GeneratedWeb(hosts=2, pages=3, page_bytes=3000, links=6, sitemaps=True) as web,
        open_store(conf["store.url"]) as store,
    ):
        run_crawl(store, [web.seeds[0]], conf)
        yield store, f"http://{web.authority(0)}", web


@pytest.mark.parametrize("path", syndication.DOCUMENTS)
def test_sitemaps_and_feeds_are_fetched_and_not_indexed(crawled: Any, path: str) -> None:
    store, base, _ = crawled
    record = store.frontier.get(base + path)
    assert record.status is Status.FETCHED
    kind = "isFeed" if path == syndication.FEED else "isSitemap"
    assert record.metadata[kind] == ["true"]
    assert base + path not in {document.url for document in store.documents.iterate()}


@pytest.mark.parametrize("path", syndication.HIDDEN_PAGES)
def test_the_pages_that_they_alone_name_are_found(crawled: Any, path: str) -> None:
    store, base, _ = crawled
    assert store.frontier.get(base + path).status is Status.FETCHED
    assert base + path in {document.url for document in store.documents.iterate()}


def test_what_a_sitemap_says_of_the_schedule_stays_with_the_page(crawled: Any) -> None:
    store, base, _ = crawled
    record = store.frontier.get(base + syndication.ONLY_IN_SITEMAP)
    assert record.metadata["sitemap.lastModified"] == ["2024-01-01"]
    assert record.metadata["sitemap.changefreq"] == ["weekly"]
    assert record.next_fetch - record.updated == pytest.approx(7 * 86400, abs=5)


def test_the_pages_that_links_lead_to_are_found_as_well(crawled: Any) -> None:
    store, _, web = crawled
    assert {store.frontier.get(url).status for url in web.urls()} == {Status.FETCHED}
