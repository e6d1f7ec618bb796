"""XPath expressions of filter files."""

import pytest

from spindrift.parse.html import HtmlParser
from spindrift.parse.xpath import MAX_ELEMENTS, MAX_LENGTH, MAX_NODES, TextXPath

HTML = b"""<html><head><title>T</title><META NAME="Title" content=" The Title "><meta name="empty" content="">
<link rel="canonical" href="/c"></head><body><div class="Concept"> a <b>b</b>\n  c </div><div class="x">d</div>
<h1>1</h1><script type="text/javascript"></script><script type="text/javascript">code</script></body></html>"""
ROOT = HtmlParser().parse(HTML, "utf-8")


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("//TITLE", ["T"]),
        ('//META[@name="Title"]/@content', ["The Title"]),
        ('//META[@NAME="Title"]/@CONTENT', ["The Title"]),
        ('//*[@rel="canonical"]/@href', ["/c"]),
        ("//DIV", ["a b\n  c", "d"]),
        ('//DIV[@class="Concept"]/allText()', ["a b\n  c"]),
        ('//DIV[@class="Concept"]/tidyText()', ["a b c"]),
        ('serialize(//DIV[@class="x"])', ['<div class="x">d</div>']),
        ("serialize(//H1/text())", ["1"]),
        ("string(//H1)", ["1"]),
        ("string(//NONE)", []),
        ("count(//DIV)", ["2"]),
        ("boolean(//DIV)", ["true"]),
        ("//DIV[position()=2 and contains(@class, 'x') or @ID]/text()", ["d"]),
        ("//BODY/descendant::DIV[last()]", ["d"]),
        ("/HTML/HEAD/TITLE | //H1", ["T", "1"]),
        ("//H1[. = '1' and (2 div 2) = 1]", ["1"]),
        ('//META[@name="empty"]/@content', []),
        ("//SCRIPT[@type='text/javascript']", ["", "code"]),
    ],
)
def test_an_expression_gives_texts(expression: str, values: list[str]) -> None:
    assert TextXPath(expression).texts(ROOT) == values


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "//",
        "//a[",
        "serialize(//a[)",
        "nofunction(//a)",
        "//a[none()]",
        "//a[$b]",
        "x:y()",
        "//svg:a",
        "//a/foo()",
        "count(",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="is no XPath expression"):
        TextXPath(expression)


def test_the_texts_of_nested_elements_are_bounded_and_so_is_their_number() -> None:
    nested = HtmlParser().parse(b"<div>" * 1000 + b"x" * 100_000, "utf-8")
    texts = TextXPath("//DIV").texts(nested)
    assert sum(map(len, texts)) == MAX_LENGTH
    assert len(texts) == MAX_LENGTH / 100_000
    flat = HtmlParser().parse(b"<p>x</p>" * (MAX_NODES + 1), "utf-8")
    assert len(TextXPath("//P").texts(flat)) == MAX_ELEMENTS
    assert len(TextXPath("//P/text()").texts(flat)) == MAX_NODES


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("//P/html()", ["a &lt; <b>c</b><br>d"]),
        ("//P/outerHtml()", ["<p>a &lt; <b>c</b><br>d</p>"]),
        ("//SCRIPT/html()", ["a < b"]),
    ],
)
def test_markup_is_given_as_html(expression: str, texts: list[str]) -> None:
    tree = HtmlParser().parse(b"<p>a &lt; <b>c</b><br>d</p><script>a < b</script>", "utf-8")
    assert TextXPath(expression).texts(tree) == texts
