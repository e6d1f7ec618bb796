"""The kit runs one filter."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filters.url.fast_url_filter import FastURLFilter
from spindrift.filters.url.max_depth_filter import MaxDepthFilter
from spindrift.parse.filters import ParseFilterError
from spindrift.parse.page import Page
from spindrift.testing import run_parse_filter, run_url_filter


class NoSessions:
    """Refuses URLs with one of the `names` in them."""

    class Params(BaseModel, extra="forbid"):
        names: list[str]

    def __init__(self, params: Params) -> None:
        self._names = params.names

    def filter(self, source_url: str | None, source_metadata: dict[str, list[str]], url: str) -> str | None:
        return None if any(name in url for name in self._names) else url


class Headings:
    """Keeps the headings of a page."""

    def filter(self, page: Page) -> None:
        if page.tree is not None:
            page.metadata["headings"] = [str(each.text) for each in page.tree.iter("h1")]


def test_a_url_filter_keeps_or_refuses() -> None:
    params = {"names": ["sid"]}
    assert run_url_filter(NoSessions, "http://a.example/?sid=1", params=params) is None
    assert run_url_filter(NoSessions, "http://a.example/", params=params) == "http://a.example/"


def test_a_url_filter_sees_the_page_that_the_url_is_on() -> None:
    for depth, kept in (("1", "http://a.example/"), ("2", None)):
        source = {"source_url": "http://b.example/", "metadata": {"depth": [depth]}}
        assert run_url_filter(MaxDepthFilter, "http://a.example/", params={"maxDepth": 2}, **source) == kept  # type: ignore[arg-type]


def test_parameters_are_checked_as_in_a_file() -> None:
    with pytest.raises(ConfigurationError, match='NoSessions has no parameter "name"; did you mean "names"'):
        run_url_filter(NoSessions, "http://a.example/", params={"name": ["sid"]})


def test_a_parse_filter_changes_the_page() -> None:
    page = run_parse_filter(Headings, "<html><title>T</title><h1>Größe</h1><a href='/x'>x</a>", metadata={"a": ["b"]})
    assert page.metadata["headings"] == ["Größe"]
    assert page.metadata["parse.title"] == ["T"]
    assert page.metadata["a"] == ["b"]
    assert [link.url for link in page.links] == ["http://example.com/x"]


def test_bytes_are_decoded_as_the_crawl_does() -> None:
    page = run_parse_filter(Headings, "<meta charset=latin1><h1>Größe</h1>".encode("latin1"))
    assert page.metadata["headings"] == ["Größe"]


class Undeclared:
    """Wants a parameter that it does not declare."""

    def __init__(self, n: int) -> None:
        self._n = n

    def filter(self, page: Page) -> None:
        page.metadata["n"] = [str(self._n)]


@pytest.mark.parametrize("params", [{"n": 1}, {}])
def test_parameters_are_declared_as_for_a_file(params: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match="declares them as a nested pydantic model `Params`"):
        run_parse_filter(Undeclared, "<p>x", params=params)


class Truthy:
    """Answers a question that is not asked."""

    def filter(self, source_url: str | None, source_metadata: dict[str, list[str]], url: str) -> bool:
        return True


def test_a_url_filter_returns_a_url_or_none() -> None:
    with pytest.raises(TypeError, match="Truthy returned True"):
        run_url_filter(Truthy, "http://a.example/")


class ByAgent:
    """Goes by the configuration of the crawl."""

    def __init__(self, settings: Settings) -> None:
        self._agent = settings.text("http.agent.name")

    def filter(self, source_url: str | None, source_metadata: dict[str, list[str]], url: str) -> str | None:
        return f"{url}?agent={self._agent}"


def test_a_filter_that_asks_for_the_configuration_gets_it() -> None:
    conf = {"http.agent.name": "mine"}
    assert run_url_filter(ByAgent, "http://a.example/", conf=conf) == "http://a.example/?agent=mine"


def test_parameters_whose_default_is_a_key_follow_the_configuration(tmp_path: Path) -> None:
    rules = tmp_path / "mine.json"
    rules.write_text('[{"scope": "GLOBAL", "patterns": ["DenyPath ^/no"]}]')
    conf = {"fast.urlfilter.file": str(rules)}
    assert run_url_filter(FastURLFilter, "http://a.example/no", conf=conf) is None
    assert run_url_filter(FastURLFilter, "http://a.example/yes", conf=conf) == "http://a.example/yes"


class WordCount:
    """Writes what is no list."""

    class Params(BaseModel):
        words: Any

    def __init__(self, params: Params) -> None:
        self._words = params.words

    def filter(self, page: Page) -> None:
        page.metadata["words"] = self._words


def test_what_a_parse_filter_writes_is_taken_as_in_the_crawl() -> None:
    assert run_parse_filter(WordCount, "<p>x", params={"words": 13}).metadata["words"] == ["13"]
    with pytest.raises(ParseFilterError, match="WordCount set words to None; expected a list of texts"):
        run_parse_filter(WordCount, "<p>x", params={"words": None})
