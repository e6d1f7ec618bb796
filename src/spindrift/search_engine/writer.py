"""The one thread of a process that writes to a search engine."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from spindrift.errors import StoreError
from spindrift.search_engine.client import SearchClient
from spindrift.submissions import OnDurable, Submission, Submissions

log = logging.getLogger(__name__)

T = TypeVar("T")

Apply = Callable[[list[T]], Sequence[BaseException | None]]
"""Writes items and says of each what kept it from being written; raises StoreError where nothing can be written."""

_LOG_SECONDS: Final = 60.0


class BulkWriter:
    """Gathers what many threads write and sends it together, in the order it came; `interval` and `size` as for
    `Submissions`.

    While a batch is on its way, or the server away, the next one gathers: that is bounded by the
    tuples that are not acked yet.
    A batch that cannot be written, as the server was away for longer than its client has patience for, or takes no
    writes, is given up: every callback is told, the log once a minute, and `trouble` says so until a batch is written.
    """

    def __init__(self, client: SearchClient, *, interval: float, size: int) -> None:
        self._client = client
        self._trouble: StoreError | None = None
        self._logged = float("-inf")
        self._submissions = Submissions(interval=interval, size=size)
        self._thread = threading.Thread(target=self._run, name=f"store {client.name} writer", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing could be written the last time; a server that is waited for is no trouble."""
        return self._trouble

    def put(self, apply: Apply[T], items: Sequence[T], on_durable: OnDurable | None) -> None:
        """Have `items` written by `apply`: soon with `on_durable`; without, on return, or StoreError."""
        if on_durable is not None:
            self._submissions.add(Submission(apply, items, on_durable, urgent=False))
            return
        done: Future[BaseException | None] = Future()
        self._submissions.add(Submission(apply, items, done.set_result, urgent=True))
        error = done.result()
        if error is not None:
            raise StoreError(str(error)) from error  # told to others, too: each raises one of its own

    def close(self) -> None:
        """Write what was submitted. Must not be called from a callback."""
        self._submissions.close()
        self._client.hurry()
        self._thread.join()

    def _run(self) -> None:
        self._submissions.serve(self._write_batch, self._die)

    def _die(self, error: BaseException) -> StoreError:
        log.critical("the thread that writes to store %s has ended", self._client.name, exc_info=error)
        self._trouble = StoreError(f"store {self._client.name} could not be written: {error}")
        return self._trouble

    def _write_batch(self, batch: Sequence[Submission]) -> None:
        together: dict[Apply[Any], list[Submission]] = {}
        for submission in batch:
            together.setdefault(submission.apply, []).append(submission)
        for apply, submissions in together.items():
            self._write(apply, submissions)

    def _write(self, apply: Apply[Any], submissions: list[Submission]) -> None:
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
            submission.tell(next((error for error in own if error is not None), None))

    def _note(self, error: StoreError) -> None:
        self._trouble = error
        if time.monotonic() - self._logged >= _LOG_SECONDS:
            self._logged = time.monotonic()
            log.error("%s", error)
