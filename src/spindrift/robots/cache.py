"""The robots.txt of every host: fetched once, shared by all who ask, kept for a while."""

import asyncio
from dataclasses import dataclass, replace

from spindrift.caches import CacheSpec, SpecCache
from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.robots.known import KnownRobots
from spindrift.robots.retrieval import Fetch, Outcome, RobotsRetrieval, Turns
from spindrift.robots.rules import ALLOW_ALL, RobotsRules
from spindrift.urls.hosts import origin_of

DEFAULT_ERROR_AGE = 3600.0
SHORTEST_RETRY = 1.0


@dataclass(slots=True)
class RobotsAnswer:
    """What is known of a host's robots.txt.

    `rules`: None means not now, `retry_at` (epoch seconds) says when to ask again and `cause` why; `cause` is
    `robots.txt` where a 403 forbids the host. `fetched`: robots.txt was requested for this very answer, so that
    the request counts for politeness, and its sitemaps are news. `one_port`: it is this scheme and port that cannot be
    reached, which says nothing of the host's others.
    """

    rules: RobotsRules | None
    retry_at: float | None = None
    cause: str = ""
    fetched: bool = False
    one_port: bool = False


class RobotsCache:
    """Answers for robots.txt, one per scheme, host and port; within one event loop.

    - 2xx is read, in as far as `http.robots.content.limit` goes; up to five redirects are followed.
    - 4xx, too many redirects: everything is allowed; 403 by `http.robots.403.allow`.
    - 429, 5xx (by `http.robots.5xx.allow`), time-out, unresolvable, any failure: not now. Asked again after the
      age of `robots.error.cache.spec`, or the server's Retry-After (at most `fetcher.backoff.max`); never for good.
    - `http.robots.file.skip`: everything is allowed, and nothing is fetched.

    Rules are kept as `robots.cache.spec` says, and not used beyond it: RFC 9309 would let an old copy stand in for
    an unreachable one; here the host waits. `fetch` must not follow redirects; it raises FetchFailure. What is read is
    put into `known`, too.
    """

    def __init__(self, settings: Settings, fetch: Fetch, clock: Clock, known: KnownRobots | None = None) -> None:
        self._known = known
        self._skip = settings.flag("http.robots.file.skip")
        self._longest_retry = settings.seconds("fetcher.backoff.max")
        self._clock = clock
        self._retrieval = RobotsRetrieval(settings, fetch, clock)
        self._rules: SpecCache[str, RobotsAnswer] = SpecCache.from_spec(
            settings.text("robots.cache.spec"), clock, "robots.cache.spec"
        )
        errors = CacheSpec.parse(settings.text("robots.error.cache.spec"), "robots.error.cache.spec")
        self._error_age = _age(errors)
        # Each entry knows its own end, which Retry-After may have moved.
        self._errors: SpecCache[str, tuple[RobotsAnswer, float]] = SpecCache(CacheSpec(errors.maximum_size), clock)
        self._loading: dict[str, asyncio.Task[RobotsAnswer]] = {}

    def cached(self, url: str) -> RobotsAnswer | None:
        """The answer for `url` as far as it is known; no request is made."""
        origin = "" if self._skip else origin_of(url)
        return self._cached(origin) if origin else RobotsAnswer(ALLOW_ALL)

    async def answer(self, url: str, turns: Turns | None = None) -> RobotsAnswer:
        """The answer for `url`; robots.txt is fetched when it is not known, in `turns`. Never raises.

        Callers of the same host share one request; the one that caused it gets `fetched`.
        """
        if (known := self.cached(url)) is not None:
            return known
        origin = origin_of(url)
        task = self._loading.get(origin)
        if task is not None:
            return replace(await asyncio.shield(task), fetched=False)
        task = self._loading[origin] = asyncio.create_task(self._load(origin, turns))
        # Shielded: when the first caller gives up, the others still wait for the answer.
        return replace(await asyncio.shield(task), fetched=True)

    def _cached(self, origin: str) -> RobotsAnswer | None:
        if (held := self._errors.get(origin)) is not None:
            answer, until = held
            if self._clock.time() < until:
                return answer
            self._errors.discard(origin)
        return self._rules.get(origin)

    def _known_rules(self, origin: str) -> RobotsRules | None:
        answer = self._rules.get(origin)
        return answer.rules if answer else None

    async def _load(self, origin: str, turns: Turns | None) -> RobotsAnswer:
        try:
            return self._keep(await self._retrieval.retrieve(origin, self._known_rules, turns))
        finally:
            del self._loading[origin]

    def _keep(self, outcome: Outcome) -> RobotsAnswer:
        if not outcome.transient:
            answer = RobotsAnswer(outcome.rules, cause=outcome.cause)
            for origin in outcome.origins:
                self._rules.put(origin, answer)
                if self._known is not None and answer.rules is not None:
                    self._known.put(origin, answer.rules)
            return answer
        wait = self._error_age
        if outcome.retry_after is not None:
            wait = min(max(outcome.retry_after, SHORTEST_RETRY), self._longest_retry)
        until = self._clock.time() + wait
        answer = RobotsAnswer(outcome.rules, None if outcome.rules else until, outcome.cause, one_port=outcome.one_port)
        for origin in outcome.origins:
            self._errors.put(origin, (answer, until))
        return answer


def _age(spec: CacheSpec) -> float:
    """How long an error is kept, in seconds."""
    for age in (spec.expire_after_write, spec.expire_after_access):
        if age is not None:
            return age
    return DEFAULT_ERROR_AGE
