"""Pages that are made to take time, memory or stack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.extraction.document import DocumentExtractor

EXTRACTOR = DocumentExtractor()
MEGABYTE = 1_000_000


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
    "one word": "<p>" + repeated("a"),
    "headings": repeated("<h1>a"),
    "metas": repeated('<meta name=date content="x">'),
    "classes": repeated("<div class='a b c d e f'>x</div>"),
    "long class": f"<div class='{repeated('-')}'>x</div>",
}


@pytest.mark.timeout(40)  # a second or two where nothing else runs
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_seconds_at_most(name: str) -> None:
    assert EXTRACTOR.extract("http://a.example/", HOSTILE[name].encode()).url


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
