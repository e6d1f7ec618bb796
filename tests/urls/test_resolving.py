"""Links resolved against the page they stand on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.urls import normalize, resolve
from tests.shared_data import shared_data

BASES = [
    "http://example.org/a/b/page.html?q=1#x",
    "https://example.org:8443",
    "http://user:pw@[::1]:8080/dir/",
    "http://HOST/a/../b",
    "file:///tmp/index.html",
    "mailto:a@b.org",
    "no base",
]
PIECES = [*"abz09", ".", "..", "/", "//", "%", "%2e", "%2E", "%41", "?", "#", "&", "=", ":", "'", '"', "<", "{", "\\"]
PIECES += ["|", "^", "`", " ", "\t", "\n", "ü", "~", "@", ";", "http:", "https://", "x.org", ":80", ":81", "[", "*"]


@given(st.sampled_from(BASES), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_the_short_cuts_say_what_the_parser_says(base: str, href: str) -> None:
    assert resolve(base, href) == (normalize(href, base) or normalize(href))


@given(st.text(), st.text())
def test_any_two_texts_are_answered(base: str, href: str) -> None:
    assert resolve(base, href) == (normalize(href, base) or normalize(href))


def test_where_the_base_is_no_url_absolute_links_still_lead_somewhere() -> None:
    assert resolve("no base", "http://example.org/a") == "http://example.org/a"
    assert resolve("no base", "HTTP://example.org/é") == "http://example.org/%C3%A9"
    assert resolve("no base", "a") is None


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/top.html", "http://example.org/top.html"),
        ("next.html", "http://example.org/a/b/next.html"),
        ("../up.html", "http://example.org/a/up.html"),
        ("?page=2", "http://example.org/a/b/page.html?page=2"),
        ("//other.org/x", "http://other.org/x"),
        ("https://other.org/x", "https://other.org/x"),
        (" /spaced.html\n", "http://example.org/spaced.html"),
        ("", "http://example.org/a/b/page.html?q=1"),
        ("#part", "http://example.org/a/b/page.html?q=1#part"),
        ("mailto:someone@example.org", "mailto:someone@example.org"),
        ("http://a:b:c/", None),
    ],
)
def test_links_lead_where_a_browser_would_go(href: str, url: str | None) -> None:
    assert resolve(BASES[0], href) == url


def test_real_cases_of_other_crawlers() -> None:
    wrong = []
    for line in shared_data("urls/cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["filter"] == "resolve" and resolve(case["source_url"], case["url"]) != case["expected"]:
            wrong.append((case["source_url"], case["url"], case["expected"], resolve(case["source_url"], case["url"])))
    assert wrong == []
