"""Takes the URLs out of feeds: a thin skin over the feed reader."""

from typing import Any, ClassVar, Final

from streamparse import Bolt, Stream

from spindrift import metadata_keys as names
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.metadata import first, is_true
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.feed_links import FeedLinks
from spindrift.parse.feeds import FeedReading, looks_like_feed
from spindrift.parse.filters import ParseFilters
from spindrift.parse.link_documents import DocumentKind, LinkDocuments

_FEED: Final = DocumentKind("feed", names.IS_FEED, names.FEED_WARNING)


class FeedParserBolt(Bolt):
    """Emits the URLs of feeds (RSS, Atom) as DISCOVERED, and passes on what is no feed.

    In: url, content (bytes), metadata (not changed). A document is a feed where its metadata say isFeed=true, or with
    `feed.sniffContent` where its type or its first bytes do. Emits
    - url, content, metadata as they came, for what is no feed;
    - on `status`: url, metadata, status. Each entry that is let through as DISCOVERED with feed.title,
      feed.publishedDate (ISO) and feed.description; then the feed as FETCHED with isFeed=true, and feed.warning where a
      part of it could not be read, or as ERROR with error.cause, error.source and error.message where nothing could.

    Never fails a tuple. Reads feed.*, sitemap.max.bytes, protocol.md.prefix, urlfilters.config.file,
    parsefilters.config.file (the parse filters see the feed as a page without text and links) and metadata.*.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        links = FeedLinks(settings, URLFilters.from_settings(settings), MetadataTransfer.from_settings(settings))
        self._feeds = LinkDocuments(_FEED, ParseFilters.from_settings(settings), links)
        self._sniff = settings.flag("feed.sniffContent")
        self._max_bytes = settings.limit("sitemap.max.bytes")
        self._content_type = settings.text("protocol.md.prefix") + "content-type"

    def process(self, tup: Any) -> None:
        url, content, metadata = tup.values[:3]
        content_type = first(metadata, self._content_type)
        if not (is_true(metadata, names.IS_FEED) or (self._sniff and looks_like_feed(content, content_type))):
            self.emit(tup.values)
            return
        reading = FeedReading(content, content_type, self._max_bytes)
        for target, found, status in self._feeds.statuses(url, content, metadata, reading, self.clock.time()):
            self.emit([target, found, status.value], stream="status")
