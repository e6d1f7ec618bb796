"""Every configuration key, by the room that reads it. Names and defaults are StormCrawler's wherever it has the key."""

from spindrift.conf.key import Key, KeyFamily
from spindrift.conf.keys import fetcher, filters, http, indexer, parser, robots, scheduling, spout, storm, stores

_ROOMS = (storm, stores, spout, fetcher, http, robots, filters, parser, scheduling, indexer)

KEYS: dict[str, Key] = {key.name: key for room in _ROOMS for key in room.KEYS}
FAMILIES: tuple[KeyFamily, ...] = tuple(family for room in _ROOMS for family in getattr(room, "FAMILIES", ()))
