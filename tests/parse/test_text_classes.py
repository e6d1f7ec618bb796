"""The key textextractor.class, and dates of a crawl's pages."""

from typing import Any, Self

import pytest
from lxml import etree

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.index.fields import IndexFields
from spindrift.parse.page import Page
from spindrift.parse.parser import PageParser
from spindrift.parse.text import TextExtractor
from spindrift.parse.text_classes import text_extractor

ARTICLE = (
    "<p>The lantern keeper counts the ships of the evening, and writes down what he has seen of each of them.</p>" * 4
)
PAGE = f"<body><nav>Menu</nav><article>{ARTICLE}</article><footer>Imprint</footer>"


class Shouting:
    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls()

    def extract(self, root: etree._Element) -> str:
        return "".join(map(str, root.itertext())).upper()


def parse(html: str, url: str = "http://a.example/", **conf: Any) -> Page:
    settings = Settings({key.replace("__", "."): value for key, value in conf.items()})
    return PageParser.from_settings(settings).parse(url, html.encode(), {})


def test_the_text_is_all_of_a_page_unless_another_class_is_chosen() -> None:
    assert parse(PAGE).text.startswith("Menu The lantern")
    main = parse(PAGE, textextractor__class="MainTextExtractor").text
    assert main.startswith("The lantern keeper")
    assert "Imprint" not in main


def test_parse_filters_see_the_whole_tree_whatever_the_text_is() -> None:
    page = parse(PAGE, textextractor__class="MainTextExtractor", detect__date=True)
    assert page.tree is not None
    assert page.tree.findtext(".//nav") == "Menu"


@pytest.mark.parametrize(
    "name",
    ["", "TextExtractor", "org.apache.stormcrawler.parse.JSoupTextExtractor", "spindrift.parse.text.TextExtractor"],
)
def test_the_names_of_the_default(name: str) -> None:
    assert isinstance(text_extractor(Settings({"textextractor.class": name})), TextExtractor)


def test_a_class_of_ones_own_extracts_the_text() -> None:
    assert parse("<p>quiet", textextractor__class=f"{__name__}.Shouting").text == "QUIET"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Missing", "there is no 'Missing'; expected TextExtractor, MainTextExtractor"),
        ("no_such_module.Extractor", "importing no_such_module failed: ModuleNotFoundError"),
        ("spindrift.parse.text.Missing", "is no class with from_settings"),
        ("json.JSONDecoder", "is no class with from_settings"),
    ],
)
def test_a_class_that_is_none_is_named(name: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        text_extractor(Settings({"textextractor.class": name}))


def test_main_text_can_be_cut_and_switched_off() -> None:
    main = {"textextractor__class": "MainTextExtractor"}
    assert parse(PAGE, **main, textextractor__skip__after=11).text == "The lantern"
    assert parse(PAGE, **main, textextractor__no__text=True).text == ""


def test_dates_are_found_where_wanted_and_indexed() -> None:
    html = '<meta property="article:published_time" content="2019-03-02T10:00:00Z"><p>x'
    assert "parse.date" not in parse(html).metadata
    page = parse(html, detect__date=True)
    assert page.metadata["parse.date"] == ["2019-03-02"]
    assert IndexFields(Settings()).fields(page.metadata)["date"] == ["2019-03-02"]


def test_a_date_may_be_in_the_url() -> None:
    assert parse("<p>x", "http://a.example/2018/01/31/x", detect__date=True).metadata["parse.date"] == ["2018-01-31"]


def test_the_date_of_an_earlier_fetch_does_not_stay() -> None:
    settings = Settings({"detect.date": True})
    page = PageParser.from_settings(settings).parse("http://a.example/", b"<p>x", {"parse.date": ["2018-01-31"]})
    assert "parse.date" not in page.metadata
