"""When a crawl has done enough."""

from dataclasses import dataclass
from typing import Self

from spindrift.conf import Settings
from spindrift.crawl.progress import items_of, merged, pages_of
from spindrift.crawl.summary import Ending
from spindrift.local.stats import TopologyStats


@dataclass(frozen=True, slots=True)
class StopConditions:
    """Limits of one run; None: none. Pages are exact; of the others, what is in flight may come on top."""

    pages: int | None = None
    items: int | None = None
    errors: int | None = None
    bytes: int | None = None
    seconds: float | None = None

    @classmethod
    def from_settings(cls, settings: Settings, seconds: float | None = None) -> Self:
        """By crawl.max.pages, .items, .errors, .bytes and .time; `seconds`, where given, in place of the last."""
        return cls(
            pages=settings.limit("crawl.max.pages"),
            items=settings.limit("crawl.max.items"),
            errors=settings.limit("crawl.max.errors"),
            bytes=settings.limit("crawl.max.bytes"),
            seconds=settings.seconds_or_none("crawl.max.time") if seconds is None else seconds,
        )

    def reached(self, elapsed: float, stats: TopologyStats) -> Ending | None:
        """The ending of a run that has come to one of its limits after `elapsed` seconds."""
        if self.seconds is not None and elapsed >= self.seconds:
            return Ending.TIME
        if self.pages is not None and pages_of(stats) >= self.pages:
            return Ending.MAX_PAGES
        if self.items is not None and items_of(stats) >= self.items:
            return Ending.MAX_ITEMS
        if self.errors is not None or self.bytes is not None:
            fetcher = merged(stats, "fetch", "fetcher")
            if self.errors is not None and fetcher.get("errors", 0) >= self.errors:
                return Ending.MAX_ERRORS
            if self.bytes is not None and fetcher.get("bytes", 0) >= self.bytes:
                return Ending.MAX_BYTES
        return None
