"""Chunked bodies as browsers read them: a line ends with LF, whether there is a CR before it or not."""

from typing import Final

_MAX_LINE: Final = 16 * 1024
_MAX_TRAILERS: Final = 256 * 1024
_MAX_DIGITS: Final = 15
_HEX: Final = b"0123456789abcdefABCDEF"


class LooseChunks:
    """Takes the framing off a body, piece by piece."""

    def __init__(self) -> None:
        self.over = False
        """Whether the last chunk, and what follows it, has been seen."""
        self._buffer = bytearray()
        self._left = 0
        self._is_behind_chunk = False
        self._trailers: int | None = None

    def feed(self, data: bytes) -> bytes:
        """The content in `data`, which continues what was fed before. Raises ValueError where there are no chunks."""
        self._buffer += data
        content = bytearray()
        while not self.over:
            if self._left:
                piece = self._buffer[: self._left]
                if not piece:
                    break
                content += piece
                del self._buffer[: len(piece)]
                self._left -= len(piece)
                self._is_behind_chunk = not self._left
                continue
            end = self._buffer.find(b"\n")
            if end < 0:
                self._check_unfinished()
                break
            line = bytes(self._buffer[:end]).strip()
            del self._buffer[: end + 1]
            self._take(line)
        return bytes(content)

    def _check_unfinished(self) -> None:
        """Nobody need wait for the end of a line that cannot be one."""
        if len(self._buffer) > _MAX_LINE:
            raise ValueError("a line between two chunks has no end")
        line = bytes(self._buffer).strip()
        if self._is_behind_chunk:
            _check_end(line)
        elif self._trailers is None:
            _digits(line)

    def _take(self, line: bytes) -> None:
        if self._is_behind_chunk:
            _check_end(line)
            self._is_behind_chunk = False
        elif self._trailers is not None:
            self.over = not line
            self._trailers += len(line)
            if self._trailers > _MAX_TRAILERS:
                raise ValueError("there is no end of what follows the last chunk")
        else:
            digits = _digits(line)
            if not digits:
                raise ValueError(f"{line[:40]!r} is no size of a chunk")
            self._left = int(digits, 16)
            if not self._left:
                self._trailers = 0


def _check_end(line: bytes) -> None:
    """Of a line, or its beginning, behind a chunk."""
    if line:
        raise ValueError("a chunk does not end where its size says")


def _digits(line: bytes) -> bytes:
    """The size in a line, or in its beginning."""
    digits = line.partition(b";")[0].strip()
    if len(digits) > _MAX_DIGITS or digits.strip(_HEX):
        raise ValueError(f"{line[:40]!r} is no size of a chunk")
    return digits
