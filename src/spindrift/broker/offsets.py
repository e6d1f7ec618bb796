"""What of one partition is finished, when records are finished in any order."""

from collections import deque


class OffsetTracker:
    """Knows the offset below which everything is finished: all that may be committed without losing a record.

    Offsets are added in their order, with gaps where the broker has some (what was never there is finished).
    """

    __slots__ = ("_finished", "_open", "next")

    def __init__(self, start: int) -> None:
        """`start` is the first offset that may come; everything below it is finished."""
        self.next = start
        """One more than the last offset that was added."""
        self._open: deque[int] = deque()
        self._finished: set[int] = set()

    def __len__(self) -> int:
        """How many offsets were added and cannot be committed yet: those that are not finished, and the finished ones
        behind them.
        """
        return len(self._open)

    @property
    def committable(self) -> int:
        """Everything below it is finished; it never goes back."""
        return self._open[0] if self._open else self.next

    def add(self, offset: int) -> None:
        """A record was taken. ValueError for an offset that was passed already."""
        if offset < self.next:
            raise ValueError(f"offset {offset} comes after {self.next - 1}")
        self._open.append(offset)
        self.next = offset + 1

    def finish(self, offset: int) -> None:
        """It is done with. What was not added, or is finished already, is ignored."""
        if not self.is_open(offset):
            return
        self._finished.add(offset)
        while self._open and self._open[0] in self._finished:
            self._finished.remove(self._open.popleft())

    def is_open(self, offset: int) -> bool:
        """Whether it is to be finished. (An offset within a gap, which nobody has, counts as such.)"""
        return self.committable <= offset < self.next and offset not in self._finished
