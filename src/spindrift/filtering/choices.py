"""Filters that configuration keys ask for, without a place in the filter file."""

from typing import Any

from spindrift.conf import Settings
from spindrift.filtering.classes import find_class
from spindrift.filtering.loading import LoadedFilter
from spindrift.metadata import Metadata


class LinksOnly:
    """Asks `chosen` about links and redirects, and lets seeds pass: whoever names a seed wants it, at any depth."""

    def __init__(self, chosen: Any) -> None:
        self._chosen = chosen
        self.why_refused = chosen.why_refused

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """As any URL filter."""
        if source_url is None:
            return url
        kept: str | None = self._chosen.filter(source_url, source_metadata, url)
        return kept


def chosen_filters(settings: Settings) -> list[LoadedFilter]:
    """Reads `urlfilters.max.depth`, `.same` and `.scope.key`; in effect behind the filters of the file."""
    chosen = []
    depth = settings.limit("urlfilters.max.depth")
    if depth is not None:
        chosen.append(_filter("MaxDepthFilter", "urlfilters.max.depth", {"maxDepth": depth}))
    match settings.text("urlfilters.same"):
        case "host":
            chosen.append(_filter("HostURLFilter", "urlfilters.same", {"ignoreOutsideHost": True}))
        case "domain":
            chosen.append(_filter("HostURLFilter", "urlfilters.same", {"ignoreOutsideDomain": True}))
    if key := settings.text("urlfilters.scope.key"):
        chosen.append(_filter("SeedScopeFilter", "urlfilters.scope.key", {"key": key}))
    return chosen


def _filter(class_name: str, key: str, params: dict[str, Any]) -> LoadedFilter:
    found: Any = find_class(class_name, "URLFilters")
    return LoadedFilter(key, LinksOnly(found(found.Params.model_validate(params))))
