"""Runs a bolt's task in a process of its own, over the multilang protocol."""

import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from threading import Thread
from typing import Any

import pystorm.bolt
from pystorm.component import Tuple

from spindrift.local.bolt_executor import BoltExecutor
from spindrift.local.child import ChildProcess
from spindrift.local.context import task_context
from spindrift.local.errors import EmitError
from spindrift.local.executor import Site
from spindrift.local.fastpath import relayed_bundle
from spindrift.local.inbox import WAKE
from spindrift.local.plan import ComponentPlan
from spindrift.local.wire import BUFFER, pack, resolved

LARGEST_IN_FLIGHT = 1000
"""Tuples that a child has been sent and not acked or failed."""
_LONGEST_PAUSE = 10.0


class ProcessBoltExecutor(BoltExecutor):
    """The executor's thread writes tuples to the child; a reader thread takes its emits and acks.

    A child that dies, or says nothing for topology.subprocess.timeout.secs although it was asked, is replaced; the
    tuples that it held fail.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self._timeout = self.settings.seconds("topology.subprocess.timeout.secs")
        self._said = self._outbox()
        self._held: dict[str, Tuple] = {}
        self._emit_bundle = relayed_bundle(self._said, self._held)
        self._ids = count(1)
        self._child: ChildProcess | None = None
        self._reader: Thread | None = None
        self._asked: float | None = None
        self._restarts = 0
        self._batching = issubclass(plan.cls, pystorm.bolt.BatchingBolt)

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._child.pid if self._child else None

    def construct(self) -> None:
        """The component is constructed in the child, which loads its modules while others are initialized."""
        self._child = self._spawn()

    def discard(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait(self._timeout)

    def heartbeat(self) -> None:
        """Ask for a sign of life; kill a child that owes one for too long. Called from the timer."""
        child, asked = self._child, self._asked
        if child is None:
            return
        if asked is None or child.heard >= asked:
            self._asked = time.monotonic()
            self.inbox.control(self._ask)
        elif time.monotonic() - asked > self._timeout:
            self.report(f"{self.plan.name}, process {child.pid}: no answer in {self._timeout:g} s; it is killed")
            child.kill()

    def settled(self) -> bool:
        return super().settled() and (self._batching or not self._held)

    def counts(self) -> tuple[dict[str, int], int, int, int]:
        emitted, transferred, acked, failed = super().counts()
        for name, stream in self._said.streams.items():
            emitted[name] += stream.emitted
        said = self._said
        return emitted, transferred + said.transferred, acked + said.acks, failed + said.fails

    def raised(self, error: BaseException) -> None:
        self.logger.error("%s, task %d: %s", self.plan.name, self.task, error)
        self.report(f"{type(error).__name__}: {error}")

    def _initialize(self) -> None:
        child = self._child = self._child or self._spawn()
        child.heartbeat()
        until = time.monotonic() + self._timeout
        complaint = ""
        while True:
            try:
                messages = child.read(max(until - time.monotonic(), 0.0))
            except (EOFError, TimeoutError) as error:
                self._child = None
                child.kill()
                ended = child.wait(self._timeout)
                raise RuntimeError(complaint or f"its process said nothing ({error!r}, {ended})") from None
            for message in messages:
                if message.get("command") == "sync" and not complaint:
                    self._read_from(child)
                    return
                if message.get("command") == "error":
                    complaint = str(message.get("msg"))
                elif "pid" not in message:
                    self.message(message)

    def _spawn(self) -> ChildProcess:
        return ChildProcess(self.plan.cls, dict(self.conf), task_context(self.site.plan, self.plan, self.task))

    def _read_from(self, child: ChildProcess) -> None:
        self._reader = Thread(
            target=self._read, args=(child,), name=f"{self.plan.name}-{self.task}-reader", daemon=True
        )
        self._reader.start()

    def _process(self, chunk: list[Any]) -> None:
        while len(self._held) >= LARGEST_IN_FLIGHT and not self._ended:
            self._while_waiting(self.inbox.get(0.05))
        packed: list[bytes] = []
        size = 0
        for tup in chunk:
            name = str(next(self._ids))
            message = {
                "id": name,
                "comp": tup.component,
                "stream": tup.stream,
                "task": tup.task,
                "tuple": tuple(tup.values),
            }
            try:
                packed.append(pack(message))
            except (TypeError, ValueError, OverflowError) as error:
                self.raised(
                    EmitError(
                        f"a tuple of stream {tup.stream!r} of {tup.component} cannot be sent to {self.plan.name} "
                        f"in its own process: {error}"
                    )
                )
                self.out.fail(tup.id)
                continue
            self._held[name] = tup
            size += len(packed[-1])
            if size >= BUFFER:
                self._write(b"".join(packed))
                packed.clear()
                size = 0
        self._write(b"".join(packed))

    def _while_waiting(self, message: Any) -> None:
        """A full child still gets its ticks, heartbeats and replacement; tuples have to wait."""
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

    def _ask(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.heartbeat()

    def _tick(self) -> None:
        self._tick_waits = False
        seconds = int(self.tick_seconds or 0) or 1
        tick = {"id": f"tick{next(self._ids)}", "comp": "__system", "stream": "__tick", "task": -1, "tuple": [seconds]}
        self._write(pack(tick))

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
            except (EOFError, OSError, ValueError):
                break
            for message in messages:
                try:
                    if type(message) is not list:
                        self._said_by(child, message)
                    elif not self._emit_bundle(*message):
                        self._said_one_by_one(child, *message)
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
                    with suppress(OSError):
                        child.send(tasks)
            case "sync":
                pass
            case _:
                self.message(message)

    def _said_one_by_one(self, child: ChildProcess, stream: str | None, anchor: str, tuples: list[Any]) -> None:
        source = self._held.get(anchor)
        for values in tuples:
            if source is not None:
                resolved(values, source.values)
            message = {"command": "emit", "tuple": values, "stream": stream, "anchors": [anchor]}
            self._said_by(child, message | {"need_task_ids": False})

    def _emitted(self, message: Mapping[str, Any]) -> list[int]:
        anchors = message.get("anchors") or []
        try:
            known = [self._held[anchor].id for anchor in anchors if anchor in self._held]
            roots = self._roots_of(known, message.get("stream"))
            return self._send(self._said, message["tuple"], message.get("stream"), roots, message.get("task"))
        except (EmitError, TypeError) as error:
            self.raised(error)
            for anchor in anchors:
                held = self._held.pop(anchor, None)
                if held is not None:
                    self._said.fail(held.id)
            return []

    def _replace(self, child: ChildProcess) -> None:
        """The child is gone: fail what it held, and start another."""
        if child is not self._child:
            return
        self._child = None
        child.kill()
        if self._reader is not None:
            self._reader.join()
        held = list(self._held.values())
        self._held.clear()
        ended = child.wait(self._timeout)
        self.logger.error("%s, task %d: process %d ended (%s)", self.plan.name, self.task, child.pid, ended)
        self.report(f"{self.plan.name}, process {child.pid}: {ended}; its {len(held)} tuples fail, and it is replaced")
        for tup in held:
            self.out.fail(tup.id)
        self._flush()
        self._asked = None
        while not self._ended:
            try:
                self._initialize()
                self._restarts = 0
                return
            except RuntimeError as error:
                self._child = None
                self._restarts += 1
                self.raised(error)
                time.sleep(min(0.1 * 2**self._restarts, _LONGEST_PAUSE))

    def _cleanup(self) -> None:
        """The child's own last call comes at the end of its input."""
        child, self._child = self._child, None
        if child is not None:
            with suppress(OSError):
                child.close_input()
            if self._reader is not None:
                self._reader.join(self._timeout)
            child.wait(self._timeout)
