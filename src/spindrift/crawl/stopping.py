"""When a crawl has done enough."""

from dataclasses import dataclass
from typing import Final, Self

from spindrift.conf import Settings
from spindrift.crawl.progress import items_of, merged, pages_of
from spindrift.crawl.summary import Ending
from spindrift.local.stats import TopologyStats

_SETTLED: Final = 3.0
"""Seconds: fetcher and indexer report once a second, and pages are between them for a while."""


@dataclass(slots=True)
class Drought:
    """Notices that a run brings nothing for the index any more, for `seconds` or `answers` in a row; None: no limit."""

    seconds: float | None = None
    answers: int | None = None
    _items: int = 0
    _since: float = 0.0
    _answers: int = 0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """By crawl.max.time.no.item and crawl.max.pages.no.item; None where neither is set."""
        seconds = settings.seconds_or_none("crawl.max.time.no.item")
        answers = settings.limit("crawl.max.pages.no.item")
        return None if seconds is None and answers is None else cls(seconds, answers)

    def reached(self, elapsed: float, items: int, answers: int) -> bool:
        """Whether it has been too long, `elapsed` seconds after the start; to be asked now and then, in order."""
        if items != self._items:
            self._items, self._since, self._answers = items, elapsed, answers
            return False
        silent = elapsed - self._since
        return (self.seconds is not None and silent >= self.seconds) or (
            self.answers is not None and silent >= _SETTLED and answers - self._answers >= self.answers
        )


@dataclass(frozen=True, slots=True)
class StopConditions:
    """Limits of one run; None: none. Pages are exact; of the others, what is in flight may come on top."""

    pages: int | None = None
    items: int | None = None
    errors: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    drought: Drought | None = None

    @classmethod
    def from_settings(cls, settings: Settings, seconds: float | None = None) -> Self:
        """By crawl.max.pages, .items, .errors, .bytes, .time (`seconds`, where given, in its place) and .*.no.item."""
        return cls(
            pages=settings.limit("crawl.max.pages"),
            items=settings.limit("crawl.max.items"),
            errors=settings.limit("crawl.max.errors"),
            bytes=settings.limit("crawl.max.bytes"),
            seconds=settings.seconds_or_none("crawl.max.time") if seconds is None else seconds,
            drought=Drought.from_settings(settings),
        )

    def reached(self, elapsed: float, stats: TopologyStats) -> Ending | None:
        """The ending of a run that has come to one of its limits after `elapsed` seconds."""
        if self.seconds is not None and elapsed >= self.seconds:
            return Ending.TIME
        if self.pages is not None and pages_of(stats) >= self.pages:
            return Ending.MAX_PAGES
        if self.items is not None and items_of(stats) >= self.items:
            return Ending.MAX_ITEMS
        if self.errors is None and self.bytes is None and self.drought is None:
            return None
        fetcher = merged(stats, "fetch", "fetcher")
        if self.errors is not None and fetcher.get("errors", 0) >= self.errors:
            return Ending.MAX_ERRORS
        if self.bytes is not None and fetcher.get("bytes", 0) >= self.bytes:
            return Ending.MAX_BYTES
        if self.drought is None:
            return None
        answers = sum(fetcher.get("status_codes", {}).values())
        return Ending.NO_ITEMS if self.drought.reached(elapsed, items_of(stats), answers) else None
