"""Readings of a crawl: what the runner counts and what components report, put together."""

from pathlib import Path

from spindrift.clock import VirtualClock
from spindrift.crawl.progress import ProgressMeter, emitted, last_error, merged
from spindrift.local.stats import ComponentStats, ErrorReport, TopologyStats
from spindrift.store import open_store
from tests.frontier.contract import fetched


def stats(**components: ComponentStats) -> TopologyStats:
    return TopologyStats("crawl", 1.0, 0, components, {})


def test_reports_of_all_tasks_are_added_up() -> None:
    reading = stats()
    reading.metrics["fetch"] = {
        4: {"fetcher": {"bytes": 10, "status_codes": {"200": 3}, "slowest": [["a", 1.0, 2, ""]]}},
        5: {"fetcher": {"bytes": 5, "status_codes": {"200": 1, "404": 2}, "slowest": [["b", 3.0, 1, ""]]}},
        6: {"other": {"bytes": 100}},
    }
    assert merged(reading, "fetch", "fetcher") == {
        "bytes": 15,
        "status_codes": {"200": 4, "404": 2},
        "slowest": [["a", 1.0, 2, ""], ["b", 3.0, 1, ""]],
    }
    assert merged(reading, "parse", "fetcher") == {}


def test_emitted_tuples_of_a_stream() -> None:
    reading = stats(fetch=ComponentStats(tasks=1, emitted={"default": 7}))
    assert emitted(reading, "fetch", "default") == 7
    assert emitted(reading, "fetch", "status") == 0
    assert emitted(reading, "index", "status") == 0


def test_the_last_error_is_the_last_line_of_the_newest_traceback() -> None:
    old = ErrorReport("parse", 3, 100.0, "Traceback\n  ...\nValueError: old\n")
    new = ErrorReport("fetch", 2, 200.0, "Traceback\n  ...\nKeyError: 'new'\n")
    reading = stats(parse=ComponentStats(1, errors=[old]), fetch=ComponentStats(1, errors=[new]))
    assert last_error(reading) == "fetch: KeyError: 'new'"
    assert last_error(stats(fetch=ComponentStats(1))) == ""


def test_pages_and_statuses_of_a_reading_are_of_one_moment_and_the_last_is_the_stores(tmp_path: Path) -> None:
    reading = stats(frontier=ComponentStats(tasks=1))
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        store.frontier.put([fetched(f"http://a.example/{number}") for number in range(5)])
        meter = ProgressMeter(lambda: reading, lambda: 9, store.frontier, VirtualClock())
        assert (meter.read().in_flight, meter.read().frontier["FETCHED"]) == (9, 5), "nothing is reported yet"
        old = {"pages": 1, "in_flight": 3, "statuses": {"FETCHED": 1, "DISCOVERED": 0}}
        new = {"pages": 2, "in_flight": 4, "statuses": {"FETCHED": 3, "DISCOVERED": 8}}
        reading.metrics["frontier"] = {1: {"frontier": old}, 2: {"frontier": new}}
        progress = meter.read()
        assert (progress.pages, progress.in_flight) == (3, 7)
        assert progress.frontier == {"FETCHED": 3, "DISCOVERED": 8}
        assert meter.read(settled=True).frontier["FETCHED"] == 5
