"""Heads of answers that browsers read and a strict parser refuses, written as the browsers understand them."""

import re
from collections.abc import Sequence
from typing import Final

_LINE_END: Final = re.compile(rb"\r?\n")
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.(\d{1,3})[ \t]+(\d{3}(?:[ \t].*)?)")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_VALUES: Final = bytes.maketrans(b"\0\r", b"  ")

_Fields = list[tuple[bytes, bytes]]


def mended(head: bytes) -> bytes:
    """`head`, with its empty line, as others read it; it need not be right afterwards either.

    Lines that are no headers are left out; any version 1.x but 1.0 is 1.1. Of Content-Length and Transfer-Encoding
    that remains what decides (RFC 9112, 6.3): chunks before a length, a length before any other coding, and once what
    is said several times. Lengths that are none count for nothing where the connection is closed behind the answer.
    """
    lines = _LINE_END.split(head.rstrip(b"\r\n"))
    status = _STATUS_LINE.fullmatch(lines[0])
    if status is None:
        return head
    is_old = int(status[1]) == 0
    fields = _fields(lines[1:])
    closes = b"close" in _list(fields, b"connection") or (is_old and b"keep-alive" not in _list(fields, b"connection"))
    version = b"HTTP/1.0 " if is_old else b"HTTP/1.1 "
    kept = [name + b": " + value for name, value in _framed(fields, closes=closes)]
    return b"\r\n".join([version + status[2], *kept, b"", b""])


def _fields(lines: Sequence[bytes]) -> _Fields:
    """The headers; what is folded into several lines in one, and nothing of those without a name."""
    found: _Fields = []
    is_kept = False
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if is_kept:
                name, value = found[-1]
                found[-1] = (name, (value + b" " + _value(line)).strip())
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        is_kept = bool(colon) and _NAME.fullmatch(name) is not None
        if is_kept:
            found.append((name, _value(value)))
    return found


def _framed(fields: _Fields, *, closes: bool) -> _Fields:
    """The headers, of which no two contradict each other about the length of the body, where that can be told."""
    lengths = [length.removeprefix(b"+") for length in _list(fields, b"content-length")]
    if not lengths:
        return fields
    others = [each for each in fields if not _is(each, b"content-length")]
    if b"chunked" in _list(fields, b"transfer-encoding"):
        return others
    others = [each for each in others if not _is(each, b"transfer-encoding")]
    if all(length.isdigit() for length in lengths):
        values = {length.lstrip(b"0") or b"0" for length in lengths}
        return [*others, (b"Content-Length", values.pop())] if len(values) == 1 else fields
    return others if closes else fields


def _list(fields: _Fields, name: bytes) -> list[bytes]:
    """The elements of all headers of that (lower-case) name, in lower case."""
    return [part.strip().lower() for each in fields if _is(each, name) for part in each[1].split(b",")]


def _is(field: tuple[bytes, bytes], name: bytes) -> bool:
    return field[0].lower() == name


def _value(text: bytes) -> bytes:
    return text.translate(_NOT_IN_VALUES).strip(b" \t")
