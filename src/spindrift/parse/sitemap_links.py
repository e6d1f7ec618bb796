"""From the entries of a sitemap to the URLs that it makes known: those it may speak of, filtered, with metadata."""

from collections.abc import Iterable, Iterator
from typing import Final

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.links import resolve_link
from spindrift.parse.outlinks import URLFilterChain
from spindrift.parse.sitemaps import SitemapEntry
from spindrift.scheduling.default import DELAY_MINUTES
from spindrift.urls import host_of

_HOUR: Final = 3600.0


class SitemapLinks:
    """Chooses among the entries of sitemaps, and gives them their metadata.

    A sitemap may speak of URLs on its own host, and on those whose robots.txt names it (`sitemap.hosts`; "cross
    submission" in the protocol); a leading `www.` makes no difference. With `sitemap.other.hosts` it may of all.

    Reads sitemap.other.hosts, sitemap.filter.hours.since.modified and sitemap.schedule.delay.
    """

    def __init__(self, settings: Settings, filters: URLFilterChain, transfer: MetadataTransfer) -> None:
        self._filters = filters
        self._transfer = transfer
        self._any_host = settings.flag("sitemap.other.hosts")
        self._max_age = settings.seconds_or_none("sitemap.filter.hours.since.modified")
        self._delay = settings.seconds_or_none("sitemap.schedule.delay")

    def discovered(
        self, url: str, metadata: Metadata, entries: Iterable[SitemapEntry], now: float
    ) -> Iterator[tuple[str, Metadata]]:
        """URL and metadata of each entry of the sitemap at `url` that is let through, each target once."""
        hosts = {_without_www(host) for host in (host_of(url), *metadata.get(keys.SITEMAP_HOSTS, ()))}
        metadata_of = self._transfer.for_source(url, metadata)
        seen: set[str] = {url}
        sitemaps = 0
        for entry in entries:
            target = resolve_link(entry.base or url, entry.url)
            if target is None or not (self._any_host or _without_www(host_of(target)) in hosts):
                continue
            if self._is_old(entry, now):
                continue
            kept = self._filters.filter(url, metadata, target)
            if kept is None or kept in seen:
                continue
            seen.add(kept)
            found = metadata_of(kept) | _metadata(entry)
            if entry.is_sitemap:
                # The hosts that vouch for an index vouch for its parts.
                if keys.SITEMAP_HOSTS in metadata:
                    found[keys.SITEMAP_HOSTS] = list(metadata[keys.SITEMAP_HOSTS])
                if self._delay and sitemaps:
                    found[DELAY_MINUTES] = [f"{sitemaps * self._delay / 60:g}"]
                sitemaps += 1
            yield kept, found

    def _is_old(self, entry: SitemapEntry, now: float) -> bool:
        if self._max_age is None or entry.last_modified is None:
            return False
        # A date alone may mean the end of its day.
        age = now - entry.last_modified.moment - (24 * _HOUR if entry.last_modified.is_date else 0)
        return age > self._max_age


def _metadata(entry: SitemapEntry) -> Metadata:
    metadata: Metadata = {keys.IS_SITEMAP: ["true" if entry.is_sitemap else "false"]}
    if entry.last_modified is not None:
        metadata[keys.SITEMAP_LAST_MODIFIED] = [entry.last_modified.iso]
    if entry.change_frequency:
        metadata[keys.SITEMAP_CHANGE_FREQUENCY] = [entry.change_frequency]
    if entry.priority:
        metadata[keys.SITEMAP_PRIORITY] = [entry.priority]
    for key, values in entry.extensions.items():
        metadata[key] = list(values)
    return metadata


def _without_www(host: str) -> str:
    return host.removeprefix("www.")
