"""Rows for SQLite as one JSON parameter.

Python's sqlite3 gives up the GIL for every step of a statement and queues for it again. Beside a thread that
computes, each of these waits takes up to the interpreter's switch interval (5 ms): `executemany` fell from 76,000 to
450 rows a second there. A whole batch in one parameter, unpacked by `json_each` inside one statement, is one step:
46,000 rows a second alone, 20,000 beside such a thread. For the same reason results are gathered by
`json_group_array` where a crawl waits for them.
"""

import json
from collections.abc import Iterable

import orjson


def as_parameter(rows: Iterable[object]) -> str:
    """`rows` (JSON values; texts, numbers, None, lists of them) as the text that `json_each(?)` unpacks.

    Texts must be free of NUL, at which SQLite's JSON functions end a text (see `without_nul`). What UTF-8 cannot
    hold (lone surrogates) becomes a question mark.
    """
    listed = rows if isinstance(rows, list) else list(rows)
    try:
        return orjson.dumps(listed).decode()
    except TypeError:  # a lone surrogate; the standard library is slower and takes it
        return encodable(json.dumps(listed, ensure_ascii=False, separators=(",", ":")))


def encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def without_nul(text: str) -> str:
    """`text` with a blank for each NUL."""
    return text.replace("\0", " ") if "\0" in text else text
