"""What failed, and is to be emitted again."""

from collections import Counter, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Replays(Generic[K]):
    """Message ids that failed, in their order; each at most `most` times, None: as often as it fails."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._failures: Counter[K] = Counter()
        self._waiting: deque[K] = deque()

    def fail(self, message_id: K) -> bool:
        """Have it emitted again; False where it has failed too often."""
        self._failures[message_id] += 1
        if self._most is not None and self._failures[message_id] > self._most:
            return False
        self._waiting.append(message_id)
        return True

    def take(self) -> K | None:
        """The next to emit again; None where there is none."""
        return self._waiting.popleft() if self._waiting else None

    def forget(self, message_id: K) -> None:
        """It is settled."""
        del self._failures[message_id]
