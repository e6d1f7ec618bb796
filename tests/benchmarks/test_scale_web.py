"""The web of the scale benchmark: how many URLs its hosts have."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scaling.web import CRAWL_DELAYS, Host, Web, host_sizes, make_hosts


@given(hosts=st.integers(1, 300), urls=st.integers(1, 20_000), largest=st.none() | st.integers(1, 500))
def test_the_hosts_have_all_urls_and_none_has_too_few_or_too_many(hosts: int, urls: int, largest: int | None) -> None:
    if urls < hosts or urls > hosts * (largest or urls):
        with pytest.raises(ValueError, match="cannot be on"):
            host_sizes(urls, hosts, largest=largest)
        return
    sizes = host_sizes(urls, hosts, largest=largest)
    assert len(sizes) == hosts
    assert sum(sizes) == urls
    assert min(sizes) >= 1
    assert max(sizes) <= (largest or urls)


def test_sizes_fall_by_the_power_law() -> None:
    sizes = host_sizes(10_000_000, 10_000, exponent=1.85)
    for rank in (1, 10, 100):
        slope = math.log(sizes[rank * 10 - 1] / sizes[rank - 1]) / math.log(10)
        assert slope == pytest.approx(-1 / 0.85, abs=0.01)


def test_a_largest_size_leaves_more_for_the_others() -> None:
    free, bounded = host_sizes(100_000, 1000), host_sizes(100_000, 1000, largest=500)
    assert free[0] > 500
    assert bounded[0] == 500
    assert bounded[-1] >= free[-1]


def test_hosts_are_the_same_for_the_same_web_and_others_for_another_seed() -> None:
    web = Web(urls=3000, hosts=1000)
    assert make_hosts(web) == make_hosts(web)
    assert make_hosts(web) != make_hosts(Web(urls=3000, hosts=1000, seed=2))


def test_hosts_ask_for_the_delays_of_real_robots_txt_and_some_never_answer() -> None:
    hosts = make_hosts(Web(urls=20_000, hosts=20_000, dead=0.1))
    asked = Counter(host.crawl_delay for host in hosts)
    files = sum(count for _, count in CRAWL_DELAYS)
    assert asked[10.0] / len(hosts) == pytest.approx(46 / files, rel=0.1)
    assert sum(math.isinf(host.response) for host in hosts) / len(hosts) == pytest.approx(0.1, rel=0.1)


def test_the_pause_of_a_host_is_its_own_or_the_usual_one() -> None:
    assert Host(1, None, 0.5).turn(2.0) == 2.5
    assert Host(1, 0.25, 0.5).turn(2.0) == 0.75
