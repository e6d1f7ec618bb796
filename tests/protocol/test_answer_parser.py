"""Answers that are whole and followed by anything, and heads that are none: what browsers take, we take."""

import asyncio
import time
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.http import HttpProcessingError
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.protocol.answer_parser import AnswerHandler
from spindrift.protocol.head_mending import mended
from spindrift.protocol.response import FetchFailure
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, closing, endless, http
from tests.protocol.test_http_protocol import fetch, serve

OK = b"HTTP/1.1 200 OK\r\n"
PARTS = [
    OK,
    b"Content-Length",
    b":",
    b" ",
    b"4",
    b",",
    b"Transfer-Encoding: chunked",
    b"\r\n",
    b"\n",
    b"\0",
    b"\r",
    b"X: y",
]
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


class Wire(asyncio.Transport):
    """A connection that nothing goes over."""

    def close(self) -> None: ...


def fed(*parts: bytes) -> bytes:
    """The content that an answer has which comes in these parts, to one who reads it meanwhile."""

    async def run() -> bytes:
        handler = AnswerHandler(asyncio.get_running_loop())
        handler.connection_made(Wire())
        handler.expect(head_only=False, silence=60)
        reading = asyncio.create_task(read(handler))
        for part in parts:
            await asyncio.sleep(0)
            handler.data_received(part)
        async with asyncio.timeout(10):
            return await reading

    async def read(handler: AnswerHandler) -> bytes:
        _, body = await handler.read()
        return await body.read()

    return asyncio.run(run())


def split(answer: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The pieces of an answer that is cut at these places."""
    places = [0, *sorted(cut % len(answer) for cut in cuts), len(answer)]
    return (answer[start:end] for start, end in pairwise(places))


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


CHUNKS = b"\r\n4\r\nbody\r\n0\r\n\r\n"
CLOSE = b"Connection: close\r\n"
FAULTS = {
    "a length before chunks": OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + CHUNKS,
    "a length after chunks": OK + b"Transfer-Encoding: Chunked\r\nContent-Length: 900\r\n" + CHUNKS,
    "a length twice": OK + b"Content-Length: 4\r\nA: b\r\ncontent-length: 04\r\n\r\nbody",
    "a length twice in one": OK + b"Content-Length: 4, 4\r\n\r\nbody",
    "a length with a sign": OK + b"Content-Length: +4\r\n\r\nbody",
    "a length and a coding that is none": OK + b"Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody",
    "a NUL": OK + b"X: a\x00b\r\nContent-Length: 4\r\n\r\nbody",
    "a CR": OK + b"X: a\rb: c\r\nContent-Length: 4\r\n\r\nbody",
    "no name": OK + b": a\r\n b\r\nContent-Length: 4\r\n\r\nbody",
    "no name that may be": OK + b"X\xe9 y\0: a\r\nContent-Length: 4\r\n\r\nbody",
    "a blank behind a name": OK + b"X : a\r\nContent-Length : 4\r\n\r\nbody",
    "a line that continues none": OK + b" a\r\nContent-Length: 4\r\n\r\nbody",
    "a version that nobody knows": b"HTTP/1.2 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "two blanks": b"HTTP/1.1  200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "many announcements": b"HTTP/1.1 100 Continue\r\n\r\n" * 300 + OK + b"Content-Length: 4\r\n\r\nbody",
    "faulty announcements": b"HTTP/1.1 103 Hints\r\nstray\r\n\r\n" * 3 + OK + b"stray\r\nContent-Length: 4\r\n\r\nbody",
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_a_head_that_others_look_over_lose_no_page(name: str) -> None:
    answer = FAULTS[name]
    assert content_of(answer) == b"body"
    assert content_of(answer + JUNK) == b"body"
    middle = answer.index(b"\r\n\r\n") // 2
    assert content_of(pieces(answer[:middle], answer[middle:])) == b"body"


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LOOSE = {
    "sizes": b"4\nbody\r\n0\r\n\r\n",
    "chunks": b"4\r\nbody\n0\r\n\r\n",
    "everything": b"4\nbody\n0\n\n",
    "the second chunk": b"2;x=y\r\nbo\r\n2\ndy\n0\n\n",
    "trailers": b"4\nbody\n0\nA: b\nC: d\n\n",
}


@pytest.mark.parametrize("name", LOOSE)
def test_lines_between_chunks_may_end_as_they_like(name: str) -> None:
    head, body = CHUNKED, LOOSE[name]
    assert content_of(head + body) == b"body"
    assert content_of(head + body + JUNK) == b"body"
    assert content_of(b"HTTP/1.1 103 Hints\r\n\r\n" + head + body) == b"body"
    assert content_of(head.replace(b"\r\n\r", b"\r\nContent-Length: 9\r\n\r") + body) == b"body"
    if name != "chunks":  # which aiohttp takes itself
        with LoopbackServer(lambda request: head + body) as server:
            assert fetch(server.url("/"), times=2).content == b"body"
            assert server.connections == 2


@given(st.sampled_from(sorted(LOOSE)), st.lists(st.integers(0, 80), max_size=5))
@settings(max_examples=60)
def test_lines_between_chunks_may_come_in_any_pieces(name: str, cuts: list[int]) -> None:
    assert fed(*split(CHUNKED + LOOSE[name], cuts)) == b"body"


@pytest.mark.parametrize(
    "parts",
    {
        "at once": [CHUNKED + b"4\nbodyX\n"],
        "in the body": [CHUNKED, b"4\nbodyX\n"],
        "later": [CHUNKED + b"4\nbody\n", b"zz\n"],
        "strictly": [CHUNKED, b"4\r\nbody\r\nzz\r\n"],
        "far behind": [CHUNKED + b"5000\r\n" + b"x" * 0x5000, b"\r\nzz\r\n"],
    }.items(),
    ids=lambda item: item[0],
)
def test_chunks_that_are_none_are_a_failure_wherever_they_come(parts: tuple[str, list[bytes]]) -> None:
    with serve(pieces(*parts[1])) as server, pytest.raises(FetchFailure) as failure:
        fetch(server.url("/"), http__timeout="20s")
    assert failure.value.cause in ("InvalidResponse", "IncompleteBody")


@pytest.mark.parametrize("body", [b"4\nbodyX\n", b"4\nbody\nzz\n", b"4\r\nbody\r\nzz\r\n", b"<html>", b"4\r\nbodyX"])
def test_whoever_reads_chunks_that_are_none_is_told_whatever_pieces_they_come_in(body: bytes) -> None:
    for first, second in combinations(range(len(body) + 1), 2):
        with pytest.raises((HttpProcessingError, ClientPayloadError)):
            fed(CHUNKED + body[:first], body[first:second], body[second:])


@pytest.mark.parametrize("body", [b"<html>moved</html>", b"<html>moved</html>\n", b"4\r\nbodyXX\r\n0\r\n\r\n"])
def test_a_redirect_is_one_whatever_its_body_is_and_whatever_pieces_it_comes_in(body: bytes) -> None:
    head = b"HTTP/1.1 301 Moved\r\nLocation: /there\r\nTransfer-Encoding: chunked\r\n\r\n"
    for parts in ([head + body], [head, body], [head[:-2], head[-2:] + body[:1], body[1:]]):
        with serve(pieces(*parts)) as server:
            response = fetch(server.url("/"), http__timeout="20s")
        assert (response.status_code, response.headers["location"]) == (301, ["/there"])


@given(st.lists(st.integers(0, 80), max_size=5))
@settings(max_examples=30)
def test_empty_lines_before_the_head_spoil_nothing(cuts: list[int]) -> None:
    assert fed(*split(b"\r\n\r\n" + CHUNKED + LOOSE["everything"], cuts)) == b"body"


def test_a_large_body_of_such_chunks_waits_for_whoever_reads_it() -> None:
    body = b"".join(b"%x\n%s\n" % (len(piece), piece) for piece in [b"x" * 50_000] * 40)
    assert content_of(CHUNKED + body + b"0\n\n") == b"x" * 2_000_000


def test_a_large_body_with_something_behind_it_is_whole() -> None:
    assert content_of(OK + b"Content-Length: 250000\r\n\r\n" + b"x" * 250_000 + JUNK) == b"x" * 250_000


@pytest.mark.parametrize("length", [b"", b"-4", b"x", b"4, x", b"++4", b"+"])
def test_a_length_that_is_none_counts_for_nothing_where_the_connection_is_closed(length: bytes) -> None:
    assert content_of(closing(OK + CLOSE + b"Content-Length: " + length + b"\r\n\r\nbody")) == b"body"
    assert content_of(closing(b"HTTP/1.0 200 OK\r\nContent-Length: " + length + b"\r\n\r\nbody")) == b"body"


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"many announcements"}))
def test_a_connection_with_a_faulty_head_is_not_used_again(name: str) -> None:
    with LoopbackServer(lambda request: FAULTS[name]) as server:
        assert fetch(server.url("/"), times=2).content == b"body"
        assert server.connections == 2


def test_a_faulty_line_takes_no_other_header_along() -> None:
    head = b"A: b\r\nX: a\x00b\r\n: c\r\nSet-Cookie: d\r\nSet-Cookie: e\r\n\r\n"
    with serve(closing(OK + CLOSE + head)) as server:
        response = fetch(server.url("/"))
    assert response.headers == {"connection": ["close"], "a": ["b"], "x": ["a b"], "set-cookie": ["d", "e"]}


@given(st.binary(max_size=300) | st.lists(st.sampled_from(PARTS), max_size=12).map(b"".join))
def test_what_is_mended_stays_as_it_is(head: bytes) -> None:
    once = mended(head + b"\r\n\r\n")
    assert mended(once) == once
    assert once.count(b"\r\n\r\n") == 1 or once == head + b"\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"X: " + b"y" * 1_000_000,
        b"X: y\r\n" * 100_000,
        b"no colon\r\n" + b"X: y\r\n" * 100_000,
        b"no colon\r\nContent-Length: x",
        b"Content-Length: 4\r\nContent-Length: 3",
        b"Connection: close\r\nContent-Length: 4, 3",
    ],
    ids=["one header", "many", "many after a stray line", "a length that is none", "two lengths", "two in one"],
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


@pytest.mark.parametrize("announced", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"])
def test_silence_after_an_announcement_is_silence(announced: bytes) -> None:
    with LoopbackServer(lambda request: endless(announced, b"", 3600)) as server:
        began = time.monotonic()
        with pytest.raises(FetchFailure) as failure:
            fetch(server.url("/"), http__timeout=300, http__timeout__total="60s")
    assert failure.value.cause == "Socket timeout fetching"
    assert time.monotonic() - began < 30
