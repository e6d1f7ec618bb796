"""Opens stores by URL: `sqlite:///crawl.db` is a file in the working directory, `sqlite:////var/crawl.db` any other.

A plain path will do, too. `memory:` is a store in this process's memory, which nobody else can open and which is gone
when the last part of a crawl has closed it. `elasticsearch://host:9200/prefix` and `opensearch://...` are indices.
"""

import atexit
import os
import sqlite3
import threading
from dataclasses import dataclass
from typing import Protocol, Self

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.sqlite_frontier import SqliteFrontier
from spindrift.frontier.sqlite_schema import SCHEMA as FRONTIER_SCHEMA
from spindrift.index.documents import Documents
from spindrift.index.sqlite_documents import SCHEMA as DOCUMENTS_SCHEMA
from spindrift.index.sqlite_documents import SqliteDocuments
from spindrift.search_engine.address import SearchAddress, is_search_url
from spindrift.sqlite import Database, FileDatabase, GroupCommitWriter, MemoryDatabase
from spindrift.store_url import check_lasts, check_reachable, is_in_memory, sqlite_path


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

    def hurry(self) -> None:
        """Wait for a server that is away only some seconds more: the crawl ends. May be called by a signal handler."""
        if self._shared is not None:
            self._shared.backend.hurry()

    def close(self) -> None:
        """Done with it. The last one to close it in this process makes it write what was put, and closes it."""
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

    `settings` (keys `store.*`) and `clock` are those of the first to open it. Raises ConfigurationError for a
    URL that is not understood, and for a store in memory where that cannot be had: by a command that only reads
    (`read_only`), and in a component's own process. StoreError for a store that cannot be opened.
    """
    if read_only:
        check_lasts(url)
    check_reachable(url)
    named = url if is_in_memory(url) or is_search_url(url) else os.path.realpath(sqlite_path(url))
    identity = (os.getpid(), named, read_only)
    with _open_lock:
        shared = _open.get(identity)
        if shared is None:
            backend = _backend(url, settings or Settings(), read_only, clock)
            shared = _open[identity] = _Shared(identity, backend)
        shared.users += 1
    return Store(shared)


class Backend(Protocol):
    """What keeps a store."""

    frontier: Frontier
    documents: Documents

    @property
    def trouble(self) -> StoreError | None:
        """See `Store.trouble`."""
        ...

    def hurry(self) -> None:
        """See `Store.hurry`."""
        ...

    def close(self) -> None:
        """Write what was put, then let go of everything."""
        ...


class SqliteStore:
    """Frontier and documents in one SQLite database, with one writer for both."""

    def __init__(self, database: Database, settings: Settings, clock: Clock | None = None) -> None:
        self._database = database
        self._writer: GroupCommitWriter | None = None
        if not database.read_only:
            try:
                self._writer = GroupCommitWriter.open(
                    database,
                    lambda connection: database.create(connection, FRONTIER_SCHEMA + DOCUMENTS_SCHEMA),
                    interval=settings.seconds("store.commit.interval"),
                    size=settings.integer("store.commit.size"),
                    on_begin=database.fit_cache,
                )
            except sqlite3.Error as error:
                raise StoreError(f"store {database.name} cannot be written: {database.explained(error)}") from error
        self.frontier: Frontier = SqliteFrontier(
            database, self._writer, clock or SystemClock(), HostLimit.from_settings(settings)
        )
        self.documents: Documents = SqliteDocuments(database, self._writer)

    @property
    def trouble(self) -> StoreError | None:
        """See `Store.trouble`."""
        return self._writer.trouble if self._writer is not None else None

    def hurry(self) -> None:
        """A file is not waited for."""

    def close(self) -> None:
        """Write what was put, then close the database."""
        if self._writer is not None:
            self._writer.close()
        self._database.close()


def _backend(url: str, settings: Settings, read_only: bool, clock: Clock | None) -> Backend:
    if not is_search_url(url):
        return SqliteStore(_database(url, read_only), settings, clock)
    from spindrift.search_store import SearchStore  # which imports the clients

    return SearchStore(SearchAddress.parse(url), settings, read_only=read_only, clock=clock)


def _database(url: str, read_only: bool) -> Database:
    return MemoryDatabase() if is_in_memory(url) else FileDatabase(sqlite_path(url), read_only=read_only)


@dataclass(eq=False, slots=True)
class _Shared:
    identity: tuple[int, str, bool]
    backend: Backend
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


@atexit.register
def _close_all() -> None:
    """What was put is written when a program ends without closing."""
    with _open_lock:
        left = [shared for identity, shared in _open.items() if identity[0] == os.getpid()]
        _open.clear()
    for shared in left:
        shared.backend.close()
