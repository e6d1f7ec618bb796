"""What becomes of an archived answer: how much of it is read, and what it was the answer to."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Failed, NotModified, Outcome
from spindrift.spouts.warc import WARCSpout
from spindrift.testing import run_spout
from spindrift.warc.answers import response_of
from spindrift.warc.archive import Archive
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat
from spindrift.warc.replay_engine import VISIT, ReplayEngine

URL = "http://a.example/"
SIZE = 60_000_000
LIMIT = 100_000


def outcome(folder: Path, request: str | None) -> Outcome:
    """Of a 304 to `request`."""
    metadata = {
        "fetch.statusCode": ["304"],
        "protocol._response.headers_": ["HTTP/1.1 304 Not Modified\r\n\r\n"],
    }
    if request is not None:
        metadata["protocol._request.headers_"] = [request]
    (folder / "x.warc.gz").write_bytes(
        RecordFormat("protocol.", [], VirtualClock()).records(Capture(URL, b"", metadata))
    )
    found: list[Outcome] = []
    engine = ReplayEngine(Settings({"warc.paths": [str(folder)]}), lambda item, outcome: found.append(outcome))
    engine.submit(FetchItem(URL, "", {VISIT: ["0"]}))
    return found[0]


class TestNotModified:
    @pytest.mark.parametrize("header", ["If-None-Match: x", "if-modified-since: Mon, 01 Jan 2024 00:00:00 GMT"])
    def test_is_the_answer_to_whoever_asked_for_it(self, tmp_path: Path, header: str) -> None:
        head = f"GET / HTTP/1.1\r\nHost: a.example\r\n{header}\r\n\r\n"
        assert isinstance(outcome(tmp_path, head), NotModified)

    def test_is_no_answer_to_anybody_else(self, tmp_path: Path) -> None:
        head = "GET /If-None-Match:x HTTP/1.1\r\nHost: a.example\r\nX: If-None-Match: x\r\n\r\n"
        assert isinstance(outcome(tmp_path, head), Failed)

    def test_is_believed_where_nobody_knows_what_was_asked(self, tmp_path: Path) -> None:
        assert isinstance(outcome(tmp_path, None), NotModified)


def _replayed(path: Path) -> tuple[bytes, str]:
    archive = Archive.index([path])
    response = response_of(archive, archive.visits[0], LIMIT)
    return response.content, response.trimmed


def _emitted(path: Path) -> tuple[bytes, str]:
    with run_spout(WARCSpout, {"warc.paths": [str(path)], "http.content.limit": LIMIT}) as spout:
        spout.drain()
    [[_, content, metadata]] = spout.emitted()
    return content, metadata["http.trimmed.reason"][0]


@pytest.mark.parametrize("read", [_replayed, _emitted])
@pytest.mark.parametrize("encoding", ["", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n"])
def test_no_more_of_a_record_is_read_than_is_kept(
    tmp_path: Path, read: Callable[[Path], tuple[bytes, str]], encoding: str
) -> None:
    body = bytes(SIZE)
    if "chunked" in encoding:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (SIZE, body)
    elif encoding:
        body = gzip.compress(body, 1)
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + encoding.encode() + b"\r\n" + body
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nContent-Length: {len(block)}\r\n\r\n"
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(head.encode() + block + b"\r\n\r\n", 1))
    del body, block
    tracemalloc.start()
    try:
        assert read(path) == (bytes(LIMIT), "length")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < SIZE / 5
