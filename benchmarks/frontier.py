"""The frontier as it grows: status upserts a second, and the time of a batch of due URLs.

    python benchmarks/frontier.py --urls 5000000

Prints a row for 100,000, 1,000,000 and 5,000,000 URLs (up to `--urls`), over `--hosts` hosts. "added" is the real
`put` of newly discovered URLs in large batches, from the row before; "mixed" is half new and half known URLs, as a
crawl stores them, handed in by single `put`s with a callback each; "batch" is a batch of 1,000 due URLs, at most 2 a
host, the median and the slowest of `--batches`. Targets: 20,000 upserts a second, 100 ms.
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from spindrift.frontier import Frontier, StatusUpdate
from spindrift.status import Status
from spindrift.store import open_store

SIZES = (100_000, 1_000_000, 5_000_000)
NOW = 1_700_000_000.0
BATCH = 20_000


def main() -> None:
    """Build the frontier step by step and measure at each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--urls", type=int, default=SIZES[-1], help="URLs at the end (default %(default)s)")
    parser.add_argument("--hosts", type=int, default=50_000, help="hosts they are on (default %(default)s)")
    parser.add_argument("--batches", type=int, default=20, help="batches of due URLs a row (default %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spindrift-frontier-") as folder:
        path = Path(folder) / "frontier.db"
        with open_store(f"sqlite:///{path}") as store:
            print(f"{'URLs':>10} {'added/s':>9} {'mixed/s':>9} {'batch ms':>9} {'slowest':>9} {'MB':>7}")
            frontier = store.frontier
            before = 0
            for size in [size for size in SIZES if size < options.urls] + [options.urls]:
                added = add(frontier, before, size, options.hosts)
                batches = [take(frontier) for _ in range(options.batches)]
                mixed = mix(frontier, size, options.hosts)
                before = size + MIXED // 2
                megabytes = path.stat().st_size / 1e6
                print(
                    f"{size:10,} {added:9,.0f} {mixed:9,.0f} {statistics.median(batches) * 1000:9.1f} "
                    f"{max(batches) * 1000:9.1f} {megabytes:7,.0f}",
                    flush=True,
                )


def add(frontier: Frontier, start: int, end: int, hosts: int) -> float:
    """Put the URLs numbered from `start` to `end` as discovered; URLs a second, without the time to make them up."""
    elapsed = 0.0
    for first in range(start, end, BATCH):
        updates = [discovered(number, hosts) for number in range(first, min(first + BATCH, end))]
        began = time.perf_counter()
        frontier.put(updates)
        elapsed += time.perf_counter() - began
    return (end - start) / elapsed


MIXED = 60_000


def mix(frontier: Frontier, size: int, hosts: int) -> float:
    """Put new and known URLs in turn, one by one; a second, until all are durable."""
    updates = list(mixed_updates(size, hosts))
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


def mixed_updates(size: int, hosts: int) -> Iterator[StatusUpdate]:
    """New URLs, and known ones that were fetched, in turn."""
    known = random.Random(size)
    for number in range(size, size + MIXED // 2):
        yield discovered(number, hosts)
        url, key, _status, metadata, _due = discovered(known.randrange(size), hosts)
        yield StatusUpdate(url, key, Status.FETCHED, metadata | {"protocol.etag": ['"5f3a"']}, NOW + 86400)


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
