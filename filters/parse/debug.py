"""DebugParseFilter: what the parser made of pages, to look at."""

import logging
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from lxml import etree
from pydantic import Field

from spindrift.filtering import FilterParams
from spindrift.parse.page import Page

_log = logging.getLogger(__name__)


class DebugParseFilter:
    """Writes the trees of the last pages into a folder, as XML: what XPath expressions have to fit.

    The files are page-000.xml and so on; when there are `maxPages`, the oldest is overwritten. Nothing is written
    anywhere else. A folder that cannot be written to is told once, and stops no page.
    """

    class Params(FilterParams):
        """Parameters of DebugParseFilter."""

        folder: Annotated[str, Field(min_length=1)]
        """Folder to write to, made when the first page is there."""
        max_pages: Annotated[int, Field(ge=1, le=1000)] = 100
        """Files at most."""
        max_bytes: Annotated[int, Field(ge=1)] = 1_000_000
        """Bytes of a file at most; the rest of the page is left out."""

    def __init__(self, params: Params) -> None:
        self._folder = Path(params.folder)
        self._max_pages = params.max_pages
        self._max_bytes = params.max_bytes
        self._written = 0
        self._failed = False

    def filter(self, page: Page) -> None:
        """Write the tree of the page, its URL in front of it. Changes nothing of the page."""
        if page.tree is None or self._failed:
            return
        url = page.url.replace("--", "-%2D")  # what a comment must not hold
        tree = etree.tostring(page.tree, encoding="utf-8", pretty_print=True)
        content = f"<!-- {url} -->\n".encode("utf-8", "replace") + tree
        try:
            self._write(content[: self._max_bytes])
        except OSError as error:
            self._failed = True
            _log.error("DebugParseFilter writes no pages any more: %s: %s", self._folder, error.strerror or error)

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = self._folder / f"page-{self._written % self._max_pages:03d}.xml"
        # A link that lies there under the file's name is replaced, not followed.
        with NamedTemporaryFile(dir=self._folder, prefix=".page-", delete=False) as file:
            try:
                file.write(content)
                file.close()
                Path(file.name).replace(name)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        self._written += 1
