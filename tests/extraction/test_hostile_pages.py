"""Pages that are made to take time, memory or stack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.extraction.bounds import BYTES_AN_ELEMENT, FEW_ELEMENTS, MAX_ELEMENTS, is_tractable
from spindrift.extraction.document import DocumentExtractor
from spindrift.parse.html import HtmlParser
from tests.ordinary_pages import A_SECOND, ordinary_pages

EXTRACTOR = DocumentExtractor()
MEGABYTE = 1_000_000
MOST = 1.2 * A_SECOND
"""Half of that is usual."""


def repeated(piece: str, size: int = MEGABYTE) -> str:
    return piece * (size // len(piece))


def most(piece: str, elements: int = 1, before: str = "") -> str:
    """As many elements as are read of a page that consists of nothing else."""
    return before + piece * (int(FEW_ELEMENTS / (elements - len(piece) / BYTES_AN_ELEMENT)) - 10)


def filled(piece: str, elements: int = 1, before: str = "") -> str:
    """As many elements as are read of any page, on one of a megabyte."""
    count = MAX_ELEMENTS // elements - 10
    text = "word " * ((MEGABYTE // count - len(piece)) // 5)
    return before + piece.replace("word", text) * count


HOSTILE = {
    "deep": repeated("<div>") + "deep",
    "deep and long": "<div>" * 90 + repeated("word ") + "</div>" * 90,
    "deep with links": "<div>" * 95 + repeated("<a href=x>word</a> ", 300_000),
    "many elements": repeated("<p>a"),
    "many paragraphs": repeated("<p>Good news for everybody who reads all of this.</p>"),
    "many lists": repeated("<ul><li><a href=x>a</a></ul>"),
    "many line breaks": repeated("a<br>"),
    "many tables": repeated("<table><tr><td>a"),
    "many times": repeated("<time datetime=2020-01-01>x</time>"),
    "many dates": repeated("<p>1.2.2020 "),
    "digits": repeated("1"),
    "date-like": "<p>" + repeated("2020-13-"),
    "months": "<p>" + repeated("March "),
    "copyright": "<p>" + repeated("© "),
    "json": '<script type="application/ld+json">' + repeated('{"datePublished":'),
    "deep json": '<script type="application/ld+json">{"articleBody":' + "[" * 200_000,
    "nulls": "\0" * MEGABYTE,
    "what takes four times as much written": repeated(">>"),
    "one word": "<p>" + repeated("a"),
    "headings": repeated("<h1>a"),
    "metas": repeated('<meta name=date content="x">'),
    "classes": repeated("<div class='a b c d e f'>x</div>"),
    "as many paragraphs as are read": most("<p>x</p>"),
    "as many metas": most("<meta name=date content=x>"),
    "as many articles": most("<p>Good news for everybody.</p>", before="<article>"),
    "texts within a line": most("<span>Good</span> news ", before="<article><p>"),
    "marked texts": most("<b>Good</b><i>news</i>", elements=2, before="<article><p>"),
    "links within a line": most("<a href=x>Good</a> news", before="<article><p>"),
    "headings and texts": most("<h2>Good</h2><p>x", elements=2, before="<article>"),
    "line breaks": most("Good news<br>", before="<article><p>"),
    "list items": most("<li>Good news", before="<article><ul>"),
    "cells": most("<td>x", before="<article><table><tr>"),
    "rows": most("<tr><td>Good news", elements=2, before="<article><table>"),
    "as many paragraphs with text": filled("<p>word</p>"),
    "as many metas with text": filled("<meta name=date content='word'>"),
    "as many links with text": filled("<a href=x>word</a>"),
    "as many classes with text": filled("<p class='word'>x</p>"),
    "as many cells with text": filled("<tr><td>word", elements=2, before="<article><table>"),
    "long class": f"<div class='{repeated('-')}'>x</div>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_a_second_at_most(name: str) -> None:
    content = HOSTILE[name].encode()
    assert ordinary_pages(lambda: EXTRACTOR.extract("http://a.example/", content), MOST) <= MOST


def test_elements_by_the_thousand_in_a_few_bytes_are_not_read() -> None:
    parser = HtmlParser(for_libraries=True)
    assert not is_tractable(parser.parse(b"<table><tr>" + b"<td>x" * 9000, "utf-8"))
    assert not is_tractable(parser.parse(b"<meta name=a content=b>" * 9000, "utf-8"))
    assert is_tractable(parser.parse(b"<td>x" * FEW_ELEMENTS, "utf-8"))
    assert is_tractable(parser.parse((b"<p>" + b"word " * 15) * 5000, "utf-8"))
    assert not is_tractable(parser.parse((b"<p>" + b"word " * 15) * 9000, "utf-8"))
    assert is_tractable(parser.parse((b"<p>" + b"word " * 20) * 9000, "utf-8"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "</", "<p>", "<div class=", "'post'", "<article>", "<time datetime=", "2020-01-0", "1"]
        )
        | st.text(max_size=10)
    ).map("".join),
    st.sampled_from(["http://a.example/2020/01/02/", "", "http://[", "2020-99-99"]),
)
def test_no_page_makes_it_raise(html: str, url: str) -> None:
    EXTRACTOR.extract(url, html.encode("utf-8", "replace"))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    EXTRACTOR.extract("http://a.example/", content)
