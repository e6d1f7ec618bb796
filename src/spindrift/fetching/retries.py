"""Asking once more for what failed, soon, and without the frontier: as Scrapy's users expect it."""

from dataclasses import dataclass
from typing import Self

from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError
from spindrift.fetching.item import FetchItem
from spindrift.metadata import first, is_true

MAX_TIMES = "max.retry.times"
"""In a URL's metadata: how often it is asked for again."""
DONT = "dont_retry"


@dataclass(frozen=True, slots=True)
class Retries:
    """Which answers are asked for again, and how often; what could not be answered at all is, too.

    Keys: fetcher.retry.times, fetcher.retry.codes; metadata of a URL: max.retry.times, dont_retry.
    """

    times: int = 0
    codes: frozenset[int] = frozenset()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ConfigurationError for a code that is none."""
        texts = settings.texts("fetcher.retry.codes")
        wrong = [text for text in texts if not (text.isascii() and text.isdigit() and 100 <= int(text[:4]) <= 999)]
        if wrong:
            raise ConfigurationError(
                f"configuration key fetcher.retry.codes: {', '.join(wrong)} is not right; expected status codes"
            )
        return cls(settings.integer("fetcher.retry.times"), frozenset(map(int, texts)))

    def wanted(self, item: FetchItem, code: int | None) -> bool:
        """Whether `item`, which got `code` (None: no answer), is asked for again; counts it if so."""
        if code is not None and code not in self.codes:
            return False
        times = self.times
        if MAX_TIMES in item.metadata:
            text = first(item.metadata, MAX_TIMES) or ""
            times = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else times
        if item.retries >= times or is_true(item.metadata, DONT):
            return False
        item.retries += 1
        return True
