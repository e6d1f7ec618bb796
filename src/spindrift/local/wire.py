"""Messages of the multilang protocol in msgpack, as pystorm's MsgpackSerializer frames them."""

import fcntl
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import msgpack

LARGEST_MESSAGE = 1 << 30
"""Bytes of a message that are accepted from a component process."""

BUFFER = 1 << 18
"""Bytes of messages that go together."""


def widen(pipe: int) -> int:
    """Let a pipe hold as much as is written at once, where the system can do that; returns it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
    return pipe


def pack(message: Any) -> bytes:
    """One message. Raises ValueError, TypeError or OverflowError saying what cannot be carried."""
    _check_keys(message)
    packed: bytes = _packer.pack(message)
    return packed


def bundle(stream: str | None, anchor: Any, tuples: Sequence[bytes]) -> bytes:
    """Emits of one stream with one anchor, whose values are packed, as one message: a list of these three."""
    head = _packer.pack_array_header(3) + _packer.pack(stream) + _packer.pack(anchor)
    return b"".join((head, _packer.pack_array_header(len(tuples)), *tuples))


def by_reference(values: Sequence[Any], given: Sequence[Any]) -> Sequence[Any]:
    """`values` of a tuple, with a reference in place of large bytes that came with the tuple that it is anchored to.

    The parent has those still: pages need not travel twice, nor be in its memory twice.
    """
    for place, value in enumerate(values):
        if type(value) is bytes and len(value) >= _LARGE:
            for number, known in enumerate(given):
                if known is value:
                    return [*values[:place], msgpack.ExtType(_REFERENCE, bytes([number])), *values[place + 1 :]]
    return values


def resolved(values: list[Any], given: Sequence[Any]) -> list[Any]:
    """`values` as they were before `by_reference`."""
    for place, value in enumerate(values):
        if type(value) is msgpack.ExtType and value.code == _REFERENCE:
            values[place] = given[value.data[0]]
    return values


def unpacker() -> Any:
    """Feeds on bytes, yields messages."""
    return msgpack.Unpacker(max_buffer_size=LARGEST_MESSAGE, strict_map_key=False)


def _check_keys(value: Any) -> None:
    """pystorm's reader takes no other keys than texts and bytes; it would fail where nobody can tell the tuple."""
    kind = type(value)
    if kind is dict:
        # Metadata, which nearly every tuple has, are seen to be harmless without a loop of our own.
        values = value.values()
        if (
            _KEYS.issuperset(map(type, value))
            and _LISTS.issuperset(map(type, values))
            and _LEAVES.issuperset(map(type, chain.from_iterable(values)))
        ):
            return
    elif kind in _LEAVES:
        return
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str | bytes):
                raise TypeError(f"a component process takes no dict with the key {key!r} ({type(key).__name__})")
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        _check_keys(part)


_LARGE = 1024
_REFERENCE = 1
# Made once: making one takes longer than packing a message.
_packer = msgpack.Packer()
_KEYS = {str, bytes}
_LISTS = {list, tuple}
_LEAVES = {str, bytes, int, float, bool, type(None)}
