"""SelfURLFilter: a page's links to itself."""

from spindrift.metadata import Metadata


class SelfURLFilter:
    """Refuses a link to the page that it stands on. Upper and lower case are alike, as in StormCrawler."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where it is the source's."""
        if source_url is None or len(source_url) != len(url):
            return url
        return None if source_url.lower() == url.lower() else url

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """There is one reason only."""
        return "it is the page that the link stands on"
