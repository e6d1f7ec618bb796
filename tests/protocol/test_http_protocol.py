"""HttpProtocol against a real server on loopback: what it sends, what it brings back, what it survives."""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import brotli
import pytest
import zstandard

from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.resolver import SystemLookup
from spindrift.protocol.response import FetchFailure, Response
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, closing, endless, http, reset, silent

ALLOWED: Metadata = {"fetch.private.allowed": ["true"]}
PAGE = b"<html><body>" + b"the quick brown fox " * 500 + b"</body></html>"


async def no_lookup(host: str) -> list[str]:
    raise OSError(f"no network in tests: {host}")


def protocol(lookup: Callable[[str], Awaitable[list[str]]] = no_lookup, **conf: Any) -> HttpProtocol:
    settings = Settings({name.replace("__", "."): value for name, value in conf.items()})
    return HttpProtocol(settings, "tester/1.0 (a test)", lookup=lookup)


def fetch(url: str, metadata: Metadata = ALLOWED, *, times: int = 1, **conf: Any) -> Response:
    """Fetch once (or several times, over the same connections) and return the last response."""

    async def run() -> Response:
        http_protocol = protocol(**conf)
        try:
            for _ in range(times):
                response = await http_protocol.fetch(url, metadata)
            return response
        finally:
            await http_protocol.close()

    return asyncio.run(run())


def serve(*answers: Answer) -> LoopbackServer:
    """A server that gives the answers in turn; the last one for ever."""
    left = list(answers)
    return LoopbackServer(lambda request: left.pop(0) if len(left) > 1 else left[0])


class TestResponse:
    def test_has_status_headers_and_content(self) -> None:
        with serve(http(200, PAGE, content_type="text/html", x_thing="1")) as server:
            response = fetch(server.url("/a"))
        assert (response.status_code, response.content, response.trimmed) == (200, PAGE, "")
        assert response.headers["content-type"] == ["text/html"]
        assert response.address == "127.0.0.1"

    def test_repeated_headers_are_kept_apart(self) -> None:
        with serve(b"HTTP/1.1 200 OK\r\nLink: a\r\nLink: b\r\nContent-Length: 0\r\n\r\n") as server:
            assert fetch(server.url()).headers["link"] == ["a", "b"]

    def test_header_bytes_that_are_not_utf8_are_latin1(self) -> None:
        with serve(b"HTTP/1.1 302 Found\r\nLocation: /caf\xe9\r\nContent-Length: 0\r\n\r\n") as server:
            assert fetch(server.url()).headers["location"] == ["/café"]

    def test_redirects_are_answers(self) -> None:
        with serve(http(301, b"", location="/elsewhere")) as server:
            response = fetch(server.url("/here"))
            assert server.paths() == ["/here"]
        assert response.status_code == 301
        assert response.headers["location"] == ["/elsewhere"]

    def test_set_cookie_is_not_sent_back(self) -> None:
        with serve(http(200, b"x", set_cookie="a=b")) as server:
            fetch(server.url(), times=2)
            assert all("cookie" not in request.headers for request in server.requests)


class TestRequest:
    def test_sends_the_agent_and_what_it_accepts(self) -> None:
        with serve(http()) as server:
            fetch(server.url(), http__accept="text/html", http__accept__language="ast")
            sent = server.requests[0].headers
        assert sent["user-agent"] == "tester/1.0 (a test)"
        assert sent["accept"] == "text/html"
        assert sent["accept-encoding"] == "gzip, deflate, br, zstd"

    def test_the_path_is_requested_as_it_is_written(self) -> None:
        with serve(http()) as server:
            fetch(server.url("/%41%2f%C3%A9?q=a+b&c=%20#fragment"))
            assert server.paths() == ["/%41%2f%C3%A9?q=a+b&c=%20"]

    def test_blanks_and_letters_beyond_ascii_are_escaped(self) -> None:
        with serve(http()) as server:
            fetch(server.url("/a b/é"))
            assert server.paths() == ["/a%20b/%C3%A9"]

    def test_line_breaks_cannot_smuggle_a_second_request(self) -> None:
        with serve(http()) as server:
            fetch(server.url("/a\r\nX: y\r\n\r\nGET /b"))
            assert "x" not in server.requests[0].headers
            assert len(server.requests) == 1

    def test_is_conditional_when_the_page_was_fetched_before(self) -> None:
        with serve(http(304)) as server:
            known = {**ALLOWED, "protocol.etag": ['"v1"'], "protocol.last-modified": ["Mon, 01 Jan 2024 00:00:00 GMT"]}
            assert fetch(server.url(), known).status_code == 304
            sent = server.requests[0].headers
        assert sent["if-none-match"] == '"v1"'
        assert sent["if-modified-since"] == "Mon, 01 Jan 2024 00:00:00 GMT"

    @pytest.mark.parametrize("url", ["ftp://h/x", "http://", "http:///x", "not a url", "http://h:99999/", "mailto:a@b"])
    def test_malformed_urls_are_refused(self, url: str) -> None:
        with pytest.raises(FetchFailure) as failure:
            fetch(url)
        assert failure.value.cause == "malformed URL"


class TestConnections:
    def test_are_kept(self) -> None:
        with serve(http(200, b"x")) as server:
            fetch(server.url(), times=5)
            assert server.connections == 1

    def test_on_a_kept_one_that_was_closed_a_request_went_unseen_perhaps(self) -> None:
        def script(request: Request) -> Answer:
            return closing(b"") if request.connection == 1 and len(server.requests) == 2 else http(200, b"x")

        with LoopbackServer(script) as server:
            with pytest.raises(FetchFailure) as raised:
                fetch(server.url(), times=2)
            assert raised.value.unseen, "to be sent again, but not without the host's pause"
            assert len(server.requests) == 2

    def test_a_fresh_one_that_breaks_is_not_asked_again(self) -> None:
        with serve(reset) as server:
            with pytest.raises(FetchFailure) as raised:
                fetch(server.url())
            assert not raised.value.unseen
            assert len(server.requests) == 1


DEFLATER = zlib.compressobj(wbits=-15)
RAW_DEFLATE = DEFLATER.compress(PAGE) + DEFLATER.flush()


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("gzip", gzip.compress(PAGE)),
            ("x-gzip", gzip.compress(PAGE)),
            ("gzip", gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:])),
            ("gzip", gzip.compress(PAGE) + b"\0\0\0 trailing garbage"),
            ("deflate", zlib.compress(PAGE)),
            ("deflate", RAW_DEFLATE),
            ("br", brotli.compress(PAGE)),
            ("zstd", zstandard.compress(PAGE)),
            ("zstd", zstandard.compress(PAGE[:99]) + zstandard.compress(PAGE[99:])),
            ("gzip, br", brotli.compress(gzip.compress(PAGE))),
            ("identity", PAGE),
            ("utf-8", PAGE),
        ],
    )
    def test_are_undone(self, encoding: str, body: bytes) -> None:
        with serve(http(200, body, content_encoding=encoding)) as server:
            assert fetch(server.url()).content == PAGE

    @pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
    def test_of_an_empty_body_are_nothing_to_undo(self, encoding: str) -> None:
        with serve(http(200, b"", content_encoding=encoding)) as server:
            assert fetch(server.url()).content == b""


class TestLimits:
    def test_a_body_over_the_limit_is_trimmed(self) -> None:
        with serve(http(200, PAGE)) as server:
            response = fetch(server.url(), http__content__limit=100)
        assert (response.content, response.trimmed) == (PAGE[:100], "length")

    def test_a_body_of_just_the_limit_is_whole(self) -> None:
        with serve(http(200, PAGE)) as server:
            response = fetch(server.url(), http__content__limit=len(PAGE))
        assert (response.content, response.trimmed) == (PAGE, "")

    def test_an_endless_body_is_trimmed_and_its_connection_closed(self) -> None:
        chunks = endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n")
        with serve(chunks) as server:
            response = fetch(server.url(), times=2, http__content__limit=100_000)
            assert server.connections == 2
        assert (len(response.content), response.trimmed) == (100_000, "length")

    @pytest.mark.parametrize(
        ("encoding", "bomb"),
        [
            ("gzip", gzip.compress(bytes(50_000_000))),
            ("deflate", zlib.compress(bytes(50_000_000))),
            ("br", brotli.compress(bytes(50_000_000))),
            ("zstd", zstandard.compress(bytes(50_000_000))),
            ("gzip, gzip", gzip.compress(gzip.compress(bytes(50_000_000)))),
        ],
    )
    def test_a_bomb_is_decoded_to_the_limit_only(self, encoding: str, bomb: bytes) -> None:
        with serve(http(200, bomb, content_encoding=encoding)) as server:
            response = fetch(server.url(), http__content__limit=1_000_000)
        assert (response.content, response.trimmed) == (bytes(1_000_000), "length")

    def test_a_pile_of_encodings_is_refused(self) -> None:
        pile = http(200, b"x", content_encoding=", ".join(["gzip"] * 50))
        with serve(pile) as server, pytest.raises(FetchFailure) as failure:
            fetch(server.url())
        assert failure.value.cause == "undecodable content"

    def test_a_trickle_ends_at_the_total_time(self) -> None:
        trickle = endless(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", 0.01)
        with serve(trickle) as server:
            response = fetch(server.url(), http__timeout__total="200ms")
        assert response.trimmed == "time"
        assert set(response.content) == {ord("x")}

    def test_silence_is_a_failure(self) -> None:
        with serve(silent) as server, pytest.raises(FetchFailure) as failure:
            fetch(server.url(), http__timeout=50)
        assert failure.value.cause == "Socket timeout fetching"


HALF = gzip.compress(PAGE)[:60]


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        ("sent", "cause"),
        [
            (b"", "ServerDisconnected"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "IncompleteBody"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "IncompleteBody"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "InvalidResponse"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", "InvalidResponse"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", "InvalidResponse"),
            (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5001 + b"\r\n", "InvalidResponse"),
            (b"SSH-2.0-OpenSSH_9.6\r\n", "InvalidResponse"),
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all", "undecodable content"),
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + HALF, "undecodable content"),
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + brotli.compress(PAGE)[:40], "undecodable content"),
            (
                b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + zstandard.compress(PAGE)[:40],
                "undecodable content",
            ),
        ],
    )
    def test_are_failures_with_a_cause(self, sent: bytes, cause: str) -> None:
        with serve(closing(sent)) as server, pytest.raises(FetchFailure) as failure:
            fetch(server.url())
        assert failure.value.cause == cause

    def test_what_had_arrived_is_kept_on_request(self) -> None:
        with serve(closing(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")) as server:
            response = fetch(server.url(), http__content__partial__as__trimmed=True)
        assert (response.content, response.trimmed) == (b"short", "disconnect")

    def test_a_broken_body_does_not_hide_the_status_of_an_error(self) -> None:
        with serve(closing(b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nshort")) as server:
            assert fetch(server.url()).status_code == 404

    def test_a_closed_port_is_a_failure(self) -> None:
        with serve(http()) as server:
            url = server.url()
        with pytest.raises(FetchFailure) as failure:
            fetch(url)
        assert failure.value.cause == "ConnectionRefusedError"

    def test_an_unknown_host_is_a_failure(self) -> None:
        for metadata in (ALLOWED, {}):
            with pytest.raises(FetchFailure) as failure:
                fetch("http://nowhere.example/", metadata)
            assert failure.value.cause == "Unknown host"


class TestPrivateAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:{}/",
            "http://127.1:{}/",
            "http://2130706433:{}/",
            "http://0x7f.1:{}/",
            "http://[::]:{}/",
            "http://[fe80::1%25lo]:{}/",
            "http://localhost.:{}/",
            "http://localhost:{}/",
            "http://a.b.localhost:{}/",
            "http://[::ffff:127.0.0.1]:{}/",
        ],
    )
    def test_are_refused_without_permission(self, url: str) -> None:
        with serve(http()) as server:
            with pytest.raises(FetchFailure) as failure:
                fetch(url.format(server.port), {}, lookup=SystemLookup())
            assert server.connections == 0
        assert failure.value.cause in ("private address", "malformed URL")

    def test_are_refused_behind_a_public_name(self) -> None:
        async def rebound(host: str) -> list[str]:
            return ["127.0.0.1"]

        with serve(http()) as server:
            with pytest.raises(FetchFailure) as failure:
                fetch(server.url(host="public.example"), {}, lookup=rebound)
            assert server.connections == 0
        assert failure.value.cause == "private address"

    def test_are_reached_when_the_configuration_allows_all(self) -> None:
        with serve(http(200, b"x")) as server:
            assert fetch(server.url(), {}, http__allow__private__addresses=True).content == b"x"

    def test_a_connection_opened_with_permission_serves_nobody_without(self) -> None:
        async def loopback(host: str) -> list[str]:
            return ["127.0.0.1"]

        async def run(url: str) -> None:
            http_protocol = protocol(loopback)
            assert (await http_protocol.fetch(url, ALLOWED)).content == b"x"
            with pytest.raises(FetchFailure):
                await http_protocol.fetch(url, {})
            await http_protocol.close()

        with serve(http(200, b"x")) as server:
            asyncio.run(run(server.url(host="intranet.example")))
            assert len(server.requests) == 1
