"""Visits as WARC records: what other readers make of them, and what we read back."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from spindrift.clock import VirtualClock
from spindrift.warc.answers import response_of
from spindrift.warc.archive import Archive
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat, warc_date

URL = "http://a.example/page"
HEADS = {
    "protocol._request.headers_": ["GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n"],
    "protocol._response.headers_": [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\n"
    ],
    "protocol._response.ip_": ["192.0.2.7"],
    "protocol._request.time_": ["1700000000123"],
    "protocol._protocol_versions_": ["HTTP/1.1,TLSv1.3"],
    "protocol.content-type": ["text/html"],
    "fetch.statusCode": ["200"],
}


def written(capture: Capture, *keys: str) -> bytes:
    form = RecordFormat("protocol.", keys, VirtualClock(1_700_000_999.0))
    return form.file_header("x.warc.gz") + form.records(capture)


def read(data: bytes) -> list[Any]:
    """What warcio reads: kind, record headers, HTTP headers, content."""
    found = []
    for record in ArchiveIterator(BytesIO(data)):
        headers = {name.lower(): value for name, value in record.rec_headers.headers}
        found.append((record.rec_type, headers, record.http_headers, record.content_stream().read()))
    return found[1:]


def archive(path: Path, data: bytes) -> Archive:
    file = path / "x.warc.gz"
    file.write_bytes(data)
    return Archive.index([file])


class TestAnAnswer:
    def test_is_a_request_and_a_response_that_name_each_other(self) -> None:
        request, response = read(written(Capture(URL, b"<p>hello", HEADS)))
        assert (request[0], response[0]) == ("request", "response")
        assert request[1]["warc-concurrent-to"] == response[1]["warc-record-id"]
        assert request[2].get_header("Host") == "a.example"
        assert response[1]["warc-target-uri"] == URL
        assert response[1]["warc-ip-address"] == "192.0.2.7"
        assert response[1]["warc-protocol"] == "HTTP/1.1,TLSv1.3"
        assert response[1]["warc-date"] == "2023-11-14T22:13:20.123Z"
        assert response[3] == b"<p>hello", "decoded, and not decoded once more"
        assert response[2].get_header("X-Crawler-Content-Encoding") == "gzip"
        assert response[2].get_header("Content-Length") == "8"

    def test_has_digests_that_others_verify(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "x.warc.gz"
        file.write_bytes(written(Capture(URL, b"<p>hello" * 1000, HEADS), "depth"))
        args = type("Arguments", (), {"inputs": [str(file)], "verbose": True})()
        assert Checker(args).process_all() == 0
        assert capsys.readouterr().out.count("digest pass") >= 2
        assert len(list(FastIterator(str(file), verify_digests=True))) == 3

    def test_comes_back_as_it_was_fetched(self, tmp_path: Path) -> None:
        found = archive(tmp_path, written(Capture(URL, b"<p>hello", HEADS)))
        [visit] = found.visits
        response = response_of(found, visit)
        assert (response.url, response.status_code, response.content) == (URL, 200, b"<p>hello")
        assert response.headers == {
            "content-type": ["text/html"],
            "content-encoding": ["gzip"],
            "content-length": ["7"],
        }
        assert response.address == "192.0.2.7"
        assert {f"protocol.{name}": values for name, values in response.verbatim.items()}.items() <= HEADS.items()
        assert len(response.verbatim) == 5

    def test_that_was_cut_off_says_so(self, tmp_path: Path) -> None:
        cut = HEADS | {"http.trimmed": ["true"], "http.trimmed.reason": ["length"]}
        data = written(Capture(URL, b"<p>", cut))
        assert read(data)[1][1]["warc-truncated"] == "length"
        found = archive(tmp_path, data)
        assert response_of(found, found.visits[0]).trimmed == "length"

    def test_without_change_is_a_revisit(self, tmp_path: Path) -> None:
        unchanged = HEADS | {
            "fetch.statusCode": ["304"],
            "protocol._response.headers_": ["HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"],
            "protocol.etag": ["x"],
        }
        data = written(Capture(URL, b"", unchanged), "*")
        _, revisit, metadata = read(data)
        assert revisit[0] == "revisit"
        assert revisit[1]["warc-profile"].endswith("server-not-modified")
        assert b"protocol.etag: x\r\n" in metadata[3], "the validator that was asked with"
        found = archive(tmp_path, data)
        assert response_of(found, found.visits[0]).status_code == 304


def test_content_without_headers_is_a_resource(tmp_path: Path) -> None:
    metadata = {"protocol.content-type": ["text/plain"], "fetch.statusCode": ["200"]}
    data = written(Capture("http://a.example/a b", b"text", metadata))
    [(kind, headers, _, content)] = read(data)
    assert (kind, headers["content-type"], content) == ("resource", "text/plain", b"text")
    assert headers["warc-target-uri"] == "http://a.example/a%20b"
    found = archive(tmp_path, data)
    assert response_of(found, found.visits[0]).headers == {"content-type": ["text/plain"]}


class TestMetadata:
    def test_of_the_named_keys_is_a_record_of_its_own(self) -> None:
        visit = Capture(URL, b"", HEADS | {"depth": ["2"], "parse.title": ["a\r\nb"], "other": ["x"]})
        *_, response, (kind, headers, _, content) = read(written(visit, "depth", "parse.*"))
        assert kind == "metadata"
        assert headers["warc-concurrent-to"] == response[1]["warc-record-id"]
        assert content == b"depth: 2\r\nparse.title: a  b\r\n"

    def test_is_not_written_where_nothing_is_named(self) -> None:
        assert [record[0] for record in read(written(Capture(URL, b"", HEADS)))] == ["request", "response"]

    @pytest.mark.parametrize("mark", ["robots.txt", "fetch.asked.again"])
    def test_always_marks_what_is_no_page(self, tmp_path: Path, mark: str) -> None:
        data = written(Capture(URL, b"", HEADS)) + written(Capture(URL, b"", HEADS | {mark: ["true"]}))
        found = archive(tmp_path, data)
        assert [visit.is_page for visit in found.visits] == [True, False]
        assert found.pages() == found.visits[:1]

    def test_says_why_a_url_got_no_answer(self, tmp_path: Path) -> None:
        data = written(Capture(URL, b"", {"fetch.exception": ["Unknown host"], "depth": ["1"]}))
        [(kind, _, _, content)] = read(data)
        assert (kind, content) == ("metadata", b"fetch.exception: Unknown host\r\n")
        [visit] = archive(tmp_path, data).visits
        assert (visit.answer, visit.fields) == (None, {"fetch.exception": ["Unknown host"]})


def test_dates_are_to_the_millisecond() -> None:
    assert warc_date(1_700_000_000.0009) == "2023-11-14T22:13:20.001Z"
