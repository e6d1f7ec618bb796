"""The un-acked tuples of a spout task, oldest first, so that those that took too long can be failed."""

from collections import deque

from spindrift.local.tracking import Root

_SLACK = 8192


class PendingRoots:
    """How many roots are in flight, and which of them are old.

    Roots come in batches and go in any order. A finished root is not looked for in its batch; the batches are swept
    when finished roots outnumber live ones, which costs each root a constant.
    """

    def __init__(self) -> None:
        self._batches: deque[list[Root]] = deque()
        self._kept = 0
        self.live = 0

    def add(self, roots: list[Root]) -> None:
        """Roots that were emitted now, all at about the same time."""
        self._batches.append(roots)
        self._kept += len(roots)
        self.live += len(roots)

    def remove(self, count: int) -> None:
        """So many roots have finished (their own counts say which)."""
        self.live -= count
        if self._kept > 2 * self.live + _SLACK:
            swept = [[root for root in batch if root.pending > 0] for batch in self._batches]
            self._batches = deque(batch for batch in swept if batch)
            self._kept = sum(map(len, self._batches))

    def older_than(self, born: float) -> list[Root]:
        """Take out the roots that were emitted at or before `born`; some may have finished."""
        old: list[Root] = []
        while self._batches and self._batches[0][-1].born <= born:
            old += self._batches.popleft()
        self._kept -= len(old)
        return old
