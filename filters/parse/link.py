"""LinkParseFilter: more links than those of the usual elements."""

from pydantic import ConfigDict, RootModel

from spindrift.filters.parse.xpath import XPaths
from spindrift.parse.links import most_links, resolve_link
from spindrift.parse.page import Link, Page


class LinkParseFilter:
    """Takes what XPath expressions find for links: `{"images": "//IMG/@src", "videos": "//VIDEO/SOURCE/@src"}`.

    The names are for the reader. All expressions are used. The links go through the URL filters and get their metadata
    as all others do; together with those, there are no more than a page of its size may have.
    """

    class Params(RootModel[dict[str, XPaths]]):
        """Any name to XPath expressions."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

    def __init__(self, params: Params) -> None:
        self._expressions = [expression for expressions in params.root.values() for expression in expressions]

    def filter(self, page: Page) -> None:
        """Add links to those of the page."""
        if page.tree is None:
            return
        known = {link.url for link in page.links}
        most = most_links(len(page.content))
        for expression in self._expressions:
            for reference in expression.texts(page.tree):
                if len(page.links) >= most:
                    return
                url = resolve_link(page.base_url, reference)
                if url is not None and url not in known:
                    known.add(url)
                    page.links.append(Link(url))
