"""CssFilter."""

from pathlib import Path
from typing import Any

import pytest

from tests.filters.parse.parsed_page import load, mistakes, other_type, page

HTML = """<title>T</title><meta name=author content=" A  B "><h1 class="big red">One <b>two</b>
  three</h1><ul><li>x</li><li>y</li></ul><a href="/1" rel="next nofollow">l</a><script>var s = 1</script>"""


@pytest.mark.parametrize(
    ("selectors", "values"),
    [
        ("h1", ["One two three"]),
        ("H1.red", ["One two three"]),
        ("h1::text", ["One", "three"]),
        ("li", ["x", "y"]),
        ("li:nth-child(2)", ["y"]),
        ("ul:has(> li)", ["xy"]),
        ("meta[name=author]::attr(content)", ["A B"]),
        ("a::attr(REL)", ["next nofollow"]),
        ("a ::attr( href )", ["/1"]),
        ("a:not([title])", ["l"]),
        ("script", ["var s = 1"]),
        (["h2", "title", "h1"], ["T"]),
    ],
)
def test_values_become_metadata(tmp_path: Path, selectors: Any, values: list[str]) -> None:
    found = page(HTML)
    load(tmp_path, "CssFilter", {"key": selectors}).filter(found)
    assert found.metadata == {"key": values}


def test_scripts_are_no_text_of_the_elements_around_them(tmp_path: Path) -> None:
    found = page("<div>a<script>b</script><style>c</style>d</div>")
    load(tmp_path, "CssFilter", {"key": "div"}).filter(found)
    assert found.metadata == {"key": ["ad"]}


def test_values_replace_those_of_an_earlier_fetch(tmp_path: Path) -> None:
    found = page(HTML, title=["old"], none=["kept"], empty=["kept"])
    load(tmp_path, "CssFilter", {"title": "title", "none": "h5", "empty": "a::attr(title)"}).filter(found)
    assert found.metadata == {"title": ["T"], "none": ["kept"], "empty": ["kept"]}


def test_what_is_no_html_is_left_alone(tmp_path: Path) -> None:
    found = other_type()
    load(tmp_path, "CssFilter", {"title": "title"}).filter(found)
    assert found.metadata == {}


def test_the_tree_of_beautifulsoup_is_made_once_and_only_where_it_is_asked_for(tmp_path: Path) -> None:
    found = page(HTML)
    load(tmp_path, "XPathFilter", {"title": "//TITLE"}).filter(found)
    assert found._soup is None
    load(tmp_path, "CssFilter", {"title": "title"}).filter(found)
    made = found._soup
    assert made is not None
    load(tmp_path, "CssFilter", {"h1": "h1"}).filter(found)
    assert found.soup is made


def test_all_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "CssFilter", {"a": "h1[", "b": ["h1", 3], "c": "::text", "d": [], "e": "a::attr()"})
    assert [place.partition(":")[0] for place in found] == ["/a", "/b", "/c", "/d", "/e"]
    assert "'h1[' is no CSS selector: " in found[0]
    assert 'expected a CSS selector such as "article h1", or a list of them' in found[1]
