"""Documents in Elasticsearch or OpenSearch."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from spindrift.errors import ConfigurationError, StoreError
from spindrift.index.documents import MARKS, Document, Hit, OnDurable, SearchResult
from spindrift.index.query import Query, parse_query
from spindrift.index.search_query import search_query
from spindrift.index.search_records import as_document
from spindrift.index.search_writes import Change, DocumentWriter
from spindrift.index.snippets import snippet
from spindrift.search_engine.bulk import Bulk
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import by_url
from spindrift.search_engine.writer import BulkWriter

_PAGE: Final = 200
_EXCERPT: Final = 100_000  # characters of a text that are searched for a snippet
_LISTED: Final = 160
_DEEPEST: Final = 10_000  # index.max_result_window


class SearchDocuments:
    """See `Documents` for the methods. Writes go through the process's one writer."""

    def __init__(self, content: Index, sources: Index, writer: BulkWriter | None, bulk: Bulk) -> None:
        """Without `writer` they can only be read."""
        self._content = content
        self._writer = writer
        self._apply = DocumentWriter(bulk, content, sources)

    def put(self, documents: Sequence[Document], on_durable: OnDurable | None = None) -> None:
        self._write([Change(document, document.url) for document in documents], on_durable)

    def delete(self, urls: Sequence[str], on_durable: OnDurable | None = None) -> None:
        self._write([Change(None, url) for url in urls], on_durable)

    def count(self) -> int:
        return self._content.count()

    def search(
        self,
        query: str,
        *,
        host: str | None = None,
        status: int | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 10,
        offset: int = 0,
        marks: tuple[str, str] = MARKS,
    ) -> SearchResult:
        parsed = parse_query(query)
        if parsed.impossible:
            return SearchResult(0, [])
        if offset + limit > _DEEPEST:
            raise ConfigurationError(f"a search gives the best {_DEEPEST:,} documents; export gives all")
        body: dict[str, Any] = {
            "query": search_query(parsed, host, status, since, until),
            "size": limit,
            "from": offset,
            "track_total_hits": True,
        }
        if not parsed.wanted:
            body["sort"] = [{"fetched": "desc"}, {"url": "asc"}]
        # Words are as rare as in the whole index, in whatever shard a document is.
        found = self._content.search(body, search_type="dfs_query_then_fetch")["hits"]
        return SearchResult(found["total"]["value"], [_hit(hit, parsed, marks) for hit in found["hits"]])

    def iterate(self) -> Iterator[Document]:
        for page in self._content.pages({"query": {"match_all": {}}, "sort": by_url("fetched")}, _PAGE):
            yield from (as_document(hit["_source"]) for hit in page)

    def _write(self, changes: list[Change], on_durable: OnDurable | None) -> None:
        if self._writer is None:
            raise StoreError(f"store {self._content.client.name} was opened for reading only")
        self._writer.put(self._apply, changes, on_durable)


def _hit(hit: dict[str, Any], query: Query, marks: tuple[str, str]) -> Hit:
    document = as_document(hit["_source"])
    if query.wanted:
        excerpt = document.text[:_EXCERPT]
        shown = snippet(excerpt, query.words, marks, prefixes=query.prefixes, more=len(document.text) > _EXCERPT)
    else:
        shown = document.text[:_LISTED]
    score = hit["_score"] if query.wanted else 0.0
    return Hit(
        document.url, document.title, shown, document.host, score, document.fetched, document.status, document.fields
    )
