"""Runs a topology."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from spindrift.clock import VirtualClock
from spindrift.filtering.nearest import did_you_mean
from spindrift.local import ErrorReport, LocalTopology, TopologyStats
from spindrift.local.plan import ComponentPlan
from spindrift.testing.faults import Fault, FaultKind, FaultPlan
from spindrift.testing.feed import Feed, FeedSpout
from spindrift.testing.virtual_timer import VirtualTimer
from spindrift.testing.waiting import PATIENCE, wait_until
from spindrift.testing.watching import Watch, watched

_DRAIN = 0.5


class TopologyRun:
    """A running topology whose clock stands still; made by `run_topology`.

    What components did is told as the values of tuples: namedtuples, equal to plain tuples. Among tasks and between
    components there is no fixed order.
    """

    def __init__(self, topology: LocalTopology, watch: Watch, feeds: Mapping[str, Feed], clock: VirtualClock) -> None:
        self.topology = topology
        self.clock = clock
        self._watch = watch
        self._feeds = feeds

    def emitted(self, component: str, stream: str = "default") -> list[Any]:
        """What a component emitted on a stream."""
        self._check(component)
        streams = self.topology.plan.components[component].streams
        if stream not in streams:
            raise ValueError(f"{component} declares no stream {stream!r} (declared: {', '.join(streams) or 'none'})")
        return self._watch.events.of("emitted", component, stream)

    def received(self, component: str) -> list[Any]:
        """What a bolt was given to process; ticks are left out."""
        return self._of("received", component)

    def acked(self, component: str) -> list[Any]:
        """What a bolt acked; of a spout, the tuples whose whole tree is acked."""
        return self._of("acked", component)

    def failed(self, component: str) -> list[Any]:
        """What a bolt failed; of a spout, the tuples that failed or took too long."""
        return self._of("failed", component)

    @property
    def errors(self) -> list[ErrorReport]:
        """What components raised or reported; the message ends with the traceback."""
        return [error for component in self.topology.stats().components.values() for error in component.errors]

    @property
    def in_flight(self) -> int:
        """Spout tuples whose trees are neither acked nor failed."""
        return self.topology.in_flight()

    def stats(self) -> TopologyStats:
        """What the runner counted, and the metrics that components reported."""
        return self.topology.stats()

    def feed(self, spout: str, *rows: Any, stream: str = "default") -> None:
        """Let a fed spout emit more tuples: lists of values, or dicts by field."""
        if spout not in self._feeds:
            fed = ", ".join(self._feeds) or "none"
            raise ValueError(f"{spout} is not fed (fed are: {fed}); name it in feed= of run_topology")
        self._feeds[spout].add(rows, stream)
        self.settle()

    def settle(self, timeout: float = PATIENCE) -> None:
        """Wait until nothing more happens by itself: queues are empty, spouts have nothing to emit.

        Bolts may still hold tuples, for a tick or in a thread of their own: see `until`. Raises AssertionError after
        `timeout` seconds of the machine's time.
        """
        if not self.topology.settle(timeout):
            raise AssertionError(f"the topology is still busy after {timeout:g} s: {self._said()}")

    def until(self, condition: Callable[[], object], timeout: float = PATIENCE) -> None:
        """Wait for what comes about in threads of a component's own: `run.until(lambda: run.in_flight == 0)`."""
        wait_until(condition, timeout, self._said)

    def advance(self, seconds: float) -> None:
        """Move the clock on; ticks, time-outs and delayed tuples come at their time, and what they lead to follows."""
        self.settle()
        self._watch.timer.advance(seconds)
        self.settle()

    def _of(self, kind: str, component: str) -> list[Any]:
        self._check(component)
        return self._watch.events.of(kind, component)

    def _check(self, component: str) -> None:
        _known([component], self.topology.plan.components)

    def _said(self) -> str:
        stats = self.topology.stats()
        counted = {
            name: f"emitted {sum(each.emitted.values())}, acked {each.acked}, failed {each.failed}"
            for name, each in stats.components.items()
        }
        return f"in flight {stats.in_flight}, delayed {self._watch.delayed}, {counted}"


@contextmanager
def run_topology(
    topology_class: Any,
    conf: Mapping[str, Any] | None = None,
    *,
    feed: Mapping[str, Iterable[Any] | Mapping[str, Iterable[Any]]] | None = None,
    replacements: Mapping[str, type[Any]] | None = None,
    clock: VirtualClock | None = None,
    faults: Sequence[Fault] = (),
    replays: int = 0,
    env: str | None = None,
) -> Iterator[TopologyRun]:
    """A running topology, settled after its first tuples; it is stopped at the end.

        with run_topology(WordCount, feed={"words": [["to"], ["be"]]}, faults=[crash("count", at=2)]) as run:
            assert run.acked("words") == [("to",)]
            assert run.failed("words") == [("be",)]

    Args:
        topology_class: any streamparse Topology of Python components.
        conf: configuration keys; they win over the topology's own.
        feed: tuples by spout, or by spout and stream, that a spout of the kit emits in its place: lists of values, or
            dicts by field; an empty list silences the spout.
        replacements: classes by component that run in its place, with its streams: a fetcher that needs no network.
        clock: the topology's clock; it moves by `advance` only. Components with an attribute `clock` are given it.
        faults: what goes wrong: `crash`, `delay`, `drop_ack`.
        replays: how often fed tuples that failed are emitted again.
        env: environment for parallelisms that are given per environment.

    Raises ValueError for names that the topology does not have.
    """
    clock = clock or VirtualClock()
    runs: list[TopologyRun] = []
    timer = VirtualTimer(clock, between=lambda: runs[0].settle())
    watch = Watch(FaultPlan(tuple(faults)), clock, timer)
    feeds: dict[str, Feed] = {}

    def adapt(plan: ComponentPlan) -> ComponentPlan:
        cls = (replacements or {}).get(plan.name, plan.cls)
        if plan.name in (feed or {}):
            feeds[plan.name] = Feed(plan, replays)
            cls = type("FeedSpout", (FeedSpout,), {"feed": feeds[plan.name]})
        return replace(plan, cls=watched(replace(plan, cls=cls), watch))

    merged = {**(getattr(topology_class, "config", None) or {}), **(conf or {}), "topology.workers": 1}
    topology = LocalTopology(topology_class, name="test", conf=merged, env=env, clock=clock, timer=timer, adapt=adapt)
    _check_names(topology, feed or {}, replacements or {}, faults)
    for spout, rows in (feed or {}).items():
        for stream, these in (rows if isinstance(rows, Mapping) else {"default": rows}).items():
            feeds[spout].add(these, stream)
    topology.start()
    runs.append(TopologyRun(topology, watch, feeds, clock))
    try:
        runs[0].settle()
        yield runs[0]
    finally:
        topology.stop(drain=_DRAIN)


def _check_names(
    topology: LocalTopology, feed: Mapping[str, Any], replacements: Mapping[str, Any], faults: Sequence[Fault]
) -> None:
    components = topology.plan.components
    _known([*feed, *replacements, *(fault.component for fault in faults)], components)
    for name in feed:
        if not components[name].is_spout:
            raise ValueError(f"{name} is a bolt; only spouts can be fed")
    for fault in faults:
        if components[fault.component].is_spout and fault.kind is not FaultKind.CRASH:
            hear = [each.name for each in components.values() if fault.component in {one.source for one in each.inputs}]
            bolts = ", ".join(hear)
            raise ValueError(
                f"{fault.kind}({fault.component!r}): a spout can only crash; give a bolt that hears it: {bolts}"
            )


def _known(names: Iterable[str], components: Mapping[str, Any]) -> None:
    for name in names:
        if name not in components:
            hint = did_you_mean(name, components) or ";"
            raise ValueError(f"the topology has no component {name!r}{hint} it has {', '.join(components)}")
