"""The configuration of one crawl: what the command line says, as configuration keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from spindrift.conf import Settings
from spindrift.cores import usable_cores
from spindrift.errors import ConfigurationError
from spindrift.fetching.retries import Retries
from spindrift.filtering import URLFilters
from spindrift.index.fields import IndexFields
from spindrift.parse.filters import ParseFilters
from spindrift.parse.parser import PageParser
from spindrift.parse.sitemap_extensions import wanted_extensions
from spindrift.politeness.autothrottle import AutoThrottle
from spindrift.politeness.limits import QueueLimits
from spindrift.protocol.interface import ProtocolContext
from spindrift.protocol.registry import Protocols
from spindrift.robots.agent import Agent
from spindrift.scheduling import UrlLifecycle

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CrawlChoices:
    """What a user chooses per run; None leaves it to the configuration."""

    max_pages: int | None = None
    max_depth: int | None = None
    same: Literal["host", "domain"] | None = None
    store: str | None = None
    warc: str | None = None

    def as_conf(self) -> dict[str, Any]:
        """The keys that stand for the choices; they win over every layer of configuration."""
        chosen = {
            "crawl.max.pages": self.max_pages,
            "urlfilters.max.depth": self.max_depth,
            "urlfilters.same": self.same,
            "store.url": self.store,
            "warc.path": self.warc,
        }
        return {key: value for key, value in chosen.items() if value is not None} | {"metrics.report": True}


def default_workers(filters: URLFilters) -> int:
    """`topology.workers` of a crawl that is told nothing of it: a process for the parser where there is a second core.

    Not with URL filters that need what the fetcher knows.
    """
    return 1 if usable_cores() < 2 or filters.need_this_process else 2


_PARTS: tuple[Callable[[Settings], object], ...] = (
    Agent.from_settings,
    ParseFilters.from_settings,
    PageParser.from_settings,
    wanted_extensions,
    IndexFields.from_settings,
    UrlLifecycle.from_settings,
    QueueLimits.from_settings,
    Retries.from_settings,
    AutoThrottle.from_settings,
    lambda settings: Protocols.from_context(ProtocolContext(settings)),
)
"""What components make of the configuration besides URL filters, where that can go wrong."""


def check_ready(conf: dict[str, Any]) -> URLFilters:
    """Raise ConfigurationError with all problems, before anything is opened, where no crawl could run.

    Returns the URL filters, which are loaded by then, for whatever else is found out before the crawl.
    """
    settings = Settings(conf)
    problems: list[str] = []

    def made(make: Callable[[Settings], T]) -> T | None:
        try:
            return make(settings)
        except ConfigurationError as error:
            problems.extend(error.problems)
            return None

    for part in _PARTS:
        made(part)
    filters = made(URLFilters.from_settings)
    if filters is None or problems:
        raise ConfigurationError(list(dict.fromkeys(problems)))  # several parts may read one key
    return filters
