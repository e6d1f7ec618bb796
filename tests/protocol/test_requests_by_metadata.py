"""What a request carries: configuration, the metadata of its URL, credentials. The same with every HTTP client."""

import logging
from typing import Any, ClassVar

import pytest

from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.protocol.authorization import credentials_by_host
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol
from spindrift.protocol.requests_http import RequestsProtocol
from tests.protocol.fetching_with import ALLOWED, fetch, fetch_all, settings
from tests.protocol.loopback_server import LoopbackServer, Request, http

BASIC = "Basic bWU6c2VzYW1l"  # me:sesame
both = pytest.mark.parametrize("kind", [HttpProtocol, RequestsProtocol])


def echo() -> LoopbackServer:
    return LoopbackServer(lambda request: http(200, b"x"))


def sent(kind: type[Protocol], metadata: Metadata | None = None, **conf: Any) -> Request:
    """The request for one URL, as it arrived."""
    with echo() as server:
        fetch(server.url("/a"), metadata, kind, **conf)
        (request,) = server.requests
        return request


@both
class TestHeaders:
    def test_of_a_url_stand_above_those_of_the_configuration(self, kind: type[Protocol]) -> None:
        asked: Metadata = {"http.accept": ["application/pdf"], "http.accept.language": ["ast"]}
        headers = sent(kind, asked, http__accept="text/html").headers
        assert (headers["accept"], headers["accept-language"]) == ("application/pdf", "ast")

    def test_can_be_set_for_all_requests(self, kind: type[Protocol]) -> None:
        headers = sent(kind, http__custom__headers=["X-Purpose = research, mostly", "accept=text/plain"]).headers
        assert headers["x-purpose"] == "research, mostly"
        assert headers["accept"] == "text/plain"

    @pytest.mark.parametrize("key", ["set-header", "protocol.set-header"])
    def test_can_be_set_for_one_request(self, kind: type[Protocol], key: str) -> None:
        headers = sent(kind, {key: ["X-One=1", "X-Two=a=b", "Accept=x/y"]}).headers
        assert (headers["x-one"], headers["x-two"], headers["accept"]) == ("1", "a=b", "x/y")

    @pytest.mark.parametrize(
        "evil", ["X: y\r\nX-Evil=1", "Host=other", "Content-Length=5", "Authorization=Basic x", "=1", "X"]
    )
    def test_that_would_break_the_request_are_left_out(self, kind: type[Protocol], evil: str) -> None:
        request = sent(kind, {"set-header": [evil]})
        assert not {"x-evil", "x", "content-length", "authorization"} & set(request.headers)
        assert request.headers["host"].startswith("127.0.0.1")

    def test_of_one_request_hold_no_line_break(self, kind: type[Protocol]) -> None:
        headers = sent(kind, {"set-header": ["X-One=1\r\nX-Evil: 1"]}).headers
        assert headers["x-one"] == "1 X-Evil: 1"
        assert "x-evil" not in headers

    def test_name_the_page_that_led_to_a_url_where_that_is_wanted(self, kind: type[Protocol]) -> None:
        path = {"url.path": ["http://seed.example/", "http://b.example/p?q#top"]}
        assert sent(kind, path, http__referer=True).headers["referer"] == "http://b.example/"
        assert "referer" not in sent(kind, path).headers

    def test_that_a_server_suggests_are_not_kept(self, kind: type[Protocol]) -> None:
        with LoopbackServer(lambda request: http(200, set_header="X-Evil=1")) as server:
            assert "set-header" not in fetch(server.url(), kind=kind).headers


@both
class TestMethods:
    def test_head_brings_headers_alone(self, kind: type[Protocol]) -> None:
        def script(request: Request) -> bytes:
            return b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Encoding: gzip\r\n\r\n"

        with LoopbackServer(script) as server:
            response = fetch(server.url("/a"), {"http.method.head": ["true"]}, kind)
        assert [request.method for request in server.requests] == ["HEAD"]
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["content-length"] == ["1000"]

    def test_post_sends_json(self, kind: type[Protocol]) -> None:
        request = sent(kind, {"http.post.json": ['{"q": "é"}']})
        assert request.headers["content-type"] == "application/json; charset=utf-8"
        assert (request.method, request.body) == ("POST", '{"q": "é"}'.encode())


@both
class TestContentLimits:
    @pytest.mark.parametrize(("limit", "kept"), [("4", b"0123"), ("-1", b"0123456789"), ("nonsense", b"012345")])
    def test_of_a_url_stand_above_that_of_the_configuration(
        self, kind: type[Protocol], limit: str, kept: bytes
    ) -> None:
        with LoopbackServer(lambda request: http(200, b"0123456789")) as server:
            response = fetch(server.url(), {"http.content.limit": [limit]}, kind, http__content__limit=6)
        assert response.content == kept


@both
class TestCredentials:
    CONF: ClassVar[dict[str, Any]] = {
        "http__basicauth__user": "me",
        "http__basicauth__password": "sesame",
        "http__basicauth__hosts": ["a.localhost"],
    }

    def test_go_to_the_hosts_that_are_named(self, kind: type[Protocol]) -> None:
        with echo() as server:
            urls = [server.url("/", host) for host in ("a.localhost", "b.localhost", "sub.a.localhost", "127.0.0.1")]
            fetch_all([(url, ALLOWED) for url in urls], kind, **self.CONF)
            assert [request.headers.get("authorization") for request in server.requests] == [BASIC, None, None, None]

    def test_of_one_host_and_port(self, kind: type[Protocol]) -> None:
        with echo() as server, echo() as other:
            place = f"127.0.0.1:{server.port}"
            conf: dict[str, Any] = {
                f"http__basicauth__user__{place}": "me",
                f"http__basicauth__password__{place}": "sesame",
            }
            fetch_all([(server.url(), ALLOWED), (other.url(), ALLOWED)], kind, **conf)
            assert server.requests[0].headers["authorization"] == BASIC
            assert "authorization" not in other.requests[0].headers

    def test_in_urls_are_not_sent(self, kind: type[Protocol]) -> None:
        with echo() as server:
            fetch(server.url("/a").replace("://", "://me:sesame@"), kind=kind)
            assert "authorization" not in server.requests[0].headers

    def test_are_neither_logged_nor_among_what_is_stored(
        self, kind: type[Protocol], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG), echo() as server:
            response = fetch(server.url("/", "a.localhost"), kind=kind, http__store__headers=True, **self.CONF)
        assert server.requests[0].headers["authorization"] == BASIC
        for secret in ("sesame", BASIC.removeprefix("Basic ")):
            assert secret not in caplog.text
            assert secret not in str(response.headers | response.verbatim)


def test_a_password_without_hosts_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="which hosts may get the password") as refusal:
        credentials_by_host(settings({"http__basicauth__user": "me", "http__basicauth__password": "sesame"}))
    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize("header", ["no blanks=x", "no equals sign", "Nothing", "Host=x", "Accept-Encoding=br", "é=1"])
def test_custom_headers_that_cannot_be_sent_are_refused(header: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be set"):
        fetch("http://127.0.0.1/", http__custom__headers=[header])


class TestHeadsForArchives:
    def test_are_kept_on_request(self) -> None:
        answer = b"HTTP/1.1 200 Fine\r\nX-Odd:   a  b\r\nX-Odd: \xe9\r\nContent-Length: 1\r\n\r\nx"
        with LoopbackServer(lambda request: answer) as server:
            response = fetch(server.url("/a?b"), http__store__headers=True)
        (request,) = response.verbatim["_request.headers_"]
        assert request.startswith(
            f"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUser-Agent: tester/1.0 (a test)\r\n"
        )
        assert request.endswith("\r\n\r\n")
        (head,) = response.verbatim["_response.headers_"]
        assert head == "HTTP/1.1 200 Fine\r\nX-Odd: a  b\r\nX-Odd: é\r\nContent-Length: 1\r\n\r\n"
        assert response.verbatim["_response.ip_"] == ["127.0.0.1"]
        assert response.verbatim["_protocol_versions_"] == ["HTTP/1.1"]
        assert response.verbatim["_request.time_"][0].isdigit()

    def test_cost_nothing_otherwise(self) -> None:
        with echo() as server:
            assert fetch(server.url()).verbatim == {}
