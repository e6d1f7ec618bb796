"""Replacing what a user's regular expression finds, with Java's syntax for the replacement (`$1`, `${name}`, `\\$`)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from spindrift.regexes import FirstMatch, compile_regex

_piece = re.compile(
    r"\\(?P<literal>.)|\$(?P<number>[0-9]+)|\$\{(?P<name>[A-Za-z][A-Za-z0-9]*)\}|(?P<wrong>[\\$])", re.DOTALL
)

MAX_SEARCHED = 20_000_000
"""Most bytes that one rule may search in one URL (some 0.05 s), counted anew after each match: a rule can match at
every character and look at all that follows each time. Beyond it the URL is refused."""
LONGEST = 65_536
"""Bytes. Rules that make a longer URL of a shorter one would go on doing so: such a URL is refused."""


class Rule(NamedTuple):
    """What is found is replaced."""

    pattern: str
    substitution: str


class Substitutions:
    """Rules applied one after the other, each to what the one before made, wherever they match: Java's replaceAll.

    Raises ValueError that says what is wrong with a pattern or a substitution.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [_CompiledRule(rule) for rule in rules]
        # One pass tells that no rule matches, which is so for most URLs, or which is the first.
        self._first = FirstMatch([rule.pattern for rule in rules]).search if rules else lambda text: None

    def apply(self, text: str) -> str | None:
        """`text` with everything replaced; None where that takes, or makes, too much. Time is linear in its length."""
        start = self._first(text)
        if start is None:
            return text
        found = text.encode("utf-8", "replace")
        longest = max(LONGEST, len(found))
        for rule in self._rules[start:]:
            replaced = rule.apply(found, longest)
            if replaced is None:
                return None
            found = replaced
        return found.decode("utf-8", "replace")


def check_rule(rule: Rule) -> None:
    """Raises ValueError that says what is wrong with a rule."""
    _CompiledRule(rule)


class _CompiledRule:
    def __init__(self, rule: Rule) -> None:
        self._pattern = compile_regex(rule.pattern)
        self._pieces = _pieces(rule.substitution, self._pattern.groups, self._pattern.groupindex)

    def apply(self, text: bytes, longest: int) -> bytes | None:
        """`text` with all matches replaced; None where that takes, or makes, too much."""
        search = self._pattern.search
        parts: list[bytes] = []
        size = copied = position = searched = 0
        while position <= len(text):
            searched += len(text) - position
            if searched > MAX_SEARCHED:
                return None
            match = search(text, position)
            if match is None:
                break
            start, end = match.span()
            for part in (text[copied:start], *self._replacement(match)):
                size += len(part)
                parts.append(part)
            if size > longest:
                return None
            copied = end
            position = end if end > start else _next_character(text, end)
        if not parts:
            return text
        parts.append(text[copied:])
        return b"".join(parts) if size + len(parts[-1]) <= longest else None

    def _replacement(self, match: "re.Match[bytes]") -> list[bytes]:
        return [piece if isinstance(piece, bytes) else match.group(piece) or b"" for piece in self._pieces]


def _next_character(text: bytes, position: int) -> int:
    position += 1
    while position < len(text) and text[position] & 0xC0 == 0x80:
        position += 1
    return position


def _pieces(substitution: str, groups: int, names: dict[str, int]) -> list[bytes | int]:
    """Literal parts, and the numbers of groups, as java.util.regex.Matcher reads them."""
    pieces: list[bytes | int] = []
    end = 0
    for match in _piece.finditer(substitution):
        pieces.append(substitution[end : match.start()].encode("utf-8", "replace"))
        end = match.end()
        if match["wrong"]:
            raise ValueError(
                f'"{substitution}" is not a usable substitution: {match["wrong"]} stands alone; '
                r"groups are $1 or ${name}, a $ itself is \$, a \ itself is \\"
            )
        if match["literal"]:
            pieces.append(match["literal"].encode("utf-8", "replace"))
        elif match["name"]:
            pieces.append(_named(match["name"], substitution, names))
        else:
            number, rest = _numbered(match["number"], substitution, groups)
            pieces += [number, rest.encode()]
    pieces.append(substitution[end:].encode("utf-8", "replace"))
    return [piece for piece in pieces if piece != b""]


def _named(name: str, substitution: str, names: dict[str, int]) -> int:
    if name not in names:
        raise ValueError(f'"{substitution}" is not a usable substitution: the pattern has no group "{name}"')
    return names[name]


def _numbered(digits: str, substitution: str, groups: int) -> tuple[int, str]:
    """The group, whose number is as long as there is such a group, and what follows it: `$12` may be `$1` and a 2."""
    length = 1
    while length < min(len(digits), 9) and int(digits[: length + 1]) <= groups:
        length += 1
    number = int(digits[:length])
    if number > groups:
        raise ValueError(
            f'"{substitution}" is not a usable substitution: the pattern has {groups} groups, not {number}'
        )
    return number, digits[length:]
