"""When a run has brought nothing for the index for too long."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.clock import SystemClock
from spindrift.conf import Settings
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.stopping import Drought
from spindrift.crawl.summary import Ending
from spindrift.frontier.inject import inject
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology
from tests.crawl.running import crawl_conf, run_crawl
from tests.protocol.loopback_server import LoopbackServer, Request, http


def test_the_time_counts_from_the_last_page_that_was_indexed() -> None:
    drought = Drought(seconds=10.0)
    readings = [(0.0, 0), (9.0, 0), (9.5, 1), (19.0, 1), (19.4, 3), (29.0, 3), (29.4, 3)]
    assert [drought.reached(elapsed, items, 0) for elapsed, items in readings] == [False] * 6 + [True]


def test_answers_count_from_the_last_page_that_was_indexed() -> None:
    drought = Drought(answers=5)
    readings = [(0, 0), (0, 4), (1, 6), (1, 10), (1, 11)]
    found = [drought.reached(10.0 * number, *reading) for number, reading in enumerate(readings)]
    assert found == [False] * 4 + [True]


def test_answers_whose_pages_are_still_on_their_way_are_not_in_vain() -> None:
    drought = Drought(answers=5)
    readings = [(0.0, 0, 0), (1.0, 100, 100), (1.9, 100, 300), (2.0, 310, 300)]
    assert not any(drought.reached(*reading) for reading in readings)


def test_without_a_limit_nothing_is_too_long() -> None:
    assert not Drought().reached(1e9, 0, 1_000_000)


def trap(request: Request) -> bytes:
    """One page, and then links without end to what must not be indexed."""
    if request.path == "/robots.txt":
        return http(404)
    number = int(request.path.strip("/") or 0)
    keep = b"" if number == 0 else b"<meta name=robots content=noindex>"
    return http(200, keep + b"<title>t</title><p>x</p><a href=/%d>next</a>" % (number + 1), content_type="text/html")


@pytest.mark.parametrize(("key", "limit"), [("crawl__max__pages__no__item", 20), ("crawl__max__time__no__item", "1s")])
def test_a_crawl_that_finds_nothing_more_for_the_index_ends(tmp_path: Path, key: str, limit: object) -> None:
    conf = crawl_conf(tmp_path, urlfilters__config__file="", fetcher__server__delay="10ms", **{key: limit})
    conf["store.url"] = "memory:"
    with LoopbackServer(trap) as server, open_store("memory:") as store:
        summary = run_crawl(store, [server.url("/")], conf, refresh=0.1)
        assert summary.ended is Ending.NO_ITEMS
        assert summary.documents == 1
        assert len(server.paths()) > 5


class SlowStart(SystemClock):
    """A clock for a crawl whose components take a hundred seconds to start."""

    late = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.late


def test_the_time_to_start_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SlowStart()
    start = StatusUpdaterBolt.initialize

    def initialize(bolt: StatusUpdaterBolt, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        clock.late = 100.0
        start(bolt, conf, ctx)

    monkeypatch.setattr(StatusUpdaterBolt, "initialize", initialize)
    conf = CrawlTopology.config | crawl_conf(tmp_path, urlfilters__config__file="")
    conf["store.url"] = "memory:"
    with LoopbackServer(lambda request: http(404)) as server, open_store("memory:") as store:
        inject(store.frontier, [server.url("/")], Settings(conf))
        summary = CrawlSession(CrawlTopology, conf, store, clock).run(lambda *_: None, seconds=50)
    assert summary.ended is Ending.FINISHED
    assert clock.late
