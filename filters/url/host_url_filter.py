"""HostURLFilter: stay on the host, or on the registered domain."""

from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata
from spindrift.urls import host_of, registered_domain


class HostURLFilter:
    """Refuses links that lead to another host or another registered domain than that of the page they stand on.

    A URL without a source (a seed) passes. With `ignoreOutsideHost` the other parameter has no meaning.
    """

    class Params(FilterParams):
        """Parameters of HostURLFilter."""

        ignore_outside_host: bool = False
        """Refuse links to other hosts."""
        ignore_outside_domain: bool = False
        """Refuse links to other registered domains."""

    def __init__(self, params: Params) -> None:
        self._same_host = params.ignore_outside_host
        self.passes_everything = not (params.ignore_outside_host or params.ignore_outside_domain)
        self._source_url = ""
        self._source = ""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where it leads outside."""
        if self.passes_everything or source_url is None:
            return url
        if source_url != self._source_url:  # a page's links come one after the other
            self._source = self._place(source_url)
            self._source_url = source_url
        place = self._place(url)
        return url if place and place == self._source else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which parameter."""
        name = "ignoreOutsideHost" if self._same_host else "ignoreOutsideDomain"
        return f"{name}: {self._place(url) or 'it'} is not {self._place(source_url or '')}"

    def _place(self, url: str) -> str:
        host = host_of(url)
        return host if self._same_host else registered_domain(host)
