"""Queries as people write them, as FTS5 match expressions, and as words for other engines.

Any text is a query, but for one of too many words.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from spindrift.errors import ConfigurationError
from spindrift.index.snippets import words_of

_TERM: Final = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
MOST_WORDS: Final = 32
"""A page may hold each a million times, and to search it takes time in proportion to both."""


class Phrase(NamedTuple):
    """Words (folded) that stand one behind the other. `begins`: the last one is the beginning of a word."""

    words: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`wanted` and `unwanted` are FTS5 expressions; empty: none. `impossible`: nothing can match.

    `choices` are the same as `wanted`: of each, one phrase at least has to occur; `refused` as `unwanted`.
    `words`, and those that begin with one of `prefixes`, are to be marked where they stand.
    """

    wanted: str = ""
    unwanted: str = ""
    impossible: bool = False
    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    choices: tuple[tuple[Phrase, ...], ...] = ()
    refused: tuple[Phrase, ...] = ()

    @property
    def match(self) -> str:
        """One expression for both; only where something is wanted."""
        return f"({self.wanted}) NOT ({self.unwanted})" if self.unwanted else self.wanted


def parse_query(text: str) -> Query:
    """Words, `"phrases"`, beginnings of words (`wor*`), `-unwanted`, `a OR b`; the rest of FTS5's syntax is text.

    What is said twice counts once. Raises ConfigurationError for more than MOST_WORDS words.
    """
    groups: list[list[str]] = []
    unwanted: list[str] = []
    marked: set[str] = set()
    prefixes: list[str] = []
    spellings: dict[str, str] = {}
    phrases: dict[str, Phrase] = {}
    join = False
    given = False
    for match in _TERM.finditer(text.encode(errors="replace").decode()):
        if match["word"] == "OR" and not match["minus"]:
            join = bool(groups)
            continue
        words = match["phrase"] if match["phrase"] is not None else match["word"]
        begins = words.endswith("*")
        given = True
        # One spelling for what FTS5, which does not tell capitals apart, would search twice.
        phrase = spellings.setdefault(_quoted(words, begins).lower(), _quoted(words, begins))
        phrases.setdefault(phrase, Phrase(tuple(words_of(words)), begins))
        if not _has_letters(words):
            join = False
        elif match["minus"]:
            unwanted.append(phrase)
        else:
            whole = list(words_of(words))
            if begins and whole:
                prefixes.append(whole.pop())
            marked.update(whole)
            if join:
                groups[-1].append(phrase)
                join = False
            else:
                groups.append([phrase])
    choices = {frozenset(group): " OR ".join(dict.fromkeys(group)) for group in groups}
    refused = dict.fromkeys(unwanted)
    _check_size([*chain.from_iterable(choices), *refused])
    wanted = " AND ".join(f"({choice})" for choice in choices.values())
    impossible = given and not groups and not unwanted
    return Query(
        wanted,
        " OR ".join(refused),
        impossible,
        frozenset(marked),
        tuple(dict.fromkeys(prefixes)),
        tuple(tuple(phrases[phrase] for phrase in choice) for choice in choices),
        tuple(phrases[phrase] for phrase in refused),
    )


def _check_size(phrases: list[str]) -> None:
    count = sum(max(len(phrase.split()), sum(1 for _ in words_of(phrase))) for phrase in phrases)
    if count > MOST_WORDS:
        raise ConfigurationError(
            f"the query has {count:,} words; {MOST_WORDS} can be looked for at once: leave the less telling ones out"
        )


def _quoted(words: str, begins: bool) -> str:
    """As a phrase; `begins`: its last word is the beginning of one."""
    # Within double quotes FTS5 knows no syntax; NUL would end its text.
    return '"' + words.replace('"', '""').replace("\0", " ") + '"' + "*" * begins


def _has_letters(words: str) -> bool:
    """Whether the tokenizer will find anything; what it drops must not make the whole query find nothing."""
    return any(unicodedata.category(character)[0] in "LN" for character in words)
