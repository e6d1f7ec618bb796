"""The pages that documents are extracted from: HTML files, records of WARC and ARC files, JSON lines."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spindrift.errors import ArchiveError
from spindrift.metadata import first
from spindrift.parse.mime import detect_mime_type, is_html
from spindrift.protocol.decoding import BodyCollector, ContentLimitReachedError, UndecodableError, known_encodings
from spindrift.warc.reading import ArchiveReader, is_arc

if TYPE_CHECKING:
    from fastwarc.warc import HeaderMap, WarcRecord

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

    Where the file cannot be opened, is no archive, or is damaged, the last input has a problem; the others are good.
    """
    try:
        with path.open("rb") as file:
            pages = _pages_of_arc if is_arc(file) else _pages_of_warc
    except OSError as error:
        yield Input(str(path), problem=f"cannot be read: {error.strerror or error}")
        return
    yield from pages(path)


def _pages_of_arc(path: Path) -> Iterator[Input]:
    from spindrift.warc.answers import response_in

    reader = ArchiveReader(path, block_limit=MAX_BYTES)
    for record in reader:
        if record.kind != "response":
            continue
        name = f"{path}, record at {record.offset}"
        try:
            response = response_in(record, MAX_BYTES)
        except ArchiveError:
            yield Input(name, record.uri, problem="there is no HTTP answer in the record")
            continue
        content_type = first(response.headers, "content-type")
        if response.status_code == 200 and is_html(detect_mime_type(response.content, content_type)):
            yield Input(name, record.uri, response.content, content_type)
    for problem in reader.problems:
        yield Input(str(path), problem=f"cannot be read as an ARC file (any further): {problem.message}")


def _pages_of_warc(path: Path) -> Iterator[Input]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource
    try:
        with path.open("rb") as file:
            # By default, HTTP that is not quite right ends the file.
            for record in ArchiveIterator(file, record_types=kinds, auto_decode="transfer", strict_mode=False):
                if (page := _page_of_record(record, path)) is not None:
                    yield page
    except (OSError, ValueError, EOFError) as error:  # fastwarc's own errors are OSErrors
        reason = getattr(error, "strerror", None) or error
        yield Input(str(path), problem=f"cannot be read as a WARC file (any further): {reason}")


def _page_of_record(record: "WarcRecord", path: Path) -> Input | None:
    http = record.http_headers
    if http is not None and http.status_code != 200:
        return None
    content_type = http.get("content-type") if http is not None else record.headers.get("content-type")
    content = _body(record.reader.read(MAX_BYTES), http)
    if not is_html(detect_mime_type(content, content_type)):
        return None
    url = record.headers.get("WARC-Target-URI") or ""
    # WARC 0.x and 1.0 have it in angle brackets.
    return Input(f"{path}, record at {record.stream_pos}", url.strip("<>"), content, content_type)


def _body(content: bytes, http: "HeaderMap | None") -> bytes:
    encodings = http.get_multiple("content-encoding") if http is not None else ()
    if not encodings:
        return content
    try:
        collector = BodyCollector(known_encodings(encodings), MAX_BYTES)
        with suppress(ContentLimitReachedError):
            for piece in collector.decode(content):
                collector.keep(piece)
    except UndecodableError:
        return content  # many archives hold bodies decoded, and the headers as they were
    return collector.content()
