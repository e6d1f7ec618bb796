"""Sitemaps as the protocol has them, and as servers send them."""

import gzip

import pytest

from spindrift.parse.sitemaps import SitemapEntry, SitemapLimits, SitemapReading, looks_like_sitemap

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(entries: str, attributes: str = NAMESPACE) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {attributes}>{entries}</urlset>'.encode()


def read(content: bytes, content_type: str | None = None, **options: object) -> tuple[list[SitemapEntry], list[str]]:
    reading = SitemapReading(content, content_type, **options)  # type: ignore[arg-type]
    return list(reading), reading.problems


def urls(content: bytes, content_type: str | None = None) -> list[str]:
    return [entry.url for entry in read(content, content_type)[0]]


def test_an_entry_has_date_frequency_and_priority() -> None:
    content = urlset(
        "<url><loc> http://a.example/ </loc><lastmod>2024-10-19T11:21:53+02:00</lastmod>"
        "<changefreq>Weekly</changefreq><priority>0.80</priority></url>"
    )
    ([entry], problems) = read(content)
    assert (entry.url, entry.change_frequency, entry.priority, entry.is_sitemap) == (
        "http://a.example/",
        "weekly",
        "0.8",
        False,
    )
    assert entry.last_modified is not None
    assert entry.last_modified.iso == "2024-10-19T11:21:53+02:00"
    assert problems == []


@pytest.mark.parametrize(
    "entry", ["<lastmod>yesterday</lastmod>", "<changefreq>often</changefreq>", "<priority>2</priority>", "<priority/>"]
)
def test_what_is_not_right_is_left_out(entry: str) -> None:
    ([found], problems) = read(urlset(f"<url><loc>http://a.example/</loc>{entry}</url>"))
    assert found == SitemapEntry("http://a.example/")
    assert problems == []


def test_an_index_names_sitemaps() -> None:
    content = f"<sitemapindex {NAMESPACE}><sitemap><loc>http://a.example/s.xml</loc></sitemap></sitemapindex>"
    reading = SitemapReading(content.encode())
    assert [entry.is_sitemap for entry in reading] == [True]
    assert reading.kind == "index"


def test_gzip_is_unpacked() -> None:
    assert urls(gzip.compress(urlset("<url><loc>http://a.example/</loc></url>"))) == ["http://a.example/"]


def test_a_text_has_a_url_a_line() -> None:
    content = b"\xef\xbb\xbfhttp://a.example/1\r\n\r\n  http://a.example/2  \nnot a url\nhttp://a.example/3"
    found, problems = read(content)
    assert [entry.url for entry in found] == ["http://a.example/1", "http://a.example/2", "http://a.example/3"]
    assert problems == ["1 lines are no URLs"]


def test_a_feed_may_be_a_sitemap() -> None:
    item = "<item><link>http://a.example/1</link><pubDate>Thu, 05 Jan 2017 13:34:51 +0100</pubDate></item>"
    reading = SitemapReading(f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    ([entry]) = reading
    assert (entry.url, entry.last_modified and entry.last_modified.iso) == (
        "http://a.example/1",
        "2017-01-05T13:34:51+01:00",
    )
    assert reading.kind == "feed"


@pytest.mark.parametrize(
    "loc",
    [
        "http://a.example/?a=1&amp;b=2",
        "http://a.example/?a=1&b=2",
        "<![CDATA[http://a.example/?a=1&b=2]]>",
        "<url><![CDATA[http://a.example/?a=1&b=2]]></url>",
        "http://a.example/?a=1<![CDATA[&]]>b=2",
        "\u200b http://a.example/?a=1&#38;b=2\xa0",
        "http://a.example/\x01?a=1&b=2",
    ],
)
def test_urls_are_read_as_they_were_meant(loc: str) -> None:
    assert urls(urlset(f"<url><loc>{loc}</loc></url>")) == ["http://a.example/?a=1&b=2"]


@pytest.mark.parametrize("size", range(60))
def test_ampersands_are_repaired_wherever_a_piece_ends(size: int) -> None:
    # Pieces are 32 KiB: the padding moves the end over all of the entry.
    padding = " " * (32 * 1024 - len(urlset("")) - size + 10)
    entry = "<url><loc>http://a.example/?x=1&y=2&amp;z=3<![CDATA[&u=4]]></loc></url>"
    assert urls(urlset(padding + entry)) == ["http://a.example/?x=1&y=2&z=3&u=4"]


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-8"])
def test_charsets(charset: str) -> None:
    content = f'<?xml version="1.0" encoding="{charset}"?><urlset><url><loc>http://a.example/ü</loc></url></urlset>'
    assert urls(content.encode(charset)) == ["http://a.example/ü"]


def test_other_namespaces_prefixes_and_none_do_no_harm() -> None:
    entry = "<{0}url><{0}loc>http://a.example/</{0}loc></{0}url>"
    assert urls(f"<s:urlset xmlns:s='x'>{entry.format('s:')}</s:urlset>".encode()) == ["http://a.example/"]
    assert urls(f"<urlset>{entry.format('')}</urlset>".encode()) == ["http://a.example/"]


def test_extensions_without_their_namespaces_are_read() -> None:
    image = "<image:image><image:loc>http://a.example/i.jpg</image:loc></image:image>"
    ([entry], _) = read(urlset(f"<url><loc>http://a.example/</loc>{image}</url>"), extensions=("IMAGE",))
    assert entry.extensions == {"IMAGE.loc": ["http://a.example/i.jpg"]}


def test_several_alternates_are_several_values() -> None:
    link = '<xhtml:link rel="alternate" hreflang="{0}" href="http://a.example/{0}"/>'
    ([entry], _) = read(
        urlset(f"<url><loc>http://a.example/</loc>{link.format('de')}{link.format('fr')}</url>"), extensions=("LINKS",)
    )
    assert entry.extensions["LINKS.params.hreflang"] == ["de", "fr"]
    assert entry.extensions["LINKS.href"] == ["http://a.example/de", "http://a.example/fr"]


class TestBroken:
    """What can be read is read, and what could not be is said."""

    def test_one_that_is_cut_off(self) -> None:
        content = urlset("<url><loc>http://a.example/1</loc></url><url><loc>http://a.example/2</loc></url>")
        found, problems = read(content[: content.index(b"/2") + 1])
        assert [entry.url for entry in found] == ["http://a.example/1"], "half a URL is none"
        assert problems == ["line 2: Premature end of data in tag loc line 2"]

    def test_one_that_is_cut_off_after_a_whole_url(self) -> None:
        found, problems = read(b"<sitemapindex><sitemap><loc>http://a.example/1</loc><lastm")
        assert [entry.url for entry in found] == ["http://a.example/1"]
        assert problems

    def test_an_end_tag_that_is_missing(self) -> None:
        found, problems = read(urlset("<url><loc>http://a.example/1</url><url><loc>http://a.example/2</loc></url>"))
        assert {entry.url for entry in found} == {"http://a.example/1", "http://a.example/2"}
        assert "Opening and ending tag mismatch" in problems[0]

    def test_the_last_end_tag_that_is_missing(self) -> None:
        found, problems = read(b"<urlset><url><loc>http://a.example/1</loc></url>")
        assert [entry.url for entry in found] == ["http://a.example/1"]
        assert problems

    def test_gzip_that_is_cut_off(self) -> None:
        packed = gzip.compress(urlset("".join(f"<url><loc>http://a.example/{n}</loc></url>" for n in range(9999))))
        found, problems = read(packed[: len(packed) // 2])
        assert 1000 < len(found) < 9999
        assert problems[0] == "gzip is cut off; the rest could not be read"

    def test_what_is_no_gzip(self) -> None:
        found, problems = read(b"\x1f\x8b\x08 not really")
        assert found == []
        assert problems

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"<!DOCTYPE html><html><body>404</body></html>", "its root is <html>, not that of a sitemap"),
            (b"nothing here", "neither XML nor a list of URLs"),
            (b'{"json": true}', "neither XML nor a list of URLs"),
        ],
    )
    def test_what_is_no_sitemap(self, content: bytes, said: str) -> None:
        found, problems = read(content)
        assert found == []
        assert problems[0] == said


class TestBounds:
    def test_urls(self) -> None:
        content = urlset("<url><loc>http://a.example/</loc></url>" * 11)
        found, problems = read(content, limits=SitemapLimits(None, 10))
        assert len(found) == 10
        assert problems[0] == "more than 10 URLs; the rest was not read"
        assert read(content, limits=SitemapLimits(None, 11))[1] == []

    def test_bytes_unpacked(self) -> None:
        content = urlset("<url><loc>http://a.example/</loc></url>" * 100)
        found, problems = read(gzip.compress(content), limits=SitemapLimits(1000, None))
        assert 10 < len(found) < 100
        assert problems[0] == "longer than 1000 bytes; the rest was not read"

    def test_the_length_of_a_url(self) -> None:
        assert urls(urlset(f"<url><loc>http://a.example/{'x' * 3000}</loc></url>")) == []


class TestSniffing:
    @pytest.mark.parametrize(
        "content",
        [
            urlset(""),
            gzip.compress(urlset(""), mtime=0),
            b"<sitemapindex>",
            b"<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>",
        ],
    )
    def test_finds_sitemaps(self, content: bytes) -> None:
        assert looks_like_sitemap(content, 300)

    @pytest.mark.parametrize(
        "content",
        [
            b"<html><a href='/sitemap.xml'>our sitemap</a>",
            b"<!DOCTYPE html><html><code>http://www.sitemaps.org/schemas/sitemap/0.9</code>",
            b"http://a.example/",
            b"",
            gzip.compress(b"no", mtime=0),
            b"\x1f\x8b",
        ],
    )
    def test_takes_nothing_else_for_one(self, content: bytes) -> None:
        assert not looks_like_sitemap(content, 300)

    def test_looks_no_further_than_it_is_told(self) -> None:
        late = b"<?xml version='1.0'?><!--" + b"licence " * 50 + b"-->" + urlset("")
        assert not looks_like_sitemap(late, 300)
        assert looks_like_sitemap(late, 1024)
        assert looks_like_sitemap(late, 0)
