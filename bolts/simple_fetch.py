"""Fetches pages politely, one at a time and in the bolt's own thread."""

from collections import deque
from typing import Any

from spindrift.bolts.fetch import FetcherBolt
from spindrift.conf import Settings
from spindrift.fetching.item import FetchItem
from spindrift.fetching.simple import SimpleEngine
from spindrift.robots.agent import Agent

MAX_ASIDE = 1000
"""URLs that are put aside; with more, the bolt sleeps."""


class SimpleFetcherBolt(FetcherBolt):
    """FetcherBolt without threads: the requests library, one fetch at a time. For debugging, and for many tasks.

    Streams, metadata and statuses are those of FetcherBolt, and so are robots.txt, pauses and back-off; but for the
    queues (fetcher.threads.*, fetcher.max.queue.size, fetcher.max.urls.in.queues, fetcher.timeout.queue), which it has
    not. Where a host has to be spared it sleeps; with `fetcher.max.throttle.sleep`, a URL that would have to wait
    longer is put aside, and fetched when its time has come: between other tuples, or at a tick (give it ticks of a
    second, topology.tick.tuple.freq.secs). Storm's heartbeats wait meanwhile: keep the sleep short there.
    """

    def process(self, tup: Any) -> None:
        if self._ending:
            self.fail(tup)
            return
        item = self._item(tup)
        if self._simple.must_wait(item.key) and len(self._aside) < MAX_ASIDE:
            self._aside.append(item)
        else:
            self._fetch(item)
        self._fetch_what_is_ready()

    def process_tick(self, tup: Any) -> None:
        self._fetch_what_is_ready()
        super().process_tick(tup)

    def stopping(self) -> None:
        """Fail what comes from now on, and at the next tick what was put aside."""
        self._ending = True

    def cleanup(self) -> None:
        """Close all connections; what was put aside is replayed."""
        self._simple.close()

    def _start(self, settings: Settings, agent: Agent) -> None:
        self._aside: deque[FetchItem] = deque()
        self._ending = False
        self._simple = SimpleEngine(
            settings,
            agent.user_agent,
            self._host_changed,
            lookup=type(self).lookup,
            on_aside=self._on_aside,
        )

    def _report(self) -> None:
        if self._metrics:
            self.report_metric("fetcher", self._simple.report())

    def _fetch(self, item: FetchItem) -> None:
        self._deliver(item, self._simple.fetch(item))

    def _fetch_what_is_ready(self) -> None:
        for _ in range(len(self._aside)):
            item = self._aside.popleft()
            if self._ending:
                self.fail(item.context)
            elif self._simple.must_wait(item.key):
                self._aside.append(item)
            else:
                self._fetch(item)
