"""Links resolved against the page (or its base href) that they stand on."""

import re
from functools import lru_cache

from spindrift.urls.hosts import PLAIN_HOST, PLAIN_PORT
from spindrift.urls.parsing import normalize, parse

# Most links are in normal form already, so that resolving them means to put strings together. Three forms for which
# this is exact (a test compares it with the parser): no segment that could be a dot segment, no character that the
# standard encodes, strips or reads as a separator, in the fragment neither.
_PATH = r"[A-Za-z0-9_~!$&'()*+,;=:@%./-]*+"
_REST = r"(?:\?[A-Za-z0-9_~!$&()*+,;=:@%./?-]*+)?+(?:#[A-Za-z0-9_~!$&()*+,;=:@%./?-]*+)?+"
_absolute = re.compile(rf"https?://{PLAIN_HOST}(?!:(?:80|443)/){PLAIN_PORT}/{_PATH}{_REST}").fullmatch
_rooted = re.compile(rf"/(?!/){_PATH}{_REST}").fullmatch
_beside = re.compile(rf"[A-Za-z0-9_-][A-Za-z0-9_~.-]*+(?:/{_PATH})?+{_REST}").fullmatch


def resolve(base: str, href: str) -> str | None:
    """The absolute, normalised URL that `href` on a page at `base` leads to; None where it is not a URL.

    `base` is an absolute URL; where it is not one, only absolute links lead somewhere. The fragment is kept.
    """
    return joined(base, href) or normalize(href, base) or normalize(href)


def joined(base: str, href: str) -> str | None:
    """The same for a link in normal form, which needs no parser: an http or https URL. None for any other."""
    if "/." not in href and "/%2" not in href:
        if href.startswith("/"):
            before = _anchors_of(base)[0] if _rooted(href) else ""
        elif _absolute(href):
            return href
        else:
            before = _anchors_of(base)[1] if _beside(href) else ""
        if before:
            return before + href
    return None


@lru_cache(maxsize=1024)
def _anchors_of(base: str) -> tuple[str, str]:
    """What stands before a link that starts with "/", and before one that starts with a name; "" if not plain http."""
    parts = parse(base)
    if parts is None or parts.scheme not in ("http", "https"):
        return "", ""
    root = normalize("/", base) or ""
    folder = root[:-1] + parts.path[: parts.path.rindex("/") + 1]
    return root[:-1], folder
