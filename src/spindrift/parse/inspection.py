"""What the parser and the filters make of one page, link by link: for people who write filters."""

from dataclasses import dataclass
from typing import Any

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.metadata import Metadata, first
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.filters import ParseFilters
from spindrift.parse.outlinks import Outlinks
from spindrift.parse.page import Page
from spindrift.parse.parser import TITLE, PageParser
from spindrift.urls import normalize
from spindrift.urls.credentials import without_credentials


@dataclass(frozen=True, slots=True)
class DroppedLink:
    """A link that is not followed. `by`: the URL filter that refused it, or why else."""

    url: str
    by: str


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A link that is followed; `found` is what stood on the page where the filters rewrote it."""

    url: str
    anchor: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A page after the parse filters, and what became of its links, in the order of the page."""

    page: Page
    kept: tuple[KeptLink, ...]
    dropped: tuple[DroppedLink, ...]

    @property
    def robots(self) -> dict[str, bool]:
        """Its robots directives, of headers and meta elements."""
        metadata = self.page.metadata
        names = {"noindex": keys.NO_INDEX, "nofollow": keys.NO_FOLLOW, "noarchive": keys.NO_CACHE}
        return {name: first(metadata, key) == "true" for name, key in names.items()}

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        page = self.page
        return {
            "url": page.url,
            "mime_type": page.mime_type,
            "title": first(page.metadata, TITLE),
            "text": page.text,
            "redirect": page.redirect,
            "robots": self.robots,
            "links": [{"url": link.url, "anchor": link.anchor, "found": link.found or link.url} for link in self.kept],
            "dropped": [{"url": link.url, "by": link.by} for link in self.dropped],
            "metadata": page.metadata,
        }


class PageInspector:
    """Parses and filters pages as the crawl's parser bolt does, and keeps the reasons.

    Raises ConfigurationError where the configuration does not fit.
    """

    def __init__(self, settings: Settings) -> None:
        self._parser = PageParser.from_settings(settings)
        self._lenient_parser = PageParser.from_settings(settings.overlaid({"robots.noFollow.strict": False}))
        self._url_filters = URLFilters.from_settings(settings)
        self._parse_filters = ParseFilters.from_settings(settings)
        self._outlinks = Outlinks(settings, self._url_filters, MetadataTransfer.from_settings(settings))

    def inspect(self, url: str, content: bytes, metadata: Metadata) -> Inspection:
        """Raises ParseFilterError where a parse filter raises."""
        url = without_credentials(normalize(url) or url)
        page = self._parser.parse(url, content, metadata)
        dropped: dict[str, DroppedLink] = {}
        found: dict[str, str] = {}
        followed = {link.url for link in page.links}
        for link in self._lenient_parser.parse(url, content, metadata).links:
            if link.nofollow and link.url not in followed:
                dropped[link.url] = DroppedLink(link.url, "nofollow")
        self._filter(page, dropped, found)
        self._parse_filters.filter(page)
        # Once more, for the links that parse filters have added.
        self._filter(page, dropped, found)
        for link in page.links:  # a parse filter may have found it again
            dropped.pop(found.get(link.url, link.url), None)
        kept = tuple(KeptLink(link.url, link.anchor, found.get(link.url, "")) for link in page.links)
        page.tree = page._soup = None  # of no more use, and nothing to be sent to another process
        return Inspection(page, kept, tuple(dropped.values()))

    def _filter(self, page: Page, dropped: dict[str, DroppedLink], found: dict[str, str]) -> None:
        before = [link.url for link in page.links if not link.accepted]
        verdicts = {url: self._url_filters.verdict(page.url, page.metadata, url) for url in before}
        self._outlinks.filter(page)
        kept = {link.url for link in page.links}
        for url, verdict in verdicts.items():
            if verdict.url is None:
                dropped[url] = DroppedLink(url, verdict.by or "")
            elif verdict.url not in kept:
                dropped[url] = DroppedLink(url, _why(page, verdict.url))
            elif verdict.url != url:
                found[verdict.url] = url


def _why(page: Page, url: str) -> str:
    """Why a link is not followed that no filter refuses."""
    if url == page.url:
        return "the page itself"
    return "parser.emitOutlinks.max.per.page" if page.follow and page.links else "parser.emitOutlinks or nofollow"
