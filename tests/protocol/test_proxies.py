"""Proxies: which one, when, with what, and what they must not change."""

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Any

import pytest

from spindrift.errors import ConfigurationError
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol
from spindrift.protocol.proxies import Proxies, Proxy, Rotation
from spindrift.protocol.requests_http import RequestsProtocol
from spindrift.protocol.response import FetchFailure
from tests.protocol.fetching_with import ALLOWED, fetch, fetch_all, settings
from tests.protocol.loopback_proxy import LoopbackProxy
from tests.protocol.loopback_server import LoopbackServer, http
from tests.protocol.self_signed import self_signed_tls

BASIC = "Basic bWU6c2VzYW1l"  # me:sesame
both = pytest.mark.parametrize("kind", [HttpProtocol, RequestsProtocol])


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed_tls(tmp_path_factory.mktemp("tls"))


def site() -> LoopbackServer:
    return LoopbackServer(lambda request: http(200, b"page"))


@both
class TestAProxy:
    def test_gets_the_whole_url(self, kind: type[Protocol]) -> None:
        with site() as server, LoopbackProxy() as proxy:
            url = server.url("/a?b", "somewhere.example")
            response = fetch(url, kind=kind, http__proxy=proxy.url)
            assert proxy.seen == [f"GET {url} HTTP/1.1"]
            assert server.requests[0].headers["host"] == f"somewhere.example:{server.port}"
        assert (response.content, response.address, response.is_public) == (b"page", "", True)

    def test_is_left_out_where_the_url_says_so(self, kind: type[Protocol]) -> None:
        with site() as server, LoopbackProxy() as proxy:
            fetch(server.url(), {"http.proxy.skip": ["true"]}, kind, http__proxy=proxy.url)
            assert (proxy.seen, server.paths()) == ([], ["/"])

    def test_is_given_by_its_parts_as_well(self, kind: type[Protocol]) -> None:
        conf: dict[str, Any] = {
            "http__proxy__host": "127.0.0.1",
            "http__proxy__user": "me",
            "http__proxy__pass": "sesame",
        }
        with site() as server, LoopbackProxy(BASIC) as proxy:
            assert fetch(server.url(), kind=kind, http__proxy__port=proxy.port, **conf).content == b"page"

    def test_alone_gets_its_password(self, kind: type[Protocol], caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG), site() as server, LoopbackProxy(BASIC) as proxy:
            conf: dict[str, Any] = {
                "http__proxy": proxy.url.replace("://", "://me:sesame@"),
                "http__store__headers": True,
            }
            response = fetch(server.url(), kind=kind, **conf)
            assert response.content == b"page"
            assert proxy.authorizations == [BASIC]
            assert "proxy-authorization" not in server.requests[0].headers
        assert "sesame" not in caplog.text
        assert BASIC.removeprefix("Basic ") not in caplog.text + str(response.verbatim)

    @pytest.mark.parametrize("host", ["127.0.0.1", "any.localhost", "[::1]", "inside.example"])
    def test_leads_to_no_private_address(self, kind: type[Protocol], host: str) -> None:
        async def lookup(name: str) -> list[str]:
            return ["10.0.0.1"]

        with site() as server, LoopbackProxy() as proxy:
            with pytest.raises(FetchFailure, match="private address"):
                fetch_all([(server.url("/", host), {})], kind, lookup, http__proxy=proxy.url)
            assert proxy.seen == []

    def test_gives_no_server_more_time(self, kind: type[Protocol]) -> None:
        async def drip(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

        server, timeout = LoopbackServer(lambda request: drip), pytest.raises(FetchFailure, match="Socket timeout")
        with server, LoopbackProxy() as proxy, timeout:
            fetch(server.url(), kind=kind, http__proxy=proxy.url, http__timeout__total="300ms")

    def test_that_is_not_there_is_a_failure(self, kind: type[Protocol]) -> None:
        with pytest.raises(FetchFailure, match=r"ConnectionError|ConnectionRefusedError|ClientConnectorError"):
            fetch("http://somewhere.example/", kind=kind, http__proxy="http://127.0.0.1:1")

    def test_of_the_environment_is_used_on_request_only(
        self, kind: type[Protocol], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with site() as server, LoopbackProxy() as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            fetch(server.url(), kind=kind)
            assert proxy.seen == []
            fetch(server.url(), kind=kind, http__proxy__from__environment=True)
            assert len(proxy.seen) == 1


@both
class TestATunnel:
    def test_carries_https(self, kind: type[Protocol], self_signed: ssl.SSLContext) -> None:
        server = LoopbackServer(lambda request: http(200, b"secret"), tls=self_signed)
        with server, LoopbackProxy(BASIC) as proxy:
            conf: dict[str, Any] = {
                "http__trust__everything": True,
                "http__proxy": proxy.url.replace("://", "://me:sesame@"),
            }
            response = fetch(server.url("/a", "localhost"), kind=kind, **conf)
            assert [line.rpartition(" ")[0] for line in proxy.seen] == [f"CONNECT localhost:{server.port}"]
            assert server.paths() == ["/a"]
            assert "proxy-authorization" not in server.requests[0].headers
        assert response.content == b"secret"

    def test_that_is_refused_is_a_failure(self, kind: type[Protocol]) -> None:
        with LoopbackProxy(BASIC) as proxy, pytest.raises(FetchFailure, match="407"):
            fetch("https://localhost:1/", kind=kind, http__proxy=proxy.url)

    def test_ends_at_the_certificate(self, kind: type[Protocol], self_signed: ssl.SSLContext) -> None:
        server = LoopbackServer(lambda request: http(), tls=self_signed)
        with server, LoopbackProxy() as proxy, pytest.raises(FetchFailure, match="CertificateError"):
            fetch(server.url("/", "localhost"), kind=kind, http__proxy=proxy.url)


class TestRotation:
    @staticmethod
    def turns(rotation: Rotation) -> list[int]:
        proxies = Proxies([Proxy("h", port) for port in (1, 2, 3)], rotation, choice=lambda several: several[-1])
        chosen = [proxies.choose({}) for _ in range(6)]
        return [proxy.port for proxy in chosen if proxy is not None]

    def test_is_one_after_the_other(self) -> None:
        assert self.turns(Rotation.ROUND_ROBIN) == [1, 2, 3, 1, 2, 3]

    def test_is_random(self) -> None:
        assert self.turns(Rotation.RANDOM) == [3] * 6

    def test_is_the_least_used(self) -> None:
        assert sorted(self.turns(Rotation.LEAST_USED)) == [1, 1, 2, 2, 3, 3]
        busy, idle = Proxy("h", 1, used=1, running=1), Proxy("h", 2, used=5)
        assert Proxies([busy, idle], Rotation.LEAST_USED).choose({}) is idle

    def test_counts_no_proxy_whose_request_has_ended(self) -> None:
        proxy = Proxy("127.0.0.1", 1)
        protocol = HttpProtocol(settings({}), "tester")
        protocol._proxies = Proxies([proxy])
        with pytest.raises(FetchFailure):
            fetch_with(protocol, "http://somewhere.example/")
        assert (proxy.used, proxy.running) == (1, 0)


def fetch_with(protocol: Protocol, url: str) -> None:
    asyncio.run(protocol.fetch(url, ALLOWED))


class TestAFile:
    def test_names_a_proxy_a_line(self, tmp_path: Path) -> None:
        file = tmp_path / "proxies.txt"
        file.write_text("# ours\n\n// theirs\nhttp://a.example:8080\nhttp://me:p%40ss@[::1]:3128/\n")
        proxies = Proxies.from_settings(settings({"http__proxy__file": str(file)}))
        assert proxies is not None
        first, second = proxies.choose({}), proxies.choose({})
        assert first is not None
        assert second is not None
        assert (first.host, first.port, first.authorization) == ("a.example", 8080, "")
        assert (second.host, second.port) == ("::1", 3128)
        assert "p@ss" not in repr(second)

    def test_that_is_wrong_is_refused_with_every_line_and_no_password(self, tmp_path: Path) -> None:
        file = tmp_path / "proxies.txt"
        file.write_text("http://me:sesame@nowhere\nsocks5://a:1\nhttp://a:99999\n")
        with pytest.raises(ConfigurationError) as refusal:
            Proxies.from_settings(settings({"http__proxy__file": str(file)}))
        assert [problem.partition(":")[0].rpartition(", ")[2] for problem in refusal.value.problems] == [
            *("line 1", "line 2", "line 3")
        ]
        assert "sesame" not in str(refusal.value)

    @pytest.mark.parametrize("content", [None, "", "# nothing\n"])
    def test_without_any_is_refused(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "proxies.txt"
        if content is not None:
            file.write_text(content)
        with pytest.raises(ConfigurationError, match=r"http\.proxy\.file"):
            Proxies.from_settings(settings({"http__proxy__file": str(file)}))
