"""What may be committed of records that are finished in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.broker.offsets import OffsetTracker


def test_what_is_finished_behind_an_open_one_waits_for_it() -> None:
    tracker = OffsetTracker(10)
    for offset in (10, 11, 12):
        tracker.add(offset)
    tracker.finish(12)
    tracker.finish(11)
    assert tracker.committable == 10
    tracker.finish(10)
    assert tracker.committable == 13


def test_what_the_broker_left_out_is_finished() -> None:
    tracker = OffsetTracker(0)
    tracker.add(5)
    assert tracker.committable == 5
    tracker.finish(5)
    assert tracker.committable == 6


def test_what_was_never_taken_or_is_finished_is_ignored() -> None:
    tracker = OffsetTracker(3)
    tracker.add(3)
    for offset in (2, 3, 3, 4):
        tracker.finish(offset)
    assert tracker.committable == 4
    assert len(tracker) == 0


def test_offsets_come_in_order() -> None:
    tracker = OffsetTracker(3)
    with pytest.raises(ValueError, match="offset 2 comes after 2"):
        tracker.add(2)


@given(st.data())
def test_nothing_is_committed_that_is_not_finished_and_everything_in_the_end(data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.integers(1, 3), max_size=40))
    offsets = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    tracker = OffsetTracker(0)
    waiting, taken, last = list(offsets), set[int](), 0
    while waiting or taken:
        if waiting and (not taken or data.draw(st.booleans())):
            tracker.add(waiting[0])
            taken.add(waiting.pop(0))
        else:
            finished = data.draw(st.sampled_from(sorted(taken)))
            taken.remove(finished)
            tracker.finish(finished)
        assert all(offset >= tracker.committable for offset in taken)
        assert all(offset >= tracker.committable for offset in waiting)
        assert tracker.committable >= last
        assert all(tracker.is_open(offset) for offset in taken)
        last = tracker.committable
    assert tracker.committable == (offsets[-1] + 1 if offsets else 0)
    assert len(tracker) == 0
