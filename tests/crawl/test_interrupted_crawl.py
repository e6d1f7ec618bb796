"""A crawl that is ended while URLs wait for their turn: they are left for the next run, and nothing is made of them."""

import logging
from pathlib import Path

import pytest

from spindrift.bolts.fetch import FetcherBolt
from spindrift.bolts.simple_fetch import SimpleFetcherBolt
from spindrift.conf import Settings
from spindrift.crawl.progress import Progress
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.frontier.inject import inject
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology
from spindrift.wiring import extend
from tests.crawl.running import crawl_conf, run_crawl

PAGES = 8


@pytest.mark.parametrize("fetcher", [FetcherBolt, SimpleFetcherBolt])
def test_what_waits_in_the_fetcher_is_left_for_the_next_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fetcher: type[FetcherBolt]
) -> None:
    fetch = fetcher.spec(inputs=CrawlTopology.fetch.inputs, config={"topology.tick.tuple.freq.secs": 1})
    topology = extend(CrawlTopology, fetch=fetch)
    # Twenty seconds between two pages: with a queue to work off, it would not come to an end in the time it is given.
    conf = crawl_conf(tmp_path, http__robots__file__skip=True, spout__max__replays=0, fetcher__max__throttle__sleep=1)
    slow = topology.config | conf | {"fetcher.server.delay": "20s"}

    def stop(progress: Progress, ending: Ending | None) -> None:
        if progress.pages and progress.in_flight:
            session.interrupt()

    caplog.set_level(logging.INFO)
    with (
        GeneratedWeb(hosts=1, pages=PAGES, page_bytes=3000, links=12, plain=True, record=True) as web,
        open_store(conf["store.url"]) as store,
    ):
        inject(store.frontier, [web.seeds[0]], Settings(slow))
        session = CrawlSession(topology, slow, store)
        first = session.run(stop, refresh=0.05)
        asked = len(web.requests)
        rest = run_crawl(store, [], conf)
    assert first.ended is Ending.INTERRUPTED
    assert "spout tuples in flight" not in caplog.text, "all were given back"
    assert {status for status, number in first.statuses.items() if number} == {"FETCHED", "DISCOVERED"}
    assert (asked, rest.pages) == (1, PAGES - 1)
