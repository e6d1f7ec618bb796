"""XPath expressions of filter files: checked when they are read, evaluated to lists of texts."""

import html
import re
from collections.abc import Callable
from typing import cast

from lxml import etree

from spindrift.parse.bounded_xpath import BoundedXPath

# StormCrawler's two kinds of parse filters know these, at the start or at the end of an expression.
_SERIALIZE = re.compile(r"serialize\((.*)\)", re.DOTALL)
_ENDING = re.compile(r"(.*?)/(allText|tidyText|html|outerHtml)\(\)", re.DOTALL)
_TEXT = etree.XPath("string()", smart_strings=False)
# The parts of a path in which a name may stand; literals and axes are told apart so that they are left alone.
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|'[^']*')|(?P<axis>[\w-]+\s*::)|(?P<attribute>@\s*[\w:.-]+)|(?P<variable>\$\s*[\w:.-]+)"""
    r"""|(?P<function>[\w.:-]+)(?=\s*\()|(?P<prefix>[\w.-]+\s*:)|(?P<name>[A-Za-z_][\w.-]*)"""
)
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_FUNCTIONS = frozenset(
    {"last", "position", "count", "id", "local-name", "namespace-uri", "name", "string", "concat", "starts-with"}
    | {"contains", "substring-before", "substring-after", "substring", "string-length", "normalize-space", "translate"}
    | {"boolean", "not", "true", "false", "lang", "number", "sum", "floor", "ceiling", "round"}
    | {"text", "node", "comment", "processing-instruction"}
)

MAX_NODES = 20_000
"""Elements, attributes and texts that an expression finds; those after them are left out."""
MAX_ELEMENTS = 1000
"""Elements whose texts are taken: a page may nest thousands, each with the text of all within it."""
MAX_LENGTH = 1_000_000
"""Characters of the texts of elements, after which no more are taken."""


class TextXPath:
    """An XPath that gives texts: those of elements, attributes and text nodes, stripped.

    Names of elements and attributes may be in any case, as `//META[@name="title"]/@CONTENT`. Beside XPath 1.0 there are
    `serialize(path)`, the markup of what the path selects, and, as last step, `/allText()` and `/tidyText()`: all the
    text below, as it is or with whitespace collapsed; `/html()` and `/outerHtml()`: the markup within, or all of it.
    MAX_NODES bounds what is found; of elements, MAX_ELEMENTS and MAX_LENGTH bound the texts. Evaluated, it raises
    CostlyPathError on a page that it would take too long on.

    Raises ValueError for what is no such expression.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        path, self._to_text = _split(expression.strip())
        if unknown := _unknown(path):
            raise ValueError(f"{expression!r} is no XPath expression that works here: there is no {unknown}")
        try:
            lowered = _lower_names(path)
            self._xpath = BoundedXPath(lowered, MAX_NODES)
        except etree.XPathError as error:
            raise ValueError(f"{expression!r} is no XPath expression: {error}") from None

    def texts(self, root: etree._Element) -> list[str]:
        """The values in the tree of `root`, in document order; none at all where all of them are empty."""
        values: list[str] = []
        elements = length = 0
        for node in self.nodes(root):
            if isinstance(node, str):
                values.append(node.strip())
            elif elements < MAX_ELEMENTS and length < MAX_LENGTH:
                values.append(self._to_text(node))
                elements += 1
                length += len(values[-1])
        return values if any(values) else []

    def nodes(self, root: etree._Element) -> list[etree._Element | str]:
        """What the path selects, in document order: elements, or texts of attributes and text nodes."""
        found = self._xpath(root)
        # string(), count() and boolean() give no list.
        return cast(list[etree._Element | str], found) if isinstance(found, list) else [_scalar(found)]


def _split(expression: str) -> tuple[str, Callable[[etree._Element], str]]:
    if match := _SERIALIZE.fullmatch(expression):
        return match[1], _serialized
    if match := _ENDING.fullmatch(expression):
        return match[1], _ENDINGS[match[2]]
    return expression, _all_text


def _unknown(path: str) -> str | None:
    """The first function, variable or namespace that does not exist; libxml2 notices only on pages that lead there."""
    for match in _TOKEN.finditer(path):
        if match["variable"]:
            return f"variable {match[0]}"
        if match["function"] and match[0] not in _FUNCTIONS | _OPERATORS:
            return f"function {match[0]}()"
        if match["prefix"]:
            return f"namespace {match[0]}"
    return None


def _lower_names(path: str) -> str:
    """The path with names of elements and attributes in lower case, as the tree has them."""

    def replace(match: re.Match[str]) -> str:
        text = match[0]
        lowered = match["attribute"] or (match["name"] and text not in _OPERATORS)
        return text.lower() if lowered else text

    return _TOKEN.sub(replace, path)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _all_text(element: etree._Element) -> str:
    return str(_TEXT(element)).strip()


def _tidy_text(element: etree._Element) -> str:
    return " ".join(str(_TEXT(element)).split())


def _serialized(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", with_tail=False)).strip()


def _inner_html(element: etree._Element) -> str:
    text = element.text or ""
    if element.tag not in _RAW_TEXT:
        text = html.escape(text, quote=False)
    return (text + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)).strip()


def _outer_html(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False)).strip()


_RAW_TEXT = ("script", "style")
_ENDINGS = {"allText": _all_text, "tidyText": _tidy_text, "html": _inner_html, "outerHtml": _outer_html}
