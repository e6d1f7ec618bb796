"""From the entries of a feed to the URLs that it makes known: filtered, each once, with their metadata."""

from collections.abc import Iterable, Iterator
from typing import Final

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.feeds import FeedEntry
from spindrift.parse.links import resolve_link
from spindrift.parse.outlinks import URLFilterChain

MAX_ENTRIES: Final = 50_000


class FeedLinks:
    """Chooses among the entries of feeds, and gives them their metadata. Reads feed.filter.hours.since.published."""

    def __init__(self, settings: Settings, filters: URLFilterChain, transfer: MetadataTransfer) -> None:
        self._filters = filters
        self._transfer = transfer
        self._max_age = settings.seconds_or_none("feed.filter.hours.since.published")

    def discovered(
        self, url: str, metadata: Metadata, entries: Iterable[FeedEntry], now: float
    ) -> Iterator[tuple[str, Metadata]]:
        """URL and metadata of each entry of the feed at `url` that is let through, each target once."""
        metadata_of = self._transfer.for_source(url, metadata)
        seen: set[str] = {url}
        for entry in entries:
            if len(seen) > MAX_ENTRIES:
                return
            target = resolve_link(resolve_link(url, entry.base) or url if entry.base else url, entry.url)
            if target is None or self._is_old(entry, now):
                continue
            kept = self._filters.filter(url, metadata, target)
            if kept is None or kept in seen:
                continue
            seen.add(kept)
            yield kept, metadata_of(kept) | _metadata(entry)

    def _is_old(self, entry: FeedEntry, now: float) -> bool:
        if self._max_age is None or entry.published is None:
            return False
        return now - entry.published.moment > self._max_age


def _metadata(entry: FeedEntry) -> Metadata:
    found = {
        keys.FEED_TITLE: entry.title,
        keys.FEED_PUBLISHED: entry.published.iso if entry.published else "",
        keys.FEED_DESCRIPTION: entry.description,
    }
    return {key: [value] for key, value in found.items() if value}
