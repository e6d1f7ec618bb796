"""Feeds: RSS 0.9x, 1.0, 2.0 and Atom."""

import pytest

from spindrift.parse.feeds import FeedEntry, FeedReading, looks_like_feed

ATOM = "http://www.w3.org/2005/Atom"


def read(content: str | bytes) -> list[FeedEntry]:
    reading = FeedReading(content.encode() if isinstance(content, str) else content)
    entries = list(reading)
    assert reading.problems == []
    assert reading.is_feed
    return entries


def rss(item: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><link>http://a.example/</link>{item}</channel></rss>'


def atom(entry: str) -> str:
    return f'<?xml version="1.0"?><feed xmlns="{ATOM}"><link href="http://a.example/"/>{entry}</feed>'


def test_an_item_of_rss() -> None:
    [entry] = read(
        rss(
            "<item><title> News &amp; more </title><link>http://a.example/1</link>"
            "<description>&lt;p&gt;Text&lt;/p&gt;</description><pubDate>Thu, 05 Jan 17 13:34:52 +0100</pubDate></item>"
        )
    )
    assert (entry.url, entry.title, entry.description) == ("http://a.example/1", "News & more", "<p>Text</p>")
    assert entry.published is not None
    assert entry.published.iso == "2017-01-05T13:34:52+01:00"


def test_an_entry_of_atom() -> None:
    [entry] = read(
        atom(
            '<entry><title type="html">News</title><link rel="self" href="http://a.example/1.atom"/>'
            '<link href="http://a.example/1"/><id>urn:uuid:1</id><updated>2024-02-01T00:00:00Z</updated>'
            "<published>2024-01-01T00:00:00Z</published><summary>Text</summary></entry>"
        )
    )
    assert (entry.url, entry.title, entry.description) == ("http://a.example/1", "News", "Text")
    assert entry.published is not None
    assert entry.published.iso == "2024-01-01T00:00:00+00:00"


def test_an_item_of_rss_1_0() -> None:
    content = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://a.example/1"><title>News</title>'
        "<dc:date>2024-01-01</dc:date></item></rdf:RDF>"
    )
    [entry] = read(content)
    assert (entry.url, entry.published and entry.published.iso) == ("http://a.example/1", "2024-01-01")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ('<guid isPermaLink="false">7bd204c6</guid>', None),
        ("<guid>http://a.example/guid</guid>", "http://a.example/guid"),
        ("<link><![CDATA[http://a.example/?a=1&b=2]]></link>", "http://a.example/?a=1&b=2"),
        ("<link>http://a.example/?a=1&b=2</link>", "http://a.example/?a=1&b=2"),
        ("<link/><guid>http://a.example/guid</guid>", "http://a.example/guid"),
        ("<title>nothing</title>", None),
    ],
)
def test_the_url_of_an_item(item: str, url: str | None) -> None:
    assert [entry.url for entry in read(rss(f"<item>{item}</item>"))] == ([url] if url else [])


def test_the_base_of_relative_links_is_told() -> None:
    content = f'<feed xmlns="{ATOM}" xml:base="http://b.example/x/"><entry><link href="1.html"/></entry></feed>'
    [entry] = read(content)
    assert (entry.url, entry.base) == ("1.html", "http://b.example/x/")


def test_html_entities_are_known() -> None:
    [entry] = read(rss("<item><title>Caf&eacute;&nbsp;&copy; &unknown; &</title><link>http://a.example/</link></item>"))
    assert entry.title == "Café\xa0©  &"


def test_a_feed_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    content = rss("<item><link>http://a.example/1</link></item><item><link>http://a.example/2</link></item>")
    reading = FeedReading(content[: content.rindex("/2")].encode())
    assert [entry.url for entry in reading] == ["http://a.example/1"]
    assert reading.problems[0].startswith("line 1: Premature end")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no XML"), (b"<html><body>", "its root is <html>, not that of a feed"), (b"plain", "no XML")],
)
def test_what_is_no_feed(content: bytes, said: str) -> None:
    reading = FeedReading(content)
    assert list(reading) == []
    assert reading.problems[0] == said


class TestSniffing:
    @pytest.mark.parametrize(
        "content",
        [
            rss(""),
            atom(""),
            "<!-- generated --> <rss version='0.91'>",
            '<?xml-stylesheet href="x"?>\n<atom:feed xmlns:atom="x">',
            '\ufeff<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/">',
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd"><rss version="0.91">',
        ],
    )
    def test_finds_feeds_by_their_first_bytes(self, content: str) -> None:
        assert looks_like_feed(content.encode(), "text/xml")

    @pytest.mark.parametrize(
        "content",
        ["<html><p>Our <code>&lt;rss></code> feed</p>", "<rdf:RDF xmlns:owl='x'>", "<feeder/>", "", "<p>feed</p>"],
    )
    def test_takes_nothing_else_for_one(self, content: str) -> None:
        assert not looks_like_feed(content.encode(), "text/html")

    def test_believes_the_header_unless_it_is_html(self) -> None:
        assert looks_like_feed(b"<?xml version='1.0'?><unknown/>", "application/rss+xml; charset=utf-8")
        assert not looks_like_feed(b"<!doctype html><HTML>", "application/rss+xml")
        assert not looks_like_feed(b"Not found", "application/atom+xml")
