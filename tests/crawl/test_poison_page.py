"""Pages that end the parser's process, or hang it: the crawl goes on, they end in a status, and no other page does."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending
from spindrift.frontier.inject import inject
from spindrift.parse.page import Page
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology

INNOCENT = [f"{number}.html" for number in range(30)]


class Ends:
    """Kills the process, or hangs, at pages of that name."""

    def filter(self, page: Page) -> None:
        if page.url.endswith("kill.html"):
            os.kill(os.getpid(), signal.SIGKILL)
        if page.url.endswith("hang.html"):
            with Path(page.url.removeprefix("file://")).with_name("hangs").open("a") as hangs:
                hangs.write(page.url + "\n")
            time.sleep(3600)


def test_they_become_errors_and_all_others_are_indexed(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "site"
    folder.mkdir()
    names = ["kill.html", *INNOCENT[:15], "hang.html", *INNOCENT[15:]]
    (folder / "a.html").write_text("<title>A</title>" + "".join(f'<a href="{name}">{name}</a>' for name in names))
    for name in names:
        (folder / name).write_text(f"<title>{name}</title>")
    filters = tmp_path / "parsefilters.json"
    filters.write_text(json.dumps({"x.ParseFilters": [{"class": f"{__name__}.Ends", "name": "ends"}]}))
    conf: dict[str, Any] = {
        "store.url": f"sqlite:///{tmp_path}/crawl.db",
        "http.agent.name": "poison",
        "protocols": ["file"],
        "urlfilters.config.file": "",
        "parsefilters.config.file": str(filters),
        "metrics.report": True,
        "fetcher.server.delay": "0",
        "fetcher.threads.per.queue": 4,
        "spout.max.urls.per.key": 100,
        "spout.max.replays": 1,
        "topology.workers": 2,
        "topology.subprocess.timeout.secs": 4,
    }
    with open_store(conf["store.url"]) as store:
        inject(store.frontier, [(folder / "a.html").as_uri()], Settings(conf))
        summary = CrawlSession(CrawlTopology, CrawlTopology.config | conf, store).run(lambda *_: None, seconds=100)
        documents = {document.url.rpartition("/")[2] for document in store.documents.iterate()}
        poisoned = [store.frontier.get((folder / name).as_uri()) for name in ("kill.html", "hang.html")]
    assert summary.ended is Ending.FINISHED
    assert documents == {"a.html", *INNOCENT}
    assert [record and (record.status.value, record.metadata["error.cause"][0]) for record in poisoned] == [
        ("FETCH_ERROR", "the topology could not process it (its log says why)"),
        ("ERROR", "content parsing"),
    ]
    assert poisoned[1]
    assert "no sign of life in 4 s (topology.subprocess.timeout.secs)" in poisoned[1].metadata["error.message"][0]
    assert len((folder / "hangs").read_text().split()) == 1, "who waits for a page that hangs waits once"
