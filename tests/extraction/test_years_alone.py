"""A page has the date that it gives, and none where it gives none."""

import datetime

import pytest

from spindrift.extraction.document import DocumentExtractor

EXTRACTOR = DocumentExtractor()


@pytest.mark.parametrize(
    "html",
    [
        "<p>In 2005 the rock fell into the sea, and all was well for many people there.",
        "<p>Hello there, my friends.</p><a href='calendar/2020.html'>next</a>",
        "<h1>The storm of 1998</h1><p>Nobody knew where it had come from.",
    ],
)
def test_a_year_alone_is_no_date(html: str) -> None:
    assert EXTRACTOR.extract("http://a.example/", f"<html><body>{html}".encode()).date is None


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ("<p>Published on 2005-03-04, in 1998 rather.", "2005-03-04"),
        ("<time datetime='2020-05-01'>then</time>", "2020-05-01"),
        ("<p>© 2019 Example Inc.", "2019-01-01"),
    ],
)
def test_a_date_is_found_as_ever(html: str, date: str) -> None:
    found = EXTRACTOR.extract("http://a.example/", f"<html><body>{html}".encode()).date
    assert found == datetime.date.fromisoformat(date)
