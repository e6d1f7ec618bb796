"""Tuple trees: which spout tuples are still being worked on.

Storm's acker XORs edge ids because its updates travel between machines. In one process a counter per root is enough,
as long as nobody sees a tuple before it is counted: whoever emits settles its counts first and hands over second.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Protocol

DEAD = -(1 << 60)
"""Count of a root that failed or timed out: no ack brings it to zero."""


Roots = tuple["Root", ...]


class SpoutMailbox(Protocol):
    """Where a spout task learns how its tuples ended."""

    def finished(self, roots: list["Root"], acked: bool) -> None: ...


class TupleId:
    """Identity of one delivered tuple, and the roots whose trees it belongs to (None once it is acked or failed).

    Components treat it as Storm's opaque id: they keep it, compare it, and hand it back in ack, fail and anchors.
    """

    __slots__ = ("roots",)

    def __init__(self, roots: "Roots | None") -> None:
        self.roots = roots

    def __repr__(self) -> str:
        return str(id(self))


class TickId(TupleId):
    """Identity of a tick tuple: it belongs to no tree, and its ack is not counted."""

    __slots__ = ()


class Root(TupleId):
    """One tracked spout tuple: how many tuples of its tree are not acked yet, and whom to tell.

    It may serve as the id of the spout tuple itself where that goes to one task only, which saves an object.
    """

    __slots__ = ("born", "mailbox", "message_id", "pending")

    def __init__(self, mailbox: SpoutMailbox, message_id: object, pending: int, born: float) -> None:
        super().__init__(())
        self.mailbox = mailbox
        self.message_id = message_id
        self.pending = pending
        self.born = born


class Acker:
    """Settles the counts of all roots, for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()

    def settle(self, anchored: Iterable[Root], acked: Iterable[Root], failed: Iterable[Root]) -> None:
        """Count one tuple more for each of `anchored`, one less for each of `acked`, and give up `failed`.

        The tuples that were anchored must not be visible to anybody else before this returns.
        """
        done = []
        lost = []
        with self._lock:
            for root in anchored:
                root.pending += 1
            for root in failed:
                if root.pending > 0:
                    root.pending = DEAD
                    lost.append(root)
            for root in acked:
                pending = root.pending - 1
                root.pending = pending
                if pending == 0:
                    done.append(root)
        if done:
            _tell(done, acked=True)
        if lost:
            _tell(lost, acked=False)

    def give_up(self, roots: Iterable[Root]) -> list[Root]:
        """Mark roots as failed without telling their spout; returns those that were still pending."""
        with self._lock:
            lost = [root for root in roots if root.pending > 0]
            for root in lost:
                root.pending = DEAD
        return lost


def _tell(roots: list[Root], acked: bool) -> None:
    first = roots[0].mailbox
    mine = [root for root in roots if root.mailbox is first]
    first.finished(mine, acked)
    if len(mine) < len(roots):
        _tell([root for root in roots if root.mailbox is not first], acked)
