"""Servers that mean harm, through the real engine: each leaves one outcome, in bounded time, and delays nobody else.

What the protocol alone makes of broken answers is in tests/protocol.
"""

import asyncio
import gzip
import threading

import brotli
import pytest
import zstandard

from spindrift.fetching.outcomes import Failed, Outcome, Page, Redirect
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, closing, endless, http, silent

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LIMIT = 100_000
ZEROS = bytes(20_000_000)


COOKIES = b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"x" * 10_000) for number in range(100))

FAILURES: dict[str, tuple[Answer, str]] = {
    "headers without end": (endless(OK, b"X: y\r\n" * 100), "InvalidResponse"),
    "one header without end": (endless(OK + b"X: ", b"y" * 10_000), "InvalidResponse"),
    "a header of a megabyte": (closing(OK + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"), "InvalidResponse"),
    "headers that drip": (endless(OK, b"X: y\r\n", 0.02), "Socket timeout fetching"),
    "a status line that drips": (endless(b"HTTP/1.1 200 ", b"O", 0.02), "Socket timeout fetching"),
    "empty lines without end": (endless(b"", b"\r\n" * 100, 0.01), "Socket timeout fetching"),
    "a flood of cookies": (closing(OK + COOKIES + b"Content-Length: 1\r\n\r\nx"), "InvalidResponse"),
    "a storm of 100": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "InvalidResponse"),
    "a storm of 103": (endless(b"", b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * 100), "InvalidResponse"),
    "a chunk larger than the world": (closing(CHUNKED + b"FFFFFFFFFFFFFFF\r\nshort"), "IncompleteBody"),
    "a chunk larger than any number": (closing(CHUNKED + b"F" * 17 + b"\r\nshort"), "IncompleteBody"),
    "a chunk less than nothing": (closing(CHUNKED + b"-5\r\nshort"), "IncompleteBody"),
    "a chunk's size without end": (endless(CHUNKED + b"5;", b"x" * 1000, 0.01), "Socket timeout fetching"),
    # Which of the two is seen depends on how much has arrived at once.
    "trailers without end": (
        endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 100),
        "InvalidResponse or IncompleteBody",
    ),
    "a length that is too long": (closing(OK + b"Content-Length: 1000\r\n\r\nshort"), "IncompleteBody"),
    "a length like no other": (closing(OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nx"), "InvalidResponse"),
    "two lengths": (closing(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), "InvalidResponse"),
    "no answer": (closing(b""), "ServerDisconnected"),
    "silence": (silent, "Socket timeout fetching"),
    "HTTP/0.9": (closing(b"<html>a page without a status line</html>"), "InvalidResponse"),
    "HTTP/9.9": (closing(b"HTTP/9.9 200 OK\r\nContent-Length: 1\r\n\r\nx"), "InvalidResponse"),
    "HTTP/2": (closing(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "InvalidResponse"),
    "no number of a status": (closing(b"HTTP/1.1 abc OK\r\n\r\n"), "InvalidResponse"),
    "too large a status": (closing(b"HTTP/1.1 20000 OK\r\nContent-Length: 0\r\n\r\n"), "InvalidResponse"),
}

TRIMMED: dict[str, tuple[Answer, str]] = {
    "a body without end or length": (endless(OK + b"\r\n", b"x" * 10_000), "length"),
    "chunks without end": (endless(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), "length"),
    "chunks of one byte": (endless(CHUNKED, b"1\r\nx\r\n" * 1000), "length"),
    "a body that drips": (endless(OK + b"Content-Length: 1000\r\n\r\n", b"x", 0.02), "time"),
    "a gzip bomb": (http(200, gzip.compress(ZEROS), content_encoding="gzip"), "length"),
    "a brotli bomb": (http(200, brotli.compress(ZEROS, quality=5), content_encoding="br"), "length"),
    "a zstd bomb": (http(200, zstandard.compress(ZEROS), content_encoding="zstd"), "length"),
    "a gzip bomb in a gzip bomb": (
        http(200, gzip.compress(gzip.compress(ZEROS)), content_encoding="gzip, gzip"),
        "length",
    ),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """All of them at once, each as a host of its own, and in their midst one that is good."""
    hostile = {name: answer for name, (answer, _) in (FAILURES | TRIMMED).items()}
    hosts = {f"h{number}.localhost": name for number, name in enumerate(hostile)}

    def script(request: Request) -> Answer:
        host, path = request.host, request.path
        if path == "/robots.txt":
            return http(404, connection="close")  # a request that breaks on a kept connection is sent once more
        return hostile[hosts[host]] if host in hosts else http(200, b"good")

    conf = {"http__timeout": 3000, "http__timeout__total": "3s", "http__content__limit": LIMIT}
    with LoopbackServer(script) as server, EngineRun(fetcher__threads__number=50, **conf) as run:
        urls = {name: server.url("/", host) for host, name in hosts.items()}
        good = [server.url(f"/{page}", "good.localhost") for page in range(20)]
        for url in [*urls.values(), *good]:
            run.submit(url)
        pages = run.wait_for(good)
        run.wait()
        assert all(isinstance(page, Page) and page.response.content == b"good" for page in pages)
        assert len(server.requests) == 2 * len(hosts) + 21, "nobody was asked twice"
        return {name: run.outcomes[url] for name, url in urls.items()}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_no_answer_is_a_failure_with_a_cause(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, Failed)
    assert outcome.response is None
    assert outcome.cause in FAILURES[name][1].split(" or ")


@pytest.mark.parametrize("name", TRIMMED)
def test_what_has_no_end_is_a_page_cut_short(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, Page)
    assert outcome.response.trimmed == TRIMMED[name][1]
    assert 0 < len(outcome.response.content) <= LIMIT


def test_a_length_that_is_too_short_poisons_no_other_answer() -> None:
    smuggled = http(200, b"smuggled")
    answers = {"/robots.txt": http(404), "/short": OK + b"Content-Length: 3\r\n\r\nabc" + smuggled}
    with LoopbackServer(lambda request: answers.get(request.path, http(200, b"own"))) as server, EngineRun() as run:
        outcomes = run.fetch([server.url("/short"), server.url("/a"), server.url("/b")])
    contents = [outcome.response.content for outcome in outcomes if isinstance(outcome, Page)]
    assert contents[-2:] == [b"own", b"own"]


def test_nobody_waits_for_hosts_that_keep_silent() -> None:
    speak = threading.Event()

    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(speak.wait)
        writer.write(http(200, b"late"))

    def script(request: Request) -> Answer:
        if request.path == "/robots.txt":
            return http(404)
        return silent if request.host.startswith("silent") else http(200, b"good")

    with LoopbackServer(script) as server, EngineRun() as run:
        late = [server.url("/", f"silent{number}.localhost") for number in range(5)]
        good = [server.url(f"/{page}", "good.localhost") for page in range(20)]
        for url in [*late, *good]:
            run.submit(url)
        run.wait_for(good)
        assert not any(url in run.outcomes for url in late)
        speak.set()
        run.wait()
    assert all(isinstance(run.outcomes[url], Page) for url in late)


def test_a_switch_to_another_protocol_is_a_failure() -> None:
    answer = closing(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc")
    answers = {"/robots.txt": http(404)}
    with LoopbackServer(lambda request: answers.get(request.path, answer)) as server, EngineRun() as run:
        (outcome,) = run.fetch([server.url("/")])
    assert isinstance(outcome, Failed)
    assert outcome.response is not None
    assert outcome.response.status_code == 101


def test_redirects_without_end_are_taken_one_at_a_time() -> None:
    def script(request: Request) -> Answer:
        path = request.path
        return http(404) if path == "/robots.txt" else http(302, location=f"/{int(path[1:]) + 1}")

    with LoopbackServer(script) as server, EngineRun() as run:
        url = server.url("/0")
        for step in range(1, 101):
            (outcome,) = run.fetch([url])
            assert isinstance(outcome, Redirect)
            assert outcome.target == server.url(f"/{step}")
            assert len(server.requests) == 1 + step, "nothing is followed unasked"
            url = outcome.target


def test_a_redirect_to_itself_is_a_redirect_and_asked_for_once() -> None:
    answers = {"/robots.txt": http(404), "/loop": http(301, location="/loop")}
    with LoopbackServer(lambda request: answers[request.path]) as server, EngineRun() as run:
        (outcome,) = run.fetch([server.url("/loop")])
    assert isinstance(outcome, Redirect)
    assert outcome.target == server.url("/loop")
    assert server.paths() == ["/robots.txt", "/loop"]
