"""XML as servers send it, made clean UTF-8 while it is read: what a strict parser would stop at is repaired here.

What is repaired: bytes that are not of the charset, control characters, bare ampersands (common in URLs),
HTML's named entities. References to any other entity are dropped, so that none is ever expanded or fetched.
"""

import re
from collections.abc import Iterable, Iterator
from html.entities import html5

from spindrift.parse.charset import find_charset, incremental_decoder

_DECLARED_BYTES = 10_000
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
# An ampersand that begins none of the references that XML knows by itself, and the name that follows it, if any.
_ODD_AMPERSAND = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)(?:([A-Za-z][A-Za-z0-9]{0,31});)?"
)
_LONGEST_TOKEN = 40
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_XML_ESCAPES = {"&": b"&amp;", "<": b"&lt;", ">": b"&gt;"}


def clean_xml(pieces: Iterable[bytes], content_type: str | None = None) -> Iterator[bytes]:
    """The pieces in clean UTF-8. `content_type`: the header's value, which may name a charset."""
    decoder = None
    repair = _AmpersandRepair()
    for piece in pieces:
        if decoder is None:
            charset = find_charset(piece, content_type, _DECLARED_BYTES)
            decoder = incremental_decoder(charset)
        yield repair.feed(_encode(decoder.decode(piece)))
    if decoder is not None:
        yield repair.feed(_encode(decoder.decode(b"", final=True))) + repair.rest()


def _encode(text: str) -> bytes:
    # A byte order mark in the middle is white space, two other code points can stand in no XML.
    if not text.isascii():
        text = text.replace("\ufeff", "").replace("\uffff", "").replace("\ufffe", "")
    return text.encode("utf-8", "replace").translate(None, _CONTROLS)


class _AmpersandRepair:
    """Replaces odd ampersands outside of CDATA sections, however the text is cut into pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._in_cdata = False

    def feed(self, data: bytes) -> bytes:
        """What of the text up to here can be said for sure."""
        buffer = self._rest + data
        out = []
        position = 0
        while True:
            if self._in_cdata:
                end = buffer.find(_CDATA_END, position)
                if end < 0:
                    cut = max(position, len(buffer) - len(_CDATA_END) + 1)
                    out.append(buffer[position:cut])
                    break
                end += len(_CDATA_END)
                out.append(buffer[position:end])
            else:
                end = buffer.find(_CDATA, position)
                if end < 0:
                    cut = _safe_cut(buffer, position)
                    out.append(_ODD_AMPERSAND.sub(_replacement, buffer[position:cut]))
                    break
                out.append(_ODD_AMPERSAND.sub(_replacement, buffer[position:end]))
            position = end
            self._in_cdata = not self._in_cdata
            if self._in_cdata:
                out.append(_CDATA)
                position += len(_CDATA)
        self._rest = buffer[cut:]
        return b"".join(out)

    def rest(self) -> bytes:
        """What `feed` held back, at the end of the text."""
        rest, self._rest = self._rest, b""
        return rest if self._in_cdata else _ODD_AMPERSAND.sub(_replacement, rest)


def _safe_cut(buffer: bytes, position: int) -> int:
    """Where no reference and no start of a CDATA section can begin that ends after the buffer."""
    near_end = max(position, len(buffer) - _LONGEST_TOKEN)
    starts = [at for mark in (b"<", b"&") if (at := buffer.rfind(mark, near_end)) >= 0]
    return min(starts, default=len(buffer))


def _replacement(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name is None:
        return b"&amp;"
    character = html5.get(name.decode("ascii") + ";")
    if character is None:
        return b""
    return _XML_ESCAPES.get(character) or character.encode()
