"""Runs the real fetch engine over URLs on loopback and waits for every outcome."""

import threading
from collections.abc import Iterable
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from spindrift.conf import Settings
from spindrift.fetching.engine import FetchEngine
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Outcome
from spindrift.metadata import Metadata
from spindrift.politeness.backoff import HostState

CONF: dict[str, Any] = {"http.agent.name": "tester", "fetcher.server.delay": 0, "fetcher.threads.number": 20}


async def no_lookup(host: str) -> list[str]:
    raise OSError(f"no network in tests: {host}")


class EngineRun:
    """An engine with everything it said; a context manager."""

    def __init__(self, clock: Any = None, lookup: Any = no_lookup, jitter: Any = lambda: 0.0, **conf: Any) -> None:
        settings = Settings(CONF | {name.replace("__", "."): value for name, value in conf.items()})
        self.outcomes: dict[str, Outcome] = {}
        self.items: dict[str, FetchItem] = {}
        self.hosts: list[HostState] = []
        self.deliveries = 0
        self._expected = 0
        self._changed = threading.Condition()
        self.engine = FetchEngine(
            settings, "tester/1", self._deliver, self._on_host, clock=clock, lookup=lookup, jitter=jitter
        )

    def __enter__(self) -> "EngineRun":
        self.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def submit(self, url: str, metadata: Metadata | None = None, key: str | None = None) -> None:
        """Hand a URL over; by default it may lead to loopback, and its key is its host."""
        self._expected += 1
        allowed: Metadata = {"fetch.private.allowed": ["true"]}
        self.engine.submit(
            FetchItem(url, key or urlsplit(url).hostname or url, allowed if metadata is None else metadata)
        )

    def fetch(self, urls: Iterable[str]) -> list[Outcome]:
        """Submit all and wait for their outcomes, which are returned in the order of the URLs."""
        ordered = list(urls)
        for url in ordered:
            self.submit(url)
        self.wait()
        return [self.outcomes[url] for url in ordered]

    def wait(self) -> None:
        """Until everything that was submitted has an outcome."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.deliveries >= self._expected, timeout=60)

    def wait_for(self, urls: Iterable[str]) -> list[Outcome]:
        """Wait for the outcomes of some of what was submitted."""
        ordered = list(urls)
        with self._changed:
            assert self._changed.wait_for(lambda: all(url in self.outcomes for url in ordered), timeout=60)
            return [self.outcomes[url] for url in ordered]

    def take(self) -> Outcome:
        """Wait for any outcome, and forget it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.outcomes, timeout=60)
            url, outcome = self.outcomes.popitem()
            del self.items[url]
            return outcome

    def report(self) -> dict[str, Any]:
        """The engine's own report, when it has done all that it could do at once."""
        reports: Queue[dict[str, Any]] = Queue()
        self.engine.report(reports.put)
        return reports.get(timeout=60)

    def _deliver(self, item: FetchItem, outcome: Outcome) -> None:
        with self._changed:
            self.outcomes[item.url] = outcome
            self.items[item.url] = item
            self.deliveries += 1
            self._changed.notify_all()

    def _on_host(self, item: FetchItem, state: HostState) -> None:
        self.hosts.append(state)
