"""Messages of the multilang protocol in msgpack, as pystorm's MsgpackSerializer frames them."""

import fcntl
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import msgpack

LARGEST_MESSAGE = 1 << 30
"""Bytes of a message that either side accepts."""

BUFFER = 1 << 18
"""Bytes of messages that go together."""

CHUNK = 1 << 20
"""Bytes that are read at once."""


def widen(pipe: int) -> int:
    """Let a pipe hold as much as is written at once, where the system can do that; returns it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
    return pipe


def pack(message: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """One message; `default` makes something else of what cannot be carried.

    Raises ValueError, TypeError or OverflowError saying what cannot be carried.
    """
    try:
        _check_keys(message)
        packed: bytes = (_packer if default is None else msgpack.Packer(default=default)).pack(message)
    except UnicodeEncodeError:
        # Half a pair of UTF-16, as JSON in pages has it, is a Python text like any other. This packer is slow.
        packed = msgpack.Packer(default=default, unicode_errors=_HALF_PAIRS).pack(message)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if len(packed) > LARGEST_MESSAGE:
        raise ValueError(f"it has {len(packed):,} bytes, of {LARGEST_MESSAGE:,} that one message may have")
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
    # What is read is fed before anything of it is taken out.
    limit = LARGEST_MESSAGE + CHUNK
    return msgpack.Unpacker(max_buffer_size=limit, strict_map_key=False, unicode_errors=_HALF_PAIRS)


def _check_keys(value: Any) -> None:
    """A tuple comes back as a list, which cannot be a key; it would fail where nobody can tell whose it was."""
    kind = type(value)
    if kind is dict:
        # Metadata, which nearly every tuple has, are seen to be harmless without a loop of our own.
        values = value.values()
        if (
            _LEAVES.issuperset(map(type, value))
            and _LISTS.issuperset(map(type, values))
            and _LEAVES.issuperset(map(type, chain.from_iterable(values)))
        ):
            return
    elif kind in _LEAVES:
        return
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str | bytes | int | float | None):
                raise TypeError(f"a component process takes no dict with the key {key!r} ({type(key).__name__})")
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        _check_keys(part)


_LARGE = 1024
_REFERENCE = 1
_HALF_PAIRS = "surrogatepass"
# Made once: making one takes longer than packing a message.
_packer = msgpack.Packer()
_LISTS = {list, tuple}
_LEAVES = {str, bytes, int, float, bool, type(None)}
