"""What may go wrong in a topology under test."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any

When = Callable[[Any], object]


class CrashError(Exception):
    """What a component dies of that a test lets crash."""


class FaultKind(StrEnum):
    """What happens to a component, or to one of its tuples."""

    CRASH = "crash"
    DELAY = "delay"
    DROP_ACK = "drop_ack"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a component; made by `crash`, `delay` and `drop_ack`."""

    kind: FaultKind
    component: str
    at: int | None = None
    when: When | None = None
    times: int | None = 1
    seconds: float = 0.0


def crash(component: str, *, at: int | None = None, when: When | None = None, times: int | None = 1) -> Fault:
    """A bolt's process dies when it is given its `at`th tuple (from 1, over all tasks), or one for which `when(tuple)`
    is true; a spout's when it has emitted that tuple. At most `times` times; None: always.

    All that the component holds fails; a new one with nothing in its memory goes on.
    """
    return Fault(FaultKind.CRASH, component, *_which(at, when), times)


def delay(
    component: str, seconds: float, *, at: int | None = None, when: When | None = None, times: int | None = 1
) -> Fault:
    """A bolt is given a tuple so many seconds of the topology's clock later; others overtake it."""
    return Fault(FaultKind.DELAY, component, *_which(at, when), times, seconds)


def drop_ack(component: str, *, at: int | None = None, when: When | None = None, times: int | None = 1) -> Fault:
    """A bolt's `at`th ack, or that of a tuple for which `when(tuple)` is true, never arrives: the spout's tuple times
    out after topology.message.timeout.secs.
    """
    return Fault(FaultKind.DROP_ACK, component, *_which(at, when), times)


def _which(at: int | None, when: When | None) -> tuple[int | None, When | None]:
    if (at is None) == (when is None):
        raise ValueError("say which tuple: either at=3 (the third) or when=lambda tup: tup.values.word == 'bad'")
    return at, when


class FaultPlan:
    """Says which fault is due; counts tuples of all tasks of a component."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._seen: dict[tuple[FaultKind, str], int] = {}
        self._used: dict[int, int] = {}
        self._lock = Lock()

    def due(self, kind: FaultKind, component: str, tup: Any) -> Fault | None:
        """The fault of this kind that `tup`, the next one of `component`, meets."""
        mine = [(n, each) for n, each in enumerate(self._faults) if (each.kind, each.component) == (kind, component)]
        if not mine:
            return None
        with self._lock:
            count = self._seen[kind, component] = self._seen.get((kind, component), 0) + 1
            for number, fault in mine:
                if fault.times is not None and self._used.get(number, 0) >= fault.times:
                    continue
                if fault.at == count or (fault.when is not None and fault.when(tup)):
                    self._used[number] = self._used.get(number, 0) + 1
                    return fault
        return None
