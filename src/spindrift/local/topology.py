"""A streamparse topology that runs in this process."""

import logging
from collections.abc import Callable, Mapping
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.conf import KEYS, Settings
from spindrift.local.bolt_executor import BoltExecutor
from spindrift.local.executor import Executor, Site
from spindrift.local.inbox import WAKE, Inbox
from spindrift.local.logs import ComponentLogs
from spindrift.local.placement import tasks_in_processes
from spindrift.local.plan import ComponentPlan, TopologyPlan, plan_topology
from spindrift.local.process_bolt import ProcessBoltExecutor
from spindrift.local.process_spout import ProcessSpoutExecutor
from spindrift.local.spout_executor import SpoutExecutor
from spindrift.local.stats import ComponentStats, TopologyStats
from spindrift.local.timer import Ticker, Timer

log = logging.getLogger(__name__)

ALWAYS = ("topology.workers", "topology.acker.executors", "topology.message.timeout.secs", "topology.debug")
"""Keys of Storm that a component finds in its configuration whether they were given or not."""

_LOOK_SECONDS = 0.002
"""How often `stop` and `wait_idle` look whether everything has settled."""
_LAST_SECONDS = 5.0
"""How long the last calls of components may take when there is nothing left of the drain."""
_ASK_SECONDS = 0.05
_TICK_SECONDS = 1.0
"""How often `stop` asks bolts that gather tuples to let go of them."""


class LocalTopology:
    """Runs a streamparse `Topology` class as Storm would: `start`, then `stop`.

    Args:
        topology_class: any streamparse Topology whose components are Python classes.
        name: the topology's name (`topology.name`).
        conf: the configuration that components get, Storm's and their own keys.
        env: the environment that selects among parallelisms given per environment.
        clock: time for ticks and time-outs.
        timer: does what is due by that clock; a thread that looks at it, unless given.
        adapt: what to run in a component's place: the plan of the same name, tasks and streams, with another class.

    Raises TopologyError, with all reasons, where the topology cannot run without a JVM.
    """

    def __init__(
        self,
        topology_class: Any,
        *,
        name: str,
        conf: Mapping[str, Any],
        env: str | None = None,
        clock: Clock | None = None,
        timer: Ticker | None = None,
        adapt: Callable[[ComponentPlan], ComponentPlan] | None = None,
    ) -> None:
        self.plan: TopologyPlan = plan_topology(topology_class, name, env)
        if adapt is not None:
            adapted = {key: adapt(component) for key, component in self.plan.components.items()}
            self.plan = TopologyPlan(self.plan.name, adapted)
        self._clock = clock or SystemClock()
        known = {key: KEYS[key].default for key in ALWAYS}
        self._site = Site(self.plan, {**known, **conf, "topology.name": name}, self._clock, {})
        for component in self.plan.components.values():
            capacity = Settings({**conf, **component.conf}).integer("topology.executor.receive.buffer.size")
            self._site.inboxes.update({task: Inbox(capacity) for task in component.tasks})
        self._bolts: list[BoltExecutor] = []
        self._spouts: list[SpoutExecutor] = []
        self._logs = ComponentLogs(self._site.conf)
        self._timer = timer or Timer(self._clock)
        # Processes hang in the machine's time, whatever time the topology has.
        self._pulse = Timer(SystemClock())
        self._stopping = Lock()
        self._stopped = Event()
        self._began = monotonic()

    def start(self) -> None:
        """Construct and initialize every component, bolts first, then let the spouts emit.

        Raises ComponentStartError naming the component that raised, or the SpindriftError that it raised; nothing runs
        then.
        """
        self._began = monotonic()
        self._make_executors()
        started: list[Executor] = []
        try:
            self._logs.install(self.plan)
            for executor in self._executors:
                executor.construct()
            for executor in self._executors:
                executor.start()
                started.append(executor)
        except BaseException:
            for executor in self._executors:
                if executor in started:
                    executor.end(_LAST_SECONDS)
                else:
                    executor.discard()
            self._logs.remove()
            self._stopped.set()
            raise
        self._schedule()
        for spout in self._spouts:
            spout.activate()

    def activate(self) -> None:
        """Let the spouts go on after `deactivate`, as `storm activate`."""
        for spout in self._spouts:
            spout.activate()

    def deactivate(self) -> None:
        """Stop calling next_tuple, as `storm deactivate`; what is in flight goes on."""
        for spout in self._spouts:
            spout.deactivate()

    def stop(self, drain: float = 30.0) -> None:
        """Stop: the spouts first, then what is in flight gets `drain` seconds, then every component's last call.

        A bolt that has a method `stopping` is told once the spouts are, and may fail what it has not begun. What was
        not acked is for the spouts to emit again at the next start. Calling it again, from another thread or a signal
        handler's, ends a drain that is under way.
        """
        if not self._stopping.acquire(blocking=False):
            self._drain_until = 0.0
            return
        if self._stopped.is_set():
            return
        self._drain_until = monotonic() + drain
        self.deactivate()
        for bolt in self._bolts:
            bolt.stopping()
        drained = self._drain()
        self._timer.stop()
        self._pulse.stop()
        if not drained:
            log.info("%s: stopped with %d spout tuples in flight", self.plan.name, self.in_flight())
            for bolt in self._bolts:
                bolt.abort()
        until = max(self._drain_until, monotonic() + _LAST_SECONDS)
        for executor in self._executors:
            if not executor.end(timeout=max(until - monotonic(), _LOOK_SECONDS)):
                log.warning("%s, task %d, does not come to an end; left behind", executor.plan.name, executor.task)
        self._logs.remove()
        self._stopped.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the topology has stopped; whether it has."""
        return self._stopped.wait(timeout)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is queued or in flight and no spout has anything to emit; whether that came about."""
        until = monotonic() + timeout
        while monotonic() < until:
            if not self.in_flight() and all(spout.idle for spout in self._spouts) and self._quiet():
                return True
            sleep(_LOOK_SECONDS)
        return False

    def settle(self, timeout: float) -> bool:
        """Wait until nothing more happens by itself; whether that came about.

        Trees may still be open: bolts hold tuples for a tick, or work in threads of their own.
        """
        until = monotonic() + timeout
        while monotonic() < until:
            before = [executor.counts() for executor in self._executors]
            self._let_spouts_turn(until)
            if self._quiet() and before == [executor.counts() for executor in self._executors]:
                return True
        return False

    def in_flight(self) -> int:
        """Spout tuples whose trees are not acked, failed or timed out."""
        return sum(spout.pending.live for spout in self._spouts)

    def stats(self) -> TopologyStats:
        """A snapshot of what was counted so far."""
        components: dict[str, ComponentStats] = {}
        for executor in self._executors:
            name = executor.plan.name
            stats = components.setdefault(name, ComponentStats(tasks=len(executor.plan.tasks)))
            emitted, transferred, acked, failed = executor.counts()
            for stream, count in emitted.items():
                stats.emitted[stream] = stats.emitted.get(stream, 0) + count
            stats.transferred += transferred
            stats.acked += acked
            stats.failed += failed
            stats.latency_ms += executor.latency * 1000 / stats.tasks
            stats.queue_length += executor.inbox.size
        self._site.recorder.fill(components)
        in_order = {name: components[name] for name in self.plan.components if name in components}
        uptime = monotonic() - self._began
        return TopologyStats(self.plan.name, uptime, self.in_flight(), in_order, self._site.recorder.metrics())

    @property
    def _executors(self) -> list[Executor]:
        """Bolts before spouts: the order to start and to end in."""
        return [*self._bolts, *self._spouts]

    def _make_executors(self) -> None:
        apart = tasks_in_processes(self.plan, self._site.conf)
        for component in self.plan.components.values():
            for task in component.tasks:
                if component.is_spout:
                    spout = ProcessSpoutExecutor if task in apart else SpoutExecutor
                    self._spouts.append(spout(self._site, component, task))
                else:
                    bolt = ProcessBoltExecutor if task in apart else BoltExecutor
                    self._bolts.append(bolt(self._site, component, task))

    def _schedule(self) -> None:
        for bolt in self._bolts:
            if bolt.tick_seconds is not None:
                self._timer.every(bolt.tick_seconds, bolt.tick)
        for spout in self._spouts:
            self._timer.every(min(spout.timeout / 4, 1.0), spout.expire)
        for bolt in self._bolts:
            if isinstance(bolt, ProcessBoltExecutor):
                seconds = bolt.settings.seconds("topology.subprocess.timeout.secs")
                self._pulse.every(seconds / 3, bolt.heartbeat)
        self._timer.start()
        self._pulse.start()

    def _drain(self) -> bool:
        """Wait for what is in flight, giving batching bolts their last call; whether it all came through."""
        asked = ticked = 0.0
        while monotonic() < self._drain_until:
            if self._quiet():
                if not self.in_flight() and asked:
                    return True
                now = monotonic()
                if now - asked > _ASK_SECONDS:
                    asked = now
                    # Bolts that tick without batches may gather too; they are asked less often.
                    ticking = not self.in_flight() or now - ticked > _TICK_SECONDS
                    ticked = now if ticking else ticked
                    for bolt in self._bolts:
                        bolt.last_call(ticking)
            sleep(_LOOK_SECONDS)
        return False

    def _let_spouts_turn(self, until: float) -> None:
        """Have every spout look, from now on, whether it has anything to emit."""
        for spout in self._spouts:
            # The turn that is under way may have looked already.
            after = spout.turns + 2
            while spout.turns < after and monotonic() < until:
                spout.inbox.control(WAKE)
                sleep(_LOOK_SECONDS / 4)

    def _quiet(self) -> bool:
        """Whether every queue is empty and every task waits, looked at twice so that nothing was on its way."""
        before = sum(executor.inbox.received for executor in self._executors)
        for _ in range(2):
            if not all(executor.settled() for executor in self._executors):
                return False
        return before == sum(executor.inbox.received for executor in self._executors)
