"""Pages that are made to take time, memory or stack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.extraction.bounds import MAX_ELEMENTS
from spindrift.extraction.document import DocumentExtractor
from tests.ordinary_pages import A_SECOND, ordinary_pages

EXTRACTOR = DocumentExtractor()
MEGABYTE = 1_000_000
MOST = 2 * A_SECOND
"""Half of that is usual; beyond MAX_ELEMENTS, no page costs more."""


def repeated(piece: str, size: int = MEGABYTE) -> str:
    return piece * (size // len(piece))


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
    "as many paragraphs as are read": "<p>x</p>" * (MAX_ELEMENTS - 10),
    "as many articles": "<article>" + "<p>Good news for everybody.</p>" * (MAX_ELEMENTS - 10),
    "texts within a line": "<article><p>" + "<span>Good</span> news " * (MAX_ELEMENTS - 10),
    "marked texts": "<article><p>" + "<b>Good</b><i>news</i>" * (MAX_ELEMENTS // 2 - 10),
    "links within a line": "<article><p>" + "<a href=x>Good</a> news" * (MAX_ELEMENTS - 10),
    "headings and texts": "<article>" + "<h2>Good</h2><p>x" * (MAX_ELEMENTS // 2 - 10),
    "line breaks": "<article><p>" + "Good news<br>" * (MAX_ELEMENTS - 10),
    "list items": "<article><ul>" + "<li>Good news" * (MAX_ELEMENTS - 10),
    "cells": "<article><table>" + "<tr><td>Good news" * (MAX_ELEMENTS // 2 - 10),
    "long class": f"<div class='{repeated('-')}'>x</div>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_a_second_at_most(name: str) -> None:
    content = HOSTILE[name].encode()
    assert ordinary_pages(lambda: EXTRACTOR.extract("http://a.example/", content), MOST) <= MOST


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
