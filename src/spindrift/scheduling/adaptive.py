"""Intervals that follow how often a page changes."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, first, set_value
from spindrift.scheduling.default import DefaultScheduler, delay_minutes
from spindrift.status import Status

SIGNATURE: Final = "signature"
"""Written by MD5SignatureParseFilter (keyName)."""
OLD_SIGNATURE: Final = "signatureOld"
"""That of the fetch before, copied by MD5SignatureParseFilter (keyNameCopy)."""
INTERVAL: Final = "fetchInterval"
"""Minutes."""
CHANGE_DATE: Final = "signatureChangeDate"
LAST_MODIFIED: Final = "last-modified"


class AdaptiveScheduler(DefaultScheduler):
    """A page that has changed is due sooner the next time, one that has not, later.

    A FETCHED page has changed where its `signature` is not `signatureOld`; an answer 304 says that it has not. Its
    interval, kept in the metadata `fetchInterval` (minutes), begins with that of DefaultScheduler. Unchanged: it grows
    by `scheduler.adaptive.fetchInterval.rate.incr`, up to `.max`; changed: by `.rate.decr` it comes closer to `.min`.
    `signatureChangeDate` is when a change was last seen; with `scheduler.adaptive.setLastModified` `last-modified` is,
    too, and the next request asks for the page only if it has changed since.

    Without signatures, and for any other status, as DefaultScheduler; then the page begins anew. Metadata
    `scheduler.delay.mins` comes before all. All that it keeps is stored, whatever `metadata.persist` says.
    """

    persisted = (SIGNATURE, INTERVAL, CHANGE_DATE, LAST_MODIFIED)

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        if self.shortest > self.longest:
            raise ConfigurationError(
                "configuration key scheduler.adaptive.fetchInterval.min is greater than "
                "scheduler.adaptive.fetchInterval.max; make it the smaller one"
            )
        self._increase = settings.number("scheduler.adaptive.fetchInterval.rate.incr")
        self._decrease = min(1.0, settings.number("scheduler.adaptive.fetchInterval.rate.decr"))
        self._set_last_modified = settings.flag("scheduler.adaptive.setLastModified")

    def schedule(self, status: Status, metadata: Metadata, now: float) -> float | None:
        if status is not Status.FETCHED:
            for key in (SIGNATURE, OLD_SIGNATURE, INTERVAL, CHANGE_DATE):
                metadata.pop(key, None)
            if status is Status.ERROR:
                metadata.pop(LAST_MODIFIED, None)  # the content is needed, should the page come back
            return super().schedule(status, metadata, now)
        signature, old = first(metadata, SIGNATURE), first(metadata, OLD_SIGNATURE)
        if first(metadata, keys.STATUS_CODE) == "304":
            changed = False
        elif signature is None or old is None:
            return self._first_time(signature, metadata, now)
        else:
            changed = signature != old
        seconds = self._adapted(metadata, changed=changed)
        if seconds is None:
            return None
        if changed and self._set_last_modified:
            set_value(metadata, LAST_MODIFIED, _http_date(now))
        if not changed:
            metadata.pop(OLD_SIGNATURE, None)
        if changed or CHANGE_DATE not in metadata:
            set_value(metadata, CHANGE_DATE, datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"))
        set_value(metadata, INTERVAL, str(int(seconds // 60)))
        return super().schedule(status, metadata, now) if delay_minutes(metadata) is not None else now + seconds

    def _first_time(self, signature: str | None, metadata: Metadata, now: float) -> float | None:
        """There is nothing to compare the page with."""
        if self._set_last_modified and signature is not None:
            set_value(metadata, LAST_MODIFIED, _http_date(now))
        interval = self.interval(Status.FETCHED, metadata)
        if interval is None:
            return None
        set_value(metadata, INTERVAL, str(int(interval // 60)))
        return now + interval

    def _adapted(self, metadata: Metadata, *, changed: bool) -> float | None:
        """The next interval in seconds, whole minutes; None: never."""
        try:
            before: float | None = int(first(metadata, INTERVAL) or "") * 60.0
        except ValueError:
            before = self.interval(Status.FETCHED, metadata)
        if before is None:
            return None
        if changed:
            after = (1 - self._decrease) * before + self._decrease * self.shortest
        else:
            after = before * (1 + self._increase)
        return min(after, self.longest) // 60 * 60


def _http_date(now: float) -> str:
    """As If-Modified-Since wants it (RFC 9110, 5.6.7)."""
    return format_datetime(datetime.fromtimestamp(now, UTC), usegmt=True)
