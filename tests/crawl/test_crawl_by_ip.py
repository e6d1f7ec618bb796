"""A crawl that is polite to addresses: several hosts live at one, the frontier goes by host, the fetcher by address."""

from pathlib import Path

from spindrift.crawl.summary import Ending
from spindrift.demo.generated_web import Answer, GeneratedWeb
from spindrift.store import open_store
from tests.crawl.running import crawl_conf, run_crawl

HOSTS, PAGES = 3, 60


def test_an_address_that_wants_to_be_left_alone_silences_the_frontier_for_all_its_hosts(tmp_path: Path) -> None:
    conf = crawl_conf(tmp_path, partition__url__mode="byIP")
    with GeneratedWeb(HOSTS, PAGES, record=True, plain=True) as web, open_store(conf["store.url"]) as store:
        for host in range(HOSTS):
            web.faults[web.host_name(host)] = lambda request: (
                None if request.path == "/robots.txt" else Answer(429, b"", {"Retry-After": "3600"})
            )
        summary = run_crawl(store, web.urls(), conf)
        held = {host.key: host.reason for host in store.frontier.hosts(10, held_only=True)}
        counts = store.frontier.count_by_status()
    assert summary.ended is Ending.FINISHED
    assert [request.path == "/robots.txt" for request in web.requests].count(False) == 1
    assert held == {f"host00{host}.localhost": "status 429" for host in range(HOSTS)}
    assert counts["DISCOVERED"] >= HOSTS * PAGES / 2, "most were never given out"
