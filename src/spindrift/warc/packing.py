"""What archive files contain, whether they are compressed or not."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol

from spindrift.warc.record_heads import MAX_LINE, begins_record, resembles

UNADDRESSABLE: Final = -1
"""Offset of a record inside of a gzip member that holds several: it can only be reached by reading all before it."""
_GZIP: Final = b"\x1f\x8b\x08"
_PIECE: Final = 1 << 14
_BETWEEN: Final = 64
"""Bytes of line ends between records that are looked behind."""
_AGAIN: Final = 8
"""Sizes of a file that are read once more in search of records, because they were in a member that is damaged;"""
_SMALL: Final = 1 << 21
"""and this is the size of files that are smaller."""


@dataclass(frozen=True, slots=True)
class Content:
    """A record's content."""

    block: bytes
    """All of it that is there, or its beginning."""
    there: int
    """Bytes of it that are there."""
    is_bounded: bool
    """Whether it ends where a record can end."""


class Packing(Protocol):
    """What a file contains, from a place on that is a record's or should be."""

    place: int
    """Byte of the file where what is read now begins: the record, or the gzip member that it is in."""
    offset: int
    """The same where the record begins there; otherwise UNADDRESSABLE."""
    damage: str
    """Why what is here cannot be read to its end; empty where it can, or where just the file ends."""

    def next(self) -> bool:
        """Go to where the next record begins, if there is any."""
        ...

    def readline(self) -> bytes:
        """The next line, see `Lines`."""
        ...

    def content(self, length: int, limit: int | None, line_ends: int) -> Content:
        """The next `length` bytes, of which `limit` are kept (None: all), and whether a record ends there.

        `line_ends`: so many follow the content, by its format; fewer are enough where another record follows.
        """
        ...

    def end(self) -> int:
        """Where what is read now ends in the file, line ends behind it included; `place` where that is not known."""
        ...

    def recover(self) -> None:
        """Leave what was begun, which is no whole record, for the next place where one can begin."""
        ...


def packing_of(file: IO[bytes], start: int) -> Packing:
    """What `file` contains from `start` on. The place in the file is moved as it is read."""
    file.seek(start)
    return Members(file, start) if file.read(len(_GZIP)) == _GZIP else Plain(file, start)


class Plain:
    """A file that is not compressed."""

    damage = ""

    def __init__(self, file: IO[bytes], start: int) -> None:
        self.place = self.offset = start
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        file.seek(start)

    def next(self) -> bool:
        while line := self.readline():
            if line.strip():
                self.place = self.offset = self._file.seek(-len(line), os.SEEK_CUR)
                return True
        return False

    def readline(self) -> bytes:
        return self._file.readline(MAX_LINE)

    def content(self, length: int, limit: int | None, line_ends: int) -> Content:
        start = self._file.tell()
        end = self._file.seek(min(start + length, self._size))
        between = self._file.read(_BETWEEN)
        following = between.lstrip()
        behind = self._file.seek(end + len(between) - len(following))
        is_bounded = not following or between.count(b"\n", 0, behind - end) >= line_ends or resembles(self.readline())
        if end - start < length or not is_bounded:
            # The next record limits what can be of this one: each byte is read once, whatever the lengths say.
            behind = self._next_record()
            end = min(end, behind)
        self._file.seek(start)
        block = self._file.read(end - start if limit is None else min(end - start, limit))
        self._file.seek(behind)
        return Content(block, end - start, is_bounded)

    def end(self) -> int:
        return self._file.tell()

    def recover(self) -> None:
        self._file.seek(self._next_record())

    def _next_record(self) -> int:
        """Where the next thing begins that looks like a record as the one here; the end of the file if none does."""
        self._file.seek(self.place)
        first = line = self.readline()
        while line:
            begins = line.endswith(b"\n")
            line = self.readline()
            if begins and resembles(line, first):
                break
        return self._file.tell() - len(line)


class Members:
    """A file of gzip members, of which each holds a record; or of several records, that may go on in the next."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._again = 0
        self._open(start)

    def _open(self, place: int) -> None:
        self.place = self.offset = place
        self.damage = ""
        self._begun = False
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
        self._packed = self._unpacked = b""
        self._following: int | None = None
        self._file.seek(place)

    def next(self) -> bool:
        while self.place < self._size:
            if self._is_more():
                self.offset = UNADDRESSABLE if self._begun else self.place
                self._begun = True
                return True
            if self._following is None and not self._begun:
                self._begun = True
                return True  # what is wrong here shows to who reads it
            if self._following is None and not self.damage:
                return False
            self.recover()
        return False

    def readline(self) -> bytes:
        line = b""
        while len(line) < MAX_LINE and not line.endswith(b"\n") and (self._fill() or self._join()):
            end = self._unpacked.find(b"\n") + 1
            line += self._take(min(end or MAX_LINE, MAX_LINE - len(line)))
        return line

    def content(self, length: int, limit: int | None, line_ends: int) -> Content:
        block = b"".join(self._pieces(length if limit is None else min(length, limit)))
        there = len(block) + sum(map(len, self._pieces(length - len(block))))
        return Content(block, there, there == length and self._is_bounded() and not self.damage)

    def end(self) -> int:
        return self.place if self._is_more() or self._following is None else self._following

    def recover(self) -> None:
        while self._fill():
            self._unpacked = b""
        if self._following is not None:
            self._open(self._following)
            return
        # What is behind may have been taken for a part of this. But files can be made so that all is, again and again.
        read = self._file.tell()
        self._again += read - self.place
        self._open(self._search(self.place + 1 if self._again <= _AGAIN * max(self._size, _SMALL) else read))

    def _fill(self) -> bool:
        """Have more of the member unpacked; False at its end."""
        while not (self._unpacked or self._inflater.eof or self.damage):
            packed = self._packed or self._file.read(_PIECE)
            try:
                self._unpacked = self._inflater.decompress(packed, _PIECE)
            except zlib.error as error:
                self.damage = f"{error}".rpartition(": ")[2]
            self._packed = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._following = self._behind()
            if not packed:
                break
        return bool(self._unpacked)

    def _behind(self) -> int:
        """Where the next member begins: zeros may come before it."""
        rest = self._inflater.unused_data.lstrip(b"\0")
        while not rest and (piece := self._file.read(_PIECE)):
            rest = piece.lstrip(b"\0")
        return self._file.tell() - len(rest)

    def _join(self) -> bool:
        """Go on in the next member, if no record begins there: some files are compressed without regard to records."""
        if self._following is None or self._following >= self._size:
            return False
        following = Members(self._file, self._following)
        if not following._fill() or begins_record(following._first_line()):
            return False
        self._inflater, self._following = following._inflater, following._following
        self._packed, self._unpacked = following._packed, following._unpacked
        return True

    def _pieces(self, count: int) -> Iterator[bytes]:
        while count > 0 and (self._fill() or self._join()):
            piece = self._take(count)
            count -= len(piece)
            yield piece

    def _take(self, count: int) -> bytes:
        taken, self._unpacked = self._unpacked[:count], self._unpacked[count:]
        return taken

    def _is_more(self) -> bool:
        """Whether the member has more than line ends."""
        while self._fill():
            self._unpacked = self._unpacked.lstrip()
            if self._unpacked:
                return True
        return False

    def _is_bounded(self) -> bool:
        if not self._is_more():
            return True
        line = self._first_line()
        return resembles(line) or not line.endswith(b"\n")  # which may go on in the next member

    def _first_line(self) -> bytes:
        """The line that is next in the member, which stays."""
        line = b""
        while len(line) < MAX_LINE and not line.endswith(b"\n") and self._fill():
            line += self._take(self._unpacked.find(b"\n") + 1 or MAX_LINE)
        self._unpacked = line + self._unpacked
        return line

    def _search(self, start: int) -> int:
        """Where the next thing begins that looks like a gzip member; the end of the file where there is none."""
        self._file.seek(start)
        window, at = b"", start
        while piece := self._file.read(_PIECE):
            window += piece
            found = window.find(_GZIP)
            if found >= 0:
                return at + found
            at += len(window) - 2
            window = window[-2:]
        return self._size
