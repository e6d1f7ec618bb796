"""Multilang messages as bytes: Storm's JSON, and our MessagePack."""

import json
import logging
import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, Final, Protocol

log = logging.getLogger(__name__)

_END: Final = b"\nend\n"
_BYTES: Final = "$bytes"
"""The only key of an object that stands for bytes, which JSON does not have. An object of a component's own that looks
like one has one more $ in front of its key on the way.
"""


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
        start, searched, self._searched = 0, self._searched, 0
        try:
            while (end := self._read.find(_END, max(searched, start))) >= 0:
                message = bytes(self._read[start:end])
                start = end + len(_END)
                try:
                    read = json.loads(message, object_hook=_decoded if _KEY in message else None)
                except (ValueError, RecursionError) as error:
                    log.error("a message cannot be read, and is passed over (%s): %.200r", error, message)
                    continue
                yield read
        finally:  # whoever stops reading: none comes twice
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
    encoded, texts = _encoded(message)
    if _may_be_deeper(encoded) and _is_deeper(message, _DEEPEST):
        raise ValueError(f"it is nested too deeply; Storm reads {_DEEPEST - _AROUND} levels of it in JSON")
    if encoded.count(_MARK) != len(texts):  # some key of the message's own looks like it
        encoded, texts = _encoded(_escaped(message))
    filled = (b'{"%b"%b"}' % (_MARK, text) for text in texts)
    return b"".join(chain.from_iterable(zip_longest(encoded.split(_HOLE), filled, fillvalue=b"")))


def _encoded(message: Any) -> tuple[bytes, list[bytes]]:
    """With a hole for each of the base64 texts."""
    texts: list[bytes] = []

    def default(value: Any) -> dict[str, None]:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"JSON has no {type(value).__name__}")
        texts.append(b2a_base64(value, newline=False))
        return {_BYTES: None}

    return json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=default).encode(message).encode(), texts


def _may_be_deeper(encoded: bytes) -> bool:
    """What has fewer brackets is not; a text may have many."""
    return len(encoded) > 2 * _DEEPEST and encoded.count(b"[") + encoded.count(b"{") > _DEEPEST


def _is_deeper(value: Any, limit: int) -> bool:
    """Whether it has more than so many levels of objects and arrays, one around bytes included."""
    level = [value]
    for _ in range(limit):
        level = [each for each in chain.from_iterable(map(_inside, level)) if isinstance(each, _LEVELS)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(key := next(iter(value)), str) and _LIKE_BYTES.fullmatch(key):
            return {"$" + key: _escaped(value[key])}
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    return value


def _decoded(value: dict[str, Any]) -> Any:
    if len(value) != 1:
        return value
    ((key, inner),) = value.items()
    if key == _BYTES:
        if type(inner) is str:
            with suppress(ValueError):  # of another component's: it looks like bytes, and is none
                return b64decode(inner, validate=True)
        return value
    return {key[1:]: inner} if _LIKE_BYTES.fullmatch(key) else value


_DEEPEST: Final = 400
"""Levels that Storm's parser takes (`MAX_DEPTH` of json-smart); one more ends the worker, at each restart."""
_AROUND: Final = 2
"""Levels of a message around a value of a tuple."""
_LEVELS: Final = (dict, list, tuple, bytes, bytearray, memoryview)
_LIKE_BYTES: Final = re.compile(rf"\$*{re.escape(_BYTES)}")
_KEY: Final = f'{_BYTES}"'.encode()
_MARK: Final = f'{_BYTES}":'.encode()
_HOLE: Final = f'{{"{_BYTES}":null}}'.encode()
"""Within a string it would have backslashes, and so would `_MARK`."""
