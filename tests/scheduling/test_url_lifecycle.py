"""What becomes of a URL after each fetch."""

import pytest

from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.scheduling import Outcome, UrlLifecycle
from spindrift.status import Status

NOW = 1_700_000_000.0


def outcome(status: Status, metadata: Metadata, now: float = NOW, **conf: object) -> Outcome:
    settings = {"metadata.persist": ["*"]} | {key.replace("__", "."): value for key, value in conf.items()}
    return UrlLifecycle.from_settings(Settings(settings)).outcome(status, metadata, now)


def test_a_new_url_is_due_now_and_stamped() -> None:
    result = outcome(Status.DISCOVERED, {"depth": ["1"]}, NOW + 0.7)
    assert result.next_fetch == NOW + 0.7
    assert result.metadata == {"depth": ["1"], "discoveryDate": ["2023-11-14T22:13:20+00:00"]}


def test_a_fetched_page_is_stamped_and_comes_again() -> None:
    result = outcome(Status.FETCHED, {})
    assert (result.status, result.next_fetch) == (Status.FETCHED, NOW + 86400)
    assert "lastProcessedDate" in result.metadata


def test_the_given_metadata_is_not_changed() -> None:
    metadata = {"fetch.error.count": ["1"]}
    outcome(Status.FETCH_ERROR, metadata)
    assert metadata == {"fetch.error.count": ["1"]}


def test_errors_are_counted_until_the_url_is_given_up() -> None:
    first = outcome(Status.FETCH_ERROR, {})
    assert (first.status, first.metadata["fetch.error.count"]) == (Status.FETCH_ERROR, ["1"])
    second = outcome(Status.FETCH_ERROR, first.metadata)
    assert (second.status, second.given_up) == (Status.FETCH_ERROR, None)
    third = outcome(Status.FETCH_ERROR, second.metadata)
    assert (third.status, third.next_fetch) == (Status.ERROR, None)
    assert third.metadata["error.cause"] == ["maxFetchErrors"]
    assert "fetch.error.count" not in third.metadata
    assert third.given_up is not None


@pytest.mark.parametrize("status", [Status.FETCHED, Status.REDIRECTION])
def test_success_clears_what_was_counted_and_why(status: Status) -> None:
    errors = (
        "fetch.error.count",
        "fetch.gone.count",
        "error.cause",
        "error.message",
        "error.source",
        "fetch.exception",
    )
    result = outcome(status, {key: ["1"] for key in errors} | {"kept": ["1"]})
    assert set(result.metadata) == {"kept", "lastProcessedDate"}


@pytest.mark.parametrize("code", ["404", "410"])
def test_a_page_is_gone_when_that_was_confirmed(code: str) -> None:
    first = outcome(Status.FETCH_ERROR, {"fetch.statusCode": [code]})
    assert (first.status, first.metadata["fetch.gone.count"]) == (Status.FETCH_ERROR, ["1"])
    second = outcome(Status.FETCH_ERROR, first.metadata)
    assert (second.status, second.metadata["error.cause"]) == (Status.ERROR, ["gone"])
    assert second.given_up is not None


def test_gone_has_to_be_said_twice_in_a_row() -> None:
    metadata = {"fetch.statusCode": ["503"], "fetch.gone.count": ["1"]}
    assert "fetch.gone.count" not in outcome(Status.FETCH_ERROR, metadata).metadata


def test_a_postponed_url_is_due_exactly_then_and_no_error_is_counted() -> None:
    metadata = {"fetch.postponed.until": [str(NOW + 33.25)], "fetch.error.count": ["2"]}
    result = outcome(Status.FETCH_ERROR, metadata, status__updater__unit__round__date="HOUR")
    assert (result.status, result.next_fetch) == (Status.FETCH_ERROR, NOW + 33.25)
    assert result.metadata["fetch.error.count"] == ["2"]
    assert "fetch.postponed.until" not in result.metadata


@pytest.mark.parametrize("code", ["429", "503"])
def test_a_url_that_itself_never_answers_otherwise_is_given_up_in_the_end(code: str) -> None:
    busy = {"fetch.postponed.until": [str(NOW + 3)], "fetch.statusCode": [code]}
    results = [outcome(Status.FETCH_ERROR, busy)]
    while results[-1].status is Status.FETCH_ERROR:
        results.append(outcome(Status.FETCH_ERROR, results[-1].metadata | busy))
    due = [result.next_fetch for result in results]
    assert due == [NOW + 3] * 3 + [NOW + 7200] * 2 + [None], (
        "put off, then as any error, so that a crawl comes to its end"
    )
    assert results[-1].metadata["error.cause"] == ["maxFetchErrors"]
    assert "fetch.postponed.count" not in results[-1].metadata


def test_a_url_that_counts_as_an_error_is_due_no_earlier_than_its_host_has_asked() -> None:
    busy = {"fetch.postponed.until": [str(NOW + 99_999)], "fetch.statusCode": ["429"], "fetch.postponed.count": ["3"]}
    assert outcome(Status.FETCH_ERROR, busy).next_fetch == NOW + 99_999


def test_a_host_that_has_to_be_waited_for_is_no_fault_of_the_url() -> None:
    waiting = {"fetch.postponed.until": [str(NOW + 3)], "fetch.postponed.count": ["3"]}
    for _ in range(10):
        result = outcome(Status.FETCH_ERROR, waiting)
        assert (result.status, result.next_fetch) == (Status.FETCH_ERROR, NOW + 3)
        waiting = result.metadata | {"fetch.postponed.until": [str(NOW + 3)]}


def test_an_answer_ends_the_row_of_postponements() -> None:
    assert "fetch.postponed.count" not in outcome(Status.FETCHED, {"fetch.postponed.count": ["2"]}).metadata


@pytest.mark.parametrize("until", ["soon", "nan", "inf"])
def test_a_postponement_to_no_time_counts_as_an_error(until: str) -> None:
    result = outcome(Status.FETCH_ERROR, {"fetch.postponed.until": [until]})
    assert result.metadata["fetch.error.count"] == ["1"]


def test_only_what_persists_is_stored_but_all_goes_with_a_deletion() -> None:
    result = outcome(Status.ERROR, {"error.cause": ["robots.txt"], "secret": ["1"]}, metadata__persist=["error.cause"])
    assert result.metadata == {"error.cause": ["robots.txt"]}
    assert result.given_up is not None
    assert "secret" in result.given_up


@pytest.mark.parametrize("until", [{}, {"fetch.postponed.until": [str(NOW + 60)]}])
def test_why_a_url_failed_is_stored_whatever_the_configuration_says(until: Metadata) -> None:
    why = {"fetch.statusCode": ["404"], "fetch.exception": ["Socket timeout fetching"]}
    failed = outcome(Status.FETCH_ERROR, {**why, **until, "secret": ["1"]}, metadata__persist=["error.cause"])
    assert failed.metadata.items() >= why.items()
    assert "secret" not in failed.metadata
    assert outcome(Status.FETCHED, why, metadata__persist=["error.cause"]).metadata == {}


def test_a_date_in_the_metadata_is_stored_as_it_is() -> None:
    metadata = {"status.store.as.is.with.nextfetchdate": ["2030-01-01T00:00:00Z"], "fetch.error.count": ["9"]}
    result = outcome(Status.FETCH_ERROR, metadata)
    assert (result.status, result.next_fetch) == (Status.FETCH_ERROR, 1_893_456_000.0)
    assert result.metadata["fetch.error.count"] == ["9"]


def test_a_date_that_is_none_is_ignored() -> None:
    result = outcome(Status.FETCHED, {"status.store.as.is.with.nextfetchdate": ["tomorrow"]})
    assert result.next_fetch == NOW + 86400


@pytest.mark.parametrize(("unit", "rounded"), [("SECOND", 100_000), ("MINUTE", 100_020), ("HOUR", 100_800)])
def test_the_next_date_is_rounded(unit: str, rounded: int) -> None:
    result = outcome(Status.FETCHED, {}, 100_000.2 - 86_400, status__updater__unit__round__date=unit)
    assert result.next_fetch == rounded


def test_rounding_does_not_put_off_what_is_due_now() -> None:
    result = outcome(Status.DISCOVERED, {}, 5_399.0, status__updater__unit__round__date="HOUR")
    assert result.next_fetch is not None
    assert result.next_fetch <= 5_399.0


class TestSitemapDates:
    @pytest.mark.parametrize(
        ("date", "changed"),
        [
            ("2023-11-14T22:13:19Z", NOW - 1),
            ("2023-11-14", NOW - 22 * 3600 - 13 * 60 - 20),
            ("2023-11-14T22:13:21Z", None),
            ("soon", None),
        ],
    )
    def test_a_link_says_when_it_changed_unless_that_is_yet_to_come(self, date: str, changed: float | None) -> None:
        metadata = {"sitemap.lastModified": [date]}
        assert outcome(Status.DISCOVERED, metadata | {"depth": ["1"]}).said == (changed, metadata)

    def test_only_links_do_and_only_where_it_is_wanted(self) -> None:
        metadata = {"sitemap.lastModified": ["2023-11-14"]}
        assert outcome(Status.FETCHED, metadata).said is None
        assert outcome(Status.DISCOVERED, {"depth": ["1"]}).said is None
        assert outcome(Status.DISCOVERED, metadata, scheduler__sitemap__lastmod=False).said == (None, metadata)

    def test_what_a_sitemap_says_is_stored_whatever_the_configuration_says(self) -> None:
        metadata = {"sitemap.lastModified": ["2023-11-14"], "sitemap.changefreq": ["daily"], "NEWS.title": ["x"]}
        settings = Settings({"metadata.persist": []})
        stored = UrlLifecycle.from_settings(settings).outcome(Status.DISCOVERED, metadata, NOW).metadata
        assert set(stored) == {"sitemap.lastModified", "sitemap.changefreq"}
