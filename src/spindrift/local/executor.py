"""What runs one task: a thread, a queue, the component, and what it sends."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread, get_ident
from typing import Any

from spindrift.clock import Clock
from spindrift.conf import Settings
from spindrift.errors import SpindriftError, is_interrupt
from spindrift.local.context import task_context
from spindrift.local.errors import ComponentStartError, EmitError
from spindrift.local.inbox import WAKE, Inbox
from spindrift.local.outbox import Outbox
from spindrift.local.plan import ComponentPlan, TopologyPlan
from spindrift.local.stats import ErrorReport, Recorder
from spindrift.local.tracking import Acker, Root, Roots
from spindrift.local.transport import embedded

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.001
"""How long results may wait for company, and how long a chunk of tuples is meant to take."""
LARGEST_CHUNK = 128
"""Tuples of a chunk: results of the first may wait for the last, which may suddenly take long."""
LONGEST_REPORT = 4000
"""Characters kept of either end of a long error report."""


@dataclass(slots=True)
class Site:
    """What all tasks of a running topology share."""

    plan: TopologyPlan
    conf: Mapping[str, Any]
    clock: Clock
    inboxes: dict[int, Inbox]
    acker: Acker = field(default_factory=Acker)
    recorder: Recorder = field(default_factory=Recorder)


class Executor:
    """Base of the executors: construction, start, emits and acks of any thread, errors, statistics."""

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        self.site = site
        self.plan = plan
        self.task = task
        self.conf = {**site.conf, **plan.conf}
        self.settings = Settings(self.conf)
        self.tracking = self.settings.integer("topology.acker.executors") > 0
        self.inbox = site.inboxes[task]
        self.out = self._outbox()
        self.busy = False
        self.latency = 0.0
        self.acked = 0
        self.failed = 0
        self.component: Any = None
        self._foreign = self._outbox()
        self._foreign_lock = Lock()
        self._ended = False
        self._started = Event()
        self._start_error: BaseException | None = None
        self._thread = Thread(target=self._main, name=f"{plan.name}-{task}", daemon=True)

    def construct(self) -> None:
        """Instantiate the component; in the main thread, because constructors may install signal handlers."""
        try:
            self.component = embedded(self.plan.cls)(serializer="json")  # type: ignore[arg-type]
        except BaseException as error:
            if is_interrupt(error):
                raise
            raise self._cannot("construct", error) from error
        self.component._spindrift = self
        self.component._spindrift_out = self.out

    def discard(self) -> None:
        """Let go of a component that was constructed and is not to be started."""

    def restart(self) -> None:
        """Put a new component in the place of this one, as after the death of its process: no last call is made.

        In the executor's own thread.
        """
        self.construct()
        self._initialize()

    def start(self) -> None:
        """Initialize the component in a thread of its own. Raises ComponentStartError when that raises.

        But for errors that are made for users (a wrong configuration, a store in use): those as they are.
        """
        self._thread.start()
        self._started.wait()
        if isinstance(self._start_error, SpindriftError):
            raise self._start_error
        if self._start_error is not None:
            raise self._cannot("initialize", self._start_error) from self._start_error

    def end(self, timeout: float | None = None) -> bool:
        """End the thread once it has seen to all messages before this; whether it ended in `timeout` seconds."""
        self.inbox.control(self._end)
        return self.join(timeout)

    def abort(self) -> None:
        """End the thread after the tuple that it works on, whatever is still queued."""
        self._ended = True
        self.inbox.control(WAKE)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread; whether it ended."""
        if self._thread.is_alive() and self._thread.ident != get_ident():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def emit(self, values: Any, stream: str | None, anchors: Sequence[Any], direct_task: int | None) -> list[int]:
        """A bolt emits, from any thread; returns the ids of the tasks that get the tuple."""
        roots = self._roots_of(anchors, stream)
        if get_ident() == self.out.owner:
            return self._send(self.out, values, stream, roots, direct_task)
        with self._foreign_lock:
            tasks = self._send(self._foreign, values, stream, roots, direct_task)
            self._foreign.flush()
        return tasks

    def emit_root(self, values: Any, stream: str | None, message_id: Any, direct_task: int | None) -> list[int]:
        """A spout emits; only its own executor knows how."""
        raise NotImplementedError

    def finished(self, roots: list[Root], acked: bool) -> None:
        """Trees of this spout task are done."""
        raise NotImplementedError

    def settle(self, tuple_id: Any, acked: bool) -> None:
        """A bolt acks or fails a tuple, from any thread."""
        if get_ident() == self.out.owner:
            self.out.settle(tuple_id, acked)
            return
        with self._foreign_lock:
            self._foreign.settle(tuple_id, acked)
            self._foreign.flush()

    def message(self, message: Mapping[str, Any]) -> None:
        """What else a component may say over the multilang protocol."""
        match message.get("command"):
            case "error":
                self.report(str(message.get("msg")))
            case "metrics":
                self.site.recorder.metric(self.plan.name, self.task, str(message["name"]), message.get("params"))
            case "log":
                level = _LEVELS.get(message.get("level", 2), logging.INFO)
                logger = logging.getLogger(message["logger"]) if "logger" in message else self.logger
                logger.log(level, "%s", message.get("msg"))
            case "print":
                print(message.get("msg"))  # noqa: T201  # as the component would have here
            case "emit":
                tup, stream, direct = message["tuple"], message.get("stream"), message.get("task")
                if self.plan.is_spout:
                    self.emit_root(tup, stream, message.get("id"), direct)
                else:
                    self.emit(tup, stream, message.get("anchors") or (), direct)
            case unknown:
                self.report(f"{self.plan.name} sent the unknown command {unknown!r}")

    def raised(self, error: BaseException) -> None:
        """Handle what a component raised as pystorm's `run` does, but for the exit: also SystemExit ends no thread.

        Call it where it is caught.
        """
        self.logger.error("Exception in %s, task %d", self.plan.name, self.task, exc_info=error)
        try:
            self.component._handle_run_exception(error)
        except BaseException:
            self.logger.exception("Exception in %s while it handled the previous exception", self.plan.name)

    def report(self, message: str) -> None:
        """Record an error for the statistics; a tuple's page need not be in it, the traceback must."""
        if len(message) > 2 * LONGEST_REPORT:
            message = f"{message[:LONGEST_REPORT]} [...] {message[-LONGEST_REPORT:]}"
        self.site.recorder.error(ErrorReport(self.plan.name, self.task, self.site.clock.time(), message))

    @property
    def logger(self) -> logging.Logger:
        """The component's own logger."""
        return logging.getLogger(f"pystorm.component.{self.plan.name}")

    def settled(self) -> bool:
        """Whether it waits and nothing is queued for it."""
        return not self.busy and not self.inbox.size and self.inbox.empty()

    def counts(self) -> tuple[dict[str, int], int, int, int]:
        """Emitted by stream, transferred, acked, failed."""
        boxes = (self.out, self._foreign)
        emitted = {name: sum(box.streams[name].emitted for box in boxes) for name in self.out.streams}
        return (
            emitted,
            sum(box.transferred for box in boxes),
            self.acked + sum(box.acks for box in boxes),
            self.failed + sum(box.fails for box in boxes),
        )

    def take(self) -> Any:
        """What pystorm's `_run` reads next."""
        raise NotImplementedError

    def _loop(self) -> None:
        raise NotImplementedError

    def _cleanup(self) -> None:
        """Call the component's `cleanup` (bolt) or `close` (spout), Storm's last words, where it has one."""
        last = getattr(self.component, "close" if self.plan.is_spout else "cleanup", None)
        if callable(last):
            try:
                last()
            except BaseException as error:
                self.logger.exception("Exception in the last call of %s, task %d", self.plan.name, self.task)
                self.report(f"{type(error).__name__} raised in the last call: {error}")

    def _main(self) -> None:
        self.out.claim()
        try:
            self._initialize()
        except BaseException as error:
            self._start_error = error
            self._started.set()
            return
        self.out.flush()
        self._started.set()
        try:
            self._loop()
        finally:
            self._cleanup()
            self.out.flush()
            self.busy = False

    def _initialize(self) -> None:
        context = task_context(self.site.plan, self.plan, self.task)
        self.component._setup_component(self.conf, context)
        self.component.initialize(self.conf, context)

    def _end(self) -> None:
        self._ended = True

    def _send(self, out: Outbox, values: Any, stream: str | None, roots: Roots, direct_task: int | None) -> list[int]:
        target, packed = out.pack(values, stream)
        places = out.choose(target, packed, direct_task)
        if roots:
            out.anchored.extend(roots * len(places))
        return out.send(target, packed, places, roots)

    def _roots_of(self, anchors: Sequence[Any], stream: str | None) -> Roots:
        roots: Roots = ()
        for anchor in anchors:
            found = getattr(anchor, "id", anchor).roots
            if found is None:
                raise self._too_late(stream)
            if not roots:
                roots = found
            elif found != roots:
                roots += tuple(root for root in found if root not in roots)
        return roots

    def _too_late(self, stream: str | None) -> EmitError:
        return EmitError(
            f"{self.plan.name} emitted on stream {stream or 'default'!r} anchored to a tuple that it had already "
            "acked or failed"
        )

    def _outbox(self) -> Outbox:
        site = self.site
        debug = self.settings.flag("topology.debug")
        return Outbox(site.plan, self.plan, self.task, site.inboxes, site.acker, debug)

    def _cannot(self, what: str, error: BaseException) -> ComponentStartError:
        # Our own errors need no type to be understood.
        said = str(error) if isinstance(error, SpindriftError) else f"{type(error).__name__}: {error}"
        return ComponentStartError(
            f"topology {self.site.plan.name} did not start: cannot {what} component {self.plan.name} "
            f"({self.plan.cls.__module__}.{self.plan.cls.__qualname__}, task {self.task}): {said}"
        )


_LEVELS = {0: logging.DEBUG, 1: logging.DEBUG, 2: logging.INFO, 3: logging.WARNING, 4: logging.ERROR}
"""Storm's log levels in Python's."""
