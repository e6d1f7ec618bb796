"""Percent-encoding of paths and queries in one way only (RFC 3986, section 6.2.2)."""

import re

# Escapes of unreserved characters, and those that are not in upper case.
_to_change = re.compile(r"%(?:2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee]|[0-9A-F][a-f]|[a-f][0-9A-Fa-f])")
_utf16_escapes = re.compile(r"(?:%u[0-9A-Fa-f]{4})+")
_to_escape = re.compile(r"[\x00-\x20\[\\\]|\x80-\U0010FFFF]+")

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MOST_PASSES = 8


def unescape_unreserved(text: str) -> str | None:
    """`text` with escaped letters, digits and `-._~` written plainly, and other escapes in upper case.

    Non-standard escapes of UTF-16 (`%u011f`) become standard ones. Decoding may complete a further escape (`%%34%31`),
    so it is repeated until nothing changes; None where that does not end soon, as only forged text makes it do.
    """
    if "%" not in text:
        return text
    for _ in range(_MOST_PASSES):
        if "%u" in text:
            text = _utf16_escapes.sub(_standard_escapes, text)
        if _to_change.search(text) is None:
            return text
        text = _to_change.sub(_plain_or_upper, text)
    return None


def escape_unsafe(text: str) -> str:
    """`text` with control characters, spaces, `[`, `]`, `\\`, `|` and everything beyond ASCII escaped as UTF-8."""
    return _to_escape.sub(_escaped, text)


def _plain_or_upper(match: re.Match[str]) -> str:
    character = chr(int(match[0][1:], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _standard_escapes(match: re.Match[str]) -> str:
    units = bytes.fromhex(match[0].replace("%u", ""))
    return "".join(f"%{byte:02X}" for byte in units.decode("utf-16-be", "replace").encode())
