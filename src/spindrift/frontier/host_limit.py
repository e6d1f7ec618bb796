"""A limit to the URLs of a host: calendars and shops make up addresses without end."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol

from spindrift.conf import Settings
from spindrift.frontier.records import StatusUpdate
from spindrift.metadata import first
from spindrift.metadata_keys import DEPTH
from spindrift.status import Status

_log = logging.getLogger(__name__)

_MAX_KEYS: Final = 100_000


class Lookup(Protocol):
    """What a store knows of a host's URLs at this moment."""

    def count(self, key: str, most: int) -> int:
        """How many URLs the key has; `most`, if more."""
        ...

    def known(self, urls: Sequence[str]) -> Collection[str]:
        """Those of `urls` that are in the store."""
        ...


class HostLimit:
    """Lets no more than `limit` URLs of a partition key into the store, by links: seeds (depth 0) are always let in.

    Exact where one process writes to the store. What a key has is counted when its limit may be near, and not before:
    at most it has what it had when it was last counted, and all that came since, known or not. For the writer's thread.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._at_most: OrderedDict[str, int] = OrderedDict()
        self._said: set[str] = set()

    @classmethod
    def from_settings(cls, settings: Settings) -> "HostLimit | None":
        """By `crawl.max.urls.per.host`; None: there is no limit."""
        limit = settings.limit("crawl.max.urls.per.host")
        return None if limit is None else cls(limit)

    def refused(self, store: Lookup, updates: Sequence[StatusUpdate]) -> Callable[[StatusUpdate], bool]:
        """Says which of `updates` a host has no room for: some of the links."""
        links: dict[str, dict[str, None]] = {}
        for update in updates:
            if _is_link(update):
                links.setdefault(update.key, {})[update.url] = None
        urls = {url for key, urls in links.items() for url in self._too_many(store, key, list(urls))}
        return lambda update: update.url in urls and _is_link(update)

    def _too_many(self, store: Lookup, key: str, urls: list[str]) -> list[str]:
        has = self._at_most.pop(key, self._limit)
        if has + len(urls) > self._limit and key not in self._said:
            has = store.count(key, self._limit)
        if has + len(urls) <= self._limit:
            self._remember(key, has + len(urls))
            return []
        self._remember(key, self._limit)
        if key in self._said:  # full: what is new is refused, and what is known does not change
            return urls
        known = store.known(urls)
        new = [url for url in urls if url not in known]
        room = self._limit - has
        if len(new) <= room:
            self._remember(key, has + len(new))
            return []
        self._said.add(key)
        _log.warning(
            "%s has %d URLs, as many as crawl.max.urls.per.host allows; further links to it are left out",
            key,
            self._limit,
        )
        return new[room:]

    def _remember(self, key: str, urls: int) -> None:
        self._at_most[key] = urls
        self._at_most.move_to_end(key)
        if len(self._at_most) > _MAX_KEYS:
            self._at_most.popitem(last=False)


def _is_link(update: StatusUpdate) -> bool:
    return update.status is Status.DISCOVERED and first(update.metadata, DEPTH) != "0"
