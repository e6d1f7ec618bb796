"""Which pages may be given to libraries that take time and stack as a page's elements and depth ask for."""

from typing import TypeGuard

from lxml import etree
from lxml.html import HtmlElement

MAX_ELEMENTS = 10_000
"""Three times as many as the largest of 774 labelled pages has; each may take a tenth of a millisecond."""
FEW_ELEMENTS = 1_500
"""Elements that any page may have."""
BYTES_AN_ELEMENT = 75
"""Bytes of a page for each of those beyond: of 774 labelled pages, none has more than three quarters of what is let
pass. Those that are made to take time have a thousand elements in five kilobytes."""
MANY_ELEMENTS = 6_000
BYTES_OF_MANY = 100
"""Bytes of a page for each element where there are more than MANY_ELEMENTS, as in long articles."""
MAX_DEPTH = 60
"""Levels: for each, trafilatura reads all the text below it again. The deepest labelled page has 51."""
DEEP = 30
"""Levels above which a page may have no more than MAX_ELEMENTS_IF_DEEP."""
MAX_ELEMENTS_IF_DEEP = 5_000
MAX_TEXT = 2_000_000
"""Characters of text, scripts included."""
MAX_COPYRIGHTS = 100
"""Copyright marks of a page whose texts htmldate may search: it reads a hundred characters after each, all over."""

_ELEMENTS = etree.XPath("count(descendant::*)")
_IS_DEEP = etree.XPath("boolean(" + "/*" * (DEEP + 1) + ")")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_TEXT_LENGTH = etree.XPath("string-length(.)")
_TEXT = etree.XPath("string(.)", smart_strings=False)


def is_tractable(root: etree._Element) -> TypeGuard[HtmlElement]:
    """Whether a second or so is enough for the page whose `html` element is `root`, whoever made it.

    The libraries want elements of lxml.html, as HtmlParser(for_libraries=True) makes them: they do nothing with others.
    """
    if not isinstance(root, HtmlElement):
        return False
    elements = float(_ELEMENTS(root))  # type: ignore[arg-type]
    if (
        elements > MAX_ELEMENTS
        or (elements > FEW_ELEMENTS and elements > _most_elements(root))
        or _TOO_DEEP(root)
        or (elements > MAX_ELEMENTS_IF_DEEP and _IS_DEEP(root))
    ):
        return False
    return float(_TEXT_LENGTH(root)) <= MAX_TEXT  # type: ignore[arg-type]


def _most_elements(root: etree._Element) -> float:
    # The page itself is no longer there; to write it takes a hundredth of what may be saved.
    length = len(etree.tostring(root, encoding="utf-8"))
    return min(FEW_ELEMENTS + length / BYTES_AN_ELEMENT, max(MANY_ELEMENTS, length / BYTES_OF_MANY))


def is_searchable(root: etree._Element) -> bool:
    """Whether the texts of a page that is tractable may be searched for dates, too."""
    text = str(_TEXT(root)).lower()
    return sum(map(text.count, ("©", "copyright", "(c)"))) <= MAX_COPYRIGHTS
