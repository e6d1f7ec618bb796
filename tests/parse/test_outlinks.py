"""Which links of a page become known URLs, and with what metadata."""

from typing import Any

from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.outlinks import Outlinks
from spindrift.parse.page import Link, Page

URL = "http://a.example/"


class Filters:
    """Drops fragments, marks what it has seen, and refuses what says so."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        assert source_url == URL
        url = url.partition("#")[0]
        return None if "refuse" in url else url + "!"


class NoFilters:
    """Lets all through."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url


def outlinks(filters: Any = None, **conf: Any) -> Outlinks:
    settings = Settings({key.replace("__", "."): value for key, value in conf.items()})
    return Outlinks(settings, filters or NoFilters(), MetadataTransfer.from_settings(settings))


def page(*links: Link, metadata: Metadata | None = None) -> Page:
    return Page(URL, b"", metadata or {}, links=list(links))


def test_links_pass_the_filters_and_are_each_taken_once_with_all_anchors() -> None:
    found = page(Link("http://b.example/#1", "one"), Link("http://refuse/"), Link("http://b.example/#2", "two"))
    outlinks(Filters()).filter(found)
    assert [(link.url, link.anchors) for link in found.links] == [("http://b.example/!", ["one", "two"])]


def test_links_that_have_passed_are_not_filtered_again() -> None:
    found = page(Link("http://b.example/"))
    chosen = outlinks(Filters())
    chosen.filter(found)
    found.links.append(Link("http://c.example/"))
    found.links.append(Link("http://b.example/#again"))
    chosen.filter(found)
    assert [link.url for link in found.links] == ["http://b.example/!", "http://c.example/!"]


def test_a_page_is_no_link_of_itself() -> None:
    found = page(Link(URL), Link("http://b.example/"))
    outlinks().filter(found)
    assert [link.url for link in found.links] == ["http://b.example/"]


def test_there_are_no_more_than_wanted() -> None:
    links = [Link(f"http://b.example/{number}") for number in range(9)]
    found = page(*links)
    outlinks(parser__emitOutlinks__max__per__page=3).filter(found)
    assert found.links == links[:3]
    outlinks(parser__emitOutlinks__max__per__page=0).filter(found)
    assert found.links == []


def test_a_page_that_must_not_be_followed_has_none_whoever_added_them() -> None:
    found = page(Link("http://b.example/"))
    found.follow = False
    outlinks().filter(found)
    assert found.links == []


def test_links_can_be_switched_off() -> None:
    found = page(Link("http://b.example/"))
    outlinks(parser__emitOutlinks=False).filter(found)
    assert found.links == []


def test_links_carry_depth_path_and_anchors() -> None:
    found = page(Link("http://b.example/", "one"), Link("http://c.example/"), metadata={"depth": ["4"], "x": ["y"]})
    assert list(outlinks().discovered(found)) == [
        ("http://b.example/", {"depth": ["5"], "url.path": [URL], "anchors": ["one"]}),
        ("http://c.example/", {"depth": ["5"], "url.path": [URL]}),
    ]


def test_anchors_can_be_switched_off() -> None:
    found = page(Link("http://b.example/", "one"))
    ((_, metadata),) = outlinks(track__anchors=False).discovered(found)
    assert "anchors" not in metadata


def test_the_target_of_a_redirect_passes_the_filters_too() -> None:
    found = page()
    assert outlinks().redirect(found) is None
    found.redirect = "http://b.example/#x"
    assert outlinks(Filters()).redirect(found) == ("http://b.example/!", {"depth": ["1"], "url.path": [URL]})
    found.redirect = "http://refuse/"
    assert outlinks(Filters()).redirect(found) is None
    found.redirect = URL
    assert outlinks().redirect(found) is None
