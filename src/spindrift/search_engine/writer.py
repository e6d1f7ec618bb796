"""The one thread of a process that writes to a search engine."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from spindrift.errors import StoreError
from spindrift.search_engine.client import SearchClient

log = logging.getLogger(__name__)

T = TypeVar("T")

OnDurable = Callable[[BaseException | None], None]
Apply = Callable[[list[T]], Sequence[BaseException | None]]
"""Writes items and says of each what kept it from being written; raises StoreError where nothing can be written."""

_LOG_SECONDS: Final = 60.0


@dataclass(slots=True)
class _Submission:
    apply: Apply[Any]
    items: Sequence[Any]
    on_durable: OnDurable
    urgent: bool
    since: float = field(default_factory=time.monotonic)


class BulkWriter:
    """Gathers what many threads write and sends it together, in the order it came.

    A batch is written when it holds `size` items, when its oldest item has waited `interval` seconds, or at once when
    somebody waits for it. While a batch is on its way, or the server away, the next one gathers: that is bounded by the
    tuples that are not acked yet, as `submit` never blocks (a callback may submit, too).
    A batch that cannot be written, as the server was away for longer than its client has patience for, or takes no
    writes, is given up: every callback is told, the log once a minute, and `trouble` says so until a batch is written.
    """

    def __init__(self, client: SearchClient, *, interval: float, size: int) -> None:
        self._client = client
        self._interval = interval
        self._size = size
        self._trouble: StoreError | None = None
        self._logged = float("-inf")
        self._queue: deque[_Submission] = deque()
        self._queued = 0
        self._urgent = 0
        self._closing = False
        self._wakeup = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"store {client.name} writer", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing could be written the last time; a server that is waited for is no trouble."""
        return self._trouble

    def put(self, apply: Apply[T], items: Sequence[T], on_durable: OnDurable | None) -> None:
        """Have `items` written by `apply`: soon with `on_durable`; without, on return, or StoreError."""
        if on_durable is not None:
            self._enqueue(_Submission(apply, items, on_durable, urgent=False))
            return
        done: Future[BaseException | None] = Future()
        self._enqueue(_Submission(apply, items, done.set_result, urgent=True))
        error = done.result()
        if error is not None:
            raise StoreError(str(error)) from error  # told to others, too: each raises one of its own

    def close(self) -> None:
        """Write what was submitted. Must not be called from a callback."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()
        self._client.hurry()
        self._thread.join()

    def _enqueue(self, submission: _Submission) -> None:
        with self._wakeup:
            if self._closing:
                raise StoreError("cannot write: the store was closed")
            self._queue.append(submission)
            self._queued += len(submission.items)
            self._urgent += submission.urgent
            if len(self._queue) == 1 or submission.urgent or self._queued >= self._size:
                self._wakeup.notify()

    def _run(self) -> None:
        while batch := self._gather():
            together: dict[Apply[Any], list[_Submission]] = {}
            for submission in batch:
                together.setdefault(submission.apply, []).append(submission)
            for apply, submissions in together.items():
                self._write(apply, submissions)

    def _gather(self) -> list[_Submission]:
        """Wait for a batch; empty when the writer is closed and all is written."""
        with self._wakeup:
            while not self._closing and not self._urgent and self._queued < self._size:
                if not self._queue:
                    self._wakeup.wait()
                elif (left := self._queue[0].since + self._interval - time.monotonic()) > 0:
                    self._wakeup.wait(left)
                else:
                    break
            batch: list[_Submission] = []
            items = 0
            while self._queue and (not batch or items + len(self._queue[0].items) <= self._size):
                submission = self._queue.popleft()
                items += len(submission.items)
                self._urgent -= submission.urgent
                batch.append(submission)
            self._queued -= items
            return batch

    def _write(self, apply: Apply[Any], submissions: list[_Submission]) -> None:
        items = [item for submission in submissions for item in submission.items]
        try:
            errors = list(apply(items))
        except StoreError as error:
            self._note(error)
            errors = [error] * len(items)
        except BaseException as error:  # told to whoever wrote: the thread must not die
            errors = [error] * len(items)
        else:
            self._trouble = None
        position = 0
        for submission in submissions:
            own = errors[position : position + len(submission.items)]
            position += len(submission.items)
            _tell(submission, next((error for error in own if error is not None), None))

    def _note(self, error: StoreError) -> None:
        self._trouble = error
        if time.monotonic() - self._logged >= _LOG_SECONDS:
            self._logged = time.monotonic()
            log.error("%s", error)


def _tell(submission: _Submission, error: BaseException | None) -> None:
    try:
        submission.on_durable(error)
    except Exception:
        log.exception("a callback of the store failed")
