"""The fetch engine: an event loop in a thread of its own, fed from any thread, that delivers outcomes by a callback."""

import asyncio
import logging
import random
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.conf.settings import Settings
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import GivenBack, Outcome, Overflow, Postponed, Superseded
from spindrift.fetching.retries import Retries
from spindrift.fetching.robots_turns import RobotsTurns
from spindrift.fetching.statistics import FetchStatistics
from spindrift.fetching.visit import OnAside, Visitor, ignored
from spindrift.metadata import Metadata
from spindrift.metadata_keys import FOR_ROBOTS_TXT, PRIVATE_ALLOWED
from spindrift.politeness.asked import delays_asked, threads_asked
from spindrift.politeness.autothrottle import AutoThrottle
from spindrift.politeness.backoff import HostBackoff, HostState
from spindrift.politeness.limits import QueueLimits, longest_wait
from spindrift.politeness.queues import PolitenessQueues
from spindrift.protocol.bodies import BodyBudget
from spindrift.protocol.interface import ProtocolContext
from spindrift.protocol.registry import Protocols
from spindrift.protocol.resolver import Lookup
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.cache import RobotsCache
from spindrift.robots.known import known_robots
from spindrift.robots.retrieval import Fetch
from spindrift.urls.partition import Partitioner

_log = logging.getLogger(__name__)

Deliver = Callable[[FetchItem, Outcome], None]
OnHost = Callable[[FetchItem, HostState], None]

_TIMER_SLACK = 0.001  # timers of event loops fire up to a millisecond early
_EXPIRY_INTERVAL = 1.0
FOR_ROBOTS: Metadata = {FOR_ROBOTS_TXT: ["true"]}
FOR_PRIVATE_ROBOTS: Metadata = {**FOR_ROBOTS, PRIVATE_ALLOWED: ["true"]}
"""What a protocol is told of a request for robots.txt."""


class FetchEngine:
    """Fetches politely. `submit` takes items from any thread; `deliver` is called with each item and its outcome, in
    the engine's thread. Every item gets exactly one outcome, unless the engine is closed first. `on_host` is called
    before, with the state of the item's key where the item has changed it, or is turned away because of it.

    What cannot be asked for within a third of topology.message.timeout.secs, as its key may not be asked so soon or too
    many wait before it, is handed back as Postponed: whoever waits for it would ask again. Of a URL that comes again as
    it is, while it is inside, the older item is Superseded, and it is fetched once.

    `on_aside` is given each answer that is no outcome, in the engine's thread, before the outcome of the item that
    asked for it: for robots.txt (with an item that nobody submitted), and for an item that is asked for again.
    Keys: fetcher.*, http.*, robots.*, protocol.md.prefix.
    """

    def __init__(
        self,
        settings: Settings,
        user_agent: str,
        deliver: Deliver,
        on_host: OnHost,
        *,
        clock: Clock | None = None,
        lookup: Lookup | None = None,
        jitter: Callable[[], float] = random.random,
        on_aside: OnAside = ignored,
    ) -> None:
        self._clock = clock or SystemClock()
        self._on_aside = on_aside
        self._deliver = deliver
        self._on_host = on_host
        self._bodies = BodyBudget(settings.limit("fetcher.max.bytes.in.flight"), self._pump)
        self._protocols = Protocols.from_context(
            ProtocolContext(settings, user_agent, self._clock, lookup, self._bodies)
        )
        self._queues: PolitenessQueues[FetchItem] = PolitenessQueues(
            QueueLimits.from_settings(settings), self._clock, jitter
        )
        self._backoff = HostBackoff.from_settings(settings, self._clock, jitter)
        self._longest_wait = longest_wait(settings)
        partitioner = Partitioner.from_settings(settings)
        self._turns = RobotsTurns(
            self._queues, self._clock, partitioner, self._longest_wait, self._hold_if_in_trouble, self._pump
        )
        robots_limit = settings.limit("http.robots.content.limit")
        known = known_robots(settings)
        self._visitor = Visitor(
            self._protocols,
            RobotsCache(settings, self._robots_fetch(FOR_ROBOTS, robots_limit), self._clock, known),
            RobotsCache(settings, self._robots_fetch(FOR_PRIVATE_ROBOTS, robots_limit), self._clock, known),
            self._queues,
            self._backoff,
            self._clock,
            self._host_changed,
            settings.text("protocol.md.prefix"),
            Retries.from_settings(settings),
            self._turns.of,
            AutoThrottle.from_settings(settings),
            self._aside,
        )
        self._statistics = FetchStatistics.from_settings(settings)
        self._most_in_queues = settings.limit("fetcher.max.urls.in.queues")
        # Counted by one thread each, so that no lock is needed to know how many are inside.
        self._submitted = 0
        self._delivered = 0
        self._room = threading.Condition()
        self._inbox: deque[FetchItem] = deque()
        self._taken: dict[str, FetchItem] = {}
        self._awake = False
        self._closed = False
        self._ending = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._workers: set[asyncio.Task[None]] = set()
        self._loop = _new_event_loop()
        self._thread = threading.Thread(target=self._run, name="spindrift-fetch", daemon=True)

    def start(self) -> None:
        """Start the engine's thread."""
        self._thread.start()

    def submit(self, item: FetchItem) -> None:
        """Take an item; blocks while fetcher.max.urls.in.queues are inside. For one thread at a time."""
        if self._most_in_queues is not None:
            with self._room:
                self._room.wait_for(lambda: self._closed or self.inside < (self._most_in_queues or 0))
        item.arrived = self._clock.monotonic()
        self._submitted += 1
        self._inbox.append(item)
        if not self._awake and not self._closed:  # one wake-up for all that arrive until it is answered
            self._awake = True
            self._loop.call_soon_threadsafe(self._take_in)

    @property
    def inside(self) -> int:
        """Items that have been submitted and not delivered."""
        return self._submitted - self._delivered

    def report(self, receive: Callable[[dict[str, Any]], None]) -> None:
        """Have `receive` called with a snapshot of the statistics, in the engine's thread."""
        if not self._closed:
            self._loop.call_soon_threadsafe(lambda: receive(self._report()))

    def give_back(self) -> None:
        """Start nothing more: what waits in the queues, and what still comes, is delivered as GivenBack at once.

        What has been asked for is finished. From any thread.
        """
        if not self._closed:
            self._loop.call_soon_threadsafe(self._end_queues)

    def close(self) -> None:
        """Stop fetching and close all connections; what was not delivered never will be."""
        if self._closed:
            return
        self._closed = True
        with self._room:
            self._room.notify_all()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            if self._queues.limits.queue_timeout is not None:
                self._loop.call_later(_EXPIRY_INTERVAL, self._expire)
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._shut_down())
            self._loop.close()

    async def _shut_down(self) -> None:
        # Workers, and what they share: lookups and robots.txt under way.
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._protocols.close()
        await self._loop.shutdown_default_executor()

    def _take_in(self) -> None:
        self._awake = False
        while self._inbox:
            item = self._inbox.popleft()
            if self._ending:
                self._finish(item, GivenBack())
                continue
            older = self._taken.get(item.url)
            if older is not None and (older.key, older.metadata) == (item.key, item.metadata):
                older.context, item.context = item.context, older.context
                self._finish(item, Superseded())
                continue
            self._taken[item.url] = item
            self._hold_if_in_trouble(item.key)
            if self._queues.add(item.key, item, threads=threads_asked(item.metadata)):
                if delays := delays_asked(item.metadata):
                    self._queues.ask_delays(item.key, *delays)
                self._hand_back(item.key)
            else:
                self._finish(item, Overflow())
        self._pump()

    def _hold_if_in_trouble(self, key: str) -> None:
        held_until = self._backoff.held_until(key)
        if held_until is not None:
            wait = max(0.0, held_until - self._clock.time())
            self._queues.hold(key, self._clock.monotonic() + wait, probe=True)

    def _pump(self) -> None:
        """Start whatever may start now, and see to it that the next comes in time."""
        self._turns.grant()
        while (item := self._next()) is not None:
            worker = self._loop.create_task(self._work(item))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        if self._bodies.behind:
            return
        wakeup = self._queues.next_wakeup()
        if wakeup is None or (self._timer is not None and self._timer_at <= wakeup):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = wakeup
        delay = max(0.0, wakeup - self._clock.monotonic()) + _TIMER_SLACK
        self._timer = self._loop.call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._pump()

    async def _work(self, item: FetchItem) -> None:
        """Visit `item`, and then whatever may start next: a task serves many items, never one each."""
        following: FetchItem | None = item
        while following is not None:
            item = following
            outcome = await self._visitor.visit(item)
            if outcome is not None:
                self._finish(item, outcome)
            outcome = None  # its page is somebody else's now, and must not live until the next one is here
            self._hand_back(item.key)
            following = self._next()
            self._pump()

    def _next(self) -> FetchItem | None:
        """What may start now; nothing while whoever takes the pages is behind with them, or at the end."""
        if self._ending:
            self._end_queues()  # also of what has to be asked for again
            return None
        if self._bodies.behind:
            return None
        turn = self._queues.start_next()
        return None if turn is None else turn[1]

    def _end_queues(self) -> None:
        self._ending = True
        for key in [state.key for state in self._queues.states() if state.queued]:
            for item in self._queues.take_waiting(key):
                self._finish(item, GivenBack())

    def _hand_back(self, key: str) -> None:
        """Deliver what of a key would have to wait for too long; the frontier shall send no more of it so far."""
        late = self._queues.take_late(key, self._longest_wait)
        if late is None:
            return
        until = self._clock.time() + late.until - self._clock.monotonic()
        state = self._backoff.state(key) or HostState(key, until, late.reason, 0)
        for item in late.items:
            self._host_changed(item, state)
            self._finish(item, Postponed(max(until, state.until), state.reason))

    def _report(self) -> dict[str, Any]:
        counted = self._statistics.report(self._queues, self._backoff, self._clock)
        return counted | {"bytes_in_flight": self._bodies.in_use}

    def _expire(self) -> None:
        now = self._clock.time()
        for key, item in self._queues.take_expired():
            wait = max(0.0, self._queues.opens_at(key) - self._clock.monotonic())
            self._finish(item, Postponed(now + wait, "waited too long in the fetcher's queue (fetcher.timeout.queue)"))
        self._pump()
        self._loop.call_later(_EXPIRY_INTERVAL, self._expire)

    def _finish(self, item: FetchItem, outcome: Outcome) -> None:
        if not isinstance(outcome, GivenBack | Superseded):
            self._statistics.count(item, outcome)
        if self._taken.get(item.url) is item:
            del self._taken[item.url]
        try:
            self._deliver(item, outcome)
        except Exception:
            _log.exception("the outcome of %s could not be delivered; it will be replayed", item.url)
        self._delivered += 1
        if self._most_in_queues is not None:
            with self._room:
                self._room.notify_all()

    def _host_changed(self, item: FetchItem, state: HostState) -> None:
        try:
            self._on_host(item, state)
        except Exception:
            _log.exception("the state of host %s could not be delivered", state.key)

    def _aside(self, item: FetchItem, response: Response) -> None:
        try:
            self._on_aside(item, response)
        except Exception:
            _log.exception("an answer of %s could not be delivered", item.url)

    def _robots_fetch(self, metadata: Metadata, limit: int | None) -> Fetch:
        async def fetch(url: str) -> Response:
            protocol = self._protocols.of(url)
            try:
                response = await protocol.fetch(url, metadata, content_limit=limit)
            except FetchFailure as failure:
                if not failure.unseen:
                    raise
                response = await protocol.fetch(url, metadata, content_limit=limit)
            self._aside(FetchItem(response.url, "", FOR_ROBOTS), response)
            return response

        return fetch


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
