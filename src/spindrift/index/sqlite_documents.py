"""Documents in SQLite, searched with FTS5."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final, NamedTuple

from spindrift.index.documents import MARKS, Document, Hit, OnDurable, SearchResult
from spindrift.index.query import Query, parse_query
from spindrift.index.snippets import snippet
from spindrift.sqlite import Database, GroupCommitWriter, RowsStatement, as_json, as_parameter
from spindrift.sqlite.digest import url_digest
from spindrift.sqlite.rows import SqlValue, without_nul
from spindrift.urls.hosts import host_and_port

# The index holds no second copy of the text (content=documents); the triggers keep it in step. A page that was fetched
# again and did not change costs no indexing. automerge: merging less often made inserting a third cheaper (0.85 to
# 0.63 ms a page of 11 kB) and searching no slower at these sizes.
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS documents (
  id INTEGER PRIMARY KEY,
  digest1 INTEGER NOT NULL,
  digest2 INTEGER NOT NULL,
  source1 INTEGER,                      -- digest of the URL that was fetched, where it is another
  source2 INTEGER,
  url TEXT NOT NULL,
  source TEXT NOT NULL,
  host TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  fields TEXT NOT NULL,                 -- JSON object of lists
  status INTEGER,
  fetched REAL NOT NULL,
  language TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS documents_digest ON documents (digest1, digest2);
CREATE INDEX IF NOT EXISTS documents_source ON documents (source1, source2) WHERE source1 IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_fetched ON documents (fetched);
CREATE VIRTUAL TABLE IF NOT EXISTS documents_text USING fts5 (
  title, text, content = 'documents', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO documents_text (documents_text, rank) VALUES ('automerge', 16);
INSERT INTO documents_text (documents_text, rank) VALUES ('rank', 'bm25(5.0, 1.0)');

CREATE TRIGGER IF NOT EXISTS documents_added AFTER INSERT ON documents BEGIN
  INSERT INTO documents_text (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER IF NOT EXISTS documents_deleted AFTER DELETE ON documents BEGIN
  INSERT INTO documents_text (documents_text, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER IF NOT EXISTS documents_changed AFTER UPDATE OF title, text ON documents
WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN
  INSERT INTO documents_text (documents_text, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
  INSERT INTO documents_text (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
"""

# In the order of the rows that exist: FTS5 starts a new segment whenever a row comes before the last one.
_UPSERT: Final = RowsStatement(
    """
INSERT INTO documents (digest1, digest2, source1, source2, url, source, host, title, text, fields, status, fetched,
  language)
SELECT column1, column2, column3, column4, column5, column6, column7, column8, column9, column10, column11, column12,
  column13
FROM ({rows}) WHERE column1 IS NOT NULL
ORDER BY coalesce((SELECT id FROM documents WHERE digest1 = column1 AND digest2 = column2), 9223372036854775807),
  column14
ON CONFLICT (digest1, digest2) DO UPDATE SET source1 = excluded.source1, source2 = excluded.source2,
  source = excluded.source, host = excluded.host, title = excluded.title, text = excluded.text,
  fields = excluded.fields, status = excluded.status, fetched = excluded.fetched, language = excluded.language
WHERE excluded.fetched >= documents.fetched
""",
    columns=14,
)
# What was indexed of the same page under another URL, as its canonical link was another one, or none, then.
_REPLACED: Final = """
DELETE FROM documents WHERE id IN (
  SELECT documents.id FROM json_each(?1) CROSS JOIN documents
    ON digest1 = json_extract(value, '$[2]') AND digest2 = json_extract(value, '$[3]')
    WHERE fetched <= json_extract(value, '$[4]')
  UNION SELECT documents.id FROM json_each(?1) CROSS JOIN documents
    ON source1 = coalesce(json_extract(value, '$[2]'), json_extract(value, '$[0]'))
      AND source2 = coalesce(json_extract(value, '$[3]'), json_extract(value, '$[1]'))
    WHERE fetched <= json_extract(value, '$[4]')
      AND (digest1 <> json_extract(value, '$[0]') OR digest2 <> json_extract(value, '$[1]')))
"""
_DELETE: Final = """
DELETE FROM documents WHERE id IN (
  SELECT documents.id FROM json_each(?1) CROSS JOIN documents
    ON digest1 = json_extract(value, '$[0]') AND digest2 = json_extract(value, '$[1]')
  UNION SELECT documents.id FROM json_each(?1) CROSS JOIN documents
    ON source1 = json_extract(value, '$[0]') AND source2 = json_extract(value, '$[1]'))
"""
_FILTERS: Final = """
(:host IS NULL OR host = :host OR host LIKE :subdomains ESCAPE '\\')
AND (:port IS NULL
  OR substr(url, instr(url, '://') + 3, length(host) + length(:port) + 2) = host || ':' || :port || '/')
AND (:status IS NULL OR status = :status)
AND (:since IS NULL OR fetched >= :since) AND (:until IS NULL OR fetched < :until)
"""
_FOUND: Final = f"""
FROM documents_text JOIN documents ON documents.id = documents_text.rowid
WHERE documents_text MATCH :match AND {_FILTERS}
"""
_SEARCH: Final = f"""
SELECT url, documents.title, substr(documents.text, 1, :excerpt), host, -rank, fetched, status, fields
{_FOUND} ORDER BY rank LIMIT :limit OFFSET :offset
"""
_LISTED: Final = f"""
FROM documents WHERE {_FILTERS}
AND (:unwanted = '' OR id NOT IN (SELECT rowid FROM documents_text WHERE documents_text MATCH :unwanted))
"""  # noqa: S608
_LIST: Final = f"""
SELECT url, title, substr(text, 1, 160), host, 0.0, fetched, status, fields
{_LISTED} ORDER BY fetched DESC, id LIMIT :limit OFFSET :offset
"""
_ALL: Final = """
SELECT id, url, host, title, text, fields, status, fetched, language, source FROM documents
WHERE id > ? ORDER BY id LIMIT 200
"""


_EXCERPT: Final = 100_000  # characters of a text that are searched for a snippet
_DOCUMENTS_A_STATEMENT: Final = 128  # bounds the memory of the parameters, some 20 kB each


class _Change(NamedTuple):
    document: Document | None
    deleted: str


class SqliteDocuments:
    """See `Documents` for the methods. Writes go through the process's one writer."""

    def __init__(self, database: Database, writer: GroupCommitWriter | None) -> None:
        self._database = database
        self._writer = writer

    def put(self, documents: Sequence[Document], on_durable: OnDurable | None = None) -> None:
        self._write([_Change(document, "") for document in documents], on_durable)

    def delete(self, urls: Sequence[str], on_durable: OnDurable | None = None) -> None:
        self._write([_Change(None, url) for url in urls], on_durable)

    def count(self) -> int:
        return int(self._reader.execute("SELECT count(*) FROM documents").fetchone()[0])

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
        port = None
        if host is not None:
            host, port = host_and_port(host)
        values = {
            "host": host,
            "port": port or None,
            "subdomains": None if host is None else "%." + host.translate(_LIKE_ESCAPES),
            "status": status,
            "since": since,
            "until": until,
            "limit": limit,
            "offset": offset,
            "excerpt": _EXCERPT,
        }
        return self._answer(parsed, values, marks)

    def iterate(self) -> Iterator[Document]:
        last = 0
        while rows := self._reader.execute(_ALL, (last,)).fetchall():
            for _id, url, host, title, text, fields, status, fetched, language, source in rows:
                yield Document(url, host, title, text, json.loads(fields), status, fetched, language, source)
            last = rows[-1][0]

    def _answer(self, query: Query, values: dict[str, Any], marks: tuple[str, str]) -> SearchResult:
        if query.wanted:
            values["match"] = query.match
            counted, listed = _FOUND, _SEARCH
        else:
            values["unwanted"] = query.unwanted
            counted, listed = _LISTED, _LIST
        total = int(self._reader.execute(f"SELECT count(*) {counted}", values).fetchone()[0])
        hits = [_hit(*row) for row in self._reader.execute(listed, values)]
        if query.wanted:
            hits = [replace(hit, snippet=_snippet(hit.snippet, query, marks)) for hit in hits]
        return SearchResult(total, hits)

    def _write(self, changes: list[_Change], on_durable: OnDurable | None) -> None:
        if self._writer is None:
            raise self._database.read_only_error()
        if on_durable is None:
            self._writer.write(_apply, changes)
        else:
            self._writer.submit(_apply, changes, on_durable)

    @property
    def _reader(self) -> sqlite3.Connection:
        return self._database.reader()


_LIKE_ESCAPES: Final = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


def _apply(connection: sqlite3.Connection, changes: list[_Change]) -> None:
    """Puts and deletions in their order, runs of either in one statement."""
    for deleting, run in groupby(changes, lambda change: change.document is None):
        if deleting:
            connection.execute(_DELETE, (as_parameter([url_digest(change.deleted) for change in run]),))
            continue
        documents = [change.document for change in run if change.document is not None]
        for start in range(0, len(documents), _DOCUMENTS_A_STATEMENT):
            rows = [_row(*numbered) for numbered in enumerate(documents[start : start + _DOCUMENTS_A_STATEMENT])]
            connection.execute(_REPLACED, (as_parameter([(*row[:4], row[11]) for row in rows]),))
            _UPSERT.execute(connection, rows)


def _hit(
    url: str, title: str, snippet: str, host: str, score: float, fetched: float, status: int | None, fields: str
) -> Hit:
    return Hit(url, title, snippet, host, score, fetched, status, json.loads(fields))


def _snippet(excerpt: str, query: Query, marks: tuple[str, str]) -> str:
    return snippet(excerpt, query.words, marks, prefixes=query.prefixes, more=len(excerpt) >= _EXCERPT)


def _row(position: int, document: Document) -> tuple[SqlValue, ...]:
    source = document.source if document.source != document.url else ""
    return (
        *url_digest(document.url),
        *(url_digest(source) if source else (None, None)),
        document.url,
        source,
        document.host,
        without_nul(document.title),
        without_nul(document.text),
        as_json(document.fields),
        document.status,
        document.fetched,
        document.language,
        position,
    )
