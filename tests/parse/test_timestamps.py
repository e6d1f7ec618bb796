"""Dates of sitemaps and feeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.parse.timestamps import parse_timestamp


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2005", "2005-01-01"),
        ("2005-03", "2005-03-01"),
        (" 2005-03-04\n", "2005-03-04"),
        ("2005-03-04T05:06Z", "2005-03-04T05:06:00+00:00"),
        ("2005-03-04T05:06:07.89+02:00", "2005-03-04T05:06:07+02:00"),
        ("2005-03-04 05:06:07", "2005-03-04T05:06:07+00:00"),
        ("Thu, 05 Jan 2017 13:34:51 +0100", "2017-01-05T13:34:51+01:00"),
        ("05 Jan 17 13:34:54 GMT", "2017-01-05T13:34:54+00:00"),
    ],
)
def test_forms(text: str, iso: str) -> None:
    timestamp = parse_timestamp(text)
    assert timestamp is not None
    assert timestamp.iso == iso


@pytest.mark.parametrize("text", [None, "", "yesterday", "2005-13-01", "0000", "Thu, 99 Jan 2017 13:34:51", "1" * 100])
def test_no_dates(text: str | None) -> None:
    assert parse_timestamp(text) is None


def test_moments() -> None:
    day, same = parse_timestamp("1970-01-02"), parse_timestamp("1970-01-02T01:00:00+01:00")
    assert day is not None
    assert same is not None
    assert (day.moment, same.moment) == (86400.0, 86400.0)
    assert (day.is_date, same.is_date) == (True, False)


@given(st.text() | st.from_regex(r"[0-9]{1,5}-[0-9]{1,3}(-[0-9]{1,3}(T[0-9:.]{1,12}[Z+-]?[0-9:]{0,6})?)?"))
def test_nothing_raises(text: str) -> None:
    parse_timestamp(text)
