"""Meta refresh: HTML's "shared declarative refresh steps", as browsers read them."""

import re
from typing import NamedTuple

# Digits, then anything of the form of a number, then the separator and the URL: each part once, so linear.
_TIME = re.compile(r"\s*(\d*)(?:\.[\d.]*)?", re.ASCII)
_SEPARATOR = re.compile(r"\s*[;,]?\s*", re.ASCII)
_URL = re.compile(r"url\s*=\s*", re.ASCII | re.IGNORECASE)
MAX_LENGTH = 16_384
"""Longer values are no refresh."""


class Refresh(NamedTuple):
    """What a page asks for: after `delay` seconds go to `reference` (as written; empty: load this page again)."""

    delay: float
    reference: str


def parse_refresh(content: str) -> Refresh | None:
    """Read the content of `<meta http-equiv="refresh" content="5; url=/there">`; None where it means nothing."""
    if len(content) > MAX_LENGTH:
        return None
    time = _TIME.match(content)
    if time is None or not time[0].strip():
        return None
    delay = float(time[1][:9] or 0)
    rest = content[time.end() :]
    if not rest:
        return Refresh(delay, "")
    if rest[0] not in ";, \t\n\r\f":
        return None
    separator = _SEPARATOR.match(rest)
    reference = rest[separator.end() if separator else 0 :]
    if prefix := _URL.match(reference):
        reference = reference[prefix.end() :]
    if reference[:1] in ("'", '"'):
        reference = reference[1:].split(reference[0], 1)[0]
    return Refresh(delay, reference.strip(" \t\n\r\f"))
