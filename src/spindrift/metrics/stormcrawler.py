"""The metrics of spindrift's own components under the names that StormCrawler gives them."""

from typing import Any

Named = dict[str, Any]
"""By name: a number, or numbers by scope."""


def named(metric: str, value: Any, rates: dict[str, float]) -> Named:
    """What a component reports as `metric` (merged over its tasks), by StormCrawler's names; others as they are."""
    if not isinstance(value, dict):
        return {metric: value} if isinstance(value, int | float) else {}
    match metric:
        case "fetcher":
            return _fetcher(value, rates)
        case "frontier":
            return _frontier(value)
        case "indexer":
            return {"Indexer": {"Indexed": value.get("indexed", 0)}}
        case "parser":
            return {"JSoupParserBolt": _numbers(value)}
        case _:
            return {metric: _numbers(value)}


def _fetcher(value: dict[str, Any], rates: dict[str, float]) -> Named:
    fetched = value.get("fetched", 0)
    counter = {
        "fetched": fetched,
        "bytes_fetched": value.get("bytes", 0),
        "exception": value.get("exceptions", 0),
        "robots.fetched": value.get("robots_fetched", 0),
        "robots.fromCache": value.get("robots_cached", 0),
    }
    counter |= {f"status_{code}": count for code, count in sorted((value.get("status_codes") or {}).items())}
    each = fetched or 1
    return {
        "fetcher_counter": counter,
        "activethreads": value.get("active", 0),
        "in_queues": value.get("queued", 0),
        "num_queues": value.get("queues", 0),
        "fetcher_average_perdoc": {
            "fetch_time": value.get("fetch_seconds", 0) * 1000 / each,
            "time_in_queues": value.get("queue_seconds", 0) * 1000 / each,
            "bytes_fetched": value.get("bytes", 0) / each,
        },
        "fetcher_average_persec": {
            "fetched_perSec": rates.get("fetched", 0.0),
            "bytes_fetched_perSec": rates.get("bytes", 0.0),
        },
    }


def _frontier(value: dict[str, Any]) -> Named:
    return {
        "counters": {name: value.get(name, 0) for name in ("emitted", "acked", "failed", "given_up")},
        "buffer_size": value.get("buffered", 0),
        "numQueues": value.get("queues", 0),
        "beingProcessed": value.get("in_flight", 0),
        # StormCrawler's: what was acked or failed, and a query may still bring back. Here only what failed comes back.
        "inPurgatory": value.get("replay", 0),
        "spout_query_time_msec": value.get("query_ms", 0),
    }


def _numbers(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if isinstance(part, int | float)}
