"""DomainParseFilter: the domain of a page into its metadata."""

from spindrift.filtering import FilterParams
from spindrift.parse.page import Page
from spindrift.urls import host_of, registered_domain


class DomainParseFilter:
    """Puts the registered domain of the page's URL, or its host, into the metadata, for the index."""

    class Params(FilterParams):
        """Parameters of DomainParseFilter."""

        key: str = "domain"
        """Key of the metadata."""
        by_host: bool = False
        """The host, not the registered domain."""

    def __init__(self, params: Params) -> None:
        self._key = params.key
        self._name = host_of if params.by_host else registered_domain

    def filter(self, page: Page) -> None:
        """Set the key, where the URL has a host."""
        if name := self._name(page.url):
            page.metadata[self._key] = [name]
