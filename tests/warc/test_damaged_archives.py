"""One record that is damaged, or that lies about its length, takes no other one with it, and is told."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from spindrift.warc.archive import Archive
from spindrift.warc.reading import ArchiveReader

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
FILE_HEAD = b"filedesc://x.arc 0.0.0.0 20200101000000 text/plain 8\n1 0 A\n\n\n"


def warc(number: int, size: int = 500, more: int = 0) -> bytes:
    """A record of some content; its length says `more` than there is."""
    content = HTTP + random.Random(number).randbytes(size)
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/{number}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
    )
    return f"{head}Content-Length: {len(content) + more}\r\n\r\n".encode() + content + b"\r\n\r\n"


def arc(number: int, size: int = 500, more: int = 0) -> bytes:
    content = HTTP + random.Random(number).randbytes(size)
    return f"http://a/{number} 1.2.3.4 20200101000000 text/html {len(content) + more}\n".encode() + content + b"\n"


Make = Callable[..., bytes]
formats = pytest.mark.parametrize("make", [arc, warc])


def indexed(path: Path, *parts: bytes | bytearray) -> tuple[list[str], list[tuple[int, str]]]:
    """The numbers of the pages that are there, and what was told, and of which byte."""
    path.write_bytes(b"".join(parts))
    archive = Archive.index([path])
    return [visit.url[-1] for visit in archive.visits], [
        (problem.offset, problem.message) for problem in archive.problems
    ]


@formats
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("size", [100, 200_000])
@pytest.mark.parametrize("more", [7, 1000, 100_000, 10**9])
def test_a_length_that_is_too_large_hides_no_record(
    tmp_path: Path, make: Make, pack: Make, size: int, more: int
) -> None:
    records = [pack(make(number, size, more if number == 1 else 0)) for number in range(5)]
    found, [(offset, message)] = indexed(tmp_path / "x", *records)
    assert found == ["0", "1", "2", "3", "4"]
    assert offset == len(records[0])
    assert message.startswith("the record is cut off: ")
    assert message.endswith(f"of {len(HTTP) + size + more:,} bytes are there")


@formats
@pytest.mark.parametrize("place", [-8, -1])
@pytest.mark.parametrize("damaged", [1, 4])
def test_a_member_that_is_damaged_takes_no_other_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Make, place: int, damaged: int
) -> None:
    members = [bytearray(gzip.compress(make(number))) for number in range(5)]
    members[damaged][place] ^= 0xFF
    found, [(offset, message)] = indexed(tmp_path / "x", *members)
    assert found == [f"{number}" for number in range(5) if number != damaged]
    assert offset == sum(map(len, members[:damaged]))
    assert "cannot be unpacked: incorrect " in message
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("before", [b"\n", b"\r\n\r\n"])
def test_empty_lines_may_come_first(tmp_path: Path, before: bytes) -> None:
    assert indexed(tmp_path / "x", before, FILE_HEAD, arc(1)) == (["1"], [])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_records_of_both_formats_may_be_in_one_file(tmp_path: Path, pack: Make) -> None:
    assert indexed(tmp_path / "x", *map(pack, (FILE_HEAD, arc(1), warc(2), arc(3)))) == (["1", "2", "3"], [])


def test_a_record_without_a_length_is_told(tmp_path: Path) -> None:
    _, [(offset, message)] = indexed(tmp_path / "x", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", warc(1))
    assert (offset, message) == (0, "the record says no length")


@formats
@pytest.mark.parametrize("size", [1, 100, 1000, 100_000])
def test_an_archive_that_is_compressed_without_regard_to_records_is_read(tmp_path: Path, make: Make, size: int) -> None:
    records = [make(number) for number in range(5)]
    content, path = b"".join(records), tmp_path / "x"
    path.write_bytes(b"".join(gzip.compress(content[at : at + size]) for at in range(0, len(content), size)))
    reader = ArchiveReader(path)
    assert [record.uri for record in reader if record.block in records[int(record.uri[-1])]] == [
        f"http://a/{number}" for number in range(5)
    ]
    assert [problem for problem in reader.problems if problem.is_damage] == []
