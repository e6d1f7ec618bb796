"""Bounds what is on its way to a broker."""

from queue import SimpleQueue
from typing import Final

from spindrift.broker.protocol import OnDelivery

MESSAGES: Final = 20_000


class Room:
    """So many messages may be on their way; who has another one waits."""

    def __init__(self, messages: int = MESSAGES) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # a semaphore; Python's own takes ten times as long
        for _ in range(messages):
            self._free.put(None)

    def take(self, on_delivery: OnDelivery) -> OnDelivery:
        """Wait for room; the callback that is to be called in place of `on_delivery`, once, makes room again."""
        self._free.get()

        def delivered(error: BaseException | None) -> None:
            self._free.put(None)
            on_delivery(error)

        return delivered

    def free(self) -> None:
        """Make room for one that was not sent after all."""
        self._free.put(None)
