"""LinkParseFilter and DomainParseFilter."""

import pytest

from spindrift.filters.parse.domain import DomainParseFilter
from spindrift.filters.parse.link import LinkParseFilter
from spindrift.parse.html import HtmlParser
from spindrift.parse.page import Link, Page

URL = "http://www.a.example.co.uk/dir/"


def page(html: bytes = b"") -> Page:
    return Page(URL, html, {}, tree=HtmlParser().parse(html, "utf-8"), base_url="http://base.example/")


def test_links_are_found_by_any_expression_and_resolved_against_the_base() -> None:
    found = page(
        b'<img src="1.png"><video><source src="http://v.example/2"></video><img src="data:x"><img src="1.png">'
    )
    found.links = [Link("http://v.example/2", "anchor")]
    params = LinkParseFilter.Params.model_validate({"images": "//IMG/@src", "b": ["//NONE/@x", "//VIDEO/SOURCE/@src"]})
    LinkParseFilter(params).filter(found)
    assert found.links == [Link("http://v.example/2", "anchor"), Link("http://base.example/1.png")]


def test_there_are_no_more_links_than_a_page_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spindrift.parse.links.MIN_LINKS", 3)
    found = page("".join(f"<img src={number}.png>" for number in range(10)).encode())
    found.links = [Link("http://v.example/2")]
    LinkParseFilter(LinkParseFilter.Params.model_validate({"images": "//IMG/@src"})).filter(found)
    assert [link.url for link in found.links[1:]] == ["http://base.example/0.png", "http://base.example/1.png"]


def test_what_is_no_html_has_no_links() -> None:
    found = Page(URL, b"", {})
    LinkParseFilter(LinkParseFilter.Params.model_validate({"a": "//A/@href"})).filter(found)
    assert found.links == []


@pytest.mark.parametrize(
    ("params", "metadata"),
    [
        ({}, {"domain": ["example.co.uk"]}),
        ({"key": "host", "byHost": True}, {"host": ["www.a.example.co.uk"]}),
    ],
)
def test_the_domain_or_the_host_becomes_metadata(params: dict[str, object], metadata: dict[str, list[str]]) -> None:
    found = page()
    DomainParseFilter(DomainParseFilter.Params.model_validate(params)).filter(found)
    assert found.metadata == metadata


def test_a_url_without_a_host_has_no_domain() -> None:
    found = Page("file:///etc/hosts", b"", {})
    DomainParseFilter(DomainParseFilter.Params()).filter(found)
    assert found.metadata == {}
