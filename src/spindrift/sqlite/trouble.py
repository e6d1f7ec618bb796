"""What is the matter with a SQLite file, and what its owner can do about it."""

import sqlite3
from pathlib import Path
from typing import Final

_ADVICE: Final = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked: wait for that process, or end it",
    sqlite3.SQLITE_LOCKED: "another process keeps it locked: wait for that process, or end it",
    sqlite3.SQLITE_FULL: "make room on the disk that holds {path}",
    sqlite3.SQLITE_IOERR: "look whether the disk that holds {path} is sound, and whether a quota or limit is reached",
    sqlite3.SQLITE_READONLY: "make {path} and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "{path} must be readable, and its folder writable",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged: put a copy in its place, or crawl into another store (--store)",
    sqlite3.SQLITE_NOTADB: "name another file",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}


def concerns_the_file(error: BaseException) -> bool:
    """Whether every other write would meet the same error (disk full, I/O, locked), rather than one item be bad."""
    return _primary_code(error) in _ADVICE


def is_busy(error: BaseException) -> bool:
    """Whether another process holds a lock, which passes."""
    return _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explained(error: BaseException, path: Path) -> str:
    """What SQLite says, and what to do."""
    advice = _ADVICE.get(_primary_code(error))
    return str(error) if advice is None else f"{error}; {advice.format(path=path.absolute())}"


def _primary_code(error: BaseException) -> int:
    # The lower byte is the primary code; extended codes such as SQLITE_BUSY_SNAPSHOT add to it.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF if isinstance(error, sqlite3.Error) else 0
