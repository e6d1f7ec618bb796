"""The one thread of a process that writes to a store, with group commit."""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from spindrift.errors import StoreError
from spindrift.sqlite.database import Database
from spindrift.sqlite.trouble import concerns_the_whole, is_busy

log = logging.getLogger(__name__)

R = TypeVar("R")
T = TypeVar("T")

OnDurable = Callable[[BaseException | None], None]
"""Called once, on the writer's thread: None after the commit, otherwise the error that kept the write from lasting.

A StoreError says that nothing can be written (which is logged already), any other error that this write is bad.
"""

Apply = Callable[[sqlite3.Connection, list[T]], object]
"""Writes the items of a batch, within the writer's transaction."""

_LOG_SECONDS: Final = 60.0
"""A disk that is full is full for every write: it is logged once in so long."""
_BUSY_ATTEMPTS: Final = 6  # each waits for the connection's busy time-out: a minute altogether


@dataclass(slots=True)
class _Submission:
    apply: Apply[Any]
    items: Sequence[Any]
    on_durable: OnDurable
    urgent: bool
    since: float = field(default_factory=time.monotonic)


class GroupCommitWriter:
    """Gathers what many threads write and commits it together: one commit costs as much as a thousand rows.

    A batch is written when it holds `size` items, when its oldest item has waited `interval` seconds, or at once when
    somebody waits for it. Items that are given to the same `apply` reach it in one call, in the order they came.

    `submit` never blocks, so that a callback may submit, too; what waits here is bounded by the tuples that are not
    acked yet. If a batch cannot be written, its submissions are tried one by one, so that one bad item fails alone.
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
    ) -> None:
        self._failure: BaseException | None = None
        self._failed_writes = 0
        self._logged = float("-inf")
        self._database = database
        self._on_begin = on_begin
        self._on_commit = on_commit
        self._on_rollback: list[Callable[[], object]] = []
        self._interval = interval
        self._size = size
        self._queue: deque[_Submission] = deque()
        self._queued = 0
        self._urgent = 0
        self._closing = False
        self._has_died = False
        self._wakeup = threading.Condition()
        self._connection = connection
        self._thread = threading.Thread(target=self._run, name=f"store {database.name} writer", daemon=True)
        self._thread.start()

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
        self._enqueue(_Submission(apply, items, on_durable, urgent))

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
        """Write what was submitted, then close the connection. Must not be called from a callback."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()
        self._thread.join()
        self._connection.close()

    def _enqueue(self, submission: _Submission) -> None:
        with self._wakeup:
            if self._closing:
                raise StoreError("cannot write: the store was closed")
            if self._has_died:
                raise self._not_written(self._failure or RuntimeError("the thread that writes has ended"))
            self._queue.append(submission)
            self._queued += len(submission.items)
            self._urgent += submission.urgent
            # The thread is asleep, or sleeps for the rest of the interval: wake it only for a reason.
            if len(self._queue) == 1 or submission.urgent or self._queued >= self._size:
                self._wakeup.notify()

    def _run(self) -> None:
        batch: deque[_Submission] = deque()
        try:
            while batch := self._gather():
                self._commit(batch)
        except BaseException as error:
            self._die(error, batch)

    def _die(self, error: BaseException, untold: deque[_Submission]) -> None:
        """Tell everybody that nothing will be written any more: who waits for a write must not wait for ever."""
        log.critical("the thread that writes to store %s has ended", self._database.name, exc_info=error)
        with self._wakeup:
            self._failure, self._has_died = error, True
            untold += self._queue
            self._queue.clear()
        for submission in untold:
            _tell(submission, self._not_written(error))

    def _gather(self) -> deque[_Submission]:
        """Wait for a batch; empty when the writer is closed and all is written."""
        with self._wakeup:
            while not self._closing and not self._urgent and self._queued < self._size:
                if not self._queue:
                    self._wakeup.wait()
                elif (left := self._queue[0].since + self._interval - time.monotonic()) > 0:
                    self._wakeup.wait(min(left, threading.TIMEOUT_MAX))
                else:
                    break
            batch: deque[_Submission] = deque()
            items = 0
            while self._queue and (not batch or items + len(self._queue[0].items) <= self._size):
                submission = self._queue.popleft()
                items += len(submission.items)
                self._urgent -= submission.urgent
                batch.append(submission)
            self._queued -= items
            return batch

    def _commit(self, batch: deque[_Submission]) -> None:
        """Write `batch`, and take out of it whom was told what became of it."""
        error = self._attempt(batch)
        concerns_all = error is None or len(batch) == 1 or isinstance(error, StoreError)
        while batch:
            _tell(batch[0], error if concerns_all else self._attempt([batch[0]]))
            batch.popleft()

    def _attempt(self, batch: Sequence[_Submission]) -> BaseException | None:
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

    def _try(self, batch: Sequence[_Submission]) -> BaseException | None:
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

    def _transaction(self, batch: Sequence[_Submission]) -> None:
        together: dict[Apply[Any], list[Any]] = {}
        for submission in batch:
            together.setdefault(submission.apply, []).extend(submission.items)
        if not any(submission.urgent for submission in batch):
            self._on_begin(self._connection)
        self._connection.execute("BEGIN IMMEDIATE")
        for apply, items in together.items():
            apply(self._connection, items)
        self._connection.execute("COMMIT")
        self._on_commit(sum(map(len, together.values())))

    def _roll_back(self) -> None:
        for call in self._on_rollback:
            call()
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                log.exception("store %s: a failed transaction could not be rolled back", self._database.name)


def _tell(submission: _Submission, error: BaseException | None) -> None:
    try:
        submission.on_durable(error)
    except BaseException:  # the thread must not die of it
        log.exception("a callback of the store failed")
