"""The publication date of a page, by htmldate."""

import logging
from datetime import date

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from spindrift.extraction.adjustments import adjust_htmldate
from spindrift.extraction.bounds import is_searchable, is_tractable

_log = logging.getLogger(__name__)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def publication_date(root: etree._Element, url: str | None = None) -> date | None:
    """When the page was first published; None where that cannot be told. Never raises.

    `root` is its `html` element as HtmlParser(for_libraries=True) makes it, and is not changed. Of a page that is
    too large or too deep to search, only the URL counts.
    """
    adjust_htmldate()
    page = root if is_tractable(root) else HtmlElement()
    # What says its date (URL, meta elements, JSON-LD, time elements) is cheap; texts are searched where nothing does.
    found = _found(page, url, extensive=False)
    return found or (_found(page, url, extensive=True) if is_searchable(page) else None)


def _found(root: HtmlElement, url: str | None, *, extensive: bool) -> date | None:
    try:
        found = find_date(root, original_date=True, extensive_search=extensive, url=url)
        return date.fromisoformat(found) if found else None
    except Exception as error:  # it is anyone's page, and a long program
        _log.debug("htmldate raised %s: %s", type(error).__name__, error)
        return None
