"""Pauses that follow how quick a server is: Scrapy's AutoThrottle."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Self

from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError

MAX_KEYS = 200_000
"""Keys whose pause is remembered; beyond it, those that were asked longest ago start again."""


@dataclass(slots=True)
class AutoThrottle:
    """The pause of each key (seconds), adjusted after each answer.

    The pause aims at latency / `concurrency`, half the way with each answer, and at once where the server has become
    slower; an answer other than 200 may not shorten it, as errors come quickly. It stays between `shortest`
    (fetcher.server.delay) and `longest`. Latency is that of the whole answer.
    """

    start: float = 5.0
    shortest: float = 0.0
    longest: float = 60.0
    concurrency: float = 1.0
    _delays: OrderedDict[str, float] = field(default_factory=OrderedDict)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """By fetcher.autothrottle.*; None where it is off."""
        if not settings.flag("fetcher.autothrottle"):
            return None
        concurrency = settings.number("fetcher.autothrottle.target.concurrency")
        if concurrency <= 0:
            raise ConfigurationError(
                f"configuration key fetcher.autothrottle.target.concurrency: {concurrency:g} is not right; "
                "expected a number above 0"
            )
        return cls(
            start=settings.seconds("fetcher.autothrottle.start.delay"),
            shortest=settings.seconds("fetcher.server.delay"),
            longest=settings.seconds("fetcher.autothrottle.max.delay"),
            concurrency=concurrency,
        )

    def adjust(self, key: str, latency: float, *, ok: bool) -> float:
        """The new pause of `key`, after an answer that took `latency` seconds."""
        old = self._delays.pop(key, None)
        if old is None:
            old = max(self.shortest, self.start)
            if len(self._delays) >= MAX_KEYS:
                self._delays.popitem(last=False)
        target = latency / self.concurrency
        new = min(max(target, (old + target) / 2, self.shortest), self.longest)
        if not ok and new <= old:
            new = old
        self._delays[key] = new
        return new
