"""XPathFilter: values of a page into its metadata."""

from typing import Annotated

from pydantic import ConfigDict, PlainValidator, RootModel

from spindrift.parse.page import Page
from spindrift.parse.xpath import TextXPath


def _parse(value: object) -> list[TextXPath]:
    expressions: list[object] = value if isinstance(value, list) else [value]
    texts = [expression for expression in expressions if isinstance(expression, str)]
    if not texts or len(texts) < len(expressions):
        raise ValueError(f'got {value!r}, expected an XPath expression such as "//TITLE", or a list of them')
    return [TextXPath(expression) for expression in texts]


XPaths = Annotated[list[TextXPath], PlainValidator(_parse, json_schema_input_type=str | list[str])]
"""One XPath expression, or several."""


class XPathFilter:
    """Reads values out of the page by XPath: `{"parse.author": ["//META[@name=\\"author\\"]/@content", "//ADDRESS"]}`.

    For each key of the metadata, the first expression that finds something decides, with all values that it finds.
    They replace what the key held: what the parser or an earlier fetch put there is not mixed with them.

    Time is bounded: where an expression takes more than 0.1 s of CPU and 5 microseconds for each element of the page,
    or `//` stands twice inside of functions and the page has more than 1000 elements, the page gets ERROR, with the
    expression and the reason. Steps of any depth (`//DIV//B`), with attributes and children as conditions, always work.
    """

    class Params(RootModel[dict[str, XPaths]]):
        """Key of the metadata to XPath expressions."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

    def __init__(self, params: Params) -> None:
        self._expressions = params.root

    def filter(self, page: Page) -> None:
        """Set the keys for which something is found."""
        if page.tree is None:
            return
        for key, expressions in self._expressions.items():
            for expression in expressions:
                if values := expression.texts(page.tree):
                    page.metadata[key] = values
                    break
