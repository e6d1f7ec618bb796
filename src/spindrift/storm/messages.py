"""Multilang messages as bytes: Storm's JSON, and our MessagePack."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
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
            return _encode(message).encode() + _END
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


def _default(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: b64encode(value).decode("ascii")}
    raise TypeError(f"JSON has no {type(value).__name__}")


def _decoded(value: dict[str, Any]) -> Any:
    if len(value) == 1 and type(text := value.get(_BYTES)) is str:
        return b64decode(text, validate=True)
    return value


_MARK: Final = f'"{_BYTES}"'.encode()
_encode: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_default).encode
