"""The arithmetic of the scale benchmark."""

from dataclasses import replace

import pytest

from benchmarks.scaling.figures import Measured, SearchMeasured
from benchmarks.scaling.planning import DAY, Assumed, days_by_resource, days_until, machines, politeness
from benchmarks.scaling.web import Host

MEASURED = Measured(
    cores=2,
    urls=1,
    bytes_per_url=400,
    index_bytes_per_url=60,
    bytes_per_document=10_000,
    upserts=10_000,
    due_urls=20_000,
    tuples=100_000,
    pages=100,
    cpu_per_page=0.01,
    worker_memory=300e6,
)
ASSUMED = Assumed(days=10, links=99, utilisation=0.5)
HOSTS = [Host(900, None, 1.0), Host(100, 3.0, 1.0)]


def test_the_largest_host_decides_when_all_is_fetched() -> None:
    polite = politeness(HOSTS, 1.0)
    assert polite.largest == 900
    assert polite.days_all == pytest.approx(1800 / DAY)
    assert polite.fastest == pytest.approx(1 / 2 + 1 / 4)
    assert polite.pause == 2


def test_days_until_a_share_count_hosts_that_are_done_before() -> None:
    # Both for 400 s: 200 and 100 URLs; then one alone.
    assert days_until(0.3, [900, 100], [2, 4]) == pytest.approx(400 / DAY)
    assert days_until(0.15, [900, 100], [2, 4]) == pytest.approx(200 / DAY)
    assert days_until(0.6, [900, 100], [2, 4]) == pytest.approx(1000 / DAY)
    assert days_until(1.0, [900, 100], [2, 4]) == pytest.approx(1800 / DAY)


def test_machines_follow_from_the_pages_a_second() -> None:
    urls = int(10 * DAY * 1000)
    needs = machines(MEASURED, ASSUMED, urls, 1000, politeness(HOSTS, 1.0))
    assert needs.pages == 1000
    assert needs.workers == 10  # 1,000 pages of 10 ms, on two cores each that are half used
    assert (needs.fetchers, needs.parsers) == (10, 10)
    assert needs.upserts == 100_000
    assert needs.stores == 20
    assert needs.shards is None
    assert needs.status_bytes == urls * 400
    assert needs.memory == 10 * 300e6 + urls * 60
    assert needs.network == 30e6


def test_a_search_engine_that_was_measured_needs_shards_for_the_writes() -> None:
    searched = replace(MEASURED, search=SearchMeasured(urls=1, bytes_per_url=300, upserts=4000, due_urls=1000))
    needs = machines(searched, ASSUMED, int(10 * DAY * 1000), 1000, politeness(HOSTS, 1.0))
    assert needs.shards == 50


def test_robots_txt_is_asked_for_once_in_six_hours_and_once_a_page_at_most() -> None:
    polite = politeness(HOSTS, 1.0)
    often = machines(MEASURED, ASSUMED, 4_000_000, 1000, polite)
    assert often.requests - often.pages == pytest.approx(1000 * 40 / (10 * DAY))
    rarely = machines(MEASURED, ASSUMED, 2000, 1000, polite)
    assert rarely.requests == pytest.approx(2 * rarely.pages)


def test_the_first_bottleneck_is_the_resource_that_needs_most_days() -> None:
    polite = replace(politeness(HOSTS, 1.0), days_99=3.0)
    days = days_by_resource(MEASURED, ASSUMED, int(DAY * 100), polite)
    assert next(iter(days)) == "politeness"
    assert days["worker"] == pytest.approx(1.0)
    assert days["status writes"] == pytest.approx(1.0)
    assert next(iter(days_by_resource(replace(MEASURED, pages=10), ASSUMED, int(DAY * 100), polite))) == "worker"
