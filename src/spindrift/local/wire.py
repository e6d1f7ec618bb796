"""Messages of the multilang protocol in msgpack, as pystorm's MsgpackSerializer frames them."""

from typing import Any

import msgpack

LARGEST_MESSAGE = 1 << 30
"""Bytes of a message that are accepted from a component process."""


def pack(message: Any) -> bytes:
    """One message. Raises ValueError, TypeError or OverflowError saying what cannot be carried."""
    _check_keys(message)
    packed: bytes = msgpack.packb(message)
    return packed


def unpacker() -> Any:
    """Feeds on bytes, yields messages."""
    return msgpack.Unpacker(max_buffer_size=LARGEST_MESSAGE, strict_map_key=False)


def _check_keys(value: Any) -> None:
    """pystorm's reader takes no other keys than texts and bytes; it would fail where nobody can tell the tuple."""
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str | bytes):
                raise TypeError(f"a component process takes no dict with the key {key!r} ({type(key).__name__})")
            _check_keys(part)
    elif isinstance(value, list | tuple):
        for part in value:
            if part.__class__ not in _LEAVES:
                _check_keys(part)


_LEAVES = {str, bytes, int, float, bool, type(None)}
