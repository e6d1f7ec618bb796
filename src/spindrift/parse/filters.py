"""Parse filters in a row."""

from collections.abc import Sequence
from typing import Self

from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import is_interrupt
from spindrift.filtering import LoadedFilter, load_filters
from spindrift.filtering.at_work import noted
from spindrift.filtering.reloading import Reloading
from spindrift.metadata import MetadataError, as_metadata
from spindrift.parse.page import Page, Part
from spindrift.resource_files import ResourceFiles


class ParseFilterError(Exception):
    """A parse filter raised, which is the cause then, or wrote what no page can have. `name`: that of the filter."""

    def __init__(self, name: str, did: str) -> None:
        super().__init__(f"parse filter {name} {did}")
        self.name = name


def mend_page(page: Page, name: str) -> None:
    """Take what a parse filter has written as it is meant: a text or a number as the one value of its key.

    Raises ParseFilterError where it cannot be meant, so that no bolt further on comes to grief, time and again.
    """
    try:
        page.metadata = as_metadata(page.metadata)
        for part in page.parts if isinstance(page.parts, list) else [None]:
            if not isinstance(part, Part) or not isinstance(part.url, str):
                raise ParseFilterError(
                    name, f"set parts to {page.parts!r:.100}; expected a list of Part with a URL each"
                )
            part.metadata = as_metadata(part.metadata)
    except MetadataError as error:
        raise ParseFilterError(name, str(error)) from None
    for text in (page.text, *(part.text for part in page.parts)):
        if not isinstance(text, str):
            raise ParseFilterError(name, f"set the text to {text!r:.100}; expected a text")


class ParseFilters:
    """The parse filters of a crawl, in order: each may change the page before the next one sees it.

    Made from settings, they follow changes of their files that are right (`filters.reload.interval`), between pages.
    For one thread at a time.
    """

    def __init__(self, filters: Sequence[LoadedFilter] = ()) -> None:
        self._files: Reloading[list[LoadedFilter]] | None = None
        self._use(filters)

    def _use(self, filters: Sequence[LoadedFilter]) -> None:
        self.loaded = tuple(filters)
        self._filters = [
            (loaded.name, noted(f"parse filter {loaded.name}", loaded.instance.filter), loaded.comes_along)
            for loaded in filters
        ]

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
        """Change `page` in place. Raises ParseFilterError where a filter raises, or writes what no page can have."""
        if self._files is not None and (filters := self._files.fresh()) is not None:
            self._use(filters)
        for name, run, known in self._filters:
            try:
                run(page)
            except BaseException as error:  # a filter is anyone's code
                if is_interrupt(error):
                    raise
                raise ParseFilterError(name, f"raised {type(error).__name__}: {error}") from error
            if not known:
                mend_page(page, name)
