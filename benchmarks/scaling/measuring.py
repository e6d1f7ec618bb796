"""What the plan is made from, measured on this machine in a few minutes."""

import contextlib
import os
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from benchmarks import crawl_vs_scrapy, frontier, runner_throughput
from benchmarks.scaling.figures import Measured
from benchmarks.scaling.search import measure_search
from spindrift.local.collector import calm_collector
from spindrift.store import open_store

_STATUS_INDEXES: Final = ("status_digest", "status_due")
_BATCHES: Final = 20

Say = Callable[[str], None]


def measure(urls: int, hosts: int, crawl_hosts: int, search: str | None, say: Say) -> Measured:
    """Run the benchmarks that give the figures: the frontier's, the runner's and the crawl's."""
    with tempfile.TemporaryDirectory(prefix="spindrift-scale-") as folder:
        say(f"frontier of {urls:,} URLs")
        path = Path(folder) / "frontier.db"
        upserts, due = _frontier(path, urls, hosts)
        sizes = table_bytes(path)
        stored = urls + frontier.MIXED // 2
        say("embedded runner")
        tuples = statistics.median(runner_throughput.through_the_runner(1.0)[1] for _ in range(3)) * 2
        say(f"crawl of {crawl_hosts * 20:,} pages, three times")
        run, documents = _crawl(Path(folder), crawl_hosts)
        found = None
        if search is not None:
            say(f"search engine at {search}")
            found = measure_search(search, urls, hosts)
    return Measured(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        urls=stored,
        bytes_per_url=_sum(sizes, ("status", "hosts")) / stored,
        index_bytes_per_url=_sum(sizes, _STATUS_INDEXES) / stored,
        bytes_per_document=documents,
        upserts=upserts,
        due_urls=due,
        tuples=tuples,
        pages=run.rate,
        cpu_per_page=run.cpu / run.pages,
        worker_memory=run.memory,
        search=found,
    )


def table_bytes(path: Path) -> dict[str, int]:
    """Bytes of each table and index of a SQLite file."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))


def _sum(sizes: dict[str, int], prefixes: Iterable[str]) -> int:
    return sum(size for name, size in sizes.items() if name.startswith(tuple(prefixes)))


def _frontier(path: Path, urls: int, hosts: int) -> tuple[float, float]:
    """Upserts a second, and due URLs a second."""
    with calm_collector():
        with open_store(f"sqlite:///{path}") as store:
            frontier.add(store.frontier, 0, urls, hosts)
        with open_store(f"sqlite:///{path}") as store:
            batches = [frontier.take(store.frontier) for _ in range(_BATCHES)]
            upserts = frontier.mix(store.frontier, frontier.crawled(urls, hosts, scattered=True))
    return upserts, 1000 / statistics.median(batches)


def _crawl(folder: Path, hosts: int) -> tuple[crawl_vs_scrapy.Run, float]:
    """The median of three crawls, and bytes a document."""
    with crawl_vs_scrapy.generated_web(hosts, 20) as served, contextlib.redirect_stdout(sys.stderr):
        seeds = folder / "seeds.txt"
        seeds.write_text("\n".join(served["seeds"]) + "\n")
        runs = crawl_vs_scrapy.alternate(["spindrift"], 3, seeds, folder, 128, served["pages"])["spindrift"]
    sizes = table_bytes(folder / "spindrift-0" / "crawl.db")
    return sorted(runs, key=lambda run: run.rate)[1], _sum(sizes, ["documents"]) / runs[0].pages
