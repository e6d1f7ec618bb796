"""Takes out of a store what it holds, row by row, as JSON lines, CSV or Parquet."""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, TextIO

from spindrift.errors import SpindriftError
from spindrift.frontier.records import UrlRecord
from spindrift.index.documents import Document
from spindrift.store import Store

What = Literal["documents", "statuses"]

_ROWS: dict[What, type[Any]] = {"documents": Document, "statuses": UrlRecord}

_COLUMNS: dict[What, str] = {
    "documents": "{url: 'VARCHAR', host: 'VARCHAR', title: 'VARCHAR', text: 'VARCHAR',"
    " fields: 'MAP(VARCHAR, VARCHAR[])', status: 'INTEGER', fetched: 'DOUBLE', language: 'VARCHAR', source: 'VARCHAR'}",
    "statuses": "{url: 'VARCHAR', key: 'VARCHAR', status: 'VARCHAR', metadata: 'MAP(VARCHAR, VARCHAR[])',"
    " next_fetch: 'DOUBLE', updated: 'DOUBLE'}",
}
_TIMES: dict[What, tuple[str, ...]] = {"documents": ("fetched",), "statuses": ("next_fetch", "updated")}
_MAX_LINE = 256 * 1024 * 1024


class ExportError(SpindriftError):
    """A file that could not be written."""


def rows(store: Store, what: str) -> Iterator[dict[str, Any]]:
    """Documents or URL records as JSON values; times in seconds since the epoch."""
    for record in store.documents.iterate() if what == "documents" else store.frontier.records():
        yield asdict(record)


def export_jsonl(store: Store, what: What, out: Path | None) -> int:
    """Write a JSON object a line to `out` (None: standard output). Returns how many."""
    return _export_text(store, what, out, _write_lines)


def export_csv(store: Store, what: What, out: Path | None) -> int:
    """Write a table with a row of names to `out` (None: standard output). Returns how many rows it has beside that.

    What is no single value, `fields` and `metadata`, is a JSON object.
    """
    return _export_text(store, what, out, _write_csv)


def export_parquet(store: Store, what: What, out: Path) -> int:
    """Write a Parquet file, times as timestamps (UTC). Returns how many rows."""
    import duckdb

    with _placed(out) as unfinished, tempfile.TemporaryDirectory(dir=unfinished.parent, prefix=".spindrift-") as folder:
        lines = Path(folder) / "rows.jsonl"
        with lines.open("w", encoding="utf-8") as opened:
            written = _write_lines(store, what, opened)
        times = ", ".join(f"to_timestamp({name}) AS {name}" for name in _TIMES[what])
        try:
            with duckdb.connect() as connection:
                connection.execute("SET TimeZone = 'UTC'")
                source = connection.sql(
                    f"SELECT * REPLACE ({times}) FROM read_json($lines, format = 'newline_delimited',"  # noqa: S608
                    f" columns = {_COLUMNS[what]}, maximum_object_size = {_MAX_LINE})",
                    params={"lines": str(lines)},
                )
                source.write_parquet(str(unfinished), compression="zstd")
        except duckdb.Error as error:
            raise ExportError(f"{out} could not be written: {error}") from error
    return written


def _export_text(store: Store, what: What, out: Path | None, write: Callable[[Store, What, TextIO], int]) -> int:
    if out is None:
        return write(store, what, sys.stdout)
    with _placed(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as opened:
        return write(store, what, opened)


def _write_csv(store: Store, what: What, out: TextIO) -> int:
    written = 0
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(each.name for each in fields(_ROWS[what]))
    for row in rows(store, what):
        writer.writerow(_cell(value, out.encoding) for value in row.values())
        written += 1
    out.flush()
    return written


def _cell(value: Any, encoding: str) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    # Lone surrogates, and on standard output letters that it does not know, become question marks.
    return value.encode(encoding, "replace").decode(encoding) if isinstance(value, str) else value


def _write_lines(store: Store, what: str, out: TextIO) -> int:
    written = 0
    for row in rows(store, what):
        # ASCII: lone surrogates, which pages do contain, could not be encoded otherwise.
        out.write(json.dumps(row) + "\n")
        written += 1
    out.flush()
    return written


@contextmanager
def _placed(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; what is there in the end becomes `out`, unless an error came in between."""
    if out.exists() and not out.is_file():
        raise ExportError(f"{out} could not be written: it is no regular file; without --out, standard output is used")
    place = out.resolve()  # a link stays one
    unfinished = place.with_name(f".{place.name}.{os.getpid()}.unfinished")
    try:
        yield unfinished
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())  # before it gets its name: not even a power cut shall leave half a file
        unfinished.replace(place)
    except OSError as error:
        raise ExportError(f"{out} could not be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
