"""Opens stores by URL: `sqlite:///crawl.db` is a file in the working directory, `sqlite:////var/crawl.db` any other.

A plain path will do, too.
"""

import atexit
import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.sqlite_frontier import SqliteFrontier
from spindrift.frontier.sqlite_schema import SCHEMA as FRONTIER_SCHEMA
from spindrift.index.documents import Documents
from spindrift.index.sqlite_documents import SCHEMA as DOCUMENTS_SCHEMA
from spindrift.index.sqlite_documents import SqliteDocuments
from spindrift.sqlite import Checkpointer, Database, GroupCommitWriter
from spindrift.sqlite.trouble import explained


class Store:
    """One opening of a store: its parts, and `close`, which counts. The store itself is shared within the process."""

    def __init__(self, shared: "_Shared") -> None:
        self._shared: _Shared | None = shared
        self.frontier: Frontier = shared.backend.frontier
        self.documents: Documents = shared.backend.documents

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing can be written at present (a full disk); None while all is well."""
        return self._shared.backend.trouble if self._shared is not None else None

    def close(self) -> None:
        """Done with it. The last one to close it in this process makes it write what was put, and closes the file."""
        shared, self._shared = self._shared, None
        if shared is not None:
            _release(shared)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    url: str, settings: Settings | None = None, *, read_only: bool = False, clock: Clock | None = None
) -> Store:
    """Open the store at `url` (key `store.url`), or join those in this process that have it open.

    `settings` (keys `store.commit.*`) and `clock` are those of the first to open it. Raises ConfigurationError for a
    URL that is not understood, StoreError for a store that cannot be opened.
    """
    path = sqlite_path(url)
    identity = (os.getpid(), str(path.absolute()), read_only)
    with _open_lock:
        shared = _open.get(identity)
        if shared is None:
            backend = SqliteStore(path, settings or Settings(), read_only=read_only, clock=clock)
            shared = _open[identity] = _Shared(identity, backend)
        shared.users += 1
    return Store(shared)


class SqliteStore:
    """Frontier and documents in one SQLite file, with one writer for both."""

    def __init__(self, path: Path, settings: Settings, *, read_only: bool = False, clock: Clock | None = None) -> None:
        self._database = Database(path, read_only=read_only)
        self._writer: GroupCommitWriter | None = None
        self._checkpointer: Checkpointer | None = None
        if not read_only:
            try:
                connection = self._database.writer()
                self._database.create(connection, FRONTIER_SCHEMA + DOCUMENTS_SCHEMA)
                self._checkpointer = Checkpointer(self._database.writer())
            except sqlite3.Error as error:
                raise StoreError(f"store {path} cannot be written: {explained(error, path)}") from error
            self._writer = GroupCommitWriter(
                connection,
                path,
                interval=settings.seconds("store.commit.interval"),
                size=settings.integer("store.commit.size"),
                on_commit=self._checkpointer.wrote,
            )
        self.frontier = SqliteFrontier(self._database, self._writer, clock or SystemClock(), _host_limit(settings))
        self.documents = SqliteDocuments(self._database, self._writer)

    @property
    def trouble(self) -> StoreError | None:
        """See `Store.trouble`."""
        return self._writer.trouble if self._writer is not None else None

    def close(self) -> None:
        """Write what was put, then close the file."""
        if self._writer is not None:
            self._writer.close()
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._database.close()


def _host_limit(settings: Settings) -> HostLimit | None:
    limit = settings.limit("crawl.max.urls.per.host")
    return None if limit is None else HostLimit(limit)


@dataclass(eq=False, slots=True)
class _Shared:
    identity: tuple[int, str, bool]
    backend: SqliteStore
    users: int = 0


_open: dict[tuple[int, str, bool], _Shared] = {}
_open_lock = threading.Lock()


def _release(shared: _Shared) -> None:
    with _open_lock:
        shared.users -= 1
        if shared.users > 0:
            return
        # A process that was forked has its parent's entry under the parent's number: not its to close.
        del _open[shared.identity]
    shared.backend.close()


def sqlite_path(url: str) -> Path:
    """The file that a store URL, or a plain path, names. Raises ConfigurationError for any other URL."""
    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    if not path or "://" in path or path.startswith("sqlite:"):
        raise ConfigurationError(
            f"store {url!r} is not understood; right is a file such as crawl.db, or its URL: sqlite:///crawl.db (in "
            "the working directory), sqlite:////folder/crawl.db (any other)"
        )
    return Path(path)


def store_exists(url: str) -> bool:
    """Whether there is anything at `url`; ConfigurationError as `open_store`."""
    path = sqlite_path(url)
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)


@atexit.register
def _close_all() -> None:
    """What was put is written when a program ends without closing."""
    with _open_lock:
        left = [shared for identity, shared in _open.items() if identity[0] == os.getpid()]
        _open.clear()
    for shared in left:
        shared.backend.close()
