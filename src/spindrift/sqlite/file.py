"""A database in a file."""

import os
import sqlite3
from pathlib import Path
from typing import ClassVar, Final

from spindrift.errors import StoreError
from spindrift.sqlite.database import APPLICATION_ID, SCHEMA_VERSION, Database
from spindrift.sqlite.trouble import explained

_WRITER_CACHE_KIB: Final = (48 * 1024, 256 * 1024)
"""Bounds of an eighth of the file: 5,000,000 URLs (1.5 GB) are written by a tenth faster, where each has its pages of
table and indexes to itself by a quarter, with 190 MB than with 48.
"""
_READER_CACHE_KIB: Final = 4 * 1024

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


class FileDatabase(Database):
    """One SQLite file in WAL mode, so that readers (`status`, `search`) never wait for the crawl that writes.

    `synchronous=NORMAL`: what was committed survives the death of the process (SIGKILL included), as it is in the
    operating system's hands by then. A power cut may take back the last commits, never more: the file stays sound, and
    URLs whose status was taken back are simply due again.
    """

    needs_checkpoints: ClassVar[bool] = True
    oldest_sqlite: ClassVar[tuple[int, int, int]] = (3, 35, 0)  # upsert, materialized CTEs, JSON functions as used here

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens, and unless `read_only` creates, the file. Raises StoreError saying why that is not possible."""
        # A symbolic link is another name of one file: its lock, and what SQLite keeps beside it, are one, too.
        self._file = Path(os.path.realpath(path))
        super().__init__(str(path), self._file, read_only=read_only)
        self._immutable = ""
        if path.is_dir():
            raise StoreError(f"store {path} is a folder; name a file, such as {path / 'crawl.db'}")
        if not self._file.parent.is_dir():
            raise StoreError(f"store {path}: the folder {self._file.parent} does not exist; create it first")
        if read_only and not path.is_file():
            raise StoreError(f"store {path} does not exist; crawl into it first, or name another store (--store)")
        try:
            try:
                self._check()
            except sqlite3.OperationalError:
                if not self._on_read_only_ground():
                    raise
                self._immutable = "&immutable=1"
                self._check()
        except sqlite3.Error as error:
            raise StoreError(f"store {path} cannot be opened: {self.explained(error)}") from error

    def writer(self) -> sqlite3.Connection:
        connection = super().writer()
        self.fit_cache(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        # The Checkpointer folds the log back long before; should it not keep up, 1 GB is the limit.
        connection.execute("PRAGMA wal_autocheckpoint=250000")
        return connection

    def fit_cache(self, connection: sqlite3.Connection) -> None:
        pages, page_bytes = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        least, most = _WRITER_CACHE_KIB
        connection.execute(f"PRAGMA cache_size=-{min(max(pages * page_bytes // 8192, least), most)}")

    def explained(self, error: BaseException) -> str:
        return explained(error, {code: advice.format(path=self._file) for code, advice in _ADVICE.items()})

    def _on_read_only_ground(self) -> bool:
        """Whether the file lies where nothing can be put beside it, and is whole: it can be read as it is."""
        log = self._file.with_name(f"{self._file.name}-wal")
        return (
            self.read_only and not os.access(self._file.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
        )

    def _check(self) -> None:
        connection = self._connect()
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if application not in (0, APPLICATION_ID) or (tables and application == 0):
                raise StoreError(f"store {self.name} is a SQLite file of another program; name another file")
            if version > SCHEMA_VERSION:
                raise StoreError(
                    f"store {self.name} was written by a newer spindrift (schema {version}, this one knows "
                    f"{SCHEMA_VERSION}); use that version, or another store"
                )
            if not tables and self.read_only:
                raise StoreError(f"store {self.name} is empty; crawl into it first, or name another store (--store)")
        finally:
            connection.close()

    def _uri(self) -> str:
        # Who may not write the file gets it for reading; others clear away what WAL mode keeps beside it as they close.
        mode = "rw" if self.read_only else "rwc"
        return f"{self._file.as_uri()}?mode={mode}{self._immutable}"

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        connection.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIB}")
        return connection
