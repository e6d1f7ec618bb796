"""One visit: robots.txt first, then the page, and what its answer means for the host."""

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol as Interface

from spindrift import metadata_keys as names
from spindrift.clock import Clock
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import CRAWL_DELAY, ROBOTS, Failed, Outcome, Postponed, Refused, outcome_of
from spindrift.fetching.retries import Retries
from spindrift.metadata import first
from spindrift.politeness.autothrottle import AutoThrottle
from spindrift.politeness.backoff import HostBackoff, HostState
from spindrift.politeness.limits import CrawlDelayTooLongError
from spindrift.politeness.queues import PolitenessQueues
from spindrift.politeness.retry_after import parse_retry_after
from spindrift.protocol.causes import MALFORMED_URL, NOT_FROM_HERE, OUTSIDE_OF_SEED, UNDECODABLE
from spindrift.protocol.conditional import conditional_headers
from spindrift.protocol.interface import Protocol
from spindrift.protocol.registry import Protocols
from spindrift.protocol.resolver import PRIVATE_ADDRESS
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.cache import RobotsAnswer
from spindrift.robots.retrieval import Turns
from spindrift.robots.rules import RobotsRules

_log = logging.getLogger(__name__)

_REFUSALS = frozenset({MALFORMED_URL, PRIVATE_ADDRESS, NOT_FROM_HERE, OUTSIDE_OF_SEED})
_NOT_THE_HOSTS_FAULT = frozenset({UNDECODABLE})
_ROBOTS_RETRY = 3600.0

OnAside = Callable[[FetchItem, Response], None]
"""Is given an answer from which no outcome comes."""


def ignored(item: FetchItem, response: Response) -> None:
    """The OnAside of those who want outcomes alone."""


class RobotsSource(Interface):
    """What a visit needs of robots.txt; RobotsCache is one."""

    def cached(self, url: str) -> RobotsAnswer | None: ...
    async def answer(self, url: str, turns: Turns | None = None) -> RobotsAnswer: ...


class Visitor:
    """Visits the items that the queues have started, tells the queues when they end, and keeps the hosts' state.

    Two robots sources keep apart what a page may lead to: `public_robots` fetches from public addresses only,
    `private_robots` from private ones, for URLs that are allowed there.
    """

    def __init__(
        self,
        protocols: Protocols,
        public_robots: RobotsSource,
        private_robots: RobotsSource,
        queues: PolitenessQueues[FetchItem],
        backoff: HostBackoff,
        clock: Clock,
        on_host: Callable[[FetchItem, HostState], None],
        header_prefix: str,
        retries: Retries,
        turns: Callable[[FetchItem], Turns],
        throttle: AutoThrottle | None = None,
        on_aside: OnAside = ignored,
    ) -> None:
        self._protocols = protocols
        self._public_robots = public_robots
        self._private_robots = private_robots
        self._queues = queues
        self._backoff = backoff
        self._clock = clock
        self._on_host = on_host
        self._prefix = header_prefix
        self._retries = retries
        self._turns = turns
        self._throttle = throttle
        self._on_aside = on_aside

    async def visit(self, item: FetchItem) -> Outcome | None:
        """Fetch `item`, which the queues have just started. Never raises.

        None where only robots.txt was fetched, or the page has to be asked for again: the item then waits in its queue
        again, for the pause that is due. A long pause is told as a state of the host, which the next crawl shall keep:
        before the request, as this may be the last that this crawl does, and behind it, from where the pause counts.
        """
        self._tell_pause(item, self._queues.shortest_pause(item.key))
        outcome = await self._visit(item)
        self._tell_pause(item, self._queues.opens_at(item.key) - self._clock.monotonic())
        return outcome

    def _tell_pause(self, item: FetchItem, seconds: float) -> None:
        if (state := self._backoff.paused(item.key, seconds)) is not None:
            self._on_host(item, state)

    async def _visit(self, item: FetchItem) -> Outcome | None:
        try:
            protocol = self._protocols.of(item.url)
            origin = protocol.origin(item.url)
        except FetchFailure as failure:
            return self._ended(item, Refused(failure.cause), asked=False)
        if not protocol.asks_robots:
            self._queues.settle(item.key)
            return await self._fetch(item, protocol)
        robots = await self._robots_for(item, protocol)
        answer = robots.cached(item.url) or item.robots
        fetched = False
        if answer is None:
            if await self._is_out_of_reach(item, protocol):
                return self._ended(item, Refused(PRIVATE_ADDRESS), asked=False)
            answer = await self._ask_robots(item, robots, self._turns(item) if protocol.is_polite else None)
            fetched = protocol.is_polite
        if answer.rules is None:
            return self._robots_unreachable(item, answer, fetched=fetched)
        if answer.rules.sitemaps:
            item.found_sitemap = True
        accepted = self._set_crawl_delay(item, answer.rules, origin, protocol)  # also for those that are not forbidden
        if not answer.rules.allowed(item.url):
            return self._ended(item, Refused(ROBOTS), asked=fetched)
        if not accepted:
            return self._ended(item, Refused(CRAWL_DELAY), asked=fetched)
        if fetched:
            # The request for robots.txt has started the host's pause: the page has to wait for its end.
            item.robots = answer
            self._queues.put_back(item.key, item, item.arrived)
            self._queues.finished(item.key)
            return None
        return await self._fetch(item, protocol)

    async def _robots_for(self, item: FetchItem, protocol: Protocol) -> RobotsSource:
        if protocol.allows_private(item.metadata):
            try:
                item.private = await protocol.is_private(item.url)
                if item.private:
                    return self._private_robots
            except FetchFailure:
                pass  # an unknown host: its robots.txt will tell
        return self._public_robots

    async def _is_out_of_reach(self, item: FetchItem, protocol: Protocol) -> bool:
        """Whether the host is private, and the item not allowed there: no reason to ask for robots.txt, ever."""
        try:
            return not protocol.allows_private(item.metadata) and await protocol.is_private(item.url)
        except FetchFailure:
            return False

    async def _ask_robots(self, item: FetchItem, robots: RobotsSource, turns: Turns | None) -> RobotsAnswer:
        self._queues.pause(item.key)
        try:
            answer = await robots.answer(item.url, turns)
        finally:
            self._queues.resume(item.key)
        item.asked_robots = item.asked_robots or answer.fetched
        if answer.fetched and answer.rules is not None:
            item.sitemaps = tuple(url for url in answer.rules.sitemaps if answer.rules.allowed(url))
        return answer

    def _set_crawl_delay(self, item: FetchItem, rules: RobotsRules, origin: str, protocol: Protocol) -> bool:
        try:
            delay = self._queues.limits.crawl_delay(rules.crawl_delay, item.key)
        except CrawlDelayTooLongError:
            return False
        if protocol.is_polite and (delay is not None or self._queues.has_crawl_delay(item.key)):
            self._queues.set_crawl_delay(item.key, origin, delay)
        self._queues.settle(item.key)
        return True

    def _robots_unreachable(self, item: FetchItem, answer: RobotsAnswer, *, fetched: bool) -> Outcome:
        until = answer.retry_at or self._clock.time() + _ROBOTS_RETRY
        if answer.one_port:
            # Anybody can link to a port of a host on which nobody listens: the host's other URLs must not wait for it.
            return self._ended(item, Postponed(until, answer.cause), asked=fetched)
        state = self._backoff.state(item.key)
        if state is None or state.until < until:
            state = self._backoff.hold_until(item.key, until, answer.cause)
        self._apply(item, state)
        return self._ended(item, Postponed(max(until, state.until), answer.cause), asked=fetched)

    async def _fetch(self, item: FetchItem, protocol: Protocol) -> Outcome | None:
        item.requested = self._clock.monotonic()
        try:
            response = await protocol.fetch(item.url, item.metadata)
        except FetchFailure as failure:
            item.loading_seconds = self._clock.monotonic() - item.requested
            return self._no_answer(item, failure, protocol)
        except Exception as error:  # a defect of ours, or of a library: one URL fails, the crawl goes on
            _log.exception("fetching %s failed unexpectedly", item.url)
            return self._no_answer(item, FetchFailure(type(error).__name__, str(error)), protocol)
        item.loading_seconds = self._clock.monotonic() - item.requested
        if self._throttle is not None:
            self._throttle_key(item, response)
        outcome = self._answered(item, response)
        if isinstance(outcome, Failed) and self._retries.wanted(item, response.status_code):
            self._on_aside(replace(item, metadata=item.metadata | {names.ASKED_AGAIN: ["true"]}), response)
            self._queues.put_back(item.key, item, item.arrived)
            self._queues.finished(item.key, asked=protocol.is_polite)
            return None
        self._queues.finished(item.key, asked=protocol.is_polite)
        return outcome

    def _no_answer(self, item: FetchItem, failure: FetchFailure, protocol: Protocol) -> Outcome | None:
        if failure.cause in _REFUSALS:
            return self._ended(item, Refused(failure.cause), asked=False)
        unseen = failure.unseen and not item.sent_again
        if unseen:
            item.sent_again = True
        again = unseen or self._retries.wanted(item, None)
        if again:
            self._queues.put_back(item.key, item, item.arrived)
        self._queues.finished(item.key, asked=protocol.is_polite)
        if unseen:
            return None
        if failure.cause not in _NOT_THE_HOSTS_FAULT:
            self._apply(item, self._backoff.failed(item.key, failure.cause))
        return None if again else Failed(failure.cause)

    def _throttle_key(self, item: FetchItem, response: Response) -> None:
        assert self._throttle is not None
        delay = self._throttle.adjust(item.key, item.loading_seconds, ok=response.status_code == 200)
        self._queues.set_throttle(item.key, delay)

    def _answered(self, item: FetchItem, response: Response) -> Outcome:
        code = response.status_code
        if code in (429, 503):
            wait = parse_retry_after(first(response.headers, "retry-after"), self._clock.time())
            state = self._backoff.told_to_wait(item.key, f"status {code}", wait)
            self._apply(item, state)
            if code == 429 or wait is not None:
                return Postponed(state.until, f"status {code}", response)
        elif code >= 500:
            self._apply(item, self._backoff.failed(item.key, f"status {code}"))
        else:
            self._apply(item, self._backoff.succeeded(item.key))
        conditional = code == 304 and bool(conditional_headers(item.metadata, self._prefix))
        return outcome_of(response, conditional=conditional)

    def _ended(self, item: FetchItem, outcome: Outcome, *, asked: bool) -> Outcome:
        self._queues.finished(item.key, asked=asked)
        return outcome

    def _apply(self, item: FetchItem, state: HostState | None) -> None:
        """Let the queues, and whoever keeps the frontier, know of a host's new state."""
        if state is None:
            return
        if state.until:
            wait = state.until - self._clock.time()
            self._queues.hold(state.key, self._clock.monotonic() + max(0.0, wait), probe=True)
        else:
            self._queues.release(state.key)
        if math.isfinite(state.until):
            self._on_host(item, state)
