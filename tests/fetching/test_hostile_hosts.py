"""Hosts that are wrong from the start: names, certificates, connections, robots.txt. The crawl goes on."""

import asyncio
import socket
import ssl
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from spindrift.fetching.outcomes import Failed, Page, Postponed, Refused
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import LoopbackServer, Request, http
from tests.protocol.self_signed import self_signed_tls

SKIP_ROBOTS = {"http__robots__file__skip": True}


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed_tls(tmp_path_factory.mktemp("tls"))


@contextmanager
def resetting() -> Iterator[int]:
    """The port of a server that resets every connection when it has read something."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_connection_that_is_reset_is_a_failure() -> None:
    with resetting() as port, EngineRun(**SKIP_ROBOTS) as run:
        (outcome,) = run.fetch([f"http://127.0.0.1:{port}/"])
    assert isinstance(outcome, Failed)
    assert outcome.cause in ("ConnectionResetError", "ServerDisconnected")


def test_a_reset_on_the_way_to_robots_txt_is_not_now() -> None:
    with resetting() as port, EngineRun() as run:
        (outcome,) = run.fetch([f"http://127.0.0.1:{port}/"])
    assert isinstance(outcome, Postponed)
    assert outcome.cause.startswith("robots.txt: ")


def test_a_certificate_that_nobody_vouches_for_is_a_failure(self_signed: ssl.SSLContext) -> None:
    with LoopbackServer(lambda request: http(200), tls=self_signed) as server, EngineRun(**SKIP_ROBOTS) as run:
        (outcome,) = run.fetch([server.url("/", "localhost")])
        assert server.requests == []
    assert isinstance(outcome, Failed)
    assert outcome.cause == "CertificateError"


def test_a_host_that_is_not_known_is_not_now_and_a_failure_without_robots() -> None:
    with EngineRun() as run:
        (not_now,) = run.fetch(["http://nowhere.example/"])
    with EngineRun(**SKIP_ROBOTS) as run:
        (failed,) = run.fetch(["http://nowhere.example/"])
    assert isinstance(not_now, Postponed)
    assert "Unknown host" in not_now.cause
    assert failed == Failed("Unknown host")


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "FILE:///etc/passwd", "file:/etc/passwd", "\\\\host\\share"]
)
def test_a_redirect_to_a_file_leads_nowhere_and_reads_nothing(location: str) -> None:
    answers = {"/robots.txt": http(404), "/": http(302, location=location)}
    server = LoopbackServer(lambda request: answers.get(request.path, http(404)))
    with server, EngineRun(protocols=["http", "https", "file"]) as run:
        (outcome,) = run.fetch([server.url()])
        target = getattr(outcome, "target", "http:")
    assert target.startswith("http:")


@pytest.mark.parametrize("path", ["file:///etc/passwd", "file:///dev/zero"])
def test_a_file_that_the_web_names_is_refused(path: str) -> None:
    with EngineRun(protocols=["http", "file"]) as run:
        run.submit(path, {"fetch.private.allowed": ["true"], "url.path": ["http://web.example/"]})
        run.submit(path + "?", {})
        run.wait()
        assert run.outcomes == {path: Refused("file: from the web"), path + "?": Refused("file: from the web")}


def test_a_robots_txt_of_100_mb_is_read_as_far_as_the_limit() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nUser-agent: *\nDisallow: /secret\n")
        line = b"# nothing to see here\n" * 3000
        while sent < 100_000_000:
            writer.write(line)
            await writer.drain()
            sent += len(line)

    def script(request: Request) -> object:
        return endless if request.path == "/robots.txt" else http(200, b"page")

    tracemalloc.start()
    try:
        with LoopbackServer(script) as server, EngineRun() as run:  # type: ignore[arg-type]
            page, secret = run.fetch([server.url("/page"), server.url("/secret")])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(page, Page)
    assert secret == Refused("robots.txt")
    assert sent < 20_000_000, "the connection is closed at the limit, but for what the machine holds in between"
    assert peak < 40_000_000
