"""Under which key a URL stands in the store."""

from typing import Final, Self

from spindrift.conf import Settings
from spindrift.urls.partition import BY_DOMAIN, BY_HOST, Partitioner

_LONGEST: Final = 1000
"""Characters of a key: more than any host has that can be looked up, and less than what a search engine takes."""


class StoreKeys:
    """The partition keys of URLs in the store, by `partition.url.mode`.

    For byIP the host: to look addresses up would block the store, and they change; the fetcher queues by address.
    """

    def __init__(self, mode: str) -> None:
        self._partitioner = Partitioner(BY_DOMAIN if mode == BY_DOMAIN else BY_HOST)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """For the crawl that these settings are of."""
        return cls(settings.text("partition.url.mode"))

    def of(self, url: str) -> str:
        """The key of `url`; empty for one without a host, which the partitioner will make an ERROR."""
        try:
            return self._partitioner.key(url, {})[:_LONGEST]
        except ValueError:
            return ""
