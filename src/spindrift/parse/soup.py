"""A page's tree as BeautifulSoup has it, for CSS selectors and for filters that like its interface."""

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString
from lxml import etree

MAX_TAGS = 10_000
"""Elements of a page that are taken over, three times as many as the largest of 774 real pages has: each takes a
hundred times the memory of its few bytes, and 30 microseconds with a few selectors."""


def to_soup(root: etree._Element) -> BeautifulSoup:
    """The tree of `root`, up to MAX_TAGS elements in document order.

    The page is not parsed once more: what was repaired, decoded and bounded stays so, and takes linear time. (Feeding
    BeautifulSoup tag by tag walks to the root for each, which a deeply nested page makes quadratic.)
    """
    soup = BeautifulSoup("", "lxml")
    string_classes = soup.builder.string_containers
    within: list[type[NavigableString]] = [NavigableString]
    parent: Tag = soup
    last: Tag | NavigableString | None = None
    left = MAX_TAGS
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if not left:
                break
            left -= 1
            parent = last = _append_tag(element, parent, last, soup)
            within.append(string_classes.get(parent.name, within[-1]))
            text = element.text
        else:
            parent = parent.parent or soup
            within.pop()
            text = element.tail if element is not root else None
        if text:
            last = _append_text(within[-1](text), parent, last)
    return soup


def own_text_types(tag: Tag) -> tuple[type[NavigableString], ...]:
    """The classes of the strings that are text of `tag`: those of scripts and styles are so to these alone."""
    types = tag.interesting_string_types or (NavigableString, CData)
    return (types,) if isinstance(types, type) else tuple(types)


def _append_tag(element: etree._Element, parent: Tag, last: Tag | NavigableString | None, soup: BeautifulSoup) -> Tag:
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    tag = Tag(soup, soup.builder, str(element.tag), attrs=attributes, parent=parent, previous=last)
    parent.contents.append(tag)
    return tag


def _append_text(string: NavigableString, parent: Tag, last: Tag | NavigableString | None) -> NavigableString:
    string.setup(parent, last)
    parent.contents.append(string)
    return string
