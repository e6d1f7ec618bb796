"""Each seed says how far its crawl may reach."""

import pytest

from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.filters.url.seed_scope_filter import SeedScopeFilter
from spindrift.metadata_transfer import MetadataTransfer

PAGE = "https://a.example/docs/"


def kept(url: str, *expressions: str) -> bool:
    chosen = SeedScopeFilter(SeedScopeFilter.Params())
    return chosen.filter(PAGE, {"scope": list(expressions)} if expressions else {}, url) == url


def test_links_have_to_match_one_of_the_expressions() -> None:
    assert kept("https://a.example/docs/x", r"^https://a\.example/docs/", r"\.pdf$")
    assert kept("https://b.example/x.pdf", r"^https://a\.example/docs/", r"\.pdf$")
    assert not kept("https://a.example/blog/", r"^https://a\.example/docs/", r"\.pdf$")


def test_a_page_without_any_has_no_limits() -> None:
    assert kept("https://b.example/")


def test_the_key_puts_it_behind_the_filters_and_hands_the_scope_on() -> None:
    settings = Settings({"urlfilters.config.file": "", "urlfilters.scope.key": "scope"})
    filters = URLFilters.from_settings(settings)
    metadata = {"scope": ["/docs/"]}
    assert filters.filter(None, metadata, "https://a.example/") == "https://a.example/", "a seed is wanted anyway"
    assert filters.filter(PAGE, metadata, "https://a.example/docs/x") == "https://a.example/docs/x"
    assert filters.verdict(PAGE, metadata, "https://a.example/").by == "urlfilters.scope.key"
    assert MetadataTransfer.from_settings(settings).outlink(PAGE + "x", PAGE, metadata)["scope"] == ["/docs/"]


def test_an_expression_that_is_none_refuses_every_link(capfd: pytest.CaptureFixture[str]) -> None:
    filters = URLFilters.from_settings(Settings({"urlfilters.config.file": "", "urlfilters.scope.key": "scope"}))
    assert filters.filter(PAGE, {"scope": ["("]}, PAGE + "x") is None
    assert filters.refused_by_error == {"urlfilters.scope.key": 1}
    assert "re2" not in capfd.readouterr().err
