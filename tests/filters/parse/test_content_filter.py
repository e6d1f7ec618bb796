"""ContentFilter."""

from pathlib import Path
from typing import Any

import pytest

from tests.filters.parse.parsed_page import load, mistakes, other_type, page

HTML = """<div id=nav>menu</div><div class=post><p>one</p><p>two <b>th</b>ree</p></div><div class=post>four</div>
  <p class=blank> </p><meta name=lead content=" the  lead ">"""


@pytest.mark.parametrize(
    ("params", "text", "matched"),
    [
        ({"nav": "//DIV[@id='nav']"}, "menu", "nav"),
        ({"no": "//ARTICLE", "posts": '//DIV[@class="post"]'}, "one two three\nfour", "posts"),
        ({"blank": "//P[@class='blank']", "b": "//B"}, "th", "b"),
        ({"list": ["//ARTICLE", "//B"]}, "th", "list"),
        ({"lead": "//META[@name='lead']/@content"}, "the lead", "lead"),
        ({"nested": "//DIV[@class='post'] | //P"}, "one two three\nfour", "nested"),
    ],
)
def test_the_first_expression_with_text_decides(tmp_path: Path, params: Any, text: str, matched: str) -> None:
    found = page(HTML)
    found.text = "all of it"
    load(tmp_path, "com.digitalpebble.stormcrawler.parse.filter.ContentFilter", params).filter(found)
    assert found.text == text
    assert found.metadata == {"contentFilter.matched": [matched]}


def test_the_text_stays_where_nothing_is_found(tmp_path: Path) -> None:
    for found in (page(HTML, **{"contentFilter.matched": ["of the last fetch"]}), other_type()):
        found.text = "all of it"
        load(tmp_path, "ContentFilter", {"article": "//ARTICLE"}).filter(found)
        assert found.text == "all of it"
        assert found.metadata == {}


def test_elements_within_elements_say_nothing_twice_however_many_there_are(tmp_path: Path) -> None:
    found = page("<div>" * 2000 + "deep" + "<b>x</b>" * 20_000)
    load(tmp_path, "ContentFilter", {"all": "//DIV | //B"}).filter(found)
    assert found.text.startswith("deepxxx")
    assert len(found.text) == 20_004


def test_what_is_no_xpath_is_told(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, "ContentFilter", {"main": "//DIV["})
    assert told.startswith("/main: ")
    assert "is no XPath expression" in told
