"""Answers that are whole and followed by anything, and heads that are none: what browsers take, we take."""

import asyncio

import pytest

from spindrift.protocol.response import FetchFailure
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, http
from tests.protocol.test_http_protocol import fetch, serve

OK = b"HTTP/1.1 200 OK\r\n"
JUNK = b"\x00\xff garbage after\r\n\r\n" * 100


def pieces(*parts: bytes) -> Answer:
    """Each part in a segment of its own, and the connection left open."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return answer


def content_of(answer: Answer) -> bytes:
    with serve(answer) as server:
        response = fetch(server.url("/"))
    assert response.status_code == 200
    assert response.trimmed == ""
    return response.content


@pytest.mark.parametrize(
    "answer",
    {
        "a length": OK + b"Content-Length: 4\r\n\r\nbody" + JUNK,
        "chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n" + JUNK,
        "an announcement before": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nbody" + JUNK,
        "a broken answer": OK + b"Content-Length: 4\r\n\r\nbody" + OK + b"Content-Length: none\r\n\r\nother",
    }.items(),
    ids=lambda item: item[0],
)
def test_an_answer_that_is_whole_counts_whatever_follows_it(answer: tuple[str, bytes]) -> None:
    assert content_of(answer[1]) == b"body"
    assert content_of(pieces(answer[1][:40], answer[1][40:])) == b"body"
    assert content_of(pieces(answer[1], JUNK)) == b"body"


def test_a_connection_with_more_than_the_answer_is_not_used_again() -> None:
    connections: list[int] = []

    def answer(request: Request) -> Answer:
        connections.append(request.connection)
        return OK + b"Content-Length: 4\r\n\r\nbody" + JUNK

    with LoopbackServer(answer) as server:
        assert fetch(server.url("/"), times=2).content == b"body"
    assert len(set(connections)) == 2


@pytest.mark.parametrize(
    "headers",
    {
        "many": b"".join(b"X-%d: some value\r\n" % number for number in range(500)),
        "cookies": b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"x" * 40) for number in range(1000)),
        "one long": b"X: " + b"y" * 60_000 + b"\r\n",
        "no colon": b"A: b\r\na line without a colon\r\n",
    }.items(),
    ids=lambda item: item[0],
)
def test_heads_that_browsers_take_are_taken(headers: tuple[str, bytes]) -> None:
    whole = OK + headers[1] + b"Content-Length: 4\r\n\r\nbody"
    assert content_of(whole) == b"body"
    assert content_of(pieces(whole[:37], whole[37:])) == b"body"


def test_a_line_without_a_colon_takes_no_other_header_along() -> None:
    with serve(OK + b"A: b\r\nstray\r\n C\r\nD: e\r\nContent-Length: 4\r\n\r\nbody" + JUNK) as server:
        response = fetch(server.url("/"))
    assert response.content == b"body"
    assert response.headers["d"] == ["e"]


@pytest.mark.parametrize(
    "head",
    [
        b"X: " + b"y" * 1_000_000,
        b"X: y\r\n" * 100_000,
        b"no colon\r\n" + b"X: y\r\n" * 100_000,
        b"no colon\r\nContent-Length: x",
    ],
    ids=["one header", "many", "many after a stray line", "a length that is none"],
)
def test_what_is_more_than_browsers_take_is_no_answer(head: bytes) -> None:
    with serve(OK + head + b"\r\n\r\nbody") as server, pytest.raises(FetchFailure) as failure:
        fetch(server.url("/"))
    assert failure.value.cause == "InvalidResponse"


def test_the_next_page_of_such_a_host_is_its_own() -> None:
    with serve(
        OK + b"Content-Length: 4\r\n\r\nbody" + OK + b"Content-Length: 5\r\n\r\nother", http(200, b"own")
    ) as one:
        assert fetch(one.url("/"), times=2).content == b"own"
