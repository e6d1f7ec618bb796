"""Bytes of a page in, what a reader would take from it out."""

import datetime
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from spindrift.extraction.dates import publication_date
from spindrift.extraction.inputs import Input
from spindrift.extraction.maintext import MainTextExtractor
from spindrift.parse.charset import find_charset
from spindrift.parse.head import read_head
from spindrift.parse.html import HtmlParser
from spindrift.parse.language import declared_language, detect_language
from spindrift.parse.links import LinkCollector, resolve_link

CHARSET_LENGTH = 10_000
"""Bytes that are looked at for a declared charset."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was found on a page. `text`: paragraphs, one a line. `links`: absolute, each once, in order."""

    url: str
    title: str = ""
    date: datetime.date | None = None
    text: str = ""
    language: str | None = None
    links: list[str] = field(default_factory=list)


class DocumentExtractor:
    """Extracts documents, one for each thread. A page is decoded and parsed once. Never raises, whatever the bytes."""

    def __init__(self) -> None:
        self._html = HtmlParser(for_libraries=True)
        self._text = MainTextExtractor()

    def extract(self, url: str, content: bytes, content_type: str | None = None) -> Document:
        """The document in `content` (HTML as fetched); `content_type` is the header's value, if there was one."""
        root = self._html.parse(content, find_charset(content, content_type, CHARSET_LENGTH))
        head = read_head(root)
        links = LinkCollector((resolve_link(url, head.base) if head.base else None) or url, keep_nofollow=True)
        links.add_anchors(root)
        text = self._text.extract(root)
        return Document(
            url=url,
            title=head.title,
            date=publication_date(root, url),
            text=text,
            language=declared_language(head.language, head.metas.get("content-language")) or detect_language(text),
            links=[link.url for link in links.links],
        )


def document_of(page: Input) -> dict[str, Any] | None:
    """The document of an input as JSON has it; None of one that could not be read. For worker processes."""
    if page.problem is not None:
        return None
    document = _extractor().extract(page.url, page.content, page.content_type)
    return {
        "url": document.url,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "text": document.text,
        "language": document.language,
        "links": document.links,
    }


@cache
def _extractor() -> DocumentExtractor:
    return DocumentExtractor()
