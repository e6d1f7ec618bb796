"""MimeTypeNormalization: the kind of a document in one word."""

from spindrift.metadata import first
from spindrift.metadata_keys import CONTENT_TYPE
from spindrift.parse.page import Page

FORMAT = "format"

# In this order; the names of Office's newer types and of OpenDocument are StormCrawler's "other".
_PARTS = (
    ("html", "html"),
    ("pdf", "pdf"),
    ("word", "word"),
    ("opendocument.text", "word"),
    ("excel", "excel"),
    ("spreadsheet", "excel"),
    ("powerpoint", "powerpoint"),
    ("presentation", "powerpoint"),
)
_FAMILIES = ("video", "image", "audio")


class MimeTypeNormalization:
    """Puts the kind of the document into the metadata, under `format`: html, pdf, word, excel, powerpoint, video,
    image, audio, other or unknown.

    It is that of `parse.Content-Type`, which the parser finds with `detect.mimetype`. Documents that are no HTML reach
    the filters where `jsoup.treat.non.html.as.error` is false.
    """

    def filter(self, page: Page) -> None:
        """Set the key."""
        page.metadata[FORMAT] = [format_of(first(page.metadata, CONTENT_TYPE) or "")]


def format_of(mime_type: str) -> str:
    """The kind of a media type: `pdf` of application/pdf, `unknown` of none."""
    mime_type = mime_type.strip().lower()
    if not mime_type:
        return "unknown"
    for part, name in _PARTS:
        if part in mime_type:
            return name
    family = mime_type.partition("/")[0]
    return family if family in _FAMILIES else "other"
