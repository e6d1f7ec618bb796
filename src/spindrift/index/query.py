"""Queries as people write them, as FTS5 match expressions. Any text is a query; none is an error."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from spindrift.index.snippets import words_of

_TERM: Final = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_MOST_TERMS: Final = 64


@dataclass(frozen=True, slots=True)
class Query:
    """`wanted` and `unwanted` are FTS5 expressions; empty: none. `impossible`: nothing can match.

    `words`, and those that begin with one of `prefixes`, are to be marked where they stand.
    """

    wanted: str = ""
    unwanted: str = ""
    impossible: bool = False
    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    @property
    def match(self) -> str:
        """One expression for both; only where something is wanted."""
        return f"({self.wanted}) NOT ({self.unwanted})" if self.unwanted else self.wanted


def parse_query(text: str) -> Query:
    """Words, `"phrases"`, beginnings of words (`wor*`), `-unwanted`, `a OR b`; the rest of FTS5's syntax is text.

    The first 64 terms count.
    """
    groups: list[list[str]] = []
    unwanted: list[str] = []
    marked: set[str] = set()
    prefixes: list[str] = []
    join = False
    given = False
    for match in list(_TERM.finditer(text.encode(errors="replace").decode()))[:_MOST_TERMS]:
        if match["word"] == "OR" and not match["minus"]:
            join = bool(groups)
            continue
        words = match["phrase"] if match["phrase"] is not None else match["word"]
        begins = words.endswith("*")
        given = True
        if not _has_letters(words):
            join = False
        elif match["minus"]:
            unwanted.append(_quoted(words, begins))
        else:
            whole = list(words_of(words))
            if begins and whole:
                prefixes.append(whole.pop())
            marked.update(whole)
            if join:
                groups[-1].append(_quoted(words, begins))
                join = False
            else:
                groups.append([_quoted(words, begins)])
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    return Query(
        wanted, " OR ".join(unwanted), given and not groups and not unwanted, frozenset(marked), tuple(prefixes)
    )


def _quoted(words: str, begins: bool) -> str:
    """As a phrase; `begins`: its last word is the beginning of one."""
    # Within double quotes FTS5 knows no syntax; NUL would end its text.
    return '"' + words.replace('"', '""').replace("\0", " ") + '"' + "*" * begins


def _has_letters(words: str) -> bool:
    """Whether the tokenizer will find anything; what it drops must not make the whole query find nothing."""
    return any(unicodedata.category(character)[0] in "LN" for character in words)
