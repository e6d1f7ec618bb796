"""Writes documents to a search engine: of two of one URL, and of one page, the one that was fetched last stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spindrift.errors import StoreError
from spindrift.index.documents import Document
from spindrift.index.search_records import as_source
from spindrift.search_engine.bulk import Bulk, Operation
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import iso_us, url_id

_ATTEMPTS: Final = 10


class Change(NamedTuple):
    """A document that is put, or the URL whose document is deleted."""

    document: Document | None
    url: str


@dataclass(slots=True)
class _Page:
    """What is, or will be, stored of one URL."""

    version: tuple[int, int] | None = None
    """None: there was nothing before."""
    fetched: str = ""
    """As it is stored: times in this form are in order. Empty: there is nothing."""
    source: str = ""
    document: Document | None = None
    changed: bool = False

    def put(self, document: Document, fetched: str) -> None:
        self.fetched, self.source, self.document, self.changed = fetched, _source(document), document, True

    def delete(self) -> None:
        self.changed = self.changed or bool(self.fetched)
        self.fetched, self.source, self.document = "", "", None


class DocumentWriter:
    """Applies puts and deletions in their order, on what is stored of their URLs; one request reads, one writes.

    The index `sources` has, by the URL that was fetched, the other one under which its document is.
    """

    def __init__(self, bulk: Bulk, content: Index, sources: Index) -> None:
        self._bulk = bulk
        self._content = content
        self._sources = sources

    def __call__(self, changes: list[Change]) -> Sequence[BaseException | None]:
        """See spindrift.search_engine.writer.Apply."""
        open_ = list(range(len(changes)))
        errors: list[BaseException | None] = [None] * len(changes)
        for _ in range(_ATTEMPTS):
            if not self._attempt([changes[position] for position in open_], open_, errors):
                return errors
            # All once more, in the order it came: what was written is written again, which changes nothing.
            open_ = [position for position in open_ if errors[position] is None]
        raise StoreError(f"store {self._content.client.name}: other processes change the same documents all the time")

    def _attempt(self, changes: list[Change], positions: list[int], errors: list[BaseException | None]) -> bool:
        """Whether another process wrote some of the same in between."""
        pointers = self._read_pointers(changes)
        before = dict(pointers)
        pages = self._read_pages({change.url for change in changes} | _sources(changes) | set(pointers.values()))
        for change in changes:
            if change.document is None:
                _delete(change.url, pages, pointers)
            else:
                _put(change.document, pages, pointers)
        moved = {url for url in before.keys() | pointers.keys() if before.get(url) != pointers.get(url)}
        # First where documents will be, as that is harmless when they are not there after all.
        self._bulk.write([self._pointer(url, pointers.get(url)) for url in moved])
        operations = {url: self._operation(url, page) for url, page in pages.items() if page.changed}
        outcomes = dict(zip(operations, self._bulk.write(list(operations.values())), strict=True))
        for position, change in zip(positions, changes, strict=True):
            errors[position] = outcomes[change.url].error if change.url in outcomes else None
        return any(outcome.conflict for outcome in outcomes.values())

    def _read_pointers(self, changes: list[Change]) -> dict[str, str]:
        fetched = {url_id(url): url for url in {change.url for change in changes} | _sources(changes)}
        found = self._sources.get([(id_, None) for id_ in fetched])
        return {fetched[hit["_id"]]: hit["_source"]["url"] for hit in found}

    def _read_pages(self, urls: Iterable[str]) -> dict[str, _Page]:
        ids = {url_id(url): url for url in urls}
        pages = {url: _Page() for url in ids.values()}
        for hit in self._content.get([(id_, None) for id_ in ids], ["fetched", "source"]):
            source: dict[str, Any] = hit["_source"]
            version = (hit["_seq_no"], hit["_primary_term"])
            pages[ids[hit["_id"]]] = _Page(version, source.get("fetched", ""), source.get("source", ""))
        return pages

    def _operation(self, url: str, page: _Page) -> Operation:
        document = None if page.document is None else as_source(page.document)
        create = page.version is None and document is not None
        return Operation(self._content, url_id(url), document, create=create, version=page.version)

    def _pointer(self, source: str, url: str | None) -> Operation:
        return Operation(self._sources, url_id(source), None if url is None else {"url": url})


def _put(document: Document, pages: dict[str, _Page], pointers: dict[str, str]) -> None:
    fetched, source = iso_us(document.fetched), _source(document)
    page = document.source or document.url
    # What was indexed of the same page under another URL, as its canonical link was another one, or none, then.
    for url in {pointers.get(page, ""), source} - {"", document.url}:
        other = pages[url]
        if other.fetched and other.fetched <= fetched and (url == source or other.source == page):
            other.delete()
    if pages[document.url].fetched <= fetched:
        pages[document.url].put(document, fetched)
        if source:
            pointers[source] = document.url
        else:
            pointers.pop(document.url, None)


def _delete(url: str, pages: dict[str, _Page], pointers: dict[str, str]) -> None:
    pages[url].delete()
    other = pointers.pop(url, None)
    if other is not None and pages[other].source == url:
        pages[other].delete()


def _source(document: Document) -> str:
    return document.source if document.source != document.url else ""


def _sources(changes: list[Change]) -> set[str]:
    return {source for change in changes if change.document is not None and (source := _source(change.document))}
