"""BasicURLNormalizer: one way to write each URL."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.filters.url.basic_url_normalizer import BasicURLNormalizer
from spindrift.urls import host_of, parse


def normalizer(**params: Any) -> BasicURLNormalizer:
    return BasicURLNormalizer(BasicURLNormalizer.Params.model_validate(params))


def normal(url: str, **params: Any) -> str | None:
    return normalizer(**params).filter(None, {}, url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Example.ORG/Path", "http://www.example.org/Path"),
        ("http://example.org", "http://example.org"),
        ("http://example.org/a#b#c", "http://example.org/a"),
        ("  http://example.org/a\n", "http://example.org/a"),
        ("http://example.org/%7Euser/%c3%a9%2f", "http://example.org/~user/%C3%A9%2F"),
        ("http://example.org/a b|c[d]é", "http://example.org/a%20b%7Cc%5Bd%5D%C3%A9"),
        ("http://example.org/x?s=ni%u011fde", "http://example.org/x?s=ni%C4%9Fde"),
        ("http://example.org/%ud83d%ude00", "http://example.org/%F0%9F%98%80"),
        ("http://example.org/a/./b/../c//d/.", "http://example.org/a/c/d/"),
        ("http://example.org/../../a", "http://example.org/a"),
        ("http://example.org/a?b=../c/./d//e", "http://example.org/a?b=../c/./d//e"),
        ("http://example.org/a&b=1&c=2", "http://example.org/a?b=1&c=2"),
        ("http://example.org/a&b/c", "http://example.org/a&b/c"),
        ("http://User:Secret@Example.org:8080/", "http://example.org:8080/"),
        ("file:///Tmp/A", "file:///Tmp/A"),
    ],
)
def test_a_url_in_normal_form(url: str, expected: str) -> None:
    assert normal(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "javascript:void(0)",
        "mailto:a@b.org",
        "data:text/html,x",
        "http://",
        "http://a b/",
        "http://example.org:port/",
        "http://example.org/100%",
        'http://example.org/"quoted"',
        "http://example.org/a{b}",
        "http://1.2.3.400/",
        "http://@/0",
    ],
)
def test_what_is_no_valid_absolute_url_is_refused(url: str) -> None:
    assert normal(url) is None


def test_characters_that_java_refuses_pass_where_validity_is_not_checked() -> None:
    assert normal("http://example.org/a{b}/../c", checkValidURI=False) == "http://example.org/a{b}/../c"


def test_query_elements_to_remove_sort_the_others() -> None:
    removing = {"queryElementsToRemove": ["a", "foo"]}
    assert normal("http://google.com?z=2&a=c|d&foo=baz&foo=bar&d=4", **removing) == "http://google.com?d=4&z=2"
    assert normal("http://google.com?a=c&foo=baz", **removing) == "http://google.com"
    assert normal("http://google.com/?%61=c&q=a%20b+c", **removing) == "http://google.com/?q=a%20b+c"


def test_hashes_are_removed_from_the_query_and_the_path() -> None:
    session = "8DBFC2FEDBD740BBC8B4D1A504A6DE7F"
    url = f"http://example.org/login/auth;jsessionid={session}?x=1&sid={session.lower()}"
    assert normal(url, removeHashes=True) == "http://example.org/login/auth?x=1"
    assert normal(f"http://example.org/?sid={session}0", removeHashes=True) == f"http://example.org/?sid={session}0"


def test_international_hosts_in_punycode_where_asked_for() -> None:
    assert normal("http://Señal6.com.ar/", hostIDNtoASCII=True) == "http://xn--seal6-pta.com.ar/"
    assert normal("http://Señal6.com.ar/") == "http://señal6.com.ar/"
    assert normal("http://\u00ad/", hostIDNtoASCII=True) is None


# What follows differs from StormCrawler, rightly.


def test_a_slash_in_the_query_is_not_taken_for_the_path() -> None:
    """StormCrawler makes `?u=http://b/c?d=1` of this: another query."""
    url = "http://example.org/a?u=http://b.org/c&d=1"
    assert normal(url) == url


def test_a_fragment_that_is_kept_is_kept_whatever_else_changes() -> None:
    """StormCrawler loses it as soon as the host or the path changes."""
    assert normal("http://Example.org/a#b", removeAnchorPart=False) == "http://example.org/a#b"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http:example.org/a", "http://example.org/a"),
        ("http:///example.org/a", "http://example.org/a"),
        ("http:\\\\example.org\\a", "http://example.org/a"),
        ("http://example.org\\a", "http://example.org/a"),
        ("http://example.org/a\tb", "http://example.org/ab"),
    ],
)
def test_what_browsers_mend_is_mended_as_they_do(url: str, expected: str) -> None:
    """StormCrawler takes these for hosts or paths of other names."""
    assert normal(url) == expected


def test_a_semicolon_does_not_end_a_query_element() -> None:
    """StormCrawler makes two elements of `q=tl;dr`, and sorts them."""
    url = "http://example.org/?q=tl;dr"
    assert normal(url, queryElementsToRemove=["dr"]) == url


def test_an_escaped_percent_sign_stays_one() -> None:
    """StormCrawler decodes %u0025 to a bare %, which makes another escape of what follows."""
    assert normal("http://example.org/%u002541") == "http://example.org/%2541"


# Laws

PARAMS = st.fixed_dictionaries(
    {
        "removeAnchorPart": st.booleans(),
        "unmangleQueryString": st.booleans(),
        "checkValidURI": st.booleans(),
        "removeHashes": st.booleans(),
        "hostIDNtoASCII": st.booleans(),
        "queryElementsToRemove": st.lists(st.sampled_from(["a", "b", "%41"]), max_size=2),
    }
)
PIECES = [
    *"aAz09/?#&=;:@%\\|[] .~'\"<>{}^`+,\t",
    "//",
    "..",
    "/.",
    "%2e",
    "%41",
    "%",
    "%u0041",
    "%u0025",
    "é",
    "ß",
    "İ",
]
PIECES += ["http://", "http:", "HTTPS://", "file://", "example.org", "xn--", "0" * 32, "\ud800", "\x00", "\x7f", "。"]
URLS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map(lambda pieces: "http://Example.org" + "".join(pieces)),
    st.text(),
)


@given(PARAMS, URLS)
def test_normalising_twice_is_normalising_once(params: dict[str, Any], url: str) -> None:
    once = normal(url, **params)
    assert once is None or normal(once, **params) == once


@given(PARAMS, URLS)
def test_the_short_cut_for_plain_urls_changes_nothing(params: dict[str, Any], url: str) -> None:
    assert normalizer(**params).filter(None, {}, url) == normalizer(**params).normal_form(url)


@given(PARAMS, URLS)
def test_the_host_stays_the_same(params: dict[str, Any], url: str) -> None:
    result = normal(url, **(params | {"unmangleQueryString": False}))
    assert result is None or (parse(result) is not None and host_of(result) == host_of(url))


@given(URLS)
def test_what_passes_with_all_defaults_is_printable_ascii(url: str) -> None:
    result = normal(url, hostIDNtoASCII=True)
    assert result is None or (result.isascii() and result.isprintable() and " " not in result)
