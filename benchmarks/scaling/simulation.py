"""A crawl on a virtual clock: the project's frontier, spouts' supplies and politeness queues, without a network."""

import heapq
import math
from binascii import crc32
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Final

from benchmarks.scaling.asking import AskedFrontier, AskingClock, Later
from benchmarks.scaling.due_book import DueBook
from benchmarks.scaling.fetcher import Answered, SimulatedFetcher
from benchmarks.scaling.scenario import Sample, Scenario
from benchmarks.scaling.web import make_hosts
from spindrift.conf import Settings
from spindrift.frontier import Shard, StatusUpdate
from spindrift.frontier.supply import SupplyLimits, UrlSupply
from spindrift.status import Status
from spindrift.store import open_store

START: Final = 1_700_000_000.0
_PROCESSING: Final = 0.2
"""Seconds from the end of a fetch until the page is parsed and indexed."""
_POLL: Final = 0.05
_BATCH: Final = 20_000


class Simulation:
    """Runs a scenario; `samples` gives its figures as they come. The same scenario gives the same figures."""

    def __init__(self, scenario: Scenario, say: Callable[[str], None] = lambda message: None) -> None:
        settings = Settings(scenario.conf)
        self._scenario = scenario
        self._say = say
        self._clock = AskingClock(START)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self.hosts = {f"h{number}": host for number, host in enumerate(make_hosts(scenario.web))}
        self._book = DueBook(self.hosts, settings.seconds("fetcher.server.delay"), scenario.interval)
        self._store = open_store(scenario.store, settings, clock=self._clock)
        self._frontier = self._store.frontier
        self._threads = scenario.tasks * settings.integer("fetcher.threads.number")
        self._commit_interval = settings.seconds("store.commit.interval")
        self._most_pending = settings.limit("topology.max.spout.pending") or 10**9
        self._fetchers = [
            SimulatedFetcher(
                self.hosts,
                settings,
                self._clock,
                self._at,
                self._deliver,
                self._hold,
                Random(f"{scenario.web.seed} {task}"),
            )
            for task in range(scenario.tasks)
        ]
        self._supplies = [
            UrlSupply(
                AskedFrontier(self._frontier, self._clock),
                supply_limits(settings),
                self._clock,
                Later(self._clock, self._at),
                lambda record, forget: forget(),
                Shard(task, scenario.tasks),
            )
            for task in range(scenario.tasks)
        ]
        self._open = [0] * scenario.tasks
        self._spout_of: dict[str, int] = {}
        self._finished: list[Answered] = []
        self._unvisited = {key for key, host in self.hosts.items() if math.isfinite(host.response)}
        self._pages = 0

    def samples(self) -> Iterator[Sample]:
        """Fill the store, then crawl; a sample each part of the time."""
        try:
            self._fill()
            claims = [self._frontier.claim(Shard(task, len(self._supplies))) for task in range(len(self._supplies))]
            self._at(0.0, self._poll)
            self._at(self._commit_interval, self._commit)
            for number in range(self._scenario.samples):
                yield self._sample(self._scenario.seconds * (number + 1) / self._scenario.samples)
                if not self._book.urls and self._scenario.interval is None:
                    break
            for claim in claims:
                claim.release()
        finally:
            self._store.close()

    def _fill(self) -> None:
        when = Random(self._scenario.web.seed)
        interval = self._scenario.interval or 0.0
        urls = (
            (START + math.floor(when.random() * interval), f"http://{key}/{page}", key)
            for key, host in self.hosts.items()
            for page in range(host.urls)
        )
        added = 0
        while batch := list(islice(urls, _BATCH)):
            self._frontier.put([StatusUpdate(url, key, Status.DISCOVERED, {}, due) for due, url, key in batch])
            self._book.put(batch)
            added += len(batch)
            self._say(f"{added:,} of {self._scenario.web.urls:,} URLs put into the store")

    def _sample(self, until: float) -> Sample:
        began = self._clock.time() - START
        pages, requests = self._pages, self._requests()
        polite = []
        for step in range(21):
            self._run(START + began + (until - began) * step / 20)
            self._book.advance(self._clock.time())
            lost = sum(fetcher.lost for fetcher in self._fetchers)
            polite.append(self._book.polite_maximum(self._threads - lost))
            self._say(f"{self._clock.time() - START:,.0f} of {self._scenario.seconds:,.0f} s, {self._pages:,} pages")
        oldest, oldest_of_all = self._book.oldest(self._clock.time())
        return Sample(
            seconds=until,
            pages=(self._pages - pages) / (until - began),
            requests=(self._requests() - requests) / (until - began),
            polite=(sum(polite) - (polite[0] + polite[-1]) / 2) / (len(polite) - 1),
            due_urls=self._book.urls,
            due_hosts=self._book.hosts,
            in_flight=sum(self._open),
            busy=sum(fetcher.queues.running for fetcher in self._fetchers),
            lost=sum(fetcher.lost for fetcher in self._fetchers),
            oldest=oldest,
            oldest_of_all=oldest_of_all,
            unvisited=len(self._unvisited),
        )

    def _requests(self) -> int:
        return sum(fetcher.requests for fetcher in self._fetchers)

    def _run(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            when, _, action = heapq.heappop(self._events)
            self._clock.advance(max(0.0, when - self._clock.time()))
            action()
        self._clock.advance(max(0.0, until - self._clock.time()))

    def _at(self, seconds: float, action: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (self._clock.time() + max(seconds, 0.0), self._number, action))

    def _poll(self) -> None:
        for task, supply in enumerate(self._supplies):
            while self._open[task] < self._most_pending and (record := supply.take()) is not None:
                self._open[task] += 1
                self._spout_of[record.url] = task
                self._fetchers[crc32(record.key.encode()) % len(self._fetchers)].submit(record.url, record.key)
        self._at(_POLL, self._poll)

    def _deliver(self, answered: Answered) -> None:
        if answered.postponed is None:
            self._at(_PROCESSING, lambda: self._finished.append(answered))
        else:
            self._finished.append(answered)

    def _hold(self, key: str, until: float) -> None:
        self._frontier.hold(key, until, "it does not answer, or its pause is long", 1)

    def _commit(self) -> None:
        """Store what became of URLs, as a commit does for all that came since the last; then they are acked."""
        finished, self._finished = self._finished, []
        if finished:
            self._frontier.put(list(self._updates(finished)))
        for item, _ in finished:
            task = self._spout_of.pop(item.url)
            self._open[task] -= 1
            self._supplies[task].ack(item.url)
        self._at(self._commit_interval, self._commit)

    def _updates(self, finished: Iterable[Answered]) -> Iterator[StatusUpdate]:
        now = self._clock.time()
        interval = self._scenario.interval
        self._book.advance(now)
        for item, postponed in finished:
            if postponed is not None:
                # It is as late as it was: the book keeps the date on which it was due.
                yield StatusUpdate(item.url, item.key, Status.FETCH_ERROR, {}, postponed)
                continue
            self._pages += 1
            self._unvisited.discard(item.key)
            again = None if interval is None else now + interval
            if again is None:
                self._book.done(item.url, item.key)
            else:
                self._book.put([(again, item.url, item.key)])
            yield StatusUpdate(item.url, item.key, Status.FETCHED, {}, again)


def supply_limits(settings: Settings) -> SupplyLimits:
    """As the frontier spout has them."""
    return SupplyLimits(
        batch=settings.integer("spout.batch.size"),
        per_key=settings.integer("spout.max.urls.per.key"),
        min_delay=settings.seconds("spout.min.delay.queries"),
        max_delay=settings.seconds("spout.max.delay.queries"),
    )
