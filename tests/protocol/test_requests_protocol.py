"""The protocol of SimpleFetcherBolt refuses and survives what HttpProtocol does."""

import gzip
import ssl
import time
from typing import Any

import brotli
import pytest
import zstandard

from spindrift.protocol.answers import utf8_or_latin1
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol
from spindrift.protocol.requests_http import RequestsProtocol
from spindrift.protocol.response import FetchFailure, Response
from tests.protocol.fetching_with import ALLOWED, fetch, fetch_all
from tests.protocol.loopback_server import Answer, LoopbackServer, closing, endless, http
from tests.protocol.self_signed import self_signed_tls
from tests.protocol.test_answer_parser import FAULTS

ZEROS = bytes(20_000_000)
OK = b"HTTP/1.1 200 OK\r\n"


def dripping(first: bytes, piece: bytes) -> Answer:
    return endless(first, piece, 0.02)


def answered(answer: Answer, **conf: Any) -> Response:
    with LoopbackServer(lambda request: answer) as server:
        return fetch(server.url("/a"), kind=RequestsProtocol, **conf)


class TestAPrivateAddress:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost", "[::1]", "inside.example", "0x7f.1"])
    def test_is_not_reached_without_leave(self, host: str) -> None:
        async def lookup(name: str) -> list[str]:
            return ["127.0.0.1"]

        with LoopbackServer(lambda request: http(200)) as server:
            with pytest.raises(FetchFailure, match="private address"):
                fetch_all([(server.url("/", host), {})], RequestsProtocol, lookup)
            assert server.connections == 0

    def test_is_not_reached_by_a_name_that_changes_its_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("spindrift.protocol.requests_http.is_public_text", lambda address: address == "127.0.0.2")

        async def lookup(name: str) -> list[str]:
            return ["127.0.0.2"]

        # The machine's own resolver says 127.0.0.1 to localhost names; what was judged is what is connected to.
        server = LoopbackServer(lambda request: http(200, b"outside"), addresses=("127.0.0.2",))
        with server:
            (response,) = fetch_all([(server.url("/", "rebound.example"), {})], RequestsProtocol, lookup)
        assert (response.content, response.address) == (b"outside", "127.0.0.2")


class TestAnswers:
    def test_are_taken_whole(self) -> None:
        response = answered(http(404, b"gone", content_type="text/html", link="a"))
        assert (response.status_code, response.content, response.trimmed) == (404, b"gone", "")
        assert response.headers["content-type"] == ["text/html"]
        assert response.address == "127.0.0.1"

    def test_that_redirect_are_not_followed(self) -> None:
        response = answered(http(301, location="/caf\xe9"))
        assert (response.status_code, response.headers["location"]) == (301, ["/café"])

    @pytest.mark.parametrize("kind", [HttpProtocol, RequestsProtocol])
    @pytest.mark.parametrize("location", [b"/caf\xe9", b"/caf\xc3\xa9", b"http://[/", b"//:x/", b"\xff\xfe"])
    def test_that_redirect_nowhere_are_answers_as_well(self, kind: type[Protocol], location: bytes) -> None:
        answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        with LoopbackServer(lambda request: answer) as server:
            response = fetch(server.url("/a"), kind=kind)
        assert (response.status_code, response.headers["location"]) == (302, [utf8_or_latin1(location)])

    @pytest.mark.parametrize(
        "announced", [b"100 Continue\r\n", b"102 Processing\r\n", b"103 Early Hints\r\nLink: </a>\r\nX: y\r\n"]
    )
    @pytest.mark.parametrize("times", [1, 300])
    def test_that_announce_the_answer_are_passed_over(self, announced: bytes, times: int) -> None:
        announcements = (b"HTTP/1.1 " + announced + b"\r\n") * times
        with LoopbackServer(lambda request: announcements + http(200, b"page", a="b")) as server:
            responses = fetch_all([(server.url(), ALLOWED)] * 2, RequestsProtocol)
            assert server.connections == 1
        for response in responses:
            assert (response.status_code, response.content) == (200, b"page")
            assert response.headers == {"content-length": ["4"], "a": ["b"]}

    @pytest.mark.parametrize("name", FAULTS)
    def test_with_faulty_heads_are_taken_as_well(self, name: str) -> None:
        response = answered(closing(FAULTS[name]))
        assert (response.status_code, response.content, response.trimmed) == (200, b"body", "")

    def test_over_a_connection_that_is_kept(self) -> None:
        with LoopbackServer(lambda request: http(200, b"x")) as server:
            fetch_all([(server.url(), ALLOWED)] * 4, RequestsProtocol)
            assert server.connections == 1

    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("gzip", gzip.compress(ZEROS)),
            ("br", brotli.compress(ZEROS, quality=5)),
            ("zstd", zstandard.compress(ZEROS)),
            ("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
        ],
    )
    def test_that_are_bombs_are_cut_off(self, encoding: str, body: bytes) -> None:
        response = answered(http(200, body, content_encoding=encoding), http__content__limit=100_000)
        assert (len(response.content), response.trimmed) == (100_000, "length")

    def test_that_drip_are_cut_off_in_time(self) -> None:
        began = time.monotonic()
        response = answered(dripping(OK + b"Content-Length: 1000\r\n\r\n", b"x"), http__timeout__total="300ms")
        assert response.trimmed == "time"
        assert time.monotonic() - began < 10

    @pytest.mark.parametrize(
        ("answer", "cause"),
        [
            (dripping(OK, b"X: y\r\n"), "Socket timeout fetching"),
            (dripping(b"HTTP/1.1 200 ", b"O"), "Socket timeout fetching"),
            (closing(b""), "ServerDisconnected"),
            (endless(b"", b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * 100), "InvalidResponse"),
            (endless(b"HTTP/1.1 103 Hints\r\n", b"Link: x\r\n" * 1000), "InvalidResponse"),
            (closing(b"nonsense\r\n\r\n"), "InvalidResponse"),
            (closing(OK + b"Content-Length: 1000\r\n\r\nshort"), "IncompleteBody"),
            (closing(OK + b"X: " + b"y" * 200_000 + b"\r\n\r\n"), "InvalidResponse"),
            (http(200, b"no gzip", content_encoding="gzip"), "undecodable content"),
        ],
    )
    def test_that_are_none_have_a_cause(self, answer: Answer, cause: str) -> None:
        with pytest.raises(FetchFailure) as failure:
            answered(answer, http__timeout=2000, http__timeout__total="300ms")
        assert failure.value.cause == cause


def test_a_certificate_that_nobody_vouches_for_is_a_failure(tmp_path_factory: pytest.TempPathFactory) -> None:
    tls: ssl.SSLContext = self_signed_tls(tmp_path_factory.mktemp("tls"))
    with LoopbackServer(lambda request: http(200, b"x"), tls=tls) as server:
        url = server.url("/", "localhost")
        with pytest.raises(FetchFailure) as failure:
            fetch(url, kind=RequestsProtocol)
        assert failure.value.cause == "CertificateError"
        assert fetch(url, kind=RequestsProtocol, http__trust__everything=True).content == b"x"


def test_a_host_that_is_not_known_is_a_failure() -> None:
    with pytest.raises(FetchFailure, match="Unknown host"):
        fetch("http://nowhere.example/", kind=RequestsProtocol)
