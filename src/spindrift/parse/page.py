"""A parsed page, as parse filters see and change it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from spindrift.metadata import Metadata

if TYPE_CHECKING:
    from bs4 import BeautifulSoup


@dataclass(slots=True)
class Link:
    """A link of a page. `url` is absolute; `anchor` is the text of its first occurrence, empty where there is none."""

    url: str
    anchor: str = ""
    nofollow: bool = False
    more_anchors: tuple[str, ...] = ()
    """Differing texts of further occurrences, in order."""

    accepted: bool = False
    """The URL filters have let it through, and `url` is as they rewrote it."""

    @property
    def anchors(self) -> list[str]:
        """All texts of the link."""
        return [self.anchor, *self.more_anchors] if self.anchor else []

    def add_anchor(self, text: str) -> None:
        """Take in the text of another occurrence; repeated and empty ones add nothing."""
        if not self.anchor:
            self.anchor = text
        elif (
            text and text != self.anchor and text not in self.more_anchors and len(self.more_anchors) < MAX_MORE_ANCHORS
        ):
            self.more_anchors += (text,)


MAX_MORE_ANCHORS = 15
"""A page may link one target thousands of times; the status store need not hold them all."""


@dataclass(slots=True)
class Part:
    """A document within a page, such as a post of a thread: `url` is its own, absolute, and differs from the page's.

    It is not fetched by itself, but comes again with its page.
    """

    url: str
    text: str
    metadata: Metadata = field(default_factory=dict)
    content: bytes = b""


@dataclass(slots=True)
class Page:
    """What the parser made of a page. Parse filters may change all of it but `url` and `tree`.

    `content`: the bytes as fetched. `metadata`: a copy of the tuple's, with what was parsed. `links`: http, https and
    file targets, each once. `tree`: the root element (lower-case names), None where the page is no HTML.
    """

    url: str
    content: bytes
    metadata: Metadata
    text: str = ""
    links: list[Link] = field(default_factory=list)
    tree: etree._Element | None = None
    base_url: str = ""
    """What relative links are resolved against: base href, else the URL of the page."""
    mime_type: str = ""
    follow: bool = True
    """False: the page forbids to take its links, those that filters find included."""
    redirect: str | None = None
    """The target of a meta refresh that stands for a redirect."""
    parts: list[Part] = field(default_factory=list)
    """Documents within this one, which filters have found: indexed beside it, under URLs of their own."""
    _soup: "BeautifulSoup | None" = field(default=None, init=False, repr=False, compare=False)

    @property
    def soup(self) -> "BeautifulSoup | None":
        """`tree` as BeautifulSoup has it, made when it is first asked for; None where the page is no HTML."""
        if self._soup is None and self.tree is not None:
            from spindrift.parse.soup import to_soup  # a crawl that does not ask does not load it

            self._soup = to_soup(self.tree)
        return self._soup


class ParseFilter(Protocol):
    """A filter of parsefilters.json: looks at a page and adds to it. One that raises makes the page an ERROR."""

    def filter(self, page: Page) -> None:
        """Change `page` in place."""
        ...
