"""XPath expressions that select elements by their attributes, ten times as fast as libxml2 with EXSLT evaluates them.

trafilatura finds content and boilerplate by expressions such as `.//*[self::div or self::p][re:test(@class, 'ad-')]`.
Each re:test calls back into Python through several layers, thousands of times a page: most of the time of an
extraction. Here each combination of a name and attributes is tested once.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

Condition = Callable[[etree._Element], bool]
Value = Callable[[etree._Element], str | None]

_TOKEN = re.compile(
    r"""\s*(?:(?P<literal>'[^']*'|"[^"]*")"""
    r"""|(?P<name>[A-Za-z][\w.-]*(?::(?!:)[\w.-]+)?)|(?P<sign>\.//|::|[\[\]()|@=,*1]))"""
)
_REMEMBERED = 4096
"""Combinations of a name and attributes that are remembered."""


class UnknownPathError(ValueError):
    """The expression has something that is not understood here: leave it to libxml2."""


class AttributePath:
    """Selects what the XPath `expression` selects, in document order.

    Understood are unions of `.//name[...]` and, for `first`, `(.//name[...])[1]`, with conditions on the element's
    name, on its attributes (=, contains, starts-with, translate, re:test), and on there being a descendant of some
    name. `first`: only the first element is wanted, which is also what a `[1]` then means. Raises UnknownPathError.
    """

    def __init__(self, expression: str, *, first: bool = False) -> None:
        self.path = expression
        self._first = first
        self._steps = _Reader(expression, first).union()
        names = [step.names for step in self._steps]
        self._tags = () if None in names else tuple(sorted(set().union(*(name or () for name in names))))
        self._attributes = tuple(sorted(set().union(*(step.attributes for step in self._steps))))
        self._ordered = frozenset().union(*(step.ordered for step in self._steps))
        self._known: dict[tuple[object, ...], list[_Step]] = {}

    def __call__(self, tree: etree._Element) -> list[etree._Element]:
        """The elements below `tree` that it selects."""
        found = self._found(tree)
        return list(islice(found, 1) if self._first else found)

    def _found(self, tree: etree._Element) -> Iterator[etree._Element]:
        known, attributes, ordered = self._known, self._attributes, self._ordered
        for element in tree.iterdescendants(*(self._tags or (etree.Element,))):
            # Elements of the same name and attributes are alike: sites repeat theirs on every page.
            key: tuple[object, ...] = (element.tag, *map(element.get, attributes))
            if ordered:
                key += tuple(name for name in element.keys() if name in ordered)  # noqa: SIM118 - not its children
            steps = known.get(key)
            if steps is None:
                if len(known) >= _REMEMBERED:
                    known.clear()
                steps = known[key] = [step for step in self._steps if step.allows(element)]
            if steps and any(step.confirms(element) for step in steps):
                yield element


class _Step:
    """One path of a union. `names`: of the elements it may select, None for any."""

    def __init__(self, name: str, predicates: "list[_Predicate]") -> None:
        self.names = None if name == "*" else {name}
        for predicate in predicates:
            if predicate.only_names:
                self.names = predicate.names if self.names is None else self.names & predicate.names
        self.attributes = set().union(*(predicate.attributes for predicate in predicates))
        self.ordered = set().union(*(predicate.ordered for predicate in predicates))
        self._alike = [predicate.condition for predicate in predicates if not predicate.looks_below]
        self._others = [predicate.condition for predicate in predicates if predicate.looks_below]

    def allows(self, element: etree._Element) -> bool:
        """Whether name and attributes are those of elements that it selects."""
        named = self.names is None or element.tag in self.names
        return named and all(condition(element) for condition in self._alike)

    def confirms(self, element: etree._Element) -> bool:
        """Whether what is below an element that it allows is right, too."""
        return not self._others or all(condition(element) for condition in self._others)


@dataclass
class _Predicate:
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


class _Reader:
    """Reads an expression by recursive descent."""

    def __init__(self, expression: str, first: bool) -> None:
        self._first = first
        self._tokens: list[str] = []
        position = 0
        expression = expression.rstrip()
        while position < len(expression):
            match = _TOKEN.match(expression, position)
            if match is None:
                raise UnknownPathError(f"{expression[position : position + 20]!r} in {expression!r}")
            self._tokens.append(match[match.lastgroup or 0])
            position = match.end()
        self._position = 0
        self._seen = _Predicate()

    def union(self) -> list[_Step]:
        """All of the expression."""
        steps = [self._step()]
        while self._taken("|"):
            steps.append(self._step())
        if self._position != len(self._tokens):
            raise UnknownPathError(f"{self._peek()!r} is not expected")
        return steps

    def _step(self) -> _Step:
        grouped = self._taken("(")
        self._expect(".//")
        name = self._next()
        predicates = []
        while self._taken("["):
            if self._peek() == "1":
                if not self._first:
                    raise UnknownPathError("[1] where all are wanted")
                self._next()
            else:
                predicates.append(self._predicate())
            self._expect("]")
        if grouped:
            if not self._first:
                raise UnknownPathError("[1] where all are wanted")
            for token in (")", "[", "1", "]"):
                self._expect(token)
        return _Step(name, predicates)

    def _predicate(self) -> _Predicate:
        seen = self._seen = _Predicate()
        seen.condition = self._or()
        return seen

    def _or(self) -> Condition:
        conditions = [self._and()]
        while self._taken("or"):
            conditions.append(self._and())
        if len(conditions) == 1:
            return conditions[0]
        return _any_of(conditions)

    def _and(self) -> Condition:
        conditions = [self._single()]
        while self._taken("and"):
            conditions.append(self._single())
        if len(conditions) == 1:
            return conditions[0]
        return lambda element: all(condition(element) for condition in conditions)

    def _single(self) -> Condition:
        upcoming = self._peek()
        if upcoming == "not":
            self._next()
            self._seen.negated = True
            negated = self._in_parentheses()
            return lambda element: not negated(element)
        if upcoming == "(":
            return self._in_parentheses()
        if upcoming == "self":
            self._next()
            self._expect("::")
            own_name = self._next()
            self._seen.names.add(own_name)
            return lambda element: element.tag == own_name
        if upcoming == ".//":
            self._next()
            below = self._next()
            self._seen.looks_below = True
            return lambda element: next(element.iterdescendants(below), None) is not None
        if upcoming in ("contains", "starts-with", "re:test"):
            return self._test(self._next())
        value = self._value()
        if self._taken("="):
            literal = self._literal()
            return lambda element: value(element) == literal
        return lambda element: value(element) is not None

    def _in_parentheses(self) -> Condition:
        self._expect("(")
        condition = self._or()
        self._expect(")")
        return condition

    def _test(self, function: str) -> Condition:
        self._expect("(")
        value = self._value()
        self._expect(",")
        literal = self._literal()
        flags = self._literal() if self._taken(",") else ""
        self._expect(")")
        if function == "contains":
            return _test(value, lambda text: literal in text)
        if function == "starts-with":
            return _test(value, lambda text: text.startswith(literal))
        if flags not in ("", "i"):
            raise UnknownPathError(f"the flags {flags!r}")
        search = re.compile(literal, re.IGNORECASE if flags else 0).search
        return _test(value, lambda text: search(text) is not None)

    def _value(self) -> Value:
        """What reads an attribute, or the first one that there is of several; None where there is none."""
        if self._taken("translate"):
            self._expect("(")
            value = self._value()
            self._expect(",")
            before = self._literal()
            self._expect(",")
            table = str.maketrans(before, self._literal())
            self._expect(")")
            return lambda element: None if (text := value(element)) is None else text.translate(table)
        names = [self._attribute()]
        while self._taken("|"):
            names.append(self._attribute())
        self._seen.attributes.update(names)
        if len(names) == 1:
            return _attribute(names[0])
        chosen = frozenset(names)
        self._seen.ordered.update(names)
        return lambda element: next((str(text) for name, text in element.items() if name in chosen), None)

    def _attribute(self) -> str:
        self._expect("@")
        return self._next()

    def _literal(self) -> str:
        token = self._next()
        if token[0] not in "'\"":
            raise UnknownPathError(f"{token!r} is no literal")
        return token[1:-1]

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise UnknownPathError("it ends too soon")
        self._position += 1
        return token

    def _taken(self, token: str) -> bool:
        taken = self._peek() == token
        self._position += taken
        return taken

    def _expect(self, token: str) -> None:
        if not self._taken(token):
            raise UnknownPathError(f"{self._peek()!r} where {token!r} is expected")


def _attribute(name: str) -> Value:
    def value(element: etree._Element) -> str | None:
        return element.get(name)

    return value


def _any_of(conditions: list[Condition]) -> Condition:
    def passes(element: etree._Element) -> bool:
        for condition in conditions:  # noqa: SIM110 - a generator takes twice as long
            if condition(element):
                return True
        return False

    return passes


def _test(value: Value, test: Callable[[str], bool]) -> Condition:
    # XPath takes an attribute that is not there for an empty one.
    of_none = test("")

    def passes(element: etree._Element) -> bool:
        text = value(element)
        return of_none if text is None else test(text)

    return passes
