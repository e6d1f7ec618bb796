"""What one thread has emitted, acked and failed, and not yet handed over."""

import logging
import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import get_ident
from typing import Any

from pystorm.component import Tuple

from spindrift.local.errors import EmitError
from spindrift.local.grouping import by_fields, takes_turns, turns
from spindrift.local.inbox import Inbox
from spindrift.local.plan import ComponentPlan, GroupingKind, StreamPlan, TopologyPlan
from spindrift.local.tracking import Acker, Root, Roots, TickId, TupleId

log = logging.getLogger(__name__)

_new = tuple.__new__
_NOT_IDENTIFIER = re.compile(r"\W|^(?=\d)")

Append = Callable[[Any], None]
Choice = Callable[[tuple[Any, ...]], Append]


class OutStream:
    """An output stream as one thread sees it: how to pack its values and where they go.

    `single` says that every tuple goes to exactly one task (the fast case): the next of `turn`, or else what `pick`
    says of the values. `reach` has the places of a direct stream by task id.
    """

    __slots__ = ("emitted", "every", "fields", "name", "pick", "reach", "single", "turn", "type", "width")

    def __init__(self, component: str, plan: StreamPlan) -> None:
        self.name = plan.name
        self.fields = plan.fields
        self.width = len(plan.fields)
        self.type: type[Any] = values_type(component, plan)
        self.emitted = 0
        self.single = False
        self.turn: Iterator[Append] | None = None
        self.pick: Choice | None = None
        self.every: list[Callable[[tuple[Any, ...]], Sequence[Append]]] = []
        self.reach: dict[int, Append] | None = {} if plan.direct else None


class Outbox:
    """Collects the emits and acks of one thread of a task; `flush` settles and delivers them.

    Nothing in it is locked: only the thread whose id is `owner` may touch it, or whoever holds the lock around it.
    """

    def __init__(
        self,
        plan: TopologyPlan,
        component: ComponentPlan,
        task: int,
        inboxes: Mapping[int, Inbox],
        acker: Acker,
        debug: bool = False,
    ) -> None:
        self.owner = 0
        self.component = component.name
        self.task = task
        self.debug = debug
        # The spout tuples that were emitted since the last flush, and the time that they bear.
        self.rooted: list[Root] = []
        self.now = 0.0
        self.anchored: list[Root] = []
        self.acked: list[Root] = []
        self.failed: list[Root] = []
        self.acks = 0
        self.fails = 0
        self.transferred = 0
        self._acker = acker
        self._task_of: dict[Append, int] = {}
        self._buffers: list[tuple[Inbox, list[Any]]] = []
        appends: dict[int, Append] = {}

        def place(target: int) -> Append:
            if target not in appends:
                buffer: list[Any] = []
                appends[target] = buffer.append
                self._task_of[buffer.append] = target
                self._buffers.append((inboxes[target], buffer))
            return appends[target]

        self.streams = {
            stream.name: _wire(OutStream(component.name, stream), plan, component, task, place, debug)
            for stream in component.streams.values()
        }
        self.default = self.streams.get("default")

    def claim(self) -> None:
        """The calling thread is the one that owns this outbox."""
        self.owner = get_ident()

    def pack(self, values: Any, stream: str | None) -> tuple[OutStream, tuple[Any, ...]]:
        """The stream and the values as its namedtuple. Raises EmitError where the stream does not take them."""
        name = stream or "default"
        out = self.streams.get(name)
        if out is None:
            raise EmitError(
                f"{self.component} emitted on stream {name!r}, which it does not declare "
                f"(declared: {', '.join(self.streams) or 'none'})"
            )
        if not isinstance(values, list | tuple):
            raise TypeError(f"All Tuples must be either lists or tuples, received {type(values)!r} instead.")
        if len(values) != out.width:
            raise EmitError(
                f"{self.component} emitted {len(values)} values on stream {name!r}, which has {out.width} "
                f"fields ({', '.join(out.fields)}): {values!r:.200}"
            )
        return out, _new(out.type, values)

    def choose(self, out: OutStream, values: tuple[Any, ...], direct_task: int | None) -> list[Append]:
        """The places for a tuple. Raises EmitError for a direct emit on another stream, and the reverse."""
        if direct_task is None:
            if out.reach is not None:
                raise EmitError(f"{self.component} emitted on direct stream {out.name!r} without direct_task")
            if out.turn is not None:
                return [next(out.turn)]
            if out.pick is not None:
                return [out.pick(values)]
            return [append for route in out.every for append in route(values)]
        if out.reach is None:
            raise EmitError(
                f"{self.component} emitted to task {direct_task} on stream {out.name!r}, which is not direct: "
                "declare it with Stream(..., direct=True)"
            )
        append = out.reach.get(direct_task)
        return [] if append is None else [append]

    def send(self, out: OutStream, values: tuple[Any, ...], places: list[Append], roots: Roots) -> list[int]:
        """Put a tuple into its places, each with an id of its own; returns their task ids. Counts no root."""
        for append in places:
            append(_new(Tuple, (TupleId(roots), self.component, out.name, self.task, values)))
        out.emitted += 1
        tasks = [self._task_of[append] for append in places]
        if self.debug:
            log.debug("%s/%d emits on %s to tasks %s: %r", self.component, self.task, out.name, tasks, values)
        return tasks

    def ack(self, tuple_id: Any) -> None:
        """Ack a tuple; a second time does nothing."""
        roots = tuple_id.roots
        if roots is None:
            return
        tuple_id.roots = None
        if roots:
            self.acked.extend(roots)
        elif type(tuple_id) is TickId:
            return
        self.acks += 1
        if self.debug:
            log.debug("%s/%d acks %r", self.component, self.task, tuple_id)

    def fail(self, tuple_id: Any) -> None:
        """Fail a tuple, and with it every spout tuple that it stems from; a second time does nothing."""
        roots = tuple_id.roots
        if roots is None:
            return
        tuple_id.roots = None
        if roots:
            self.failed.extend(roots)
        elif type(tuple_id) is TickId:
            return
        self.fails += 1
        if self.debug:
            log.debug("%s/%d fails %r", self.component, self.task, tuple_id)

    def settle(self, tuple_id: Any, acked: bool) -> None:
        """Ack or fail a tuple."""
        if acked:
            self.ack(tuple_id)
        else:
            self.fail(tuple_id)

    def flush(self) -> None:
        """Hand everything over: counts first, then tuples."""
        if self.anchored or self.acked or self.failed:
            self._acker.settle(self.anchored, self.acked, self.failed)
            self.anchored.clear()
            self.acked.clear()
            self.failed.clear()
        for inbox, buffer in self._buffers:
            if buffer:
                batch = buffer[:]
                buffer.clear()
                self.transferred += len(batch)
                inbox.put(batch)


def values_type(component: str, stream: StreamPlan) -> type[Any]:
    """The namedtuple that bolts get a stream's values as, named as pystorm names it."""
    name = "".join(_NOT_IDENTIFIER.sub("_", part.title()) for part in (component, stream.name)) + "Tuple"
    made: type[Any] = namedtuple(name, stream.fields)  # type: ignore[misc]
    return made


def _wire(
    out: OutStream,
    plan: TopologyPlan,
    component: ComponentPlan,
    task: int,
    place: Callable[[int], Append],
    debug: bool,
) -> OutStream:
    """Give a stream the places of its consumers."""
    subscriptions = plan.consumers(component.name, out.name)
    for each in subscriptions:
        tasks = plan.components[each.target].tasks
        places = [place(target) for target in tasks]
        if each.kind is GroupingKind.DIRECT:
            out.reach = (out.reach or {}) | dict(zip(tasks, places, strict=True))
            continue
        if each.kind is GroupingKind.ALL:
            out.every.append(lambda values, places=places: places)  # type: ignore[misc]
        elif takes_turns(each.kind, places):
            turn = turns(each.kind, places, start=task)
            out.every.append(lambda values, turn=turn: (next(turn),))  # type: ignore[misc]
            out.turn = turn
        else:
            pick = by_fields([out.fields.index(field) for field in each.fields], places)
            out.every.append(lambda values, pick=pick: (pick(values),))  # type: ignore[misc]
            out.pick = pick
    if len(out.every) != 1:
        out.turn = out.pick = None
    out.single = not debug and out.reach is None and (out.turn is not None or out.pick is not None)
    return out
