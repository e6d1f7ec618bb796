"""Which keys are held, from the index `hosts`."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from spindrift.search_engine.index import Index
from spindrift.search_engine.values import floor_ms, seconds_of, url_id

_PAGE: Final = 5000


class Held(NamedTuple):
    """The state of one key. `until`: seconds since the epoch; None: it is not held."""

    key: str
    until: float | None
    reason: str
    failures: int


class Holds:
    """Reads holds."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def at(self, now: float, limit: int | None = None) -> list[Held]:
        """The keys that are held at `now`, the longest hold first."""
        query = {"range": {"heldUntil": {"gt": floor_ms(now), "format": "epoch_millis"}}}
        pages = self._index.pages({"query": query, "sort": [{"heldUntil": "desc"}, {"key": "asc"}]}, _PAGE)
        return [_held(hit["_source"]) for hit in islice((hit for page in pages for hit in page), limit)]

    def of(self, keys: Sequence[str]) -> dict[str, Held]:
        """What is known of these keys."""
        found = [_held(hit["_source"]) for hit in self._index.get([(url_id(key), None) for key in keys])]
        return {held.key: held for held in found}

    def refresh(self) -> None:
        """Have holds found that other processes wrote."""
        self._index.refresh()


def _held(source: dict[str, Any]) -> Held:
    return Held(source["key"], seconds_of(source.get("heldUntil")), source.get("reason", ""), source.get("failures", 0))
