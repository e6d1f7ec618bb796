"""From the links of a page to the URLs that it makes known: filtered, each once, with their metadata."""

from collections.abc import Iterator
from typing import Protocol

from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.metadata_keys import ANCHORS
from spindrift.metadata_transfer import MetadataTransfer, is_file_from_web
from spindrift.parse.page import Link, Page


class URLFilterChain(Protocol):
    """Decides on URLs; `spindrift.filtering.URLFilters`."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """The URL, perhaps rewritten; None: refused."""
        ...


class Outlinks:
    """Filters the links of pages, and gives them their metadata.

    Reads parser.emitOutlinks, parser.emitOutlinks.max.per.page and track.anchors.
    """

    def __init__(self, settings: Settings, filters: URLFilterChain, transfer: MetadataTransfer) -> None:
        self._filters = filters
        self._transfer = transfer
        self._wanted = settings.flag("parser.emitOutlinks")
        self._limit = settings.limit("parser.emitOutlinks.max.per.page")
        self._track_anchors = settings.flag("track.anchors")
        self.kept = 0
        self.filtered = 0
        """Links so far that the URL filters have let through, and refused."""

    def filter(self, page: Page) -> None:
        """Leave in `page.links` what the URL filters let through, each target once and anchors merged, up to the limit.

        The page itself is no link, and no page of the web leads to files. May be called again when links were added:
        those that have passed are not asked for again, as filters need not be idempotent.
        """
        if not (self._wanted and page.follow):
            page.links = []
            return
        passed: dict[str, Link] = {}
        url, metadata, limit = page.url, page.metadata, self._limit
        passes = self._filters.filter
        refused = () if url.startswith("file:") else ("file:",)
        for link in page.links:
            if limit is not None and len(passed) >= limit:
                break
            if not link.accepted:
                target = passes(url, metadata, link.url)
                if target is None or target == url or target.startswith(refused):
                    self.filtered += target != url
                    continue
                self.kept += 1
                link.url = target
                link.accepted = True
            known = passed.setdefault(link.url, link)
            if known is not link:
                for anchor in link.anchors:
                    known.add_anchor(anchor)
        page.links = list(passed.values())

    def discovered(self, page: Page) -> Iterator[tuple[str, Metadata]]:
        """URL and metadata of every link that was let through; made one by one, as a page may have 100,000."""
        metadata_of = self._transfer.for_source(page.url, page.metadata)
        for link in page.links:
            metadata = metadata_of(link.url)
            if self._track_anchors and link.anchor:
                metadata[ANCHORS] = link.anchors
            yield link.url, metadata

    def redirect(self, page: Page) -> tuple[str, Metadata] | None:
        """URL and metadata of the target of `page.redirect`; None where there is none, or it is refused."""
        if page.redirect is None:
            return None
        target = self._filters.filter(page.url, page.metadata, page.redirect)
        if target is None or target == page.url or is_file_from_web(page.url, target):
            return None
        return target, self._transfer.outlink(target, page.url, page.metadata)
