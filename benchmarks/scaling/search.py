"""The same figures of a search engine's status index."""

import statistics

from benchmarks import frontier
from benchmarks.scaling.figures import SearchMeasured
from spindrift.conf import Settings
from spindrift.search_engine.address import SearchAddress
from spindrift.search_engine.client import connect
from spindrift.store import open_store


def measure_search(url: str, urls: int, hosts: int) -> SearchMeasured:
    """Fill the status index at `url`, which has to be empty, and measure as with SQLite."""
    with open_store(url) as store:
        frontier.add(store.frontier, 0, urls, hosts)
        batches = [frontier.take(store.frontier) for _ in range(5)]
        upserts = frontier.mix(store.frontier, frontier.crawled(urls, hosts, scattered=True))
    address = SearchAddress.parse(url)
    client = connect(address, Settings())
    try:
        name = address.index("status")
        client.ask("POST", f"/{name}/_forcemerge", max_num_segments="1")
        primaries = client.ask("GET", f"/{name}/_stats/store,docs").body["_all"]["primaries"]
    finally:
        client.close()
    return SearchMeasured(
        urls=primaries["docs"]["count"],
        bytes_per_url=primaries["store"]["size_in_bytes"] / primaries["docs"]["count"],
        upserts=upserts,
        due_urls=1000 / statistics.median(batches),
    )
