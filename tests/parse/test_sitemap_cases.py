"""The sitemaps and feeds of StormCrawler's, crawler-commons' and Scrapy's own tests, from the shared data."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest

from spindrift.bolts.feed import FeedParserBolt
from spindrift.bolts.sitemap import SiteMapParserBolt
from spindrift.conf import Settings
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.sitemap_links import SitemapLinks
from spindrift.parse.sitemaps import SitemapEntry, SitemapReading
from spindrift.testing import BoltRun, run_bolt
from tests.shared_data import shared_data


def cases(source: str, kind: str) -> list[dict[str, Any]]:
    with shared_data("parse/cases.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = [row for row in rows if row["source"] == source and row["kind"] == kind]
    assert chosen
    return chosen


def parsed(case: dict[str, Any]) -> BoltRun:
    """The sitemap bolt after the file of a case; response headers have the prefix that the fetcher gives them."""
    conf = {"urlfilters.config.file": "", "parsefilters.config.file": "", **case.get("conf", {})}
    conf.pop("sitemap.sniffContent", None)  # an old key, read by nobody
    conf["sitemap.other.hosts"] = True  # StormCrawler takes them all
    metadata = {
        f"protocol.{key}" if key == "content-type" else key: value for key, value in case.get("metadata", {}).items()
    }
    content = shared_data(f"parse/files/{case['file']}").read_bytes()
    with run_bolt(SiteMapParserBolt, conf) as bolt:
        bolt.send(url=case["url"], content=content, metadata=metadata)
    return bolt


def test_sitemaps_of_stormcrawler() -> None:
    for case in cases("stormcrawler", "sitemap"):
        statuses = parsed(case).emitted("status")
        expected = case["expected"]
        assert statuses[-1][::2] == (case["url"], "FETCHED")
        if "outlinks" in expected:
            assert len(statuses) == expected["status_tuples"] == expected["outlinks"] + 1, case
        first = statuses[0][1]
        for key, values in expected.get("first_outlink_metadata", {}).items():
            assert first[key] == values, case
        for prefix, count in expected.get("key_count_by_prefix", {}).items():
            assert len([key for key in first if key.startswith(prefix)]) == count, case


def test_what_is_neither_is_passed_on() -> None:
    for case in cases("stormcrawler", "not-sitemap-not-feed"):
        content = shared_data(f"parse/files/{case['file']}").read_bytes()
        for cls in (SiteMapParserBolt, FeedParserBolt):
            with run_bolt(cls, {"urlfilters.config.file": "", "parsefilters.config.file": ""}) as bolt:
                bolt.send(url=case["url"], content=content, metadata={})
            assert bolt.emitted() == [(case["url"], content, {})]
            assert bolt.emitted("status") == []


RIGHTLY_DIFFERENT = {
    "testSitemapTXTfilterUrls": "its test completes www.example.com by a URL filter; a line that is no URL is no entry",
    "testSitemapWithWrongNamespace": "where it is strict: a namespace of one's own does no harm",
    "testRSSPubDate": "a date without a time zone is taken for UTC, as those of sitemaps are",
}


def content_of(case: dict[str, Any]) -> bytes:
    return case["body"].encode() if "body" in case else base64.b64decode(case["body_b64"])


class LetsAllPass:
    def filter(self, source_url: str | None, source_metadata: Any, url: str) -> str | None:
        return url


def on_its_host(url: str, entries: list[SitemapEntry]) -> set[str]:
    """Those that the sitemap may speak of."""
    settings = Settings()
    links = SitemapLinks(settings, LetsAllPass(), MetadataTransfer.from_settings(settings))
    return {target for target, _ in links.discovered(url, {}, entries, 0.0)}


def utc(entry: SitemapEntry) -> str | None:
    if entry.last_modified is None:
        return None
    return datetime.fromisoformat(
        f"{entry.last_modified.iso}T00:00:00+00:00" if entry.last_modified.is_date else entry.last_modified.iso
    ).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_commons(case: dict[str, Any]) -> dict[str, Any]:
    """What we read, in the form of crawler-commons. Strict: without entries outside of the sitemap's host."""
    reading = SitemapReading(content_of(case), case["content_type"])
    entries = list(reading)
    if not reading.count:
        return {"error": "; ".join(reading.problems)}
    is_index = reading.kind == "index"
    own = on_its_host(case["url"], entries)
    found = []
    for entry in entries:
        row: dict[str, Any] = {"loc": entry.url, "lastmod": utc(entry)}
        if not is_index:
            row |= {
                "priority": float(entry.priority or 0.5),
                "changefreq": entry.change_frequency or None,
                "valid": entry.url in own,
            }
        if is_index or row["valid"] or case["params"]["strict"] == "false":
            found.append(row)
    kind = {"xml": "XML", "index": "INDEX", "text": "TEXT", "feed": "RSS"}[reading.kind]
    return {"type": kind, "is_index": is_index, "entries": found}


def test_sitemaps_of_crawler_commons() -> None:
    different = set()
    for case in cases("crawler-commons", "sitemap-parse"):
        if as_commons(case) != case["expected"]:
            different.add(case["test"])
            assert case["test"] in RIGHTLY_DIFFERENT, (case["test"], case["expected"], as_commons(case))
    assert different == set(RIGHTLY_DIFFERENT)


@pytest.mark.parametrize("name", ["test_sitemap", "test_sitemap_strip"])
def test_sitemaps_of_scrapy(name: str) -> None:
    (case,) = [case for case in cases("scrapy", "sitemap-parse") if case["test"] == name]
    found = [
        {
            "loc": entry.url,
            "lastmod": entry.last_modified.iso if entry.last_modified else "",
            "changefreq": entry.change_frequency,
            "priority": entry.priority,
        }
        for entry in SitemapReading(case["body"].encode())
    ]
    expected = [{"lastmod": "", "changefreq": "", "priority": ""} | entry for entry in case["expected"]["entries"]]
    assert found == expected


def test_an_undefined_entity_of_scrapy() -> None:
    (case,) = [case for case in cases("scrapy", "sitemap-parse") if case["test"] == "test_sitemap_non_string_tag"]
    assert list(SitemapReading(case["body"].encode())) == case["expected"]["entries"]
