"""Reads sitemaps (https://www.sitemaps.org/protocol.html): XML, indexes, plain text, feeds; also in gzip."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from lxml import etree

from spindrift.metadata import Metadata
from spindrift.parse.charset import find_charset, incremental_decoder
from spindrift.parse.feeds import FeedReading, looks_like_feed
from spindrift.parse.sitemap_extensions import extension_metadata
from spindrift.parse.timestamps import Timestamp, parse_timestamp
from spindrift.parse.xml_stream import XmlElements, is_gzip, local_name, plain_pieces, text_of

CHANGE_FREQUENCIES: Final = frozenset({"always", "hourly", "daily", "weekly", "monthly", "yearly", "never"})
MAX_URL: Final = 2048
"""Characters of a URL, by the protocol; longer ones are no entries."""
_ENTRY_OF: Final = {"url": "urlset", "sitemap": "sitemapindex"}
_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_CLUE: Final = re.compile(
    rb"<(?:[\w-]{1,30}:)?(?:urlset|sitemapindex)[\s>]|www\.sitemaps\.org/schemas/sitemap/0\.9", re.IGNORECASE
)
_HEAD: Final = 4096


@dataclass(slots=True)
class SitemapEntry:
    """One URL of a sitemap, as it stands there; what cannot be read is empty."""

    url: str
    is_sitemap: bool = False
    """An entry of an index."""
    last_modified: Timestamp | None = None
    change_frequency: str = ""
    """One of CHANGE_FREQUENCIES."""
    priority: str = ""
    """0.0 to 1.0."""
    extensions: Metadata = field(default_factory=dict)
    base: str | None = None


@dataclass(frozen=True, slots=True)
class SitemapLimits:
    """How much of a sitemap is read: unpacked bytes, and URLs (the protocol's limits). None: all."""

    max_bytes: int | None = 50 * 1024 * 1024
    max_urls: int | None = 50_000


class SitemapReading:
    """The entries of a sitemap, to be iterated over once; afterwards `problems` says what could not be read.

    `extensions` are those of the protocol whose metadata are wanted.
    """

    def __init__(
        self,
        content: bytes,
        content_type: str | None = None,
        *,
        extensions: Sequence[str] = (),
        limits: SitemapLimits | None = None,
    ) -> None:
        self._content = content
        self._content_type = content_type
        self._extensions = extensions
        self._limits = limits or SitemapLimits()
        self.problems: list[str] = []
        self.kind = ""
        """`xml`, `index`, `text` or `feed`, once the first entry is there; empty for what is none of them."""
        self.count = 0
        """Entries up to now."""

    def __iter__(self) -> Iterator[SitemapEntry]:
        limit = self._limits.max_urls
        entries = self._entries()
        for entry in islice(entries, limit):
            self.count += 1
            yield entry
        if limit is not None and next(entries, None) is not None:
            self.problems.append(f"more than {limit} URLs; the rest was not read")

    def _entries(self) -> Iterator[SitemapEntry]:
        pieces = plain_pieces(self._content, self._limits.max_bytes, self.problems)
        first = next(pieces, b"")
        head = _ascii_start(first)
        pieces = chain((first,), pieces)
        if not head:
            self.problems.append("empty")
        elif not head.startswith(b"<"):
            yield from self._of_text(pieces, first)
        elif not is_gzip(self._content) and looks_like_feed(first, None):
            yield from self._of_feed()
        else:
            yield from self._of_xml(pieces)

    def _of_xml(self, pieces: Iterable[bytes]) -> Iterator[SitemapEntry]:
        elements = XmlElements(tuple(_ENTRY_OF), self.problems, complete_with="loc")
        for element in elements.read(pieces, self._content_type):
            self.kind = self.kind or ("index" if local_name(element) == "sitemap" else "xml")
            yield from self._of_element(element)
        if not self.kind:
            root = elements.root
            if root in _ROOTS:
                self.kind = "index" if root == "sitemapindex" else "xml"
            else:
                self.problems.insert(0, f"its root is <{root}>, not that of a sitemap" if root else "no XML")

    def _of_element(self, element: etree._Element) -> Iterator[SitemapEntry]:
        urls: list[str] = []
        values: dict[str, str] = {}
        for child in element:
            name = local_name(child)
            if name == "loc":
                urls.append(text_of(child))
            elif name in ("lastmod", "changefreq", "priority"):
                values.setdefault(name, text_of(child))
        if not any(urls):
            return
        extensions = extension_metadata(element, self._extensions) if self._extensions else {}
        frequency = values.get("changefreq", "").lower()
        for url in urls:
            if url and len(url) <= MAX_URL:
                yield SitemapEntry(
                    url,
                    local_name(element) == "sitemap",
                    parse_timestamp(values.get("lastmod")),
                    frequency if frequency in CHANGE_FREQUENCIES else "",
                    _priority(values.get("priority", "")),
                    extensions,
                )

    def _of_text(self, pieces: Iterable[bytes], first: bytes) -> Iterator[SitemapEntry]:
        """One URL a line. Lines that are no URLs are passed over."""
        charset = find_charset(first, self._content_type, len(first))
        bad = 0
        for line in _lines(pieces, charset):
            text = line.strip(" \t\ufeff")
            if text.lower().startswith(("http://", "https://")) and len(text) <= MAX_URL and " " not in text:
                self.kind = "text"
                yield SitemapEntry(text)
            elif text:
                bad += 1
        if bad:
            self.problems.append(f"{bad} lines are no URLs" if self.kind else "neither XML nor a list of URLs")

    def _of_feed(self) -> Iterator[SitemapEntry]:
        feed = FeedReading(self._content, self._content_type, self._limits.max_bytes)
        for entry in feed:
            self.kind = "feed"
            yield SitemapEntry(entry.url, last_modified=entry.published, base=entry.base)
        if feed.is_feed:
            self.kind = "feed"
        self.problems += feed.problems


def looks_like_sitemap(content: bytes, guess_bytes: int) -> bool:
    """Whether the first `guess_bytes` (0: all), unpacked, show a sitemap. Costs next to nothing for an HTML page."""
    if is_gzip(content):
        content = b"".join(islice(plain_pieces(content, max(guess_bytes, 1) if guess_bytes else None, []), 1))
    head = content[:guess_bytes] if guess_bytes > 0 else content
    if b"sitemap" not in head and b"urlset" not in head:
        return False
    return _CLUE.search(head) is not None and b"<html" not in head


def _ascii_start(first: bytes) -> bytes:
    start = first[:_HEAD]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[2:].replace(b"\x00", b"")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _lines(pieces: Iterable[bytes], charset: str) -> Iterator[str]:
    """The lines of the text; what is longer than a URL may be is cut, as it is none."""
    decoder = incremental_decoder(charset)
    rest = ""
    for piece in pieces:
        lines = (rest + decoder.decode(piece)).replace("\r", "\n").split("\n")
        rest = lines.pop()[: 2 * MAX_URL]
        yield from lines
    yield rest


def _priority(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return ""
    return f"{value:g}" if 0 <= value <= 1 else ""
