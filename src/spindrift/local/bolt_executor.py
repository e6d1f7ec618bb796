"""Runs a bolt's task in process."""

from collections import deque
from functools import partial
from time import perf_counter
from typing import Any

import pystorm.bolt
from pystorm.component import Tuple
from pystorm.exceptions import StormWentAwayError

from spindrift.local.executor import FLUSH_SECONDS, LARGEST_CHUNK, Executor, Site
from spindrift.local.fastpath import ProcessChunk, plain_bolt
from spindrift.local.inbox import WAKE, Inbox
from spindrift.local.plan import ComponentPlan
from spindrift.local.tracking import TickId
from spindrift.local.transport import LocalTicklessBatchingBolt, forget_failed_batches, is_plain_bolt

_TICK = "__tick"
_SYSTEM = "__system"
_SYSTEM_TASK = -1


class BoltExecutor(Executor):
    """Takes batches of tuples, works on chunks of about a millisecond, and hands the results on together.

    It takes nothing while a queue that it feeds is full, unless that queue leads back to it: on a cycle everybody
    would wait for everybody, so there the spouts alone are held back.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self.tick_seconds = self.settings.seconds_or_none("topology.tick.tuple.freq.secs")
        self._process_plain: ProcessChunk | None = None
        self._feeds = _feeds(site, plan)
        self._backlog: deque[Any] = deque()
        self._chunk: deque[Any] = deque()
        self._chunk_size = 1
        self._flushed = perf_counter()
        self._tick_waits = False
        self._sample: tuple[Any, float] | None = None

    def tick(self) -> None:
        """Queue a tick tuple, unless the last one still waits."""
        if not self._tick_waits:
            self._tick_waits = True
            self.inbox.control(self._tick)

    def stopping(self) -> None:
        """Tell the bolt, if it has a method of this name, that the topology stops: it may fail what it has not begun.

        In the thread of whoever stops, as the bolt may be busy for long.
        """
        told = getattr(self.component, "stopping", None)
        if callable(told):
            try:
                told()
            except Exception as error:
                self.raised(error)

    def last_call(self, ticking: bool) -> None:
        """Before the end: a batching bolt processes what it holds; others, if `ticking`, have one tick more."""
        self.inbox.control(partial(self._last_call, ticking))

    def take(self) -> Any:
        """The next tuple, for pystorm's own loop."""
        while not self._chunk:
            if self._ended:
                raise StormWentAwayError
            self._flush()
            message = self._next()
            if type(message) is list:
                self.inbox.taken(len(message))
                self._chunk.extend(message)
            elif message is not WAKE:
                message()
        return self._chunk.popleft()

    def settle(self, tuple_id: Any, acked: bool) -> None:
        super().settle(tuple_id, acked)
        self._look_at_sample()

    def restart(self) -> None:
        if isinstance(self.component, LocalTicklessBatchingBolt):
            self.component._spindrift_stop()
        super().restart()

    def raised(self, error: BaseException) -> None:
        super().raised(error)
        forget_failed_batches(self.component)

    def _initialize(self) -> None:
        if is_plain_bolt(self.plan.cls):
            self._process_plain, emit = plain_bolt(self.component, self.out, self.raised, self._hand_over)
            if self.plan.cls.emit is pystorm.bolt.Bolt.emit:
                self.component.emit = emit
        super()._initialize()
        if isinstance(self.component, LocalTicklessBatchingBolt):
            self.component._spindrift_start()

    def _cleanup(self) -> None:
        if isinstance(self.component, LocalTicklessBatchingBolt):
            self.component._spindrift_stop()
        super()._cleanup()

    def _loop(self) -> None:
        while not self._ended:
            message = self._next()
            if type(message) is list:
                self._work(message)
            elif message is not WAKE:
                message()
            message = None  # its tuples, pages among them, must not live until the next come
            if not self._backlog and self.inbox.empty():
                self._flush()

    def _next(self) -> Any:
        if self._backlog:
            return self._backlog.popleft()
        if self.inbox.empty():
            self.busy = False
        message = self.inbox.get()
        self.busy = True
        return message

    def _work(self, batch: list[Any]) -> None:
        done = 0
        while done < len(batch) and not self._ended:
            self._wait_for_room()
            chunk = batch[done : done + self._chunk_size]
            count = len(chunk)
            done += count
            self.inbox.taken(count)
            start = perf_counter()
            self._process(chunk)
            now = perf_counter()
            self._adapt(now - start, count)
            self._sampled(chunk[0].id, start, (now - start) / count)
            if now - self._flushed > FLUSH_SECONDS:
                self._flush(now)

    def _process(self, chunk: list[Any]) -> None:
        if self._process_plain is not None:
            self.acked += self._process_plain(chunk)
            return
        self._chunk.extend(chunk)
        while self._chunk:
            self._run_once()

    def _run_once(self) -> None:
        try:
            self.component._run()
        except StormWentAwayError:
            self._ended = True
        except BaseException as error:
            self.raised(error)
            self.component._current_tups = []

    def _tick(self) -> None:
        self._tick_waits = False
        self._chunk.append(Tuple(TickId(()), _SYSTEM, _TICK, _SYSTEM_TASK, (self.tick_seconds or 0,)))
        self._run_once()

    def _last_call(self, ticking: bool) -> None:
        component = self.component
        if isinstance(component, LocalTicklessBatchingBolt):
            component._spindrift_process()
        elif isinstance(component, pystorm.bolt.BatchingBolt):
            # pystorm processes batches when it has seen more ticks than ticks_between_batches.
            for _ in range(component.ticks_between_batches + 1):
                if any(component._batches.values()):
                    self._tick()
        elif ticking and self.tick_seconds is not None:
            self._tick()
        self._flush()

    def _flush(self, now: float | None = None) -> None:
        self.out.flush()
        self._flushed = now or perf_counter()

    def _adapt(self, seconds: float, count: int) -> None:
        """Let the next chunk take about FLUSH_SECONDS."""
        if seconds * 2 < FLUSH_SECONDS:
            self._chunk_size = min(max(self._chunk_size, count * 2), LARGEST_CHUNK)
        elif seconds > FLUSH_SECONDS * 2:
            self._chunk_size = max(1, int(count * FLUSH_SECONDS / seconds))

    def _sampled(self, tuple_id: Any, start: float, each: float) -> None:
        if tuple_id.roots is None:
            self.latency += 0.1 * (each - self.latency)
        elif self._sample is None:
            self._sample = tuple_id, start
        self._look_at_sample()

    def _look_at_sample(self) -> None:
        sample = self._sample
        if sample is not None and sample[0].roots is None:
            self._sample = None
            self.latency += 0.1 * (perf_counter() - sample[1] - self.latency)

    def _hand_over(self) -> None:
        """In the middle of a tuple that has emitted very much."""
        self._flush()
        self._wait_for_room()

    def _wait_for_room(self) -> None:
        for inbox in self._feeds:
            if inbox.size >= inbox.capacity:
                self._flush()
                while not self._ended and not inbox.wait_for_room(self.inbox, inbox.capacity):
                    self._while_waiting(self.inbox.get())

    def _while_waiting(self, message: Any) -> None:
        """What comes while a tuple is in the middle, or must not be begun."""
        if message == self._end:
            self._end()
        elif message is not WAKE:
            self._backlog.append(message)


def _feeds(site: Site, plan: ComponentPlan) -> list[Inbox]:
    """The queues that this bolt waits for when they are full."""
    targets = {each.target for stream in plan.streams for each in site.plan.consumers(plan.name, stream)}
    ahead = [site.plan.components[name] for name in targets if plan.name not in site.plan.downstream(name) | {name}]
    return [site.inboxes[task] for component in ahead for task in component.tasks]
