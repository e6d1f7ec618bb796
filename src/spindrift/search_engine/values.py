"""How values are written in documents of a search engine."""

import math
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote

from spindrift.metadata import Metadata
from spindrift.sqlite.rows import encodable

_FUZZ: Final = 0.001  # milliseconds: 1.1 * 1000 is not 1100
SORT_ID: Final = "urlId"
_SORTED: Final = 4000
"""Characters of a URL that has a sort value in any case: `ignore_above` counts those outside of the BMP twice."""
_LATEST: Final = 253_402_300_799_999  # the last millisecond of the year 9999


def url_id(url: str) -> str:
    """The id of what belongs to `url`: as StormCrawler's, SHA-256 in hexadecimal digits."""
    return sha256(url.encode(errors="replace")).hexdigest()


def sort_id(url: str) -> dict[str, str]:
    """The field that tells apart URLs which are too long to be sorted by (`ignore_above` of the mappings)."""
    return {SORT_ID: url_id(url)} if len(url) > _SORTED else {}


def by_url(time: str) -> list[dict[str, Any]]:
    """The order of pages of URLs: those that are too long come last, by the field `time`, and are told apart."""
    last = {"order": "asc", "missing": "_last", "unmapped_type": "keyword"}
    return [{"url": last}, {time: "asc"}, {SORT_ID: last}]


def ceil_ms(seconds: float) -> int:
    """Milliseconds, rounded up: nothing may be fetched before its time."""
    return math.ceil(seconds * 1000 - _FUZZ)


def floor_ms(seconds: float) -> int:
    """Milliseconds, rounded down, for the same reason."""
    return math.floor(seconds * 1000 + _FUZZ)


def iso_ms(milliseconds: int) -> str:
    """A moment as date fields have it."""
    whole, part = divmod(max(0, min(milliseconds, _LATEST)), 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{part:03d}Z"


def iso_us(seconds: float) -> str:
    """A moment to the microsecond."""
    whole, part = divmod(max(0, min(round(seconds * 1e6), _LATEST * 1000)), 1_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{part:06d}Z"


def seconds_of(text: str | None) -> float | None:
    """Seconds since the epoch of what a date field has."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def field_name(name: str, taken: Collection[str] = ()) -> str:
    """`name` as that of a field: no dots, which stand for objects (as StormCrawler: %2E), nor what the engines refuse.

    A name that is `taken` gets another one.
    """
    if not name:
        return "%"
    name = encodable(name).replace("%", "%25").replace(".", "%2E").replace("\0", "%00")
    if name in taken or name[0] == "_" or name.isspace():
        name = "".join(f"%{byte:02X}" for byte in name[0].encode()) + name[1:]
    return name


def name_of(field: str) -> str:
    """The inverse."""
    return "" if field == "%" else unquote(field)


def as_fields(metadata: Metadata, taken: Collection[str] = ()) -> dict[str, list[str]]:
    """Metadata as fields."""
    return {field_name(name, taken): values for name, values in metadata.items()}


def as_metadata(fields: dict[str, object]) -> Metadata:
    """The inverse; StormCrawler writes one value by itself."""
    return {
        name_of(field): [str(value) for value in values] if isinstance(values, list) else [str(values)]
        for field, values in fields.items()
    }
