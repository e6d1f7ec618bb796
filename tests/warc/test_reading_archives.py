"""Archives are read as far as they go, and what is wrong is said with its place."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.errors import ArchiveError
from spindrift.warc.answers import dechunked, response_in
from spindrift.warc.archive import Archive
from spindrift.warc.listing import list_archives
from spindrift.warc.packing import UNADDRESSABLE
from spindrift.warc.reading import ArchiveReader, read_at
from tests.shared_data import shared_data

# What warcio and this reader rightly see differently.
UNLIKE_WARCIO = {
    "example-bad-non-chunked.warc.gz": "warcio gives up after the first record: all share one gzip member",
    "unparsable-date.warc.gz": "the same",
    "derived-truncated-mid-record.warc.gz": "has no view of warcio's",
}


def expected() -> dict[str, Any]:
    lines = shared_data("warc/expected.jsonl").read_text().splitlines()
    return {case["file"]: case for case in map(json.loads, lines)}


def read(path: Path, start: int = 0) -> tuple[list[Any], list[str]]:
    reader = ArchiveReader(path, start)
    return list(reader), [problem.message for problem in reader.problems]


class TestRealFiles:
    def test_give_the_records_that_warcio_sees(self) -> None:
        compared = 0
        for name, case in expected().items():
            if "warcio_1_8_1" not in case or name in UNLIKE_WARCIO:
                continue
            seen, _ = read(shared_data(f"warc/{name}"))
            wanted = case["warcio_1_8_1"]["records"]
            assert [(record.kind, record.offset) for record in seen] == [
                (each["type"], each["offset"]) for each in wanted
            ], name
            compared += 1
        assert compared >= 11

    def test_give_the_kinds_and_counts_that_their_sources_expect(self) -> None:
        for name, case in expected().items():
            wanted = case["expected"]
            if "types" in wanted:
                seen, _ = read(shared_data(f"warc/{name}"))
                assert [record.kind for record in seen] == wanted["types"], name
            if "count" in wanted:
                seen, problems = read(shared_data(f"warc/{name}"))
                assert (len(seen), problems) == (wanted["count"], []), name

    def test_give_the_payloads_that_warcio_decodes(self) -> None:
        import hashlib

        compared = 0
        for name, case in expected().items():
            wanted = {
                each["offset"]: each
                for each in case.get("warcio_1_8_1", {}).get("records", [])
                if each["type"] == "response" and each["decoded_len"] > 0
            }
            if name in UNLIKE_WARCIO or name in ("bad.arc", "example-trunc.warc"):
                continue
            for record in read(shared_data(f"warc/{name}"))[0] if wanted else ():
                if record.offset in wanted and record.kind == "response":
                    content = response_in(record).content
                    assert hashlib.sha1(content).hexdigest() == wanted[record.offset]["sha1"], (name, record.offset)
                    compared += 1
        assert compared >= 20

    def test_that_are_cut_off_give_what_is_whole(self) -> None:
        seen, [problem] = read(shared_data("warc/derived-truncated-mid-record.warc.gz"))
        assert [record.kind for record in seen] == ["warcinfo", "warcinfo", "response"]
        assert problem == "the record is cut off in its head"

    def test_with_a_wrong_length_are_read_on_at_the_next_record(self) -> None:
        seen, [problem] = read(shared_data("warc/example-trunc.warc"))
        assert seen[-1].offset == 2566
        assert problem == "the record does not end where its length says"

    @pytest.mark.parametrize("name", ["example-bad-non-chunked.warc.gz", "unparsable-date.warc.gz"])
    def test_compressed_as_a_whole_are_read_but_cannot_be_replayed(self, name: str) -> None:
        path = shared_data(f"warc/{name}")
        seen, [problem] = read(path)
        assert len(seen) >= 3
        assert {record.offset for record in seen[1:]} == {UNADDRESSABLE}
        assert "have no offsets" in problem
        with pytest.raises(ArchiveError, match="warcio recompress"):
            Archive.index([path])

    @pytest.mark.parametrize(("name", "offset"), [("example.warc.gz", 10), ("example.warc", 100), ("README.md", 0)])
    def test_are_not_read_from_a_place_that_is_no_record(self, name: str, offset: int) -> None:
        with pytest.raises(ArchiveError, match=f"at byte {offset}"):
            read(shared_data(f"warc/{name}"), offset)

    def test_can_be_read_from_any_record_on(self) -> None:
        for name in ("example.warc.gz", "example.warc", "warcfile.warc.gz", "example.arc.gz", "example.arc"):
            path = shared_data(f"warc/{name}")
            whole, _ = read(path)
            for place, record in enumerate(whole):
                assert [each.offset for each in read(path, record.offset)[0]] == [
                    each.offset for each in whole[place:]
                ], (name, place)
                assert read_at(path, record.offset).block == record.block
            assert path.stat().st_size - (whole[-1].offset + whole[-1].size) in (0, 1), "ARC records end with a line"

    def test_a_list_of_paths_that_are_not_here_says_so(self) -> None:
        with pytest.raises(ArchiveError, match="there is no such file"):
            list_archives([str(shared_data("warc/CC-MAIN-2024-22.warc.paths.gz"))])


def record(kind: str, body: bytes, uri: str = "http://a.example/") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def test_a_damaged_record_in_the_middle_is_passed_over(tmp_path: Path) -> None:
    parts = [gzip.compress(record("response", b"%d" % number * 5000)) for number in range(4)]
    damaged = parts[1][:30] + bytes(len(parts[1]) - 30)
    file = tmp_path / "x.warc.gz"
    file.write_bytes(parts[0] + damaged + parts[2] + parts[3])
    seen, problems = read(file)
    assert [record.block[:1] for record in seen if len(record.block) == record.length] == [b"0", b"2", b"3"]
    assert len(problems) == 1


@pytest.mark.parametrize("compress", [gzip.compress, bytes])
def test_wherever_a_file_is_cut_off_what_is_whole_is_read_and_the_rest_is_told(tmp_path: Path, compress: Any) -> None:
    first, second = compress(record("response", b"a" * 50)), compress(record("response", b"b" * 50))
    file = tmp_path / "x.warc"
    for cut in range(len(first) + 1, len(first + second) - 12):
        file.write_bytes((first + second)[:cut])
        seen, problems = read(file)
        assert [each.block for each in seen if len(each.block) == each.length] == [b"a" * 50], cut
        assert len(problems) == 1, cut


def test_lists_and_folders_name_archives(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "a.arc", "notes.md"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "some.paths").write_text("# those of today\nb.warc.gz\n\n")
    assert list_archives([str(tmp_path)]) == [tmp_path / "a.arc", tmp_path / "b.warc.gz"]
    assert list_archives([str(tmp_path / "some.paths")]) == [tmp_path / "b.warc.gz"]
    with pytest.raises(ArchiveError, match="local files only"):
        list_archives(["https://a.example/x.warc.gz"])


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        (b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"3\r\nabc\r\n5\r\nde", b"abcde"),
        (b"<html>\n", b"<html>\n"),
        (b"abc\n", b""),
        (b"", b""),
        (b"f" * 500 + b"\n", b"f" * 500 + b"\n"),
    ],
)
def test_chunks_are_joined_as_far_as_they_are_there(body: bytes, plain: bytes) -> None:
    assert dechunked(body) == plain
