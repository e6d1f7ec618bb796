"""Filters by JSON: files of StormCrawler's shape, checked as a whole before the start, and run over URLs and pages."""

from spindrift.filtering.chain import URLFilter, URLFilters, Verdict
from spindrift.filtering.loading import LoadedFilter, load_filters
from spindrift.filtering.params import FilterParams, ParamsMistakeError, resources_of, settings_of

__all__ = [
    "FilterParams",
    "LoadedFilter",
    "ParamsMistakeError",
    "URLFilter",
    "URLFilters",
    "Verdict",
    "load_filters",
    "resources_of",
    "settings_of",
]
