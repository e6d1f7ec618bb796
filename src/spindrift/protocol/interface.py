"""What the fetcher asks of a protocol, and what it gives to one."""

from dataclasses import dataclass, field
from typing import ClassVar, Self
from typing import Protocol as Interface

from spindrift.clock import Clock, SystemClock
from spindrift.conf.settings import Settings
from spindrift.metadata import Metadata
from spindrift.protocol.bodies import BodyBudget
from spindrift.protocol.resolver import Lookup
from spindrift.protocol.response import Response

FROM_SETTINGS = -1
"""As a content limit: the one of http.content.limit."""


def _unbounded() -> BodyBudget:
    return BodyBudget(None)


@dataclass(frozen=True, slots=True)
class ProtocolContext:
    """What a fetcher task gives to the protocols that it makes.

    `lookup` finds the addresses of hosts, None: by the machine's resolver. `bodies` bounds the memory of pages: pass
    every content through its `hand_out`.
    """

    settings: Settings
    user_agent: str = ""
    clock: Clock = field(default_factory=SystemClock)
    lookup: Lookup | None = None
    bodies: BodyBudget = field(default_factory=_unbounded)


class Protocol(Interface):
    """Brings the content of URLs; one instance per fetcher task, used within one event loop.

    Which class serves a scheme says `<scheme>.protocol.implementation`: a short name, or the path of any class with
    these methods. Nothing has to be inherited.
    """

    asks_robots: ClassVar[bool]
    """Whether robots.txt is fetched (by this protocol) and obeyed."""
    is_polite: ClassVar[bool]
    """Whether there are servers to be spared: pauses between requests, Crawl-delay."""

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """A new instance. Raises ConfigurationError. Called outside the event loop."""
        ...

    def origin(self, url: str) -> str:
        """What a robots.txt holds for (scheme, host, port). Raises FetchFailure for a URL that cannot be asked for."""
        ...

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """Ask for `url` once; redirects are answers and not followed. Raises FetchFailure where there is no answer.

        `content_limit` is in decoded bytes, None for no limit. `metadata` must not be changed.
        """
        ...

    def allows_private(self, metadata: Metadata) -> bool:
        """Whether a URL with this metadata may lead to a private address."""
        ...

    async def is_private(self, url: str) -> bool:
        """Whether `url` leads to a private address. Raises FetchFailure where that cannot be known."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
