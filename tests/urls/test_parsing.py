"""Parsing and normalising single URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.urls import host_of, normalize, parse


def test_the_parts_stand_without_their_separators() -> None:
    parts = parse("HTTP://me:secret@WWW.Example.org:8080/a/../b?q=1#top")
    assert parts is not None
    assert parts == (
        "http://me:secret@www.example.org:8080/b?q=1#top",
        "http",
        "me",
        "secret",
        "www.example.org",
        "8080",
        "/b",
        "q=1",
        "top",
    )


def test_the_default_port_is_left_out() -> None:
    parts = parse("https://example.org:443/")
    assert parts is not None
    assert (parts.href, parts.port) == ("https://example.org/", "")


@pytest.mark.parametrize(
    "text", ["", "/a", "example.org", "http://", "http://a b/", "http://[::g]/", "http://a:99999/"]
)
def test_what_is_not_an_absolute_url_has_no_parts(text: str) -> None:
    assert parse(text) is None
    assert normalize(text) is None
    assert host_of(text) == ""


def test_a_lone_surrogate_is_replaced_as_browsers_do() -> None:
    assert normalize("http://example.org/\ud800") == "http://example.org/%EF%BF%BD"
    assert normalize("\ud800", "http://example.org/") == "http://example.org/%EF%BF%BD"


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    href = normalize(text)
    assert href is None or normalize(href) == href
    assert normalize(text, "http://example.org/") is None or parse(text, "http://example.org/") is not None
