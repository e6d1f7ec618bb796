"""The bounded queue of a task."""

from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

WAKE = object()
"""A message without content: look again at what you were waiting for."""

_PACE = 1024
"""Tuples in a queue at which spouts pause, however large it may grow: more would only leave the processor's caches."""


class Inbox:
    """Messages for one task: batches of tuples (plain lists), and anything else as control.

    Only tuples count against `capacity`. The bound is a promise of the producers, not enforced here: bolts pause at
    `capacity`, spouts at `pace`, both by `wait_for_room`, so that no thread ever blocks while it holds a batch.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.pace = min(capacity, _PACE)
        self.size = 0
        self.received = 0
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._lock = Lock()
        self._waiting: list[Inbox] = []

    def put(self, batch: list[Any]) -> None:
        """Deliver tuples."""
        count = len(batch)
        with self._lock:
            self.size += count
            self.received += count
        self._queue.put(batch)

    def control(self, message: object) -> None:
        """Deliver a message that is not tuples."""
        self._queue.put(message)

    def get(self, timeout: float | None = None) -> Any:
        """The next message; WAKE when there was none in `timeout` seconds."""
        try:
            return self._queue.get(timeout=timeout)
        except Empty:
            return WAKE

    def empty(self) -> bool:
        """Whether `get` would wait."""
        return self._queue.empty()

    def taken(self, count: int) -> None:
        """Tuples have left the queue; who waits for room is woken when there is plenty."""
        with self._lock:
            self.size -= count
            if not self._waiting or self.size > self.pace // 2:
                return
            waiting, self._waiting = self._waiting, []
        for inbox in waiting:
            inbox.control(WAKE)

    def wait_for_room(self, waiter: "Inbox", limit: int) -> bool:
        """True when there are fewer than `limit` tuples; otherwise `waiter` gets a WAKE when there is room."""
        with self._lock:
            if self.size < limit:
                return True
            if waiter not in self._waiting:
                self._waiting.append(waiter)
        return False
