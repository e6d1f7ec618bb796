"""The Retry-After header: seconds or a date, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.politeness.retry_after import parse_retry_after

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        ("Tuesday, 14-Nov-23 22:14:20 GMT", 60.0),
        ("Tue Nov 14 22:14:20 2023", 60.0),
        ("Mon, 13 Nov 2023 00:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("1e400", None),
        ("²", None),
        ("", None),
        (None, None),
        ("9" * 5000, 999999999999.0),
    ],
)
def test_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_of_any_text_is_a_wait_or_nothing(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0
