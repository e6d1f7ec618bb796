"""Parses pages: a thin skin over the page parser."""

import logging
from collections.abc import Iterator
from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift import metadata_keys as names
from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.metadata import Metadata, first
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.parse.errors import CONTENT_FILTERING, CONTENT_PARSING, CONTENT_TYPE_CHECKING, with_error
from spindrift.parse.filters import ParseFilterError, ParseFilters
from spindrift.parse.mime import essence, is_html
from spindrift.parse.outlinks import Outlinks
from spindrift.parse.page import Page
from spindrift.parse.parser import PageParser
from spindrift.parse.parts import parts_of
from spindrift.status import Status

_log = logging.getLogger(__name__)


class ParserBolt(Bolt):
    """Extracts text, links and metadata of HTML pages.

    In: url, content (bytes), metadata (not changed). Emits
    - url, content, metadata, text for a page and each of its parts that parse filters found, and with
      `jsoup.treat.non.html.as.error` off for other types (a plain text has its text, others have none);
    - on `status`: url, metadata, status. Each link that passes the URL filters as DISCOVERED; a page with a meta
      refresh as REDIRECTION, after its target as DISCOVERED; a page of another type, or that a parse filter raised
      for, as ERROR with error.cause, error.source and error.message.

    Never fails a tuple: a page that cannot be parsed now could not be parsed the next time. Nor is a page tried again
    whose parsing comes to no end, so that the process has to be killed: it is an ERROR as well. Reads the keys of
    PageParser and Outlinks, jsoup.treat.non.html.as.error, redirections.allowed, urlfilters.config.file,
    parsefilters.config.file, jsoup.filters.config.file and metadata.*. With `metrics.report` it reports the metric
    `parser` at every tick.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata", "text"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._parser = PageParser.from_settings(settings)
        self._filters = ParseFilters.from_settings(settings)
        transfer = MetadataTransfer.from_settings(settings)
        self._url_filters = URLFilters.from_settings(settings)
        self._outlinks = Outlinks(settings, self._url_filters, transfer)
        self._content_type = settings.text("protocol.md.prefix") + "content-type"
        self._only_html = settings.flag("jsoup.treat.non.html.as.error")
        self._metrics = settings.flag("metrics.report")
        self._parsed = self._exceptions = 0
        self._redirections_allowed = settings.flag("redirections.allowed")

    @classmethod
    def hung(cls, tup: Any, seconds: float) -> list[tuple[str, list[Any]]]:
        """Called by the runner, by stream and values, for the page that a process hung in for `seconds`."""
        url, _, metadata = tup.values[:3]
        message = (
            f"{url}: no sign of life in {seconds:g} s (topology.subprocess.timeout.secs); its parsing, or a filter, "
            "comes to no end"
        )
        return [("status", [url, with_error(metadata, CONTENT_PARSING, message), Status.ERROR.value])]

    def process_tick(self, tup: Any) -> None:
        self._report()

    def cleanup(self) -> None:
        """Report once more. Called by the embedded runner at the end."""
        self._report()

    def _report(self) -> None:
        if self._metrics:
            counted = {"tuple_success": self._parsed, "parse exception": self._exceptions}
            outlinks = {"outlink_kept": self._outlinks.kept, "outlink_filtered": self._outlinks.filtered}
            raised = {"filter_errors": dict(self._url_filters.refused_by_error)}
            self.report_metric("parser", counted | outlinks | raised)

    def process(self, tup: Any) -> None:
        url, content, metadata = tup.values[:3]
        try:
            page = self._parser.parse(url, content, metadata)
            refused = self._only_html and not is_html(page.mime_type)
            discovered = iter(()) if refused else self._discover(page)
        except ParseFilterError as error:
            _log.error("%s: %s", url, error, exc_info=error.__cause__)
            self._emit_error(url, metadata, CONTENT_FILTERING, f"{url}: {error}")
            return
        except Exception as error:  # whatever it is, it would be the same the next time
            _log.exception("%s: parsing raised", url)
            self._emit_error(url, metadata, CONTENT_PARSING, f"{url}: {type(error).__name__}: {error}")
            return
        if refused:
            declared = essence(first(page.metadata, self._content_type))
            found = f" by its bytes, though declared as {declared}" if declared not in ("", page.mime_type) else ""
            message = f"{url} is {page.mime_type}{found}, not HTML, and jsoup.treat.non.html.as.error is true"
            self._emit_error(url, page.metadata, CONTENT_TYPE_CHECKING, message)
            return
        self._parsed += 1
        emit = self.emit
        for target, target_metadata in discovered:
            emit([target, target_metadata, _DISCOVERED], stream="status")
        if page.redirect is None:
            emit([url, page.content, page.metadata, page.text])
            for part in parts_of(page):
                emit([part.url, part.content, part.metadata, part.text])
        else:
            emit([url, page.metadata, Status.REDIRECTION.value], stream="status")

    def _discover(self, page: Page) -> Iterator[tuple[str, Metadata]]:
        """Run the filters over `page`; what it makes known: the target of its redirect, or else its links."""
        if page.redirect is not None:
            page.metadata[names.REDIRECT_TO] = [page.redirect]
            target = self._outlinks.redirect(page) if self._redirections_allowed else None
            return iter((target,) if target else ())
        self._outlinks.filter(page)
        self._filters.filter(page)
        # Once more, for the links that parse filters have added.
        self._outlinks.filter(page)
        return self._outlinks.discovered(page)

    def _emit_error(self, url: str, metadata: Metadata, cause: str, message: str) -> None:
        self._exceptions += cause != CONTENT_TYPE_CHECKING
        self.emit([url, with_error(metadata, cause, message), Status.ERROR.value], stream="status")


_DISCOVERED = Status.DISCOVERED.value
