"""Many rows for SQLite in one step of one statement.

Python's sqlite3 gives up the GIL for every step of a statement and queues for it again. Beside a thread that
computes, each of these waits takes up to the interpreter's switch interval (5 ms): `executemany` fell from 76,000 to
450 rows a second there. So rows travel together: as the parameters of one VALUES clause where they are stored
(`RowsStatement`), as one JSON parameter that `json_each` unpacks where they are few and narrow (`as_parameter`; the
unpacking costs a third of an upsert). For the same reason results are gathered by `json_group_array` where a crawl
waits for them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson

SqlValue = str | int | float | bytes | None


class RowsStatement:
    """A statement that reads a batch of rows: `{rows}` in it stands for the VALUES clause of them.

    As a table, `FROM ({rows})`, its columns are `column1`, `column2`, ... The last clause is filled up with rows of
    NULL alone, so that a few shapes of the statement serve any number of rows: the statement must leave those out.
    """

    ROWS: Final = 512
    """Most rows of one step. More cost no less each, and memory."""

    def __init__(self, statement: str, columns: int) -> None:
        self._statement = statement
        self._row = f"({', '.join('?' * columns)})"
        self._nothing = (None,) * columns
        self._with_rows = lru_cache(maxsize=None)(self._render)

    def execute(self, connection: sqlite3.Connection, rows: Sequence[Sequence[SqlValue]]) -> None:
        """Run it for all rows, in their order. What UTF-8 cannot hold (lone surrogates) becomes a question mark."""
        for _ in self._cursors(connection, rows):
            pass

    def fetch(self, connection: sqlite3.Connection, rows: Sequence[Sequence[SqlValue]]) -> list[tuple[Any, ...]]:
        """The same, for a query: what it answers to each part of the rows."""
        return [answer for cursor in self._cursors(connection, rows) for answer in cursor.fetchall()]

    def _cursors(self, connection: sqlite3.Connection, rows: Sequence[Sequence[SqlValue]]) -> Iterator[sqlite3.Cursor]:
        for start in range(0, len(rows), self.ROWS):
            part = rows[start : start + self.ROWS]
            size = 1 << (len(part) - 1).bit_length()
            values: list[SqlValue] = []
            for row in part:
                values += row
            values += self._nothing * (size - len(part))
            try:
                cursor = connection.execute(self._with_rows(size), values)
            except UnicodeEncodeError:  # said while the values were bound: nothing was done yet
                encoded = [encodable(value) if isinstance(value, str) else value for value in values]
                cursor = connection.execute(self._with_rows(size), encoded)
            yield cursor

    def _render(self, size: int) -> str:
        return self._statement.replace("{rows}", f"VALUES {', '.join([self._row] * size)}")


def as_parameter(rows: Iterable[object]) -> str:
    """`rows` (JSON values; texts, numbers, None, lists of them) as the text that `json_each(?)` unpacks.

    Texts must be free of NUL, at which SQLite's JSON functions end a text (see `without_nul`).
    """
    return as_json(rows if isinstance(rows, list) else list(rows))


def as_json(value: object) -> str:
    """`value` as JSON. What UTF-8 cannot hold (lone surrogates) becomes a question mark."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate; the standard library is slower and takes it
        return encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def without_nul(text: str) -> str:
    """`text` with a blank for each NUL."""
    return text.replace("\0", " ") if "\0" in text else text
