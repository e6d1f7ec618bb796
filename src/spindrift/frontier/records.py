"""What goes into a frontier and what comes out of it."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from spindrift.metadata import Metadata
from spindrift.status import Status

RESUMED: Final = "the pause after its last request, in an earlier crawl"
"""The reason of a hold that an earlier crawl's pause has become."""


class Said(NamedTuple):
    """What another document, a sitemap, says of a URL."""

    changed: float | None
    """It has changed then (seconds since the epoch, not in the future; None: unknown). If it was FETCHED or REDIRECTION
    before that, it is due at the `next_fetch` of the update, or earlier if it was to be due earlier.
    """
    metadata: Metadata
    """Takes the place of what its metadata have under these keys."""


class StatusUpdate(NamedTuple):
    """One URL as it shall be stored. DISCOVERED creates, and never changes a URL that is known, but for
    what is `said` of it.
    """

    url: str
    key: str
    """Partition key: the host, or registered domain (`partition.url.mode`)."""
    status: Status
    metadata: Metadata
    next_fetch: float | None
    """Seconds since the epoch at which the URL is due, kept to the millisecond (rounded up); None: never."""
    said: Said | None = None
    """Beside DISCOVERED: what a URL that is known takes over."""
    updated: float | None = None
    """Seconds since the epoch at which it got this status; None: now."""


@dataclass(slots=True)
class UrlRecord:
    """One URL as it is stored."""

    url: str
    key: str
    status: Status
    metadata: Metadata
    next_fetch: float | None
    updated: float
    """Seconds since the epoch of the last change."""


@dataclass(slots=True)
class HostRecord:
    """All URLs of one partition key, and whether the key is held."""

    key: str
    urls: int
    by_status: dict[str, int]
    next_due: float | None
    """Seconds since the epoch at which the next URL may be fetched, counting the hold; None: never."""
    held_until: float | None
    """Seconds since the epoch; None: never was held, or was released. May lie in the past."""
    reason: str
    """Why it is, or was, held."""
    failures: int
    """Failures in a row when it was held."""


@dataclass(slots=True)
class InjectResult:
    """What became of seeds."""

    added: int = 0
    known: int = 0
    again: int = 0
    """Of those that were known, how many were made due once more."""
    refused: list[str] = field(default_factory=list)
    """One message for each that was refused: where it stands, what it is and why."""
    warnings: list[str] = field(default_factory=list)
    """What of a seed that can be used was left out."""
