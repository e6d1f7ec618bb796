"""Runs a spout's task in process."""

from functools import partial
from math import inf
from threading import get_ident
from time import perf_counter
from typing import Any

import pystorm.spout

from spindrift.local.executor import FLUSH_SECONDS, LARGEST_CHUNK, Executor, Site
from spindrift.local.fastpath import root_emit
from spindrift.local.inbox import WAKE
from spindrift.local.pending import PendingRoots
from spindrift.local.plan import ComponentPlan
from spindrift.local.tracking import Root, Roots

LONGEST_IDLE_WAIT = 0.05
"""Seconds between two calls of next_tuple while it emits nothing."""
LONGEST_ERROR_WAIT = 1.0


class SpoutExecutor(Executor):
    """Calls next_tuple while there is room downstream and fewer than topology.max.spout.pending trees are open."""

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self.pending = PendingRoots()
        self.timeout = self.settings.seconds("topology.message.timeout.secs")
        self.idle = False
        self.turns = 0
        self._max_pending = self.settings.limit("topology.max.spout.pending")
        self._first_wait = max(self.settings.seconds("topology.sleep.spout.wait.strategy.time.ms"), 0.0001)
        self._wait = self._first_wait
        self._failures = 0
        self._active = False
        self._chunk_size = 1
        self._instant: list[Root] = []
        self._command: dict[str, Any] | None = None
        self._streams = list(self.out.streams.values())
        self._downstream = [
            site.inboxes[each] for name in site.plan.downstream(plan.name) for each in site.plan.components[name].tasks
        ]
        self._own_run = plan.cls._run is not pystorm.spout.Spout._run
        self._acks = plan.cls.ack is not pystorm.spout.Spout.ack or self._own_run

    def activate(self) -> None:
        """Let next_tuple be called (from now on, after Storm's `activate`)."""
        self.inbox.control(self._activate)

    def deactivate(self) -> None:
        """Stop calling next_tuple; acks and fails still arrive."""
        self.inbox.control(self._deactivate)

    def expire(self) -> None:
        """Fail the trees that are older than topology.message.timeout.secs."""
        if self.pending.live:
            self.inbox.control(self._expire)

    def finished(self, roots: list[Root], acked: bool) -> None:
        self.inbox.control(partial(self._finish, roots, acked))

    def emit_root(self, values: Any, stream: str | None, message_id: Any, direct_task: int | None) -> list[int]:
        if get_ident() == self.out.owner:
            tasks, root = self._send_root(self.out, values, stream, message_id, direct_task)
            if root is not None:
                (self.out.rooted if root.pending else self._instant).append(root)
            return tasks
        with self._foreign_lock:
            tasks, root = self._send_root(self._foreign, values, stream, message_id, direct_task)
            if root is not None:
                self.inbox.control(partial(self._adopt, root, root.pending == 0))
            self._foreign.flush()
        return tasks

    def take(self) -> Any:
        command, self._command = self._command, None
        return command or {"command": "next"}

    def _send_root(
        self, out: Any, values: Any, stream: str | None, message_id: Any, direct_task: int | None
    ) -> tuple[list[int], Root | None]:
        target, packed = out.pack(values, stream)
        places = out.choose(target, packed, direct_task)
        root: Root | None = None
        roots: Roots = ()
        if message_id is not None:
            root = Root(self, message_id, len(places) if self.tracking else 0, self.site.clock.monotonic())
            roots = (root,) if root.pending else ()
        return out.send(target, packed, places, roots), root

    def _initialize(self) -> None:
        if self.plan.cls.emit is pystorm.spout.Spout.emit:
            self.component.emit = root_emit(self.component.emit, self, self.out, self.tracking)
        super()._initialize()

    def _loop(self) -> None:
        while not self._ended:
            wait = self._turn()
            self.turns += 1
            if wait is None:
                while not self.inbox.empty():
                    self._handle(self.inbox.get())
                continue
            self.busy = False
            message = self.inbox.get(None if wait == inf else wait)
            self.busy = True
            self._handle(message)
            while not self.inbox.empty():
                self._handle(self.inbox.get())
        self._flush()

    def _handle(self, message: Any) -> None:
        if message is not WAKE:
            message()

    def _turn(self) -> float | None:
        """Emit what may be emitted; returns how long to wait then (None: not at all)."""
        self._flush()
        if not self._active:
            return inf
        limit = LARGEST_CHUNK
        if self._max_pending is not None:
            limit = min(limit, self._max_pending - self.pending.live)
            if limit <= 0:
                return inf
        for inbox in self._downstream:
            room = inbox.pace - inbox.size
            if room < limit:
                limit = room
                if room <= 0 and not inbox.wait_for_room(self.inbox, inbox.pace):
                    return inf
        return self._emit_some(max(limit, 1))

    def _emit_some(self, limit: int) -> float | None:
        start = perf_counter()
        self.out.now = self.site.clock.monotonic()
        count = min(limit, self._chunk_size)
        try:
            idle = self._call_next(count)
            self._failures = 0
        except BaseException as error:
            self.raised(error)
            self._failures += 1
            idle = True
        seconds = perf_counter() - start
        self._flush()
        if seconds * 2 < FLUSH_SECONDS:
            self._chunk_size = min(max(count * 2, self._chunk_size), LARGEST_CHUNK)
        elif seconds > FLUSH_SECONDS * 2:
            self._chunk_size = max(1, int(count * FLUSH_SECONDS / seconds))
        self.idle = idle
        if not idle:
            self._wait = self._first_wait
            return None
        longest = LONGEST_ERROR_WAIT if self._failures > 1 else LONGEST_IDLE_WAIT
        self._wait = min(self._wait * 2, longest)
        return self._wait

    def _call_next(self, count: int) -> bool:
        """Call next_tuple up to `count` times; whether the last call emitted nothing."""
        call = self.component._run if self._own_run else self.component.next_tuple
        rooted = self.out.rooted
        streams = self._streams
        limited = self._max_pending is not None
        if len(streams) == 1:
            stream = streams[0]
            emitted = stream.emitted
            for _ in range(count):
                call()
                if emitted == (emitted := stream.emitted):
                    return True
                if limited and len(rooted) >= count:
                    break
            return False
        emitted = sum(stream.emitted for stream in streams)
        for _ in range(count):
            call()
            if emitted == (emitted := sum(stream.emitted for stream in streams)):
                return True
            if limited and len(rooted) >= count:
                break
        return False

    def _flush(self) -> None:
        out = self.out
        if out.rooted:
            roots, out.rooted = out.rooted, []
            if self.tracking:
                self.pending.add(roots)
            else:
                self._instant += roots
        out.flush()
        if self._instant:
            # Nobody works on these, or nobody keeps track: they are done as soon as they are emitted.
            roots, self._instant = self._instant, []
            self.pending.live += len(roots)
            self.finished(roots, acked=True)

    def _finish(self, roots: list[Root], acked: bool) -> None:
        self.pending.remove(len(roots))
        self.out.now = self.site.clock.monotonic()
        if acked:
            self.acked += len(roots)
            self.latency += 0.1 * (self.out.now - roots[0].born - self.latency)
            if not self._acks:
                return
        else:
            self.failed += len(roots)
        left = iter(roots)
        while True:
            try:
                self._tell(left, acked)
                return
            except BaseException as error:
                self.raised(error)

    def _tell(self, roots: Any, acked: bool) -> None:
        if self._own_run:
            for root in roots:
                self._command = {"command": "ack" if acked else "fail", "id": root.message_id}
                self.component._run()
            return
        call = self.component.ack if acked else self.component.fail
        for root in roots:
            call(root.message_id)

    def _adopt(self, root: Root, done: bool) -> None:
        """Take over a root that another thread emitted."""
        if done:
            self._instant.append(root)
        else:
            self.pending.add([root])

    def _expire(self) -> None:
        old = self.pending.older_than(self.site.clock.monotonic() - self.timeout)
        lost = self.site.acker.give_up(old)
        if lost:
            self._finish(lost, acked=False)

    def _activate(self) -> None:
        if not self._active:
            self._active = True
            self._command_or_call("activate")

    def _deactivate(self) -> None:
        if self._active:
            self._active = False
            self._command_or_call("deactivate")

    def _command_or_call(self, name: str) -> None:
        try:
            if self._own_run:
                self._command = {"command": name}
                self.component._run()
            else:
                getattr(self.component, name)()
        except BaseException as error:
            self.raised(error)
