"""Which URLs are due: one by one of each key, those of the keys with the earliest URL first.

StormCrawler's AggregationSpout has all due documents sorted, a bucket a key, for each batch. Here the keys are taken
first, by an aggregation that only counts, and then no more of them is read than the batch takes; and where a batch is
a URL of each of many keys, the next one is looked for among the URLs that are not much later (the idea of
StormCrawler's `status.recentDate.increase`, but the answer is the same as without it).
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, zip_longest
from typing import Any, Final

from spindrift.frontier.protocol import Shard
from spindrift.frontier.records import UrlRecord
from spindrift.frontier.search_holds import Holds
from spindrift.frontier.search_records import record
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import ceil_ms, floor_ms, url_id

_MOST_BUCKETS: Final = 1000
"""Keys of which several URLs each are read; of more keys, one each."""
_MOST_HITS: Final = 10_000  # index.max_result_window
_MOST_OF_A_KEY: Final = 1000  # index.max_inner_result_window of resources/mappings/status.json
_MOST_TERMS: Final = 60_000  # index.max_terms_count is 65,536
_TURNS: Final = 20_000
"""Keys that are remembered as served: with more keys than these, those that were served longest ago come first."""
_AHEAD: Final = 2
"""How far behind a batch the next one is looked for, in batches: keys get rarer there, as the large ones come first."""
_EARLIEST_FIRST: Final = [{"nextFetchDate": "asc"}, {"url": "asc"}]


class KeyTurns:
    """Takes due URLs from keys in turn: a key that was served waits until all others were. For one thread and shard."""

    def __init__(self, index: Index, holds: Holds, shards: int, shard: Shard) -> None:
        """`shards`: of the index; those whose number is `shard.index` modulo `shard.count` are asked."""
        self._index = index
        self._holds = holds
        own = [str(number) for number in range(shards) if number % shard.count == shard.index]
        self._params = {} if shard.count == 1 else {"preference": f"_shards:{','.join(own)}"}
        self._served: OrderedDict[str, None] = OrderedDict()
        self._reach: int | None = None
        """The next batch is likely to be due before this (milliseconds), if all keys are still to be served once."""

    def take(
        self,
        now: float,
        limit: int,
        per_key: int,
        in_flight: Mapping[str, Collection[str]],
        quick: Mapping[str, int],
    ) -> list[UrlRecord]:
        """See `Frontier.due`."""
        busy = {key: max(len(urls) - quick.get(key, 0), 0) for key, urls in in_flight.items()}
        full = {key for key, urls in busy.items() if urls >= per_key}
        held = {each.key for each in self._holds.at(now)}
        taken = [url_id(url) for key, urls in in_flight.items() if key not in full for url in urls]
        records: list[UrlRecord] = []
        had: set[str] = set()
        for others_first in (True, False) if self._served else (False,):
            if len(records) >= limit:
                break
            if not others_first:
                self._served = OrderedDict.fromkeys(had)
                self._reach = None
            without = [*full, *held, *(self._served if others_first else had)]
            room = {key: per_key - urls for key, urls in busy.items()}
            found = self._ask(floor_ms(now), limit - len(records), per_key, _but(without, taken), room)
            records += found
            for each in found:
                had.add(each.key)
                self._served[each.key] = None
                self._served.move_to_end(each.key)
        while len(self._served) > _TURNS:
            self._served.popitem(last=False)
        return records

    def _ask(
        self, now: int, limit: int, per_key: int, but: list[dict[str, Any]], room: Mapping[str, int]
    ) -> list[UrlRecord]:
        """The keys' first URLs, then their second ones, and so on, the keys with the earliest URL first."""
        limit = min(limit, _MOST_HITS)
        reach, self._reach = self._reach, None
        if reach is not None and reach < now:
            found = self._first_of_each(reach, limit, but)
            if len(found) == limit:  # all other keys are due after these
                return self._reached(found)
        keys = self._keys(now, limit, but)
        if not keys:
            return []
        if len(keys) >= min(limit, _MOST_BUCKETS):
            return self._reached(self._first_of_each(int(keys[-1]["earliest"]["value"]), limit, but))
        rooms = {key["key"]: min(room.get(key["key"], per_key), key["doc_count"], _MOST_OF_A_KEY) for key in keys}
        turns = _turns(list(rooms.values()), limit)
        urls = {"urls": {"top_hits": {"size": turns, "sort": _EARLIEST_FIRST}}}
        of_keys = [_hits(bucket)[: rooms.get(bucket["key"], 0)] for bucket in self._keys(now, len(keys), but, urls)]
        return [record(source) for source in chain.from_iterable(zip_longest(*of_keys)) if source is not None][:limit]

    def _reached(self, found: list[UrlRecord]) -> list[UrlRecord]:
        first, last = (ceil_ms(found[at].next_fetch or 0.0) for at in (0, -1))
        self._reach = last + _AHEAD * (last - first)
        return found

    def _first_of_each(self, until: int, limit: int, but: list[dict[str, Any]]) -> list[UrlRecord]:
        """The earliest URL of each key. All in one list, of which the engine reads what it gives and nothing else."""
        body = {"size": limit, "query": _due(until, but), "sort": _EARLIEST_FIRST, "collapse": {"field": "key"}}
        found = self._index.search(body | {"track_total_hits": False}, **self._params)
        return [record(hit["_source"]) for hit in found["hits"]["hits"]]

    def _keys(
        self, until: int, limit: int, but: list[dict[str, Any]], of_each: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Buckets of the keys with the earliest URLs. Exact, as all URLs of a key are in one shard."""
        keys = {
            "terms": {
                "field": "key",
                "size": limit,
                "shard_size": limit,
                "order": [{"earliest": "asc"}, {"_key": "asc"}],
                "collect_mode": "breadth_first",
            },
            "aggs": {"earliest": {"min": {"field": "nextFetchDate"}}, **(of_each or {})},
        }
        body = {"size": 0, "track_total_hits": False, "query": _due(until, but), "aggs": {"keys": keys}}
        found = self._index.search(body, **self._params)
        buckets: list[dict[str, Any]] = found["aggregations"]["keys"]["buckets"]
        return buckets


def not_keys(keys: Iterable[str]) -> dict[str, Any]:
    """A query for the URLs of all other keys."""
    return {"bool": {"must_not": _in_parts("key", list(keys))}}


def _due(until: int, but: list[dict[str, Any]]) -> dict[str, Any]:
    times = {"range": {"nextFetchDate": {"lte": until, "format": "epoch_millis"}}}
    return {"bool": {"filter": [times], "must_not": but}}


def _but(keys: list[str], ids: list[str]) -> list[dict[str, Any]]:
    return [*_in_parts("key", keys), *([{"ids": {"values": ids}}] if ids else [])]


def _turns(rooms: list[int], limit: int) -> int:
    """How often all have to give one, as long as they have room, until there are `limit`."""
    most = max(rooms)
    return next((turns for turns in range(1, most) if sum(min(each, turns) for each in rooms) >= limit), most)


def _in_parts(field: str, values: list[str]) -> list[dict[str, Any]]:
    return [{"terms": {field: values[start : start + _MOST_TERMS]}} for start in range(0, len(values), _MOST_TERMS)]


def _hits(bucket: dict[str, Any]) -> list[dict[str, Any]]:
    return [hit["_source"] for hit in bucket["urls"]["hits"]["hits"]]
