"""The feed bolt: what it emits for a feed, and that it lets everything else pass."""

from typing import Any

import pytest

from spindrift.bolts.feed import FeedParserBolt
from spindrift.clock import VirtualClock
from spindrift.metadata import Metadata, copy
from spindrift.testing import BoltRun, run_bolt
from tests.parse.test_feeds import atom, rss

URL = "http://a.example/feed"
NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z


def run(content: str, metadata: Metadata | None = None, **conf: Any) -> BoltRun:
    files = {"urlfilters.config.file": "", "parsefilters.config.file": ""}
    settings = files | {key.replace("__", "."): value for key, value in conf.items()}
    given = metadata or {}
    before = copy(given)
    with run_bolt(FeedParserBolt, settings, clock=VirtualClock(NOW)) as bolt:
        tup = bolt.send(url=URL, content=content.encode(), metadata=given)
    assert given == before, "the metadata of a tuple are not changed"
    assert bolt.acked == [tup]
    return bolt


ITEM = "<item><link>{0}</link><title>News</title><description>Text</description><pubDate>{1}</pubDate></item>"
TODAY = "Tue, 14 Nov 2023 21:00:00 GMT"
YESTERDAY = "Mon, 13 Nov 2023 21:00:00 GMT"


def test_links_come_first_then_the_feed_is_fetched() -> None:
    bolt = run(rss(ITEM.format("/1", TODAY)), {"depth": ["1"]})
    assert bolt.emitted("status") == [
        (
            "http://a.example/1",
            {
                "depth": ["2"],
                "url.path": [URL],
                "feed.title": ["News"],
                "feed.publishedDate": ["2023-11-14T21:00:00+00:00"],
                "feed.description": ["Text"],
            },
            "DISCOVERED",
        ),
        (URL, {"depth": ["1"], "isFeed": ["true"]}, "FETCHED"),
    ]
    assert bolt.emitted() == []


def test_atom_is_a_feed_too_and_its_links_have_their_base() -> None:
    bolt = run(atom('<entry xml:base="http://b.example/x/"><link href="1"/></entry>'))
    assert bolt.emitted("status")[0][::2] == ("http://b.example/x/1", "DISCOVERED")


@pytest.mark.parametrize("content", ["<html><p>feed</p>", "", "<urlset>"])
def test_what_is_no_feed_passes_untouched(content: str) -> None:
    bolt = run(content, {"isFeed": ["false"]})
    assert bolt.emitted() == [(URL, content.encode(), {"isFeed": ["false"]})]
    assert bolt.emitted("status") == []


def test_without_sniffing_the_metadata_alone_decide() -> None:
    assert run(rss(""), feed__sniffContent=False).emitted()
    assert run(rss(""), {"isFeed": ["true"]}, feed__sniffContent=False).emitted("status")


def test_entries_of_long_ago_are_left_out() -> None:
    content = rss(ITEM.format("/1", TODAY) + ITEM.format("/2", YESTERDAY) + ITEM.format("/3", "?"))
    bolt = run(content, feed__filter__hours__since__published=12)
    assert [url[-1] for url, _, status in bolt.emitted("status") if status == "DISCOVERED"] == ["1", "3"]


def test_each_target_comes_once() -> None:
    bolt = run(rss(ITEM.format("/1", TODAY) * 2 + ITEM.format(URL, TODAY) + ITEM.format("mailto:x@y", TODAY)))
    assert [url for url, *_ in bolt.emitted("status")] == ["http://a.example/1", URL]


def test_a_feed_that_cannot_be_read_is_an_error() -> None:
    [[url, metadata, status]] = run("<html>404", {"isFeed": ["true"]}).emitted("status")
    assert (url, status) == (URL, "ERROR")
    assert metadata["error.cause"] == ["feed parsing"]
    assert metadata["error.message"][0].startswith(f"feed {URL} cannot be read: its root is <html>, not that of a feed")


def test_a_feed_that_can_be_read_in_part_says_so() -> None:
    bolt = run(rss(ITEM.format("/1", TODAY))[:-10])
    assert bolt.emitted("status")[-1][1]["feed.warning"][0].startswith("line 1: ")
