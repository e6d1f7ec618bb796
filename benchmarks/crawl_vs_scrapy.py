"""Crawls one generated web with spindrift and with Scrapy, in turns, and prints pages a second and memory of both.

Both obey robots.txt, follow every link, open one connection a host and pause nowhere. spindrift has its URL and parse
filters, its status store and its full-text index on; Scrapy writes items to a JSON lines file. A run counts only when
every page was fetched. Each crawler is a process of its own: its time is from exec to exit, its memory the peak of it
and its children together.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True)
class Run:
    """One crawl: wall-clock seconds, user and system seconds of the processor, peak resident bytes, pages."""

    seconds: float
    cpu: float
    memory: int
    pages: int

    @property
    def rate(self) -> float:
        return self.pages / self.seconds


def measured(command: Sequence[str], log: Path) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak bytes of a command; ends the benchmark where it fails."""
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        watch = MemoryWatch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}:\n{log.read_text()[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, watch.end()


class MemoryWatch:
    """The most that a process and its children have resident together, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> int:
        """The peak in bytes."""
        self._over.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._over.wait(0.1):
            with suppress(psutil.Error):
                processes = [self._process, *self._process.children(recursive=True)]
                self._peak = max(self._peak, sum(each.memory_info().rss for each in processes))


def crawl_with_scrapy(seeds: Path, folder: Path, concurrency: int) -> tuple[float, float, int, set[str]]:
    items = folder / "items.jsonl"
    command = [sys.executable, str(PEERS / "scrapy_crawl.py"), str(seeds), str(items), str(concurrency)]
    seconds, cpu, memory = measured(command, folder / "scrapy.log")
    return seconds, cpu, memory, urls_of(items)


def crawl_with_spindrift(seeds: Path, folder: Path, concurrency: int) -> tuple[float, float, int, set[str]]:
    spindrift = [sys.executable, "-m", "spindrift.cli.main"]
    store = ["--store", f"sqlite:///{folder / 'crawl.db'}"]
    options = ["-o", "http.agent.name=spindrift-benchmark", "-o", "fetcher.server.delay=0"]
    options += ["-o", f"fetcher.threads.number={concurrency}"]
    command = [*spindrift, "crawl", str(seeds), *store, *options, "--json"]
    seconds, cpu, memory = measured(command, folder / "spindrift.log")
    pages = folder / "pages.jsonl"
    subprocess.run([*spindrift, "export", *store, "--out", str(pages)], check=True, stderr=subprocess.DEVNULL)
    return seconds, cpu, memory, urls_of(pages)


def urls_of(lines: Path) -> set[str]:
    """The URLs in a file of JSON lines."""
    with lines.open() as opened:
        return {json.loads(line)["url"] for line in opened}


CRAWLERS: dict[str, Callable[[Path, Path, int], tuple[float, float, int, set[str]]]] = {
    "spindrift": crawl_with_spindrift,
    "scrapy": crawl_with_scrapy,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=20, help="pages a host")
    parser.add_argument("--concurrency", type=int, default=128)
    parser.add_argument("--only", choices=list(CRAWLERS), help="one of the two, to profile it")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(CRAWLERS)

    with generated_web(arguments.hosts, arguments.pages) as served, tempfile.TemporaryDirectory() as temporary:
        seeds = Path(temporary) / "seeds.txt"
        seeds.write_text("\n".join(served["seeds"]) + "\n")
        runs = alternate(names, arguments.runs, seeds, Path(temporary), arguments.concurrency, served["pages"])
    report(runs)


@contextmanager
def generated_web(hosts: int, pages: int) -> Iterator[dict[str, Any]]:
    """A web of so many hosts with so many pages each, served by a process of its own: its seeds, and how many pages."""
    web = [sys.executable, "-m", "spindrift.demo.generated_web", "--plain", "--prepare", "--names", "addresses"]
    web += ["--hosts", str(hosts), "--pages", str(pages)]
    with subprocess.Popen(web, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def alternate(
    names: Sequence[str], count: int, seeds: Path, folder: Path, concurrency: int, expected: int
) -> dict[str, list[Run]]:
    """`count` runs of each crawler, in turns, so that whatever else the machine does meets both."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for number in range(count):
        for name in names:
            own = folder / f"{name}-{number}"
            own.mkdir()
            seconds, cpu, memory, urls = CRAWLERS[name](seeds, own, concurrency)
            if len(urls) != expected:
                sys.exit(f"{name} has {len(urls)} of {expected} pages: the run does not count")
            run = Run(seconds, cpu, memory, len(urls))
            runs[name].append(run)
            print(
                f"run {number + 1}  {name:<10} {run.rate:7.1f} pages/s  {run.seconds:6.1f} s"
                f"  {run.cpu:6.1f} s CPU  {run.memory / 1e6:5.0f} MB",
                flush=True,
            )
    return runs


def report(runs: dict[str, list[Run]]) -> None:
    """The medians, and how the two compare."""
    rate = {name: statistics.median(run.rate for run in own) for name, own in runs.items()}
    memory = {name: statistics.median(run.memory for run in own) for name, own in runs.items()}
    print(f"\n{'median':<12}{'pages/s':>9}{'peak MB':>9}")
    for name in runs:
        print(f"{name:<12}{rate[name]:>9.1f}{memory[name] / 1e6:>9.0f}")
    if len(runs) > 1:
        print(
            f"\nspindrift fetches {rate['spindrift'] / rate['scrapy']:.1f} times the pages a second of Scrapy"
            f" (asked: 5, ambition: 8), at {memory['spindrift'] / memory['scrapy']:.2f} times its memory (asked: 2)."
        )


if __name__ == "__main__":
    main()
