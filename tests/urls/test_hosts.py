"""Hosts of URLs, and the domains that they belong to."""

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.urls import host_of, hosts, parse, registered_domain
from spindrift.urls.hosts import host_and_port, origin_of
from spindrift.urls.parsing import place

URL_LIKE = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "http:/", "http:", "ftp://", "//", ""]),
    st.one_of(
        st.text(alphabet="abcxn-.019_AZ@:[]%\t ü", max_size=20),
        st.from_regex(r"[a-z0-9_.-]{1,12}\.(com|x|1|0x1|xn--a)\.?", fullmatch=True),
    ),
    st.sampled_from(["", ":80", ":8080", ":65535", ":65536", ":99999", ":", ":0", ":080"]),
    st.sampled_from(["", "/", "?", "#", "\\", "/a?b", "\t/"]),
)


@given(URL_LIKE)
def test_the_short_cut_for_plain_hosts_says_what_the_parser_says(url: str) -> None:
    parts = parse(url)
    assert host_of(url) == (parts.host if parts else "")


@given(URL_LIKE)
def test_the_short_cut_for_plain_origins_says_what_the_parser_says(url: str) -> None:
    parts = parse(url)
    port = f":{parts.port}" if parts and parts.port else ""
    expected = f"{parts.scheme}://{parts.host}{port}" if parts and parts.scheme in ("http", "https") else ""
    assert origin_of(url) == expected


def test_several_filters_that_ask_for_the_host_of_a_link_have_it_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    @lru_cache
    def counted(start: str) -> tuple[str, str]:
        parsed.append(start)
        return place(start)

    monkeypatch.setattr(hosts, "_place", counted)
    for path in ("/", "/a b?c@d#e", "?q", "#f", ""):
        assert host_of(f"https://bücher.example:8080{path}") == "xn--bcher-kva.example"
        assert origin_of(f"https://bücher.example:8080{path}") == "https://xn--bcher-kva.example:8080"
    assert parsed == ["https://bücher.example:8080"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://www.example.org/a", "www.example.org"),
        ("https://WWW.Example.ORG:8443?q", "www.example.org"),
        ("http://user@example.org", "example.org"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[::1]:80/", "[::1]"),
        ("mailto:a@b.org", ""),
        ("not a url", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("WWW.Example.ORG.", "example.org"),
        ("http://news.example.com:8080/x", "example.com"),
        ("example.org", "example.org"),
        ("шеллы.xn--j1amh", "шеллы.xn--j1amh"),
    ],
)
def test_the_registered_domain_is_the_part_that_someone_pays_for(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


@pytest.mark.parametrize("host", ["localhost", "host007.localhost", "intranet.corp", "co.uk", "127.0.0.1", "[::1]"])
def test_a_host_without_a_registered_domain_stands_for_itself(host: str) -> None:
    assert registered_domain(host) == host


def test_private_suffixes_do_not_count() -> None:
    """Nobody pays for a name under them, so StormCrawler's paid-level domain is the provider's."""
    assert registered_domain("someone.github.io") == "github.io"
    assert registered_domain("someone.blogspot.com") == "blogspot.com"


def test_no_url_has_no_domain() -> None:
    assert registered_domain("") == ""
    assert registered_domain("a/b") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Example.org", ("example.org", "")),
        ("example.org:8080", ("example.org", "8080")),
        ("bücher.example:8080", ("xn--bcher-kva.example", "8080")),
        ("[::1]:81", ("[::1]", "81")),
        ("example.org:80", ("example.org", "")),
        ("example.org:443", ("example.org", "")),
        ("https://example.org:8443/x", ("example.org", "8443")),
        ("%", ("%", "")),
    ],
)
def test_the_host_and_the_port_that_people_write(text: str, expected: tuple[str, str]) -> None:
    assert host_and_port(text) == expected
