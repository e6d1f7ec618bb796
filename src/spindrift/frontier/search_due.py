"""Which URLs are due: a bucket a key, as StormCrawler's AggregationSpout has it."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, zip_longest
from typing import Any, Final

from spindrift.frontier.protocol import Shard
from spindrift.frontier.records import UrlRecord
from spindrift.frontier.search_holds import Holds
from spindrift.frontier.search_records import record
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import floor_ms, url_id

_MOST_BUCKETS: Final = 1000
_MOST_OF_A_KEY: Final = 1000  # index.max_inner_result_window of resources/mappings/status.json
_MOST_TERMS: Final = 60_000  # index.max_terms_count is 65,536
_TURNS: Final = 20_000
"""Keys that are remembered as served: with more keys than these, those that were served longest ago come first."""


class KeyTurns:
    """Takes due URLs from keys in turn: a key that was served waits until all others were. For one thread and shard."""

    def __init__(self, index: Index, holds: Holds, shards: int, shard: Shard) -> None:
        """`shards`: of the index; those whose number is `shard.index` modulo `shard.count` are asked."""
        self._index = index
        self._holds = holds
        own = [str(number) for number in range(shards) if number % shard.count == shard.index]
        self._params = {} if shard.count == 1 else {"preference": f"_shards:{','.join(own)}"}
        self._served: OrderedDict[str, None] = OrderedDict()

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
            without = [*full, *held, *(self._served if others_first else had)]
            room = {key: per_key - urls for key, urls in busy.items()}
            found = self._ask(now, limit - len(records), per_key, without, taken, room)
            records += found
            for each in found:
                had.add(each.key)
                self._served[each.key] = None
                self._served.move_to_end(each.key)
        while len(self._served) > _TURNS:
            self._served.popitem(last=False)
        return records

    def _ask(
        self, now: float, limit: int, per_key: int, without: list[str], taken: list[str], room: Mapping[str, int]
    ) -> list[UrlRecord]:
        """The keys' first URLs, then their second ones, and so on, the keys with the earliest URL first."""
        query = {
            "bool": {
                "filter": [{"range": {"nextFetchDate": {"lte": floor_ms(now), "format": "epoch_millis"}}}],
                "must_not": [*_in_parts("key", without), *([{"ids": {"values": taken}}] if taken else [])],
            }
        }
        urls = {
            "top_hits": {
                "size": min(per_key, limit, _MOST_OF_A_KEY),
                "sort": [{"nextFetchDate": "asc"}, {"url": "asc"}],
            }
        }
        keys = {
            "terms": {
                "field": "key",
                "size": min(limit, _MOST_BUCKETS),
                "order": [{"earliest": "asc"}, {"_key": "asc"}],
                "collect_mode": "breadth_first",
            },
            "aggs": {"earliest": {"min": {"field": "nextFetchDate"}}, "urls": urls},
        }
        body = {"size": 0, "track_total_hits": False, "query": query, "aggs": {"keys": keys}}
        buckets = self._index.search(body, **self._params)["aggregations"]["keys"]["buckets"]
        of_keys = [_hits(bucket)[: room.get(bucket["key"], per_key)] for bucket in buckets]
        turns = chain.from_iterable(zip_longest(*of_keys))
        return [record(source) for source in turns if source is not None][:limit]


def not_keys(keys: Iterable[str]) -> dict[str, Any]:
    """A query for the URLs of all other keys."""
    return {"bool": {"must_not": _in_parts("key", list(keys))}}


def _in_parts(field: str, values: list[str]) -> list[dict[str, Any]]:
    return [{"terms": {field: values[start : start + _MOST_TERMS]}} for start in range(0, len(values), _MOST_TERMS)]


def _hits(bucket: dict[str, Any]) -> list[dict[str, Any]]:
    return [hit["_source"] for hit in bucket["urls"]["hits"]["hits"]]
