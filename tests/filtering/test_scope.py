"""The scope of a filter: which URLs, or which pages, it is for."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.errors import ConfigurationError
from spindrift.filtering import URLFilters, Verdict, load_filters
from spindrift.filtering.scope import Scope, ScopeParams
from spindrift.parse.filters import ParseFilters
from spindrift.parse.page import Page

NOTHING = {"class": "RegexURLFilter", "name": "nothing", "params": {"urlFilters": ["-."]}}


def scope(**params: Any) -> Scope:
    return Scope(ScopeParams.model_validate(params))


def file_of(folder: Path, *entries: Any, wrapper: str = "URLFilters") -> Path:
    path = folder / "filters.json"
    path.write_text(json.dumps({f"any.{wrapper}": list(entries)}))
    return path


@pytest.mark.parametrize(
    ("hosts", "url", "covered"),
    [
        (["a.org"], "http://a.org/x", True),
        (["a.org"], "HTTP://A.ORG:81/x", True),
        (["a.org"], "http://www.a.org/", False),
        (["*.a.org"], "http://www.a.org/", True),
        (["*.a.org"], "http://a.org/", True),
        (["*.a.org"], "http://aa.org/", False),
        (["b.org", "A.org"], "http://a.org/", True),
        (["bücher.example"], "http://xn--bcher-kva.example/", True),
        (["127.0.0.1"], "http://127.0.0.1:8000/", True),
        (["[::1]"], "http://[::1]:8000/", True),
        (["a.org"], "no URL", False),
    ],
)
def test_a_host_stands_for_itself_and_with_a_star_for_all_below_it(hosts: list[str], url: str, covered: bool) -> None:
    assert scope(hosts=hosts).covers(url, {}) is covered


@pytest.mark.parametrize(
    ("wanted", "metadata", "covered"),
    [
        ({"lang": "de"}, {"lang": ["en", "DE"]}, True),
        ({"lang": "de"}, {"lang": ["en"]}, False),
        ({"lang": "de"}, {}, False),
        ({"lang": ["de", "fr"]}, {"lang": ["fr"]}, True),
        ({"lang": None}, {"lang": ["fr"]}, True),
        ({"lang": None}, {"lang": []}, False),
        ({"lang": "de", "depth": "1"}, {"lang": ["de"], "depth": ["1"]}, True),
        ({"lang": "de", "depth": "1"}, {"lang": ["de"], "depth": ["2"]}, False),
    ],
)
def test_all_keys_of_the_metadata_have_to_fit_with_one_of_their_values(
    wanted: dict[str, Any], metadata: dict[str, list[str]], covered: bool
) -> None:
    assert scope(metadata=wanted).covers("http://a.org/", metadata) is covered


def test_hosts_and_metadata_have_to_fit_both() -> None:
    both = scope(hosts=["a.org"], metadata={"x": "y"})
    assert both.covers("http://a.org/", {"x": ["y"]})
    assert not both.covers("http://a.org/", {})
    assert not both.covers("http://b.org/", {"x": ["y"]})


@given(st.text(), st.dictionaries(st.sampled_from(["x", "y"]), st.lists(st.text(), max_size=3)))
def test_no_url_and_no_metadata_raise(url: str, metadata: dict[str, list[str]]) -> None:
    assert scope(hosts=["*.a.org"], metadata={"x": None}).covers(url, metadata) in (True, False)


def test_a_url_filter_lets_alone_what_it_is_not_for(tmp_path: Path) -> None:
    filters = URLFilters.load(
        file_of(
            tmp_path,
            NOTHING | {"scope": {"hosts": ["*.bad.org"]}},
            {"class": "MaxDepthFilter", "scope": {"metadata": {"kind": "shallow"}}, "params": {"maxDepth": 1}},
        )
    )
    deep = {"depth": ["5"]}
    assert filters.verdict(None, deep, "http://www.bad.org/") == Verdict(None, "nothing")
    assert filters.verdict(None, deep, "http://good.org/").url == "http://good.org/"
    assert filters.verdict(None, deep | {"kind": ["shallow"]}, "http://good.org/").by == "MaxDepthFilter"


def test_a_scope_with_metadata_is_asked_for_each_page_anew(tmp_path: Path) -> None:
    """The answers of a RegexURLFilter are remembered by URL: with this scope they depend on the page."""
    filters = URLFilters.load(file_of(tmp_path, NOTHING | {"scope": {"metadata": {"x": "y"}}}))
    url = "http://a.org/"
    assert [filters.filter("http://s.org/", {"x": [value]}, url) for value in "yny"] == [None, url, None]


def test_a_parse_filter_lets_alone_pages_that_it_is_not_for(tmp_path: Path) -> None:
    entry = {"class": "DomainParseFilter", "scope": {"hosts": ["*.a.org"], "metadata": {"x": "y"}}}
    filters = ParseFilters(load_filters(file_of(tmp_path, entry, wrapper="ParseFilters"), "ParseFilters"))
    pages = [
        Page("http://www.a.org/", b"", {"x": ["y"]}),
        Page("http://www.a.org/", b"", {}),
        Page("http://b.org/", b"", {"x": ["y"]}),
    ]
    for page in pages:
        filters.filter(page)
    assert ["domain" in page.metadata for page in pages] == [True, False, False]


@pytest.mark.parametrize(
    ("given", "place", "told"),
    [
        ({"host": ["a.org"]}, "/host", 'has no parameter "host"; did you mean "hosts"? it takes hosts, metadata'),
        ({"hosts": "a.org"}, "/hosts", 'got "a.org", expected a list'),
        ({"hosts": ["a.org", "http://a.org/"]}, "/hosts/1", '"http://a.org/" is no host; right is example.org'),
        ({"hosts": ["a.org:80"]}, "/hosts/0", '"a.org:80" is no host'),
        ({"hosts": ["*.[::1]"]}, "/hosts/0", "is no host"),
        ({"hosts": [""]}, "/hosts/0", "is no host"),
        ({"hosts": []}, "", "names neither hosts nor metadata"),
        ({"hosts": [], "metadata": {"x": "y"}}, "", "hosts is empty"),
        ({"metadata": {"x": []}}, "", 'no value of "x" is right'),
        ({"metadata": {"x": 1}}, "/metadata/x", "got 1, expected a text or a list"),
        ({}, "", "names neither hosts nor metadata"),
        (None, "", "expected an object"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, given: Any, place: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_filters(file_of(tmp_path, {"class": "SelfURLFilter", "name": "own", "scope": given}), "URLFilters")
    (problem,) = caught.value.problems
    assert f" at /any.URLFilters/0/scope{place}: own, its scope" in problem
    assert told in problem


def test_mistakes_of_a_scope_are_told_beside_those_of_class_and_params(tmp_path: Path) -> None:
    entry = {"class": "MaxDepthFilter", "params": {"maxDepth": "x"}, "scope": {"hosts": [1]}}
    with pytest.raises(ConfigurationError) as caught:
        load_filters(file_of(tmp_path, entry, {"class": "None", "scope": {}}), "URLFilters")
    assert len(caught.value.problems) == 4
