"""What an expression may ask of an element: conditions on its attributes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import re2
from lxml import etree

Condition = Callable[[etree._Element], bool]
Value = Callable[[etree._Element], str | None]


@dataclass
class Predicate:
    """One condition in brackets, and what it looks at."""

    condition: Condition = bool
    attributes: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)
    """Attributes of which the one that comes first counts."""
    names: set[str] = field(default_factory=set)
    negated: bool = False
    looks_below: bool = False

    @property
    def only_names(self) -> bool:
        """Whether it is nothing but a choice of names."""
        return bool(self.names) and not (self.attributes or self.looks_below or self.negated)


def all_of(conditions: Sequence[Condition]) -> Condition:
    """Whether an element meets every condition."""
    if len(conditions) == 1:
        return conditions[0]

    def passes(element: etree._Element) -> bool:
        for condition in conditions:  # noqa: SIM110 - a generator takes twice as long
            if not condition(element):
                return False
        return True

    return passes


def any_of(conditions: Sequence[Condition]) -> Condition:
    """Whether an element meets one of the conditions."""
    if len(conditions) == 1:
        return conditions[0]

    def passes(element: etree._Element) -> bool:
        for condition in conditions:  # noqa: SIM110 - a generator takes twice as long
            if condition(element):
                return True
        return False

    return passes


def attribute(name: str) -> Value:
    """The value of an attribute; None where there is none."""

    def value(element: etree._Element) -> str | None:
        return element.get(name)

    return value


def first_attribute(names: frozenset[str]) -> Value:
    """The value of the attribute that comes first of those in `names`; None where there is none."""

    def value(element: etree._Element) -> str | None:
        for name, text in element.items():
            if name in names:
                return str(text)
        return None

    return value


def text_test(value: Value, test: Callable[[str], bool]) -> Condition:
    """Whether `test` says so of the value."""
    # XPath takes an attribute that is not there for an empty one.
    of_none = test("")

    def passes(element: etree._Element) -> bool:
        text = value(element)
        return of_none if text is None else test(text)

    return passes


def regex_test(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """Whether a text has a match of a pattern of Python's.

    By RE2 where that is sure to mean the same by it, as it tries a hundred alternatives at once.
    """
    if "\\" not in pattern and "(?!" not in pattern and "(?<" not in pattern and "(?=" not in pattern:
        options = re2.Options()
        options.case_sensitive = not ignore_case
        # A set of one: it tells no positions, and takes half as long for that.
        patterns = re2.Set.SearchSet(options)
        patterns.Add(pattern)
        patterns.Compile()
        return lambda text: patterns.Match(text) is not None
    search = re.compile(pattern, re.IGNORECASE if ignore_case else 0).search
    return lambda text: search(text) is not None
