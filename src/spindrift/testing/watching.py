"""Components of a topology under test: they write down what happens to them, and meet the faults that are due.

A class is extended as the runner extends it, never changed: `watched(Word, watch)` inherits from Word, with one class
above it and one right before pystorm's own.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pystorm.bolt
import pystorm.spout
from pystorm.component import Tuple

from spindrift.clock import Clock
from spindrift.local.plan import ComponentPlan
from spindrift.testing.faults import CrashError, FaultKind, FaultPlan
from spindrift.testing.virtual_timer import VirtualTimer


class Events:
    """Values by component, and stream where there are several, in the order in which things happened."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: dict[tuple[str, str, str], list[Any]] = {}

    def add(self, kind: str, component: str, values: Any, stream: str = "") -> None:
        with self._lock:
            self._events.setdefault((kind, component, stream), []).append(values)

    def of(self, kind: str, component: str, stream: str = "") -> list[Any]:
        """A copy of what was added."""
        with self._lock:
            return list(self._events.get((kind, component, stream), ()))


@dataclass
class Watch:
    """What all components of a topology under test share."""

    faults: FaultPlan
    clock: Clock
    timer: VirtualTimer
    events: Events = field(default_factory=Events)
    emitted_values: dict[tuple[str, str], Any] = field(default_factory=dict)
    """By spout and message id: what was emitted last under it."""
    delayed: int = 0
    """Tuples that wait for their time."""


def watched(plan: ComponentPlan, watch: Watch) -> type[Any]:
    """The class of a component, under watch."""
    if plan.is_spout:
        bases: tuple[type[Any], ...] = (_SpoutAbove, plan.cls, _SpoutBelow)
    elif issubclass(plan.cls, pystorm.bolt.TicklessBatchingBolt):
        bases = (_TicklessAbove, plan.cls, _BoltBelow)
    else:
        bases = (_BoltAbove, plan.cls, _BoltBelow)
    own = {"_watch": watch, "_watched_name": plan.name}
    if hasattr(plan.cls, "clock"):
        own["clock"] = watch.clock
    return type(plan.cls.__name__, bases, {"__module__": plan.cls.__module__, "__qualname__": plan.cls.__name__, **own})


class _Watched:
    """The attributes that `watched` gives, and what the runner adds."""

    _watch: Watch
    _watched_name: str
    _spindrift: Any

    def _restart(self) -> None:
        self._spindrift.restart()


class _BoltBelow(pystorm.bolt.Bolt):  # type: ignore[misc]  # pystorm has no type hints
    """Sees what a bolt takes and does, right before the runner does."""

    _watch: Watch
    _watched_name: str
    _spindrift: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watched_held: dict[int, Any] = {}
        self._watched_late: set[int] = set()

    def read_tuple(self) -> Any:
        watch, name = self._watch, self._watched_name
        while True:
            tup = super().read_tuple()
            if self.is_tick(tup):
                return tup
            if id(tup) in self._watched_late:
                self._watched_late.remove(id(tup))
            elif fault := watch.faults.due(FaultKind.DELAY, name, tup):
                self._put_off(tup, fault.seconds)
                continue
            self._watched_held[id(tup.id)] = tup
            if watch.faults.due(FaultKind.CRASH, name, tup):
                raise CrashError(f"{name} crashes at {tup.values!r:.200}, as the test asked")
            watch.events.add("received", name, tup.values)
            return tup

    def emit(self, tup: Any, stream: str | None = None, **options: Any) -> Any:
        result = super().emit(tup, stream=stream, **options)
        target, packed = self._spindrift.out.pack(tup, stream)
        self._watch.events.add("emitted", self._watched_name, packed, target.name)
        return result

    def ack(self, tup: Any) -> None:
        found = self._watched_settle(tup)
        if found is not None:
            if self._watch.faults.due(FaultKind.DROP_ACK, self._watched_name, found):
                return
            self._watch.events.add("acked", self._watched_name, found.values)
        super().ack(tup)

    def fail(self, tup: Any) -> None:
        found = self._watched_settle(tup)
        if found is not None:
            self._watch.events.add("failed", self._watched_name, found.values)
        super().fail(tup)

    def _watched_settle(self, tup: Any) -> Any:
        return self._watched_held.pop(id(tup.id if isinstance(tup, Tuple) else tup), None)

    def _put_off(self, tup: Any, seconds: float) -> None:
        watch, executor = self._watch, self._spindrift
        watch.delayed += 1

        def give() -> None:
            watch.delayed -= 1
            executor.component._watched_late.add(id(tup))
            executor.inbox.put([tup])

        watch.timer.once(seconds, give)


class _BoltAbove(_Watched):
    """Dies as a process would."""

    def _handle_run_exception(self, error: BaseException) -> None:
        if not isinstance(error, CrashError):
            super()._handle_run_exception(error)  # type: ignore[misc]
            return
        self.raise_exception(error)  # type: ignore[attr-defined]
        for tup in list(self._watched_held.values()):  # type: ignore[attr-defined]
            _BoltBelow.fail(self, tup)  # type: ignore[arg-type]  # it is one, too
        self._restart()


class _TicklessAbove(_BoltAbove):
    """Processes its batches by the topology's clock, not in a thread of the machine's time."""

    secs_between_batches: float
    _spindrift_process: Callable[[], None]
    _ended = False

    def _spindrift_start(self) -> None:
        def process() -> None:
            if not self._ended:
                self._spindrift_process()

        self._watch.timer.every(self.secs_between_batches, process)

    def _spindrift_stop(self) -> None:
        self._ended = True


class _SpoutBelow(pystorm.spout.Spout):  # type: ignore[misc]
    """Sees what a spout emits, right before the runner does."""

    _watch: Watch
    _watched_name: str
    _spindrift: Any

    def emit(self, tup: Any, tup_id: Any = None, stream: str | None = None, **options: Any) -> Any:
        result = super().emit(tup, tup_id=tup_id, stream=stream, **options)
        target, packed = self._spindrift.out.pack(tup, stream)
        self._watch.events.add("emitted", self._watched_name, packed, target.name)
        self._watch.emitted_values[self._watched_name, repr(tup_id)] = packed
        self._watched_emitted.append(packed)
        return result


class _SpoutAbove(_Watched):
    """Sees what a spout is told, and dies as a process would."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watched_emitted: deque[Any] = deque()

    def next_tuple(self) -> None:
        super().next_tuple()  # type: ignore[misc]
        while self._watched_emitted:
            tup = Tuple(None, self._watched_name, "", 0, self._watched_emitted.popleft())
            if self._watch.faults.due(FaultKind.CRASH, self._watched_name, tup):
                raise CrashError(f"{self._watched_name} crashes after {tup.values!r:.200}, as the test asked")

    def ack(self, tup_id: Any) -> None:
        self._tell("acked", tup_id)
        super().ack(tup_id)  # type: ignore[misc]

    def fail(self, tup_id: Any) -> None:
        self._tell("failed", tup_id)
        super().fail(tup_id)  # type: ignore[misc]

    def _tell(self, kind: str, tup_id: Any) -> None:
        values = self._watch.emitted_values.get((self._watched_name, repr(tup_id)), tup_id)
        self._watch.events.add(kind, self._watched_name, values)

    def _handle_run_exception(self, error: BaseException) -> None:
        super()._handle_run_exception(error)  # type: ignore[misc]
        if isinstance(error, CrashError):
            self._restart()
