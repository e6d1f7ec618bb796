"""The few words around what was found in a text, in time linear in the text.

SQLite's `snippet` is quadratic in the occurrences of a word: one page that says "x" 40,000 times would stop a search
for 15 seconds, one of 10 MB for days.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")  # what FTS5's unicode61 takes as a token
_WORDS: Final = 24
_LONGEST: Final = 400  # characters between two marks, where a "word" has no end
_UNMARKED: Final = ("", "")


def words_of(text: str) -> Iterator[str]:
    """The words of `text` as the index knows them: in lower case, without diacritics."""
    return (fold(match[0]) for match in _WORD.finditer(text))


def fold(word: str) -> str:
    """`word` in lower case, without diacritics."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(part for part in unicodedata.normalize("NFD", word) if not unicodedata.combining(part))


def snippet(
    text: str,
    wanted: Collection[str],
    marks: tuple[str, str],
    *,
    prefixes: tuple[str, ...] = (),
    more: bool = False,
) -> str:
    """Some 24 words of `text`, where most of the `wanted` words (folded) stand together, each between `marks`.

    So are words that begin with one of `prefixes` (folded). The beginning of the text where none occurs. `more`: the
    text goes on behind what is given.
    """

    def is_wanted(folded: str) -> bool:
        return folded in wanted or folded.startswith(prefixes)

    words = list(_WORD.finditer(text))
    hits = [(place, folded) for place, word in enumerate(words) if is_wanted(folded := fold(word[0]))]
    found = {place for place, _ in hits}
    first, last = _densest(hits)
    start = max(0, min(first - (_WORDS - 1 - (last - first)) // 2, len(words) - _WORDS))
    chosen = words[start : start + _WORDS]
    end = start + len(chosen)
    pieces = ["…"] if start else []
    position = chosen[0].start() if start else 0
    for place, word in enumerate(chosen, start):
        pieces += [text[position : word.start()][-_LONGEST:], _shown(word[0], marks if place in found else _UNMARKED)]
        position = word.end()
    if end < len(words) or more:
        pieces.append("…")
    else:
        pieces.append(text[position:][:_LONGEST])
    return "".join(pieces)


def _shown(word: str, marks: tuple[str, str]) -> str:
    return marks[0] + word[:_LONGEST] + marks[1]


def _densest(hits: list[tuple[int, str]]) -> tuple[int, int]:
    """First and last place of the earliest window of 24 words with most different hits."""
    if not hits:
        return 0, 0
    inside: Counter[str] = Counter()
    best, span = 0, (hits[0][0], hits[0][0])
    left = 0
    for place, word in hits:
        inside[word] += 1
        while place - hits[left][0] >= _WORDS:
            inside[hits[left][1]] -= 1
            if not inside[hits[left][1]]:
                del inside[hits[left][1]]
            left += 1
        if len(inside) > best:
            best, span = len(inside), (hits[left][0], place)
    return span
