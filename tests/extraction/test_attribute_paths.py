"""Attribute paths select what libxml2 selects."""

import tracemalloc
from itertools import islice
from typing import Any

import pytest
from lxml import etree
from lxml.html import HtmlElement

from spindrift.extraction.adjustments import adjust_trafilatura
from spindrift.extraction.attribute_path_reader import UnknownPathError
from spindrift.extraction.attribute_paths import AttributePath
from spindrift.parse.html import HtmlParser
from tests.labelled_pages import labelled_pages

NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
TREE = etree.fromstring(
    "<body><div id='a' class='ad one'/><p class='one ad'><div class='One' id='ad'><h1/></div></p>"
    "<section role='Nav' class=''/><aside/><div/><span style='display:none'/></body>"
)


@pytest.mark.parametrize(
    "path",
    [
        ".//aside",
        ".//*[@id]",
        ".//div[@class='One' or @id='a']",
        ".//*[self::div or self::p][contains(@class, 'ad')]",
        ".//*[starts-with(@class, 'one') and not(@id)]",
        ".//*[re:test(@class, '^one')]",
        ".//*[re:test(@class, '^one', 'i')]",
        ".//*[re:test(@class, '^$')]",
        ".//*[re:test(@id|@class, '^a')]",
        ".//*[contains(@class|@id, 'a')]",
        ".//*[contains(translate(@role, 'N', 'n'), 'nav')]",
        ".//*[self::div or self::p][@class][not(.//h1)]",
        ".//*[not(@class) or (@id='ad' and re:test(@class, 'O'))]",
        ".//aside|.//div[@id]|.//*[@style]",
        ".//*[@class='']",
        ".//*[contains(@none, '')]",
    ],
)
def test_the_same_elements_are_selected(path: str) -> None:
    expected = etree.XPath(path, namespaces=NAMESPACES)(TREE)
    assert AttributePath(path)(TREE) == expected
    assert expected


@pytest.mark.parametrize("path", ["(.//*[@class])[1]", ".//p[@id]|(.//*[@class])[1]"])
def test_the_first_of_a_path_is_one_alone(path: str) -> None:
    expected: list[Any] = etree.XPath(path)(TREE)  # type: ignore[assignment]
    assert AttributePath(path, first=True)(TREE) == expected[:1]


@pytest.mark.parametrize(
    "path", ["//p", ".//p/a", ".//p[2]", ".//p[@a", "(.//p)[1]", ".//p[@a>1]", ".//p[position()]", ""]
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(UnknownPathError):
        AttributePath(path)


def test_on_real_pages_the_expressions_of_trafilatura_select_the_same_elements() -> None:
    from trafilatura import xpaths

    adjust_trafilatura()
    paths = [*xpaths.OVERALL_DISCARD_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH]
    bodies = list(xpaths.BODY_XPATH)
    assert all(isinstance(path, AttributePath) for path in paths + bodies)
    originals = {path.path: etree.XPath(path.path, namespaces=NAMESPACES) for path in paths + bodies}
    for page in islice(labelled_pages("maintext.jsonl"), 0, None, 20):
        root = HtmlParser(for_libraries=True).parse(page.content, "utf-8")
        assert isinstance(root, HtmlElement)
        for path in paths:
            assert path(root) == originals[path.path](root)
        for path in bodies:
            expected: list[Any] = originals[path.path](root)  # type: ignore[assignment]
            assert path(root) == expected[:1]


def test_attributes_of_a_megabyte_are_not_remembered() -> None:
    path = AttributePath(".//*[contains(@class, 'x')]")
    tracemalloc.start()
    for number in range(20):
        tree = etree.fromstring(f"<body><p class='{number}{'x' * 1_000_000}'/></body>")
        assert len(path(tree)) == 1
    remembered, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert remembered < 5_000_000
