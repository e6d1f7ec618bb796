"""The crawl topology, without a network, in the kit."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from streamparse import Bolt

from spindrift.bolts.fetch import FetcherBolt
from spindrift.status import Status
from spindrift.store import open_store
from spindrift.testing import crash, run_topology
from spindrift.topologies.crawl import CrawlTopology

PAGES = {
    "http://a.example/": b"<title>Home</title><a href='/tides'>tides</a><a href='/gone'>gone</a>",
    "http://a.example/tides": b"<title>Tides</title><p>The spring tide.</p>",
}


class Library(Bolt):
    """Serves PAGES."""

    outputs: ClassVar = FetcherBolt.outputs

    def process(self, tup: Any) -> None:
        url, _key, metadata = tup.values
        if url in PAGES:
            headers = {"protocol.content-type": ["text/html"], "fetch.statusCode": ["200"]}
            self.emit([url, PAGES[url], {**metadata, **headers}])
        else:
            self.emit([url, {**metadata, "fetch.statusCode": ["404"]}, "FETCH_ERROR"], stream="status")


@pytest.mark.parametrize(
    "faults", [[], [crash("parse", at=1)], [crash("partition", at=2)]], ids=["", "parse", "partition"]
)
def test_a_site_is_crawled_whatever_crashes(tmp_path: Path, faults: list[Any]) -> None:
    conf = {
        "store.url": f"sqlite:///{tmp_path}/crawl.db",
        "http.agent.name": "tested",
        "seeds": ["http://a.example/"],
        "urlfilters.config.file": "",
        "spout.min.delay.queries": 0,
    }
    wanted = {
        "http://a.example/": "FETCHED",
        "http://a.example/tides": "FETCHED",
        "http://a.example/gone": "FETCH_ERROR",
    }
    with (
        open_store(str(conf["store.url"])) as store,
        run_topology(CrawlTopology, conf=conf, replacements={"fetch": Library}, faults=faults) as run,
    ):

        def crawled() -> bool:
            run.advance(1)
            return {url: str(status) for url, status in store.frontier.statuses(list(wanted)).items()} == wanted

        run.until(crawled, timeout=30)
        assert [hit.url for hit in store.documents.search("spring").hits] == ["http://a.example/tides"]
        assert len(run.failed("frontier")) == len(faults)
        assert Status.FETCHED in store.frontier.statuses(["http://a.example/"]).values()
