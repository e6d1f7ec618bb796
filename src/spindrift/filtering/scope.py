"""The scope of a filter: which URLs, or which pages, it is for."""

from typing import Annotated, Any

from pydantic import AfterValidator, model_validator

from spindrift.filtering.classes import Wrapper
from spindrift.filtering.params import FilterParams
from spindrift.metadata import Metadata
from spindrift.urls import host_of

_BELOW = "*."


def _host(text: str) -> str:
    """`text` in lower case and punycode; `*.` before it stays."""
    below = _BELOW if text.startswith(_BELOW) else ""
    name = text.removeprefix(below)
    host = host_of(f"http://{name}/") if name and not any(mark in name for mark in "/?#@*\\ ") else ""
    if not host or (":" in name and not name.startswith("[")) or (below and not host[0].isalnum()):
        raise ValueError(f'"{text}" is no host; right is example.org, or *.example.org with all hosts below it')
    return below + host


class ScopeParams(FilterParams):
    """What a filter is for: URLs or pages of one of the hosts, and with all of the metadata.

    `{"hosts": ["example.org", "*.example.com"], "metadata": {"section": ["news", "sport"], "lang": null}}`
    """

    hosts: list[Annotated[str, AfterValidator(_host)]] | None = None
    """Hosts of the URL: `example.org` is this host alone, `*.example.org` this one and all below it."""
    metadata: dict[str, str | list[str] | None] | None = None
    """Metadata of the page (for links: of the page that they stand on): a value, several of which one is enough, or
    null for any. Upper and lower case are alike in values."""

    @model_validator(mode="after")
    def _says_something(self) -> "ScopeParams":
        if not self.hosts and not self.metadata:
            raise ValueError("names neither hosts nor metadata, so the filter would never be used; leave scope out")
        if self.hosts == []:
            raise ValueError("hosts is empty, so the filter would never be used; name a host, or leave hosts out")
        for key, wanted in (self.metadata or {}).items():
            if wanted == []:
                raise ValueError(f'no value of "{key}" is right, so the filter would never be used; null is for any')
        return self


class Scope:
    """Tells whether a URL with its metadata is one that a filter is for."""

    def __init__(self, params: ScopeParams) -> None:
        hosts = params.hosts or []
        self._any_host = not hosts
        self._hosts = frozenset(host.removeprefix(_BELOW) for host in hosts)
        self._endings = tuple(host.removeprefix("*") for host in hosts if host.startswith(_BELOW))
        self._metadata = [(key, _lower(wanted)) for key, wanted in (params.metadata or {}).items()]

    def covers(self, url: str, metadata: Metadata) -> bool:
        """Whether it is for `url`; `metadata` is the page's (for a link: of the page that it stands on)."""
        if not self._any_host:
            host = host_of(url)
            if host not in self._hosts and not host.endswith(self._endings):
                return False
        for key, wanted in self._metadata:
            values = metadata.get(key)
            if not values or (wanted is not None and wanted.isdisjoint(map(str.lower, values))):
                return False
        return True

    def around(self, instance: Any, wrapper: Wrapper) -> Any:
        """The filter, which now lets alone what the scope does not cover."""
        return _ScopedURLFilter(instance, self) if wrapper == "URLFilters" else _ScopedParseFilter(instance, self)

    @property
    def depends_on_source(self) -> bool:
        """Whether the answer is another one for a link on another page."""
        return bool(self._metadata)


class _ScopedURLFilter:
    def __init__(self, instance: Any, scope: Scope) -> None:
        self._filter = instance.filter
        if hasattr(instance, "why_refused"):
            self.why_refused = instance.why_refused
        self._covers = scope.covers
        self.depends_on_source = scope.depends_on_source or getattr(instance, "depends_on_source", True)

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> Any:
        return self._filter(source_url, source_metadata, url) if self._covers(url, source_metadata) else url


class _ScopedParseFilter:
    def __init__(self, instance: Any, scope: Scope) -> None:
        self._filter = instance.filter
        self._covers = scope.covers

    def filter(self, page: Any) -> None:
        if self._covers(page.url, page.metadata):
            self._filter(page)


def _lower(wanted: str | list[str] | None) -> frozenset[str] | None:
    return (
        None
        if wanted is None
        else frozenset(each.lower() for each in ([wanted] if isinstance(wanted, str) else wanted))
    )
