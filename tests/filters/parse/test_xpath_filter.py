"""XPathFilter."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.errors import ConfigurationError
from spindrift.filtering import load_filters
from spindrift.parse.html import HtmlParser
from spindrift.parse.page import Page

HTML = b'<title>T</title><meta name="author" content="A"><meta name="author" content="B"><p>text'


def load(tmp_path: Path, params: Any, java_class: str = "org.apache.stormcrawler.parse.filter.XPathFilter") -> Any:
    file = tmp_path / "parsefilters.json"
    wrapper = "org.apache.stormcrawler.parse.ParseFilters"
    file.write_text(json.dumps({wrapper: [{"class": java_class, "name": "fields", "params": params}]}))
    (loaded,) = load_filters(file, "ParseFilters")
    return loaded.instance


def page(html: bytes = HTML, **metadata: list[str]) -> Page:
    return Page("http://a.example/", html, metadata, tree=HtmlParser().parse(html, "utf-8"))


@pytest.mark.parametrize(
    "java_class",
    [
        "XPathFilter",
        "org.apache.stormcrawler.parse.filter.XPathFilter",
        "org.apache.stormcrawler.jsoup.XPathFilter",
        "com.digitalpebble.stormcrawler.parse.filter.XPathFilter",
    ],
)
def test_values_become_metadata(tmp_path: Path, java_class: str) -> None:
    found = page()
    load(tmp_path, {"author": '//META[@name="author"]/@content', "none": "//H1"}, java_class).filter(found)
    assert found.metadata == {"author": ["A", "B"]}


def test_the_first_expression_that_finds_something_decides(tmp_path: Path) -> None:
    found = page()
    load(tmp_path, {"title": ["//H1", "//TITLE", "//P"]}).filter(found)
    assert found.metadata == {"title": ["T"]}


def test_values_replace_those_of_an_earlier_fetch(tmp_path: Path) -> None:
    found = page(title=["old"], author=["kept"])
    load(tmp_path, {"title": "//TITLE", "author": "//H1"}).filter(found)
    assert found.metadata == {"title": ["T"], "author": ["kept"]}


def test_what_is_no_html_is_left_alone(tmp_path: Path) -> None:
    found = Page("http://a.example/", b"%PDF", {})
    load(tmp_path, {"title": "//TITLE"}).filter(found)
    assert found.metadata == {}


def test_all_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(tmp_path, {"good": "//A", "bad": "//A[", "worse": ["//A", 5], "empty": []})
    problems = error.value.problems
    place = "/org.apache.stormcrawler.parse.ParseFilters/0/params/"
    assert len(problems) == 3
    assert f"{place}bad" in problems[0]
    assert "'//A[' is no XPath expression" in problems[0]
    assert f"{place}worse" in problems[1]
    assert f"{place}empty" in problems[2]
    assert 'expected an XPath expression such as "//TITLE", or a list of them' in problems[2]
