"""Asks for robots.txt from code that waits: an event loop in a thread of its own, shared by all who ask."""

import asyncio
import os
import threading
from collections.abc import Mapping

from spindrift.clock import SystemClock
from spindrift.conf import Settings
from spindrift.metadata import Metadata, is_true
from spindrift.metadata_keys import PRIVATE_ALLOWED
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.resolver import Lookup
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.agent import Agent
from spindrift.robots.cache import RobotsCache
from spindrift.robots.known import known_robots
from spindrift.robots.retrieval import Fetch
from spindrift.robots.rules import RobotsRules


class RobotsLookup:
    """Answers from what the process knows, else asks the host, once, and waits for at most `http.timeout`.

    What is read goes to those who know (KnownRobots). Reads http.*, robots.*. Private addresses are asked where the
    metadata of the page allows it, as for pages. The thread is started by the first question.
    """

    def __init__(self, settings: Settings, *, lookup: Lookup | None = None) -> None:
        self._settings = settings
        self._agent = Agent.from_settings(settings)
        self._known = known_robots(settings)
        self._patience = settings.seconds("http.timeout")
        self._limit = settings.limit("http.robots.content.limit")
        self._lookup = lookup
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def rules(self, url: str, source_metadata: Mapping[str, list[str]]) -> RobotsRules | None:
        """The rules for `url`; None where they are not to be had now.

        A caller that runs in an event loop does not wait: it gets what is known, and the answer is there later.
        """
        known = self._known.rules(url)
        if known is not None:
            return known
        allowed = {PRIVATE_ALLOWED: ["true"]} if is_true(source_metadata, PRIVATE_ALLOWED) else {}
        asked = asyncio.run_coroutine_threadsafe(self._ask(url, allowed), self._running())
        if _in_event_loop():
            return None
        try:
            return asked.result(self._patience)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Stop the thread; what is under way is dropped."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._protocol.close(), loop).result(self._patience)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._protocol = HttpProtocol(self._settings, self._agent.user_agent, lookup=self._lookup)
                clock = SystemClock()
                self._public = RobotsCache(self._settings, self._fetch({}), clock, self._known)
                private = self._fetch({PRIVATE_ALLOWED: ["true"]})
                self._private = RobotsCache(self._settings, private, clock, self._known)
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="spindrift-robots-lookup", daemon=True
                )
                self._thread.start()
            return self._loop

    def _fetch(self, metadata: Metadata) -> Fetch:
        async def fetch(url: str) -> Response:
            return await self._protocol.fetch(url, metadata, content_limit=self._limit)

        return fetch

    async def _ask(self, url: str, metadata: Metadata) -> RobotsRules | None:
        try:
            private = self._protocol.allows_private(metadata) and await self._protocol.is_private(url)
        except FetchFailure:
            return None
        return (await (self._private if private else self._public).answer(url)).rules


def shared_robots_lookup(settings: Settings) -> RobotsLookup:
    """The lookup of this process for those who go by the same names; the first one's settings count."""
    agent = Agent.from_settings(settings)
    identity = (os.getpid(), agent.user_agent, agent.name, *settings.texts("http.robots.agents"))
    with _lock:
        if identity not in _shared:
            _shared[identity] = RobotsLookup(settings)
        return _shared[identity]


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


_shared: dict[tuple[object, ...], RobotsLookup] = {}
_lock = threading.Lock()
