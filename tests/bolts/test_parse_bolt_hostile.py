"""The parser bolt with every parse filter on: whatever a server sends, it ends in one status or one page, in time."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spindrift.bolts.parse import ParserBolt
from spindrift.local.collector import calm_collector
from spindrift.metadata import Metadata
from spindrift.testing import BoltRun, run_bolt
from tests.ordinary_pages import A_SECOND, ordinary_pages

URL = "http://a.example/"
MEGABYTE = 1_000_000
MOST = 1.5 * A_SECOND
"""For a page of a megabyte, with all filters: 0.3 to 0.6 is usual where it is made for it."""


@pytest.fixture(scope="module")
def bolt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoltRun]:
    with run_bolt(ParserBolt, every_filter(tmp_path_factory.mktemp("filters"))) as bolt:
        yield bolt


@pytest.fixture(scope="module")
def bolt_with_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoltRun]:
    folder = tmp_path_factory.mktemp("filters")
    with run_bolt(ParserBolt, every_filter(folder) | every_url_filter(folder)) as bolt:
        yield bolt


def every_filter(folder: Path) -> dict[str, Any]:
    """The configuration of a parser that has all of them."""
    (folder / "collections.json").write_text(
        json.dumps({"collections": [{"name": "a", "includePatterns": [".*a.*"], "excludePatterns": [".*b"]}]})
    )
    jsoup = {
        "XPathFilter": {
            "p": "//P",
            "deep": "//DIV/B",
            "deeper": "//DIV//B",
            "first": "(//DIV//DIV//P)[1]",
            "markup": "//A/html()",
            "all": "serialize(//TITLE)",
        },
        "LinkParseFilter": {"images": "//IMG/@src"},
    }
    others: dict[str, Any] = {
        "ContentFilter": {"main": "//ARTICLE", "any": ["//DIV", "//P"]},
        "CssFilter": {"p": "p, b", "href": "div > a::attr(href)"},
        "LDJsonParseFilter": {"name": "/name", "author": "/author/name", "id": "/@graph/0/@id"},
        "MimeTypeNormalization": None,
        "CommaSeparatedToMultivaluedMetadata": {"keys": ["parse.keywords", "p"]},
        "CollectionTagger": None,
        "DomainParseFilter": None,
        "MD5SignatureParseFilter": {"useText": True, "keyNameCopy": "signatureOld"},
        "SimhashParseFilter": {"duplicates": "skip", "minWords": 1},
        "DebugParseFilter": {"folder": str(folder / "debug"), "maxPages": 2},
    }
    for name, filters in {"JSoupFilters": jsoup, "ParseFilters": others}.items():
        entries = [{"class": each, "params": params} for each, params in filters.items()]
        (folder / f"{name}.json").write_text(json.dumps({name: entries}))
    return {
        "jsoup.filters.config.file": str(folder / "JSoupFilters.json"),
        "parsefilters.config.file": str(folder / "ParseFilters.json"),
        "jsoup.treat.non.html.as.error": False,
        "http.agent.name": "drifter",
        "textextractor.include.pattern": ["main", "div div p", "article, div, b"],
    }


def every_url_filter(folder: Path) -> dict[str, Any]:
    """The configuration of a parser that has all of those, and finds main text, date and language."""
    rules = [
        {"scope": "host:b.example", "patterns": ["DenyPath .+"]},
        {"scope": "domain:example.org", "patterns": ["AllowPath ^/news/", "DenyPath .+"]},
        {"scope": "metadata:section=archive", "patterns": ["DenyPath .+"]},
        {"scope": "GLOBAL", "patterns": ["DenyPathQuery \\.jpg", "DenyPath /cgi-bin/"]},
    ]
    normalizers = [
        {"pattern": "([?&])sid=[0-9a-f]+&?", "substitution": "$1"},
        {"pattern": "/index\\.html?$", "substitution": "/"},
    ]
    filters: dict[str, Any] = {
        "BasicURLFilter": {"maxPathRepetition": 3, "maxLength": 1024},
        "BasicURLNormalizer": {"removeHashes": True, "queryElementsToRemove": ["sid"], "hostIDNtoASCII": True},
        "RegexURLNormalizer": {"urlNormalizers": normalizers},
        "RegexURLFilter": {"regexFilterFile": "default-regex-filters.txt"},
        "MaxDepthFilter": {"maxDepth": 50},
        "FastURLFilter": {"rules": rules},
        "MetadataFilter": {"key": "value"},
        "RobotsFilter": {},
        "SitemapFilter": None,
        "SelfURLFilter": None,
    }
    entries = [{"class": each, "params": params} for each, params in filters.items()]
    # Where each link is of another host, the registered domain of each has to be found.
    entries.append({"class": "HostURLFilter", "params": {"ignoreOutsideDomain": True}, "scope": {"hosts": ["*.org"]}})
    (folder / "URLFilters.json").write_text(json.dumps({"URLFilters": entries}))
    return {
        "urlfilters.config.file": str(folder / "URLFilters.json"),
        "urlfilters.scope.key": "scope",
        "textextractor.class": "MainTextExtractor",
        "detect.date": True,
        "detect.language": True,
    }


def run(
    bolt: BoltRun, content: bytes, content_type: str | None = "text/html", url: str = URL, more: Metadata | None = None
) -> None:
    """Process a document; there has to be one page or one status of it, and no error."""
    bolt.clear()
    headers = {} if content_type is None else {"protocol.content-type": [content_type]}
    tup = bolt.send(url=url, content=content, metadata={**headers, **(more or {})})
    assert bolt.acked[-1] is tup
    own = [one for one in bolt.emissions if one.values.url == url]
    assert len(own) == 1, own
    assert own[0].stream == "default" or own[0].values.status == "REDIRECTION", own[0].values.metadata


# fmt: off
MARKUP = [
    "<", ">", '"', "'", "&", "=", ",", "<div>", "</div>", "<p>", "<b>", "<a href=", "<a href='/x'>", "<img src=//h/>",
    "<title>", "</html>", "<body>", "</body>", "<svg>", "<script type='application/ld+json'>", '{"name":', "[{", "}]",
    '"@graph"', "</script>", "<!--", "-->", "<!", "<?", "<![CDATA[", "]]>", "<frameset>", "<table>",
    "<meta name=keywords content=", "<meta charset=utf-16>", "<meta http-equiv=refresh content='0;url=/y'>",
    "<base href=http://[", "<template>", "<article>", "&#xD800;", "&#0;", "网页", "é",
]
# fmt: on
PIECES = st.sampled_from([*MARKUP, "\x00", "\ud800", "\ufeff", "\x85", " " * 50])
CONTENT_TYPES = st.one_of(
    st.none(),
    st.sampled_from(["text/html", "text/plain", "application/pdf", "text/html; charset=utf-7", "application/xhtml+xml"])
    | st.sampled_from(
        [f"text/html; charset={name}" for name in ("utf-16", "gb18030", "iso-2022-jp", "x-mac-cyrillic")]
    ),
    st.text(max_size=40),
)
FUZZ = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(content=st.binary(max_size=300), content_type=CONTENT_TYPES)
def test_no_bytes_are_an_error(bolt: BoltRun, content: bytes, content_type: str | None) -> None:
    run(bolt, content, content_type)


@FUZZ
@given(html=st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join), content_type=CONTENT_TYPES)
def test_no_mangled_page_is_an_error(bolt: BoltRun, html: str, content_type: str | None) -> None:
    run(bolt, html.encode("utf-8", "surrogatepass"), content_type)


@FUZZ
@given(
    url=st.text(max_size=30).map("http://a.example/".__add__) | st.text(max_size=30),
    headers=st.dictionaries(
        st.sampled_from(["protocol.x-robots-tag", "protocol.content-language", "signature", "p", "simhash", "depth"]),
        st.lists(st.text(max_size=20), max_size=3),
    ),
)
def test_no_url_and_no_metadata_are_an_error(bolt: BoltRun, url: str, headers: dict[str, list[str]]) -> None:
    run(bolt, b"<p>text <a href=/x>one</a>", url=url, more=headers)


def repeated(piece: str | bytes, before: str = "", after: str = "") -> Callable[[], bytes]:
    """A page of a megabyte that is the same again and again."""
    raw = piece.encode() if isinstance(piece, str) else piece
    return lambda: before.encode() + raw * (MEGABYTE // len(raw)) + after.encode()


HOSTILE = {
    "text": repeated("word another "),
    "no blanks": repeated("x"),
    "blanks": repeated(" \n"),
    "bare tags": repeated("<b>"),
    "elements": repeated("<p>x</p>"),
    "deep and flat": repeated("<b>x</b>", before="<div>" * 2000),
    "deep and empty": repeated("<b></b>", before="<div>" * 2000),
    "deep beyond all": repeated("<div><i><p>x", after="<a href=/x>x</a>"),
    "nested links without text": lambda: b"".join(b"<a href=/%d><b><b></table><b>" % n for n in range(35_000)),
    "deep links": repeated("<div><a href=/x>y"),
    "nested divs": repeated("<div>", before="<article>"),
    "nested links": repeated("<a href=/x>y"),
    "links": repeated("<a href='/path/to/page'>anchor</a>"),
    "short links": lambda: b"".join(b"<a href=%x>" % number for number in range(80_000)),
    "hosts": lambda: b"".join(b"<a href=//h%d>" % number for number in range(60_000)),
    "unlike links": lambda: b"".join(b"<a href=/%d>x</a>" % number for number in range(55_000)),
    "escaped links": lambda: b"".join(b"<a href=%%7e%d>" % number for number in range(70_000)),
    "places on a page": lambda: b"".join(b"<a href=x#%d>" % number for number in range(75_000)),
    "international hosts": lambda: b"".join(b"<a href=//\xc3\xa9%d>" % number for number in range(55_000)),
    "images": repeated("<img src=a.png>"),
    "one attribute": repeated("x", before="<p class='"),
    "attributes": repeated(" a=b", before="<p"),
    "attributes behind a comment": lambda: b"<!--><p" + b"".join(b" a%d" % number for number in range(150_000)),
    "attributes behind a frame": lambda: b"<iframe><!--</iframe><p" + b"".join(b" a%d" % n for n in range(150_000)),
    "quotes": repeated("<p a='\"", before=""),
    "less than": repeated("<"),
    "ampersands": repeated("&amp;&#x41;&bogus;"),
    "comments": repeated("<!-- x -->"),
    "open comments": repeated("<!--"),
    "declarations": repeated("<!x>"),
    "metas": repeated("<meta name=keywords content='a,b,c'>"),
    "a long keyword": repeated("a,", before="<meta name=keywords content='", after="'>"),
    "refreshes": repeated("<meta http-equiv=refresh content='0;url=x'>", before="<noscript>"),
    "titles": repeated("<title>x</title>"),
    "tables": repeated("<table><tr><td>x"),
    "forms": repeated("<form><input><select><option>"),
    "templates": repeated("<template>x"),
    "documents": repeated("<html><body>x</html>"),
    "scripts": repeated("<script>x</script>"),
    "linked data": repeated('<script type=\'application/ld+json\'>{"name":"x"}</script>'),
    "a graph": repeated(
        '{"name":"x"},', before="<script type='application/ld+json'>{\"@graph\":[", after="]}</script>"
    ),
    "commas": repeated(", ", before="<script type='application/ld+json'>[1"),
    "quoted backslashes": repeated('\\"', before="<script type='application/ld+json'>"),
    "brackets": repeated("[", before="<script type='application/ld+json'>"),
    "comment ends": repeated("--> ", before="<script type='application/ld+json'><!--"),
    "chinese": repeated("网页抓取"),
    "latin-1": repeated(b"\xe9t\xe9 "),
    "utf-16": repeated("a<p>".encode("utf-16-le")),
    "escapes of iso-2022": repeated(b'\x1b$B$"\x1b(B'),
    "nulls": repeated(b"\x00"),
    "bad utf-8": repeated(b"\xff\xc3"),
    "a zip of nothing": repeated(b"PK\x03\x04"),
    "a compound file": repeated("Root Entry".encode("utf-16-le")),
    "dashes": repeated("-"),
    "svg": repeated("<svg><title>x</title><g>"),
    "custom elements": lambda: b"".join(b"<x-%d>" % number for number in range(110_000)),
    "classes": repeated("<b class='a b c d e f g h'>"),
    "headings": repeated("<h1><p><li><dd>"),
    "fonts": repeated("<p><font><i><b><u>"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_no_page_takes_more_than_a_second_a_megabyte(bolt: BoltRun, name: str, content_type: str) -> None:
    content = HOSTILE[name]()
    # As the runner has it: Python would go through the tuples that the probe keeps again and again.
    with calm_collector():
        assert ordinary_pages(lambda: run(bolt, content, content_type), MOST) <= MOST


def unlike(link: str) -> Callable[[], bytes]:
    """A page of links that all lead elsewhere."""
    return lambda: b"".join(link.encode() % number for number in range(MEGABYTE // len(link.encode())))


FOR_URL_FILTERS: dict[str, Callable[[], bytes]] = {
    **{
        name: HOSTILE[name]
        for name in ("deep links", "nested links without text", "escaped links", "international hosts", "short links")
    },
    **{name: HOSTILE[name] for name in ("hosts", "places on a page", "metas", "a graph", "attributes", "classes")},
    "deep links elsewhere": unlike("<div><a href=/%d>y"),
    "links to pages": unlike("<a href=/%d>x</a>"),
    "queries": unlike("<a href=/a?b=1&c=%d>x</a>"),
    "parameters": unlike("<a href=/a;b=1;c=2;d=%d>"),
    "UTF-16 escapes": unlike("<a href=/%d%%u011fx%%u011fx%%u011fx%%u011f>"),
    "escapes of escapes": unlike("<a href=/%d%%%%34%%31>"),
    "hosts of domains": unlike("<a href=http://h%d.example.org>"),
    "addresses": unlike("<a href=//[::%x]>"),
    "references to a base": lambda: "<base href='http://é.example/a/b?c'>".encode() + unlike("<a href=x%d>")(),
    "blocks with a text each": repeated("<b class='a b'>x</b>"),
    "paragraphs of a hundred bytes": repeated("<p>" + "word " * 19 + "</p>"),
    "classes of a hundred bytes": repeated("<p class='" + "word " * 19 + "'>x</p>"),
    "300 kB of metas": lambda: b"<meta name=date content=x>" * 11_500,
}


@pytest.mark.parametrize("name", FOR_URL_FILTERS)
def test_nor_does_any_with_all_url_filters_and_main_text_and_date(bolt_with_all: BoltRun, name: str) -> None:
    content = FOR_URL_FILTERS[name]()
    with calm_collector():
        taken = ordinary_pages(lambda: run(bolt_with_all, content, more={"scope": ["example"]}), MOST)
    assert taken <= MOST
