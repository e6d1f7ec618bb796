"""Numbers as people read them."""

from datetime import UTC, datetime

_UNITS = ("B", "kB", "MB", "GB", "TB")


def count(number: int) -> str:
    """1234567 as 1,234,567."""
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 page`, `2 pages`."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def size(number: float) -> str:
    """Bytes: 1234567 as 1.2 MB."""
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError


def rate(per_second: float) -> str:
    """12.345 as 12.3."""
    return f"{per_second:,.1f}"


def clock_time(seconds: float) -> str:
    """A length of time: 3723 as 1:02:03, 83 as 01:23."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def span(seconds: float) -> str:
    """A length of time in words: `4 ms`, `1.2 s`, `42 s`, `3 min`, `5 h`, `2 d`."""
    if seconds < 0.95:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    for unit, length, longest in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < longest:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def due(when: float | None, now: float) -> str:
    """When something is due: `now`, `in 3 min`, `never`."""
    if when is None:
        return "never"
    return "now" if when <= now else f"in {span(when - now)}"


def moment(when: float) -> str:
    """A point in time, in local time: 2026-01-31 12:34:56."""
    return datetime.fromtimestamp(when, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
