"""RegexURLFilter: the first rule that matches decides."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.filters.url.regex_url_filter import RegexURLFilter
from spindrift.resource_files import ResourceFiles

RESOURCES = ResourceFiles.from_settings()


def passes(url: str, *rules: str) -> bool:
    return with_params(urlFilters=list(rules)).filter(None, {}, url) == url


def with_params(**params: Any) -> RegexURLFilter:
    return RegexURLFilter(RegexURLFilter.Params.model_validate(params, context={"resources": RESOURCES}))


def test_the_first_rule_that_matches_decides() -> None:
    rules = ("-secret", "+/open/", "-.")
    assert passes("http://a.org/open/x", *rules)
    assert not passes("http://a.org/open/secret", *rules)
    assert not passes("http://a.org/x", *rules)


def test_a_url_that_no_rule_fits_is_refused() -> None:
    assert not passes("http://a.org/", "-x")
    assert not passes("http://a.org/")


def test_blank_lines_and_comments_are_no_rules() -> None:
    assert passes("http://a.org/", "", "# -a", " -a", "+.")


def test_a_pattern_is_searched_for_anywhere() -> None:
    assert passes("http://a.org/x", "+org")
    assert not passes("http://a.org/x", "+^org")


def test_case_is_ignored_where_the_pattern_says_so() -> None:
    assert not passes("http://a.org/x.GIF", r"-(?i)\.gif$", "+.")
    assert passes("http://a.org/x.GIF", r"-\.gif$", "+.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rules_are_read_from_a_file(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("# ours\n\n-/private/\n+^https?://a\\.org/\n", encoding)
    found = with_params(regexFilterFile=str(tmp_path / "rules.txt"))
    answers = [found.filter(None, {}, url) for url in ("http://a.org/b", "http://a.org/private/", "http://b.org/")]
    assert answers == ["http://a.org/b", None, None]


@pytest.mark.parametrize(
    "url",
    ["ftp://a.org/", "mailto:a@b.org", "http://a.org/x.GIF", "http://a.org/x.jpg?s=1", "http://a.org/s.css&v=2"],
)
def test_the_default_rules_refuse_what_is_not_a_page(url: str) -> None:
    assert with_params().filter(None, {}, url) is None


@pytest.mark.parametrize(
    "url",
    ["http://a.org/", "https://a.org/x.html", "http://localhost:8080/", "http://127.0.0.1/", "http://a.org/x.gifts"],
)
def test_the_default_rules_accept_pages_on_any_host(url: str) -> None:
    assert with_params().filter(None, {}, url) == url


def test_a_pattern_that_would_take_java_forever_takes_no_time() -> None:
    """The time limit of the tests is what would fail: a backtracking engine would outlast the universe."""
    exponential = with_params(urlFilters=["-(a+)+$", "+."])
    assert exponential.filter(None, {}, "a" * 50_000 + "b") is not None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert with_params(urlFilters=["-x", "+."]).filter(None, {}, text) in (text, None)
