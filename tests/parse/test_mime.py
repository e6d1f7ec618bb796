"""Media types: the header, checked against the first bytes."""

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.parse.mime import detect_mime_type, is_html
from tests.labelled_pages import labelled_pages

PNG = b"\x89PNG\r\n\x1a\n\x00\x00"
XML = b'<?xml version="1.0"?>\n'


@pytest.mark.parametrize(
    ("content", "header", "expected"),
    [
        (b"<!DOCTYPE html><p>x", "text/html; charset=utf-8", "text/html"),
        (b"hello", "Text/HTML", "text/html"),
        (b"<!doctype html><p>x", None, "text/html"),
        (b"\n <!-- a --> <html>", None, "text/html"),
        (b"<p class=x>y", "application/octet-stream", "text/html"),
        (b"some <b>text</b>", None, "text/html"),
        (b"<!DOCTYPE html><p>x", "text/plain", "text/html"),
        (b"<html>", "application/json", "text/html"),
        (b"how to write <p> in HTML", "text/plain", "text/plain"),
        (b"%PDF-1.7\n", "text/html", "application/pdf"),
        (PNG, "text/html", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", None, "image/webp"),
        (b"\x1f\x8b\x08\x00", None, "application/gzip"),
        (b"PK\x03\x04\x14", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
        (b"PK\x03\x04\x14", "text/html", "application/zip"),
        (b"BMW builds cars", "text/html", "text/html"),
        (b"BM\x00\x01\x00\x00", None, "image/bmp"),
        (XML + b"<rss version='2.0'>", "text/html", "application/rss+xml"),
        (XML + b"<!-- c --><feed xmlns='x'>", "application/xml", "application/atom+xml"),
        (XML + b"<html xmlns='x'>", "application/xml", "application/xhtml+xml"),
        (XML + b"<urlset>", None, "application/xml"),
        (b'{"a": 1}', None, "application/json"),
        (b'{"a": 1}', "application/ld+json", "application/ld+json"),
        (b"just words", None, "text/plain"),
        (b"\x00\x01\x02\x03abc", None, "application/octet-stream"),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", None, "text/html"),
        (b"", "text/css", "text/css"),
        (b"", None, "text/html"),
        (b"<html>", "not a type", "text/html"),
    ],
)
def test_the_type_of_a_document(content: bytes, header: str | None, expected: str) -> None:
    assert detect_mime_type(content, header) == expected


JUNK = random.Random(7).randbytes(5000)
JAPANESE = "いろはにほへと ちりぬるを わかよたれそ つねならむ"


@pytest.mark.parametrize(
    "content",
    [JUNK, zlib.compress(JUNK), struct.pack("<200i", *range(200)), b"SQLite format 3\x00\x10\x00\x02\x02\x00@  \x00"],
    ids=["random", "compressed", "numbers", "database"],
)
@pytest.mark.parametrize("header", ["text/html", "text/html; charset=utf-8", "application/xhtml+xml"])
def test_binary_data_that_is_declared_as_html_is_binary(content: bytes, header: str) -> None:
    assert detect_mime_type(content, header) == "application/octet-stream"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("words without a tag", "utf-16le"),
        ("words without a tag", "utf-16be"),
        (JAPANESE, "utf-16le"),
        (JAPANESE, "iso-2022-jp"),
        (JAPANESE, "shift_jis"),
        ("<p>words", "utf-16le"),
        ("a slip of the pen: \x02, within a text of some length", "utf-8"),
        ("<p>\0\0\0\0\x01\x02\x03 what a broken program writes", "utf-8"),
    ],
)
def test_text_that_is_declared_as_html_is_html_in_whatever_charset(text: str, charset: str) -> None:
    assert detect_mime_type(text.encode(charset), f"text/html; charset={charset}") == "text/html"


@pytest.mark.parametrize("codec", ["utf-16le", "utf-16be"])
@pytest.mark.parametrize("header", ["text/html", "text/html; charset=utf-8"])
def test_utf16_of_which_nobody_says_so_is_html(codec: str, header: str) -> None:
    assert detect_mime_type("<table><tr><td>some words".encode(codec), header) == "text/html"


def test_no_real_page_is_taken_for_binary_data() -> None:
    pages = list(labelled_pages("index.jsonl"))
    assert len(pages) >= 600
    assert [
        page.url for page in pages if detect_mime_type(page.content, "text/html") == "application/octet-stream"
    ] == []


def test_html_and_xhtml_are_parsed_and_so_is_what_has_no_type() -> None:
    assert [is_html(name) for name in ("text/html", "application/xhtml+xml", "", "text/plain")] == [
        True,
        True,
        True,
        False,
    ]


@given(st.binary(max_size=2000), st.none() | st.text())
def test_any_bytes_have_a_type(content: bytes, header: str | None) -> None:
    assert "/" in detect_mime_type(content, header)
