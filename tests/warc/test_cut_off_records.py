"""A record of which a part is missing is told from a good one, in WARC as in ARC files, by all that read them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from spindrift.errors import ArchiveError
from spindrift.extraction.inputs import Input, pages_of_archive
from spindrift.warc.answers import response_of
from spindrift.warc.archive import Archive
from spindrift.warc.reading import ArchiveReader, read_at

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def arc(number: int, body: bytes, length: object = None) -> bytes:
    content = HTTP + body
    head = f"http://a/{number} 1.1.1.1 20200101000000 text/html {len(content) if length is None else length}\n"
    return head.encode() + content + b"\n"


def warc(number: int, body: bytes, length: object = None) -> bytes:
    content = HTTP + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/{number}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(content) if length is None else length}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


Make = Callable[[int, bytes, object], bytes]
formats = pytest.mark.parametrize("make", [arc, warc])
BODY = b"<title>t</title><p>hello world</p>"


def found(path: Path, content: bytes) -> list[Input]:
    path.write_bytes(content)
    return list(pages_of_archive(path))


@formats
def test_what_is_before_a_record_that_is_cut_off_is_given_and_the_record_is_named(tmp_path: Path, make: Make) -> None:
    first, second = make(1, BODY, None), make(2, BODY, None)
    good, cut = found(tmp_path / "x", first + second[: -len("d</p>\r\n\r\n")])
    assert (good.url, good.problem, good.content) == ("http://a/1", None, BODY)
    assert (cut.url, cut.content) == ("http://a/2", b"")
    assert cut.name.endswith(f"record at {len(first)}")
    assert "the record is cut off" in (cut.problem or "")


@formats
def test_wherever_a_compressed_file_is_cut_off_no_half_page_is_given(tmp_path: Path, make: Make) -> None:
    first, second = gzip.compress(make(1, BODY, None)), gzip.compress(make(2, BODY, None))
    for cut in range(1, len(second) - 12):
        good, *rest = found(tmp_path / "x.gz", first + second[:cut])
        assert (good.content, good.problem) == (BODY, None), cut
        assert rest, cut
        assert all(each.problem for each in rest), cut


@formats
@pytest.mark.parametrize("length", [10**18, 99_999_999_999_999])
def test_a_length_beyond_the_file_swallows_no_other_record(tmp_path: Path, make: Make, length: int) -> None:
    pages = found(tmp_path / "x", make(1, BODY, None) + make(2, BODY, length) + make(3, BODY, None))
    assert [page.url for page in pages if not page.problem][:1] == ["http://a/1"]
    (wrong,) = [page for page in pages if page.problem]
    assert wrong.url == "http://a/2"
    assert f"of {length:,} bytes are there" in (wrong.problem or "")
    assert all(page.content in (BODY, b"") for page in pages)


@pytest.mark.parametrize("length", ["abc", "-5"])
def test_a_length_that_is_none_is_told(tmp_path: Path, length: str) -> None:
    wrong, *_ = found(tmp_path / "x", arc(1, BODY, length))
    assert wrong.problem == f"the length of the record is no number: {length!r}"


@formats
def test_a_record_that_is_cut_off_cannot_be_replayed(tmp_path: Path, make: Make) -> None:
    first = make(1, BODY, None)
    path = tmp_path / "x"
    path.write_bytes(first + make(2, BODY, None)[:-9])
    with pytest.raises(ArchiveError, match="no whole record"):
        read_at(path, len(first))
    archive = Archive.index([path])
    assert ["cut off" in problem.message for problem in archive.problems] == [True]
    assert response_of(archive, archive.visits[0]).content == BODY
    with pytest.raises(ArchiveError, match="no whole record"):
        response_of(archive, archive.visits[1])


def test_records_that_share_a_gzip_member_are_read_without_complaint(tmp_path: Path) -> None:
    pages = found(tmp_path / "x", gzip.compress(warc(1, BODY) + warc(2, BODY)))
    assert [(page.url, page.problem) for page in pages] == [("http://a/1", None), ("http://a/2", None)]


def test_answers_of_other_protocols_are_no_pages(tmp_path: Path) -> None:
    dns = b"dns:a.example 1.1.1.1 20200101000000 text/dns 4\nabcd\n"
    pages = found(tmp_path / "x", dns + arc(1, BODY))
    assert [(page.url, page.problem) for page in pages] == [("http://a/1", None)]


def test_the_record_itself_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(arc(1, BODY)[:-9])
    (record,) = ArchiveReader(path)
    assert record.problem is not None
    assert "cut off" in record.problem.message
    (beginning,) = ArchiveReader(path, block_limit=10)
    assert (beginning.block, beginning.problem) == (record.block[:10], record.problem), "whatever was asked for"


@pytest.mark.parametrize("length", [len(HTTP + BODY) + wrong for wrong in (-10, -1, 1, 2, 60, 10**6)] + ["abc", -1])
@pytest.mark.parametrize("block_limit", [None, 10])
def test_the_records_behind_one_with_a_wrong_length_are_read(
    tmp_path: Path, length: object, block_limit: int | None
) -> None:
    path = tmp_path / "x.arc"
    others = [arc(number, BODY) for number in (3, 4)]
    wrong = arc(1, BODY) + arc(2, BODY, length)
    path.write_bytes(wrong + b"".join(others))
    reader = ArchiveReader(path, block_limit=block_limit)
    records = {record.uri: record for record in reader}
    assert list(records) == [f"http://a/{number}" for number in (1, 2, 3, 4)]
    assert [records[f"http://a/{number}"].offset for number in (3, 4)] == [len(wrong), len(wrong + others[0])]
    assert all(read_at(path, records[f"http://a/{number}"].offset).block == HTTP + BODY for number in (1, 3, 4))
    damaged = {problem.offset for problem in reader.problems}
    assert damaged == (set() if length == len(HTTP + BODY) + 1 else {len(arc(1, BODY))}), "one more is the line between"


def test_records_need_no_line_between_them(tmp_path: Path) -> None:
    pages = found(tmp_path / "x", b"".join(arc(number, BODY + b"\n")[:-1] for number in (1, 2, 3)))
    assert [(page.url[-1:], page.problem) for page in pages] == [("1", None), ("2", None), ("3", None)]


@pytest.mark.parametrize(
    "line",
    [
        b"see http://a/9 1.1.1.1 20200101000000 text/html 3\n",
        b"http://a/9 1.1.1.1 2020 text/html 3\n",
        b"http://a/9 1.1.1.1 20200101000000 text/html 3 or more\n",
        b"http://a/9 somewhere 20200101000000 text/html 3\n",
    ],
)
def test_a_line_of_a_page_is_no_record(tmp_path: Path, line: bytes) -> None:
    pages = found(tmp_path / "x", arc(1, BODY + b"\n" + line + BODY, 50) + arc(2, BODY))
    assert [page.url for page in pages if page.url] == ["http://a/1", "http://a/2"]
