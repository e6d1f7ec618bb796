"""The network of an archive: what it has is answered as it was, what it has not never asked for."""

import asyncio
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.protocol.interface import ProtocolContext
from spindrift.protocol.registry import Protocols
from spindrift.protocol.replay import NOT_ARCHIVED, ReplayProtocol
from spindrift.protocol.response import FetchFailure, Response
from spindrift.warc.capture import Capture
from spindrift.warc.records import RecordFormat

HOST = "http://a.example"
FOR_ROBOTS = {"robots.txt": ["true"]}


def answer(path: str, content: bytes, code: int = 200, more: dict[str, list[str]] | None = None) -> Capture:
    head = f"HTTP/1.1 {code} X\r\nA: b\r\n\r\n"
    metadata = {"fetch.statusCode": [str(code)], "protocol._response.headers_": [head]}
    return Capture(HOST + path, content, metadata | (more or {}))


@pytest.fixture
def protocol(tmp_path: Path) -> ReplayProtocol:
    visits = [
        answer("/robots.txt", b"User-agent: *", more=FOR_ROBOTS),
        answer("/page", b"first"),
        answer("/page", b"second"),
        answer("/robots.txt", b"seen as a page"),
        answer("/gone", b"", 404),
        Capture(HOST + "/slow", b"", {"fetch.exception": ["Socket timeout fetching"]}),
    ]
    form = RecordFormat("protocol.", ["robots.txt"], VirtualClock())
    (tmp_path / "x.warc.gz").write_bytes(b"".join(map(form.records, visits)))
    settings = Settings({"http.protocol.implementation": "ReplayProtocol", "warc.paths": [str(tmp_path)]})
    found = Protocols.from_context(ProtocolContext(settings)).of(HOST)
    assert isinstance(found, ReplayProtocol)
    return found


def fetch(protocol: ReplayProtocol, path: str, metadata: dict[str, list[str]] | None = None) -> Response:
    return asyncio.run(protocol.fetch(HOST + path, metadata or {}))


def test_visits_of_a_url_are_answered_in_their_order(protocol: ReplayProtocol) -> None:
    assert [fetch(protocol, "/page").content for _ in range(3)] == [b"first", b"second", b"second"]


def test_robots_txt_is_answered_as_it_was_then(protocol: ReplayProtocol) -> None:
    assert fetch(protocol, "/robots.txt", FOR_ROBOTS).content == b"User-agent: *"
    assert fetch(protocol, "/robots.txt").content == b"seen as a page"


def test_errors_are_answers(protocol: ReplayProtocol) -> None:
    assert fetch(protocol, "/gone").status_code == 404


def test_a_visit_without_answer_fails_as_it_did(protocol: ReplayProtocol) -> None:
    with pytest.raises(FetchFailure) as failed:
        fetch(protocol, "/slow")
    assert failed.value.cause == "Socket timeout fetching"


def test_what_is_not_archived_fails_for_that_reason(protocol: ReplayProtocol) -> None:
    with pytest.raises(FetchFailure) as failed:
        fetch(protocol, "/else")
    assert failed.value.cause == NOT_ARCHIVED


def test_a_robots_txt_that_is_not_archived_forbids_nothing(protocol: ReplayProtocol) -> None:
    response = asyncio.run(protocol.fetch("http://b.example/robots.txt", FOR_ROBOTS))
    assert (response.status_code, response.content) == (404, b"")


def test_no_name_is_looked_up(protocol: ReplayProtocol) -> None:
    assert not asyncio.run(protocol.is_private("http://no-such-host.example/"))
    assert asyncio.run(protocol.is_private("http://localhost/"))


def test_an_archive_has_to_be_named() -> None:
    settings = Settings({"http.protocol.implementation": "ReplayProtocol"})
    with pytest.raises(ConfigurationError, match=r"warc\.paths is not set"):
        Protocols.from_context(ProtocolContext(settings))


def test_what_of_the_archive_cannot_be_read_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "none.warc").write_bytes(b"nothing of the kind")
    (tmp_path / "x.warc.gz").write_bytes(RecordFormat("protocol.", [], VirtualClock()).records(answer("/page", b"x")))
    settings = Settings({"http.protocol.implementation": "ReplayProtocol", "warc.paths": [str(tmp_path)]})
    found = Protocols.from_context(ProtocolContext(settings)).of(HOST)
    assert isinstance(found, ReplayProtocol)
    assert fetch(found, "/page").content == b"x"
    assert "none.warc, at byte 0: " in caplog.text
