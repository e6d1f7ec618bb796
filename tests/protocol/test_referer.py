"""Referer: what a server may know of the page that led to it."""

import pytest
from yarl import URL

from spindrift.protocol.referer import referer


@pytest.mark.parametrize(
    ("page", "target", "told"),
    [
        ("http://a.example/p?q=1#top", "http://a.example/x", "http://a.example/p?q=1"),
        ("http://me:secret@a.example/p", "http://a.example/x", "http://a.example/p"),
        ("http://a.example/p%2Fq", "http://a.example/x", "http://a.example/p%2Fq"),
        ("http://a.example/p", "http://a.example:8080/x", "http://a.example/"),
        ("http://a.example/p", "https://a.example/x", "http://a.example/"),
        ("https://a.example/p", "https://b.example/x", "https://a.example/"),
        ("https://a.example/p", "http://a.example/x", ""),
        ("file:///home/me/links.html", "http://a.example/x", ""),
        ("http://[/", "http://a.example/x", ""),
        ("", "http://a.example/x", ""),
    ],
)
def test_is_told_as_browsers_tell_it(page: str, target: str, told: str) -> None:
    assert referer({"url.path": ["http://seed.example/", page]}, URL(target)) == told


def test_is_not_told_of_a_seed() -> None:
    assert referer({}, URL("http://a.example/")) == ""
