"""CssFilter: values of a page into its metadata, by CSS selectors."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from spindrift.parse.css import TextSelector
from spindrift.parse.page import Page


def _parse(value: object) -> list[TextSelector]:
    selectors: list[object] = value if isinstance(value, list) else [value]
    texts = [selector for selector in selectors if isinstance(selector, str)]
    if not texts or len(texts) < len(selectors):
        raise ValueError(f'got {value!r}, expected a CSS selector such as "article h1", or a list of them')
    return [TextSelector(selector) for selector in texts]


Selectors = Annotated[list[TextSelector], PlainValidator(_parse, json_schema_input_type=str | list[str])]
"""One CSS selector, or several."""


class CssFilter:
    """Reads values out of the page by CSS: `{"author": ["meta[name=author]::attr(content)", "address"]}`.

    For each key of the metadata, the first selector that finds something decides, with all values that it finds. They
    replace what the key held. Selectors are soupsieve's, with `::text` and `::attr(name)` behind them as in Scrapy.
    The first such filter of a file turns the page into BeautifulSoup's tree, which costs as much as parsing it ten
    times; where XPath does, XPathFilter is cheaper.
    """

    class Params(RootModel[dict[str, Selectors]]):
        """Key of the metadata to CSS selectors."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

    def __init__(self, params: Params) -> None:
        self._selectors = params.root

    def filter(self, page: Page) -> None:
        """Set the keys for which something is found."""
        soup = page.soup
        if soup is None:
            return
        for key, selectors in self._selectors.items():
            for selector in selectors:
                if values := selector.texts(soup):
                    page.metadata[key] = values
                    break
