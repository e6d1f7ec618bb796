"""URL filters in a row."""

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import is_interrupt
from spindrift.filtering.at_work import noted
from spindrift.filtering.choices import chosen_filters
from spindrift.filtering.loading import LoadedFilter, load_filters
from spindrift.filtering.reloading import Reloading
from spindrift.metadata import Metadata
from spindrift.resource_files import ResourceFiles
from spindrift.urls.credentials import without_credentials
from spindrift.urls.schemes import is_absolute

_log = logging.getLogger(__name__)

RETURNS = "right is the URL to go on with, or None to refuse it"

NO_URL = "which is no absolute URL that can be fetched (http, https, file)"

_REMEMBERED = 8192
"""URLs whose answers are kept in memory: about 3 MB."""


class URLFilter(Protocol):
    """Decides about URLs that were found, and may rewrite them.

    An attribute `depends_on_source = False` promises that the answer depends on the URL alone: it is remembered.
    `passes_everything = True` promises that every URL passes as it is: the filter is not asked. A method
    `why_refused` (see `spindrift.filtering.refusals`) tells `spindrift explain` by which rule it refuses a URL.
    """

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """The URL to go on with, or None to refuse it.

        `source_url` and `source_metadata` are those of the page that the URL was found on (None and {} for a seed);
        they must not be changed. `url` is absolute, but may be anything a page says.
        """


class Verdict(NamedTuple):
    """What became of a URL."""

    url: str | None
    """As the filters rewrote it; None where one refused it."""
    by: str | None
    """Name of the filter that refused it; None where none did."""


class URLFilters:
    """The URL filters of a crawl, in order: each is given what the one before it made of a URL, and None ends it.

    User name and password of a URL are left out before the first filter sees it. A filter that raises, or makes of
    a URL what is none, refuses it;
    `refused_by_error` counts how often each did. Made from settings, they are those of the file as it is now: between
    two pages, they follow changes that are right (`filters.reload.interval`). For one thread at a time.
    """

    def __init__(self, filters: Sequence[LoadedFilter] = ()) -> None:
        self.refused_by_error: Counter[str] = Counter()
        self._files: Reloading[list[LoadedFilter]] | None = None
        self._page: str | None = None
        self._use(filters)

    def _use(self, filters: Sequence[LoadedFilter]) -> None:
        self.loaded = tuple(filters)
        self.names = tuple(loaded.name for loaded in filters)
        self.need_this_process = any(getattr(loaded.instance, "needs_this_process", False) for loaded in filters)
        asked = [loaded for loaded in filters if not getattr(loaded.instance, "passes_everything", False)]
        groups = itertools.groupby(asked, key=lambda loaded: getattr(loaded.instance, "depends_on_source", True))
        self._runs = [
            _run(list(group)) if depends_on_source else _remembered(_run(list(group)))
            for depends_on_source, group in groups
        ]

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock | None = None) -> "URLFilters":
        """The filters of the file that `urlfilters.config.file` names (none where it is empty), then those that
        `urlfilters.max.depth`, `urlfilters.same` and `urlfilters.scope.key` ask for.

        Raises ConfigurationError with all mistakes of the file.
        """
        name = settings.text("urlfilters.config.file")
        if not name:
            return cls(chosen_filters(settings))

        def make(resources: ResourceFiles) -> list[LoadedFilter]:
            loaded = load_filters(resources.find(name), "URLFilters", resources, settings)
            return [*loaded, *chosen_filters(settings)]

        files = Reloading(make, f"URL filters ({name})", settings, clock)
        filters = cls(files.first)
        filters._files = files
        return filters

    @classmethod
    def load(cls, path: Path, resources: ResourceFiles | None = None, settings: Settings | None = None) -> "URLFilters":
        """The filters of a file as it is. Raises ConfigurationError with all its mistakes."""
        return cls(load_filters(path, "URLFilters", resources, settings))

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """The URL to go on with, or None where a filter refused it. Never raises."""
        if source_url is not self._page or source_url is None:
            self._turn_to(source_url)
        if "@" in url:  # most have none, and need no call
            url = without_credentials(url)
        result = url
        try:
            for run in self._runs:
                passed, _ = run(source_url, source_metadata, result)
                if passed is None:
                    return None
                result = passed
        except _FilterError as error:
            self._count_error(error, url)
            return None
        return result

    def verdict(self, source_url: str | None, source_metadata: Metadata, url: str) -> Verdict:
        """The same, and which filter refused it."""
        if source_url is not self._page or source_url is None:
            self._turn_to(source_url)
        if "@" in url:  # most have none, and need no call
            url = without_credentials(url)
        result = url
        try:
            for run in self._runs:
                passed, name = run(source_url, source_metadata, result)
                if passed is None:
                    return Verdict(None, name)
                result = passed
        except _FilterError as error:
            self._count_error(error, url)
            return Verdict(None, error.name)
        return Verdict(result, None)

    def _turn_to(self, page: str | None) -> None:
        """Another page's links come now: all of one page's are judged by the same filters."""
        self._page = page
        if self._files is not None and (filters := self._files.fresh()) is not None:
            self._use(filters)

    def _count_error(self, error: "_FilterError", url: str) -> None:
        self.refused_by_error[error.name] += 1
        count = self.refused_by_error[error.name]
        if count in (1, 10, 100) or count % 1000 == 0:  # seen, but never a flood
            if (cause := error.__cause__) is None:
                _log.error("%s, so %r is refused (time no. %d)", error, url, count)
            else:
                told = error, type(cause).__name__, cause, url, count
                _log.error("%s %s: %s, so %r is refused (time no. %d)", *told, exc_info=cause)


class _FilterError(Exception):
    """A filter raised, which is the cause then, or returned what is no URL."""

    def __init__(self, name: str, did: str) -> None:
        super().__init__(f"URL filter {name} {did}")
        self.name = name


_Run = Callable[[str | None, Metadata, str], tuple[str | None, str]]
"""Filters in a row: the URL, or None and the name of the filter that refused it."""


def _run(filters: Sequence[LoadedFilter]) -> _Run:
    steps = [(loaded.name, _call_of(loaded)) for loaded in filters]

    def run(source_url: str | None, source_metadata: Metadata, url: str) -> tuple[str | None, str]:
        result = url
        name = ""
        try:
            for name, step in steps:
                given = result
                result = step(source_url, source_metadata, given)
                if result.__class__ is not str:
                    if result is None:
                        return None, name
                    if not isinstance(result, str):
                        raise _FilterError(name, f"returned {result!r:.100} ({RETURNS})")
                if result != given and not is_absolute(result):
                    raise _FilterError(name, f"made {result!r:.100} of it, {NO_URL}")
        except _FilterError:
            raise
        except BaseException as error:  # a filter is anyone's code: not even its sys.exit must stop the crawl
            if is_interrupt(error):
                raise
            raise _FilterError(name, "raised") from error
        return result, ""

    return run


def _call_of(loaded: LoadedFilter) -> Callable[..., Any]:
    call: Callable[..., Any] = loaded.instance.filter
    return call if loaded.comes_along else noted(f"URL filter {loaded.name}", call)


def _remembered(run: _Run) -> _Run:
    """The same for filters that look at the URL alone: pages of a site have most of their links in common."""
    answer = lru_cache(maxsize=_REMEMBERED)(lambda url: run(None, {}, url))
    return lambda source_url, source_metadata, url: answer(url)
