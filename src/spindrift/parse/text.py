"""The text of a page, in document order: words of different blocks apart, words within a line left whole."""

from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from typing import Self, cast

from cssselect import HTMLTranslator, SelectorError, parse
from lxml import etree

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.parse.bounded_xpath import BoundedXPath, CostlyPathError, outermost

# Elements at whose borders a word ends: HTML's blocks, table parts, controls.
_BLOCKS = (
    "address|article|aside|audio|blockquote|body|br|button|canvas|caption|center|col|colgroup|dd|details|dialog|dir|div"
    "|dl|dt|embed|fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html"
    "|iframe|img|input|legend|li|link|main|map|menu|meta|nav|noframes|noscript|object|ol|optgroup|option|p|pre|search"
    "|section|select|summary|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|ul|video"
)
# Never text, whatever is configured: their content is data to a browser.
_DATA = ("script", "style")
# Collapsing the whitespace in here, too, is twice as fast as split and join.
_STYLESHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/>
<xsl:template match="/">
  <xsl:variable name="text"><xsl:apply-templates/></xsl:variable>
  <xsl:value-of select="normalize-space($text)"/>
</xsl:template>
<xsl:template match="{blocks}"><xsl:text> </xsl:text><xsl:apply-templates/><xsl:text> </xsl:text></xsl:template>
<xsl:template match="{excluded}" priority="2"><xsl:text> </xsl:text></xsl:template>
</xsl:stylesheet>"""
# Blanks that XML does not count as such: no-break, form feed, thin and ideographic spaces, and the like.
_OTHER_BLANKS = "\xa0\f\u2003\u2009\u202f\u3000\x85\u2028"
# For trees that the stylesheet finds too deep.
_ALL_TEXT = etree.XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)

MAX_SELECTED = 1_000_000
"""Elements that a selector selects: more than any page has."""
MANY_ROOTS = 100
"""Elements above which those that a selector selects are copied into one tree: to transform each takes five times as
long as to copy it."""
MAX_ELEMENTS = 1000
"""Elements of which `texts` takes the text: each costs some microseconds, however little is in it."""


class TextExtractor:
    """Extracts text as configured. Whitespace is collapsed; a text is one line.

    `include`: CSS selectors, the text is that of all elements that the first one with a match selects (none matches:
    of the whole body). `exclude`: names of elements that are left out with all they hold. `limit`: most characters.
    The work is done in C, by a stylesheet made once: element by element in Python takes several times as long.
    """

    def __init__(
        self,
        include: Sequence[str] = (),
        exclude: Sequence[str] = _DATA,
        *,
        enabled: bool = True,
        limit: int | None = None,
    ) -> None:
        self._enabled = enabled
        self._limit = limit
        self._include = [_compile_selector(selector) for selector in include]
        excluded = dict.fromkeys([*_DATA, *(_element_name(name) for name in exclude)])
        sheet = _STYLESHEET.format(blocks=_BLOCKS, excluded="|".join(excluded))
        self._transform = etree.XSLT(etree.XML(sheet))

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read textextractor.include.pattern, .exclude.tags, .no.text and .skip.after.

        Raises ConfigurationError for a selector or an element name that is none.
        """
        return cls(
            settings.texts("textextractor.include.pattern"),
            settings.texts("textextractor.exclude.tags"),
            enabled=not settings.flag("textextractor.no.text"),
            limit=settings.limit("textextractor.skip.after"),
        )

    def extract(self, root: etree._Element) -> str:
        """The text of the page whose `html` element is `root`."""
        if not self._enabled:
            return ""
        roots = self._roots(root)
        if len(roots) > MANY_ROOTS:
            roots = [_side_by_side(roots)]
        text = " ".join([self._text(element) for element in roots])
        if any(blank in text for blank in _OTHER_BLANKS):
            return self.plain(text)
        return self._cut(text)

    def texts(self, elements: Sequence[etree._Element]) -> list[str]:
        """The text of each element, up to MAX_ELEMENTS; those within another one are left out.

        `elements` are in document order.
        """
        return [self.plain(self._text(element)) for element in outermost(elements)[:MAX_ELEMENTS]]

    def plain(self, text: str) -> str:
        """A text that is no HTML, in the same form."""
        return self._cut(" ".join(text.split())) if self._enabled else ""

    def _cut(self, text: str) -> str:
        return text if self._limit is None else text[: self._limit].rstrip()

    def _roots(self, root: etree._Element) -> list[etree._Element]:
        for selector in self._include:
            with suppress(CostlyPathError):  # made to take time: the text is that of the body
                if selected := cast(list[etree._Element], selector(root)):
                    return outermost(selected)
        body = root.find("body")
        return [root if body is None else body]

    def _text(self, element: etree._Element) -> str:
        try:
            return str(self._transform(element))
        except etree.XSLTError:
            return " ".join(" ".join(_ALL_TEXT(element)).split())  # type: ignore[arg-type]


def _side_by_side(elements: Sequence[etree._Element]) -> etree._Element:
    """A body with a copy of each element, in a block of its own."""
    body = etree.Element("body")
    for element in elements:
        copied = copy(element)
        copied.tail = None
        etree.SubElement(body, "div").append(copied)
    return body


def _compile_selector(selector: str) -> BoundedXPath:
    """What a group of selectors, such as `article, main`, selects."""
    try:
        translator = HTMLTranslator()
        paths = [translator.selector_to_xpath(each, translate_pseudo_elements=True) for each in parse(selector)]
        return BoundedXPath(" | ".join(paths), MAX_SELECTED)
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise ConfigurationError(
            f"configuration key textextractor.include.pattern: {selector!r} is no CSS selector ({error}); "
            'expected one such as DIV[id="maincontent"] or ARTICLE'
        ) from None


def _element_name(name: str) -> str:
    lowered = name.strip().lower()
    if not (lowered.isascii() and lowered.replace("-", "").isalnum() and lowered[0].isalpha()):
        raise ConfigurationError(
            f"configuration key textextractor.exclude.tags: {name!r} is no name of an element; expected STYLE or NAV"
        )
    return lowered
