"""What the values of messages are: JSON, text or bytes (`topic.format`)."""

import base64
from collections.abc import Callable
from typing import Any, Final

import orjson

Reader = Callable[[bytes], Any]
"""Raises ValueError for what it cannot read."""
Writer = Callable[[Any], bytes]
"""Raises ValueError (or TypeError) for what it cannot write."""


def reader(name: str) -> Reader:
    """That of a format."""
    return _READERS[name]


def writer(name: str) -> Writer:
    """That of a format. JSON has no bytes: they are written in base64."""
    return _WRITERS[name]


def _read_text(value: bytes) -> str:
    return value.decode()


def _write_text(value: Any) -> bytes:
    return str(value).encode(errors="replace")


def _write_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_as_json, option=orjson.OPT_NON_STR_KEYS)


def _write_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="replace")
    return bytes(memoryview(value))  # TypeError for what is no buffer, rather than so many zeros for a number


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_READERS: Final[dict[str, Reader]] = {"json": orjson.loads, "text": _read_text, "bytes": bytes}
_WRITERS: Final[dict[str, Writer]] = {"json": _write_json, "text": _write_text, "bytes": _write_bytes}
