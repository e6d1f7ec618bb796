"""Heads of HTTP messages, as archives keep them.

Bodies are archived decoded. What would make readers decode them once more (Content-Encoding, Transfer-Encoding, another
Content-Length) is kept under a name of its own, as StormCrawler's WARCRecordFormat does, and restored by a replay.
"""

import re
from dataclasses import dataclass, field

from spindrift.metadata import Metadata

MASK = "X-Crawler-"

_STATUS_LINE = re.compile(r"HTTP/1\.[01] \d{3}(?: .*)?")
_REQUEST_LINE = re.compile(r"\S+ \S+ HTTP/1\.[01]")
_VERSION = re.compile(r"HTTP/1\.[01]")
_CODE = re.compile(r"\d{3}")
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass(slots=True)
class ResponseHead:
    """Status line and headers of an answer; `masked` where the body that follows is stored decoded."""

    status_code: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    masked: bool = False

    def lists(self) -> Metadata:
        """The headers by lower-case name."""
        found: Metadata = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value if value.isascii() else _text(value))
        return found


def archived_response(head: str, content_length: int) -> str:
    """The head of an answer for an archive, in which `content_length` bytes of decoded content follow it.

    Lines that are no headers are left out, and versions that readers do not know (HTTP/2) written as HTTP/1.1.
    """
    first, *lines = head.split("\r\n")
    headers = [
        (line, name.lower(), value.strip()) for line in lines for name, colon, value in [line.partition(":")] if colon
    ]
    lengths = {value for _, name, value in headers if name == "content-length"}
    masked = _FRAMING if lengths - {str(content_length)} else _FRAMING - {"content-length"}
    kept = [_status_line(first)]
    for line, name, _ in headers:
        kept.append(MASK + line if name in masked else line)
        if name in masked and name == "content-length" and lengths:
            kept.append(f"Content-Length: {content_length}")
            lengths.clear()  # once is enough
    return "\r\n".join(kept) + "\r\n\r\n"


def archived_request(head: str) -> str:
    """The head of a request for an archive."""
    first, *lines = head.split("\r\n")
    if not _REQUEST_LINE.fullmatch(first):
        parts = first.split(None, 2)
        if len(parts) >= 2:
            first = f"{parts[0]} {parts[1]} HTTP/1.1"
    return "\r\n".join([first, *(line for line in lines if ":" in line)]) + "\r\n\r\n"


def split_message(block: bytes) -> tuple[str, bytes]:
    """Head (with its empty line; bytes as Latin-1) and body of an HTTP message, whatever its line ends."""
    match = _END_OF_HEAD.search(block)
    end = match.end() if match else len(block)
    return block[:end].decode("latin-1"), block[end:]


def parse_response(head: str) -> ResponseHead:
    """The head of an archived answer, with the masked headers restored. Raises ValueError without a status line."""
    first, *lines = _LINE_END.split(head, _MAX_LINES)
    parts = first.split(None, 2)
    if len(parts) < 2 or not parts[0].upper().startswith("HTTP/") or not _CODE.fullmatch(parts[1]):
        raise ValueError(f"no HTTP status line but {first[:80]!r}")
    parsed = ResponseHead(int(parts[1]))
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            continue
        parsed.headers.append((name.strip(), value.strip()))
    return _restored(parsed)


def verbatim(head: ResponseHead, status_line: str) -> str:
    """The head as the server sent it, as far as it is known."""
    return "\r\n".join([status_line, *(f"{name}: {value}" for name, value in head.headers)]) + "\r\n\r\n"


def _restored(head: ResponseHead) -> ResponseHead:
    """Without masks; and without the Content-Length that was put behind a masked one."""
    masked_length = any(name.lower() == (MASK + "content-length").lower() for name, _ in head.headers)
    restored = ResponseHead(head.status_code)
    for name, value in head.headers:
        plain = name[len(MASK) :] if name.lower().startswith(MASK.lower()) else ""
        if plain.lower() in _FRAMING:
            restored.headers.append((plain, value))
            restored.masked = True
        elif not (masked_length and name.lower() == "content-length"):
            restored.headers.append((name, value))
    return restored


def _status_line(line: str) -> str:
    if _STATUS_LINE.fullmatch(line):
        return line
    parts = line.split(None, 2)
    if len(parts) < 2 or not _CODE.fullmatch(parts[1]):
        return line
    version = parts[0] if _VERSION.fullmatch(parts[0]) else "HTTP/1.1"
    return " ".join([version, parts[1], *parts[2:]])


def _text(value: str) -> str:
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


_LINE_END = re.compile(r"\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MAX_LINES = 10_000
