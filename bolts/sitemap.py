"""Takes the URLs out of sitemaps: a thin skin over the sitemap reader."""

from typing import Any, ClassVar, Final

from streamparse import Bolt, Stream

from spindrift import metadata_keys as names
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.metadata import first
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.filters import ParseFilters
from spindrift.parse.link_documents import DocumentKind, LinkDocuments
from spindrift.parse.sitemap_extensions import wanted_extensions
from spindrift.parse.sitemap_links import SitemapLinks
from spindrift.parse.sitemaps import SitemapLimits, SitemapReading, looks_like_sitemap

_SITEMAP: Final = DocumentKind("sitemap", names.IS_SITEMAP, names.SITEMAP_WARNING)


class SiteMapParserBolt(Bolt):
    """Emits the URLs of sitemaps as DISCOVERED, and passes on what is no sitemap.

    In: url, content (bytes), metadata (not changed). A document is a sitemap where its metadata say isSitemap=true;
    where they say nothing of it, its first `sitemap.offset.guess` bytes decide. Emits
    - url, content, metadata as they came, for what is no sitemap;
    - on `status`: url, metadata, status. Each entry that is let through as DISCOVERED with isSitemap (true: of an
      index), sitemap.lastModified (ISO), sitemap.changefreq, sitemap.priority and the `sitemap.extensions`; then the
      sitemap as FETCHED, with sitemap.warning where a part of it could not be read, or as ERROR with error.cause,
      error.source and error.message where nothing could.

    Never fails a tuple. Reads sitemap.*, protocol.md.prefix, urlfilters.config.file, parsefilters.config.file (the
    parse filters see the sitemap as a page without text and links) and metadata.*.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        links = SitemapLinks(settings, URLFilters.from_settings(settings), MetadataTransfer.from_settings(settings))
        self._sitemaps = LinkDocuments(_SITEMAP, ParseFilters.from_settings(settings), links)
        self._extensions = wanted_extensions(settings)
        self._limits = SitemapLimits(settings.limit("sitemap.max.bytes"), settings.limit("sitemap.max.urls"))
        self._guess_bytes = settings.integer("sitemap.offset.guess")
        self._content_type = settings.text("protocol.md.prefix") + "content-type"

    def process(self, tup: Any) -> None:
        url, content, metadata = tup.values[:3]
        told = first(metadata, names.IS_SITEMAP)
        wanted = looks_like_sitemap(content, self._guess_bytes) if told is None else told.lower() == "true"
        if not wanted:
            self.emit(tup.values)
            return
        reading = SitemapReading(
            content, first(metadata, self._content_type), extensions=self._extensions, limits=self._limits
        )
        for target, found, status in self._sitemaps.statuses(url, content, metadata, reading, self.clock.time()):
            self.emit([target, found, status.value], stream="status")
