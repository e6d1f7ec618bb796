"""Which pages may be given to libraries that take time and stack as a page's elements and depth ask for."""

from lxml import etree

MAX_ELEMENTS = 20_000
"""More elements than any article has; the largest of 800 labelled pages has a third."""
MAX_DEPTH = 100
"""Levels: for each, trafilatura reads all the text below it."""
MAX_TEXT = 2_000_000
"""Characters of text, scripts included."""

_ELEMENTS = etree.XPath("count(descendant::*)")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_TEXT = etree.XPath("string-length(.)")


def is_tractable(root: etree._Element) -> bool:
    """Whether a second is enough for the page whose `html` element is `root`, whoever made it."""
    return bool(_ELEMENTS(root) <= MAX_ELEMENTS and not _TOO_DEEP(root) and _TEXT(root) <= MAX_TEXT)
