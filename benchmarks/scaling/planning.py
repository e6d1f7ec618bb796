"""What a crawl needs, from what was measured: pure arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from benchmarks.scaling.figures import Measured
from benchmarks.scaling.web import Host

DAY: Final = 86_400.0
_ROBOTS_AGE: Final = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is not measured here."""

    days: float = 30.0
    """In which the crawl shall be done, as far as politeness lets it."""
    server_delay: float = 1.0
    """fetcher.server.delay, seconds."""
    links: float = 100.0
    """Links of a page that reach the status store, known or new: an upper bound."""
    wire_bytes: float = 30_000.0
    """Bytes of a page on the network."""
    utilisation: float = 0.7
    """Share of what was measured that is planned with."""
    processing: float = 0.3
    """Seconds from a page's arrival until its status is durable."""
    network: float = 1e9 / 8
    """Bytes a second of one machine."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """What the hosts allow, with one request at a time each."""

    largest: int
    """URLs of the largest host."""
    days_90: float
    days_99: float
    days_all: float
    """Days until so many per cent of the URLs can have been fetched, robots.txt once a host."""
    fastest: float
    """Pages a second while all hosts have URLs."""
    pause: float
    """Mean over the hosts, seconds."""
    response: float
    """Mean over the hosts, seconds."""


@dataclass(frozen=True, slots=True)
class Machines:
    """What it takes to be done in `Assumed.days`."""

    pages: float
    """A second."""
    requests: float
    """A second, robots.txt included: once a host every six hours, and once a page at most."""
    workers: int
    """Machines like the measured one."""
    fetchers: int
    parsers: int
    threads: int
    """fetcher.threads.number, of all fetchers together."""
    pending: int
    """topology.max.spout.pending, of all spouts together."""
    tuples: float
    """A second."""
    upserts: float
    """A second, in the status store."""
    stores: int
    """SQLite files like the measured one that could take the writes and give the due URLs: with more than one, a
    search engine is needed."""
    shards: int | None
    """Of a search engine like the measured one that could take the writes; None: none was measured."""
    status_bytes: float
    document_bytes: float
    memory: float
    """Bytes: of the workers, and what the status store's indexes take, as links come in no order."""
    network: float
    """Bytes a second."""


def politeness(hosts: Sequence[Host], server_delay: float) -> Politeness:
    """Of the hosts that answer."""
    alive = [host for host in hosts if math.isfinite(host.response)]
    turns = [host.turn(server_delay) for host in alive]
    days = [
        days_until(share, [host.urls for host in alive], turns) if share < 1 else _longest(alive, turns)
        for share in (0.9, 0.99, 1.0)
    ]
    return Politeness(
        largest=max(host.urls for host in alive),
        days_90=days[0],
        days_99=days[1],
        days_all=days[2],
        fastest=sum(1 / turn for turn in turns),
        pause=sum(host.pause(server_delay) for host in alive) / len(alive),
        response=sum(host.response for host in alive) / len(alive),
    )


def days_until(share: float, urls: Sequence[int], turns: Sequence[float]) -> float:
    """Days after which so much of all URLs can have been fetched, each host's one by one, `turns` seconds apart."""
    ends = sorted((count * turn, count, 1 / turn) for count, turn in zip(urls, turns, strict=True))
    done = [0.0, *accumulate(count for _, count, _ in ends)]
    rate = sum(each for _, _, each in ends)
    wanted = share * done[-1]
    for place, (end, _, own) in enumerate(ends):
        if done[place] + rate * end >= wanted:
            return (wanted - done[place]) / rate / DAY
        rate -= own
    return ends[-1][0] / DAY


def machines(measured: Measured, assumed: Assumed, urls: int, hosts: int, polite: Politeness) -> Machines:
    """The machines, tasks and bytes of a crawl of so many URLs, each fetched once."""
    seconds = assumed.days * DAY
    pages = urls / seconds
    robots = hosts * min(urls / hosts, max(1.0, seconds / _ROBOTS_AGE)) / seconds
    requests = pages + robots
    cores = pages * measured.cpu_per_page / assumed.utilisation
    workers = max(1, math.ceil(cores / measured.cores))
    upserts = pages * (1 + assumed.links)
    in_flight = polite.pause + polite.response * (1 + robots / pages) + assumed.processing
    return Machines(
        pages=pages,
        requests=requests,
        workers=workers,
        fetchers=workers,
        parsers=workers * max(1, measured.cores - 1),
        threads=math.ceil(requests * polite.response / assumed.utilisation),
        pending=math.ceil(pages * in_flight / assumed.utilisation),
        tuples=pages * (_TUPLES_OF_A_PAGE + assumed.links),
        upserts=upserts,
        stores=max(
            math.ceil(upserts / (measured.upserts * assumed.utilisation)),
            math.ceil(pages / (measured.due_urls * assumed.utilisation)),
        ),
        shards=None
        if measured.search is None
        else math.ceil(upserts / (measured.search.upserts * assumed.utilisation)),
        status_bytes=urls * measured.bytes_per_url,
        document_bytes=urls * measured.bytes_per_document,
        memory=workers * measured.worker_memory + urls * measured.index_bytes_per_url,
        network=pages * assumed.wire_bytes,
    )


_TUPLES_OF_A_PAGE: Final = 7
"""Frontier, partitioner, fetcher, sitemap, feed, parser, indexer; its links come on top."""


def days_by_resource(measured: Measured, assumed: Assumed, urls: int, polite: Politeness) -> dict[str, float]:
    """Days that each resource would need for the crawl on one machine like the measured one, alone; longest first."""
    seconds = {
        "politeness": polite.days_99 * DAY,
        "worker": urls / measured.pages,
        "status writes": urls * (1 + assumed.links) / measured.upserts,
        "due URLs": urls / measured.due_urls,
        "tuples": urls * (_TUPLES_OF_A_PAGE + assumed.links) / measured.tuples,
        "network": urls * assumed.wire_bytes / assumed.network,
    }
    return {name: seconds[name] / DAY for name in sorted(seconds, key=lambda name: -seconds[name])}


def _longest(hosts: Sequence[Host], turns: Sequence[float]) -> float:
    return max(host.urls * turn for host, turn in zip(hosts, turns, strict=True)) / DAY
