"""The whole of parsing: from bytes and headers to a page."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.conf import Settings
from spindrift.metadata import Metadata, copy
from spindrift.parse.html import MAX_MARKUP
from spindrift.parse.links import BYTES_A_LINK, COSTLY, MIN_LINKS
from spindrift.parse.page import Page
from spindrift.parse.parser import PageParser

URL = "http://a.example/dir/page.html"
PARSER = PageParser.from_settings(Settings({"http.agent.name": "drifter"}))


def parse(html: str | bytes, metadata: Metadata | None = None, **conf: Any) -> Page:
    """Parse with keys given as `parser__emitOutlinks=False` for `parser.emitOutlinks`."""
    content = html.encode() if isinstance(html, str) else html
    parser = PARSER
    if conf:
        given_keys = {key.replace("__", "."): value for key, value in conf.items()}
        parser = PageParser.from_settings(Settings({"http.agent.name": "drifter", **given_keys}))
    return parser.parse(URL, content, metadata or {})


def urls(page: Page) -> list[str]:
    return [link.url for link in page.links]


def test_what_a_page_says_of_itself_becomes_metadata() -> None:
    page = parse(
        """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title> The
        title </title><meta name="Description" content="What it is about"><meta name="keywords" content="a, b ,,c">
        <link rel="canonical" href="/canonical"></head><body>Text</body></html>"""
    )
    assert page.text == "Text"
    assert page.metadata == {
        "parse.Content-Type": ["text/html"],
        "parse.Content-Encoding": ["utf-8"],
        "parsed.by": ["spindrift.parse.parser.PageParser"],
        "robots.noIndex": ["false"],
        "robots.noFollow": ["false"],
        "robots.noCache": ["false"],
        "parse.title": ["The title"],
        "parse.description": ["What it is about"],
        "parse.keywords": ["a", "b", "c"],
        "parse.language": ["en"],
        "canonical": ["http://a.example/canonical"],
    }


def test_the_metadata_that_came_in_is_not_changed_and_comes_along() -> None:
    metadata = {"depth": ["1"], "parse.title": ["of the last fetch"]}
    before = copy(metadata)
    page = parse("<p>no title", metadata)
    assert metadata == before
    assert page.metadata["depth"] == ["1"]
    assert "parse.title" not in page.metadata


def test_what_is_told_to_social_networks_helps_out() -> None:
    page = parse('<meta property="og:title" content="T"><meta property="og:description" content="D">')
    assert (page.metadata["parse.title"], page.metadata["parse.description"]) == (["T"], ["D"])


def test_the_title_of_a_drawing_is_not_the_title() -> None:
    assert parse("<body><svg><title>icon</title></svg><title>page</title>").metadata["parse.title"] == ["page"]


def test_the_headers_are_read_under_their_prefix() -> None:
    headers = {"protocol.content-type": ["text/html; charset=koi8-r"], "protocol.content-language": ["ru"]}
    page = parse("<p>привет".encode("koi8-r"), headers)
    assert page.text == "привет"
    assert page.metadata["parse.Content-Encoding"] == ["koi8-r"]
    assert page.metadata["parse.language"] == ["ru"]


def test_the_language_is_guessed_only_where_wanted() -> None:
    html = "<p>The quick brown fox jumps over the lazy dog, and then the other dog sleeps all day long in the sun."
    assert parse(html).metadata["parse.language"] == ["en"]
    assert "parse.language" not in parse(html, detect__language=False).metadata


def test_what_follows_the_end_of_the_document_is_still_of_the_page() -> None:
    page = parse("<html><body>One <a href=/1>1</a></body></html> Two <a href=/2>2</a><html><p>Three <a href=/3>3</a>")
    assert page.text.split() == ["One", "1", "Two", "2", "Three", "3"]
    assert urls(page) == ["http://a.example/1", "http://a.example/2", "http://a.example/3"]


def test_control_characters_behind_the_end_of_the_document_are_left_out() -> None:
    assert parse(b"<p>a</p></html><html>b\x02\x0cc\xef\xbf\xbf").text.split() == ["a", "bc"]


def test_a_page_of_many_documents_is_read_in_linear_time_up_to_a_bound() -> None:
    assert 500 < len(urls(parse("".join(f"</html><a href=/{number}>x</a>" for number in range(50_000))))) <= 1001


def test_links_are_relative_to_base_href() -> None:
    page = parse("<base href=/other/><base href=/third/><a href=x>x</a>")
    assert page.base_url == "http://a.example/other/"
    assert urls(page) == ["http://a.example/other/x"]


@pytest.mark.parametrize("base", ["javascript:x", "http://[", ""])
def test_a_base_that_is_none_is_ignored(base: str) -> None:
    assert urls(parse(f'<base href="{base}"><a href=x>x</a>')) == ["http://a.example/dir/x"]


def test_next_and_canonical_are_links_and_style_sheets_are_not() -> None:
    page = parse("<link rel=next href=2><link rel='canonical' href=1><link rel=stylesheet href=3>")
    assert urls(page) == ["http://a.example/dir/2", "http://a.example/dir/1"]


def test_a_canonical_url_that_is_none_is_ignored() -> None:
    page = parse("<link rel=canonical href=htp://a.example/>")
    assert "canonical" not in page.metadata
    assert page.links == []


@pytest.mark.parametrize(
    ("html", "headers"),
    [
        ('<meta name="ROBOTS" content="NoIndex, nofollow">', {}),
        ('<meta name="drifter" content="noindex, nofollow">', {}),
        ("", {"protocol.x-robots-tag": ["noindex", "nofollow"]}),
        ('<meta name="robots" content="noindex">', {"protocol.x-robots-tag": ["drifter: nofollow"]}),
    ],
)
def test_robots_directives_are_obeyed(html: str, headers: Metadata) -> None:
    page = parse(html + "<a href=x>x</a>", headers)
    assert [page.metadata[f"robots.{key}"] for key in ("noIndex", "noFollow", "noCache")] == [
        ["true"],
        ["true"],
        ["false"],
    ]
    assert page.links == []
    assert not page.follow


def test_directives_for_other_crawlers_are_not_ours() -> None:
    page = parse('<meta name="otherbot" content="none"><a href=x>x</a>', {"protocol.x-robots-tag": ["otherbot: none"]})
    assert page.metadata["robots.noIndex"] == ["false"]
    assert len(page.links) == 1


def test_each_kind_of_directive_can_be_skipped() -> None:
    meta = '<meta name="robots" content="noindex">'
    header: Metadata = {"protocol.x-robots-tag": ["noindex"]}
    assert parse(meta, http__robots__meta__skip=True).metadata["robots.noIndex"] == ["false"]
    assert parse("", header, http__robots__headers__skip=True).metadata["robots.noIndex"] == ["false"]


def test_links_of_a_nofollow_page_are_kept_without_anchors_where_not_strict() -> None:
    page = parse('<meta name="robots" content="nofollow"><a href=x>anchor</a>', robots__noFollow__strict=False)
    assert [(link.url, link.anchor, link.nofollow) for link in page.links] == [("http://a.example/dir/x", "", True)]


def test_a_meta_refresh_is_a_redirect() -> None:
    assert (
        parse('<base href="/b/"><meta http-equiv=Refresh content="0;url=there">').redirect == "http://a.example/b/there"
    )


@pytest.mark.parametrize(
    "html",
    [
        '<meta http-equiv=refresh content="300">',
        '<meta http-equiv=refresh content="300;url=#top">',
        '<meta http-equiv=refresh content="300;url=/dir/page.html">',
        '<meta http-equiv=refresh content="0;url=javascript:x()">',
        '<noscript><meta http-equiv=refresh content="0;url=/noscript"></noscript>',
    ],
)
def test_a_page_that_reloads_itself_or_goes_nowhere_is_no_redirect(html: str) -> None:
    page = parse(html)
    assert page.redirect is None
    assert page.links == []


def test_a_refresh_after_a_while_is_a_link() -> None:
    page = parse('<meta http-equiv=refresh content="600;url=/later">')
    assert page.redirect is None
    assert urls(page) == ["http://a.example/later"]
    unlimited = parse('<meta http-equiv=refresh content="600;url=/later">', parser__meta__refresh__max__delay=-1)
    assert unlimited.redirect == "http://a.example/later"


def test_meta_refresh_can_be_ignored() -> None:
    page = parse('<meta http-equiv=refresh content="0;url=/x">', jsoup__ignore__meta__redirections=True)
    assert page.redirect is None
    assert page.links == []


def test_other_types_are_told_and_not_parsed() -> None:
    page = parse(b"%PDF-1.7", {"protocol.content-type": ["text/html"]})
    assert page.mime_type == "application/pdf"
    assert page.metadata["parse.Content-Type"] == ["application/pdf"]
    assert page.tree is None
    assert page.text == ""


def test_the_header_alone_decides_on_the_type_where_sniffing_is_off() -> None:
    page = parse(b"%PDF-1.7", {"protocol.content-type": ["text/html"]}, detect__mimetype=False)
    assert page.mime_type == "text/html"
    assert parse("<p>x", detect__mimetype=False).text == "x"


def test_nulls_are_dropped() -> None:
    page = parse(b"<p>a\0b<a hr\0ef=x>c</a>", {"protocol.content-type": ["text/html"]})
    assert page.text == "abc"
    assert urls(page) == ["http://a.example/dir/x"]


@pytest.mark.parametrize("content", [b"", b"   ", b"<!-- only a comment -->", b"<", b"</html>"])
def test_a_page_without_anything_is_a_page(content: bytes) -> None:
    page = parse(content, {"protocol.content-type": ["text/html"]})
    assert page.tree is not None
    assert page.links == []


@pytest.mark.parametrize("tag", ["div", "b", "a href=x", "table", "ul><li", "font"])
def test_nesting_without_end_ends(tag: str) -> None:
    page = parse(b"<a href=first>x</a>" + f"<{tag}>".encode() * 100_000 + b"deep")
    assert urls(page)[0] == "http://a.example/dir/first"


def test_unclosed_elements_of_an_ordinary_broken_page_cost_nothing() -> None:
    page = parse(b"<font>" * 1000 + b"deep<a href=x>x</a>")
    assert page.text == "deepx"
    assert len(page.links) == 1


def test_a_huge_attribute_is_no_problem() -> None:
    page = parse(b'<a href="x" title="' + b"y" * 11_000_000 + b'">one</a><a href=z>two</a>')
    assert len(page.links) == 2


@pytest.mark.parametrize("tag", [b"<p a=b c=d e=f>"])
def test_a_page_of_nothing_but_tags_is_read_in_part(tag: bytes) -> None:
    page = parse(b"<a href=first>x</a>" + tag * (9_000_000 // len(tag)) + b"<a href=last>x</a>")
    assert urls(page) == ["http://a.example/dir/first"]
    assert page.tree is not None
    assert sum(1 for _ in page.tree.iter()) <= 1.5 * MAX_MARKUP / len(tag)


def test_a_long_page_of_text_is_read_to_its_end() -> None:
    page = parse(b"<p>a paragraph of some length with a <b>word</b> in bold " * 150_000 + b"<a href=last>x</a>")
    assert len(page.links) == 1


def test_a_page_of_100_000_links_has_them_all() -> None:
    link = b"<li><a href='/%d'>The title of the page that is linked here, %d</a>\n"
    page = parse(b"".join(link % (number, number) for number in range(100_000)))
    assert len(page.links) == 100_000
    assert page.links[-1].anchor.endswith("here, 99999")


def test_of_links_too_short_to_click_on_as_many_are_taken_as_the_page_has_room_for() -> None:
    content = b"".join(b"<a href=%d>" % number for number in range(80_000)) + b"<a href=0>again</a>"
    page = parse(content)
    assert len(page.links) == len(content) // BYTES_A_LINK
    assert page.links[0].anchor == "again"
    assert len(parse(b"".join(b"<a href=%d>" % number for number in range(MIN_LINKS))).links) == MIN_LINKS


@pytest.mark.parametrize("link", ["%%7e%d", "//é%d.example", "'a b%d'", "http://[::%d]"])
def test_of_links_that_take_long_to_be_read_less_are_taken(link: str) -> None:
    content = "".join(f"<a href={link % number}>" for number in range(40_000)).encode()
    assert len(parse(content).links) == math.ceil(len(content) // BYTES_A_LINK / COSTLY)
    few = "".join(f"<a href={link % number}>" for number in range(MIN_LINKS // COSTLY))
    assert len(parse(few.encode()).links) == MIN_LINKS // COSTLY


def test_ten_megabytes_without_markup_are_text() -> None:
    assert len(parse(b"<p>" + b"ten bytes " * 1_000_000).text) == 9_999_999


def test_nulls_within_markup_hide_nothing() -> None:
    content = b"<html><body>" + b"<a hr\0ef=x>o\0ne</a>" * 1000 + b"\0" * 1_000_000 + b"<a href=y>two</a>"
    page = parse(content, {"protocol.content-type": ["text/html; charset=utf-8"]})
    assert [link.anchor for link in page.links] == ["one", "two"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32", "shift_jis", "iso-2022-jp", "utf-7", "nonsense"])
def test_a_charset_that_is_wrong_costs_letters_but_not_the_page(charset: str) -> None:
    content = "<p>Où êtes-vous ? <a href=/ici>ici</a></p>".encode("latin-1") * 10_000
    page = parse(content, {"protocol.content-type": [f"text/html; charset={charset}"]})
    assert len(page.metadata["parse.Content-Encoding"]) == 1
    assert len(page.text) <= 2 * len(content)


def test_a_billion_laughs_are_none() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY lol0 "lol">'
    bomb += "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    bomb += f"]><html><body>{'&lol9;' * 1000}</body></html>"
    page = parse(bomb, {"protocol.content-type": ["application/xhtml+xml"]})
    assert len(page.text) < 2 * len(bomb)


def test_entities_and_doctypes_are_not_expanded_or_fetched() -> None:
    page = parse('<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]><p>&a;&b;')
    assert "aaaaaaaaaa" not in page.text


@given(st.binary(), st.sampled_from(["text/html", "text/html; charset=utf-16", "text/html; charset=shift_jis", "x"]))
def test_no_bytes_can_make_it_raise(content: bytes, content_type: str) -> None:
    parse(content, {"protocol.content-type": [content_type]})


_PIECES = (
    *("<a href=", "'/x'", '"//b/?q#f"', ">", "<", "</a>", "<!--", "-->", "<script>", "</script>", "</p>", "<p>"),
    *("<meta http-equiv=refresh content=", "'0;url=/x'", "<base href=", "<title>", "<svg>", "<table>", "<tr>"),
    *("&#0;", "&#xD800;", "&amp", "\0", "\x0c", "<frameset>", "<frame src=x>", "<meta name=robots content=none>"),
    *("<link rel=canonical href=", "<?xml ", "<![CDATA[", "é", "\ud7ff"),
)


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=40).map("".join))
def test_no_mangled_markup_can_make_it_raise(html: str) -> None:
    page = parse(html.encode("utf-8", "replace"), {"protocol.content-type": ["text/html"]})
    assert "  " not in page.text
    assert len(set(urls(page))) == len(page.links)
