"""XPath in bounded time: libxml2 alone takes hours for `//div//b` on a page that is made for it.

It finds what each element leads to by itself and compares all results with each other. Here a path is cut where that
would happen: `//` goes on from the outermost elements only, whose descendants are all there are, and steps along other
axes are taken element by element, each result once, as long as the page's time lasts.
"""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from spindrift.parse.uncollected import uncollected

MAX_SECONDS = 0.1
MAX_SECONDS_AN_ELEMENT = 5e-6
"""CPU time of one expression on a page: so much, and so much for each of its elements."""
MAX_ELEMENTS = 1000
"""Elements of a page on which an expression is evaluated that cannot be cut, and may take the cube of their number."""

Node = etree._Element | str

_STEP = re.compile(r"(?:[\w-]+::)?(?:[\w.-]+|\*)(?:\(\))?|@(?:[\w.:-]+|\*)|\.\.?")
_NEAR = re.compile(r"(?:(?:child|self)::)?(?:[\w-]+|\*)(?:\(\))?|(?:@|attribute::).*|\.")
_CHOSEN = re.compile(r"\((.*)\)\s*\[\s*([1-9]\d{0,5})\s*\]", re.DOTALL)
_LITERAL = re.compile(r'"[^"]*"|\'[^\']*\'')
_TOKEN = re.compile(
    r""""[^"]*"|'[^']*'|(?P<open>[\[(])|(?P<close>[\])])"""
    r"|(?P<deep>//|/descendant-or-self::(?:\*|node\(\))/)|(?P<slash>/)|(?P<or>\|)|.",
    re.DOTALL,
)
# What makes a predicate look further than at an element's attributes and children.
_FAR = re.compile(
    r"//|\.\.|\b(?:ancestor|descendant|following|preceding|parent)\b|(?<![\w\])*.@])/|\||(?<![\w.])\.(?![\w./])"
    r"|\b(?:string|normalize-space|string-length)\(\s*\)"
)
_POSITION = re.compile(r"\b(?:position|last)\s*\(")
_DESCENDANT = "descendant::"
_ELEMENTS = etree.XPath("count(//*)")
_ANY = etree.Element("html")


class CostlyPathError(Exception):
    """An expression takes longer on a page than any page is worth."""


@dataclass(slots=True)
class _Step:
    """One step as written. `before`: what parts it from the one before it, `/`, `//` or nothing."""

    before: str
    test: str = ""
    predicates: list[str] = field(default_factory=list)

    @property
    def is_near(self) -> bool:
        return _NEAR.fullmatch(self.test) is not None


@dataclass(slots=True)
class _Part:
    """Steps that libxml2 takes at once. `deep`: they begin with `//`; `far`: results of several nodes may overlap."""

    path: str
    deep: bool = False
    far: bool = False
    conditions: list[str] = field(default_factory=list)

    def compiled(self, *, smart: bool) -> "_Steps":
        tests = [etree.XPath(f"boolean({condition})") for condition in self.conditions]
        return _Steps(etree.XPath(self.path, smart_strings=smart or self.far), self.deep, self.far, tests)


@dataclass(slots=True, frozen=True)
class _Steps:
    xpath: etree.XPath
    deep: bool
    far: bool
    tests: Sequence[etree.XPath]


class BoundedXPath:
    """An XPath 1.0 expression (names in lower case) whose time on any page is bounded.

    Raises etree.XPathError for what is no expression. `limit`: most nodes that it gives.
    """

    def __init__(self, expression: str, limit: int) -> None:
        self.expression = expression
        self._limit = limit
        self._whole = etree.XPath(expression, smart_strings=False)
        # Evaluated, since libxml2 lets `count(` pass until it is.
        gives_nodes = isinstance(self._whole(_ANY), list)
        chosen = _CHOSEN.fullmatch(expression)
        self._place = int(chosen[2]) if chosen else None
        paths = _cut(chosen[1] if chosen else expression) if gives_nodes else None
        for parts in paths or ():
            # More than are wanted are not even looked at from outside of libxml2: in deep pages that takes long.
            if not parts[-1].far and not parts[-1].conditions:
                parts[-1].path = f"({parts[-1].path})[position() <= {self._place or limit}]"
        self._paths = (
            None if paths is None else [[part.compiled(smart=len(paths) > 1) for part in parts] for parts in paths]
        )
        self._cubic = paths is None and _multiplies(expression)
        self._is_simple = paths is not None and len(paths) == len(paths[0]) == 1 and not paths[0][0].conditions
        if gives_nodes:
            self._whole = etree.XPath(f"({expression})[position() <= {limit}]", smart_strings=False)

    def __call__(self, root: etree._Element) -> object:
        """What it gives for the tree of `root`: nodes in document order, or a scalar. Raises CostlyPathError."""
        if self._paths is None:
            if self._cubic and (elements := int(cast(float, _ELEMENTS(root)))) > MAX_ELEMENTS:
                raise CostlyPathError(
                    f"{self.expression!r} is not evaluated on pages of more than {MAX_ELEMENTS} elements (this one has "
                    f"{elements}), as it may take the cube of their number; a path outside of functions and "
                    "parentheses, or CssFilter, has no such limit"
                )
            return self._whole(root)
        if self._is_simple:
            return self._whole(root)
        with uncollected():  # a collection would use up the budget
            return self._bounded(root, self._paths)

    def _bounded(self, root: etree._Element, paths: Sequence[Sequence[_Steps]]) -> list[Node]:
        budget = _Budget(self.expression, root)
        found = [self._nodes(parts, root, budget) for parts in paths]
        nodes = found[0] if len(found) == 1 else _in_order(root, _each_once(node for some in found for node in some))
        nodes = nodes[: self._limit] if self._place is None else nodes[: self._place][self._place - 1 :]
        return [str(node) if isinstance(node, str) else node for node in nodes]

    @staticmethod
    def _nodes(parts: Sequence[_Steps], root: etree._Element, budget: "_Budget") -> list[Node]:
        nodes: list[Node] = [root]
        for steps in parts:
            contexts = [node for node in nodes if not isinstance(node, str)]
            if steps.deep and len(contexts) > 1:
                contexts = outermost(contexts)
            nodes = []
            several = len(contexts) > 1
            for context in contexts:
                found = cast(list[Node], steps.xpath(context))
                nodes += found
                if steps.far:  # the others take linear time
                    budget.check()
            if steps.far and several:
                nodes = _in_order(root, _each_once(nodes))
            for test in steps.tests:
                nodes = [node for node in nodes if budget.check() and not isinstance(node, str) and test(node)]
        return nodes


class _Budget:
    """The CPU time of one expression on one page."""

    def __init__(self, expression: str, root: etree._Element) -> None:
        self._expression = expression
        self._elements = int(cast(float, _ELEMENTS(root)))
        self._seconds = MAX_SECONDS + MAX_SECONDS_AN_ELEMENT * self._elements
        self._end = time.thread_time() + self._seconds

    def check(self) -> bool:
        if time.thread_time() > self._end:
            raise CostlyPathError(
                f"{self._expression!r} has taken {self._seconds:.1f} s of CPU on this page of {self._elements} "
                "elements and is not evaluated any further; a path that says more exactly where to look takes less"
            )
        return True


def outermost(elements: Sequence[etree._Element]) -> list[etree._Element]:
    """Those that are in no other. `elements` are in document order."""
    if len(elements) == 1:
        return list(elements)
    chosen = []
    # Whether an element is one of them or within one. Each is gone through once, however deep the page is.
    within: dict[etree._Element | None, bool] = {None: False}
    for element in elements:
        above = []
        parent = element.getparent()
        while parent not in within:
            above.append(parent)
            parent = cast(etree._Element, parent).getparent()
        inside = within[parent]
        within.update(dict.fromkeys(above, inside))
        within[element] = True
        if not inside:
            chosen.append(element)
    return chosen


def _cut(expression: str) -> list[list[_Part]] | None:
    """The alternatives of a location path, each in parts that take linear time; None where it cannot be cut."""
    paths = [_parts(steps) for steps in _steps(expression)]
    return None if any(parts is None for parts in paths) else cast(list[list[_Part]], paths)


def _steps(expression: str) -> list[list[_Step]]:
    alternatives = [[_Step("")]]
    depth = 0
    inner = ""
    for token in _TOKEN.finditer(expression):
        steps = alternatives[-1]
        depth += bool(token["open"]) - bool(token["close"])
        if depth or token["close"]:
            inner += token[0]
            if not depth:
                if inner.startswith("["):
                    steps[-1].predicates.append(inner[1:-1])
                else:
                    steps[-1].test += inner
                inner = ""
        elif token["or"]:
            alternatives.append([_Step("")])
        elif token["deep"] or token["slash"]:
            before = "//" if token["deep"] else "/"
            if steps[-1].test.strip():
                steps.append(_Step(before))
            else:
                steps[-1].before = before
        else:
            steps[-1].test += token[0]
    for steps in alternatives:
        for step in steps:
            step.test = step.test.strip()
    return alternatives


def _parts(steps: Sequence[_Step]) -> list[_Part] | None:
    parts: list[_Part] = []
    for number, step in enumerate(steps):
        if number and _is_written_long(step):
            step = _Step("//", step.test.removeprefix(_DESCENDANT), step.predicates)
        deep, near = step.before == "//", step.is_near
        conditions = _far_predicates(step)
        if conditions is None or not _STEP.fullmatch(step.test) or (deep and not near):
            return None
        plain = step.predicates[: len(step.predicates) - len(conditions)]
        path = step.test + "".join(f"[{predicate}]" for predicate in plain)
        if number == 0:
            parts.append(_Part(step.before + path, far=not near))
        elif deep or not near or parts[-1].far or parts[-1].conditions:
            # Only outermost elements have all that they lead to in order: others may lie in each other.
            parts.append(_Part(".//" + path if deep else path, deep=deep, far=not deep))
        else:
            parts[-1].path += "/" + path
        parts[-1].conditions = conditions
    return parts


def _is_written_long(step: _Step) -> bool:
    """Whether it says `/descendant::b`, as CSS selectors do that become a path, and means `//b`."""
    # With a place in it, `//b[1]` is the first of each parent.
    return step.before == "/" and step.test.startswith(_DESCENDANT) and all(map(_is_condition, step.predicates))


def _far_predicates(step: _Step) -> list[str] | None:
    """The predicates from the first one on that looks far; None where they cannot be asked of each node by itself."""
    for number, predicate in enumerate(step.predicates):
        if _FAR.search(_LITERAL.sub("''", predicate)):
            conditions = step.predicates[number:]
            alone = all(_is_condition(condition) for condition in conditions)
            return conditions if alone and step.test[0] != "@" and not step.test.endswith("()") else None
    return []


def _is_condition(predicate: str) -> bool:
    """Whether it asks the same of a node wherever that stands in a list, and takes linear time."""
    text = _LITERAL.sub("''", predicate)
    if _POSITION.search(text) or len(_FAR.findall(text)) > 1:
        return False
    try:
        return not isinstance(etree.XPath(predicate)(_ANY), float)
    except etree.XPathError:
        return False


def _multiplies(expression: str) -> bool:
    """Whether one search of the tree is made for each result of another, and not beside it."""
    depth, terms = 0, [""]
    for character in _LITERAL.sub("''", expression):
        depth += (character == "[") - (character == "]")
        if depth == 0 and character in ",=<>+":
            terms.append("")
        terms[-1] += character
    return any(len(_FAR.findall(term)) > 1 for term in terms)


def _each_once(nodes: Iterable[Node]) -> list[Node]:
    return list({_place(node): node for node in reversed(list(nodes))}.values())


def _place(node: Node) -> object:
    if isinstance(node, etree._ElementUnicodeResult):
        return node.getparent(), node.is_tail, node.attrname
    return node


def _in_order(root: etree._Element, nodes: Sequence[Node]) -> list[Node]:
    """`nodes` in document order; texts and attributes at the place of their element."""
    if len(nodes) < 2:
        return list(nodes)
    places = {element: place for place, element in enumerate(root.iter())}

    def place(node: Node) -> int:
        element = node.getparent() if isinstance(node, etree._ElementUnicodeResult) else node
        return places.get(cast(etree._Element, element), -1)

    return sorted(nodes, key=place)
