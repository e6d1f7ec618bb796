"""Bodies as servers send them, decoded while they arrive and never to more than a limit."""

import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol

import brotli
import zstandard

MAX_ENCODINGS = 5
"""Encodings that may be stacked on one body; nobody needs two, a hostile server may claim a thousand."""

_PIECE = 65536
_ZSTD_WINDOW = 8 * 1024 * 1024  # what RFC 9659 lets a server use for the encoding "zstd"
_ZSTD_SLICE = 128  # 4 bytes of zstd can stand for a block of 128 kB, and its output cannot be limited otherwise


class ContentLimitReachedError(Exception):
    """The decoded body is as long as the limit, and there would be more."""


class UndecodableError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    """One encoding, undone piece by piece."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The next of what `data` stands for, in pieces of bounded size that are made when they are asked for.

        Raises UndecodableError.
        """
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
        self._limit = limit
        self._decoders: list[Decoder] = [_DECODERS[encoding]() for encoding in reversed(encodings)]
        self.size = 0
        """Bytes that are kept."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Undo the encodings of the next piece, the last one that was applied first. Raises UndecodableError.

        Lazily: a small piece may stand for a large body, and whoever asks can stop or wait before each part of it.
        """
        pieces: Iterator[bytes] = iter((data,))
        for decoder in self._decoders:
            pieces = _decode_all(decoder, pieces)
        return pieces

    def keep(self, decoded: bytes) -> None:
        """Take a decoded piece. Raises ContentLimitReachedError when the limit is passed."""
        if self._limit is not None and self.size + len(decoded) > self._limit:
            self._pieces.append(decoded[: self._limit - self.size])
            self.size = self._limit
            raise ContentLimitReachedError
        self._pieces.append(decoded)
        self.size += len(decoded)

    def content(self) -> bytes:
        """What has been kept so far."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def discard(self) -> None:
        """Let go of what has been kept."""
        self._pieces.clear()

    def is_complete(self) -> bool:
        """Whether every encoding has reached its end; False for a compressed body that was cut off."""
        return all(decoder.is_complete() for decoder in self._decoders)


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


def _decode_all(decoder: Decoder, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.decode(piece)


class _Gzip:
    """gzip (RFC 1952), also of several members; what follows the last is ignored, as browsers and gunzip do."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=31)
        self._begun = False
        self._ended = False

    def decode(self, data: bytes) -> Iterator[bytes]:
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
            data = yield from _inflate(self._inflater, data)

    def is_complete(self) -> bool:
        return self._inflater.eof or not self._begun


class _Deflate:
    """`deflate`: zlib (RFC 1950) as the standard says, or raw deflate (RFC 1951) as some servers send."""

    def __init__(self) -> None:
        self._head = b""
        self._inflater: zlib._Decompress | None = None

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return
            zlib_wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(wbits=15 if zlib_wrapped else -15)
        if not self._inflater.eof:
            yield from _inflate(self._inflater, data)

    def is_complete(self) -> bool:
        return self._inflater.eof if self._inflater is not None else not self._head


def _inflate(inflater: "zlib._Decompress", data: bytes) -> Generator[bytes, None, bytes]:
    """Inflate all of `data` in bounded pieces; what follows the end of the stream is returned."""
    try:
        while True:
            decoded = inflater.decompress(data, _PIECE)
            if decoded:
                yield decoded
            if inflater.eof:
                return inflater.unused_data
            data = inflater.unconsumed_tail
            # Where all input is taken and the piece is full, more output may be held back.
            if not data and len(decoded) < _PIECE:
                return b""
    except zlib.error as error:
        raise UndecodableError(str(error)) from None


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._decompressor.is_finished():
            return
        self._begun = True
        try:
            decoded = self._decompressor.process(data, output_buffer_limit=_PIECE)
            # `can_accept_more_data` speaks of input alone: a few bytes, all taken in, may still stand for megabytes.
            while decoded or not (self._decompressor.can_accept_more_data() or self._decompressor.is_finished()):
                if decoded:
                    yield decoded
                decoded = self._decompressor.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise UndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return bool(self._decompressor.is_finished()) or not self._begun


class _Zstandard:
    """Zstandard (RFC 8878), also of several frames, with windows of at most 8 MiB."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj()
        self._begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
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
                    yield decoded
        except zstandard.ZstdError as error:
            raise UndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return self._frame.eof or not self._begun


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstandard,
}
