"""The page that led to a URL, as far as its server may know (Referer)."""

from yarl import URL

from spindrift.metadata import Metadata
from spindrift.metadata_keys import PATH

_WEB = ("http", "https")


def referer(metadata: Metadata, target: URL) -> str:
    """The last page of `url.path` as the header tells it to `target`; empty where it tells nothing.

    By the policy that browsers have by default, strict-origin-when-cross-origin (W3C Referrer Policy, 8.8): the whole
    URL within its origin, the origin alone elsewhere, and nothing from https to http.
    """
    path = metadata.get(PATH)
    if not path:
        return ""
    try:
        page = URL(path[-1], encoded=path[-1].isascii()).with_fragment(None).with_user(None)
        same = page.origin() == target.origin()
    except ValueError:
        return ""
    if page.scheme not in _WEB or (page.scheme == "https" and target.scheme == "http"):
        return ""
    return str(page if same else page.origin().with_path("/"))
