"""The schemes of URLs that a crawl fetches, and what to say of the others."""

import re
from typing import Final

SUPPORTED: Final = ("http:", "https:", "file:")
"""How URLs that can be fetched begin, normalised."""

# Without the slashes a name and a port (`example.com:8080`) look like a scheme, too: these are none.
_KNOWN = (
    "about|blob|callto|cid|data|facetime|geo|javascript|magnet|mailto|news|sip|sips|skype|sms|tel|urn|whatsapp|xmpp"
)
_scheme = re.compile(rf"\s*(?:([a-z][a-z0-9+.-]*)://|({_KNOWN}):)", re.IGNORECASE)

_absolute = re.compile(r"https?://[^\x00-\x20\x7f/?#][^\x00-\x20\x7f]*|file:/[^\x00-\x20\x7f]*", re.IGNORECASE)


def is_absolute(text: str) -> bool:
    """Whether `text` looks like an absolute URL of a supported scheme, without blanks and control characters."""
    return _absolute.fullmatch(text) is not None


def scheme_of(text: str) -> str:
    """The scheme that `text` has as people mean it, in lower case; "" where there is none."""
    match = _scheme.match(text)
    return (match[1] or match[2]).lower() if match else ""


def why_unusable(text: str) -> str:
    """What is wrong with `text`, which is no URL that can be fetched, and what to give instead."""
    scheme = scheme_of(text)
    if scheme and f"{scheme}:" not in SUPPORTED:
        return f"has the scheme {scheme}:, which is not supported; http:, https: and file: are"
    return "is not a URL; expected such as https://example.com/"
