"""Fixed intervals by status, and by metadata."""

import math
from collections.abc import Mapping
from typing import Final

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, first
from spindrift.metadata_keys import SITEMAP_CHANGE_FREQUENCY
from spindrift.status import Status

DELAY_MINUTES: Final = "scheduler.delay.mins"
"""Metadata: minutes until the URL is due, whatever its status; -1: never."""

_FAMILY: Final = "fetchInterval(.STATUS).key=value"

_DAY: Final = 86400.0
_FREQUENCIES: Final = {
    "always": 0.0,
    "hourly": 3600.0,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
    "never": 365 * _DAY,  # archived pages: the protocol advises to look at them now and then
}


class DefaultScheduler:
    """A URL is due again after the interval of its status.

    Reads `fetchInterval.default` (FETCHED, REDIRECTION), `fetchInterval.fetch.error`, `fetchInterval.error`; a
    DISCOVERED URL is due at once. `fetchInterval.isFeed=true: 10` is the interval of pages that have that metadata,
    `fetchInterval.FETCH_ERROR.isFeed=true: 60` for one status of them; of several that match, the first in the
    configuration counts. Metadata `scheduler.delay.mins` comes before all. Where none of these says something, and
    with `scheduler.sitemap.changefreq`, a FETCHED page is due after the changefreq of its sitemap, within
    `scheduler.adaptive.fetchInterval.min` and `.max`.
    """

    def __init__(self, settings: Settings) -> None:
        default = settings.seconds_or_none("fetchInterval.default")
        self._by_status: dict[Status, float | None] = {
            Status.DISCOVERED: 0.0,
            Status.FETCHED: default,
            Status.REDIRECTION: default,
            Status.FETCH_ERROR: settings.seconds_or_none("fetchInterval.fetch.error"),
            Status.ERROR: settings.seconds_or_none("fetchInterval.error"),
        }
        self._by_metadata = _custom_intervals(settings)
        self._believe_frequency = settings.flag("scheduler.sitemap.changefreq")
        self.shortest = settings.seconds("scheduler.adaptive.fetchInterval.min")
        self.longest = settings.seconds("scheduler.adaptive.fetchInterval.max")

    def schedule(self, status: Status, metadata: Metadata, now: float) -> float | None:
        interval = self.interval(status, metadata)
        return None if interval is None else now + interval

    def interval(self, status: Status, metadata: Metadata) -> float | None:
        """Seconds until a URL is due that gets `status` now; None: never."""
        if (minutes := delay_minutes(metadata)) is not None:
            return None if minutes < 0 else minutes * 60
        for (key, value), intervals in self._by_metadata.items():
            if value in metadata.get(key, ()):
                if status in intervals:
                    return intervals[status]
                if None in intervals:
                    return intervals[None]
                break
        if status is Status.FETCHED and self._believe_frequency:
            frequency = _FREQUENCIES.get(first(metadata, SITEMAP_CHANGE_FREQUENCY) or "")
            if frequency is not None:
                return min(max(frequency, self.shortest), self.longest)
        return self._by_status[status]


_Intervals = Mapping[Status | None, float | None]


def _custom_intervals(settings: Settings) -> dict[tuple[str, str], _Intervals]:
    """By metadata key and value: the interval of each status, and under None that of all others."""
    found: dict[tuple[str, str], dict[Status | None, float | None]] = {}
    problems = []
    for parts, value in settings.family(_FAMILY):
        key, wanted, name = parts["key"] or "", parts["value"] or "", parts["status"]
        if name is not None and name not in Status.__members__:
            problems.append(
                f"configuration key fetchInterval.{name}.{key}={wanted}: {name} is no status; "
                f"expected one of {', '.join(Status)}"
            )
            continue
        seconds = float(value) if isinstance(value, int | float) and value >= 0 else None
        found.setdefault((key, wanted), {})[None if name is None else Status(name)] = seconds
    if problems:
        raise ConfigurationError(problems)
    return dict(found)


def delay_minutes(metadata: Metadata) -> float | None:
    """The order of `scheduler.delay.mins`; written by parsers and by users in seed files: what is no number is none."""
    try:
        minutes = float(first(metadata, DELAY_MINUTES) or "")
    except ValueError:
        return None
    return minutes if math.isfinite(minutes) else None
