"""Reads WARC and ARC files record by record, as far as they can be read, and says what is wrong with the rest."""

import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from spindrift.errors import ArchiveError

UNADDRESSABLE: Final = -1
"""Offset of a record inside of a gzip member that holds several: it can only be reached by reading all before it."""
_GZIP: Final = b"\x1f\x8b\x08"
_WINDOW: Final = 1 << 16
_ARC_HEAD: Final = re.compile(rb"(?:https?|ftp|dns|file):.{1,8192} [0-9A-Fa-f.:]{3,45} \d{14} \S{1,200} \d+\r?\n")
"""URL, IP address, date, type, length."""


@dataclass(slots=True)
class Record:
    """One record. `block` is all of its content, or its beginning where it is longer than what was asked for."""

    kind: str
    """warcinfo, request, response, revisit, resource, metadata, conversion, unknown, ...; `arc_header` in ARC files."""
    uri: str
    date: str
    headers: dict[str, str]
    """The record's own, by lower-case name."""
    block: bytes
    length: int
    """Of the content, as the record says."""
    file: Path
    offset: int
    """Where the record begins in the file (compressed), or UNADDRESSABLE."""
    size: int = 0
    """Bytes of the file that the record takes; 0 where that is not known."""
    problem: "Problem | None" = None
    """Why less of the content is here than was asked for; None where all is."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of a file."""

    file: Path
    offset: int
    message: str
    is_damage: bool = True
    """Whether something could not be read; not so of what can be read, but only in its order."""

    def __str__(self) -> str:
        return f"{self.file}, at byte {self.offset:,}: {self.message}"


@dataclass(slots=True)
class ArchiveReader:
    """Iterates over the records of one file; afterwards `problems` says what could not be read, and where.

    `start` is the offset of a record. `block_limit`: bytes of a content that are kept, None for all. Raises
    ArchiveError where there is no record at `start`, or no archive at all.
    """

    path: Path
    start: int = 0
    block_limit: int | None = None
    problems: list[Problem] = field(default_factory=list)
    _broken_at: int | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Record]:
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                yield from self._arc(file) if is_arc(file) else self._warc(file)
        except OSError as error:
            raise ArchiveError(f"{self.path} could not be read: {error.strerror or error}") from error

    def _warc(self, file: IO[bytes]) -> Iterator[Record]:
        size = self.path.stat().st_size
        mark = _GZIP if _bytes_at(file, self.start, 3) == _GZIP else b"WARC/"
        start: int | None = self.start
        previous: Record | None = None
        while start is not None:
            for record in self._warc_from(file, start):
                if previous is not None:
                    if previous.offset >= 0 <= record.offset:
                        previous.size = record.offset - previous.offset
                    yield previous
                previous = record
            if self._broken_at is None:
                break
            start = _next_record(file, max(start, self._broken_at) + 1, mark)
            if previous is None and (start is None or self.start):
                raise ArchiveError(f"{self.problems[-1]}")
            self._broken_at = None
        if previous is not None:
            if previous.offset >= 0 and not self.problems:
                previous.size = size - previous.offset
            yield previous

    def _warc_from(self, file: IO[bytes], start: int) -> Iterator[Record]:
        """Records from `start` on, until the end or the first thing that is wrong, which is noted."""
        from fastwarc.warc import ArchiveIterator

        is_gzip = _bytes_at(file, start, 3) == _GZIP
        at, addressable, found_any = start, True, False
        with self.path.open("rb") as stream:
            stream.seek(start)
            try:
                for found in ArchiveIterator(stream, parse_http=False, fsspec_args=False):
                    offset = found.stream_pos
                    if is_gzip and addressable and _bytes_at(file, offset, 3) != _GZIP:
                        addressable = False
                        message = "the file holds several records in one gzip member: they have no offsets"
                        self.problems.append(Problem(self.path, at, message, is_damage=False))
                    at = offset if addressable else at
                    record = self._warc_record(found, offset if addressable else UNADDRESSABLE)
                    found_any = True
                    if not self._is_whole(record, at, length=record.headers.get("content-length", "")):
                        self._broken_at = at
                        if not record.block:
                            return
                    yield record
            except (OSError, ValueError, EOFError, zlib.error) as error:
                self._broken_at = at
                # The next thing that looked like a record was none: that is still the same damage.
                if found_any or not self.problems:
                    self._note(at, f"{error}" or type(error).__name__)
                return
        if is_gzip and addressable and found_any and self._broken_at is None:
            end = _member_end(file, at)
            if end < self.path.stat().st_size:
                self._note(end, "the file is cut off: what begins here is no whole record")

    def _is_whole(self, record: Record, at: int, *, length: str, there: int | None = None) -> bool:
        """Whether as much is there as was asked for; `length` as the head has it. What is missing is noted.

        `there`: the bytes up to the end of the file, where the record would end behind that.
        """
        wanted = record.length if self.block_limit is None else min(record.length, self.block_limit)
        if not length.strip():
            message = "the record is cut off in its head"
        elif not length.strip().isdigit():
            message = f"the length of the record is no number: {length.strip()[:80]!r}"
        elif there is not None or len(record.block) < wanted:
            found = len(record.block) if there is None else there
            message = f"the record is cut off: {found:,} of {record.length:,} bytes are there"
        else:
            return True
        self._miss(record, at, message)
        return False

    def _warc_record(self, found: Any, offset: int) -> Record:
        headers = {name.lower(): value for name, value in found.headers.items()}
        limit = self.block_limit
        block = found.reader.read() if limit is None else found.reader.read(limit)
        return Record(
            kind=headers.get("warc-type", "unknown").lower(),
            uri=headers.get("warc-target-uri", "").strip("<>"),
            date=headers.get("warc-date", ""),
            headers=headers,
            block=bytes(block),
            length=found.content_length,
            file=self.path,
            offset=offset,
        )

    def _arc(self, file: IO[bytes]) -> Iterator[Record]:
        start: int | None = self.start
        while start is not None:
            start = yield from self._arc_from(file, start)

    def _arc_from(self, file: IO[bytes], start: int) -> Generator[Record, None, int | None]:
        """Records from `start` on, until the end or the first thing that is wrong, which is noted.

        Returns where to read on, None at the end.
        """
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed

        is_gzip = _bytes_at(file, start, 3) == _GZIP
        file_size = self.path.stat().st_size
        file.seek(start)
        archive: Any = ArchiveIterator(file, no_record_parse=True)
        archive.INC_RECORD = ""  # what it would print where `err_count` says it as well
        at, found_any = start, False
        try:
            for found in archive:
                headers = {name.lower(): value for name, value in found.rec_headers.headers}
                if not headers["archive-date"].isdigit():
                    raise ArchiveLoadFailed("Invalid ARC record")  # but a line with as many words
                at, found_any = archive.offset, True
                is_beyond = not is_gzip and (found.length or 0) > file_size - at
                there = file_size - file.tell() + archive.reader.rem_length() if is_beyond else None
                # Files may hold such heads only: no record must be read to the end of the file for each.
                block = b"" if is_beyond else _read(found.raw_stream, self.block_limit)
                record = Record(
                    kind=found.rec_type,
                    uri=headers.get("uri", ""),
                    date=headers.get("archive-date", ""),
                    headers=headers,
                    block=block,
                    length=found.length if found.length is not None else len(block),
                    file=self.path,
                    offset=at,
                    size=0 if is_beyond else archive.get_record_length(),  # which reads to the end of the record
                )
                behind = b"" if is_gzip or not archive.err_count else _line_at(file, at + record.size)
                follows = _ARC_HEAD.fullmatch(behind) is not None  # without a line between them
                is_whole = self._is_whole(record, at, length=headers.get("length", ""), there=there)
                if is_whole and behind and not follows:
                    self._miss(record, at, "the record does not end where its length says")
                yield record
                if is_beyond or behind:
                    return at + record.size if follows else _next_arc_record(file, at + 1)
        except (ArchiveLoadFailed, ValueError, EOFError, zlib.error) as error:
            if found_any or not self.problems:
                self._note(at, " ".join(str(error).split()) or type(error).__name__)
            return None if is_gzip else _next_arc_record(file, at + 1)
        if is_gzip and not self.problems and (end := _member_end(file, at)) < self.path.stat().st_size:
            self._note(end, "the file is cut off: what begins here is no whole record")
        return None

    def _miss(self, record: Record, at: int, message: str) -> None:
        record.problem = Problem(self.path, at, message)
        self.problems.append(record.problem)

    def _note(self, offset: int, message: str) -> None:
        self.problems.append(Problem(self.path, offset, message))


def read_at(path: Path, offset: int, block_limit: int | None = None) -> Record:
    """The record at `offset`, with the first `block_limit` bytes of its content, None for all.

    Raises ArchiveError where there is none, or less of it.
    """
    reader = ArchiveReader(path, offset, block_limit)
    record = next(iter(reader), None)
    if record is None or record.offset != offset or record.problem is not None:
        raise ArchiveError(f"{path}: there is no whole record at byte {offset:,}")
    return record


def is_arc(file: IO[bytes]) -> bool:
    """Whether an ARC record begins here; the place in the file stays."""
    place = file.tell()
    head = file.read(_WINDOW)
    file.seek(place)
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(head, 256)
        except zlib.error:
            return False
    line = head.lstrip()[:256].split(b"\n")[0]
    return line.startswith(b"filedesc://") or (
        line.startswith((b"http://", b"https://", b"dns:")) and line.count(b" ") >= 4
    )


def _member_end(file: IO[bytes], offset: int) -> int:
    """Where the gzip member at `offset` ends, padding of zeros included; the end of the file where it does not."""
    file.seek(offset)
    inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
    while piece := file.read(_WINDOW):
        while piece and not inflater.eof:
            inflater.decompress(piece, _WINDOW)
            piece = inflater.unconsumed_tail
        if inflater.eof:
            rest = inflater.unused_data + file.read(_WINDOW)
            return file.tell() - len(rest.lstrip(b"\0"))
    return file.tell()


def _next_record(file: IO[bytes], start: int, mark: bytes) -> int | None:
    """Where the next thing begins, from `start` on, that looks like a record: `mark` (at the beginning of a line)."""
    wanted = mark if mark == _GZIP else b"\n" + mark
    file.seek(start)
    window, at = b"", start
    while piece := file.read(_WINDOW):
        window += piece
        place = window.find(wanted)
        if place >= 0:
            return at + place + len(wanted) - len(mark)
        at += len(window) - len(wanted)
        window = window[-len(wanted) :]
    return None


def _next_arc_record(file: IO[bytes], start: int) -> int | None:
    """Where the next line begins, behind the one that `start` is in, that is the head of an ARC record."""
    file.seek(start)
    begins = False
    while line := file.readline(_WINDOW):
        if begins and _ARC_HEAD.fullmatch(line):
            return file.tell() - len(line)
        begins = line.endswith(b"\n")
    return None


def _read(stream: Any, limit: int | None) -> bytes:
    pieces: list[bytes] = []
    left = limit
    while (left is None or left > 0) and (piece := stream.read(_WINDOW if left is None else min(_WINDOW, left))):
        pieces.append(piece)
        left = None if left is None else left - len(piece)
    return b"".join(pieces)


def _line_at(file: IO[bytes], offset: int) -> bytes:
    file.seek(offset)
    return file.readline(_WINDOW)


def _bytes_at(file: IO[bytes], offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)
