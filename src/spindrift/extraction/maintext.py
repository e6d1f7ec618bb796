"""The main text of a page, without navigation, advertisements and comments, by trafilatura."""

import logging
from typing import Self

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from spindrift.conf import Settings
from spindrift.extraction.adjustments import adjust_trafilatura
from spindrift.extraction.bounds import is_tractable
from spindrift.parse.text import TextExtractor

_log = logging.getLogger(__name__)
# trafilatura logs at length that a page has no text.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


class MainTextExtractor:
    """Extracts the main text; to be chosen by `textextractor.class` in place of TextExtractor.

    Paragraphs are lines. Of a page too large or too deep for trafilatura, and of one that it finds nothing on, the
    text is all there is, as TextExtractor gives it. `limit`: most characters.
    """

    html_elements = True
    """Wants the elements of lxml.html, as HtmlParser(for_libraries=True) makes them."""

    def __init__(
        self, fallback: TextExtractor | None = None, *, enabled: bool = True, limit: int | None = None
    ) -> None:
        adjust_trafilatura()
        self._fallback = fallback or TextExtractor()
        self._enabled = enabled
        self._limit = limit
        # Its slower ways, other algorithms to compare with, gain half a percent for half the time.
        self._options = Extractor(output_format="python", fast=True, comments=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read textextractor.no.text, .skip.after and, for pages without main text, the keys of TextExtractor."""
        return cls(
            TextExtractor.from_settings(settings),
            enabled=not settings.flag("textextractor.no.text"),
            limit=settings.limit("textextractor.skip.after"),
        )

    def extract(self, root: etree._Element) -> str:
        """The main text of the page whose `html` element is `root`, which is not changed. Never raises."""
        if not self._enabled:
            return ""
        text = self._main_text(root) or self._fallback.extract(root)
        return text if self._limit is None else text[: self._limit].rstrip()

    def _main_text(self, root: etree._Element) -> str:
        if not is_tractable(root):
            return ""
        try:
            document = bare_extraction(root, options=self._options)
        except Exception as error:  # it is anyone's page, and a long program
            _log.debug("trafilatura raised %s: %s", type(error).__name__, error)
            return ""
        return (document.text or "").strip() if isinstance(document, Document) else ""
