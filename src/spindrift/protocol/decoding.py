"""Bodies as servers send them, decoded while they arrive and never to more than a limit."""

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import brotli
import zstandard

MAX_ENCODINGS = 5
"""Encodings that may be stacked on one body; nobody needs two, a hostile server may claim a thousand."""

_PIECE = 65536
_ZSTD_WINDOW = 8 * 1024 * 1024  # what RFC 9659 lets a server use for the encoding "zstd"
_ZSTD_SLICE = 256  # 4 bytes of zstd can stand for a block of 128 kB, and its output cannot be limited otherwise

Sink = Callable[[bytes], None]


class ContentLimitReachedError(Exception):
    """The decoded body is as long as the limit, and there would be more."""


class UndecodableError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    """One encoding: takes encoded pieces, hands decoded ones on to its sink."""

    def write(self, data: bytes) -> None:
        """Decode `data`. Raises UndecodableError, and whatever the sink raises."""
        ...

    def is_complete(self) -> bool:
        """Whether the encoded stream has reached its end (or never began)."""
        ...


class BodyCollector:
    """Puts a body together from the pieces that arrive, through the decoders that its Content-Encoding names.

    `limit` is the most decoded bytes that are kept, None for no limit.
    """

    def __init__(self, encodings: Sequence[str], limit: int | None) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._limit = limit
        self._decoders: list[Decoder] = []
        self.feed: Sink = self._keep
        """Take the next piece. Raises ContentLimitReachedError when the limit is passed, UndecodableError."""
        for encoding in encodings:  # in the order they were applied: the last one is undone first
            decoder = _DECODERS[encoding](self.feed)
            self._decoders.append(decoder)
            self.feed = decoder.write

    def content(self) -> bytes:
        """What has been kept so far."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def is_complete(self) -> bool:
        """Whether every encoding has reached its end; False for a compressed body that was cut off."""
        return all(decoder.is_complete() for decoder in self._decoders)

    def _keep(self, data: bytes) -> None:
        if self._limit is not None and self._size + len(data) > self._limit:
            room = self._limit - self._size
            self._pieces.append(data[:room])
            self._size = self._limit
            raise ContentLimitReachedError
        self._pieces.append(data)
        self._size += len(data)


def known_encodings(header_values: Sequence[str]) -> list[str]:
    """The encodings of the Content-Encoding header(s) in the order they were applied, without `identity`.

    Encodings that nobody registered ("utf-8", "none") are passed over, as browsers do.
    Raises UndecodableError where more are stacked than `MAX_ENCODINGS`.
    """
    names = [name.strip().lower() for value in header_values for name in value.split(",")]
    known = [name for name in names if name in _DECODERS]
    if len(known) > MAX_ENCODINGS:
        raise UndecodableError(f"{len(known)} encodings on top of each other")
    return known


class _Gzip:
    """gzip (RFC 1952), also of several members; what follows the last is ignored, as browsers and gunzip do."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._inflater = zlib.decompressobj(wbits=31)
        self._begun = False
        self._ended = False

    def write(self, data: bytes) -> None:
        while data and not self._ended:
            if self._inflater.eof:
                # Between members: zero padding, another member, or garbage.
                data = data.lstrip(b"\0")
                if not data:
                    return
                if data[0] != 0x1F:
                    self._ended = True
                    return
                self._inflater = zlib.decompressobj(wbits=31)
            self._begun = True
            data = _inflate(self._inflater, data, self._sink)

    def is_complete(self) -> bool:
        return self._inflater.eof or not self._begun


class _Deflate:
    """`deflate`: zlib (RFC 1950) as the standard says, or raw deflate (RFC 1951) as some servers send."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._head = b""
        self._inflater: zlib._Decompress | None = None

    def write(self, data: bytes) -> None:
        if self._inflater is None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return
            zlib_wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(wbits=15 if zlib_wrapped else -15)
        if not self._inflater.eof:
            _inflate(self._inflater, data, self._sink)

    def is_complete(self) -> bool:
        return self._inflater.eof if self._inflater is not None else not self._head


def _inflate(inflater: "zlib._Decompress", data: bytes, sink: Sink) -> bytes:
    """Inflate all of `data` in bounded pieces; what follows the end of the stream is returned."""
    try:
        while data:
            decoded = inflater.decompress(data, _PIECE)
            if decoded:
                sink(decoded)
            if inflater.eof:
                return inflater.unused_data
            data = inflater.unconsumed_tail
            if not data and len(decoded) == _PIECE:
                # All input is taken, and more output is held back.
                _drain(inflater, sink)
    except zlib.error as error:
        raise UndecodableError(str(error)) from None
    return b""


def _drain(inflater: "zlib._Decompress", sink: Sink) -> None:
    while decoded := inflater.decompress(b"", _PIECE):
        sink(decoded)


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._decompressor = brotli.Decompressor()
        self._begun = False

    def write(self, data: bytes) -> None:
        if self._decompressor.is_finished():
            return
        self._begun = True
        try:
            decoded = self._decompressor.process(data, output_buffer_limit=_PIECE)
            while True:
                if decoded:
                    self._sink(decoded)
                if self._decompressor.can_accept_more_data() or self._decompressor.is_finished():
                    return
                decoded = self._decompressor.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise UndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return bool(self._decompressor.is_finished()) or not self._begun


class _Zstandard:
    """Zstandard (RFC 8878), also of several frames, with windows of at most 8 MiB."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj()
        self._begun = False

    def write(self, data: bytes) -> None:
        position = 0
        try:
            while position < len(data):
                if self._frame.eof:
                    self._frame = self._context.decompressobj()
                piece = data[position : position + _ZSTD_SLICE]
                self._begun = True
                decoded = self._frame.decompress(piece)
                position += len(piece) - (len(self._frame.unused_data) if self._frame.eof else 0)
                if decoded:
                    self._sink(decoded)
        except zstandard.ZstdError as error:
            raise UndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return self._frame.eof or not self._begun


_DECODERS: dict[str, Callable[[Sink], Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstandard,
}
