"""Runs one filter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.filtering.chain import NO_URL, RETURNS
from spindrift.filtering.making import make_filter
from spindrift.filtering.mistakes import Mistakes
from spindrift.metadata import Metadata
from spindrift.parse.filters import mend_page
from spindrift.parse.page import Page
from spindrift.parse.parser import PageParser
from spindrift.resource_files import ResourceFiles
from spindrift.urls.schemes import is_absolute


def run_url_filter(
    cls: type[Any],
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    source_url: str | None = None,
    metadata: Metadata | None = None,
    conf: Mapping[str, Any] | None = None,
) -> str | None:
    """What a URL filter makes of a URL that was found on `source_url`, a page with this `metadata`; None: refused.

        assert run_url_filter(NoSessions, "http://a.example/?sid=1", params={"names": ["sid"]}) is None

    `params` are those of the filter file, `conf` is the configuration. Raises ConfigurationError with all mistakes, and
    TypeError where the filter returns anything else.
    """
    result: str | None = _made(cls, params, Settings(conf)).filter(source_url, metadata or {}, url)
    if not isinstance(result, str | None):
        raise TypeError(f"{cls.__name__} returned {result!r:.100} ({RETURNS})")
    if result is not None and result != url and not is_absolute(result):
        raise TypeError(f"{cls.__name__} returned {result!r:.100}, {NO_URL}")
    return result


def run_parse_filter(
    cls: type[Any],
    html: str | bytes,
    *,
    params: Mapping[str, Any] | None = None,
    url: str = "http://example.com/",
    metadata: Metadata | None = None,
    conf: Mapping[str, Any] | None = None,
) -> Page:
    """The page that a parse filter leaves behind: parsed as in the crawl, then given to the filter.

        page = run_parse_filter(Headings, "<html><h1>Hello</h1>")
        assert page.metadata["headings"] == ["Hello"]

    `params` are those of the filter file; `conf` is the configuration. Raises ConfigurationError with all
    mistakes in either, what the filter raises, and ParseFilterError where it writes what no page can have.
    """
    settings = Settings(conf)
    given = dict(metadata or {})
    if isinstance(html, str):
        given.setdefault(settings.text("protocol.md.prefix") + "content-type", ["text/html; charset=utf-8"])
    content = html.encode() if isinstance(html, str) else html
    page = PageParser.from_settings(settings).parse(url, content, given)
    _made(cls, params, settings).filter(page)
    mend_page(page, cls.__name__)
    return page


def _made(cls: type[Any], params: Mapping[str, Any] | None, settings: Settings) -> Any:
    """The filter with parameters from JSON, as the loader of filter files makes it."""
    mistakes = Mistakes(Path("params"))
    given = dict(params or {})
    made = make_filter(cls, cls.__name__, given, [], mistakes, ResourceFiles.from_settings(settings), settings)
    mistakes.raise_if_any()
    return made
