"""The frontier in Elasticsearch or OpenSearch."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.protocol import NO_KEYS, WHOLE, Claim, OnDurable, Shard
from spindrift.frontier.records import RESUMED, HostRecord, StatusUpdate, UrlRecord
from spindrift.frontier.search_claims import Claims
from spindrift.frontier.search_due import KeyTurns, not_keys
from spindrift.frontier.search_holds import Held, Holds
from spindrift.frontier.search_pauses import Pause, Pauses
from spindrift.frontier.search_records import Routing, record
from spindrift.frontier.search_writes import Hold, HoldWriter, StatusWriter
from spindrift.search_engine.bulk import Bulk
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import by_url, url_id
from spindrift.search_engine.writer import BulkWriter
from spindrift.status import Status

_PAGE: Final = 2000
_MOST_KEYS: Final = 10_000
_COUNTED: Final = 40_000
"""Keys that are counted exactly; more are estimated, within some per cent."""


class SearchFrontier:
    """Statuses in one index, routed by key, and the state of hosts in another. See `Frontier` for the methods.

    `due` refreshes the index first, so that nothing is given out twice whose status is stored. Leases of URLs are in
    the spout's memory, not here; `claim` is best effort (see `Claims`), and `due` raises StoreError when it is lost.
    `records` come in the order of their URLs.
    """

    def __init__(
        self,
        status: Index,
        hosts: Index,
        claims: Claims,
        writer: BulkWriter | None,
        bulk: Bulk,
        clock: Clock,
        routing: Routing,
        host_limit: HostLimit | None = None,
    ) -> None:
        """Without `writer` it can only be read."""
        self._status = status
        self._holds = Holds(hosts)
        self._claims = claims
        self._writer_or_none = writer
        self._clock = clock
        self._routing = routing
        self._put = StatusWriter(bulk, status, routing, clock, host_limit)
        self._hold = HoldWriter(bulk, hosts)
        self._pauses = Pauses(bulk, hosts)
        self._turns: dict[Shard, KeyTurns] = {}
        self._mutex = threading.Lock()
        self._seen: dict[Shard, int] = {}
        """By shard: how much had been written when `due` was asked last; by this process, too."""
        self._counts: dict[str, int] = {}

    def put(self, updates: Sequence[StatusUpdate], on_durable: OnDurable | None = None) -> None:
        self._writer.put(self._put, updates, on_durable)

    def due(
        self,
        now: float,
        limit: int,
        per_key: int,
        in_flight: Mapping[str, Collection[str]],
        shard: Shard = WHOLE,
        quick: Mapping[str, int] = NO_KEYS,
    ) -> list[UrlRecord]:
        if limit <= 0:
            return []
        if self._claims.lost is not None:
            raise StoreError(str(self._claims.lost))
        with self._mutex:
            turns = self._turns.get(shard)
            if turns is None:
                turns = self._turns[shard] = KeyTurns(self._status, self._holds, self._status.shards(), shard)
            self._seen[shard] = self._status.writes()
            self._status.refresh()
            self._holds.refresh()
            return turns.take(now, limit, per_key, in_flight, quick)

    def written_elsewhere(self, shard: Shard = WHOLE) -> bool:
        seen = self._seen.get(shard)
        return seen is not None and not self._status.client.is_away and seen != self._status.writes()

    def hold(self, key: str, until: float, reason: str, failures: int, on_durable: OnDurable | None = None) -> None:
        self._writer.put(self._hold, [Hold(key, until, reason, failures)], on_durable)

    def pause(self, key: str, until: float, on_durable: OnDurable | None = None) -> None:
        self._writer.put(self._pauses, [Pause(key, until)], on_durable)

    def claim(self, shard: Shard = WHOLE) -> Claim:
        if self._writer_or_none is None:
            raise self._read_only()
        shards = self._status.shards()
        if shard.count > shards:
            raise StoreError(
                f"store {self._status.client.name}: {self._status.name} has {shards} shards, too few for {shard.count} "
                f"spout tasks: give the frontier spout {shards} tasks at most, or crawl into a new store with more "
                "(store.search.shards)"
            )
        claim = self._claims.acquire(shard)
        try:
            self._resume()
        except BaseException:
            claim.release()
            raise
        return claim

    def is_being_crawled(self) -> bool:
        return self._claims.are_held()

    def get(self, url: str) -> UrlRecord | None:
        found = self._status.get([(url_id(url), self._routing.of(url))])
        return record(found[0]["_source"]) if found else None

    def beginning(self, prefix: str, key: str, limit: int) -> list[str]:
        query = {"bool": {"filter": [{"term": {"key": key}}, {"prefix": {"url": prefix}}]}}
        body = {"query": query, "sort": [{"url": "asc"}], "size": limit, "_source": ["url"]}
        return [hit["_source"]["url"] for hit in self._status.search(body)["hits"]["hits"]]

    def statuses(self, urls: Sequence[str]) -> dict[str, Status]:
        by_id = {url_id(url): url for url in urls}
        wanted: list[tuple[str, str | None]] = [(id_, self._routing.of(url)) for id_, url in by_id.items()]
        found = self._status.get(wanted, ["status"])
        return {by_id[hit["_id"]]: Status(hit["_source"]["status"]) for hit in found}

    def count_by_status(self) -> dict[str, int]:
        if self._counts and self._status.client.is_away:
            return self._counts  # a display shall not stand still while the server is waited for
        found = self._aggregate({"statuses": {"terms": {"field": "status", "size": 10}}})
        counts = {bucket["key"]: bucket["doc_count"] for bucket in found["statuses"]["buckets"]}
        self._counts = {status.value: counts.get(status.value, 0) for status in Status}
        return self._counts

    def count_hosts(self) -> int:
        keys = {"cardinality": {"field": "key", "precision_threshold": _COUNTED}}
        return int(self._aggregate({"keys": keys})["keys"]["value"])

    def hosts(self, limit: int, held_only: bool = False, now: float | None = None) -> list[HostRecord]:
        if held_only:
            held = self._holds.at(self._clock.time() if now is None else now, limit)
            buckets = {bucket["key"]: bucket for bucket in self._of_keys([each.key for each in held])}
            return [_host(each.key, buckets.get(each.key), each) for each in held]
        largest = self._keys({"match_all": {}}, min(limit, _MOST_KEYS))
        known = self._holds.of([bucket["key"] for bucket in largest])
        return [_host(bucket["key"], bucket, known.get(bucket["key"])) for bucket in largest]

    def next_due(self, now: float) -> float | None:
        held = {each.key: each for each in self._holds.at(now)}
        free = self._aggregate({"earliest": {"min": {"field": "nextFetchDate"}}}, not_keys(held))["earliest"]["value"]
        times = [free / 1000] if free is not None else []
        times += [
            time
            for bucket in self._of_keys(list(held))
            if (time := _host(bucket["key"], bucket, held[bucket["key"]]).next_due) is not None
        ]
        return min(times, default=None)

    def records(self, status: Status | None = None) -> Iterator[UrlRecord]:
        query = {"match_all": {}} if status is None else {"term": {"status": status.value}}
        for page in self._status.pages({"query": query, "sort": by_url("updated")}, _PAGE):
            yield from (record(hit["_source"]) for hit in page)

    def _resume(self) -> None:
        """Turn the pauses of the last crawl into holds."""
        pauses = self._pauses.all()
        now = self._clock.time()
        left = [pause for pause in pauses if pause.until > now]
        held = self._holds.of([pause.key for pause in left])
        longer = [
            Hold(key, until, RESUMED, 0) for key, until in left if key not in held or (held[key].until or 0.0) < until
        ]
        if longer:
            self._writer.put(self._hold, longer, None)
        self._pauses.forget(pauses)

    def _of_keys(self, keys: list[str]) -> list[dict[str, Any]]:
        parts = [keys[start : start + _MOST_KEYS] for start in range(0, len(keys), _MOST_KEYS)]
        return [bucket for part in parts for bucket in self._keys({"terms": {"key": part}}, len(part))]

    def _keys(self, query: dict[str, Any], limit: int) -> list[dict[str, Any]]:
        """The keys with most URLs. Exact, as all URLs of a key are in one shard."""
        if limit <= 0:
            return []
        keys = {
            "terms": {"field": "key", "size": limit, "order": [{"_count": "desc"}, {"_key": "asc"}]},
            "aggs": {
                "statuses": {"terms": {"field": "status", "size": 10}},
                "earliest": {"min": {"field": "nextFetchDate"}},
            },
        }
        buckets: list[dict[str, Any]] = self._aggregate({"keys": keys}, query)["keys"]["buckets"]
        return buckets

    def _aggregate(self, aggregations: dict[str, Any], query: dict[str, Any] | None = None) -> dict[str, Any]:
        body = {"size": 0, "track_total_hits": False, "aggs": aggregations, "query": query or {"match_all": {}}}
        found: dict[str, Any] = self._status.search(body)["aggregations"]
        return found

    @property
    def _writer(self) -> BulkWriter:
        if self._writer_or_none is None:
            raise self._read_only()
        return self._writer_or_none

    def _read_only(self) -> StoreError:
        return StoreError(f"store {self._status.client.name} was opened for reading only")


def _host(key: str, bucket: dict[str, Any] | None, held: Held | None) -> HostRecord:
    by_status = {each["key"]: each["doc_count"] for each in bucket["statuses"]["buckets"]} if bucket else {}
    earliest = bucket["earliest"]["value"] if bucket else None
    until = held.until if held else None
    next_due = None if earliest is None else max(earliest / 1000, until or 0.0)
    order = [status.value for status in Status if status.value in by_status]
    return HostRecord(
        key,
        sum(by_status.values()),
        {status: by_status[status] for status in order},
        next_due,
        until,
        held.reason if held else "",
        held.failures if held else 0,
    )
