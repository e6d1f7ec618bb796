"""A URL filter that raises refuses links, and the summary says which one, and how often."""

import json
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.crawl.session import CrawlSession
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.frontier.inject import inject
from spindrift.metadata import Metadata
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology


class Raises:
    """Raises for links to pages with a 1 in their name."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        if source_url is not None and "1" in url.rpartition("/")[2]:
            raise ValueError(url)
        return url


def test_links_that_a_raising_filter_refuses_are_counted_in_the_summary(tmp_path: Path) -> None:
    filters = tmp_path / "filters.json"
    filters.write_text(json.dumps({"x.URLFilters": [{"class": f"{__name__}.Raises", "name": "mine"}]}))
    conf: dict[str, Any] = {
        "store.url": f"sqlite:///{tmp_path}/crawl.db",
        "http.agent.name": "filter-errors",
        "fetcher.server.delay": "0",
        "urlfilters.config.file": str(filters),
        "metrics.report": True,
    }
    with (
        GeneratedWeb(hosts=1, pages=5, page_bytes=3000, links=5) as web,
        open_store(conf["store.url"]) as store,
    ):
        inject(store.frontier, web.seeds, Settings(conf))
        summary = CrawlSession(CrawlTopology, CrawlTopology.config | conf, store).run(lambda *_: None, seconds=60)
    assert list(summary.filter_errors) == ["mine"]
    assert summary.filter_errors["mine"] > 0
    assert summary.as_json()["filter_errors"] == summary.filter_errors
