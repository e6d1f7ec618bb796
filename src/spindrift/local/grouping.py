"""Which tasks of a bolt get a tuple: Storm's groupings as functions from a tuple's values to places in a list."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, cycle
from operator import itemgetter
from typing import Any, TypeVar

from spindrift.local.plan import GroupingKind

T = TypeVar("T")
Values = tuple[Any, ...]

_EVEN = (GroupingKind.SHUFFLE, GroupingKind.NONE, GroupingKind.LOCAL_OR_SHUFFLE)


def takes_turns(kind: GroupingKind, targets: Sequence[T]) -> bool:
    """Whether the values of a tuple do not matter and each goes to exactly one of the targets in turn.

    None is shuffle in Storm too. So is local-or-shuffle here: all tasks are of one worker.
    """
    return kind in _EVEN or kind is GroupingKind.GLOBAL or (kind is GroupingKind.FIELDS and len(targets) == 1)


def turns(kind: GroupingKind, targets: Sequence[T], start: int = 0) -> Iterator[T]:
    """The targets one after the other for ever, from the `start`th; always the first (lowest task id) for global."""
    if kind is GroupingKind.GLOBAL:
        return cycle(targets[:1])
    start %= len(targets)
    return cycle(list(chain(targets[start:], targets[:start])))


def by_fields(positions: Sequence[int], targets: Sequence[T]) -> Callable[[Values], T]:
    """The target for the values at `positions`: equal values, equal target; lists and dicts count by content."""
    key = itemgetter(*positions)
    count = len(targets)

    def choose(values: Values) -> T:
        try:
            return targets[hash(key(values)) % count]
        except TypeError:
            return targets[hash(frozen(key(values))) % count]

    return choose


def frozen(value: object) -> object:
    """A hashable stand-in with the same value; a list is its tuple, as they are on the wire."""
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    if isinstance(value, dict):
        return frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, set | frozenset):
        return frozenset(map(frozen, value))
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value
