"""The fetch engine of SimpleFetcherBolt: one URL after the other, in the thread that asks."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.conf.settings import Settings
from spindrift.fetching.engine import FOR_PRIVATE_ROBOTS, FOR_ROBOTS, OnHost
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Outcome, Postponed
from spindrift.fetching.retries import Retries
from spindrift.fetching.robots_turns import WaitedTurns
from spindrift.fetching.statistics import FetchStatistics
from spindrift.fetching.visit import OnAside, Visitor, ignored
from spindrift.metadata import Metadata
from spindrift.politeness.asked import delays_asked
from spindrift.politeness.autothrottle import AutoThrottle
from spindrift.politeness.backoff import HostBackoff, HostState
from spindrift.politeness.limits import QueueLimits, longest_wait
from spindrift.politeness.queues import PolitenessQueues
from spindrift.protocol.interface import ProtocolContext
from spindrift.protocol.registry import Protocols
from spindrift.protocol.resolver import Lookup
from spindrift.protocol.response import Response
from spindrift.robots.cache import RobotsCache
from spindrift.robots.retrieval import Fetch
from spindrift.urls.partition import Partitioner


class SimpleEngine:
    """Fetches one URL at a time, and waits where its key may not be asked yet.

    Robots, pauses, back-off, retries and outcomes are those of FetchEngine. A key that may not be asked for longer
    than a third of topology.message.timeout.secs makes its URLs Postponed. Keys: as FetchEngine, and
    fetcher.max.throttle.sleep. http and https are served by RequestsProtocol, unless the configuration names another.
    """

    def __init__(
        self,
        settings: Settings,
        user_agent: str,
        on_host: OnHost,
        *,
        clock: Clock | None = None,
        lookup: Lookup | None = None,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], object] = time.sleep,
        on_aside: OnAside = ignored,
    ) -> None:
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._on_aside = on_aside
        self._on_host = on_host
        defaults = {"http": "RequestsProtocol", "https": "RequestsProtocol"}
        context = ProtocolContext(settings, user_agent, self._clock, lookup)
        self._protocols = Protocols.from_context(context, defaults)
        self._queues: PolitenessQueues[FetchItem] = PolitenessQueues(
            QueueLimits.from_settings(settings), self._clock, jitter
        )
        self._backoff = HostBackoff.from_settings(settings, self._clock, jitter)
        partitioner = Partitioner.from_settings(settings)
        robots_limit = settings.limit("http.robots.content.limit")
        self._visitor = Visitor(
            self._protocols,
            RobotsCache(settings, self._robots_fetch(FOR_ROBOTS, robots_limit), self._clock),
            RobotsCache(settings, self._robots_fetch(FOR_PRIVATE_ROBOTS, robots_limit), self._clock),
            self._queues,
            self._backoff,
            self._clock,
            on_host,
            settings.text("protocol.md.prefix"),
            Retries.from_settings(settings),
            lambda item: WaitedTurns(self._queues, partitioner, item, self._wait, self._longest_wait, self._sleep),
            AutoThrottle.from_settings(settings),
            on_aside,
        )
        self._statistics = FetchStatistics()
        self._longest_wait = longest_wait(settings)
        self._longest_sleep = settings.seconds_or_none("fetcher.max.throttle.sleep")
        self._loop = asyncio.new_event_loop()

    def must_wait(self, key: str) -> bool:
        """Whether a URL of `key` would have to wait longer than fetcher.max.throttle.sleep."""
        return self._longest_sleep is not None and self._wait(key) > self._longest_sleep

    def fetch(self, item: FetchItem) -> Outcome:
        """What becomes of `item`; blocks as long as it takes. Never raises."""
        item.arrived = self._clock.monotonic()
        self._queues.add(item.key, item)
        if delays := delays_asked(item.metadata):
            self._queues.ask_delays(item.key, *delays)
        outcome: Outcome | None = None
        while outcome is None:
            wait = self._wait(item.key)
            if wait > self._longest_wait:
                outcome = self._postponed(item, wait)
                break
            if self._queues.start_next() is None:
                self._sleep(max(wait, 0.0005))
                continue
            outcome = self._loop.run_until_complete(self._visitor.visit(item))
        self._statistics.count(item, outcome)
        return outcome

    def report(self) -> dict[str, Any]:
        """A snapshot of the statistics, as FetchEngine gives it."""
        return self._statistics.report(self._queues, self._backoff, self._clock) | {"bytes_in_flight": 0}

    def close(self) -> None:
        """Close all connections."""
        if self._loop.is_closed():
            return
        self._loop.run_until_complete(self._protocols.close())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _wait(self, key: str) -> float:
        held_until = self._backoff.held_until(key)
        held = 0.0 if held_until is None else held_until - self._clock.time()
        return max(held, self._queues.opens_at(key) - self._clock.monotonic())

    def _postponed(self, item: FetchItem, wait: float) -> Outcome:
        until = self._clock.time() + wait
        state = self._backoff.state(item.key) or HostState(item.key, until, self._queues.reason_of_pause(item.key), 0)
        self._queues.take_waiting(item.key)
        self._on_host(item, state)
        return Postponed(max(until, state.until), state.reason)

    def _robots_fetch(self, metadata: Metadata, limit: int | None) -> Fetch:
        async def fetch(url: str) -> Response:
            response = await self._protocols.of(url).fetch(url, metadata, content_limit=limit)
            self._on_aside(FetchItem(response.url, "", FOR_ROBOTS), response)
            return response

        return fetch
