"""ContentFilter: the text of a page from the part of it that holds the content."""

from lxml import etree
from pydantic import ConfigDict, RootModel

from spindrift.filters.parse.xpath import XPaths
from spindrift.parse.page import Page
from spindrift.parse.text import TextExtractor
from spindrift.parse.xpath import TextXPath

MATCHED = "contentFilter.matched"


class ContentFilter:
    """Restricts the text to what an XPath selects: `{"main": "//DIV[@id='maincontent']", "article": "//ARTICLE"}`.

    The first expression that finds text decides, and leaves its name in the metadata, under `contentFilter.matched`;
    where none does, the text stays. Several elements are parted by line feeds; those within another one add nothing.
    Where it is a matter of configuration, `textextractor.include.pattern` does the same for CSS selectors.
    """

    class Params(RootModel[dict[str, XPaths]]):
        """Any name to XPath expressions."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

    def __init__(self, params: Params) -> None:
        self._expressions = [
            (label, expression) for label, expressions in params.root.items() for expression in expressions
        ]
        self._extractor = TextExtractor()

    def filter(self, page: Page) -> None:
        """Replace the text of the page, where there is some in one of the places."""
        page.metadata.pop(MATCHED, None)
        if page.tree is None:
            return
        for label, expression in self._expressions:
            if text := self._content(expression, page.tree):
                page.text = text
                page.metadata[MATCHED] = [label]
                return

    def _content(self, expression: TextXPath, tree: etree._Element) -> str:
        nodes = expression.nodes(tree)
        texts = [self._extractor.plain(node) for node in nodes if isinstance(node, str)]
        texts += self._extractor.texts([node for node in nodes if not isinstance(node, str)])
        return "\n".join(filter(None, texts))
