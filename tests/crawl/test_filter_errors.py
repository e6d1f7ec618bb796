"""A URL filter that raises refuses links, and the summary says which one, and how often."""

import json
from pathlib import Path

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.metadata import Metadata
from spindrift.store import open_store
from tests.crawl.running import crawl_conf, run_crawl


class Raises:
    """Raises for links to pages with a 1 in their name."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        if source_url is not None and "1" in url.rpartition("/")[2]:
            raise ValueError(url)
        return url


def test_links_that_a_raising_filter_refuses_are_counted_in_the_summary(tmp_path: Path) -> None:
    filters = tmp_path / "filters.json"
    filters.write_text(json.dumps({"x.URLFilters": [{"class": f"{__name__}.Raises", "name": "mine"}]}))
    conf = crawl_conf(tmp_path, urlfilters__config__file=str(filters))
    with (
        GeneratedWeb(hosts=1, pages=5, page_bytes=3000, links=5) as web,
        open_store(conf["store.url"]) as store,
    ):
        summary = run_crawl(store, web.seeds, conf)
    assert list(summary.filter_errors) == ["mine"]
    assert summary.filter_errors["mine"] > 0
    assert summary.as_json()["filter_errors"] == summary.filter_errors
