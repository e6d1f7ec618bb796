"""SitemapFilter: where a site has sitemaps, they say what it consists of."""

from spindrift.conf import Settings
from spindrift.metadata import Metadata, first, is_true
from spindrift.metadata_keys import FOUND_SITEMAP, IS_SITEMAP, REDIRECT_TO


class SitemapFilter:
    """Refuses the links of pages whose site has sitemaps: of such a site, only what its sitemaps list is crawled.

    Sites without sitemaps in their robots.txt are not affected. In force where sitemaps are looked for: the key
    `sitemap.discovery`, or metadata of that name on the page, which stands above it. Reads the page's metadata
    `foundSitemap` (set by the fetcher) and `isSitemap`. Redirects are not links: their targets pass.
    """

    def __init__(self, settings: Settings) -> None:
        self._discovery = settings.flag(_DISCOVERY)

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where its page is not a sitemap, and its site has some."""
        if FOUND_SITEMAP not in source_metadata or not is_true(source_metadata, FOUND_SITEMAP):
            return url
        if is_true(source_metadata, IS_SITEMAP) or REDIRECT_TO in source_metadata:
            return url
        said = (first(source_metadata, _DISCOVERY) or "").lower()
        discovery = said == "true" if said in ("true", "false") else self._discovery
        return None if discovery else url

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """There is one reason only."""
        return f"the site of its page has sitemaps ({FOUND_SITEMAP}), and {_DISCOVERY} is on"


_DISCOVERY = "sitemap.discovery"
