"""URLs as documents of the index `status`, with the fields that StormCrawler gives them."""

from dataclasses import replace
from typing import Any, Final

from spindrift.frontier.records import Said, StatusUpdate, UrlRecord
from spindrift.frontier.store_key import StoreKeys
from spindrift.search_engine.values import as_fields, as_metadata, ceil_ms, iso_ms, seconds_of, sort_id
from spindrift.sqlite.rows import encodable
from spindrift.status import Status
from spindrift.urls.partition import BY_DOMAIN, BY_HOST

_NO_KEY: Final = "_DEFAULT_"  # as StormCrawler
MODE: Final = "partition.url.mode"


class Routing:
    """In which shard a URL is: that of its partition key, so that one spout task has all URLs of a key.

    The key is that of the mode by which the index was made: a URL is found again whatever the configuration says now.
    """

    def __init__(self, mode: str) -> None:
        self._keys = StoreKeys(mode)

    def of(self, url: str) -> str:
        """What to route by."""
        return self._keys.of(url) or _NO_KEY

    @staticmethod
    def kept_mode(mode: str) -> str:
        """The mode of a store's keys, for `partition.url.mode`."""
        return BY_DOMAIN if mode == BY_DOMAIN else BY_HOST


def document(update: StatusUpdate, updated: int) -> dict[str, Any]:
    """A URL as it is stored; `updated` in milliseconds."""
    found: dict[str, Any] = {
        "url": update.url,
        "key": update.key,
        "status": update.status.value,
        "metadata": as_fields(update.metadata),
        "updated": iso_ms(updated),
        **sort_id(update.url),
    }
    if update.next_fetch is not None:
        found["nextFetchDate"] = iso_ms(ceil_ms(update.next_fetch))
    return found


def record(source: dict[str, Any]) -> UrlRecord:
    """The inverse."""
    return UrlRecord(
        source["url"],
        source.get("key", ""),
        Status(source["status"]),
        as_metadata(source.get("metadata", {})),
        seconds_of(source.get("nextFetchDate")),
        seconds_of(source.get("updated")) or 0.0,
    )


def taken_over(known: UrlRecord, update: StatusUpdate, said: Said) -> UrlRecord:
    """What is stored of a known URL when a document says something of it; the same where that changes nothing."""
    metadata = known.metadata | {encodable(name): values for name, values in said.metadata.items()}
    changed = replace(known, metadata=metadata)
    if (
        said.changed is not None
        and known.status in (Status.FETCHED, Status.REDIRECTION)
        and known.updated < said.changed
    ):
        due = update.next_fetch
        if due is not None and (known.next_fetch is None or known.next_fetch > due):
            changed = replace(changed, next_fetch=due, key=update.key)
    return changed
