"""Connections to one SQLite database: one for reading in every thread, and those that may write."""

import sqlite3
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Final

from spindrift.errors import StoreError

BUSY_TIMEOUT_SECONDS: Final = 10.0
SCHEMA_VERSION: Final = 3
APPLICATION_ID: Final = 0x53706472  # "Spdr": tells our files from other SQLite files


class Database(ABC):
    """Where the tables of a store are: a file, or memory. Thread-safe."""

    needs_checkpoints: ClassVar[bool]
    """Whether somebody has to fold back a write-ahead log."""
    oldest_sqlite: ClassVar[tuple[int, int, int]]

    def __init__(self, name: str, path: Path | None, *, read_only: bool = False) -> None:
        """`name` is how messages call it; no `path`: no other process can reach it. Raises StoreError."""
        self.name = name
        self.path = path
        self.read_only = read_only
        self._readers: list[sqlite3.Connection] = []
        self._local = threading.local()
        self._lock = threading.Lock()
        if sqlite3.sqlite_version_info < self.oldest_sqlite:
            major, minor, _ = self.oldest_sqlite
            raise StoreError(
                f"store {name} needs SQLite {major}.{minor} or later; this Python has {sqlite3.sqlite_version}"
            )

    def writer(self) -> sqlite3.Connection:
        """A new connection that may write; there should be one a process (see `GroupCommitWriter`)."""
        connection = self._connect()
        # Debian's SQLite overwrites what is deleted with zeros by default: work without use for public pages.
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA temp_store=MEMORY")
        return connection

    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            with self._lock:
                self._readers.append(connection)
        return connection

    @abstractmethod
    def fit_cache(self, connection: sqlite3.Connection) -> None:
        """Have the writer's cache grow with the database; to be called now and then."""

    @abstractmethod
    def explained(self, error: BaseException) -> str:
        """What SQLite says, and what to do."""

    def read_only_error(self) -> StoreError:
        """For who writes to a store that was opened for reading."""
        return StoreError(f"store {self.name} was opened for reading only")

    def close(self) -> None:
        """Close the connections for reading, of all threads."""
        with self._lock:
            readers, self._readers = self._readers, []
        for connection in readers:
            connection.close()
        self._local = threading.local()

    @staticmethod
    def create(connection: sqlite3.Connection, schema: str) -> None:
        """Bring the tables up to date (another process may be at it, too) and mark the file as ours."""
        if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
            return
        marks = f"PRAGMA application_id={APPLICATION_ID};\nPRAGMA user_version={SCHEMA_VERSION};"
        connection.executescript(f"BEGIN IMMEDIATE;\n{schema}\n{marks}\nCOMMIT;")

    @abstractmethod
    def _uri(self) -> str:
        """What a new connection opens."""

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._uri(),
            uri=True,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,  # transactions are begun and ended here, not guessed by the driver
            check_same_thread=False,  # used by one thread, closed by another
        )
