"""Documents that are made of URLs, sitemaps and feeds: from the reading of one to the statuses that it gives."""

import logging
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from spindrift import metadata_keys as keys
from spindrift.metadata import Metadata, copy, first
from spindrift.parse.errors import CONTENT_FILTERING, with_error
from spindrift.parse.filters import ParseFilterError, ParseFilters
from spindrift.parse.page import Page
from spindrift.status import Status

_log = logging.getLogger(__name__)

_EntryOut = TypeVar("_EntryOut", covariant=True)
_EntryIn = TypeVar("_EntryIn", contravariant=True)
_Entry = TypeVar("_Entry")


class Reading(Protocol[_EntryOut]):
    """The entries of one document, to be iterated over once; then `count` and `problems` are complete."""

    problems: list[str]
    count: int

    def __iter__(self) -> Iterator[_EntryOut]: ...


class EntryLinks(Protocol[_EntryIn]):
    """Chooses among entries, and gives the URLs of those that are let through their metadata."""

    def discovered(
        self, url: str, metadata: Metadata, entries: Iterable[_EntryIn], now: float
    ) -> Iterator[tuple[str, Metadata]]: ...


class DocumentKind(NamedTuple):
    """What is said of a kind of document: its name, and the metadata keys that mark it and that warn of its faults."""

    name: str
    mark: str
    warning: str


class LinkDocuments(Generic[_Entry]):
    """Runs the parse filters over documents of one kind (as over a page without text and links), and reads them."""

    def __init__(self, kind: DocumentKind, filters: ParseFilters, links: EntryLinks[_Entry]) -> None:
        self._kind = kind
        self._filters = filters
        self._links = links

    def statuses(
        self, url: str, content: bytes, metadata: Metadata, reading: Reading[_Entry], now: float
    ) -> Iterator[tuple[str, Metadata, Status]]:
        """Each URL that `reading` makes known as DISCOVERED, then the document itself: FETCHED, or else ERROR.

        It is FETCHED with a warning where a part of it could not be read, ERROR where nothing could, and where a parse
        filter raises. `metadata` stays as it is.
        """
        metadata = copy(metadata)
        metadata[self._kind.mark] = ["true"]
        page = Page(url, content, metadata, base_url=url)
        try:
            self._filters.filter(page)
        except ParseFilterError as error:
            _log.error("%s: %s", url, error, exc_info=error.__cause__)
            yield url, with_error(metadata, CONTENT_FILTERING, f"{url}: {error}"), Status.ERROR
            return
        metadata = page.metadata  # filters may have set another, or what had to be taken as it was meant
        for target, target_metadata in self._links.discovered(url, metadata, reading, now):
            yield target, target_metadata, Status.DISCOVERED
        metadata.pop(self._kind.warning, None)
        problems = list(reading.problems)
        if first(metadata, keys.TRIMMED) == "true":
            problems.append("cut off by the fetcher (http.trimmed)")
        message = "; ".join(problems)
        if problems and not reading.count:
            name = self._kind.name
            message = f"{name} {url} cannot be read: {message}"
            yield url, with_error(metadata, f"{name} parsing", message), Status.ERROR
            return
        if problems:
            metadata[self._kind.warning] = [message]
        yield url, metadata, Status.FETCHED
