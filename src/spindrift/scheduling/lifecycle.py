"""What becomes of a URL after each fetch: errors are counted, pages that are gone given up, the next fetch is set."""

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.frontier.records import Said
from spindrift.metadata import Metadata, copy, first, set_value
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.timestamps import parse_timestamp
from spindrift.scheduling.scheduler import Scheduler, load_scheduler
from spindrift.status import Status

log = logging.getLogger(__name__)

AS_IS_DATE: Final = "status.store.as.is.with.nextfetchdate"
"""Metadata: ISO date; the URL is stored with its status as it is, due then."""

GONE: Final = frozenset({"404", "410"})
GONE_AFTER: Final = 2
"""404 or 410 that many times in a row: believed."""

_BUSY: Final = frozenset({"429", "503"})
_ERROR_KEYS: Final = (keys.ERROR_CAUSE, keys.ERROR_MESSAGE, keys.ERROR_SOURCE, keys.FETCH_EXCEPTION)
_WHY: Final = (keys.ERROR_CAUSE, keys.FETCH_EXCEPTION, keys.STATUS_CODE)
_COUNTS: Final = (keys.ERROR_COUNT, keys.GONE_COUNT, keys.POSTPONED_COUNT)
_UNITS: Final = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


@dataclass(slots=True)
class Outcome:
    """What is to be stored of a URL."""

    status: Status
    metadata: Metadata
    """What persists of it."""
    next_fetch: float | None
    """Seconds since the epoch; None: never."""
    given_up: Metadata | None = None
    """All metadata, where the URL was given up (ERROR) and its document is to be deleted."""
    said: Said | None = None
    """Of DISCOVERED: what the URL takes over, if it is known."""


class UrlLifecycle:
    """Follows StormCrawler's AbstractStatusUpdaterBolt, and better for pages that are gone and hosts that are busy.

    - FETCH_ERROR counts (`fetch.error.count`); at `max.fetch.errors` in a row: ERROR, cause `maxFetchErrors`.
    - Status code 404 or 410 twice in a row: ERROR, cause `gone`.
    - FETCH_ERROR with `fetch.postponed.until`: due exactly then, and nothing is counted. Where the URL itself has
      answered so (429, or 503 with Retry-After) `max.fetch.errors` times in a row, it is an error as any other that
      comes after them, due no earlier than then: a host may be busy, a URL that always says so is no page.
    - FETCHED and REDIRECTION clear counts and error metadata.
    - DISCOVERED with what a sitemap says of it: a page that is known takes it over, and one that was fetched before its
      `sitemap.lastModified` is due again.
    - Metadata `status.store.as.is.with.nextfetchdate`: the status as it is, due at that date.

    The scheduler (`scheduler.class`) sees all metadata; what persists is then chosen by `MetadataTransfer` (of what
    failed, why is kept always), and the date rounded to `status.updater.unit.round.date`.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        transfer: MetadataTransfer,
        *,
        max_fetch_errors: int = 3,
        round_to: str = "SECOND",
        believe_lastmod: bool = False,
    ) -> None:
        self._scheduler = scheduler
        self._transfer = transfer
        self._max_fetch_errors = max_fetch_errors
        self._unit = _UNITS[round_to]
        self._believe_lastmod = believe_lastmod

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Reads `max.fetch.errors`, `status.updater.unit.round.date`, `scheduler.sitemap.lastmod`, and what scheduler
        and transfer read.
        """
        scheduler = load_scheduler(settings)
        return cls(
            scheduler,
            MetadataTransfer.from_settings(settings, getattr(scheduler, "persisted", ())),
            max_fetch_errors=settings.integer("max.fetch.errors"),
            round_to=settings.text("status.updater.unit.round.date"),
            believe_lastmod=settings.flag("scheduler.sitemap.lastmod"),
        )

    def outcome(self, status: Status, metadata: Metadata, now: float) -> Outcome:
        """What to store of a URL that has just got `status`; `metadata` is not changed."""
        metadata = copy(metadata)
        # Orders for this time only: stored, they would be followed at every later fetch, too.
        as_is = metadata.pop(AS_IS_DATE, [])
        postponed = metadata.pop(keys.POSTPONED_UNTIL, [])
        if (date := _as_is_date(as_is)) is not None:
            return Outcome(status, self._stored(status, metadata), date)
        stamp = keys.DISCOVERY_DATE if status is Status.DISCOVERED else keys.LAST_PROCESSED_DATE
        set_value(metadata, stamp, datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"))
        until: float | None = None
        if status is Status.FETCH_ERROR:
            until = _postponed(postponed)
            if until is not None and self._may_wait(metadata):
                return Outcome(status, self._stored(status, metadata), max(until, now))
            status = self._count_error(metadata)
        if status is not Status.FETCH_ERROR:
            for key in _COUNTS:
                metadata.pop(key, None)
        if status in (Status.FETCHED, Status.REDIRECTION):
            for key in _ERROR_KEYS:
                metadata.pop(key, None)
        next_fetch = self._round(self._scheduler.schedule(status, metadata, now), now)
        if next_fetch is not None and until is not None:
            next_fetch = max(next_fetch, until)
        return Outcome(
            status,
            self._stored(status, metadata),
            next_fetch,
            given_up=metadata if status is Status.ERROR else None,
            said=self._said(metadata, now) if status is Status.DISCOVERED else None,
        )

    def _stored(self, status: Status, metadata: Metadata) -> Metadata:
        """What persists; of what failed also why, whatever the configuration says: somebody will ask."""
        stored = self._transfer.persistent(metadata)
        if status in (Status.FETCH_ERROR, Status.ERROR):
            stored |= {key: metadata[key] for key in _WHY if key in metadata}
        return stored

    def _said(self, metadata: Metadata, now: float) -> Said | None:
        said = {key: metadata[key] for key in keys.SAID_BY_SITEMAPS if key in metadata}
        return Said(self._changed(metadata, now), said) if said else None

    def _changed(self, metadata: Metadata, now: float) -> float | None:
        """When a sitemap says that the page has changed. A date alone is taken for its first moment; a moment yet to
        come is not believed: with it, the page would be due whenever its sitemap is read.
        """
        if not self._believe_lastmod or keys.SITEMAP_LAST_MODIFIED not in metadata:
            return None
        modified = parse_timestamp(first(metadata, keys.SITEMAP_LAST_MODIFIED))
        return modified.moment if modified is not None and modified.moment <= now else None

    def _may_wait(self, metadata: Metadata) -> bool:
        """Whether a postponement is no error; those that the URL itself has asked for are counted."""
        if first(metadata, keys.STATUS_CODE) not in _BUSY:
            return True
        postponed = _count(metadata, keys.POSTPONED_COUNT)
        if postponed >= self._max_fetch_errors:
            return False
        set_value(metadata, keys.POSTPONED_COUNT, str(postponed + 1))
        return True

    def _count_error(self, metadata: Metadata) -> Status:
        gone = _count(metadata, keys.GONE_COUNT) + 1 if first(metadata, keys.STATUS_CODE) in GONE else 0
        errors = _count(metadata, keys.ERROR_COUNT) + 1
        if gone >= GONE_AFTER or errors >= self._max_fetch_errors:
            set_value(metadata, keys.ERROR_CAUSE, "gone" if gone >= GONE_AFTER else "maxFetchErrors")
            return Status.ERROR
        set_value(metadata, keys.ERROR_COUNT, str(errors))
        metadata.pop(keys.GONE_COUNT, None)
        if gone:
            set_value(metadata, keys.GONE_COUNT, str(gone))
        return Status.FETCH_ERROR

    def _round(self, moment: float | None, now: float) -> float | None:
        """To the nearest unit; what is due now (a new link) is not put off by rounding."""
        if moment is None:
            return None
        rounded = math.floor(moment / self._unit + 0.5) * float(self._unit)
        return rounded if moment > now else min(rounded, moment)


def _count(metadata: Metadata, key: str) -> int:
    try:
        return int(first(metadata, key) or 0)
    except ValueError:
        return 0


def _postponed(values: list[str]) -> float | None:
    if not values:
        return None
    try:
        until = float(values[0])
    except ValueError:
        until = math.nan
    if not math.isfinite(until):
        log.warning("metadata %s: %r is no time; scheduled as any fetch error", keys.POSTPONED_UNTIL, values[0])
        return None
    return until


def _as_is_date(values: list[str]) -> float | None:
    if not values:
        return None
    try:
        date = datetime.fromisoformat(values[0])
    except ValueError:
        log.warning("metadata %s: %r is no ISO date; scheduled as any other URL", AS_IS_DATE, values[0])
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
