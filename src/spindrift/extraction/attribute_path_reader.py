"""Reads the XPath expressions that attribute paths understand."""

import re

from spindrift.extraction.attribute_conditions import (
    Condition,
    Predicate,
    Value,
    all_of,
    any_of,
    attribute,
    first_attribute,
    regex_test,
    text_test,
)

_TOKEN = re.compile(
    r"""\s*(?:(?P<literal>'[^']*'|"[^"]*")"""
    r"""|(?P<name>[A-Za-z][\w.-]*(?::(?!:)[\w.-]+)?)|(?P<sign>\.//|::|[\[\]()|@=,*1]))"""
)


class UnknownPathError(ValueError):
    """The expression has something that is not understood here: leave it to libxml2."""


class PathReader:
    """Reads an expression by recursive descent. `first`: its `[1]` may be passed over. Raises UnknownPathError."""

    def __init__(self, expression: str, *, first: bool) -> None:
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
        self._seen = Predicate()

    def union(self) -> list[tuple[str, list[Predicate]]]:
        """The name (or *) and the predicates of each path in it."""
        steps = [self._step()]
        while self._taken("|"):
            steps.append(self._step())
        if self._position != len(self._tokens):
            raise UnknownPathError(f"{self._peek()!r} is not expected")
        return steps

    def _step(self) -> tuple[str, list[Predicate]]:
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
        return name, predicates

    def _predicate(self) -> Predicate:
        seen = self._seen = Predicate()
        seen.condition = self._or()
        return seen

    def _or(self) -> Condition:
        conditions = [self._and()]
        while self._taken("or"):
            conditions.append(self._and())
        return any_of(conditions)

    def _and(self) -> Condition:
        conditions = [self._single()]
        while self._taken("and"):
            conditions.append(self._single())
        return all_of(conditions)

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
            return text_test(value, lambda text: literal in text)
        if function == "starts-with":
            return text_test(value, lambda text: text.startswith(literal))
        if flags not in ("", "i"):
            raise UnknownPathError(f"the flags {flags!r}")
        return text_test(value, regex_test(literal, ignore_case=bool(flags)))

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
            return attribute(names[0])
        self._seen.ordered.update(names)
        return first_attribute(frozenset(names))

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
