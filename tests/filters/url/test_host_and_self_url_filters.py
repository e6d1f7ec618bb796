"""HostURLFilter and SelfURLFilter: links within a host, within a domain, and to the page itself."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.filters.url.host_url_filter import HostURLFilter
from spindrift.filters.url.self_url_filter import SelfURLFilter

SOURCE = "http://www.example.org/index.html"


def stays(url: str, params: Mapping[str, bool] = MappingProxyType({}), source: str | None = SOURCE) -> bool:
    found = HostURLFilter(HostURLFilter.Params.model_validate(dict(params)))
    return found.filter(source, {}, url) == url


SAME_HOST = {"ignoreOutsideHost": True}
SAME_DOMAIN = {"ignoreOutsideDomain": True}


def test_every_link_passes_where_nothing_is_asked() -> None:
    assert stays("http://other.org/")


def test_links_to_other_hosts_are_refused() -> None:
    assert stays("https://WWW.Example.org:8080/x", SAME_HOST)
    assert not stays("http://sub.example.org/", SAME_HOST)
    assert not stays("http://other.org/", SAME_HOST)


def test_links_to_other_domains_are_refused_also_without_the_host_parameter() -> None:
    """StormCrawler reads `ignoreOutsideDomain` only where `ignoreOutsideHost` stands beside it."""
    assert stays("http://sub.example.org/", SAME_DOMAIN)
    assert not stays("http://other.org/", SAME_DOMAIN)


def test_the_domain_is_the_registered_one() -> None:
    assert not stays("http://b.co.uk/", SAME_DOMAIN, source="http://a.co.uk/")
    assert stays("http://x.a.co.uk/", SAME_DOMAIN, source="http://a.co.uk/")


def test_a_seed_has_no_outside() -> None:
    assert stays("http://other.org/", SAME_HOST, source=None)


def test_the_source_may_change_from_call_to_call() -> None:
    found = HostURLFilter(HostURLFilter.Params(ignore_outside_host=True))
    answers = [found.filter(f"http://{host}/", {}, "http://a.org/x") for host in ("a.org", "b.org", "a.org")]
    assert answers == ["http://a.org/x", None, "http://a.org/x"]


@pytest.mark.parametrize("params", [SAME_HOST, SAME_DOMAIN])
def test_what_has_no_host_is_outside(params: dict[str, bool]) -> None:
    assert not stays("mailto:a@example.org", params)
    assert not stays("mailto:a@example.org", params, source="mailto:b@example.org")


@given(st.text(), st.text())
def test_any_text_is_answered(source: str, url: str) -> None:
    for params in (SAME_HOST, SAME_DOMAIN):
        stays(url, params, source)
    assert SelfURLFilter().filter(source, {}, url) in (url, None)


def test_a_link_to_the_page_itself_is_refused_whatever_its_case() -> None:
    assert SelfURLFilter().filter(SOURCE, {}, SOURCE) is None
    assert SelfURLFilter().filter(SOURCE, {}, SOURCE.upper()) is None
    assert SelfURLFilter().filter(SOURCE, {}, SOURCE + "?") == SOURCE + "?"
    assert SelfURLFilter().filter(None, {}, SOURCE) == SOURCE
