"""Groupings as functions."""

from collections import Counter
from itertools import islice
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spindrift.local.grouping import by_fields, frozen, turns
from spindrift.local.plan import GroupingKind

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.sets(st.integers()),
    max_leaves=10,
)


@given(values)
def test_a_list_and_its_tuple_are_the_same_field(value: Any) -> None:
    choose = by_fields([0], list(range(7)))
    assert choose((value,)) == choose((thawed(value),))


@given(values, values)
def test_frozen_keeps_equality(one: Any, other: Any) -> None:
    if one == other:
        assert frozen(one) == frozen(other)
        assert hash(frozen(one)) == hash(frozen(other))


@given(st.integers(1, 9), st.integers(0, 30), st.integers(1, 20))
def test_turns_are_even(targets: int, start: int, rounds: int) -> None:
    taken = Counter(islice(turns(GroupingKind.SHUFFLE, range(targets), start), targets * rounds))
    assert set(taken.values()) == {rounds}


def test_fields_spread_over_the_tasks() -> None:
    choose = by_fields([0, 1], list(range(4)))
    taken = Counter(choose((f"host{n}", n)) for n in range(4000))
    assert min(taken.values()) > 800


def thawed(value: Any) -> Any:
    return tuple(map(thawed, value)) if isinstance(value, list) else value
