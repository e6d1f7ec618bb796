"""Heads of the records of WARC and ARC files."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

MAX_LINE: Final = 1 << 16
_MAX_HEAD: Final = 1 << 20
_WARC: Final = b"WARC/"
_ARC_FIELDS: Final = ("uri", "ip-address", "archive-date", "content-type", "length")
_ARC_LINE: Final = re.compile(
    rb"(?:https?|ftp|dns|file|filedesc):.{1,8192} [0-9A-Fa-f.:]{3,45} \d{12,18} \S{1,200} -?\d+\r?\n"
)


class Lines(Protocol):
    """What heads are read from."""

    def readline(self) -> bytes:
        """The next line with its end, or as much of it as MAX_LINE; nothing at the end."""
        ...


@dataclass(frozen=True, slots=True)
class RecordHead:
    """What a record says of itself."""

    kind: str
    uri: str
    date: str
    length: str
    """Bytes of the content, as it is written there; it may be no number."""
    headers: dict[str, str]
    """By lower-case name."""
    line_ends: int
    """So many follow the content."""


def read_head(lines: Lines) -> RecordHead:
    """The head that begins with the next line. Raises ValueError where that begins no record, or has no end."""
    first = lines.readline()
    if first.startswith(_WARC):
        headers = _warc_headers(lines)
        kind = headers.get("warc-type", "unknown").lower()
        uri = headers.get("warc-target-uri", "").strip("<>")
        return RecordHead(kind, uri, headers.get("warc-date", ""), headers.get("content-length", ""), headers, 2)
    if (head := _arc_head(first)) is not None:
        return head
    raise ValueError("what begins here is no record")


def begins_record(line: bytes) -> bool:
    """Whether a record may begin with a line that is where one should begin."""
    return line.startswith(_WARC) or _arc_head(line) is not None


def resembles(line: bytes, first: bytes = b"") -> bool:
    """Whether a line, wherever it is, looks like the first of a record; of the format that `first` is of, if any."""
    if first.startswith(_WARC):
        return line.startswith(_WARC)
    is_arc = _ARC_LINE.fullmatch(line) is not None
    return is_arc if _arc_head(first) is not None else is_arc or line.startswith(_WARC)


def _warc_headers(lines: Lines) -> dict[str, str]:
    headers: dict[str, str] = {}
    name, left = "", _MAX_HEAD
    while left > 0 and (line := lines.readline()).endswith(b"\n") and not line.startswith(_WARC):
        left -= len(line)
        text = _text(line)
        if not text.strip():
            return headers
        if text[0] in " \t" and name:
            headers[name] = f"{headers[name]} {text.strip()}"
        elif ":" in text:
            name, _, value = text.partition(":")
            name = name.strip().lower()
            headers[name] = value.strip()
    raise ValueError("the record is cut off in its head")


def _arc_head(line: bytes) -> RecordHead | None:
    words = line.rstrip().rsplit(b" ", len(_ARC_FIELDS) - 1)
    if len(words) != len(_ARC_FIELDS) or not line.endswith(b"\n") or b":" not in words[0] or not words[2].isdigit():
        return None
    headers = dict(zip(_ARC_FIELDS, map(_text, words), strict=True))
    uri = headers["uri"]
    kind = "arc_header" if uri.startswith("filedesc://") else "response"
    return RecordHead(kind, uri, headers["archive-date"], headers["length"], headers, 1)


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
