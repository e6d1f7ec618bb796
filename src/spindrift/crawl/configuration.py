"""The configuration of one crawl: what the command line says, as configuration keys."""

from dataclasses import dataclass
from typing import Any, Literal

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filtering import URLFilters
from spindrift.parse.filters import ParseFilters
from spindrift.robots.agent import Agent


@dataclass(frozen=True, slots=True)
class CrawlChoices:
    """What a user chooses per run; None leaves it to the configuration."""

    max_pages: int | None = None
    max_depth: int | None = None
    same: Literal["host", "domain"] | None = None
    store: str | None = None

    def as_conf(self) -> dict[str, Any]:
        """The keys that stand for the choices; they win over every layer of configuration."""
        chosen = {
            "crawl.max.pages": self.max_pages,
            "urlfilters.max.depth": self.max_depth,
            "urlfilters.same": self.same,
            "store.url": self.store,
        }
        return {key: value for key, value in chosen.items() if value is not None} | {"metrics.report": True}


def check_ready(conf: dict[str, Any]) -> None:
    """Raise ConfigurationError, before anything is opened, where no crawl could run.

    Nobody says who crawls, or a filter file has mistakes: all of them are told together.
    """
    settings = Settings(conf)
    problems = []
    for required in (Agent, URLFilters, ParseFilters):
        try:
            required.from_settings(settings)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
