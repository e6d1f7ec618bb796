"""Connections to one SQLite file: how they are tuned, and one for reading in every thread."""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Final

from spindrift.errors import StoreError
from spindrift.sqlite.trouble import explained

BUSY_TIMEOUT_SECONDS: Final = 10.0
SCHEMA_VERSION: Final = 1
_APPLICATION_ID: Final = 0x53706472  # "Spdr": tells our files from other SQLite files
_OLDEST_SQLITE: Final = (3, 35, 0)  # upsert, materialized CTEs and the JSON functions as used here

_WRITER_CACHE_KIB: Final = 48 * 1024
_READER_CACHE_KIB: Final = 4 * 1024


class Database:
    """One SQLite file in WAL mode, so that readers (`status`, `search`) never wait for the crawl that writes.

    `synchronous=NORMAL`: what was committed survives the death of the process (SIGKILL included), as it is in the
    operating system's hands by then. A power cut may take back the last commits, never more: the file stays sound, and
    URLs whose status was taken back are simply due again.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens, and unless `read_only` creates, the file. Raises StoreError saying why that is not possible."""
        self.path = path
        self.read_only = read_only
        self._readers: list[sqlite3.Connection] = []
        self._local = threading.local()
        self._lock = threading.Lock()
        self._immutable = ""
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise StoreError(f"store {path}: SQLite {sqlite3.sqlite_version} is too old; 3.35 or later is needed")
        if path.is_dir():
            raise StoreError(f"store {path} is a folder; name a file, such as {path / 'crawl.db'}")
        if not path.absolute().parent.is_dir():
            raise StoreError(f"store {path}: the folder {path.absolute().parent} does not exist; create it first")
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
            raise StoreError(f"store {path} cannot be opened: {explained(error, path)}") from error

    def writer(self) -> sqlite3.Connection:
        """A new connection that may write; there should be one a process (see `GroupCommitWriter`)."""
        connection = self._connect(_WRITER_CACHE_KIB)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        # The Checkpointer folds the log back long before; should it not keep up, 400 MB are the limit.
        connection.execute("PRAGMA wal_autocheckpoint=100000")
        # Debian's SQLite overwrites what is deleted with zeros by default: work without use for public pages.
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA temp_store=MEMORY")
        return connection

    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect(_READER_CACHE_KIB)
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            with self._lock:
                self._readers.append(connection)
        return connection

    def read_only_error(self) -> StoreError:
        """For who writes to a store that was opened for reading."""
        return StoreError(f"store {self.path} was opened for reading only")

    def close(self) -> None:
        """Close the connections for reading, of all threads."""
        with self._lock:
            readers, self._readers = self._readers, []
        for connection in readers:
            connection.close()
        self._local = threading.local()

    def _on_read_only_ground(self) -> bool:
        """Whether the file lies where nothing can be put beside it, and is whole: it can be read as it is."""
        log = self.path.with_name(f"{self.path.name}-wal")
        folder = self.path.absolute().parent
        return self.read_only and not os.access(folder, os.W_OK) and not (log.exists() and log.stat().st_size)

    def _check(self) -> None:
        connection = self._connect(_READER_CACHE_KIB)
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if application not in (0, _APPLICATION_ID) or (tables and application == 0):
                raise StoreError(f"store {self.path} is a SQLite file of another program; name another file")
            if version > SCHEMA_VERSION:
                raise StoreError(
                    f"store {self.path} was written by a newer spindrift (schema {version}, this one knows "
                    f"{SCHEMA_VERSION}); use that version, or another store"
                )
            if not tables and self.read_only:
                raise StoreError(f"store {self.path} is empty; crawl into it first, or name another store (--store)")
        finally:
            connection.close()

    @staticmethod
    def create(connection: sqlite3.Connection, schema: str) -> None:
        """Create the tables (`IF NOT EXISTS`: another process may be at it, too) and mark the file as ours."""
        if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
            return
        marks = f"PRAGMA application_id={_APPLICATION_ID};\nPRAGMA user_version={SCHEMA_VERSION};"
        connection.executescript(f"BEGIN IMMEDIATE;\n{schema}\n{marks}\nCOMMIT;")

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        # Who may not write the file gets it for reading; others clear away what WAL mode keeps beside it as they close.
        mode = "rw" if self.read_only else "rwc"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}{self._immutable}",
            uri=True,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,  # transactions are begun and ended here, not guessed by the driver
            check_same_thread=False,  # used by one thread, closed by another
        )
        connection.execute(f"PRAGMA cache_size=-{cache_kib}")
        return connection
