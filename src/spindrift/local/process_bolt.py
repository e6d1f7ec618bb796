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
from spindrift.local.child import HEARTBEAT, ChildProcess
from spindrift.local.errors import EmitError
from spindrift.local.executor import Site
from spindrift.local.fastpath import relayed_bundle
from spindrift.local.inbox import WAKE
from spindrift.local.plan import ComponentPlan
from spindrift.local.process_task import KilledAtStartError, ProcessTask, refusal
from spindrift.local.tracking import Roots, TickId
from spindrift.local.transport import is_plain_bolt
from spindrift.local.wire import BUFFER, pack, resolved

LARGEST_IN_FLIGHT = 1000
"""Tuples that a child has been sent and not acked or failed."""
_TICK = "tick"
"""What the ids of tick tuples begin with; those of others are numbers."""


class ProcessBoltExecutor(ProcessTask, BoltExecutor):
    """The executor's thread writes tuples to the child; a reader thread takes its emits and acks.

    A child that dies, or gives no sign of life for topology.subprocess.timeout.secs when it owes one, is replaced. Of
    a bolt that acks each tuple when it has processed it, the tuple that was being processed fails, and the others go
    to the new child: a page that kills its parser again and again must not take others along. Of any other bolt all
    the tuples that the child held fail.

    The tuple that a child hung in would most likely hang the next one as long. So a bolt whose class has a method
    `hung(tup, seconds)`, which gives streams with values to emit, has these emitted in place of what it did not come
    to, and the tuple acked.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self._said = self._outbox()
        # In the order in which they were sent.
        self._held: dict[str, Tuple] = {}
        # The first of these when the child was killed for its silence.
        self._hung: str | None = None
        self._stops = False
        self._emit_bundle = relayed_bundle(self._said, self._held)
        self._ids = count(1)
        self._reader: Thread | None = None
        self._batching = issubclass(plan.cls, pystorm.bolt.BatchingBolt)
        self._one_by_one = is_plain_bolt(plan.cls) and plan.cls.auto_ack

    def construct(self) -> None:
        """The child loads its modules while others are initialized."""
        try:
            with suppress(KilledAtStartError):  # it is started again
                self._child = self._spawn()
        except OSError as error:
            raise self._cannot("start a process for", error) from error

    def heartbeat(self) -> None:
        """Ask for a sign of life; kill a child that owes one for too long. Called from the timer."""
        child = self._child
        if child is None:
            return
        if child.silence() > self._timeout:
            silent = f"no answer in {self._timeout:g} s (topology.subprocess.timeout.secs); it is killed"
            self.logger.error("%s, task %d: process %d: %s", self.plan.name, self.task, child.pid, silent)
            self.report(f"{self.plan.name}, process {child.pid}: {silent}")
            self._hung = next(iter(list(self._held)), None)
            child.kill()
        else:
            self.inbox.control(self._ask)

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
        packed: list[bytes] = []
        size = 0
        for tup in chunk:
            name = str(next(self._ids))
            try:
                packed.append(_packed(name, tup))
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
            size += len(packed[-1])
            if size >= BUFFER:
                self._write(b"".join(packed))
                packed.clear()
                size = 0
        self._write(b"".join(packed))

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

    def _ask(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.heartbeat()

    def _tick(self) -> None:
        self._tick_waits = False
        seconds = int(self.tick_seconds or 0) or 1
        name = f"{_TICK}{next(self._ids)}"
        tick = Tuple(TickId(()), "__system", "__tick", -1, (seconds,))
        if self._one_by_one:
            # So that no tuple is blamed for what a tick does.
            self._held[name] = tick
        self._write(_packed(name, tick))

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
        known = [self._held.get(anchor) for anchor in anchors if not anchor.startswith(_TICK)]
        if None in known:
            raise self._too_late(stream)
        return self._roots_of(known, stream)

    def _replace(self, child: ChildProcess) -> None:
        """The child is gone: fail the tuples that it may have died of, and have another take the rest."""
        if child is not self._child:
            return
        gone: ChildProcess | None = child
        while gone is not None:
            ended = self._gone(gone)
            if self._one_by_one:
                lost = self._lose_first()
            else:
                lost = f"its {len(self._held)} tuples fail, and it is replaced"
                for tup in self._held.values():
                    self.out.fail(tup.id)
                self._held.clear()
            self._flush()
            self._tell_end(gone, ended, lost)
            gone = self._revive()
            if gone is None or self._resent(gone):
                return

    def _gone(self, child: ChildProcess) -> str:
        child.kill()
        if self._reader is not None:
            # What it acked before its end counts.
            self._reader.join()
        return super()._gone(child)

    def _lose_first(self) -> str:
        """See to the tuple that a child ended in, which is the first that it has not acked; returns what became of it.

        A tick is nothing to send again.
        """
        first = next(iter(self._held), None)
        lost = self._held.pop(first) if first is not None else None
        for name in [name for name in self._held if name.startswith(_TICK)]:
            del self._held[name]
        rest = f"{len(self._held)} more go to its successor"
        if first is None or lost is None:
            return f"it worked on nothing; {rest}"
        if first.startswith(_TICK):
            return f"it worked on a tick; {rest}"
        at = str(lost.values[0])[:200] if lost.values else "a tuple"
        if first == self._hung and self._given_up(lost):
            return f"it hung in {at}, which is given up; {rest}"
        self.out.fail(lost.id)
        return f"it worked on {at}, which fails; {rest}"

    def _given_up(self, tup: Tuple) -> bool:
        """Whether the bolt's class had something to say in place of what came to no end."""
        hung = getattr(self.plan.cls, "hung", None)
        if not callable(hung):
            return False
        try:
            for stream, values in hung(tup, self._timeout):
                self._send(self.out, values, stream, self._roots_of((tup,), stream), None)
        except Exception as error:
            self.raised(error)
            return False
        self.out.ack(tup.id)
        return True

    def _tell_end(self, child: ChildProcess, ended: str, lost: str) -> None:
        self.logger.error("%s, task %d: process %d ended (%s); %s", self.plan.name, self.task, child.pid, ended, lost)
        self.report(f"{self.plan.name}, process {child.pid}: {ended}; {lost}")

    def _resent(self, child: ChildProcess) -> bool:
        """Whether a new child has taken what the last one had not come to."""
        try:
            for name, tup in list(self._held.items()):
                child.write(_packed(name, tup))
        except OSError:
            return False
        return True

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


def _packed(name: str, tup: Tuple) -> bytes:
    values = tuple(tup.values)
    return pack({"id": name, "comp": tup.component, "stream": tup.stream, "task": tup.task, "tuple": values})
