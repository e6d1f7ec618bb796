"""The language of a page: as declared, else by the frequency of letter groups."""

import re

from resiliparse.parse.lang import detect_fast

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)
_PLACEHOLDERS = frozenset({"und", "mul", "zxx", "mis", "xx", "xxx"})
SAMPLE_LENGTH = 2000
"""Characters of a text that are looked at."""
MIN_LENGTH = 60
"""Shorter texts say too little."""
WORST_SCORE = 800
"""Distance from the model of the language above which a guess is none (resiliparse: lower is better)."""


def declared_language(*values: str | None) -> str | None:
    """The first of `values` (html lang, Content-Language) that names a language, as its two or three letters."""
    for value in values:
        if value and (match := _TAG.fullmatch(value.split(",", 1)[0].strip())):
            language = match[1].lower()
            if language not in _PLACEHOLDERS:
                return language
    return None


def detect_language(text: str) -> str | None:
    """The likeliest language of `text` (two or three letters); None where it is too short, or unlike any."""
    if len(text) < MIN_LENGTH:
        return None
    language, score = detect_fast(text[:SAMPLE_LENGTH], cutoff=WORST_SCORE)
    return None if language == "unknown" or score > WORST_SCORE else str(language)
