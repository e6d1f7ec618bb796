"""The cases of StormCrawler's and w3lib's own tests, from the shared data."""

import base64
import json
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.filtering import load_filters
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.charset import charset_of_content_type, charset_of_label, charset_of_meta, decode, find_charset
from spindrift.parse.filters import ParseFilters
from spindrift.parse.head import Head, read_head
from spindrift.parse.html import HtmlParser
from spindrift.parse.links import resolve_link
from spindrift.parse.outlinks import Outlinks
from spindrift.parse.page import Page
from spindrift.parse.parser import PageParser
from tests.shared_data import shared_data


def cases(source: str, *kinds: str) -> list[dict[str, Any]]:
    with shared_data("parse/cases.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = [row for row in rows if row["source"] == source and row["kind"] in kinds]
    assert chosen
    return chosen


def value(argument: Any) -> Any:
    return base64.b64decode(argument["$bytes"]) if isinstance(argument, dict) else argument


class NoFilters:
    def filter(self, source_url: str | None, source_metadata: Any, url: str) -> str | None:
        return url


def parse(case: dict[str, Any]) -> Page:
    """The page of a case, its links selected as the bolt does."""
    settings = Settings(case.get("conf", {}))
    if "file" in case:
        content = shared_data(f"parse/files/{case['file']}").read_bytes()
    else:
        content = case.get("html", "").encode()
    headers = {f"protocol.{key.lower()}": values for key, values in case.get("metadata", {}).items()}
    page = PageParser.from_settings(settings).parse(case.get("url", "http://a.example/"), content, headers)
    Outlinks(settings, NoFilters(), MetadataTransfer.from_settings(settings)).filter(page)
    return page


def test_robots_directives_of_stormcrawler() -> None:
    keys = {"noindex": "robots.noIndex", "nofollow": "robots.noFollow", "nocache": "robots.noCache"}
    for case in cases("stormcrawler", "robots-meta", "x-robots-tag"):
        case.setdefault("metadata", {"X-Robots-Tag": case["values"]} if "values" in case else {})
        metadata = parse(case).metadata
        assert {name: metadata[key] == ["true"] for name, key in keys.items()} == case["expected"], case


def test_texts_of_stormcrawler() -> None:
    for case in cases("stormcrawler", "text"):
        assert parse(case).text == case["expected"], case


def test_meta_refresh_of_stormcrawler() -> None:
    for case in cases("stormcrawler", "meta-refresh"):
        assert parse(case).redirect == case["expected"], case


def test_pages_of_stormcrawler() -> None:
    for case in cases("stormcrawler", "html"):
        expected = case["expected"]
        page = parse(case)
        if "outlinks" in expected and "jsoup_filters" not in case:
            assert len(page.links) == expected["outlinks"], case
        if "outlink_urls" in expected:
            assert [link.url for link in page.links] == expected["outlink_urls"], case
        if "redirection_to" in expected:
            assert page.redirect == expected["redirection_to"], case
        for text in expected.get("text_not_contains", ()):
            assert text not in page.text
        for name, key in {
            "noindex": "robots.noIndex",
            "nofollow": "robots.noFollow",
            "nocache": "robots.noCache",
        }.items():
            if name in expected:
                assert page.metadata[key] == [str(expected[name]).lower()], case


def filtered(case: dict[str, Any], key: str, folder: Path) -> Page:
    """The page of a case after the filters that stand in it under `key`, loaded from a file."""
    entries = [{"class": name, "params": params} for name, params in case[key].items()]
    file = folder / "parsefilters.json"
    file.write_text(json.dumps({"ParseFilters": entries}))
    page = parse(case)
    ParseFilters(load_filters(file, "ParseFilters")).filter(page)
    return page


def test_parse_filters_of_stormcrawler(tmp_path: Path) -> None:
    (case,) = [case for case in cases("stormcrawler", "html") if "parse_filters" in case]
    expected = case["expected"]
    found = filtered(case, "parse_filters", tmp_path).metadata
    assert set(expected["metadata_present"]) <= found.keys()
    assert {key: len(found[key]) for key in expected["metadata_count"]} == expected["metadata_count"]
    assert found["js"][0] == ""
    assert expected["js[1]_contains"] in found["js"][1]


def test_link_filters_of_stormcrawler(tmp_path: Path) -> None:
    (case,) = [case for case in cases("stormcrawler", "html") if "jsoup_filters" in case]
    assert len(filtered(case, "jsoup_filters", tmp_path).links) == case["expected"]["outlinks"]


def test_charsets_of_content_type_headers_of_w3lib() -> None:
    for case in cases("w3lib", "w3lib.http_content_type_encoding"):
        assert charset_of_content_type(case["args"][0]) == case["expected"], case


def test_declared_charsets_of_w3lib() -> None:
    for case in cases("w3lib", "w3lib.html_body_declared_encoding"):
        html = value(case["args"][0])
        content = html.encode() if isinstance(html, str) else html
        if b"< meta" in content:
            # `< meta` is text, no element: browsers do not take it for a declaration.
            assert charset_of_meta(content) is None
        else:
            assert charset_of_meta(content) == case["expected"], case


def head_and_base(case: dict[str, Any]) -> tuple[Head, str]:
    """What the page of a case of w3lib says of itself, and its base URL. The charset may be a third argument."""
    html, url, charset = ([value(argument) for argument in case["args"]] + ["", "utf-8"])[:3]
    if len(case["args"]) == 1:
        url, charset = "", "utf-8"
    text = html if isinstance(html, str) else decode(html, charset_of_label(charset) or "utf-8")
    head = read_head(HtmlParser().parse(text.encode(), "utf-8"))
    return head, (resolve_link(url, head.base) if head.base else None) or url


RIGHTLY_DIFFERENT_BASES = {
    "https://example.org/path?%FF%FE": "w3lib appends a query that consists of a byte order mark",
}


def test_base_urls_of_w3lib() -> None:
    for case in cases("w3lib", "w3lib.get_base_url"):
        # max_scan and ignore_tags: the whole page is parsed here.
        if case["kwargs"] or case["expected"] in RIGHTLY_DIFFERENT_BASES:
            continue
        # An empty base is the URL of the page, which comes back in its normal form, with a path.
        assert head_and_base(case)[1].rstrip("/") == case["expected"].rstrip("/"), case


RIGHTLY_DIFFERENT_REFRESHES = {
    b'<meta http-equiv="refresh" content="3; url=http://example.com/to\xa3?unit=\xb5">': (
        "queries are encoded in UTF-8, as StormCrawler does, not in the charset of the page"
    ),
    '<meta http-equiv="refresh" content=".1;URL=index.html" />': "the standard ignores fractions of a second",
    '<meta http-equiv="refresh" content="3.1;URL=index.html" />': "the same",
    "<meta http-equiv='refresh' content='0;\xa0url=/next'>": "to browsers a no-break space is part of the URL",
}


def test_meta_refreshes_of_w3lib() -> None:
    for case in cases("w3lib", "w3lib.get_meta_refresh"):
        if case["kwargs"]:
            continue
        head, base = head_and_base(case)
        found: list[float | str | None] = [None, None]
        if head.refresh and head.refresh.reference:
            found = [head.refresh.delay, resolve_link(base, head.refresh.reference)]
        agrees = found == case["expected"]
        assert agrees != (value(case["args"][0]) in RIGHTLY_DIFFERENT_REFRESHES), (case, found)


RIGHTLY_DIFFERENT_TEXTS = {
    (None, b"\x00\x00\xfe\xff\x00\x00\x00h\x00\x00\x00i"): "UTF-32 is unknown to browsers and the WHATWG",
    ("Content-Type: text/html; charset=utf-32", b"\xff\xfe\x00\x00h\x00\x00\x00i\x00\x00\x00"): "UTF-32, the same",
    ("Content-Type: text/html; charset=utf-16", b"\x00h\x00i"): "UTF-16 without a mark is little-endian (WHATWG)",
    (None, b'<meta charset="utf-16">'): "what can be read as ASCII is not UTF-16 (WHATWG)",
    ("Content-Type: text/html; charset=utf-8", b"PREFIX\xe3\xabSUFFIX"): "nothing in it is UTF-8: statistics decide",
    ("Content-Type: text/html; charset=utf-8", b"\xf0<span>value</span>"): "the same",
}


def test_texts_of_pages_of_w3lib() -> None:
    for case in cases("w3lib", "w3lib.html_to_unicode"):
        header, content = (value(argument) for argument in case["args"])
        text = decode(content, find_charset(content, header, 10_000))
        if (header, content) in RIGHTLY_DIFFERENT_TEXTS:
            assert text != case["expected"][1], case
        else:
            assert text == case["expected"][1], case


RIGHTLY_DIFFERENT_LINKS = {
    "test_ignored_extensions": "which endings are not followed is up to the URL filters",
    "test_attrs": "it asks for no attribute at all",
}


def test_links_of_scrapy() -> None:
    """Those of its link extractor's cases that choose nothing: choosing is done by URL filters here."""
    for case in cases("scrapy", "extract-links"):
        if case["params"]:
            continue
        content = case["body"].encode() if "body" in case else base64.b64decode(case["body_b64"])
        page = PageParser.from_settings(Settings()).parse(case["url"], content, {})
        agrees = [link.url for link in page.links] == [link["url"] for link in case["expected"]]
        assert agrees != (case["test"] in RIGHTLY_DIFFERENT_LINKS), (case["test"], page.links)
