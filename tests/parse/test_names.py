"""Names of elements and attributes without end: libxml2 must not keep them all."""

import gc
from collections.abc import Iterator
from copy import deepcopy

import pytest
from lxml import etree

from spindrift.parse.html import HtmlParser
from spindrift.parse.names import forget_names
from spindrift.parse.xml_stream import XmlElements

NAMES = 5_000


@pytest.fixture(autouse=True)
def _forgets_often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("spindrift.parse.html.FORGET_AFTER", 100_000)
    forget_names()
    yield
    forget_names()


def known_names() -> int:
    return etree.memory_debugger.dict_size()  # type: ignore[no-any-return]


def page(number: int) -> bytes:
    return b"".join(
        b"<n%dx%d><b a%dx%d=1></b></n%dx%d>" % (number, name, number, name, number, name) for name in range(NAMES // 2)
    )


def test_names_of_pages_are_forgotten_in_the_course_of_a_crawl() -> None:
    parser = HtmlParser()
    for number in range(10):
        parser.parse(page(number), "utf-8")
    assert known_names() < 4 * NAMES


def test_names_of_sitemaps_are_forgotten() -> None:
    for number in range(10):
        sitemap = b"<urlset>" + b"".join(b"<url%dx%d/>" % (number, name) for name in range(NAMES)) + b"</urlset>"
        assert [*XmlElements(["loc"], []).read([sitemap])] == []
    assert known_names() < 2 * NAMES


def test_a_tree_outlives_the_names_that_its_thread_forgets() -> None:
    parser, other = HtmlParser(), HtmlParser(for_libraries=True)
    first, second = parser.parse(b"<p class=a>one<x-a b-c=d>two", "utf-8"), other.parse(b"<p>three<x-a>", "utf-8")
    assert forget_names()
    third = other.parse(b"<div><x-a e-f=g>four", "utf-8")
    parser.parse(page(0), "utf-8")
    body = third.find("body")
    assert body is not None
    body.extend([deepcopy(first), *first.iter("x-a"), second])
    etree.SubElement(first, "x-z").set("y", "z")
    del parser, other, second
    gc.collect()
    forget_names()
    assert [element.get("b-c") for element in third.iter("x-a")] == [None, "d", "d", None]
    assert etree.tostring(first) == b'<html><body><p class="a">one</p></body><x-z y="z"/></html>'
    assert third.xpath("string()") == "fouronetwotwothree"


def test_pages_are_read_while_a_sitemap_is() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<urlset>"
        for number in range(6):
            HtmlParser().parse(page(number), "utf-8")
            forget_names()
            yield b"<url><loc>%d</loc><x-%d/></url>" % (number, number)
        yield b"</urlset>"

    found = [entry.findtext("loc") for entry in XmlElements(["url"], []).read(pieces())]
    gc.collect()
    assert found == [str(number) for number in range(6)]


def test_a_sitemap_that_nobody_reads_to_its_end_keeps_no_names() -> None:
    entries = XmlElements(["url"], []).read([b"<urlset><url/>", b"<url/></urlset>"])
    next(entries)
    assert not forget_names()
    del entries
    gc.collect()
    assert forget_names()
