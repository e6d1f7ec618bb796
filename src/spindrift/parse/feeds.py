"""Reads feeds: RSS 0.9x, 1.0 and 2.0, and Atom (RFC 4287)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from spindrift.parse.mime import SNIFFED_BYTES, essence
from spindrift.parse.timestamps import Timestamp, parse_timestamp
from spindrift.parse.xml_stream import XmlElements, local_name, plain_pieces, text_of

ROOTS: Final = frozenset({"rss", "feed", "RDF"})
_ENTRIES: Final = ("item", "entry")
_DATES: Final = ("pubDate", "published", "issued", "date", "updated", "modified")
_DESCRIPTIONS: Final = ("description", "summary")
_FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_PROLOGUE_AND_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]{0,500}>|<!--.{0,1000}?-->|<!DOCTYPE[^>\[]{0,300}(?:\[[^\]]{0,1000}\])?\s*>)*"
    rb"<(?:rss[\s>]|(?:\w{1,20}:)?feed[\s>]|rdf:RDF[\s>])",
    re.DOTALL | re.IGNORECASE,
)
_RDF_NAMESPACES: Final = (b"purl.org/rss/1.0", b"my.netscape.com/rdf/simple/0.9", b"purl.org/net/rss")
_CLUES: Final = (b"<rss", b"feed", b"<rdf:RDF", b"<RSS")
MAX_TITLE: Final = 1000
MAX_DESCRIPTION: Final = 10_000


@dataclass(slots=True)
class FeedEntry:
    """One entry. `url` as the feed writes it, absolute only where the feed is clean about it (or has an xml:base)."""

    url: str
    title: str
    published: Timestamp | None
    description: str
    """Often HTML."""
    base: str | None = None
    """The xml:base that `url` is relative to."""


class FeedReading:
    """The entries of a feed, to be iterated over once; afterwards `problems` says what could not be read."""

    def __init__(self, content: bytes, content_type: str | None = None, max_bytes: int | None = None) -> None:
        self._content = content
        self._content_type = content_type
        self._max_bytes = max_bytes
        self.problems: list[str] = []
        self.is_feed = False
        """Known after the iteration: whether the document is a feed, if perhaps an empty one."""
        self.count = 0
        """Entries up to now."""

    def __iter__(self) -> Iterator[FeedEntry]:
        elements = XmlElements(_ENTRIES, self.problems)
        pieces = plain_pieces(self._content, self._max_bytes, self.problems)
        for element in elements.read(pieces, self._content_type):
            entry = _entry(element)
            if entry is not None:
                self.count += 1
                yield entry
        self.is_feed = elements.root in ROOTS
        if not self.is_feed:
            self.problems.insert(0, f"its root is <{elements.root}>, not that of a feed" if elements.root else "no XML")


def looks_like_feed(content: bytes, content_type: str | None) -> bool:
    """Whether the header says so, or the first bytes. Costs next to nothing for an HTML page."""
    if content[:14].lower() == b"<!doctype html":
        return False
    head = content[:SNIFFED_BYTES]
    if not any(clue in head for clue in _CLUES):
        return essence(content_type) in _FEED_TYPES and head.lstrip()[:1] == b"<" and b"<html" not in head.lower()
    match = _PROLOGUE_AND_ROOT.match(head)
    if match is None:
        return False
    return not match[0].endswith((b"RDF ", b"RDF>", b"RDF\n")) or any(name in head for name in _RDF_NAMESPACES)


def _entry(element: etree._Element) -> FeedEntry | None:
    children: dict[str, list[etree._Element]] = {}
    for child in element:
        children.setdefault(local_name(child), []).append(child)
    url = _url(element, children)
    if not url:
        return None
    return FeedEntry(
        url=url,
        title=_first_text(children, ("title",))[:MAX_TITLE],
        published=_published(children),
        description=_first_text(children, _DESCRIPTIONS)[:MAX_DESCRIPTION],
        base=element.base,
    )


def _url(element: etree._Element, children: dict[str, list[etree._Element]]) -> str:
    """RSS: the text of link, or a guid that is a URL. Atom: the href of the alternate link, or an id that is a URL."""
    other = ""
    for link in children.get("link", ()):
        if text := text_of(link):
            return text
        if href := (link.get("href") or "").strip():
            if (link.get("rel") or "alternate") == "alternate":
                return href
            other = other or href if link.get("rel") not in ("self", "edit", "replies", "enclosure") else other
    for name in ("guid", "id"):
        for child in children.get(name, ()):
            text = text_of(child)
            if text.lower().startswith(("http://", "https://")):
                return text
    return other or next((str(value) for name, value in element.attrib.items() if str(name).endswith("}about")), "")


def _published(children: dict[str, list[etree._Element]]) -> Timestamp | None:
    for name in _DATES:
        for child in children.get(name, ()):
            if (timestamp := parse_timestamp(text_of(child))) is not None:
                return timestamp
    return None


def _first_text(children: dict[str, list[etree._Element]], names: tuple[str, ...]) -> str:
    for name in names:
        for child in children.get(name, ()):
            if text := text_of(child):
                return text
    return ""
