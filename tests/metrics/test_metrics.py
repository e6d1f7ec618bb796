"""Metrics of a running topology: by component and host, under StormCrawler's names."""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, StoreError
from spindrift.local.stats import ComponentStats, TopologyStats
from spindrift.metrics import exposed, wanted
from spindrift.metrics.log import lines
from spindrift.metrics.merging import merged
from spindrift.metrics.prometheus import prometheus_text
from spindrift.metrics.reading import MetricsReader
from spindrift.testing import run_topology
from spindrift.testing.waiting import PATIENCE, wait_until
from tests.testing.word_components import WordCount


def fetcher(fetched: int, **more: Any) -> dict[str, Any]:
    return {
        "fetched": fetched,
        "bytes": fetched * 1000,
        "active": 2,
        "queued": 5,
        "queues": 3,
        "slowest": [["a.example", 1.0, 1, ""]],
        "status_codes": {"200": fetched},
        "exceptions": 1,
        "robots_fetched": 1,
        "robots_cached": 9,
        "fetch_seconds": fetched * 0.5,
        "queue_seconds": fetched * 2.0,
        "hosts": [["a.example", fetched, fetched * 1000, fetched * 0.5, 1, 4]],
        **more,
    }


def stats(*tasks: dict[str, Any]) -> Callable[[], TopologyStats]:
    counted = ComponentStats(tasks=len(tasks) or 1, emitted={"default": 7, "status": 3}, acked=6, failed=1)
    metrics = {"fetch": {number: {"fetcher": task} for number, task in enumerate(tasks)}} if tasks else {}
    return lambda: TopologyStats("crawl", 60.0, 4, {"fetch": counted, "sink": ComponentStats(tasks=1)}, metrics)


def test_a_fetchers_metrics_have_stormcrawlers_names() -> None:
    found = MetricsReader(stats(fetcher(10), fetcher(30))).read().components["fetch"].metrics
    assert found["fetcher_counter"] == {
        "fetched": 40,
        "bytes_fetched": 40_000,
        "exception": 2,
        "robots.fetched": 2,
        "robots.fromCache": 18,
        "status_200": 40,
    }
    assert (found["activethreads"], found["in_queues"], found["num_queues"]) == (4, 10, 6)
    average = {"fetch_time": 500.0, "time_in_queues": 2000.0, "bytes_fetched": 1000.0}
    assert found["fetcher_average_perdoc"] == average


def test_a_frontier_spouts_metrics_have_stormcrawlers_names() -> None:
    report = {"buffered": 9, "queues": 4, "in_flight": 7, "replay": 2, "query_ms": 1.5, "emitted": 20, "acked": 12}
    counted = TopologyStats(
        "crawl", 60.0, 7, {"frontier": ComponentStats(tasks=1)}, {"frontier": {1: {"frontier": report}}}
    )
    assert MetricsReader(lambda: counted).read().components["frontier"].metrics == {
        "counters": {"emitted": 20, "acked": 12, "failed": 0, "given_up": 0},
        "buffer_size": 9,
        "numQueues": 4,
        "beingProcessed": 7,
        "inPurgatory": 2,
        "spout_query_time_msec": 1.5,
    }


def test_rates_are_those_of_the_last_seconds() -> None:
    clock = VirtualClock()
    current = [stats(fetcher(0))]
    reader = MetricsReader(lambda: current[0](), window=10, clock=clock)
    reader.read()
    for fetched in (100, 200, 220, 240):
        clock.advance(10)
        current[0] = stats(fetcher(fetched))
        reading = reader.read()
    assert reading.components["fetch"].metrics["fetcher_average_persec"] == {
        "fetched_perSec": 2.0,
        "bytes_fetched_perSec": 2000.0,
    }


def test_hosts_are_told_one_by_one() -> None:
    hosts = MetricsReader(stats(fetcher(10), fetcher(30))).read().hosts
    assert list(hosts) == ["a.example"]
    host = hosts["a.example"]
    assert (host.fetched, host.bytes_fetched, host.fetch_time) == (40, 40_000, 500.0)
    assert (host.unanswered, host.in_queues) == (2, 8)


def test_prometheus_reads_its_text() -> None:
    reading = MetricsReader(stats(fetcher(10)), lambda: {"FETCHED": 12}).read()
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(prometheus_text(reading).decode())
        for sample in family.samples
    }
    assert samples["spindrift_emitted_total", "fetch", "status"] == 3
    assert samples["spindrift_failed_total", "fetch"] == 1
    assert samples["spindrift_fetcher_counter_total", "fetch", "robots.fromCache"] == 9
    assert samples["spindrift_in_queues", "fetch"] == 5
    assert samples["spindrift_host_fetched_total", "a.example"] == 10
    assert samples["spindrift_status_count", "FETCHED"] == 12


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([1, 2.5], 3.5),
        ([{"a": 1}, {"a": 2, "b": 3}], {"a": 3, "b": 3}),
        ([[1], [2]], [1, 2]),
        (["text", None, True], None),
        ([{"a": "text", "b": 1}], {"b": 1}),
        ([], None),
    ],
)
def test_tasks_are_merged(values: list[Any], total: Any) -> None:
    assert merged(values) == total


def test_any_components_metrics_are_told_under_their_own_names() -> None:
    with run_topology(WordCount, feed={"words": [["to"]]}) as run:
        run.topology._bolts[0].component.report_metric("my words", {"a.b": 3, "text": "x"})
        run.topology._bolts[0].component.report_metric("speed", 2)
        reading = MetricsReader(run.stats).read()
    assert reading.components["count"].metrics == {"my words": {"a.b": 3}, "speed": 2}
    text = prometheus_text(reading).decode()
    assert 'spindrift_my_words{component="count",scope="a.b"} 3.0' in text
    assert 'spindrift_speed{component="count"} 2.0' in text


def get(url: str) -> tuple[str, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def test_they_are_served_on_a_port_of_loopback() -> None:
    with exposed(Settings({"metrics.port": 0}), stats(fetcher(10))) as address:
        assert address is not None
        assert address.startswith("http://127.0.0.1:")
        kind, body = get(address)
        assert kind == "application/json"
        assert json.loads(body)["components"]["fetch"]["metrics"]["in_queues"] == 5
        kind, body = get(address + "metrics")
        assert kind.startswith("text/plain")
        assert "spindrift_in_flight 4.0" in body
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(address + "other")
    with pytest.raises(urllib.error.URLError):
        get(address)


def test_a_port_in_use_says_what_to_set() -> None:
    with exposed(Settings({"metrics.port": 0}), stats()) as address:
        port = int(str(address).rstrip("/").rpartition(":")[2])
        with (
            pytest.raises(ConfigurationError, match=r"choose another metrics\.port"),
            exposed(Settings({"metrics.port": port}), stats()),
        ):
            pass


def test_nothing_is_done_where_nothing_is_wanted() -> None:
    assert not wanted(Settings({}))
    with exposed(Settings({}), lambda: pytest.fail("was read")) as address:
        assert address is None


def test_they_are_logged_and_once_more_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "spindrift.metrics")
    with exposed(Settings({"metrics.log.interval": "1h"}), stats(fetcher(10))):
        pass
    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == ["crawl", "fetch", "sink"]


def test_a_store_that_cannot_be_read_now_ends_neither(caplog: pytest.LogCaptureFixture) -> None:
    def busy() -> dict[str, int]:
        raise StoreError("the store is busy")

    keys = {"metrics.log.interval": "100ms", "metrics.port": 0}
    with exposed(Settings(keys), stats(fetcher(10)), busy) as address:
        with pytest.raises(urllib.error.HTTPError, match="503") as caught:
            get(str(address))
        assert "the store is busy" in caught.value.read().decode()
        said = "metrics could not be read: the store is busy"
        wait_until(lambda: caplog.text.count(said) > 1, PATIENCE, lambda: caplog.text)


def test_a_line_leaves_out_what_is_zero() -> None:
    reading = MetricsReader(stats(fetcher(10)), lambda: {"FETCHED": 12}).read()
    first, fetch, sink = lines(reading)
    assert first == "crawl uptime=60 in_flight=4 FETCHED=12"
    assert fetch.startswith("fetch emitted=10 acked=6 failed=1 fetcher_counter.fetched=10 ")
    assert sink == "sink"
