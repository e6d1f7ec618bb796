"""Links of a page, and their anchors."""

import pytest

from spindrift.parse.html import HtmlParser
from spindrift.parse.links import MAX_ANCHOR_LENGTH, LinkCollector, resolve_link
from spindrift.parse.page import MAX_MORE_ANCHORS, Link

BASE = "http://a.example/dir/page.html"


def links(html: str, *, keep_nofollow: bool = False, nofollow: bool = False) -> list[Link]:
    root = HtmlParser().parse(html.encode(), "utf-8")
    collector = LinkCollector(BASE, keep_nofollow=keep_nofollow)
    collector.add_anchors(root, nofollow=nofollow)
    collector.add_frames(root, nofollow=nofollow)
    return collector.links


def test_links_come_from_a_area_frame_and_iframe() -> None:
    html = '<a href=/1>one</a><map><area href=2 alt="two"></map><iframe src="//b.example/3"></iframe>'
    assert [(link.url, link.anchor) for link in links(html)] == [
        ("http://a.example/1", "one"),
        ("http://a.example/dir/2", "two"),
        ("http://b.example/3", ""),
    ]
    assert [link.url for link in links("<frameset><frame src=4></frameset>")] == ["http://a.example/dir/4"]


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (" /x\n", "http://a.example/x"),
        ("../y?q=1#f", "http://a.example/y?q=1#f"),
        ("HTTPS://B.Example:443/", "https://b.example/"),
        ("?q", "http://a.example/dir/page.html?q"),
        ("file:///etc/hosts", "file:///etc/hosts"),
        ("javascript:void(0)", None),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("http://[", None),
        ("about:blank", None),
    ],
)
def test_only_http_https_and_file_are_links(reference: str, url: str | None) -> None:
    assert resolve_link(BASE, reference) == url


def test_each_target_comes_once_with_all_its_anchors() -> None:
    html = "<a href=/x>one</a><a href=/x>one</a><a href=http://a.example/x><b>t</b>wo</a><a href=/x></a>"
    (link,) = links(html)
    assert link.anchors == ["one", "two"]


def test_anchors_are_cleaned_and_cut() -> None:
    html = (
        f"<a href=1><div>card</div><div>text</div></a><a href=2>a <script>x</script> b</a><a href=3>{'x ' * 9999}</a>"
    )
    first, second, third = links(html)
    assert (first.anchor, second.anchor) == ("card text", "a b")
    assert len(third.anchor) == MAX_ANCHOR_LENGTH


def test_a_link_that_is_repeated_without_end_keeps_some_anchors() -> None:
    (link,) = links("".join(f"<a href=/x>{number}</a>" for number in range(1000)))
    assert len(link.anchors) == 1 + MAX_MORE_ANCHORS


def test_places_on_the_page_itself_are_no_links() -> None:
    assert links('<a href="#top">up</a><a href="">here</a><a name=x>y</a>') == []


def test_nofollow_links_are_dropped_or_kept_without_anchor() -> None:
    html = '<a rel="external NoFollow" href=/x>one</a>'
    assert links(html) == []
    assert links(html, keep_nofollow=True) == [Link("http://a.example/x", nofollow=True)]


def test_what_is_followed_once_is_followed() -> None:
    html = "<a rel=nofollow href=/x>one</a><a href=/x>two</a>"
    assert links(html, keep_nofollow=True) == [Link("http://a.example/x", "two")]


def test_the_links_of_a_nofollow_page_have_no_anchors() -> None:
    assert links("<a href=/x>one</a>", nofollow=True, keep_nofollow=True) == [Link("http://a.example/x", nofollow=True)]


def test_anchors_nested_in_thousands_around_the_same_markup_are_bounded() -> None:
    # Looking through all of it for each of them took minutes.
    found = links("".join(f"<a href=/{number}><div>" for number in range(240)) + "<b>word</b> " * 5000)
    assert len(found) == 240
    assert all(link.anchor.startswith("word word") for link in found)
