"""Until when the crawl that is running spares keys, in the index `hosts`: documents of their own, beside the holds."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from spindrift.search_engine.bulk import Bulk, Operation
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import ceil_ms, iso_ms, seconds_of, url_id

_PAGE: Final = 5000


class Pause(NamedTuple):
    """Nothing is asked of `key` before `until` (seconds since the epoch)."""

    key: str
    until: float


class Pauses:
    """Keeps pauses for the next crawl. Instances are an `Apply` of spindrift.search_engine.writer."""

    def __init__(self, bulk: Bulk, index: Index) -> None:
        self._bulk = bulk
        self._index = index

    def __call__(self, pauses: list[Pause]) -> Sequence[BaseException | None]:
        """Remember them: the last one of each key."""
        return self._bulk.write_last(self._index, [(_id(pause.key), _document(pause)) for pause in pauses])

    def all(self) -> list[Pause]:
        """Those of the last crawl, also of its other processes."""
        self._index.refresh()
        body = {"query": {"exists": {"field": "pausedUntil"}}, "sort": [{"paused": "asc"}]}
        return [_pause(hit["_source"]) for page in self._index.pages(body, _PAGE) for hit in page]

    def forget(self, pauses: Sequence[Pause]) -> None:
        """They are over."""
        self._bulk.write([Operation(self._index, _id(pause.key), None) for pause in pauses])


def _id(key: str) -> str:
    return url_id(f"pause of {key}")


def _document(pause: Pause) -> dict[str, Any]:
    return {"paused": pause.key, "pausedUntil": iso_ms(ceil_ms(pause.until))}


def _pause(source: dict[str, Any]) -> Pause:
    return Pause(source["paused"], seconds_of(source["pausedUntil"]) or 0.0)
