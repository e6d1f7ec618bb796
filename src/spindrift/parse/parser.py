"""Bytes of a page in, `Page` out: charset, tree, robots directives, links, text and what the page says of itself."""

from collections.abc import Callable
from datetime import date
from typing import Self

from lxml import etree

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.metadata import Metadata, copy, first
from spindrift.parse.charset import decode, find_charset
from spindrift.parse.head import Head, read_head
from spindrift.parse.html import HtmlParser
from spindrift.parse.language import declared_language, detect_language
from spindrift.parse.links import LinkCollector, most_links, resolve_link
from spindrift.parse.mime import PLAIN, detect_mime_type, essence, is_html
from spindrift.parse.page import Link, Page
from spindrift.parse.text import TextExtractor
from spindrift.parse.text_classes import ExtractsText, text_extractor
from spindrift.robots.agent import robots_agents
from spindrift.robots.directives import RobotsDirectives, from_headers, from_meta

TITLE = "parse.title"
DESCRIPTION = "parse.description"
KEYWORDS = "parse.keywords"
LANGUAGE = "parse.language"
DATE = "parse.date"
PARSED_BY = "parsed.by"


class PageParser:
    """Parses pages as configured; one for each thread. Never raises, whatever the bytes.

    Reads detect.mimetype, detect.charset.maxlength, detect.language, detect.date, textextractor.*,
    jsoup.ignore.meta.redirections, parser.meta.refresh.max.delay, http.robots.headers.skip, http.robots.meta.skip,
    robots.noFollow.strict, http.robots.agents, http.agent.name and protocol.md.prefix.
    """

    def __init__(self, settings: Settings, text: ExtractsText) -> None:
        self._find_date = _date_finder() if settings.flag("detect.date") else None
        for_libraries = self._find_date is not None or getattr(text, "html_elements", False)
        self._html = HtmlParser(for_libraries=for_libraries)
        self._text = text
        self._plain = TextExtractor.from_settings(settings).plain
        self._prefix = settings.text("protocol.md.prefix")
        self._sniff = settings.flag("detect.mimetype")
        self._charset_length = settings.limit("detect.charset.maxlength")
        self._guess_language = settings.flag("detect.language")
        self._ignore_refresh = settings.flag("jsoup.ignore.meta.redirections")
        self._refresh_delay = settings.seconds_or_none("parser.meta.refresh.max.delay")
        self._skip_headers = settings.flag("http.robots.headers.skip")
        self._skip_meta = settings.flag("http.robots.meta.skip")
        self._strict = settings.flag("robots.noFollow.strict")
        named = settings.given("http.agent.name") or settings.given("http.robots.agents")
        self._agents = robots_agents(settings) if named else []

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ConfigurationError where a key has a value that cannot be used."""
        return cls(settings, text_extractor(settings))

    def parse(self, url: str, content: bytes, metadata: Metadata) -> Page:
        """Parse a fetched document; `metadata` (with the response headers) is copied, not changed.

        Of a plain text, the text is taken; a document of another type comes back with its `mime_type` and what the
        headers tell robots.
        """
        metadata = copy(metadata)
        content_type = first(metadata, self._prefix + "content-type")
        mime_type = detect_mime_type(content, content_type) if self._sniff else essence(content_type)
        if mime_type:
            metadata[keys.CONTENT_TYPE] = [mime_type]
        page = Page(url, content, metadata, base_url=url, mime_type=mime_type)
        html = is_html(mime_type)
        if html or mime_type == PLAIN:
            charset = find_charset(content, content_type, self._charset_length)
            metadata[keys.CONTENT_ENCODING] = [charset]
            metadata[PARSED_BY] = [f"{__name__}.{type(self).__name__}"]
        if html:
            self._fill(page, self._html.parse(content, charset))
        else:
            self._directives(metadata, Head())
            if mime_type == PLAIN:
                page.text = self._plain(decode(content, charset))
                self._describe(page, Head())
        return page

    def _fill(self, page: Page, root: etree._Element) -> None:
        head = read_head(root)
        page.tree = root
        page.text = self._text.extract(root)
        if head.base and (base := resolve_link(page.url, head.base)):
            page.base_url = base
        directives = self._directives(page.metadata, head)
        page.redirect, later = self._refresh(page, head)
        page.follow = not (directives.nofollow and self._strict)
        if page.follow:
            page.links = self._links(page, root, head, directives.nofollow, later)
        self._describe(page, head)

    def _directives(self, metadata: Metadata, head: Head) -> RobotsDirectives:
        directives = RobotsDirectives()
        if not self._skip_headers and (values := metadata.get(self._prefix + "x-robots-tag")):
            directives |= from_headers(values, self._agents)
        if not self._skip_meta and head.named:
            directives |= from_meta(head.named, self._agents)
        metadata[keys.NO_INDEX] = [_flag(directives.noindex)]
        metadata[keys.NO_FOLLOW] = [_flag(directives.nofollow)]
        metadata[keys.NO_CACHE] = [_flag(directives.noarchive)]
        return directives

    def _refresh(self, page: Page, head: Head) -> tuple[str | None, list[str]]:
        """The target of a redirect, and what is a link only, since it comes late. A page that reloads is neither."""
        if self._ignore_refresh or head.refresh is None or not head.refresh.reference:
            return None, []
        target = resolve_link(page.base_url, head.refresh.reference)
        if target is None or target.partition("#")[0] == (resolve_link(page.url, "") or page.url).partition("#")[0]:
            return None, []
        if self._refresh_delay is not None and head.refresh.delay > self._refresh_delay:
            return None, [target]
        return target, []

    def _links(self, page: Page, root: etree._Element, head: Head, nofollow: bool, later: list[str]) -> list[Link]:
        collector = LinkCollector(page.base_url, keep_nofollow=not self._strict, most=most_links(len(page.content)))
        collector.add_anchors(root, nofollow=nofollow)
        collector.add_frames(root, nofollow=nofollow)
        collector.add([*head.next_page, *([head.canonical] if head.canonical else []), *later], nofollow=nofollow)
        return collector.links

    def _describe(self, page: Page, head: Head) -> None:
        metadata = page.metadata
        header = first(metadata, self._prefix + "content-language")
        language = declared_language(head.language, head.metas.get("content-language"), header)
        if language is None and self._guess_language:
            language = detect_language(page.text)
        published = self._find_date(page.tree, page.url) if self._find_date and page.tree is not None else None
        canonical = resolve_link(page.base_url, head.canonical) if head.canonical else None
        found = {
            TITLE: [head.title],
            DESCRIPTION: [head.description],
            KEYWORDS: head.keywords,
            LANGUAGE: [language or ""],
            DATE: [published.isoformat() if published else ""],
            keys.CANONICAL: [canonical or ""],
        }
        for key, values in found.items():
            # What an earlier fetch left must not pass for what this one found.
            if values and values[0]:
                metadata[key] = values
            else:
                metadata.pop(key, None)


def _date_finder() -> Callable[[etree._Element, str], date | None]:
    """Imported where it is wanted only: its libraries take a while."""
    from spindrift.extraction.dates import publication_date

    return publication_date


def _flag(value: bool) -> str:
    return "true" if value else "false"
