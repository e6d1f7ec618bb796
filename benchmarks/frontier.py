"""The frontier as it grows: status upserts a second, and the time of a batch of due URLs.

    python benchmarks/frontier.py --urls 5000000

Prints a row for 100,000, 1,000,000 and 5,000,000 URLs (up to `--urls`), over `--hosts` hosts, some of which have far
more URLs than others.

- added/s: newly discovered URLs, put in batches of 100,000, since the row before.
- crawl/s: what a crawl stores that has just opened it, by single `put`s with a callback each, until all are durable:
  half are pages that were fetched, on random hosts, and half new links that they have to their own hosts.
- scattered/s: the same, but each link leads to another random host: the worst case, as every URL has its pages of
  table and indexes to itself.
- batch ms: a batch of 1,000 due URLs, at most 2 a host; the median and the slowest of `--batches`.

Targets: 20,000 upserts a second, 100 ms.
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from spindrift.frontier import Frontier, StatusUpdate
from spindrift.local.collector import calm_collector
from spindrift.status import Status
from spindrift.store import open_store

SIZES = (100_000, 1_000_000, 5_000_000)
NOW = 1_700_000_000.0
BATCH = 100_000
MIXED = 60_000


def main() -> None:
    """Build the frontier step by step and measure at each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--urls", type=int, default=SIZES[-1], help="URLs at the end (default %(default)s)")
    parser.add_argument("--hosts", type=int, default=50_000, help="hosts they are on (default %(default)s)")
    parser.add_argument("--batches", type=int, default=20, help="batches of due URLs a row (default %(default)s)")
    options = parser.parse_args()
    with calm_collector(), tempfile.TemporaryDirectory(prefix="spindrift-frontier-") as folder:  # as a crawl runs
        path = Path(folder) / "frontier.db"
        print("      URLs   added/s   crawl/s  scattered/s  batch ms   slowest      MB")
        before = 0
        for size in [size for size in SIZES if size < options.urls] + [options.urls]:
            with open_store(f"sqlite:///{path}") as store:
                added = add(store.frontier, before, size, options.hosts)
            # Opened again, as a crawl that goes on would: what was added is folded back into the file by then.
            with open_store(f"sqlite:///{path}") as store:
                batches = [take(store.frontier) for _ in range(options.batches)]
                crawl = mix(store.frontier, crawled(size, options.hosts))
                scattered = mix(store.frontier, crawled(size + MIXED // 2, options.hosts, scattered=True))
            before = size + MIXED
            megabytes = path.stat().st_size / 1e6
            median, slowest = statistics.median(batches) * 1000, max(batches) * 1000
            rates = f"{added:9,.0f} {crawl:9,.0f} {scattered:12,.0f}"
            print(f"{size:10,} {rates} {median:9.1f} {slowest:9.1f} {megabytes:7,.0f}", flush=True)


def add(frontier: Frontier, start: int, end: int, hosts: int) -> float:
    """Put the URLs numbered from `start` to `end` as discovered; URLs a second, without the time to make them up."""
    elapsed = 0.0
    for first in range(start, end, BATCH):
        updates = [discovered(number, hosts) for number in range(first, min(first + BATCH, end))]
        began = time.perf_counter()
        frontier.put(updates)
        elapsed += time.perf_counter() - began
    return (end - start) / elapsed


def mix(frontier: Frontier, updates: list[StatusUpdate]) -> float:
    """Put them one by one; a second, until all are durable."""
    durable = 0
    finished = threading.Event()
    errors: list[BaseException] = []

    def done(error: BaseException | None) -> None:
        nonlocal durable
        durable += 1
        if error is not None:
            errors.append(error)
        if durable == len(updates):
            finished.set()

    began = time.perf_counter()
    for update in updates:
        frontier.put([update], done)
    finished.wait()
    elapsed = time.perf_counter() - began
    if errors:
        raise errors[0]
    return len(updates) / elapsed


def crawled(size: int, hosts: int, *, scattered: bool = False) -> list[StatusUpdate]:
    """In turn a known URL that was fetched, and a new one: on its host, or on any."""
    chosen = random.Random(size)
    updates = []
    for number in range(size, size + MIXED // 2):
        url, key, _status, metadata, *_ = discovered(chosen.randrange(size), hosts)
        updates.append(StatusUpdate(url, key, Status.FETCHED, metadata | {"protocol.etag": ['"5f3a"']}, NOW + 86400))
        link = discovered(number, hosts)
        updates.append(link if scattered else link._replace(url=f"https://{key}/link-{number}.html", key=key))
    return updates


def discovered(number: int, hosts: int) -> StatusUpdate:
    """URL `number`: its host is scattered, some hosts have far more URLs than others."""
    scattered = number * 2654435761 % 2**32 / 2**32
    host = int(hosts * scattered**2)
    key = f"host{host:05d}.example"
    metadata = {
        "url.path": [f"https://{key}/", f"https://{key}/section/{number % 7}"],
        "depth": ["2"],
        "fetch.private.allowed": ["true"],
    }
    return StatusUpdate(
        f"https://{key}/section/{number % 7}/page-{number}.html", key, Status.DISCOVERED, metadata, NOW - number % 1000
    )


def take(frontier: Frontier) -> float:
    """Seconds for a batch of 1,000, at most 2 a host."""
    began = time.perf_counter()
    records = frontier.due(NOW, 1000, 2, {})
    elapsed = time.perf_counter() - began
    assert len(records) == 1000, f"the frontier gave {len(records)} URLs of 1,000"
    return elapsed


if __name__ == "__main__":
    main()
