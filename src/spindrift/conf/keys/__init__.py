"""Every configuration key, by the room that reads it. Names and defaults are StormCrawler's wherever it has the key."""

from spindrift.conf.key import Key, KeyFamily
from spindrift.conf.keys import (
    fetcher,
    filters,
    http,
    indexer,
    metrics,
    parser,
    protocols,
    robots,
    scheduling,
    sitemaps,
    spout,
    stores,
    storm,
    topics,
    warc,
)

_ROOMS = {
    "Storm": storm,
    "Stores": stores,
    "Spouts": spout,
    "Fetcher": fetcher,
    "HTTP": http,
    "Protocols": protocols,
    "Robots": robots,
    "Filters": filters,
    "Parser": parser,
    "Sitemaps and feeds": sitemaps,
    "Status and schedule": scheduling,
    "Indexer": indexer,
    "Web archives": warc,
    "Topics": topics,
    "Metrics": metrics,
}

KEYS: dict[str, Key] = {key.name: key for room in _ROOMS.values() for key in room.KEYS}
FAMILIES: tuple[KeyFamily, ...] = tuple(family for room in _ROOMS.values() for family in getattr(room, "FAMILIES", ()))
GROUPS: dict[str, tuple[Key, ...]] = {
    title: (*room.KEYS, *(family.model for family in getattr(room, "FAMILIES", ()))) for title, room in _ROOMS.items()
}
"""The same keys under the titles that users see; a family stands there as its model, named after its form."""
