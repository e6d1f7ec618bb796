"""What is changed in trafilatura and htmldate, for this process, so that they take half the time, and no hours.

- trafilatura's XPath expressions are evaluated by AttributePath, with the same results.
- Where trafilatura takes tags away by the hundred, the texts beside them become one: libxml2 leaves them next to each
  other, and for each that is then asked for goes through all those before it, half a minute for 20,000.
- htmldate does not hand texts to dateparser: that takes four seconds to start, in each process, and finds two dates
  more on 549 labelled pages.

Where a version of theirs is built differently, it is left as it is, and is slow; a test says so.
"""

import importlib
from functools import cache
from itertools import islice
from typing import Any

from lxml import etree

from spindrift.extraction.attribute_path_reader import UnknownPathError
from spindrift.extraction.attribute_paths import AttributePath

MANY_TAGS = 500
"""Tags that are taken away at once before their texts are joined: below, to join them would cost more than it saves."""
_STRIPPING = ("main_extractor", "htmlprocessing", "baseline", "xml", "core")
_LISTS = (
    "OVERALL_DISCARD_XPATH",
    "TEASER_DISCARD_XPATH",
    "DISCARD_IMAGE_ELEMENTS",
    "RAW_TREE_PRUNE_XPATH",
    "REMOVE_COMMENTS_XPATH",
    "REMOVE_COMMENTS_AND_LISTS_XPATH",
)


@cache
def adjust_trafilatura() -> list[str]:
    """Speed trafilatura up. Returns the expressions that are left to libxml2: none, if all is well."""
    left: list[str] = []
    paths = importlib.import_module("trafilatura.xpaths")
    for name in _LISTS:
        expressions = getattr(paths, name, [])
        # In place: other modules have the list under names of their own.
        expressions[:] = [_faster(expression, left) for expression in expressions]
    bodies = getattr(paths, "BODY_XPATH", [])
    bodies[:] = [_faster(expression, left, first=True) for expression in bodies]
    baseline: Any = importlib.import_module("trafilatura.baseline")
    if hasattr(baseline, "BASIC_CLEAN_XPATH"):
        baseline.BASIC_CLEAN_XPATH = _faster(baseline.BASIC_CLEAN_XPATH, left)
    for name in _STRIPPING:
        module: Any = importlib.import_module(f"trafilatura.{name}")
        if getattr(module, "strip_tags", None) is etree.strip_tags:
            module.strip_tags = strip_tags
    return left


@cache
def adjust_htmldate() -> None:
    """Keep htmldate from starting dateparser."""
    extractors: Any = importlib.import_module("htmldate.extractors")
    extractors.has_date_cue = lambda *_arguments: False


def strip_tags(tree: etree._Element, *names: str) -> None:
    """As lxml's, but texts that come to stand side by side are one."""
    many = sum(1 for _ in islice(tree.iter(*names), MANY_TAGS)) == MANY_TAGS if names else False
    etree.strip_tags(tree, *names)
    if many:
        for element in tree.iter():
            # Set, a text replaces all those that it was read from.
            if element.text:
                element.text = element.text
            if element.tail:
                element.tail = element.tail


def _faster(expression: Any, left: list[str], *, first: bool = False) -> Any:
    if not isinstance(expression, etree.XPath):
        return expression
    try:
        return AttributePath(expression.path, first=first)
    except UnknownPathError as error:
        left.append(f"{expression.path}: {error}")
        return expression
