"""Connections: verified by default, kept for a while, few of them, and never shared with those who may not go there."""

import asyncio
import ssl
from collections.abc import Callable

import pytest
import uvloop

from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.protocol import connections as connections_module
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.response import FetchFailure, Response
from tests.protocol.loopback_server import LoopbackServer, http
from tests.protocol.self_signed import self_signed_tls

ALLOWED: Metadata = {"fetch.private.allowed": ["true"]}


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed_tls(tmp_path_factory.mktemp("tls"))


def fetch(*urls: str, run: Callable[..., Response] = asyncio.run, **conf: object) -> Response:
    """Fetch one after the other and return the last response."""

    async def all_of_them() -> Response:
        protocol = HttpProtocol(Settings({name.replace("__", "."): value for name, value in conf.items()}), "tester")
        try:
            for url in urls:
                response = await protocol.fetch(url, ALLOWED)
            return response
        finally:
            await protocol.close()

    return run(all_of_them())


class TestTLS:
    def test_is_verified(self, self_signed: ssl.SSLContext) -> None:
        with LoopbackServer(lambda request: http(200, b"x"), tls=self_signed) as server:
            with pytest.raises(FetchFailure) as failure:
                fetch(server.url(host="localhost"))
            assert server.requests == []
        assert failure.value.cause == "CertificateError"

    @pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
    def test_is_not_verified_on_request(self, self_signed: ssl.SSLContext, run: Callable[..., Response]) -> None:
        with LoopbackServer(lambda request: http(200, b"x"), tls=self_signed) as server:
            url = server.url(host="localhost")
            response = fetch(url, url, run=run, http__trust__everything=True)
            assert (response.content, response.address) == (b"x", "127.0.0.1")
            assert server.connections == 1, "TLS connections are kept as well"

    def test_with_a_server_that_speaks_none_is_a_failure(self) -> None:
        with LoopbackServer(lambda request: http()) as server, pytest.raises(FetchFailure) as failure:
            fetch(server.url(host="localhost").replace("http:", "https:"), http__timeout=2000)
        assert failure.value.cause in ("TLSError", "Socket timeout fetching")


class TestIdleConnections:
    def test_are_bounded_in_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections_module, "MAX_IDLE", 2)
        with LoopbackServer(lambda request: http()) as server:
            fetch(*[server.url(host=f"{name}.localhost") for name in "abca"])
            assert server.connections == 4, "the connection to a was closed when one to c was kept"
            fetch(*[server.url(host=f"{name}.localhost") for name in "abab"])
            assert server.connections == 6

    def test_are_not_kept_after_an_answer_that_was_not_read_to_its_end(self) -> None:
        with LoopbackServer(lambda request: http(200, bytes(1000))) as server:
            fetch(server.url(), server.url(), http__content__limit=10)
            assert server.connections == 2

    def test_are_not_kept_against_the_servers_will(self) -> None:
        with LoopbackServer(lambda request: http(200, b"x", connection="close")) as server:
            fetch(server.url(), server.url())
            assert server.connections == 2

    def test_are_not_used_when_something_unasked_for_has_arrived(self) -> None:
        with LoopbackServer(lambda request: http(200, b"x") + http(200, b"smuggled")) as server:
            assert fetch(server.url(), server.url()).content == b"x"
            assert server.connections == 2
