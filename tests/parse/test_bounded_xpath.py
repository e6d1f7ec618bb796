"""XPath in bounded time: the same nodes as libxml2 finds, and never for long."""

import contextlib
from collections.abc import Callable
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from spindrift.parse.bounded_xpath import MAX_ELEMENTS, BoundedXPath, CostlyPathError
from spindrift.parse.html import HtmlParser
from tests.ordinary_pages import A_SECOND, ordinary_pages

PARSER = HtmlParser()
LIMIT = 20_000
SIZE = 250_000
MOST = 0.6 * A_SECOND
"""Half of that is usual: a second for a megabyte."""

PATHS = [
    "//div//b",
    "//div//div",
    "//div//div//b/text()",
    "//div//b[1]",
    "//div//b[last()]",
    "//div/p//b/@class",
    "/html/body//div//b",
    "//div[@class='x']//b",
    "//div//*",
    "//div[.//b]",
    "//div[.//b]/p",
    "//b[ancestor::div]",
    "//b[not(ancestor::p)]/@class",
    "//b/..",
    "//b/../..",
    "//b/parent::div/b",
    "//b/ancestor::div",
    "//p/following-sibling::b",
    "//p/following-sibling::*[1]",
    "//p/following-sibling::text()",
    "//b/preceding::p[1]",
    "//div/descendant::b",
    "//div/descendant::b/@class",
    "//div/descendant::b[1]",
    "//div/descendant::b[@class][last()]",
    "descendant-or-self::div/descendant::p[@class or b]/descendant::b[@class='x']",
    "//p | //b",
    "//b | //div//b | //b/text()",
    "//b/@class | //div//b/@class",
    "(//div//b)[1]",
    "(//div//b | //p)[2]",
    "//b[count(preceding-sibling::*) > 1]",
    "//b[@class='x'][../p]",
    "//b[. = 'x']",
    "//p[contains(., 'x') and .//b]",
    "//div/b[2]",
    "//div//./b",
    "//div//b/self::b",
    "descendant-or-self::div/descendant-or-self::*/b",
    "//b[text()='x | y // z']",
    "//b[position() = count(../b)]",
    "count(//div//b)",
    "string(//div//b)",
    "concat(//div, //b)",
    "//text()",
    "//@class",
]
# fmt: off
PIECES = st.sampled_from(["<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<b class=x>", "<div class=x>", "x", "y"])
# fmt: on


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(PIECES, max_size=25))
@example(pieces=["<div>", "<div>", "<b>", "</b>", "<p>", "</p>", "x", "</div>", "<b>", "</b>", "<p>", "</p>", "x"])
def test_what_it_finds_is_what_libxml2_finds(path: str, pieces: list[str]) -> None:
    root = PARSER.parse("".join(pieces).encode(), "utf-8")
    expected = etree.XPath(path, smart_strings=False)(root)
    # A run of the garbage collector may take longer than a small page is worth.
    with patch("spindrift.parse.bounded_xpath.MAX_SECONDS", 60.0):
        found = BoundedXPath(path, LIMIT)(root)
    if isinstance(expected, list) and any(isinstance(node, str) for node in expected):
        # Texts of an element come at its place.
        assert isinstance(found, list)
        assert sorted(map(str, found)) == sorted(map(str, expected))
    else:
        assert found == expected


def repeated(piece: str, before: str = "") -> Callable[[], bytes]:
    return lambda: before.encode() + piece.encode() * (SIZE // len(piece))


PAGES = {
    "deep and flat": repeated("<b>x</b>", before="<div>" * 500),
    "flat": repeated("<p>x</p><b class=x>x</b>"),
    "side by side": repeated("<div><b>x</b></div>"),
}
COSTLY = [
    "//div//div//b/text()",
    "//b | //div//b | //b/text()",
    "//b[ancestor::div]",
    "//b[count(preceding-sibling::*) > 1]",
    "//b/following-sibling::b",
    "//b/following::text()",
    "//div/descendant::b",
    "//b[. = //b]",
    "//div[contains(., 'zz')]",
    "count(//div//b)",
]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("path", COSTLY)
def test_no_page_takes_more_than_a_second_a_megabyte(path: str, name: str) -> None:
    root = PARSER.parse(PAGES[name](), "utf-8")
    expression = BoundedXPath(path, LIMIT)

    def evaluate() -> None:
        with contextlib.suppress(CostlyPathError):
            expression(root)

    assert ordinary_pages(evaluate, MOST) <= MOST


@pytest.mark.parametrize(
    "path",
    [
        "//div//b",
        "//div[@class='x']//b[1]",
        "(//div//b)[1]",
        "//div//div/p//b",
        "descendant-or-self::div/descendant::div/descendant::b",  # a CSS selector: div div b
    ],
)
@pytest.mark.parametrize("name", PAGES)
def test_what_many_use_is_evaluated_on_every_page(path: str, name: str) -> None:
    root = PARSER.parse(PAGES[name](), "utf-8")
    assert isinstance(BoundedXPath(path, LIMIT)(root), list)


def test_what_cannot_be_cut_is_refused_on_large_pages_and_says_why() -> None:
    path = BoundedXPath("count(//div//b)", LIMIT)
    assert path(PARSER.parse(b"<div><p><b>x</b>", "utf-8")) == 1.0
    with pytest.raises(CostlyPathError, match=r"'count\(//div//b\)' is not evaluated on pages of more than 1000 elem"):
        path(PARSER.parse(b"<b>x</b>" * MAX_ELEMENTS, "utf-8"))


def test_what_takes_too_long_is_given_up_and_says_why() -> None:
    path = BoundedXPath("//b/following-sibling::b", LIMIT)
    with pytest.raises(
        CostlyPathError, match=r"'//b/following-sibling::b' has taken 0\.\d s of CPU on this page of 30"
    ):
        path(PARSER.parse(b"<b>x</b>" * 30_000, "utf-8"))


def test_no_more_is_given_than_the_limit() -> None:
    root = PARSER.parse(b"<div>" + b"<b>x</b>" * 10, "utf-8")
    assert [len(BoundedXPath(path, 3)(root)) for path in ("//b", "//div//b", "//b | //div")] == [3, 3, 3]  # type: ignore[arg-type]
