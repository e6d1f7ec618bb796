"""Who may crawl a store: one crawl at a time, however the last one ended."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from spindrift.errors import StoreError
from spindrift.frontier.protocol import WHOLE, Shard

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no fcntl: only this process is then kept from crawling twice
    fcntl = None  # type: ignore[assignment]

_ALL_SHARDS: Final = 65536


class CrawlLock:
    """A lock beside the database: byte i of the file for shard i, all bytes for the whole.

    The operating system drops it with the process that held it, so that no lock is left behind by SIGKILL; the file is,
    and does no harm. Readers and `inject` do not take it. A database in memory (no `path`) needs no file: no other
    process can reach it.
    """

    def __init__(self, name: str, path: Path | None) -> None:
        """`name` is how messages call the store."""
        self._name = name
        self._path = path and path.with_name(f"{path.name}.lock")
        self._mutex = threading.Lock()
        self._held: set[Shard] = set()
        self._file: int | None = None

    def acquire(self, shard: Shard) -> "CrawlClaim":
        """The claim to a shard. Raises StoreError when it, or a part of it, belongs to another crawl."""
        with self._mutex:
            if any(shard == held or shard.count != held.count for held in self._held):
                raise StoreError(f"store {self._name} is being crawled by this process already")
            if self._path is not None:
                self._open_and_lock(self._path, shard)
            self._held.add(shard)
        return CrawlClaim(self, shard)

    def is_held(self) -> bool:
        """Whether another process crawls the store, or this one by this lock."""
        if self._held:
            return True
        if self._path is None or not os.access(self._path, os.W_OK):
            return False  # there is none, or nobody can have locked it who may not write
        try:
            self.acquire(WHOLE).release()
        except StoreError:
            return True
        return False

    def release(self, shard: Shard) -> None:
        """Give a shard back. The last one removes the file."""
        with self._mutex:
            if shard not in self._held:
                return
            self._held.remove(shard)
            if self._file is None or self._path is None:
                return
            if self._held:
                self._unlock(self._file, shard)
            else:
                self._remove(self._file, self._path)
                self._close()

    def _open_and_lock(self, path: Path, shard: Shard) -> None:
        while True:
            try:
                file = self._file = self._file or os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise StoreError(
                    f"store {self._name} cannot be crawled: {path} cannot be made: {error.strerror}; "
                    "make its folder writable, or crawl into another store (--store)"
                ) from error
            try:
                self._lock(file, shard)
            except OSError as error:
                if not self._held:
                    self._close()
                raise StoreError(
                    f"store {self._name} is being crawled by another process ({path} is locked); "
                    "wait for it, stop it, or crawl into another store (--store)"
                ) from error
            if self._is_current(file, path):
                return
            # Another crawl removed the file between the two calls: this lock would keep out nobody.
            self._close()

    def _remove(self, file: int, path: Path) -> None:
        """Leave nothing behind, unless another process has a part of the file.

        Who holds all of it may remove it: others that have opened it lock it in vain, and look (see `_open_and_lock`).
        """
        if fcntl is None:
            return
        with suppress(OSError):
            self._lock(file, WHOLE)
            if self._is_current(file, path):
                path.unlink()

    def _is_current(self, file: int, path: Path) -> bool:
        if self._held:
            return True  # nobody can have removed it
        try:
            return os.path.samestat(os.fstat(file), path.stat())
        except FileNotFoundError:
            return False

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @staticmethod
    def _lock(file: int, shard: Shard) -> None:
        if fcntl is not None:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *_range(shard))

    @staticmethod
    def _unlock(file: int, shard: Shard) -> None:
        if fcntl is not None:
            fcntl.lockf(file, fcntl.LOCK_UN, *_range(shard))


class CrawlClaim:
    """The right to crawl a shard."""

    def __init__(self, lock: CrawlLock, shard: Shard) -> None:
        self._lock = lock
        self._shard = shard

    def release(self) -> None:
        """Give it back; once is enough, more does no harm."""
        self._lock.release(self._shard)


def _range(shard: Shard) -> tuple[int, int]:
    """Length and start. A whole crawl meets every sharded one at its first byte."""
    return (_ALL_SHARDS, 0) if shard.count == 1 else (1, shard.index)
