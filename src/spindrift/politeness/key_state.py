"""What the politeness queues know of one key."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")

NEVER: Final = float("inf")


@dataclass(slots=True)
class KeyState(Generic[T]):
    """One key (host): its waiting items, and when it may be asked again. Times are monotonic seconds."""

    key: str
    threads: int
    delay: float
    waiting: deque[tuple[float, T]] | None = None
    running: int = 0
    next_start: float = 0.0
    held_until: float = 0.0
    crawl_delays: dict[str, float] | None = None
    asked_delay: float = 0.0
    asked_min_delay: float = 0.0
    throttle: float | None = None
    settled: bool = False
    paused: int = 0
    asking: int = 0
    turns: int = 0
    turned: bool = False
    probing: bool = False
    scheduled_at: float = NEVER
    token: int = 0

    @property
    def queued(self) -> int:
        """Items that wait."""
        return len(self.waiting) if self.waiting else 0

    @property
    def at_once(self) -> int:
        """Requests that may run at the same time now: a Crawl-delay counts from the end of each, and may be unknown."""
        return self.threads if self.settled and not self.probing and not self.crawl_delays else 1


class Late(NamedTuple, Generic[T]):
    """What cannot start in time; when (monotonic) there is room for more, before the queue is empty; and the reason."""

    items: list[T]
    until: float
    reason: str
