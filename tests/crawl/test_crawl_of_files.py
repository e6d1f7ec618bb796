"""Files on disk, crawled like pages."""

from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending
from spindrift.frontier.inject import inject
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology


def test_seeds_and_the_files_that_files_lead_to_are_indexed(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "site"
    folder.mkdir()
    (folder / "a.html").write_text('<title>A</title><p>first</p><a href="b.html">b</a><a href="/etc/no-such">x</a>')
    (folder / "b.html").write_text("<title>B</title><p>second</p>")
    conf: dict[str, Any] = {
        "store.url": f"sqlite:///{tmp_path}/crawl.db",
        "http.agent.name": "files",
        "protocols": ["file"],
        "urlfilters.config.file": "",
        "metrics.report": True,
    }
    with open_store(conf["store.url"]) as store:
        inject(store.frontier, [(folder / "a.html").as_uri()], Settings(conf))
        summary = CrawlSession(CrawlTopology, CrawlTopology.config | conf, store).run(lambda *_: None, seconds=60)
        documents = sorted(document.url.rpartition("/")[2] for document in store.documents.iterate())
    assert summary.ended is Ending.FINISHED
    assert summary.statuses["FETCHED"] == 2
    assert summary.statuses["FETCH_ERROR"] == 1, "what is not there is a 404"
    assert documents == ["a.html", "b.html"]
