"""Fixed intervals by status, and by metadata."""

from collections.abc import Mapping
from typing import Final

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, first
from spindrift.status import Status

DELAY_MINUTES: Final = "scheduler.delay.mins"
"""Metadata: minutes until the URL is due, whatever its status; -1: never."""

_FAMILY: Final = "fetchInterval(.STATUS).key=value"


class DefaultScheduler:
    """A URL is due again after the interval of its status.

    Reads `fetchInterval.default` (FETCHED, REDIRECTION), `fetchInterval.fetch.error`, `fetchInterval.error`; a
    DISCOVERED URL is due at once. `fetchInterval.isFeed=true: 10` is the interval of pages that have that metadata,
    `fetchInterval.FETCH_ERROR.isFeed=true: 60` for one status of them; of several that match, the first in the
    configuration counts. Metadata `scheduler.delay.mins` comes before all.
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

    def schedule(self, status: Status, metadata: Metadata, now: float) -> float | None:
        interval = self._interval(status, metadata)
        return None if interval is None else now + interval

    def _interval(self, status: Status, metadata: Metadata) -> float | None:
        if (minutes := _delay_minutes(metadata)) is not None:
            return None if minutes < 0 else minutes * 60
        for (key, value), intervals in self._by_metadata.items():
            if value in metadata.get(key, ()):
                if status in intervals:
                    return intervals[status]
                if None in intervals:
                    return intervals[None]
                break
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


def _delay_minutes(metadata: Metadata) -> float | None:
    # Written by parsers and by users in seed files: what is no number is not an order.
    try:
        return float(first(metadata, DELAY_MINUTES) or "")
    except ValueError:
        return None
