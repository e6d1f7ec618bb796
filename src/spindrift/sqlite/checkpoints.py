"""Folds the write-ahead log back into the file, beside the writer instead of in its commits."""

import logging
import sqlite3
import threading
import time
from contextlib import suppress
from typing import Final

log = logging.getLogger(__name__)

ITEMS: Final = 25_000
SECONDS: Final = 5.0
LONG: Final = 25_000
"""Frames of 4 kB (100 MB): a log that long shall begin anew, once little of it is left to fold back."""
FEW: Final = 2_500
TOO_LONG: Final = 100_000
"""Frames (400 MB): then it has to, whatever is left."""


class Checkpointer:
    """A thread that checkpoints after `ITEMS` writes, or `SECONDS` after the first one since the last time.

    Left to the writer, one commit in some dozens waits for thousands of scattered pages and two fsyncs: 300 ms that
    were measured in the middle of a batch of due URLs. A passive checkpoint waits for nobody and nobody for it. But the
    log begins anew only when a transaction begins while nothing is left to fold back; beside a busy writer something
    always is. That rest is for the writer to `finish`, when the log is long and the rest short.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Takes over the connection, which must be able to write."""
        self._connection = connection
        self._written = 0
        self._first = 0.0
        self._closing = False
        self.rest_is_short = threading.Event()
        """Set when it is time to `finish`."""
        self._wakeup = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def wrote(self, items: int) -> None:
        """So many items were committed."""
        with self._wakeup:
            before = self._written
            self._written += items
            if not before:
                self._first = time.monotonic()
            if not before or before < ITEMS <= self._written:
                self._wakeup.notify()

    def finish(self, connection: sqlite3.Connection) -> None:
        """To be called with the writer's connection before transactions for which nobody waits."""
        if self.rest_is_short.is_set():
            self.rest_is_short.clear()
            with suppress(sqlite3.Error):  # what keeps it from that keeps the thread from it, too, which says so
                _fold_back(connection)

    def close(self) -> None:
        """Stop, and close the connection. The last connection of a file folds back what is left."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        failed = False
        while self._wait():
            try:
                log_length = _fold_back(self._connection)
                if log_length >= LONG:
                    now = _fold_back(self._connection)
                    if now - log_length <= FEW or now >= TOO_LONG:
                        self.rest_is_short.set()
                failed = False
            except sqlite3.Error as error:
                if not failed:
                    log.warning("the store's write-ahead log could not be folded back: %s", error)
                failed = True

    def _wait(self) -> bool:
        """Until it is time; False when there will be no more."""
        with self._wakeup:
            while not self._closing and self._written < ITEMS:
                left = None if not self._written else self._first + SECONDS - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._wakeup.wait(left)
            self._written = 0
            return not self._closing


def _fold_back(connection: sqlite3.Connection) -> int:
    """How many frames the log had, of which all were folded back that no reader needs."""
    _busy, frames, _folded = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(frames)
