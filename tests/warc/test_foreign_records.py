"""Records of archives that others have made: which of them are visits, and when those were."""

import gzip
from pathlib import Path

import pytest

from spindrift.clock import SystemClock, VirtualClock
from spindrift.conf import Settings
from spindrift.spouts.warc import WARCSpout
from spindrift.testing import run_spout
from spindrift.warc.archive import Archive, seconds_of
from spindrift.warc.opening import open_archive

NOW = 1_700_000_000.0
WHEN = "2023-01-01T00:00:00Z"
FIELDS = b"error.cause: x\r\n"


def record(
    uri: str, date: str = WHEN, kind: str = "response", block: bytes = b"HTTP/1.1 200 OK\r\n\r\n<p>hello"
) -> bytes:
    fields = "Content-Type: application/warc-fields\r\n" if kind == "metadata" else ""
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n{fields}"
    return gzip.compress(f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")


def written(folder: Path, *records: bytes) -> Path:
    path = folder / "x.warc.gz"
    path.write_bytes(b"".join(records))
    return path


def emitted(path: Path) -> list[str]:
    with run_spout(WARCSpout, {"warc.paths": [str(path)]}) as spout:
        spout.drain()
    return [url for url, *_ in (*spout.emitted(), *spout.emitted("status"))]


NO_PAGES = [
    "file:///etc/passwd",
    "http://a.example/\x1b[31m",
    "http://a.example/\x00",
    "http://a b/",
    "http://[x/",
    "ftp://a/",
]


@pytest.mark.parametrize("uri", [*NO_PAGES, "dns:a.example", "javascript:x", "/etc/passwd", "x", ""])
@pytest.mark.parametrize("kind", ["response", "resource", "revisit"])
def test_what_is_no_url_of_the_web_is_no_visit(tmp_path: Path, uri: str, kind: str) -> None:
    path = written(tmp_path, record("http://a.example/1"), record(uri, kind=kind), record("http://a.example/2"))
    archive = Archive.index([path])
    assert [visit.url for visit in archive.visits] == ["http://a.example/1", "http://a.example/2"]
    assert emitted(path) == ["http://a.example/1", "http://a.example/2"]


def test_it_is_said_once_a_file_what_is_left_out(tmp_path: Path) -> None:
    records = [record(uri) for uri in (*NO_PAGES, "dns:a.example")]
    archive = Archive.index([written(tmp_path, record("dns:a.example"), *records)])
    [trouble] = archive.troubles
    assert "'file:///etc/passwd' and its like are left out: it is no URL of http, https (key protocols)" in trouble
    assert archive.damaged() == 0


def test_files_are_visits_where_the_crawl_has_files(tmp_path: Path) -> None:
    written(tmp_path, record("file:///srv/a.html", kind="resource"))
    conf = {"warc.paths": [str(tmp_path)]}
    assert open_archive(Settings(conf)).visits == []
    [visit] = open_archive(Settings(conf | {"protocols": ["http", "FILE"]})).visits
    assert visit.url == "file:///srv/a.html"


def test_an_outcome_without_an_answer_is_a_line_where_it_is_shown(tmp_path: Path) -> None:
    bad = record("http://a.example/\x1b[31m", kind="metadata", block=FIELDS)
    good = record("http://a.example/", kind="metadata", block=FIELDS)
    assert [visit.url for visit in Archive.index([written(tmp_path, bad, good)]).visits] == ["http://a.example/"]


def test_a_url_that_is_not_ascii_is_written_as_links_are(tmp_path: Path) -> None:
    path = written(tmp_path, record("http://a.example/\xe9"))
    assert [visit.url for visit in Archive.index([path]).visits] == emitted(path) == ["http://a.example/%C3%A9"]


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59Z", "2023-11-16T00:00:00Z", "99999-99-99", "99991231235959"])
def test_a_date_that_is_yet_to_come_moves_no_clock(tmp_path: Path, date: str) -> None:
    urls = ("http://a.example/1", "http://a.example/2", "http://a.example/3")
    path = written(tmp_path, record(urls[0]), record(urls[1], date), record(urls[2], "2023-01-02T00:00:00Z"))
    archive = Archive.index([path], clock=VirtualClock(NOW))
    first, second = seconds_of(WHEN, NOW), seconds_of("2023-01-02T00:00:00Z", NOW)
    assert [visit.date for visit in archive.visits] == [first, first, second]
    assert archive.end == second


def test_such_a_date_is_no_time_of_a_page(tmp_path: Path) -> None:
    path = written(tmp_path, record("http://a.example/", "9999-12-31T23:59:59Z"), record("http://a.example/"))
    with run_spout(WARCSpout, {"warc.paths": [str(path)]}) as spout:
        spout.drain()
    times = [metadata.get("protocol._request.time_") for _, _, metadata in spout.emitted()]
    assert times == [None, [str(round(1000 * (seconds_of(WHEN, SystemClock().time()) or 0)))]]


def test_a_clock_may_be_some_hours_ahead() -> None:
    assert seconds_of("2023-11-15T12:00:00Z", NOW) == 1_700_049_600
