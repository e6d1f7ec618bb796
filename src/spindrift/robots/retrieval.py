"""Gets one robots.txt, over redirects, and judges what its answer means (RFC 9309, section 2.3.1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import ada_url

from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.metadata import first
from spindrift.politeness.retry_after import parse_retry_after
from spindrift.protocol.causes import UNKNOWN_HOST
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.agent import robots_agents
from spindrift.robots.decoding import whole_lines
from spindrift.robots.rules import ALLOW_ALL, DISALLOW_ALL, RobotsRules, parse_robots
from spindrift.urls.hosts import origin_of

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Fetch = Callable[[str], Awaitable[Response]]
"""Requests a URL without following redirects; raises FetchFailure where there is no answer."""


class Turns(Protocol):
    """Has requests wait until their host may be asked."""

    async def begin(self, url: str, *, redirected: bool) -> str:
        """Wait for the turn of `url`; what to give to `end`. Raises FetchFailure where it takes too long."""
        ...

    def end(self, key: str, *, asked: bool) -> None:
        """The request has ended, or was not made."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt brought.

    `rules`: None where they cannot be known now. `cause`: why nothing is allowed now, or at all. `retry_after`:
    seconds the server asked to wait. `transient`: worth asking again soon. `origins`: the hosts that it holds for.
    `one_port`: no connection to this scheme and port, which says nothing of the host's others.
    """

    rules: RobotsRules | None
    cause: str = ""
    retry_after: float | None = None
    transient: bool = False
    origins: tuple[str, ...] = ()
    one_port: bool = False


class RobotsRetrieval:
    """Fetches the robots.txt of an origin and reads it for this crawler.

    Reads `http.agent.name`, `http.robots.agents`, `http.robots.403.allow`, `http.robots.5xx.allow` and
    `http.robots.content.limit`.
    """

    def __init__(self, settings: Settings, fetch: Fetch, clock: Clock) -> None:
        self._agents = robots_agents(settings)
        self._allow_403 = settings.flag("http.robots.403.allow")
        self._allow_5xx = settings.flag("http.robots.5xx.allow")
        self._limit = settings.limit("http.robots.content.limit")
        self._fetch = fetch
        self._clock = clock

    async def retrieve(
        self, origin: str, known: Callable[[str], RobotsRules | None], turns: Turns | None = None
    ) -> Outcome:
        """Ask `origin` for its robots.txt. Never raises.

        Up to five redirects are followed, also to other hosts; rules that are `known` of such a host are taken
        without asking it. More redirects, or a loop, count as no robots.txt. Every request waits for its turn.
        """
        url = f"{origin}/robots.txt"
        origins = [origin]
        visited = {url}
        while True:
            try:
                response = await self._ask(url, origin, known, turns)
            except FetchFailure as failure:
                # Only for the host that was asked for: another may be reachable for those who ask it directly.
                return Outcome(
                    None,
                    f"robots.txt: {failure}",
                    transient=True,
                    origins=(origin,),
                    one_port=failure.cause != UNKNOWN_HOST,
                )
            except Exception as error:  # a page must not fail for a defect met on the way to its robots.txt
                return Outcome(None, f"robots.txt: {type(error).__name__}: {error}", transient=True, origins=(origin,))
            if isinstance(response, RobotsRules):
                return Outcome(response, origins=tuple(origins[:-1]))
            if response.status_code not in _REDIRECTS:
                return self._judge(response, url, tuple(origins))
            url = _target(url, response)
            if not url or url in visited or len(visited) > MAX_REDIRECTS:
                # Says nothing of the hosts on the way: from them the rest of the chain may be short enough.
                return Outcome(ALLOW_ALL, origins=(origin,))
            visited.add(url)
            target = origin_of(url)
            if url == f"{target}/robots.txt":
                if (rules := known(target)) is not None:
                    return Outcome(rules, origins=tuple(origins))
                origins.append(target)

    async def _ask(
        self, url: str, origin: str, known: Callable[[str], RobotsRules | None], turns: Turns | None
    ) -> Response | RobotsRules:
        if turns is None:
            return await self._fetch(url)
        redirected = url != f"{origin}/robots.txt"
        key = await turns.begin(url, redirected=redirected)
        asked = False
        try:
            target = origin_of(url)
            if redirected and url == f"{target}/robots.txt" and (rules := known(target)) is not None:
                return rules  # others have had their turns meanwhile
            asked = True
            return await self._fetch(url)
        finally:
            turns.end(key, asked=asked)

    def _judge(self, response: Response, url: str, origins: tuple[str, ...]) -> Outcome:
        code = response.status_code
        if 200 <= code < 300:
            if response.trimmed in ("time", "disconnect"):  # what is missing may be what forbids
                return Outcome(None, f"robots.txt: incomplete ({response.trimmed})", transient=True, origins=origins)
            return Outcome(parse_robots(self._within_limit(response), self._agents, url), origins=origins)
        if code == 403 and not self._allow_403:
            return Outcome(DISALLOW_ALL, "robots.txt", origins=origins)
        if 500 <= code < 600 and self._allow_5xx:
            return Outcome(ALLOW_ALL, transient=True, origins=origins)
        if code == 429 or 500 <= code < 600:
            wait = parse_retry_after(first(response.headers, "retry-after"), self._clock.time())
            return Outcome(None, f"robots.txt: status {code}", wait, transient=True, origins=origins)
        return Outcome(ALLOW_ALL, origins=origins)

    def _within_limit(self, response: Response) -> bytes:
        if self._limit is not None and len(response.content) > self._limit:
            return whole_lines(response.content[: self._limit])
        return whole_lines(response.content) if response.trimmed else response.content


def _target(url: str, response: Response) -> str:
    """Where a redirect leads, without fragment; empty where nowhere on the web."""
    location = (first(response.headers, "location") or "").strip()
    if not location:
        return ""
    try:
        target = ada_url.URL(location, url)
    except ValueError:
        return ""
    target.hash = ""
    return target.href if target.protocol in ("http:", "https:") else ""
