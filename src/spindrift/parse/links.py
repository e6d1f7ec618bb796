"""The links of a page: a, area, frame and iframe, with their anchors, each target once."""

import math
from collections.abc import Iterable
from itertools import islice

from lxml import etree

from spindrift.parse.page import MAX_MORE_ANCHORS, Link
from spindrift.urls import joined, resolve
from spindrift.urls.credentials import without_credentials
from spindrift.urls.schemes import SUPPORTED

MAX_ANCHOR_LENGTH = 500
"""Characters of an anchor that are kept: some pages make a link of half their text."""
# Text that crosses the border of one of these may go on the same word; others part words.
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"}
    | {"kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"}
)
_HIDDEN = ("script", "style", "noscript")
MIN_LINKS = 5_000
"""Different targets of a page that are always read: of 774 real pages, the one with most has 665."""
BYTES_A_LINK = 64
"""Bytes of a page for each of those beyond: a link takes as many with a path and some words to click on, and those of
real pages with hundreds of them 180 and more. A megabyte may hold 80,000 shorter ones, and each costs up to 40
microseconds until all URL filters have seen it."""
COSTLY = 2
"""Links that one counts for whose URL is not put together from strings, or has escapes: an international host, a path
with blanks, and the like, which take as many times as long, here and in URL filters."""
_MAX_TEXTS = 200
"""Pieces of text of an anchor that are looked at: anchors may be nested in thousands around the same ones."""


def resolve_link(base_url: str, reference: str) -> str | None:
    """The absolute URL of a reference (as in href) on a page; None for what is no http, https or file URL.

    Fragments are kept: the normaliser among the URL filters decides on them. User name and password are left out.
    """
    url = resolve(base_url, reference)
    if url is None or not url.startswith(SUPPORTED):
        return None
    return without_credentials(url) if "@" in url else url  # a call less for most of a page's hundred links


def most_links(size: int) -> int:
    """How many different targets are read of a page of `size` bytes."""
    return max(MIN_LINKS, size // BYTES_A_LINK)


class LinkCollector:
    """Gathers links of one page, resolved and each target once; anchors of repeated targets are merged.

    `base_url`: what relative references are resolved against. `keep_nofollow`: also take links with rel=nofollow, but
    without their anchors, as StormCrawler does where robots.noFollow.strict is false. `most`: different references that
    are read, one that is not in normal form counts for COSTLY; of those after them, only the anchors of known ones are.
    """

    def __init__(self, base_url: str, *, keep_nofollow: bool = False, most: int | None = None) -> None:
        self._base_url = base_url
        self._room = math.inf if most is None else most
        self._keep_nofollow = keep_nofollow
        # Menus repeat: the same reference need not be resolved again.
        self._by_reference: dict[str, Link | None] = {}
        self._by_url: dict[str, Link] = {}

    @property
    def links(self) -> list[Link]:
        """The links so far, in order of their first occurrence."""
        return list(self._by_url.values())

    def add_anchors(self, root: etree._Element, *, nofollow: bool = False) -> None:
        """Take the a and area elements below `root`; `nofollow`: the page says so of all its links."""
        keep_nofollow = self._keep_nofollow or nofollow
        known = self._by_reference
        # The innermost loop of the parser: a hundred times a page.
        for element in root.iter("a", "area"):
            reference = element.get("href")
            if not reference or reference[0] == "#":
                # To a place on this very page.
                continue
            rel = element.get("rel")
            unfollowed = nofollow or (rel is not None and "nofollow" in rel.lower())
            if unfollowed and not keep_nofollow:
                continue
            if reference in known:
                link = known[reference]
            elif self._room <= 0:
                continue
            else:
                link = self._link(reference, nofollow=True)
            if link is None or unfollowed:
                continue
            link.nofollow = False
            if len(link.more_anchors) >= MAX_MORE_ANCHORS:
                continue
            anchor = _anchor(element)
            if link.anchor:
                link.add_anchor(anchor)
            else:
                link.anchor = anchor

    def add_frames(self, root: etree._Element, *, nofollow: bool = False) -> None:
        """Take the frame and iframe elements below `root`."""
        self.add((src for frame in root.iter("frame", "iframe") if (src := frame.get("src"))), nofollow=nofollow)

    def add(self, references: Iterable[str], *, nofollow: bool = False) -> None:
        """Take other references, which have no anchor."""
        for reference in references:
            if reference not in self._by_reference and self._room > 0:
                self._link(reference, nofollow=nofollow)

    def _link(self, reference: str, *, nofollow: bool) -> Link | None:
        """A new reference's link; `nofollow` is that of a target not met before."""
        url = joined(self._base_url, reference)
        self._room -= COSTLY if url is None or "%" in reference else 1
        if url is None or "@" in url:
            url = resolve_link(self._base_url, reference)
        link = None
        if url is not None:
            link = self._by_url.get(url)
            if link is None:
                link = self._by_url[url] = Link(url, "", nofollow)
        self._by_reference[reference] = link
        return link


def _anchor(element: etree._Element) -> str:
    text: str | None
    if not len(element):
        text = element.text or element.get("alt")
        if not text:
            return ""
    else:
        separator = "" if all(child.tag in _INLINE for child in element) else " "
        text = separator.join(_visible_texts(element))
    if len(text) > MAX_ANCHOR_LENGTH:
        text = text[: 4 * MAX_ANCHOR_LENGTH]
    return " ".join(text.split())[:MAX_ANCHOR_LENGTH]


def _visible_texts(element: etree._Element) -> list[str]:
    if next(islice(element.iter("a"), 1, None), None) is not None:
        return _first_texts(element)
    texts = [str(text) for text in islice(element.itertext(), _MAX_TEXTS)]
    for hidden in islice(element.iter(*_HIDDEN), _MAX_TEXTS):
        if hidden.text in texts:
            texts.remove(hidden.text)
    return texts


def _first_texts(element: etree._Element) -> list[str]:
    """The same for an anchor around others: no more than so many nodes, as each of them goes through what is within."""
    texts = []
    for event, node in islice(etree.iterwalk(element, events=("start", "end")), 3 * _MAX_TEXTS):
        if event == "start":
            text = None if node.tag in _HIDDEN else node.text
        else:
            text = None if node is element else node.tail
        if text:
            texts.append(text)
    return texts
