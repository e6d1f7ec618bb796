"""What many threads want written, gathered into batches for the one thread that writes."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from spindrift.errors import StoreError

log = logging.getLogger(__name__)

OnDurable = Callable[[BaseException | None], None]
"""Called once, on the writer's thread: None when the write lasts, otherwise the error that kept it from lasting.

A StoreError says that nothing can be written (which is logged already), any other error that this write is bad.
"""


@dataclass(slots=True)
class Submission:
    """Items that one caller wants written by `apply`; `urgent`: it waits for them."""

    apply: Callable[..., Any]
    items: Sequence[Any]
    on_durable: OnDurable
    urgent: bool
    since: float = field(default_factory=time.monotonic)
    is_told: bool = False

    def tell(self, error: BaseException | None) -> None:
        """What became of it; only the first time counts."""
        if self.is_told:
            return
        self.is_told = True
        try:
            self.on_durable(error)
        except BaseException:  # the thread must not die of it
            log.exception("a callback of the store failed")


class Submissions:
    """A batch is due when it holds `size` items, when its oldest item has waited `interval` seconds, or at once when
    somebody waits for it. `add` never blocks, so that a callback may add, too.
    """

    def __init__(self, *, interval: float, size: int) -> None:
        self._interval = interval
        self._size = size
        self._queue: deque[Submission] = deque()
        self._queued = 0
        self._urgent = 0
        self._closing = False
        self._ended: StoreError | None = None
        self._wakeup = threading.Condition()

    def add(self, submission: Submission) -> None:
        """Have it written. Raises StoreError when that will not be."""
        with self._wakeup:
            if self._closing:
                raise StoreError("cannot write: the store was closed")
            if self._ended is not None:
                raise StoreError(str(self._ended)) from self._ended
            self._queue.append(submission)
            self._queued += len(submission.items)
            self._urgent += submission.urgent
            # The thread is asleep, or sleeps for the rest of the interval: wake it only for a reason.
            if len(self._queue) == 1 or submission.urgent or self._queued >= self._size:
                self._wakeup.notify()

    def close(self) -> None:
        """Take no more; `serve` ends when all is written."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()

    def serve(
        self, write: Callable[[Sequence[Submission]], object], end: Callable[[BaseException], StoreError]
    ) -> None:
        """Hand each batch to `write`, which tells what became of it. For the writer's thread.

        Where that raises, `end` says with what everybody is told that nothing will be written any more: who waits for a
        write must not wait for ever.
        """
        batch: list[Submission] = []
        try:
            while batch := self._gather():
                write(batch)
        except BaseException as error:
            ended = end(error)
            with self._wakeup:
                self._ended = ended
                batch += self._queue
                self._queue.clear()
            for submission in batch:
                submission.tell(ended)

    def _gather(self) -> list[Submission]:
        """Wait for a batch; empty when this is closed and all is written."""
        with self._wakeup:
            while not self._closing and not self._urgent and self._queued < self._size:
                if not self._queue:
                    self._wakeup.wait()
                elif (left := self._queue[0].since + self._interval - time.monotonic()) > 0:
                    self._wakeup.wait(min(left, threading.TIMEOUT_MAX))
                else:
                    break
            batch: list[Submission] = []
            items = 0
            while self._queue and (not batch or items + len(self._queue[0].items) <= self._size):
                submission = self._queue.popleft()
                items += len(submission.items)
                self._urgent -= submission.urgent
                batch.append(submission)
            self._queued -= items
            return batch
