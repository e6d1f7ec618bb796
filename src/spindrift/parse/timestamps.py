"""Dates as sitemaps and feeds write them: W3C's profile of ISO 8601, and RFC 822."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

_LONGEST = 64
_YEAR_OR_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A moment, as exact as it was given."""

    moment: float
    """Seconds since the epoch; of a date alone, the start of its day (UTC)."""
    iso: str
    """ISO 8601: `2024-10-19`, or `2024-10-19T11:21:53+00:00` with the offset that was given (UTC where none was)."""

    @property
    def is_date(self) -> bool:
        """Whether there is no time of day."""
        return len(self.iso) == len("2024-10-19")


def parse_timestamp(text: str | None) -> Timestamp | None:
    """The moment that `text` says; None where it says none. Years and months alone mean their first day."""
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    if (short := _YEAR_OR_MONTH.fullmatch(text)) is not None:
        text = f"{short[1]}-{short[2] or '01'}-01"
    try:
        if _DATE.fullmatch(text):
            return _of_date(date.fromisoformat(text))
        return _of_datetime(_parse(text))
    except (ValueError, TypeError, IndexError, OverflowError):  # what email.utils raises for its various nonsense
        return None


def _parse(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _of_date(day: date) -> Timestamp:
    return Timestamp(datetime.combine(day, time.min, UTC).timestamp(), day.isoformat())


def _of_datetime(moment: datetime) -> Timestamp:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Timestamp(moment.timestamp(), moment.isoformat(timespec="seconds"))
