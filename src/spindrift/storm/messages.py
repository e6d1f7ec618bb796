"""Multilang messages as bytes: Storm's JSON, and our MessagePack."""

import json
from base64 import b64decode, b64encode
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest
from typing import Any, Final, Protocol

_END: Final = b"\nend\n"
_BYTES: Final = "$bytes"
"""The only key of an object that stands for bytes, which JSON does not have."""


class Framing(Protocol):
    """One end of the protocol."""

    def pack(self, message: Any) -> bytes:
        """A message. Raises TypeError, ValueError or OverflowError for what cannot be carried."""

    def feed(self, data: bytes) -> None:
        """What was read."""

    def messages(self) -> Iterator[Any]:
        """Those that have been read as a whole."""


class JsonFraming:
    """JSON, each message ended by a line `end`. Bytes are base64 in an object of their own, on the way only."""

    def __init__(self) -> None:
        self._read = bytearray()
        self._searched = 0

    def pack(self, message: Any) -> bytes:
        """See `Framing`. NaN and infinity cannot be carried either: Storm would not read the message.

        Nor can a direct emit: Storm 2.8 takes no `task` in JSON (it casts an Integer to Long), and its worker ends.
        """
        if isinstance(message, dict) and message.get("command") == "emit" and "task" in message:
            raise ValueError(
                "Storm takes direct emits in MessagePack only: make the JAR by `spindrift jar --msgpack`, and set "
                "topology.multilang.serializer"
            )
        try:
            return _packed(message) + _END
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    def feed(self, data: bytes) -> None:
        """See `Framing`."""
        self._read += data

    def messages(self) -> Iterator[Any]:
        """See `Framing`."""
        start = 0
        while (end := self._read.find(_END, max(self._searched, start))) >= 0:
            message = bytes(self._read[start:end])
            start = end + len(_END)
            yield json.loads(message, object_hook=_decoded if _MARK in message else None)
        del self._read[:start]
        self._searched = max(0, len(self._read) - len(_END))


class MessagePackFraming:
    """MessagePack, which carries bytes as they are."""

    def __init__(self) -> None:
        from spindrift.local.wire import pack, unpacker

        self.pack = pack
        self._unpacker = unpacker()

    def feed(self, data: bytes) -> None:
        """See `Framing`."""
        self._unpacker.feed(data)

    def messages(self) -> Iterator[Any]:
        """See `Framing`."""
        return iter(self._unpacker)


def _packed(message: Any) -> bytes:
    """In JSON. Bytes are put in when all else is encoded: the encoder looks at each character, for 3 times as long as
    base64 itself takes.
    """
    texts: list[bytes] = []

    def default(value: Any) -> dict[str, None]:
        texts.append(b2a_base64(_carried(value), newline=False))
        return {_BYTES: None}

    parts = _encoder(default).encode(message).encode().split(_HOLE)
    if len(parts) != len(texts) + 1:  # the message has such an object of its own
        return _encoder(lambda value: {_BYTES: b64encode(_carried(value)).decode("ascii")}).encode(message).encode()
    filled = (b'{%b:"%b"}' % (_MARK, text) for text in texts)
    return b"".join(chain.from_iterable(zip_longest(parts, filled, fillvalue=b"")))


def _decoded(value: dict[str, Any]) -> Any:
    if len(value) == 1 and type(text := value.get(_BYTES)) is str:
        return b64decode(text, validate=True)
    return value


def _carried(value: Any) -> bytes | bytearray | memoryview:
    if isinstance(value, bytes | bytearray | memoryview):
        return value
    raise TypeError(f"JSON has no {type(value).__name__}")


def _encoder(default: Callable[[Any], Any]) -> json.JSONEncoder:
    return json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=default)


_MARK: Final = f'"{_BYTES}"'.encode()
_HOLE: Final = f'{{"{_BYTES}":null}}'.encode()
"""Within a string it would have backslashes."""
