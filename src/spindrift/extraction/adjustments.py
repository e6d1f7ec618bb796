"""What is changed in trafilatura and htmldate, for this process, so that they take half the time, and no hours.

- trafilatura's XPath expressions are evaluated by AttributePath, with the same results.
- Where trafilatura takes tags away by the hundred, the texts beside them become one: libxml2 leaves them next to each
  other, and for each that is then asked for goes through all those before it, half a minute for 20,000.
- trafilatura keeps no copy of a page for the other algorithms where it does not compare with them.
- htmldate does not hand texts to dateparser: that takes four seconds to start, in each process, and finds two dates
  more on 549 labelled pages.
- htmldate searches the first MAX_SEARCHED characters of a page's markup: as it writes a page, `>` takes four of them,
  and a megabyte of those two seconds and a half.
- htmldate takes no year that stands alone, in a sentence or a link, for the date of a page: of 549 labelled pages, that
  was right for none.

Where a version of theirs is built differently, it is left as it is, and is slow: the functions return what they left,
and a test says so.
"""

import importlib
import inspect
import re
from collections.abc import Callable
from copy import copy
from functools import cache
from itertools import islice
from typing import Any

from lxml import etree

from spindrift.extraction.attribute_path_reader import UnknownPathError
from spindrift.extraction.attribute_paths import AttributePath

MANY_TAGS = 500
"""Tags that are taken away at once before their texts are joined: below, to join them would cost more than it saves."""
MAX_SEARCHED = 500_000
"""Characters; of 549 labelled pages, the most that was left to be searched were 300,000."""
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
    """Speed trafilatura up. Returns what is left as it was, and why: nothing, if all is well."""
    left: list[str] = []
    paths = importlib.import_module("trafilatura.xpaths")
    for name in (*_LISTS, "BODY_XPATH"):
        expressions = getattr(paths, name, [])
        if not expressions:
            left.append(f"{name}: is not there")
        # In place: other modules have the list under names of their own.
        expressions[:] = [_faster(expression, left, first=name == "BODY_XPATH") for expression in expressions]
        # What follows one another anyway takes one walk, not two.
        if name == "RAW_TREE_PRUNE_XPATH" and all(isinstance(expression, AttributePath) for expression in expressions):
            expressions[:] = [AttributePath("|".join(expression.path for expression in expressions))]
    baseline: Any = importlib.import_module("trafilatura.baseline")
    if hasattr(baseline, "BASIC_CLEAN_XPATH"):
        baseline.BASIC_CLEAN_XPATH = _faster(baseline.BASIC_CLEAN_XPATH, left)
    else:
        left.append("BASIC_CLEAN_XPATH: is not there")
    core: Any = importlib.import_module("trafilatura.core")
    if _takes(getattr(core, "_prepare_tree", None), "tree", "options", "url"):
        core._prepare_tree = _without_backup(core, core._prepare_tree)
    else:
        left.append("_prepare_tree: is not there, or takes something else")
    for name in _STRIPPING:
        module: Any = importlib.import_module(f"trafilatura.{name}")
        if getattr(module, "strip_tags", None) is etree.strip_tags:
            module.strip_tags = strip_tags
    return left


@cache
def adjust_htmldate() -> list[str]:
    """Keep htmldate from starting dateparser, from endless searches, and from guessing by any year that it finds.

    Returns what is left as it was, and why: nothing, if all is well.
    """
    left = []
    extractors: Any = importlib.import_module("htmldate.extractors")
    if _takes(getattr(extractors, "has_date_cue", None), "string", "min_date", "max_date"):
        extractors.has_date_cue = lambda *_arguments: False
    else:
        left.append("has_date_cue: is not there, or takes something else")
    core: Any = importlib.import_module("htmldate.core")
    serialize: Any = getattr(core, "serialize", None)
    if _takes(serialize, "tree"):
        core.serialize = lambda tree: serialize(tree)[:MAX_SEARCHED]
    else:
        left.append("serialize: is not there, or takes something else")
    if isinstance(getattr(core, "SIMPLE_PATTERN", None), re.Pattern):
        core.SIMPLE_PATTERN = re.compile("(?!)")
    else:
        left.append("SIMPLE_PATTERN: is not there")
    return left


def _takes(function: Any, *names: str) -> bool:
    return callable(function) and tuple(inspect.signature(function).parameters) == names


def _without_backup(core: Any, prepare: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
    def prepare_tree(tree: Any, options: Any, url: str | None) -> tuple[Any, Any]:
        # Only the comparison with other algorithms, and comments of a forum, are taken from the backup.
        if not options.fast or options.comments:
            return prepare(tree, options, url)
        cleaned = core.convert_tags(core.tree_cleaning(copy(tree), options), options, url)
        return cleaned, cleaned

    return prepare_tree


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
