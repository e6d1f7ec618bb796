"""Which URIs of records are URLs that a crawl could have visited: an archive may come from anybody."""

from collections.abc import Collection
from typing import Final

from spindrift.urls import normalize

WEB: Final = ("http", "https")


def crawled_url(uri: str, schemes: Collection[str] = WEB) -> str | None:
    """The URL that `uri` is, of one of `schemes` (lower case); None where no crawl could have come to it.

    Control characters and blanks are none of a URL, and would do harm where it is shown.
    """
    scheme, colon, _ = uri.partition(":")
    if not colon or scheme.lower() not in schemes or not uri.isprintable() or " " in uri:
        return None
    normal = normalize(uri)
    return uri if normal is not None and uri.isascii() else normal
