"""The WARC spout: archived pages as the fetcher emits them, and where it goes on after a restart."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.errors import ConfigurationError
from spindrift.spouts.warc import WARCSpout
from spindrift.testing import SpoutRun, run_spout
from spindrift.warc.capture import Capture
from spindrift.warc.reading import ArchiveReader, read_at
from spindrift.warc.records import RecordFormat
from tests.shared_data import shared_data


def answer(path: str, code: int = 200, content: bytes = b"<p>", *headers: str) -> Capture:
    head = "\r\n".join([f"HTTP/1.1 {code} X", "Content-Type: text/html", *headers]) + "\r\n\r\n"
    times = {"protocol._request.time_": ["1700000000123"], "protocol._response.headers_": [head]}
    return Capture(f"http://a.example{path}", content, {"fetch.statusCode": [str(code)], **times})


def archive(path: Path, *visits: Capture) -> Path:
    form = RecordFormat("protocol.", [], VirtualClock())
    path.write_bytes(form.file_header(path.name) + b"".join(map(form.records, visits)))
    return path


def spout(*paths: Path, **conf: Any) -> AbstractContextManager[SpoutRun]:
    keys = {name.replace("__", "."): value for name, value in conf.items()}
    return run_spout(WARCSpout, {"warc.paths": [str(path) for path in paths], **keys})


def drained(*paths: Path, **conf: Any) -> SpoutRun:
    """A spout that has emitted all that it has."""
    with spout(*paths, **conf) as started:
        started.drain()
    return started


def test_pages_come_with_their_content_and_where_they_are(tmp_path: Path) -> None:
    file = archive(tmp_path / "x.warc.gz", answer("/a", 200, b"<p>hello", "ETag: 7"))
    [[url, content, metadata]] = drained(file).emitted()
    assert (url, content) == ("http://a.example/a", b"<p>hello")
    assert metadata["fetch.statusCode"] == ["200"]
    assert metadata["protocol.etag"] == ["7"]
    assert metadata["protocol._request.time_"] == ["1700000000123"]
    assert "protocol._response.headers_" not in metadata
    assert metadata["warc.file.name"] == [str(file)]
    [offset], [length] = metadata["warc.record.offset"], metadata["warc.record.length"]
    assert read_at(file, int(offset)).uri == url
    assert int(offset) + int(length) == file.stat().st_size


def test_heads_come_along_where_they_are_asked_for(tmp_path: Path) -> None:
    started = drained(archive(tmp_path / "x.warc.gz", answer("/a")), http__store__headers=True)
    [[_, _, metadata]] = started.emitted()
    assert metadata["protocol._response.headers_"] == ["HTTP/1.1 200 X\r\nContent-Type: text/html\r\n\r\n"]


@pytest.mark.parametrize(
    ("visit", "status", "more"),
    [
        (answer("/a", 404), "FETCH_ERROR", {"fetch.statusCode": ["404"]}),
        (answer("/a", 301, b"", "Location: /b"), "REDIRECTION", {"_redirTo": ["http://a.example/b"]}),
        (answer("/a", 304, b""), "FETCHED", {}),
    ],
)
def test_what_is_no_page_is_a_status(tmp_path: Path, visit: Capture, status: str, more: dict[str, list[str]]) -> None:
    emitted = drained(archive(tmp_path / "x.warc.gz", visit)).emitted("status")
    if visit.metadata["fetch.statusCode"] == ["304"]:
        assert emitted == [], "a revisit is no response"
        return
    [[url, metadata, said]] = emitted
    assert (url, said) == ("http://a.example/a", status)
    assert more.items() <= metadata.items()


def test_content_is_cut_at_the_limit(tmp_path: Path) -> None:
    started = drained(archive(tmp_path / "x.warc.gz", answer("/a", 200, b"x" * 100)), http__content__limit=10)
    [[_, content, metadata]] = started.emitted()
    assert (len(content), metadata["http.trimmed.reason"]) == (10, ["length"])


def test_what_fails_is_emitted_again_and_then_left_out(tmp_path: Path) -> None:
    with spout(archive(tmp_path / "x.warc.gz", answer("/a")), spout__max__replays=2) as started:
        started.drain()
        [first] = started.ids
        for _ in range(3):
            started.fail(first)
            started.drain()
    assert started.ids == [first] * 3


def test_what_cannot_be_read_again_is_left_out_and_settled(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = archive(tmp_path / "x.warc.gz", answer("/a"))
    kept = tmp_path / "checkpoint"
    with spout(file, warc__checkpoint=str(kept)) as started:
        started.drain()
        file.write_bytes(b"")
        started.fail(started.ids[0])
        started.next()
    assert "there is no whole record at byte" in caplog.text
    assert drained(archive(file, answer("/a")), warc__checkpoint=str(kept)).emissions == [], "it was seen to"


class TestACheckpoint:
    def test_lets_it_go_on_at_the_first_record_that_was_not_acked(self, tmp_path: Path) -> None:
        file = archive(tmp_path / "x.warc.gz", *(answer(f"/{number}") for number in range(4)))
        kept = tmp_path / "checkpoint"
        with spout(file, warc__checkpoint=str(kept)) as first:
            first.drain()
            for tup_id in (first.ids[0], first.ids[2]):
                first.ack(tup_id)
        assert json.loads(kept.read_text()) == {str(file): int(first.ids[1].rpartition(":")[2])}
        second = drained(file, warc__checkpoint=str(kept))
        assert [page.url for page in second.emitted()] == [f"http://a.example/{number}" for number in (1, 2, 3)]

    def test_passes_over_files_that_are_done(self, tmp_path: Path) -> None:
        files = [archive(tmp_path / f"{name}.warc.gz", answer(f"/{name}")) for name in "ab"]
        kept = tmp_path / "checkpoint"
        with spout(*files, warc__checkpoint=str(kept)) as first:
            first.drain()
            for tup_id in first.ids:
                first.ack(tup_id)
        assert len(first.ids) == 2
        assert drained(*files, warc__checkpoint=str(kept)).ids == []

    def test_that_is_none_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "checkpoint").write_text("[]")
        with pytest.raises(ConfigurationError, match="all is read from the beginning"):
            drained(archive(tmp_path / "x.warc.gz"), warc__checkpoint=str(tmp_path / "checkpoint"))


def test_several_tasks_share_the_files(tmp_path: Path) -> None:
    files = [archive(tmp_path / f"{name}.warc.gz", answer(f"/{name}")) for name in "abc"]
    urls = []
    for index in (0, 1):
        with run_spout(WARCSpout, {"warc.paths": list(map(str, files))}, index=index, par=2) as started:
            started.drain()
        urls.append([page.url[-1] for page in started.emitted()])
    assert urls == [["a", "c"], ["b"]]


def test_archives_have_to_be_there() -> None:
    with pytest.raises(ConfigurationError, match=r"warc\.paths is not set"):
        drained()
    with pytest.raises(ConfigurationError, match="no such file"):
        drained(Path("/no/such.warc"))


def test_a_damaged_file_does_not_stop_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bad = tmp_path / "bad.warc.gz"
    bad.write_bytes(b"\x1f\x8b\x08 no archive")
    started = drained(bad, archive(tmp_path / "x.warc.gz", answer("/a")))
    assert [page.url for page in started.emitted()] == ["http://a.example/a"]
    assert f"{bad}, at byte 0" in caplog.text


def test_real_archives_give_their_pages() -> None:
    for name in ("warcfile.warc.gz", "example.warc", "example.arc.gz", "post-test.warc.gz", "unparsable-date.warc.gz"):
        path = shared_data(f"warc/{name}")
        started = drained(path)
        responses = [record for record in ArchiveReader(path) if record.kind == "response"]
        assert len(started.emissions) == len(responses), name
        assert all(page.content for page in started.emitted()), name
