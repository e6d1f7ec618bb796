"""Intervals that follow how often a page changes."""

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.scheduling import AdaptiveScheduler, UrlLifecycle, load_scheduler
from spindrift.status import Status

NOW = 1_700_000_000.0
STAMP = "2023-11-14T22:13:20+00:00"
HTTP_DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


def minutes(metadata: Metadata, status: Status = Status.FETCHED, **conf: object) -> float | None:
    """Minutes until the URL is due; `metadata` are changed as the scheduler does."""
    settings = Settings({f"scheduler.adaptive.{key.replace('__', '.')}": value for key, value in conf.items()})
    due = AdaptiveScheduler(settings).schedule(status, metadata, NOW)
    return None if due is None else (due - NOW) / 60


def page(signature: str | None, old: str | None, interval: str | None = None, **more: str) -> Metadata:
    found = {"signature": signature, "signatureOld": old, "fetchInterval": interval, **more}
    return {key: [value] for key, value in found.items() if value is not None}


def test_the_first_fetch_begins_with_the_default_interval() -> None:
    metadata = page("a", None)
    assert minutes(metadata) == 1440
    assert metadata == page("a", None, "1440")


def test_a_page_that_has_changed_is_due_sooner() -> None:
    metadata = page("b", "a", "1440")
    assert minutes(metadata) == 750  # half way to 60
    assert metadata == page("b", "a", "750", signatureChangeDate=STAMP)


def test_a_page_that_has_not_changed_is_due_later() -> None:
    metadata = page("a", "a", "1440", signatureChangeDate="before")
    assert minutes(metadata) == 2160
    assert metadata == page("a", None, "2160", signatureChangeDate="before")


def test_304_says_that_it_has_not_changed() -> None:
    metadata = page("b", "a", "1000") | {"fetch.statusCode": ["304"]}
    assert minutes(metadata) == 1500
    assert minutes({"fetch.statusCode": ["304"]}) == 2160, "without a signature as well"


def test_rates_and_bounds() -> None:
    assert minutes(page("a", "a", "1000"), fetchInterval__rate__incr=1.0) == 2000
    assert minutes(page("b", "a", "1000"), fetchInterval__rate__decr=0.1) == 906
    assert minutes(page("a", "a", "20000")) == 20160
    assert minutes(page("a", "a", "1000"), fetchInterval__max="20h") == 1200
    assert minutes(page("b", "a", "100"), fetchInterval__rate__decr=1.0) == 60


def test_intervals_stay_within_the_bounds_for_ever() -> None:
    for new in ("a", "b"):
        metadata = page(new, "a")
        for _ in range(50):
            metadata |= page(new, "a")
            minutes(metadata)
        assert int(metadata["fetchInterval"][0]) in ((20160,) if new == "a" else range(60, 63))


def test_an_interval_by_metadata_is_where_it_begins() -> None:
    settings = Settings({"fetchInterval.isFeed=true": 100})
    due = AdaptiveScheduler(settings).schedule(Status.FETCHED, page("a", "a") | {"isFeed": ["true"]}, NOW)
    assert due == NOW + 150 * 60


def test_a_delay_in_the_metadata_comes_before_all() -> None:
    assert minutes(page("b", "a", "1000") | {"scheduler.delay.mins": ["5"]}) == 5


@pytest.mark.parametrize(
    ("status", "expected"), [(Status.FETCH_ERROR, 120), (Status.ERROR, None), (Status.REDIRECTION, 1440)]
)
def test_any_other_status_begins_anew(status: Status, expected: float | None) -> None:
    metadata = page("b", "a", "1000", signatureChangeDate="x") | {"last-modified": ["y"]}
    assert minutes(metadata, status) == expected
    assert metadata == ({} if status is Status.ERROR else {"last-modified": ["y"]})


def test_last_modified_is_set_when_the_page_changes() -> None:
    changed, unchanged, new = page("b", "a", "1000"), page("a", "a", "1000"), page("a", None)
    for metadata in (changed, unchanged, new):
        minutes(metadata, setLastModified=True)
    assert changed["last-modified"] == new["last-modified"] == [HTTP_DATE]
    assert "last-modified" not in unchanged


def test_what_it_keeps_is_stored_whatever_the_configuration_says() -> None:
    conf = {"scheduler.class": "AdaptiveScheduler", "metadata.persist": []}
    outcome = UrlLifecycle.from_settings(Settings(conf)).outcome(Status.FETCHED, page("b", "a", "1440"), NOW)
    assert outcome.metadata == page("b", None, "750", signatureChangeDate=STAMP)
    again = UrlLifecycle.from_settings(Settings({"metadata.persist": []}))
    assert again.outcome(Status.FETCHED, page("b", "a", "1440"), NOW).metadata == {}


@pytest.mark.parametrize("name", ["AdaptiveScheduler", "org.apache.stormcrawler.persistence.AdaptiveScheduler"])
def test_it_goes_by_several_names(name: str) -> None:
    assert isinstance(load_scheduler(Settings({"scheduler.class": name})), AdaptiveScheduler)


def test_bounds_that_cross_are_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"fetchInterval\.min is greater than"):
        minutes({}, fetchInterval__min="2h", fetchInterval__max="1h")
