"""CSS selectors of filter files: checked when they are read, evaluated to lists of texts."""

import re
from itertools import islice

import soupsieve
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from spindrift.parse.soup import own_text_types

# What Scrapy's and parsel's users write behind a selector.
_PSEUDO_ELEMENT = re.compile(
    r"(?P<selector>.*[^\s:])\s*::(?:(?P<text>text)|attr\(\s*(?P<name>[^\s()]+)\s*\))", re.DOTALL
)

MAX_ELEMENTS = 1000
"""Elements whose values are taken."""
MAX_NODES = 200_000
"""Nodes that are looked at for the texts of one selector: elements within elements have theirs in common."""


class TextSelector:
    """A CSS selector that gives texts: `h1`, those of the elements; `a::attr(href)`, an attribute; `p::text`, the
    pieces of text that are the element's own, not its children's.

    Whitespace is collapsed. At most MAX_ELEMENTS elements count. Time is linear in the page, whatever the selector.
    Raises ValueError for what is no such selector.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        match = _PSEUDO_ELEMENT.fullmatch(expression.strip())
        selector = match["selector"] if match else expression.strip()
        self._attribute: str | None = match["name"].lower() if match and match["name"] else None
        self._own_text = bool(match and match["text"])
        try:
            self._selector = soupsieve.compile(selector)
        except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError) as error:
            reason = str(error).splitlines()[0].rstrip(":") if str(error) else "it is empty"
            raise ValueError(f"{expression!r} is no CSS selector: {reason}") from None

    def texts(self, soup: BeautifulSoup) -> list[str]:
        """The values in a page, in document order; empty ones are left out."""
        tags = self._selector.select(soup, limit=MAX_ELEMENTS)
        if self._attribute is not None:
            found = [_attribute(tag, self._attribute) for tag in tags]
        elif self._own_text:
            found = [str(text) for tag in tags for text in tag.contents if type(text) in own_text_types(tag)]
        else:
            found = _texts(tags)
        return [text for value in found if (text := " ".join(value.split()))]


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return "" if value is None else value if isinstance(value, str) else " ".join(value)


def _texts(tags: list[Tag]) -> list[str]:
    texts = []
    left = MAX_NODES
    for tag in tags:
        if left <= 0:
            break
        types = own_text_types(tag)
        pieces: list[str] = []
        for node in islice(tag.descendants, left):
            left -= 1
            if isinstance(node, NavigableString) and type(node) in types:
                pieces.append(node)
        texts.append("".join(pieces))
    return texts
