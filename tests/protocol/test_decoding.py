"""Bodies decoded while they arrive: however they are cut, whatever they hold, never beyond the limit."""

import gzip
import json
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from spindrift.protocol.decoding import BodyCollector, ContentLimitReachedError, UndecodableError, known_encodings
from tests.shared_data import shared_data


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


def feed(collector: BodyCollector, data: bytes) -> None:
    for piece in collector.decode(data):
        collector.keep(piece)


ENCODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
]


@given(
    st.binary(max_size=2000),
    st.integers(1, 300),
    st.lists(st.sampled_from(ENCODERS), max_size=3),
    st.integers(1, 50),
)
def test_what_was_encoded_comes_back_however_it_is_cut(
    data: bytes, repeat: int, encoders: list[tuple[str, Callable[[bytes], bytes]]], step: int
) -> None:
    data = body = data * repeat
    for _, encode in encoders:
        body = encode(body)
    collector = BodyCollector([name for name, _ in encoders], None)
    step = max(step, len(body) // 100)
    for position in range(0, len(body), step):
        feed(collector, body[position : position + step])
    assert collector.content() == data
    assert collector.is_complete()


@pytest.mark.parametrize(("name", "encode"), ENCODERS)
def test_a_few_bytes_that_stand_for_many_come_back_whole(name: str, encode: Callable[[bytes], bytes]) -> None:
    data = b"This is a long page. " * 100_000
    collector = BodyCollector([name], None)
    feed(collector, encode(data))
    assert collector.is_complete()
    assert collector.content() == data


@given(st.sampled_from(ENCODERS), st.binary(max_size=5000), st.integers(0, 6000))
def test_the_limit_is_exact(encoder: tuple[str, Callable[[bytes], bytes]], data: bytes, limit: int) -> None:
    name, encode = encoder
    collector = BodyCollector([name], limit)
    if len(data) > limit:
        with pytest.raises(ContentLimitReachedError):
            feed(collector, encode(data))
    else:
        feed(collector, encode(data))
    assert collector.content() == data[:limit]


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=500))
def test_garbage_is_undecodable_or_incomplete_but_nothing_else(name: str, garbage: bytes) -> None:
    collector = BodyCollector([name], 100_000)
    try:
        feed(collector, garbage)
    except (UndecodableError, ContentLimitReachedError):
        return
    collector.is_complete()


@pytest.mark.parametrize(("name", "encode"), ENCODERS)
def test_a_body_that_ends_too_early_is_incomplete(name: str, encode: Callable[[bytes], bytes]) -> None:
    collector = BodyCollector([name], None)
    feed(collector, encode(b"some text " * 100)[:-5])
    assert not collector.is_complete()


def test_a_window_that_takes_too_much_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = compressor.compress(b"x" * 1000) + compressor.flush()
    with pytest.raises(UndecodableError, match="memory"):
        feed(BodyCollector(["zstd"], None), body)


SCRAPY: dict[str, list[str]] = {
    "html-br.bin": ["br"],
    "html-gzip.bin": ["gzip"],
    "html-gzip-deflate-gzip.bin": ["gzip", "deflate", "gzip"],
    "html-zstd-static-content-size.bin": ["zstd"],
    "html-zstd-static-no-content-size.bin": ["zstd"],
    "html-zstd-streaming-no-content-size.bin": ["zstd"],
}
BOMBS = {"bomb-br.bin": ["br"], "bomb-deflate.bin": ["deflate"]}
CUT = {"truncated-crc-error-short.gz": ["gzip"]}


def test_bodies_of_scrapy() -> None:
    pages = set()
    for name, encodings in SCRAPY.items():
        collector = BodyCollector(encodings, None)
        feed(collector, shared_data(f"parse/files/{name}").read_bytes())
        assert collector.is_complete(), name
        pages.add(collector.content())
    [page] = pages
    assert page.startswith(b"<!DOCTYPE")
    for name, encodings in BOMBS.items():
        collector = BodyCollector(encodings, 1_000_000)
        with pytest.raises(ContentLimitReachedError):
            feed(collector, shared_data(f"parse/files/{name}").read_bytes())
        assert collector.size == 1_000_000, name
    for name, encodings in CUT.items():
        collector = BodyCollector(encodings, None)
        feed(collector, shared_data(f"parse/files/{name}").read_bytes())
        assert not collector.is_complete(), name
        assert collector.content(), name


def test_none_of_scrapys_bodies_is_left_out() -> None:
    lines = shared_data("parse/cases.jsonl").read_text(encoding="utf-8").splitlines()
    named = {case["file"] for case in map(json.loads, lines) if case["kind"] == "content-encoding"}
    assert named == {*SCRAPY, *BOMBS, *CUT}


def test_encodings_are_named_in_the_order_they_were_applied() -> None:
    assert known_encodings(["GZIP , identity", "br"]) == ["gzip", "br"]
    assert known_encodings(["utf-8", ""]) == []
    with pytest.raises(UndecodableError):
        known_encodings(["gzip," * 6])
