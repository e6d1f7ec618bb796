"""User names and passwords in URLs: left out, and not told either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.urls import normalize, parse
from spindrift.urls.credentials import hidden_credentials, hidden_secrets, without_credentials


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("http://user@a.example:8080/", "http://a.example:8080/"),
        ("https://a@b:c@a.example/", "https://a.example/"),
        ("HTTPS:\\\\user:secret@a.example\\x", "HTTPS:\\\\a.example\\x"),
        ("  https:user:secret@a.example", "  https:a.example"),
        ("http:/user:secret@a.example", "http:/a.example"),
        ("https:///user:secret@[::1]/", "https:///[::1]/"),
        ("ftp://user:secret@a.example/", "ftp://a.example/"),
    ],
)
def test_user_name_and_password_are_left_out(url: str, expected: str) -> None:
    assert without_credentials(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/@user/x:y@z",
        "https://a.example?user:secret@b",
        "https://a.example#user:secret@b",
        "mailto:user@a.example",
        "user@a.example",
        "",
    ],
)
def test_other_signs_of_a_kind_stay(url: str) -> None:
    assert without_credentials(url) == url


_PIECES = ["https:", "http:", "/", "\\", "//", "user", ":", "pw", "@", "a.example", "?", "#", "[::1]", ":81", " ", "é"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_nothing_but_the_credentials_of_a_url_is_changed(url: str) -> None:
    before, after = parse(url), parse(without_credentials(url))
    if before is not None and before.scheme in ("http", "https"):
        assert after is not None
        assert after == before._replace(username="", password="", href=after.href)
        assert after.href == normalize(without_credentials(before.href))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://user:se/cret@a.example/", "https://…@a.example/"),
        ("https://user:secret@a b/", "https://…@a b/"),
        ("user:secret@a.example", "…@a.example"),
        ("https://a b/@user", "https://a b/@user"),
        ("mailto:user@a.example", "mailto:user@a.example"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_what_is_no_url_is_told_without_its_password(text: str, told: str) -> None:
    assert hidden_credentials(text) == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("elasticsearch://me:se/c#r?e@t@h:9200/x?tls=true", "elasticsearch://…@h:9200/x?tls=true"),
        ("elasticsearch://h/x?tls=true&password=a=b&user=me", "elasticsearch://h/x?tls=true&password=…&user=…"),
        ("elasticsearch://h/x?tls=false", "elasticsearch://h/x?tls=false"),
        ("kafka://h:9092,me:secret@i:9092", "kafka://…@i:9092"),
        ("sqlite:////folder/crawl@home.db", "sqlite:////folder/crawl@home.db"),
        ("memory:", "memory:"),
    ],
)
def test_the_url_of_a_server_is_told_without_its_secrets(url: str, told: str) -> None:
    assert hidden_secrets(url) == told
