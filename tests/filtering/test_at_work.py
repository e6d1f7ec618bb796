"""Which filter a stack is in."""

import sys
from types import FrameType

from spindrift.filtering.at_work import filter_at_work
from spindrift.filtering.loading import LoadedFilter


class Looking:
    def __init__(self) -> None:
        self.seen: FrameType | None = None

    def filter(self) -> FrameType:
        self._look()
        return sys._getframe()

    def _look(self) -> None:
        self.seen = sys._getframe()


def test_a_filter_is_known_by_the_call_that_it_was_given() -> None:
    instance = Looking()
    call = instance.filter()
    other = LoadedFilter("other", Looking())
    found = filter_at_work(instance.seen, [other, LoadedFilter("looking", instance)])
    assert found is not None
    assert (found[0].name, found[1]) == ("looking", call)


def test_code_beside_all_filters_is_none() -> None:
    assert filter_at_work(sys._getframe(), [LoadedFilter("looking", Looking())]) is None
