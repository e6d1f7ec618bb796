"""The sitemaps and the feed of the generated web: an index, its two parts (one of them gzip), and RSS."""

import gzip
from collections.abc import Sequence
from html import escape

from spindrift.demo.server import Answer

INDEX, PACKED, MORE, FEED = "/sitemap_index.xml", "/sitemap-pages.xml.gz", "/sitemap-more.xml", "/feed.xml"
DOCUMENTS = (INDEX, PACKED, MORE, FEED)
ONLY_IN_SITEMAP, ONLY_IN_FEED = "/only-in-the-sitemap.html", "/only-in-the-feed.html"
HIDDEN_PAGES = (ONLY_IN_SITEMAP, ONLY_IN_FEED)
CHANGED = "2024-01-01"
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XML = {"Content-Type": "application/xml"}


def documents(base: str, pages: Sequence[str]) -> dict[str, Answer]:
    """By path, what the host at `base` (scheme and authority) answers; `pages` are its ordinary pages."""
    packed = gzip.compress(_urlset(pages).encode(), mtime=0)
    hidden = {
        path: Answer(200, f"<title>{title}</title><p>No page links here: {title.lower()} does.".encode())
        for path, title in ((ONLY_IN_SITEMAP, "The sitemap"), (ONLY_IN_FEED, "The feed"))
    }
    return hidden | {
        INDEX: Answer(200, _index([base + PACKED, base + MORE]).encode(), dict(_XML)),
        PACKED: Answer(200, packed, {"Content-Type": "application/gzip"}),
        MORE: Answer(200, _urlset([base + ONLY_IN_SITEMAP]).encode(), dict(_XML)),
        FEED: Answer(200, _feed(base).encode(), {"Content-Type": "application/rss+xml"}),
    }


def _index(sitemaps: Sequence[str]) -> str:
    entries = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{CHANGED}</lastmod></sitemap>" for url in sitemaps)
    return f"{_DECLARATION}<sitemapindex {_SITEMAPS}>{entries}</sitemapindex>\n"


def _urlset(urls: Sequence[str]) -> str:
    entries = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{CHANGED}</lastmod><changefreq>weekly</changefreq></url>\n"
        for url in urls
    )
    return f"{_DECLARATION}<urlset {_SITEMAPS}>\n{entries}</urlset>\n"


def _feed(base: str) -> str:
    item = (
        f"<item><title>Only here</title><link>{escape(base + ONLY_IN_FEED)}</link>"
        "<pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate><description>A page that only the feed names.</description>"
        "</item>"
    )
    return f'{_DECLARATION}<rss version="2.0"><channel><title>News</title>{item}</channel></rss>\n'
