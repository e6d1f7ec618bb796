"""Durations as users write them: `5s`, `250ms`, `24h`, or a bare number in the unit of its key."""

import math
import re

SECONDS_PER_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?\s*")


def parse_duration(value: object, bare_unit: str) -> float:
    """Seconds in `value`: a number (in `bare_unit`) or a text such as `"1.5 h"`.

    Raises ValueError for anything else. Negative numbers pass: many keys use -1 for "none".
    """
    unit: str | None = None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a duration")
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        if match is None:
            raise ValueError("not a duration")
        number, unit = float(match[1]), match[2]
    else:
        number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a finite duration")
    return number * SECONDS_PER_UNIT[unit or bare_unit]


def format_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads back: `90` gives `90s`, `0.25` gives `250ms`."""
    for unit in ("d", "h", "min", "s"):
        size = SECONDS_PER_UNIT[unit]
        if abs(seconds) >= size and (seconds / size).is_integer():
            return f"{seconds / size:.0f}{unit}"
    if (milliseconds := seconds * 1000) and abs(seconds) < 1:
        return f"{milliseconds:g}ms"
    return f"{seconds:g}s"
