"""One component outside a topology, with what it emits and reports written down."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from pystorm.component import Tuple
from streamparse import Bolt, Grouping, Spout, Topology

from spindrift.clock import Clock, VirtualClock
from spindrift.conf import KEYS, Settings
from spindrift.local.context import task_context
from spindrift.local.outbox import Outbox
from spindrift.local.plan import plan_topology
from spindrift.local.topology import ALWAYS
from spindrift.local.tracking import Acker
from spindrift.local.transport import embedded
from spindrift.testing.virtual_timer import VirtualTimer
from spindrift.testing.waiting import PATIENCE, wait_until

_SOURCE = "source"
_LISTENER = "listener"


@dataclass(frozen=True, slots=True)
class Emission:
    """One tuple that came out: `values` is the namedtuple of the stream's fields.

    `anchors` are the tuples that a bolt anchored it to; `tup_id` is the message id of a spout's.
    """

    stream: str
    values: Any
    anchors: tuple[Any, ...] = ()
    tup_id: Any = None
    direct_task: int | None = None


class ComponentRun:
    """What runs of bolts and spouts have in common; made by `run_bolt` and `run_spout`."""

    def __init__(
        self,
        cls: type[Any],
        conf: Mapping[str, Any] | None,
        clock: Clock | None,
        name: str,
        place: tuple[int, int],
        attributes: Mapping[str, Any],
        listened: Sequence[str] = (),
    ) -> None:
        index, par = place
        if not 0 <= index < par:
            raise ValueError(f"index={index} is not one of par={par} tasks; they are numbered from 0")
        topology = plan_topology(_topology_of(cls, name, par), "test", None)
        self._plan = topology.components[name]
        self._task = self._plan.tasks[index]
        # Whoever listens is in the context alone: what comes out goes nowhere.
        told = plan_topology(_topology_of(cls, name, par, listened), "test", None)
        self._context = task_context(told, told.components[name], told.components[name].tasks[index])
        known = {key: KEYS[key].default for key in ALWAYS}
        self._conf = {**known, "topology.name": "test", **self._plan.conf, **(conf or {})}
        self._attributes = attributes
        self._outbox = Outbox(topology, self._plan, self._task, {}, Acker())
        # Nobody's: every ack and fail of the component comes to `settle`.
        self._spindrift_out = SimpleNamespace(owner=0)
        self.settings = Settings(self._conf)
        self.clock: Clock = clock or VirtualClock()
        self.timer = VirtualTimer(self.clock if isinstance(self.clock, VirtualClock) else VirtualClock())
        self.emissions: list[Emission] = []
        """Everything that came out, in order."""
        self.metrics: list[tuple[str, Any]] = []
        """Names and values given to `report_metric`, in order."""
        self.reported: list[str] = []
        """Errors that the component told Storm of."""
        self.component: Any = None
        """The component itself."""

    def emitted(self, stream: str = "default") -> list[Any]:
        """The values that came out on a stream, in order: namedtuples, equal to plain tuples.

        Raises ValueError for a stream that the component does not declare.
        """
        if stream not in self._plan.streams:
            declared = ", ".join(self._plan.streams) or "none"
            raise ValueError(f"{self._plan.name} declares no stream {stream!r} (declared: {declared})")
        return [each.values for each in self.emissions if each.stream == stream]

    def clear(self) -> None:
        """Forget what came out so far."""
        self.emissions.clear()
        self.metrics.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock on; what is due meanwhile (ticks, batches) is done at its time."""
        self.timer.advance(seconds)

    def until(self, condition: Callable[[], object], timeout: float = PATIENCE) -> None:
        """Wait for what the component does in threads of its own: `bolt.until(lambda: bolt.acked)`.

        `timeout` is in seconds of the machine's time. Raises AssertionError when it has passed.
        """
        wait_until(condition, timeout, self._said)

    def _begin(self) -> None:
        """A component as Storm would start it: constructed, set up, initialized."""
        component = embedded(self._plan.cls)(serializer="json")  # type: ignore[arg-type]
        component._spindrift = self
        component._spindrift_out = self._spindrift_out
        self.component = component
        if hasattr(component, "clock") and "clock" not in self._attributes:
            component.clock = self.clock
        for name, value in self._attributes.items():
            setattr(component, name, value)
        component._setup_component(self._conf, self._context)
        component.logger = logging.getLogger(f"pystorm.component.{self._plan.name}")
        component.initialize(self._conf, self._context)

    def _end(self) -> None:
        """Storm's last words to the component."""
        last = getattr(self.component, "close" if self._plan.is_spout else "cleanup", None)
        if callable(last):
            last()

    def _write_down(self, values: Any, stream: str | None, direct_task: int | None, **more: Any) -> list[int]:
        target, packed = self._outbox.pack(values, stream)
        self._outbox.choose(target, packed, direct_task)
        self.emissions.append(Emission(target.name, packed, direct_task=direct_task, **more))
        return []

    def _said(self) -> str:
        return f"emitted {_few(self.emissions)}"

    # What the transports ask of whoever runs their component.

    def emit(self, values: Any, stream: str | None, anchors: Sequence[Any], direct_task: int | None) -> list[int]:
        raise NotImplementedError

    def emit_root(self, values: Any, stream: str | None, message_id: Any, direct_task: int | None) -> list[int]:
        raise NotImplementedError

    def message(self, message: Mapping[str, Any]) -> None:
        match message.get("command"):
            case "metrics":
                self.metrics.append((str(message["name"]), message.get("params")))
            case "error":
                self.reported.append(str(message.get("msg")))
            case "log":
                self.component.logger.info("%s", message.get("msg"))

    def raised(self, error: BaseException) -> None:
        """Do with an exception of the component what the runner does."""
        self.component._handle_run_exception(error)


def values_of(row: Any) -> list[Any]:
    """The values of a tuple that a test gives."""
    return list(row.values() if isinstance(row, Mapping) else row)


def ids_of(tuples: Iterable[Any]) -> list[Any]:
    """Ids of tuples; an id stands for itself."""
    return [each.id if isinstance(each, Tuple) else each for each in tuples]


def _topology_of(cls: type[Any], name: str, par: int, listened: Sequence[str] = ()) -> Any:
    specs: dict[str, Any] = {}
    if hasattr(cls, "next_tuple"):
        specs[name] = cls.spec(name=name, par=par)
    else:
        specs[_SOURCE] = _Source.spec(name=_SOURCE)
        specs[name] = cls.spec(name=name, inputs=[specs[_SOURCE]], par=par)
    if listened:
        inputs = {specs[name][stream]: Grouping.SHUFFLE for stream in listened}
        specs[_LISTENER] = _Listener.spec(name=_LISTENER, inputs=inputs)
    return type(Topology)("Tested", (Topology,), specs)


class _Source(Spout):  # type: ignore[misc]  # streamparse has no type hints
    """A component that a bolt can listen to; never made."""

    outputs = ("value",)


class _Listener(Bolt):  # type: ignore[misc]
    """A component that listens to one under test; never made."""


def _few(what: list[Any]) -> str:
    return f"{what[:5]!r}{' and more' if len(what) > 5 else ''}" if what else "nothing"
