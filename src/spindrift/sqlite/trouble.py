"""What is the matter with a database."""

import sqlite3
from collections.abc import Mapping
from typing import Final

_OF_THE_WHOLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
    }
)


def concerns_the_whole(error: BaseException) -> bool:
    """Whether every other write would meet the same error (disk full, I/O, locked), rather than one item be bad."""
    return _primary_code(error) in _OF_THE_WHOLE


def is_busy(error: BaseException) -> bool:
    """Whether another process holds a lock, which passes."""
    return _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explained(error: BaseException, advice: Mapping[int, str]) -> str:
    """What SQLite says, and what to do about it: `advice`, by primary error code."""
    said = advice.get(_primary_code(error))
    return str(error) if said is None else f"{error}; {said}"


def _primary_code(error: BaseException) -> int:
    # The lower byte is the primary code; extended codes such as SQLITE_BUSY_SNAPSHOT add to it.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF if isinstance(error, sqlite3.Error) else 0
