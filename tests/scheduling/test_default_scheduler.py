"""When a URL is due again."""

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.scheduling import DefaultScheduler, load_scheduler
from spindrift.status import Status

NOW = 1_700_000_000.0


def minutes(status: Status, metadata: Metadata | None = None, **conf: object) -> float | None:
    """Minutes until the URL is due; `_` in a key stands for `.`."""
    settings = Settings({key.replace("__", "."): value for key, value in conf.items()})
    due = DefaultScheduler(settings).schedule(status, metadata or {}, NOW)
    return None if due is None else (due - NOW) / 60


def interval(conf: dict[str, object], status: Status, metadata: Metadata) -> float | None:
    due = DefaultScheduler(Settings(conf)).schedule(status, metadata, NOW)
    return None if due is None else (due - NOW) / 60


def test_each_status_has_its_interval() -> None:
    assert minutes(Status.DISCOVERED) == 0
    assert minutes(Status.FETCHED) == 1440
    assert minutes(Status.REDIRECTION) == 1440
    assert minutes(Status.FETCH_ERROR) == 120
    assert minutes(Status.ERROR) is None


def test_bare_numbers_are_minutes_and_units_may_be_given() -> None:
    assert minutes(Status.FETCHED, fetchInterval__default=30) == 30
    assert minutes(Status.FETCHED, fetchInterval__default="2h") == 120
    assert minutes(Status.FETCHED, fetchInterval__default=-1) is None


def test_metadata_choose_an_interval() -> None:
    conf: dict[str, object] = {"fetchInterval.isFeed=true": 10, "fetchInterval.FETCH_ERROR.isFeed=true": 60}
    assert interval(conf, Status.FETCHED, {"isFeed": ["true"]}) == 10
    assert interval(conf, Status.FETCH_ERROR, {"isFeed": ["false", "true"]}) == 60
    assert interval(conf, Status.FETCHED, {"isFeed": ["false"]}) == 1440


def test_an_interval_for_one_status_leaves_the_others_alone() -> None:
    conf: dict[str, object] = {"fetchInterval.FETCH_ERROR.isFeed=true": -1}
    assert interval(conf, Status.FETCHED, {"isFeed": ["true"]}) == 1440
    assert interval(conf, Status.FETCH_ERROR, {"isFeed": ["true"]}) is None


def test_the_first_rule_that_matches_counts() -> None:
    conf: dict[str, object] = {"fetchInterval.a=1": 1, "fetchInterval.b=1": 2}
    assert interval(conf, Status.FETCHED, {"b": ["1"], "a": ["1"]}) == 1


def test_a_delay_in_the_metadata_comes_before_all() -> None:
    conf: dict[str, object] = {"fetchInterval.isFeed=true": 10}
    assert interval(conf, Status.DISCOVERED, {"scheduler.delay.mins": ["45"], "isFeed": ["true"]}) == 45
    assert interval(conf, Status.FETCHED, {"scheduler.delay.mins": ["-1"]}) is None
    assert interval(conf, Status.FETCHED, {"scheduler.delay.mins": ["soon"]}) == 1440


def test_an_unknown_status_in_a_key_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"fetchInterval\.FETCHD\.a=1: FETCHD is no status"):
        DefaultScheduler(Settings({"fetchInterval.FETCHD.a=1": 5}))


class Hourly:
    def __init__(self, settings: Settings) -> None:
        pass

    def schedule(self, status: Status, metadata: Metadata, now: float) -> float | None:
        return now + 3600


class NoScheduler:
    pass


@pytest.mark.parametrize(
    "name",
    [
        "DefaultScheduler",
        "org.apache.stormcrawler.persistence.DefaultScheduler",
        "com.digitalpebble.stormcrawler.persistence.DefaultScheduler",
    ],
)
def test_the_default_goes_by_several_names(name: str) -> None:
    assert isinstance(load_scheduler(Settings({"scheduler.class": name})), DefaultScheduler)


def test_a_scheduler_of_ones_own_is_found_by_its_python_path() -> None:
    scheduler = load_scheduler(Settings({"scheduler.class": f"{__name__}.Hourly"}))
    assert scheduler.schedule(Status.FETCHED, {}, NOW) == NOW + 3600


@pytest.mark.parametrize("name", ["Missing", "no.such.module.Class", f"{__name__}.NoScheduler"])
def test_what_is_no_scheduler_is_an_error(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"configuration key scheduler\.class"):
        load_scheduler(Settings({"scheduler.class": name}))


class TestChangeFrequency:
    @pytest.mark.parametrize(
        ("frequency", "expected"),
        [("always", 60), ("hourly", 60), ("daily", 1440), ("weekly", 10080), ("monthly", 20160), ("never", 20160)],
    )
    def test_a_sitemap_says_how_often_within_bounds(self, frequency: str, expected: float) -> None:
        assert minutes(Status.FETCHED, {"sitemap.changefreq": [frequency]}) == expected

    def test_only_for_pages_that_were_fetched(self) -> None:
        assert minutes(Status.FETCH_ERROR, {"sitemap.changefreq": ["weekly"]}) == 120

    def test_rules_of_the_configuration_come_first(self) -> None:
        metadata = {"sitemap.changefreq": ["weekly"], "isFeed": ["true"]}
        assert interval({"fetchInterval.isFeed=true": 10}, Status.FETCHED, metadata) == 10
        assert interval({"scheduler.sitemap.changefreq": False}, Status.FETCHED, metadata) == 1440
        assert interval({}, Status.FETCHED, {"sitemap.changefreq": ["fortnightly"]}) == 1440
