"""Reads WARC and ARC files record by record, as far as they can be read, and says what is wrong with the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from spindrift.errors import ArchiveError
from spindrift.warc.packing import UNADDRESSABLE, Packing, packing_of
from spindrift.warc.record_heads import RecordHead, begins_record, read_head

_BUFFER: Final = 1 << 16
_MAX_DIGITS: Final = 24
_SHOWN: Final = 80


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
    """Where the record begins in the file (compressed), or UNADDRESSABLE (see there)."""
    size: int = 0
    """Bytes of the file that the record takes; 0 where that is not known."""
    problem: "Problem | None" = None
    """What is wrong with it; None where it is whole, of which `block` may be the beginning."""


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
    _is_shared_told: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[Record]:
        try:
            with self.path.open("rb", buffering=_BUFFER) as file:
                yield from self._records(packing_of(file, self.start))
        except OSError as error:
            raise ArchiveError(f"{self.path} could not be read: {error.strerror or error}") from error

    def _records(self, packing: Packing) -> Iterator[Record]:
        found_any = is_told = False
        while packing.next():
            try:
                head = read_head(packing)
            except ValueError as error:
                if not is_told:
                    why = f"what begins here cannot be unpacked: {packing.damage}"
                    self._note(packing.place, why if packing.damage else f"{error}")
                is_told = True  # the next thing that looks like a record may be none: that is still the same damage
                if self.start and not found_any:
                    break
                packing.recover()
                continue
            record = self._record(head, packing)
            found_any, is_told = True, record.problem is not None
            if record.problem is not None:
                packing.recover()
            yield record
        if is_told and not found_any:
            raise ArchiveError(f"{self.problems[-1]}")

    def _record(self, head: RecordHead, packing: Packing) -> Record:
        place, digits = packing.place, head.length.strip()
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
        length = int(digits) if is_number else 0
        content = packing.content(length, self.block_limit, head.line_ends)
        record = Record(
            kind=head.kind,
            uri=head.uri,
            date=head.date,
            headers=head.headers,
            block=content.block,
            length=length,
            file=self.path,
            offset=packing.offset,
        )
        if packing.offset == UNADDRESSABLE and not self._is_shared_told:
            self._is_shared_told = True
            message = "the file holds several records in one gzip member: they have no offsets"
            self.problems.append(Problem(self.path, place, message, is_damage=False))
        if not digits:
            record.problem = self._note(place, "the record says no length")
        elif not is_number:
            record.problem = self._note(place, f"the length of the record is no number: {digits[:_SHOWN]!r}")
        elif packing.damage:
            record.problem = self._note(place, f"the record cannot be unpacked: {packing.damage}")
        elif content.there < length:
            message = f"the record is cut off: {content.there:,} of {length:,} bytes are there"
            record.problem = self._note(place, message)
        elif not content.is_bounded:
            record.problem = self._note(place, "the record does not end where its length says")
        elif packing.offset != UNADDRESSABLE:
            record.size = packing.end() - place
        return record

    def _note(self, place: int, message: str) -> Problem:
        problem = Problem(self.path, place, message)
        self.problems.append(problem)
        return problem


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
    packing = packing_of(file, place)
    line = packing.readline() if packing.next() else b""
    file.seek(place)
    return line.startswith((b"filedesc://", b"http://", b"https://", b"dns:")) and begins_record(line)
