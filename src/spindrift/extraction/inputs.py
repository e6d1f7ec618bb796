"""The pages that documents are extracted from: HTML files, records of WARC and ARC files, JSON lines."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from spindrift.errors import ArchiveError
from spindrift.metadata import first
from spindrift.parse.mime import detect_mime_type, is_html
from spindrift.warc.answers import response_in
from spindrift.warc.reading import ArchiveReader, Problem, Record, is_arc

MAX_BYTES = 20_000_000
"""Bytes of a page that are read."""


@dataclass(frozen=True, slots=True)
class Input:
    """A page to extract from. `name` says where it was found; `problem` why it could not be read (None: it could)."""

    name: str
    url: str = ""
    content: bytes = b""
    content_type: str | None = None
    problem: str | None = None


def pages_of_files(paths: Iterable[Path]) -> Iterator[Input]:
    """The pages in files: an HTML file's, gzipped or not, under its file: URL; those of an archive under their own.

    A file that cannot be read is an input with a problem.
    """
    for path in paths:
        url = path.absolute().as_uri()
        if path.is_dir():
            yield Input(str(path), url, problem=f"is a folder; if archives are in it: --warc {path}")
            continue
        try:
            with path.open("rb") as packed, _unpacked(path) as file:
                content = file.read(len(_WARC))
                is_archive = content == _WARC or is_arc(packed)
                content += b"" if is_archive else file.read(MAX_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            yield Input(str(path), url, problem=f"cannot be read: {getattr(error, 'strerror', None) or error}")
            continue
        if is_archive:
            yield from pages_of_archive(path)
        else:
            yield Input(str(path), url, content)


_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/"
_PAGES: Final = frozenset({"response", "resource"})


def _unpacked(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as file:
        gzipped = file.read(len(_GZIP)) == _GZIP
    return gzip.open(path) if gzipped else path.open("rb")


def pages_of_lines(lines: Iterable[bytes]) -> Iterator[Input]:
    """The pages in JSON lines {"url", "html"}; blank lines are passed over, others that are no page have a problem."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _page_of_line(line, f"line {number}")


def _page_of_line(line: bytes, name: str) -> Input:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Input(name, problem=f"is not JSON: {error}")
    if not isinstance(given, dict):
        return Input(name, problem=f"is not a JSON object but {type(given).__name__}")
    url, html = given.get("url"), given.get("html")
    if not isinstance(url, str):
        return Input(name, problem='"url" must be a text')
    if not isinstance(html, str):
        return Input(name, url, problem='"html" must be a text')
    return Input(name, url, html.encode("utf-8", "replace")[:MAX_BYTES], "text/html; charset=utf-8")


def pages_of_archive(path: Path) -> Iterator[Input]:
    """The HTML pages in a WARC or ARC file: responses with status 200 (their encodings undone), and resources.

    A record that is damaged is an input with a problem. Where the file cannot be opened, is no archive, or cannot be
    read any further, the last input has one; the others are good.
    """
    reader = ArchiveReader(path, block_limit=MAX_BYTES)
    told: list[Problem] = []
    try:
        with path.open("rb") as file:
            kind = "an ARC" if is_arc(file) else "a WARC"
        for record in reader:
            if record.problem is not None and record.kind in _PAGES:
                told.append(record.problem)
                yield Input(f"{path}, record at {record.offset}", record.uri, problem=record.problem.message)
            elif (page := _page_of_record(record)) is not None:
                yield page
    except OSError as error:
        yield Input(str(path), problem=f"cannot be read: {error.strerror or error}")
        return
    except ArchiveError as error:
        yield Input(str(path), problem=f"cannot be read as {kind} file: {error}")
        return
    for problem in reader.problems:
        if problem.is_damage and problem not in told:
            where = f"byte {problem.offset:,}: {problem.message}"
            yield Input(str(path), problem=f"cannot be read as {kind} file (any further): {where}")


def _page_of_record(record: Record) -> Input | None:
    if record.kind not in _PAGES or not _is_of_the_web(record):
        return None
    name = f"{record.file}, record at {record.offset}"
    try:
        response = response_in(record, MAX_BYTES)
    except ArchiveError:
        return Input(name, record.uri, problem="there is no HTTP answer in the record")
    content_type = first(response.headers, "content-type")
    if response.status_code != 200 or not is_html(detect_mime_type(response.content, content_type)):
        return None
    return Input(name, record.uri, response.content, content_type)


def _is_of_the_web(record: Record) -> bool:
    """Whether it is not an answer of another protocol, such as dns:, which archives hold beside the pages."""
    return record.kind == "resource" or record.uri.startswith(("http://", "https://", "file:"))
