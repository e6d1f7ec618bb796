"""Pages nested deeper than any tree should be."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from spindrift.parse.depth import MAX_DEPTH, is_too_deep
from spindrift.parse.html import HtmlParser
from spindrift.parse.text import TextExtractor
from tests.labelled_pages import labelled_pages

PARSER = HtmlParser()
AS_IT_IS = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)


def deep(levels: int, inside: bytes = b"", tag: bytes = b"div") -> bytes:
    return b"<%s>" % tag * levels + inside + b"</%s>" % tag * levels


@pytest.mark.parametrize("levels", [600, 2_000, 3_000, 100_000])
def test_no_tree_is_deeper_than_browsers_make_it_and_nothing_behind_is_lost(levels: int) -> None:
    content = deep(levels, b"in<p>ner<a href=/x>li<b>n</b>k</a>") + b"<p id=after>after <a href=/y>it</a>"
    root = PARSER.parse(content, "utf-8")
    assert not is_too_deep(root)
    assert TextExtractor().extract(root) == "in nerlink after it"
    assert [(a.get("href"), "".join(map(str, a.itertext()))) for a in root.iter("a")] == [("/x", "link"), ("/y", "it")]
    after = root.xpath("//p[@id='after']")[0]  # type: ignore[index]
    assert after.getparent().tag == "body", "what ends before the limit is as it would be"  # type: ignore[union-attr]


def test_an_ordinary_page_keeps_every_level() -> None:
    root = PARSER.parse(deep(MAX_DEPTH - 12, b"x"), "utf-8")
    assert len(list(root.iter("div"))) == MAX_DEPTH - 12


def test_words_are_parted_by_what_parts_them_on_any_page() -> None:
    root = PARSER.parse(deep(600, b"o<b>n</b>e<div>two</div>three<li>four<li>five<i>s</i>"), "utf-8")
    assert TextExtractor().extract(root) == "one two three four fives"


def test_scripts_and_what_has_no_text_are_kept_at_any_depth() -> None:
    root = PARSER.parse(
        deep(600, b"<script>'<div>'</script><img src=x><meta name=a content=b><iframe src=y></iframe>"), "utf-8"
    )
    assert [root.find(f".//{name}") is not None for name in ("script", "img", "meta", "iframe")] == [True] * 4


# fmt: off
PIECES = [
    b"<div>", b"</div>", b"<b>", b"</b>", b"<p>", b"</p>", b"<a href=/x>", b"<a href=y/>", b"</a>", b"<table>", b"<td>",
    b"<tr>", b"</table>", b"<li>", b"<ul>", b"</ul>", b"<br>", b"<br/>", b"<g/>", b"<font color='>'>", b"</font>",
    b"w ", b"x", b"<!-- <div> -->", b"<script>'<i>'</script>", b"</body>", b"</html>", b"<html>", b"<body>", b"<svg>",
    b"</i>",
    b"<form>", b"</form>", b"<select>", b"<option>", b"<h1>", b"</h1>", b"<style/>", b"<title>z</title>", b"<dd>", b"<",
]
# fmt: on
SAME = etree.XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map(b"".join),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(b"".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map(b"".join),
)
@example(b"", b"<b><div></b>", b"")
@example(b"", b"<p><div>", b"</p>")
@example(b"", b"<div><div>", b"<</ul>w ")
@example(b"", b"<a href=y/>x<div>", b"")
def test_whatever_is_nested_the_tree_has_a_limit_and_all_texts_and_links(
    before: bytes, again: bytes, after: bytes
) -> None:
    content = before + again * 300 + after
    root = PARSER.parse(content, "utf-8")
    assert not is_too_deep(root)
    whole = etree.fromstring(content, AS_IT_IS)
    if whole is not None and whole.getnext() is None and "RESOURCE" not in str(AS_IT_IS.error_log):
        assert "".join("".join(SAME(root)).split()) == "".join("".join(SAME(whole)).split())  # type: ignore[arg-type]
        assert [a.get("href") for a in root.iter("a")] == [a.get("href") for a in whole.iter("a")]


def test_no_real_page_is_too_deep() -> None:
    deepest = [page.url for page in labelled_pages("index.jsonl") if is_too_deep(PARSER.parse(page.content, "utf-8"))]
    assert deepest == []
