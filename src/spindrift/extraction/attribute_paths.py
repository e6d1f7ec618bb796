"""XPath expressions that select elements by their attributes, ten times as fast as libxml2 with EXSLT evaluates them.

trafilatura finds content and boilerplate by expressions such as `.//*[self::div or self::p][re:test(@class, 'ad-')]`.
Each re:test calls back into Python through several layers, thousands of times a page: most of the time of an
extraction. Here each combination of a name and attributes is tested once.
"""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from spindrift.extraction.attribute_conditions import Predicate, all_of
from spindrift.extraction.attribute_path_reader import PathReader

_REMEMBERED = 4096
"""Combinations of a name and attributes that are remembered."""
_LONGEST = 500
"""Characters of a combination that is remembered: nobody is to fill the memory with attributes of a megabyte."""


class AttributePath:
    """Selects what the XPath `expression` selects, in document order.

    Understood are unions of `.//name[...]` and, for `first`, `(.//name[...])[1]`, with conditions on the element's
    name, on its attributes (=, contains, starts-with, translate, re:test), and on there being a descendant of some
    name. `first`: only the first element is wanted, which is also what a `[1]` then means. Raises UnknownPathError.
    """

    def __init__(self, expression: str, *, first: bool = False) -> None:
        self.path = expression
        self._first = first
        steps = [_Step(name, predicates) for name, predicates in PathReader(expression, first=first).union()]
        names: set[str] = set().union(*(step.names or () for step in steps))
        self._of_name = {name: [step for step in steps if step.names is None or name in step.names] for name in names}
        self._of_others = [step for step in steps if step.names is None]
        self._tags = () if self._of_others else tuple(sorted(names))
        self._ordered: frozenset[str] = frozenset().union(*(step.ordered for step in steps))
        others: set[str] = set().union(*(step.attributes for step in steps)) - self._ordered
        self._attributes = (*sorted(self._ordered), *sorted(others))
        self._known: dict[tuple[object, ...], list[_Step]] = {}

    def __call__(self, tree: etree._Element) -> list[etree._Element]:
        """The elements below `tree` that it selects."""
        found = self._found(tree)
        return list(islice(found, 1) if self._first else found)

    def _found(self, tree: etree._Element) -> Iterator[etree._Element]:
        known, attributes, ordered = self._known, self._attributes, self._ordered
        end, all_but_one = 1 + len(ordered), len(ordered) - 1
        for element in tree.iterdescendants(*(self._tags or (etree.Element,))):
            # Elements of the same name and attributes are alike: sites repeat theirs on every page.
            key: tuple[str | None, ...] = (element.tag, *map(element.get, attributes))
            if ordered and key[1:end].count(None) < all_but_one:
                key += tuple(name for name in element.keys() if name in ordered)  # noqa: SIM118 - not its children
            steps = known.get(key)
            if steps is None:
                candidates = self._of_name.get(key[0] or "", self._of_others)
                steps = [step for step in candidates if step.allows(element)]
                self._remember(key, steps)
            if steps and any(step.confirms(element) for step in steps):
                yield element

    def _remember(self, key: "tuple[str | None, ...]", steps: "list[_Step]") -> None:
        if sum(map(len, filter(None, key))) <= _LONGEST:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = steps


class _Step:
    """One path of a union. `names`: of the elements it may select, None for any."""

    def __init__(self, name: str, predicates: list[Predicate]) -> None:
        self.names = None if name == "*" else {name}
        for predicate in predicates:
            if predicate.only_names:
                self.names = predicate.names if self.names is None else self.names & predicate.names
        self.attributes = set().union(*(predicate.attributes for predicate in predicates))
        self.ordered = set().union(*(predicate.ordered for predicate in predicates))
        others = [predicate for predicate in predicates if not predicate.only_names]
        self.allows = all_of([predicate.condition for predicate in others if not predicate.looks_below])
        """Whether the attributes are those of elements that it selects, of an element of a right name."""
        self._below = [predicate.condition for predicate in others if predicate.looks_below]

    def confirms(self, element: etree._Element) -> bool:
        """Whether what is below an element that it allows is right, too."""
        return not self._below or all(condition(element) for condition in self._below)
