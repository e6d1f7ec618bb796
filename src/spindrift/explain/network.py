"""What only the network can say of a URL: whether its host is private, and its robots.txt."""

import asyncio
from dataclasses import dataclass

from spindrift.clock import SystemClock
from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.agent import Agent
from spindrift.robots.retrieval import Outcome, RobotsRetrieval
from spindrift.urls.hosts import origin_of


@dataclass(frozen=True, slots=True)
class Probed:
    """`private`: whether the host is not public, None where it is unknown. `outcome`, `body`: of robots.txt."""

    private: bool | None = None
    private_allowed: bool = True
    failure: str = ""
    outcome: Outcome | None = None
    body: bytes = b""
    robots_url: str = ""


def probe(url: str, metadata: Metadata, settings: Settings) -> Probed:
    """Look up the host of `url` and fetch its robots.txt, as the fetcher does for a URL with this metadata.

    Raises ConfigurationError where the crawler has no name.
    """
    return asyncio.run(_probe(url, metadata, settings))


async def _probe(url: str, metadata: Metadata, settings: Settings) -> Probed:
    protocol = HttpProtocol(settings, Agent.from_settings(settings).user_agent)
    answers: list[Response] = []

    async def fetch(target: str) -> Response:
        limit = settings.limit("http.robots.content.limit")
        response = await protocol.fetch(target, metadata, content_limit=limit)
        answers.append(response)
        return response

    try:
        allowed = protocol.allows_private(metadata)
        try:
            private = await protocol.is_private(url)
        except FetchFailure as failure:
            return Probed(private_allowed=allowed, failure=str(failure))
        if private and not allowed:
            return Probed(private, private_allowed=False)
        if settings.flag("http.robots.file.skip"):
            return Probed(private, allowed)
        retrieval = RobotsRetrieval(settings, fetch, SystemClock())
        outcome = await retrieval.retrieve(origin_of(url), lambda origin: None)
        last = answers[-1] if answers else None
        body = last.content if last is not None and 200 <= last.status_code < 300 else b""
        return Probed(private, allowed, outcome=outcome, body=body, robots_url=last.url if last else "")
    finally:
        await protocol.close()
