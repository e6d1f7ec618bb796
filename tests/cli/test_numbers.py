"""Numbers as people read them."""

import pytest

from spindrift.cli.numbers import clock_time, due, size, span


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (27_345_678, "27.3 MB"), (5e15, "5000.0 TB")]
)
def test_size(number: float, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (83.9, "01:23"), (3723, "1:02:03")])
def test_clock_time(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 ms"),
        (0.25, "250 ms"),
        (0.96, "1.0 s"),
        (1.25, "1.2 s"),
        (42, "42 s"),
        (180, "3 min"),
        (18_000, "5 h"),
        (200_000, "2 d"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_due() -> None:
    assert due(None, 100.0) == "never"
    assert due(100.0, 100.0) == "now"
    assert due(130.0, 100.0) == "in 30 s"
