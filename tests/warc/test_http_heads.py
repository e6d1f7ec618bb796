"""Heads of HTTP messages in archives: made safe for readers, and restored by a replay."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spindrift.warc.heads import archived_request, archived_response, parse_response, split_message


def head(*lines: str) -> str:
    return "\r\n".join(lines) + "\r\n\r\n"


class TestArchivedResponse:
    def test_is_left_alone_where_readers_understand_it(self) -> None:
        sent = head("HTTP/1.1 200 OK", "Server: x", "Content-Length: 12")
        assert archived_response(sent, 12) == sent

    def test_masks_what_would_make_readers_decode_once_more(self) -> None:
        sent = head("HTTP/1.1 200 OK", "Content-Encoding: gzip", "transfer-encoding: chunked", "content-length: 7")
        assert archived_response(sent, 12) == head(
            "HTTP/1.1 200 OK",
            "X-Crawler-Content-Encoding: gzip",
            "X-Crawler-transfer-encoding: chunked",
            "X-Crawler-content-length: 7",
            "Content-Length: 12",
        )

    @pytest.mark.parametrize(
        ("line", "archived"),
        [
            ("HTTP/2 200", "HTTP/1.1 200"),
            ("h2 200 Fine", "HTTP/1.1 200 Fine"),
            ("HTTP/1.0 404 Not Found", "HTTP/1.0 404 Not Found"),
            ("nonsense", "nonsense"),
        ],
    )
    def test_has_a_status_line_that_readers_know(self, line: str, archived: str) -> None:
        assert archived_response(head(line), 0) == head(archived)

    def test_has_no_lines_that_are_no_headers_and_ends_once(self) -> None:
        assert archived_response("HTTP/1.1 200 OK\r\nno colon\r\n\r\nA: b", 0) == head("HTTP/1.1 200 OK", "A: b")

    def test_masks_a_length_that_is_no_number(self) -> None:
        assert "Content-Length: 3" in archived_response(head("HTTP/1.1 200 OK", "Content-Length: many"), 3)


def test_a_request_gets_a_version_that_readers_know() -> None:
    assert archived_request(head("GET / HTTP/2", "Host: a")) == head("GET / HTTP/1.1", "Host: a")
    assert archived_request(head("GET / HTTP/1.1", "Host: a")) == head("GET / HTTP/1.1", "Host: a")


NAMES = st.sampled_from(["Content-Length", "content-length", "Content-Encoding", "Transfer-Encoding", "Server", "ETag"])
HEADERS = st.lists(st.tuples(NAMES, st.text("abc:=123", min_size=1)), max_size=6)


@given(HEADERS, st.integers(0, 99))
@example([("Content-Length", "1"), ("Content-Length", "11")], 1)
def test_what_was_masked_is_restored(headers: list[tuple[str, str]], length: int) -> None:
    sent = head("HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers))
    restored = parse_response(archived_response(sent, length))
    assert restored.headers == headers


def test_values_that_are_no_utf_8_are_latin_1() -> None:
    text, body = split_message(b"HTTP/1.1 200 OK\nA: caf\xe9\nB: caf\xc3\xa9\n\nbody\n\nmore")
    assert body == b"body\n\nmore"
    assert parse_response(text).lists() == {"a": ["café"], "b": ["café"]}


def test_a_block_without_status_line_is_refused() -> None:
    with pytest.raises(ValueError, match="no HTTP status line"):
        parse_response("<html>\r\n\r\n")
