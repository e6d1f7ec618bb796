"""Tags with attributes without end."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spindrift.parse.attributes import _TOKEN, HARMLESS_TAG, MAX_ATTRIBUTES, SHORT_PAGE, _cut, bound_attributes
from spindrift.parse.html import HtmlParser
from tests.labelled_pages import labelled_pages

LONG = b"x" * SHORT_PAGE
MANY = b" ".join(b"a%d" % number for number in range(20_000))
MANY_QUOTED = b" ".join(b"a%d='>'" % number for number in range(20_000))


@pytest.mark.parametrize("attributes", [MANY, MANY_QUOTED, MANY.replace(b" ", b"/")])
@pytest.mark.parametrize("tag", [b"p", b"script", b"IMG"])
def test_a_tag_with_attributes_without_end_keeps_some(tag: bytes, attributes: bytes) -> None:
    root = HtmlParser().parse(b"<p>before<" + tag + b" " + attributes + b"></script><a href=x>after</a>", "utf-8")
    assert max(len(element.attrib) for element in root.iter()) <= MAX_ATTRIBUTES
    assert root.xpath("string(//a[@href='x'])") == "after"


def test_a_page_of_ordinary_tags_is_left_as_it_is() -> None:
    content = b"<p class='a' title=\"<b>\" data-x=1 hidden>" + LONG + b"</p><br/><!-- <b " + MANY + b" -->"
    assert bound_attributes(content) is content or bound_attributes(content) == content


@pytest.mark.parametrize(
    "content",
    [
        b"<script>if (a<b) { " + MANY + b" }</script><p>text",
        b"<style>" + MANY + b"</style>",
        b"<textarea><b " + MANY,
        b"<!-- <b " + MANY,
        b"<img src='data:image/png;base64," + LONG + b"'>",
        b"1 <2 and " + MANY,
    ],
)
def test_what_is_long_but_no_list_of_attributes_is_left_as_it_is(content: bytes) -> None:
    content = content + LONG
    assert bound_attributes(content) == content


PIECES = [
    b"<",
    b">",
    b"=",
    b'"',
    b"'",
    b"<a ",
    b"<SCRIPT ",
    b"<script>",
    b"</Script>",
    b"<scripty ",
    b"<style/",
    b"-->",
]
PIECES += [b"<!--", b"-", b"<!doctype", b"x" * 33, b" a=b", b' a="b>c"', b" a" * 200, b" a='b'" * 200, b"<title>", b"/"]
NAMES = [b"%x" % number for number in range(HARMLESS_TAG)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, b"='>' ", b'=">', b"= '>\">' ", b'"> ', b"'", b"= ", b"b='", b"</p>"]), min_size=1
    )
)
@example([b"='>' "])
@example([b'=">" '])
@example([b"='\">' "])
@example([b"<a "])
def test_of_a_short_page_too_no_tag_keeps_more_attributes_than_fit_into_a_harmless_one(between: list[bytes]) -> None:
    # Attributes without end, and time and again what may look like the end of a tag.
    pieces = itertools.cycle(between)
    attributes = b"".join(b" " + name + (next(pieces) if n % 100 == 0 else b"") for n, name in enumerate(NAMES))
    page = b"<p" + attributes[: SHORT_PAGE - 3] + b">"
    assert len(page) <= SHORT_PAGE
    root = HtmlParser().parse(page, "utf-8")
    assert max(len(element.attrib) for element in root.iter()) < HARMLESS_TAG // 2


@given(
    st.lists(st.sampled_from([b"<", b">", b"'", b'"', b"a", b" ", b"=", b"/", b"<!--", b"-->", b"<script>"])).map(
        b"".join
    )
)
def test_nothing_but_long_tags_is_changed(content: bytes) -> None:
    # Short enough for the limit on attributes, beyond the length below which nothing is looked at.
    page = LONG + b">" + content[:32]
    assert bound_attributes(page) == page


@pytest.mark.parametrize(
    "tag", [b'<a href="x"">', b"<p don't>", b"<p title='it's'>", b'<img alt="3" screen">', b'<a "b>']
)
def test_a_stray_quote_in_a_tag_does_not_hide_where_the_tag_ends(tag: bytes) -> None:
    content = b"<p>" + tag + b"<p class=a>text</p>" * 3_000
    assert bound_attributes(content) == content


def test_real_pages_are_left_as_they_are() -> None:
    changed = [page.url for page in labelled_pages("index.jsonl") if bound_attributes(page.content) != page.content]
    assert changed == []


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_the_quick_look_finds_every_tag_that_would_be_cut(content: bytes) -> None:
    page = LONG + b">" + content
    assert (bound_attributes(page) == page) is (_TOKEN.sub(_cut, page) == page)


# fmt: off
HIDING = [
    *PIECES, b"<!-->", b"<!--->", b"--!>", b"<!", b"<?", b"</", b"</a ", b"</scriptx>", b"</style>", b"==", b"/=",
    b"\x0b", b"\f", b"<![CDATA[", b"]]>", b"<iframe>", b"</iframe>", b"<noembed>", b"<noframes>", b"<xmp>", b"</xmp>",
    b"<noscript>", b"<textarea>", b"</textarea>", b"<svg>", b"<p a=b'", b"<x-<", b"</title", b"<template>", b"<math>",
]
# fmt: on


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(HIDING), max_size=12).map(b"".join))
@example(b"<!-->")
@example(b"<!-- --!>")
@example(b"<iframe><!--</iframe>")
@example(b"<script></scriptx><!--</script>")
@example(b"<script><!--<script></script>--></script>")
@example(b"<style/>")
@example(b"<?<p a='>")
@example(b"</ <p a='>")
@example(b'<p a=="> ')
@example(b'<p a/=">')
@example(b'<p =">')
@example(b"<p a=\x0b'>")
def test_nothing_before_it_hides_a_tag_with_attributes_without_end(before: bytes) -> None:
    many = b"".join(b" b%d" % number for number in range(2 * MAX_ATTRIBUTES))
    root = HtmlParser().parse(LONG + before + b"<p" + many + b">x", "utf-8")
    assert max(len(element.attrib) for element in root.iter()) <= MAX_ATTRIBUTES
