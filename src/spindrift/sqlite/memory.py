"""A database in the memory of this process."""

import sqlite3
from itertools import count
from typing import ClassVar, Final

from spindrift.sqlite.database import Database
from spindrift.sqlite.trouble import explained

NAME: Final = "memory:"

_ADVICE: Final = {
    sqlite3.SQLITE_FULL: "1 GiB is all that a store in memory takes: crawl into a file (--store crawl.db)",
    sqlite3.SQLITE_NOMEM: "there is not enough memory: crawl into a file (--store crawl.db)",
}

_numbers = count(1)


class MemoryDatabase(Database):
    """A database that is gone with its last connection, and that no other process can reach.

    SQLite's `memdb` lets all connections of a process have it, each with its own transaction, as with a file: what is
    not committed is seen by nobody else. (A shared cache would do that, too, but locks table by table, and does not
    wait: readers get "table is locked" while the writer is at it. A file that is unlinked at once cannot be opened by
    a second connection.) Readers wait for the writer, unlike those of a file in WAL mode, for as long as a batch takes.
    """

    needs_checkpoints: ClassVar[bool] = False
    oldest_sqlite: ClassVar[tuple[int, int, int]] = (3, 36, 0)  # memdb that connections share by its name

    def __init__(self) -> None:
        super().__init__(NAME, None)
        self._number = next(_numbers)
        self._kept = self._connect()

    def fit_cache(self, connection: sqlite3.Connection) -> None:
        """Nothing: it is in memory."""

    def explained(self, error: BaseException) -> str:
        return explained(error, _ADVICE)

    def close(self) -> None:
        super().close()
        self._kept.close()

    def _uri(self) -> str:
        return f"file:/spindrift-{self._number}?vfs=memdb"
