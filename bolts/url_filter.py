"""Filters URLs on their way: a thin skin over the URL filters."""

from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift import metadata_keys as names
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.metadata import Metadata, copy
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.status import Status

URL_FILTER = "URL filter"


class URLFilterBolt(Bolt):
    """Asks the URL filters about each URL itself, as if it were a seed (source None, depth -1).

    In, and out by the stream that it came in on:
    - default: url, metadata (say, of a spout). What passes goes on. What is refused becomes an ERROR on `status`, with
      error.cause `URL filter` and the filter's name in error.message: whoever gave out the URL learns its end. What is
      rewritten becomes a REDIRECTION there, with the new URL as DISCOVERED;
    - `status`: url, metadata, status. A DISCOVERED URL goes on as it is rewritten, or is dropped. Others are known
      already: they go on under their own URL, as ERROR where they are refused.

    With `urlfilters.discovered.only`, the rest is not looked at. Reads urlfilters.* and metadata.*; a file of its own
    is given by the bolt's config: `URLFilterBolt.spec(config={"urlfilters.config.file": "seedfilters.json"})`. Never
    fails a tuple.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._filters = URLFilters.from_settings(settings)
        self._transfer = MetadataTransfer.from_settings(settings)
        self._discovered_only = settings.flag("urlfilters.discovered.only")

    def process(self, tup: Any) -> None:
        if tup.stream == "status":
            self._filter_status(*tup.values[:3])
        else:
            self._filter_url(*tup.values[:2])

    def _filter_url(self, url: str, metadata: Metadata) -> None:
        kept, by = (url, None) if self._discovered_only else self._filters.verdict(None, _BEFORE_A_SEED, url)
        if kept is None:
            self._emit_refused(url, metadata, by)
        elif kept == url:
            self.emit([url, metadata])
        else:
            metadata = copy(metadata)
            metadata[names.REDIRECT_TO] = [kept]
            target = self._transfer.outlink(kept, url, metadata)
            self.emit([kept, target, Status.DISCOVERED.value], stream="status")
            self.emit([url, metadata, Status.REDIRECTION.value], stream="status")

    def _filter_status(self, url: str, metadata: Metadata, status: str) -> None:
        discovered = status == Status.DISCOVERED.value
        if self._discovered_only and not discovered:
            self.emit([url, metadata, status], stream="status")
            return
        kept, by = self._filters.verdict(None, _BEFORE_A_SEED, url)
        if discovered:
            if kept is not None:
                self.emit([kept, metadata, status], stream="status")
        elif kept is None:
            self._emit_refused(url, metadata, by)
        else:
            self.emit([url, metadata, status], stream="status")

    def _emit_refused(self, url: str, metadata: Metadata, by: str | None) -> None:
        metadata = copy(metadata)
        metadata[names.ERROR_CAUSE] = [URL_FILTER]
        metadata[names.ERROR_MESSAGE] = [f"refused by {by}"]
        self.emit([url, metadata, Status.ERROR.value], stream="status")


_BEFORE_A_SEED: Metadata = {names.DEPTH: ["-1"]}
