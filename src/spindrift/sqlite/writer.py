"""The one thread of a process that writes to a store, with group commit."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, Self, TypeVar

from spindrift.errors import StoreError
from spindrift.sqlite.checkpoints import Checkpointer
from spindrift.sqlite.database import Database
from spindrift.sqlite.trouble import concerns_the_whole, is_busy
from spindrift.submissions import OnDurable, Submission, Submissions

log = logging.getLogger(__name__)

R = TypeVar("R")
T = TypeVar("T")

Apply = Callable[[sqlite3.Connection, list[T]], object]
"""Writes the items of a batch, within the writer's transaction."""

_LOG_SECONDS: Final = 60.0
"""A disk that is full is full for every write: it is logged once in so long."""
_BUSY_ATTEMPTS: Final = 6  # each waits for the connection's busy time-out: a minute altogether


class GroupCommitWriter:
    """Gathers what many threads write and commits it together: one commit costs as much as a thousand rows.

    `interval` and `size` are for `Submissions`. Items that are given to the same `apply` reach it in one call, in the
    order they came. What waits here is bounded by the tuples that are not acked yet.

    If a batch cannot be written, its submissions are tried one by one, so that one bad item fails alone.
    `on_begin` is given the connection before each transaction for which nobody waits, `on_commit` the number of items
    of each commit.
    A locked file is waited for (a minute), a full or broken disk is not: every callback is told, the log once a minute,
    and `trouble` says so until something can be written again.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        database: Database,
        *,
        interval: float = 0.1,
        size: int = 5000,
        on_begin: Callable[[sqlite3.Connection], object] = lambda connection: None,
        on_commit: Callable[[int], object] = lambda items: None,
        checkpointer: Checkpointer | None = None,
    ) -> None:
        """Takes over `connection` and `checkpointer`; see `open`."""
        self._failure: BaseException | None = None
        self._failed_writes = 0
        self._logged = float("-inf")
        self._database = database
        self._on_begin = on_begin
        self._on_commit = on_commit
        self._on_rollback: list[Callable[[], object]] = []
        self._submissions = Submissions(interval=interval, size=size)
        self._connection = connection
        self._checkpointer = checkpointer
        self._thread = threading.Thread(target=self._run, name=f"store {database.name} writer", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls,
        database: Database,
        create: Callable[[sqlite3.Connection], object],
        *,
        interval: float,
        size: int,
        on_begin: Callable[[sqlite3.Connection], object] = lambda connection: None,
        on_commit: Callable[[int], object] = lambda items: None,
    ) -> Self:
        """One with connections of its own, after `create` made the tables; it sees to the write-ahead log, too.

        Raises sqlite3.Error.
        """
        connection = database.writer()
        create(connection)
        checkpointer = Checkpointer(database.writer()) if database.needs_checkpoints else None
        return cls(
            connection,
            database,
            interval=interval,
            size=size,
            on_begin=on_begin,
            on_commit=on_commit,
            checkpointer=checkpointer,
        )

    def when_rolled_back(self, call: Callable[[], object]) -> None:
        """Have `call` called, on the writer's thread, when a transaction was given up: nothing of it is there."""
        self._on_rollback.append(call)

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing could be written the last time; a lock that another process holds is no trouble."""
        failure = self._failure
        return None if failure is None else self._not_written(failure, self._failed_writes)

    def submit(self, apply: Apply[T], items: Sequence[T], on_durable: OnDurable, *, urgent: bool = False) -> None:
        """Have `items` written by `apply` and committed, soon. Raises StoreError when the writer was closed."""
        self._submissions.add(Submission(apply, items, on_durable, urgent))

    def write(self, apply: Apply[T], items: Sequence[T]) -> None:
        """Have `items` written by `apply`, and return when they are durable; StoreError when they cannot be."""
        done: Future[None] = Future()

        def finish(error: BaseException | None) -> None:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        self.submit(apply, items, finish, urgent=True)
        try:
            done.result()
        except StoreError as error:
            raise StoreError(str(error)) from error  # told to others, too: each raises one of its own
        except sqlite3.Error as error:
            raise self._not_written(error) from error

    def ask(self, question: Callable[[sqlite3.Connection], R]) -> R:
        """Run `question` in the next transaction, after all that was submitted before it, and return its answer."""
        answers: list[R] = []

        def apply(connection: sqlite3.Connection, _items: list[None]) -> None:
            answers[:] = [question(connection)]  # a second attempt replaces the answer of the first

        self.write(apply, [None])
        return answers[0]

    def close(self) -> None:
        """Write what was submitted, then close the connections. Must not be called from a callback."""
        self._submissions.close()
        self._thread.join()
        self._connection.close()
        if self._checkpointer is not None:
            self._checkpointer.close()

    def _run(self) -> None:
        self._submissions.serve(self._commit, self._die)

    def _die(self, error: BaseException) -> StoreError:
        log.critical("the thread that writes to store %s has ended", self._database.name, exc_info=error)
        self._failure = error
        return self._not_written(error)

    def _commit(self, batch: Sequence[Submission]) -> None:
        error = self._attempt(batch)
        concerns_all = error is None or len(batch) == 1 or isinstance(error, StoreError)
        for submission in batch:
            submission.tell(error if concerns_all else self._attempt([submission]))

    def _attempt(self, batch: Sequence[Submission]) -> BaseException | None:
        """One transaction; where it failed for all, that is kept as `trouble`, and logged now and then."""
        error = self._try(batch)
        if error is None:
            self._failure = None
            return None
        if not concerns_the_whole(error):
            return error
        self._failed_writes += len(batch)
        if not is_busy(error):
            self._failure = error
        if time.monotonic() - self._logged >= _LOG_SECONDS:
            self._logged = time.monotonic()
            log.error("%s", self._not_written(error, self._failed_writes))
        return self._not_written(error)

    def _not_written(self, error: BaseException, times: int = 1) -> StoreError:
        count = f" ({times} times)" if times > 1 else ""
        return StoreError(f"store {self._database.name} could not be written{count}: {self._database.explained(error)}")

    def _try(self, batch: Sequence[Submission]) -> BaseException | None:
        """One transaction; again while another process holds the lock."""
        for attempt in range(1, _BUSY_ATTEMPTS + 1):
            try:
                self._transaction(batch)
            except BaseException as error:  # told to whoever wrote: the thread must not die
                self._roll_back()
                if not is_busy(error) or attempt == _BUSY_ATTEMPTS:
                    return error
                log.warning(
                    "store %s is locked by another process (attempt %d of %d)",
                    self._database.name,
                    attempt,
                    _BUSY_ATTEMPTS,
                )
            else:
                return None
        raise AssertionError("unreachable")

    def _transaction(self, batch: Sequence[Submission]) -> None:
        together: dict[Apply[Any], list[Any]] = {}
        for submission in batch:
            together.setdefault(submission.apply, []).extend(submission.items)
        if not any(submission.urgent for submission in batch):
            if self._checkpointer is not None:
                self._checkpointer.finish(self._connection)
            self._on_begin(self._connection)
        self._connection.execute("BEGIN IMMEDIATE")
        for apply, items in together.items():
            apply(self._connection, items)
        self._connection.execute("COMMIT")
        written = sum(map(len, together.values()))
        if self._checkpointer is not None:
            self._checkpointer.wrote(written)
        self._on_commit(written)

    def _roll_back(self) -> None:
        for call in self._on_rollback:
            call()
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                log.exception("store %s: a failed transaction could not be rolled back", self._database.name)
