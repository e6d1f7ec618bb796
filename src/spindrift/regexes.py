"""Regular expressions of users: RE2's, whose time is linear in the text whatever the pattern."""

import re
from collections.abc import Sequence
from typing import Any

import re2

# Java's syntax that RE2 reads as something else, or writes in another way. Escaped backslashes are skipped in pairs.
_java_unicode = re.compile(r"((?:^|[^\\])(?:\\\\)*)\\u([0-9A-Fa-f]{4})")
_java_end = re.compile(r"((?:^|[^\\])(?:\\\\)*)\\Z")
_class = re.compile(r"(?:\\.)|\[\^?\]?((?:\\.|\[:\^?\w+:\]|[^\]\\])*)\]", re.DOTALL)

_SET_MEMORY = 32 * 1024 * 1024
"""Most bytes for the automaton of a list of patterns; used only as far as it grows."""

_SYNTAX = "https://github.com/google/re2/wiki/Syntax"
_REASONS = (
    (
        re.compile(r"\(\?<?[=!]"),
        "look-arounds are not available: users' patterns run in linear time, with RE2's syntax",
    ),
    (
        re.compile(r"\\[1-9k]"),
        "back-references are not available: users' patterns run in linear time, with RE2's syntax",
    ),
    (re.compile(r"\(\?>|[*+?}]\+"), "possessive groups are not available (nor needed: RE2's time is linear)"),
)


def compile_regex(pattern: str) -> Any:
    """`pattern` compiled by RE2, after what Java writes differently was translated.

    Raises ValueError that says what is wrong with it, and why where it is a limit of RE2.
    """
    try:
        translated = _translated(pattern)
        return re2.compile(translated, _options())
    except (re2.error, UnicodeEncodeError) as error:
        cause = error.args[0] if isinstance(error, re2.error) and error.args else error
        told = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
        reason = next((reason for sign, reason in _REASONS if sign.search(pattern)), "RE2's syntax applies")
        raise ValueError(f'"{pattern}" is not a usable regular expression: {told}; {reason}, see {_SYNTAX}') from None


class FirstMatch:
    """Finds which of several patterns is the first, in their order, that is found in a text: one pass for all."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [compile_regex(pattern) for pattern in patterns]
        # A last pattern that fits everything, as most lists have it, need not be searched for.
        self._otherwise = len(patterns) - 1 if patterns and patterns[-1] in (".", ".+") else None
        searched = [pattern.pattern for pattern in self._patterns[: self._otherwise]]
        # A set of one, too, is searched twice as fast as a pattern by itself, which makes a match object.
        self._match = _set(searched, _SET_MEMORY).Match if _fits(searched) else self._one_by_one

    def search(self, text: str) -> int | None:
        """The index of the pattern; None where none is found."""
        found = self._match(text.encode("utf-8", "replace"))  # "?" for a lone surrogate
        if found:
            return int(min(found))
        return self._otherwise if text.strip("\n") else None

    def _one_by_one(self, text: bytes) -> list[int]:
        for index, pattern in enumerate(self._patterns[: self._otherwise]):
            if pattern.search(text) is not None:
                return [index]
        return []


class FullMatches:
    """Finds which of several patterns match a whole text: one pass for all."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [compile_regex(pattern) for pattern in patterns]
        # In groups, so that a `|` stays within its pattern.
        anchored = [f"\\A(?:{pattern.pattern})\\z" for pattern in self._patterns]
        self._match = _set(anchored, _SET_MEMORY).Match if _fits(anchored) else self._one_by_one

    def matching(self, text: str) -> frozenset[int]:
        """The indexes of the patterns."""
        return frozenset(self._match(text.encode("utf-8", "replace")) or ())

    def _one_by_one(self, text: bytes) -> list[int]:
        return [index for index, pattern in enumerate(self._patterns) if pattern.fullmatch(text) is not None]


def _fits(patterns: Sequence[str]) -> bool:
    """Whether the patterns can be searched for as a set.

    A set whose automaton does not fit into its memory finds nothing, ever, and does not say so: so one with half the
    memory has to find something.
    """
    try:
        return _set([*patterns, "$"], _SET_MEMORY // 2).Match("") is not None
    except re2.error:
        return False


def _set(patterns: Sequence[str], memory: int) -> Any:
    options = _options()
    options.max_mem = memory
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


def _translated(pattern: str) -> str:
    for match in _class.finditer(pattern):
        inside = match[1] or ""
        if "&&" in inside or re.search(r"(?<!\\)\[(?!:)", inside):
            raise re2.error(f"a class within a class: {match[0]}".encode())
    return _java_end.sub(r"\1\\z", _java_unicode.sub(r"\1\\x{\2}", pattern))
