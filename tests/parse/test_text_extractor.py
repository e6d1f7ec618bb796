"""The text of a page."""

import pytest
from lxml import etree

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.parse.html import HtmlParser
from spindrift.parse.text import TextExtractor


def text(html: str, **conf: object) -> str:
    extractor = TextExtractor.from_settings(
        Settings({f"textextractor.{key.replace('_', '.')}": v for key, v in conf.items()})
    )
    return extractor.extract(HtmlParser().parse(html.encode(), "utf-8"))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div>One</div>Two", "One Two"),
        ("Zero<p>One<p>Two", "Zero One Two"),
        ("w<b>or</b>d <i>and</i> <u>word</u>", "word and word"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("a<br>b", "a b"),
        ("a \n\t  b\xa0c", "a b c"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("a<script>x</script>b<style>y</style>c", "a b c"),
        ("a<!-- no -->b", "ab"),
        ("<title>not this</title><body>this", "this"),
        ("", ""),
    ],
)
def test_blocks_part_words_and_inline_elements_do_not(html: str, expected: str) -> None:
    assert text(html) == expected


def test_the_first_pattern_with_a_match_decides() -> None:
    html = "<div id=maincontent>main</div><article>first</article><article>second</article>"
    assert text(html, include_pattern=["ASIDE", "ARTICLE", 'DIV[id="maincontent"]']) == "first second"
    assert text(html, include_pattern=['DIV[id="maincontent"]']) == "main"


def test_without_a_match_the_whole_page_counts() -> None:
    assert text("<p>all", include_pattern=["article"]) == "all"


def test_a_match_within_a_match_is_not_taken_twice() -> None:
    assert text("<div>a<div>b</div>c</div><div>d</div>", include_pattern=["div"]) == "a b c d"


def test_thousands_of_matches_have_the_same_text_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    html = "<b>a<i>b</i> c</b>no<b>d<script>x</script><p>e</b>f<b></b><b>g<b>h</b></b>" * 20
    root = HtmlParser().parse(html.encode(), "utf-8")
    transformed = []

    class Counting(TextExtractor):
        def _text(self, element: etree._Element) -> str:
            transformed.append(element)
            return super()._text(element)

    extractor = Counting(include=["b"])
    few = " ".join(" ".join(extractor._text(element) for element in extractor._roots(root)).split())
    transformed.clear()
    monkeypatch.setattr("spindrift.parse.text.MANY_ROOTS", 10)
    assert extractor.extract(root) == few
    assert len(transformed) == 1


def test_excluded_elements_are_left_out_with_all_they_hold() -> None:
    html = "<nav>no<p>no<b>no</b></nav>yes<footer>no</footer>"
    assert text(html, exclude_tags=["NAV", "Footer"]) == "yes"


def test_scripts_are_never_text() -> None:
    assert text("<p>a<script>b</script>", exclude_tags=["nav"]) == "a"


def test_text_can_be_switched_off() -> None:
    assert text("<p>a", no_text=True) == ""


def test_text_can_be_cut() -> None:
    assert text("<p>one two three", skip_after=8) == "one two"


def test_a_selector_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"textextractor\.include\.pattern: 'div\[' is no CSS selector"):
        text("", include_pattern=["div["])


def test_a_tag_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"textextractor\.exclude\.tags: 'a b' is no name"):
        text("", exclude_tags=["a b"])


def test_a_tree_too_deep_for_the_stylesheet_still_has_its_text() -> None:
    root = etree.Element("html")
    element = etree.SubElement(root, "body")
    for _ in range(20_000):
        element = etree.SubElement(element, "div")
    element.text = "deep"
    assert TextExtractor().extract(root) == "deep"


def test_a_group_of_selectors_gives_its_texts_in_the_order_of_the_page() -> None:
    root = HtmlParser().parse(b"<b>1</b><i>2</i><u>3<b>4</b></u><b>5</b>", "utf-8")
    assert TextExtractor(include=["p, h1", "u, b"]).extract(root) == "1 34 5"
