"""The media type of a document: what the header says, checked against its first bytes.

Bytes that cannot be mistaken (PDF, images, archives, a doctype) win over the header, as do those of a feed sent as
HTML or XML; archives and compound files are looked into for the document that they are. A vague header (none,
text/plain, application/octet-stream) gives way to any sign; others are believed, but for HTML that has no tag where it
begins, and bytes that no text has.
"""

import re

from spindrift.parse.charset import decode, find_charset
from spindrift.parse.containers import COMPOUND, ZIP, type_within

HTML = "text/html"
PLAIN = "text/plain"
XHTML = "application/xhtml+xml"
BINARY = "application/octet-stream"
SNIFFED_BYTES = 1445
"""As many as the WHATWG's MIME Sniffing standard looks at."""

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"PK\x03\x04", ZIP),
    (b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"BZh", "application/x-bzip2"),
    (b"(\xb5/\xfd", "application/zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", COMPOUND),
    (b"ID3", "audio/mpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"fLaC", "audio/flac"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x00asm", "application/wasm"),
)
# Short enough to begin a text by chance: believed only where what follows is binary, too.
_WEAK_SIGNATURES = frozenset({b"BM", b"ID3", b"BZh", b"wOFF", b"wOF2", b"fLaC"})
# Formats that are archives, or compound files, inside: the header knows better which.
_CONTAINERS = frozenset({ZIP, COMPOUND, "application/gzip", "application/ogg"})
_VAGUE = frozenset({"", PLAIN, BINARY, "application/x-unknown", "unknown/unknown", "*/*", "content/unknown"})
_XML_TYPES = frozenset({"text/xml", "application/xml", XHTML})

_BINARY_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_BYTES = bytes(byte for byte in range(0x20) if _BINARY_BYTE.match(bytes([byte])))
_STRAY_BYTES = 50
"""Of as many bytes, one that no text has is a slip; compressed and random data have five, programs more."""
_PROLOGUE = re.compile(
    rb"(?:\s|<!--.{0,1000}?-->|<\?.{0,300}?\?>|<!DOCTYPE\s(?!html)[^>\[]{0,300}(?:\[[^\]]{0,1000}\])?\s*>)*",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE_OR_ROOT = re.compile(rb"<(?:!DOCTYPE\s+html|html)[\s>/]", re.IGNORECASE)
_FEEDS = (
    (re.compile(rb"<rss[\s>]"), "application/rss+xml"),
    (re.compile(rb"<(?:\w+:)?feed[\s>]"), "application/atom+xml"),
    (re.compile(rb"<rdf:RDF[\s>]"), "application/rdf+xml"),
)
_HTML_START = re.compile(
    rb"<(?:head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|span|ul|form|center|section|article|!--)"
    rb"[\s>/-]",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(rb"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_ESSENCE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+")


def is_html(mime_type: str) -> bool:
    """Whether the HTML parser takes it; as StormCrawler, a type that is unknown is tried."""
    return not mime_type or "html" in mime_type


def essence(content_type: str | None) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`; empty where there is no type."""
    name = (content_type or "").split(";", 1)[0].split(",", 1)[0].strip().lower()
    return name if _ESSENCE.fullmatch(name) else ""


def detect_mime_type(content: bytes, content_type: str | None = None) -> str:
    """The media type, lower case and without parameters, of a document with this Content-Type header (None: none)."""
    declared = essence(content_type)
    head = content[:SNIFFED_BYTES]
    if declared == HTML and head[:9].lower() == b"<!doctype" and _DOCTYPE_OR_ROOT.match(head):
        return HTML
    if not head.strip():
        return declared or HTML
    if signature := _signature(head):
        if signature in _CONTAINERS and signature != declared and _is_application(declared):
            return declared
        return type_within(content, signature)
    start = _without_bom(head)
    if b"\x00" in start and declared in _VAGUE and _BINARY_BYTE.search(start):
        return BINARY
    root = start[_prologue_end(start) :]
    if markup := _markup(start, root, declared):
        return markup
    if declared not in _VAGUE:
        return BINARY if is_html(declared) and _is_binary(head, content_type) else declared
    if _BINARY_BYTE.search(start):
        return BINARY
    return declared if declared == PLAIN else _guess_text(root)


def _is_binary(head: bytes, content_type: str | None) -> bool:
    """Whether that is no HTML, whatever the header says. UTF-16 has NULs, with or without a declaration."""
    if not _has_many_binary_bytes(head):
        return False
    text = decode(head, find_charset(head, content_type)).encode("ascii", "replace")
    return _has_many_binary_bytes(text) and not _ANY_TAG.search(text.replace(b"\x00", b""))


def _has_many_binary_bytes(text: bytes) -> bool:
    return (len(text) - len(text.translate(None, _BINARY_BYTES))) * _STRAY_BYTES > len(text)


def _is_application(declared: str) -> bool:
    return declared not in _VAGUE and not declared.startswith("text/") and "html" not in declared


def _signature(head: bytes) -> str | None:
    for magic, name in _SIGNATURES:
        if head.startswith(magic) and (magic not in _WEAK_SIGNATURES or _BINARY_BYTE.search(head)):
            return name
    if head[:4] == b"RIFF" and len(head) >= 12:
        return {b"WEBP": "image/webp", b"WAVE": "audio/wave", b"AVI ": "video/avi"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return {b"avif": "image/avif", b"heic": "image/heic"}.get(head[8:12], "video/mp4")
    return None


def _without_bom(head: bytes) -> bytes:
    """The start as ASCII would read it; UTF-16 is thinned out to that."""
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\x00", b"")
    return head


def _prologue_end(start: bytes) -> int:
    match = _PROLOGUE.match(start)
    return match.end() if match else 0


def _markup(start: bytes, root: bytes, declared: str) -> str | None:
    if _DOCTYPE_OR_ROOT.match(root):
        if declared in _XML_TYPES:
            return XHTML
        return declared if "html" in declared else HTML
    if declared in _VAGUE or declared == HTML or declared in _XML_TYPES:
        for pattern, name in _FEEDS:
            if pattern.match(root):
                return name
    if declared in _VAGUE:
        if start.lstrip()[:5] == b"<?xml":
            return "application/xml"
        if declared != PLAIN and _HTML_START.match(root):
            return HTML
    return None


def _guess_text(root: bytes) -> str:
    if root[:1] in (b"{", b"["):
        return "application/json"
    return HTML if _ANY_TAG.search(root) else PLAIN
