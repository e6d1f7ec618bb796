"""Runs a bolt's task in a process of its own, over the multilang protocol."""

import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from threading import Thread
from typing import Any

import pystorm.bolt
from pystorm.component import Tuple

from spindrift.local.child import HEARTBEAT, ChildProcess
from spindrift.local.errors import EmitError
from spindrift.local.executor import Site
from spindrift.local.fastpath import relayed_bundle
from spindrift.local.inbox import WAKE
from spindrift.local.plan import ComponentPlan
from spindrift.local.process_succession import TICK, BoltSuccession, packed
from spindrift.local.process_task import KilledAtStartError, refusal
from spindrift.local.tracking import Roots, TickId
from spindrift.local.wire import BUFFER, resolved

LARGEST_IN_FLIGHT = 1000
"""Tuples that a child has been sent and not acked or failed."""


class ProcessBoltExecutor(BoltSuccession):
    """The executor's thread writes tuples to the child; a reader thread takes its emits and acks.

    What becomes of the tuples that a child held when it ended, BoltSuccession says.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self._said = self._outbox()
        self._stops = False
        self._emit_bundle = relayed_bundle(self._said, self._held)
        self._ids = count(1)
        self._batching = issubclass(plan.cls, pystorm.bolt.BatchingBolt)

    def construct(self) -> None:
        """The child loads its modules while others are initialized."""
        try:
            with suppress(KilledAtStartError):  # it is started again
                self._child = self._spawn()
        except OSError as error:
            raise self._cannot("start a process for", error) from error

    def stopping(self) -> None:
        self._stops = True
        if (child := self._child) is not None:
            child.tell_stopping()

    def settled(self) -> bool:
        return super().settled() and (self._batching or not self._held)

    def counts(self) -> tuple[dict[str, int], int, int, int]:
        emitted, transferred, acked, failed = super().counts()
        for name, stream in self._said.streams.items():
            emitted[name] += stream.emitted
        said = self._said
        return emitted, transferred + said.transferred, acked + said.acks, failed + said.fails

    def _begin(self) -> None:
        child = self._child = self._child or self._spawn()
        if self._stops:
            child.tell_stopping()
        complaint: Exception | None = None
        until = time.monotonic() + self._start_timeout
        ready = False
        try:
            child.send(HEARTBEAT)
            while not ready:
                for message in child.read(max(until - time.monotonic(), 0.0)):
                    match message.get("command"):
                        case "sync" if complaint is None:
                            ready = True
                        case "error":
                            complaint = refusal(message)
                        case None:
                            pass  # its pid
                        case _:
                            self.message(message)
        except (EOFError, OSError) as error:
            raise self._not_begun(child, error, complaint) from None
        self._read_from(child)

    def _read_from(self, child: ChildProcess) -> None:
        self._reader = Thread(
            target=self._read, args=(child,), name=f"{self.plan.name}-{self.task}-reader", daemon=True
        )
        self._reader.start()

    def _process(self, chunk: list[Any]) -> None:
        while len(self._held) >= LARGEST_IN_FLIGHT and not self._ended:
            self._while_waiting(self.inbox.get(0.05))
        parts: list[bytes] = []
        size = 0
        for tup in chunk:
            name = str(next(self._ids))
            try:
                parts.append(packed(name, tup))
            except Exception as error:
                self.raised(
                    EmitError(
                        f"a tuple of stream {tup.stream!r} of {tup.component} cannot be sent to {self.plan.name} "
                        f"in its own process: {error}"
                    )
                )
                self.out.fail(tup.id)
                continue
            self._held[name] = tup
            size += len(parts[-1])
            if size >= BUFFER:
                self._write(b"".join(parts))
                parts.clear()
                size = 0
        self._write(b"".join(parts))

    def _while_waiting(self, message: Any) -> None:
        """Who waits for a full child, or for those that are fed, still gives it ticks, heartbeats and a successor."""
        if type(message) is list:
            self._backlog.append(message)
        elif message is not WAKE:
            message()

    def _write(self, data: bytes) -> None:
        if self._child is None or not data:
            return
        try:
            self._child.write(data)
        except OSError:
            self._replace(self._child)

    def _tick(self) -> None:
        self._tick_waits = False
        seconds = int(self.tick_seconds or 0) or 1
        name = f"{TICK}{next(self._ids)}"
        tick = Tuple(TickId(()), "__system", "__tick", -1, (seconds,))
        if self._one_by_one:
            # So that no tuple is blamed for what a tick does.
            self._held[name] = tick
        self._write(packed(name, tick))

    def _last_call(self, ticking: bool) -> None:
        if self._batching:
            for _ in range(getattr(self.plan.cls, "ticks_between_batches", 0) + 1):
                self._tick()
        elif ticking and self.tick_seconds is not None:
            self._tick()

    def _read(self, child: ChildProcess) -> None:
        self._said.claim()
        while True:
            try:
                messages = child.read()
            except (EOFError, OSError):
                break
            except Exception as error:
                self.raised(RuntimeError(f"process {child.pid} said what cannot be read ({error!r}); it is killed"))
                child.kill()
                break
            for message in messages:
                try:
                    if type(message) is not list:
                        self._said_by(child, message)
                    elif not self._emit_bundle(*message):
                        self._said_one_by_one(*message)
                except Exception as error:
                    self.raised(error)
            self._said.flush()
        if not self._ended:
            self.inbox.control(lambda: self._replace(child))

    def _said_by(self, child: ChildProcess, message: Any) -> None:
        match message.get("command") if isinstance(message, dict) else None:
            case "ack" | "fail" as command:
                held = self._held.pop(message["id"], None)
                if held is not None:
                    self._said.settle(held.id, acked=command == "ack")
                    self._look_at_sample()
            case "emit":
                tasks = self._emitted(message)
                if message.get("need_task_ids", True):
                    with suppress(OSError, ValueError):  # the child is gone, or its input closed at the end
                        child.send(tasks or [])
            case "sync":
                pass
            case _:
                self.message(message)

    def _said_one_by_one(self, stream: str | None, anchor: str, tuples: list[Any]) -> None:
        source = self._held.get(anchor)
        for values in tuples:
            if source is not None:
                resolved(values, source.values)
            if self._emitted({"tuple": values, "stream": stream, "anchors": [anchor]}) is None:
                return

    def _emitted(self, message: Mapping[str, Any]) -> list[int] | None:
        """The tasks that a tuple goes to; None where it may not be emitted, which fails the tuples it stems from."""
        anchors = message.get("anchors") or []
        stream = message.get("stream")
        try:
            return self._send(self._said, message["tuple"], stream, self._stem(anchors, stream), message.get("task"))
        except (EmitError, TypeError) as error:
            self.raised(error)
            for anchor in anchors:
                held = self._held.pop(anchor, None)
                if held is not None:
                    self._said.fail(held.id)
            return None

    def _stem(self, anchors: list[str], stream: str | None) -> Roots:
        known = [self._held.get(anchor) for anchor in anchors if not anchor.startswith(TICK)]
        if None in known:
            raise self._too_late(stream)
        return self._roots_of(known, stream)

    def _cleanup(self) -> None:
        """The child's own last call comes at the end of its input."""
        child = self._child
        if child is not None:
            with suppress(OSError):
                child.close_input()
            if self._reader is not None:
                self._reader.join(self._timeout)
            child.wait(self._timeout)
            self._child = None
