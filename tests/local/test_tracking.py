"""Counts of tuple trees, exact whoever changes them."""

import threading
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from spindrift.local.pending import PendingRoots
from spindrift.local.tracking import Acker, Root


class Mailbox:
    def __init__(self) -> None:
        self.acked: list[object] = []
        self.failed: list[object] = []

    def finished(self, roots: list[Root], acked: bool) -> None:
        (self.acked if acked else self.failed).extend(root.message_id for root in roots)


@given(st.integers(0, 2**32), st.integers(1, 60))
def test_a_root_is_acked_when_the_last_of_its_tuples_is_and_not_before(seed: int, tuples: int) -> None:
    random = Random(seed)
    mailbox, acker = Mailbox(), Acker()
    root = Root(mailbox, "m", 1, 0.0)
    open_tuples = 1
    while open_tuples:
        children = random.choice([0, 0, 1, 2, 3]) if tuples > 0 else 0
        tuples -= children
        acker.settle([root] * children, [root], [])
        open_tuples += children - 1
        assert mailbox.acked == ([] if open_tuples else ["m"])


def test_a_failed_root_stays_failed() -> None:
    mailbox, acker = Mailbox(), Acker()
    root = Root(mailbox, "m", 2, 0.0)
    acker.settle([], [], [root])
    acker.settle([root], [root, root, root], [root])
    assert (mailbox.acked, mailbox.failed) == ([], ["m"])
    assert acker.give_up([root]) == []


def test_no_update_is_lost_between_threads() -> None:
    mailbox, acker = Mailbox(), Acker()
    roots = [Root(mailbox, number, 1, 0.0) for number in range(200)]

    def work() -> None:
        for _ in range(50):
            acker.settle(roots, [], [])
            acker.settle([], roots, [])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(root.pending == 1 for root in roots)
    acker.settle([], roots, [])
    assert mailbox.acked == list(range(200))


def test_each_spout_hears_of_its_own_roots() -> None:
    one, other, acker = Mailbox(), Mailbox(), Acker()
    acker.settle([], [Root(one, 1, 1, 0.0), Root(other, 2, 1, 0.0), Root(one, 3, 1, 0.0)], [])
    assert (one.acked, other.acked) == ([1, 3], [2])


def test_pending_roots_forget_the_finished_and_find_the_old() -> None:
    mailbox = Mailbox()
    pending = PendingRoots()
    roots = [Root(mailbox, number, 1, float(number)) for number in range(50_000)]
    for start in range(0, 50_000, 1000):
        pending.add(roots[start : start + 1000])
    for root in roots[:49_000]:
        root.pending = 0
    pending.remove(49_000)
    assert pending.live == 1000
    assert [root.message_id for root in pending.older_than(49_999.0)] == list(range(49_000, 50_000))
