"""The tree of a page as BeautifulSoup has it."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.parse.html import HtmlParser
from spindrift.parse.soup import MAX_TAGS, to_soup

PIECES = [
    "<p>",
    "</p>",
    "<b class='x  y'>",
    "</b>",
    "<ul>",
    "<li id=1>",
    "</ul>",
    "text ",
    "&amp;",
    "<br>",
    "<script>a<b",
]
PIECES += ["</script>", "<table>", "<tr>", "<td headers='a b'>", "</table>", "<style>s", "</style>", "<template>", "\n"]


def soup(html: str) -> BeautifulSoup:
    return to_soup(HtmlParser().parse(html.encode(), "utf-8"))


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_the_tree_is_linked_as_beautifulsoup_links_it(html: str) -> None:
    made = soup(html)
    parsed = BeautifulSoup(str(made), "html.parser")
    for ours, theirs in zip([made, *made.descendants], [parsed, *parsed.descendants], strict=True):
        assert type(ours) is type(theirs)
        for name in ("parent", "next_element", "previous_element", "next_sibling", "previous_sibling"):
            one, other = getattr(ours, name), getattr(theirs, name)
            assert (one is None) == (other is None), name
            assert one is None or one.name == other.name
        assert getattr(ours, "attrs", None) == getattr(theirs, "attrs", None)


def test_it_is_beautifulsoup_with_all_its_ways() -> None:
    made = soup("<title>T</title><p class='a b'>one <b>two</b><p>three<script>four</script>")
    assert made.title is not None
    assert made.title.string == "T"
    assert [tag.get_text() for tag in made.find_all("p")] == ["one two", "three"]
    assert [tag["class"] for tag in made.select("p.b")] == [["a", "b"]]
    assert made.get_text() == "Tone twothree"
    assert str(made.p) == '<p class="a b">one <b>two</b></p>'


@pytest.mark.parametrize("html", ["", "<!-- only -->", "<html>"])
def test_a_page_without_anything_is_a_tree(html: str) -> None:
    assert soup(html).select("p") == []


def test_the_tree_ends_after_so_many_elements() -> None:
    made = soup("<p>x</p>" * (MAX_TAGS + 100))
    assert len(made.find_all(True)) == MAX_TAGS
    assert made.select_one("p:last-child") is not None


def test_a_deep_page_is_no_slower_than_a_flat_one() -> None:
    made = soup("<div>" * 490 + "<i>x</i>" * 9_000)
    assert len(made.select("div i")) == 9_000
