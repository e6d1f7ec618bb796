"""Parse filters in a row."""

from collections.abc import Sequence
from typing import Self

from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import is_interrupt
from spindrift.filtering import LoadedFilter, load_filters
from spindrift.filtering.reloading import Reloading
from spindrift.parse.page import Page
from spindrift.resource_files import ResourceFiles


class ParseFilterError(Exception):
    """A parse filter raised; the cause is what it raised. `name`: that of the filter."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"parse filter {name} raised {type(error).__name__}: {error}")
        self.name = name


class ParseFilters:
    """The parse filters of a crawl, in order: each may change the page before the next one sees it.

    Made from settings, they follow changes of their files that are right (`filters.reload.interval`), between pages.
    For one thread at a time.
    """

    def __init__(self, filters: Sequence[LoadedFilter] = ()) -> None:
        self._files: Reloading[list[LoadedFilter]] | None = None
        self._use(filters)

    def _use(self, filters: Sequence[LoadedFilter]) -> None:
        self._filters = [(loaded.name, loaded.instance.filter) for loaded in filters]

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock | None = None) -> Self:
        """The filters of the files that `jsoup.filters.config.file` and then `parsefilters.config.file` name.

        None where these are empty. Raises ConfigurationError with all mistakes of a file.
        """
        names = [settings.text("jsoup.filters.config.file"), settings.text("parsefilters.config.file")]
        names = [name for name in names if name]
        if not names:
            return cls()

        def make(resources: ResourceFiles) -> list[LoadedFilter]:
            return [
                loaded
                for name in names
                for loaded in load_filters(resources.find(name), "ParseFilters", resources, settings)
            ]

        files = Reloading(make, f"parse filters ({', '.join(names)})", settings, clock)
        filters = cls(files.first)
        filters._files = files
        return filters

    def filter(self, page: Page) -> None:
        """Change `page` in place. Raises ParseFilterError where a filter raises."""
        if self._files is not None and (filters := self._files.fresh()) is not None:
            self._use(filters)
        for name, run in self._filters:
            try:
                run(page)
            except BaseException as error:  # a filter is anyone's code
                if is_interrupt(error):
                    raise
                raise ParseFilterError(name, error) from error
