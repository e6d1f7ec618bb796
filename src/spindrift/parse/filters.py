"""Parse filters in a row."""

from collections.abc import Sequence
from typing import Self

from spindrift.conf import Settings
from spindrift.errors import is_interrupt
from spindrift.filtering import LoadedFilter, load_filters
from spindrift.parse.page import Page
from spindrift.resource_files import ResourceFiles


class ParseFilterError(Exception):
    """A parse filter raised; the cause is what it raised. `name`: that of the filter."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"parse filter {name} raised {type(error).__name__}: {error}")
        self.name = name


class ParseFilters:
    """The parse filters of a crawl, in order: each may change the page before the next one sees it."""

    def __init__(self, filters: Sequence[LoadedFilter] = ()) -> None:
        self._filters = [(loaded.name, loaded.instance.filter) for loaded in filters]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The filters of the file that `parsefilters.config.file` names; none where it is empty.

        Raises ConfigurationError with all mistakes of the file.
        """
        name = settings.text("parsefilters.config.file")
        if not name:
            return cls()
        resources = ResourceFiles.from_settings(settings)
        return cls(load_filters(resources.find(name), "ParseFilters", resources))

    def filter(self, page: Page) -> None:
        """Change `page` in place. Raises ParseFilterError where a filter raises."""
        for name, run in self._filters:
            try:
                run(page)
            except BaseException as error:  # a filter is anyone's code
                if is_interrupt(error):
                    raise
                raise ParseFilterError(name, error) from error
