"""How a component talks to the runner in place of Storm's pipes.

A component's class is extended, never changed: `embedded(Word)` inherits from Word and from a transport below. Method
resolution puts the transport right before pystorm's own base class, so that whatever Word, or a class between them,
overrides still runs first, and its `super()` calls end here.
"""

import io
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from threading import Event, Thread, get_ident
from typing import Any, Protocol

import pystorm.bolt
import pystorm.component
import pystorm.spout
from pystorm.component import Tuple

from spindrift.local.outbox import Outbox
from spindrift.local.tracking import SpoutMailbox


class Runtime(SpoutMailbox, Protocol):
    """What the transports ask of the executor that runs their component."""

    def take(self) -> Any: ...
    def emit(self, values: Any, stream: str | None, anchors: Sequence[Any], direct_task: int | None) -> list[int]: ...
    def emit_root(self, values: Any, stream: str | None, message_id: Any, direct_task: int | None) -> list[int]: ...
    def settle(self, tuple_id: Any, acked: bool) -> None: ...
    def message(self, message: Mapping[str, Any]) -> None: ...
    def raised(self, error: BaseException) -> None: ...


class _Local(pystorm.component.Component):  # type: ignore[misc]  # pystorm has no type hints
    """What spouts and bolts share: no pipes, no logging handlers, no signals, no exit."""

    _spindrift: Runtime
    _spindrift_out: Outbox

    def __init__(self, *_streams: Any, **kwargs: Any) -> None:
        # pystorm would wrap stdin and stdout, and close them when the component goes.
        kwargs |= {"input_stream": io.BytesIO(), "output_stream": io.BytesIO()}
        kwargs |= {"serializer": "json", "rdb_signal": None}
        super().__init__(**kwargs)
        # What pystorm does before it exits (fail all that is held) is not wanted of a component that goes on.
        self.exit_on_exception = False

    def _setup_component(self, storm_conf: Any, context: Any) -> None:
        self.topology_name = storm_conf.get("topology.name", "")
        self.task_id = context["taskid"]
        self.component_name = context["componentid"]
        self.debug = storm_conf.get("topology.debug", False)
        self.storm_conf = storm_conf
        self.context = context
        self.logger = logging.getLogger(f"{pystorm.component.__name__}.{self.component_name}")

    def send_message(self, message: Any) -> None:
        command = message.get("command")
        if command in ("ack", "fail"):
            self._spindrift.settle(message["id"], acked=command == "ack")
        elif command != "sync":
            self._spindrift.message(message)

    def _exit(self, status_code: int) -> None:
        """A component never ends the process that it shares with others."""


class LocalBolt(_Local, pystorm.bolt.Bolt):  # type: ignore[misc]
    """Transport of bolts."""

    def read_tuple(self) -> Any:
        return self._spindrift.take()

    def read_command(self) -> dict[str, Any]:
        tup = self._spindrift.take()
        return {"id": tup.id, "comp": tup.component, "stream": tup.stream, "task": tup.task, "tuple": tup.values}

    def emit(
        self,
        tup: Any,
        stream: str | None = None,
        anchors: Any = None,
        direct_task: int | None = None,
        need_task_ids: bool = False,
    ) -> list[int] | None:
        if anchors is None:
            anchors = self._current_tups if self.auto_anchor else ()
        tasks = self._spindrift.emit(tup, stream, anchors, direct_task)
        return tasks if need_task_ids else None

    def ack(self, tup: Any) -> None:
        tuple_id = tup.id if isinstance(tup, Tuple) else tup
        if get_ident() == self._spindrift_out.owner:
            self._spindrift_out.ack(tuple_id)
        else:
            self._spindrift.settle(tuple_id, acked=True)

    def fail(self, tup: Any) -> None:
        tuple_id = tup.id if isinstance(tup, Tuple) else tup
        if get_ident() == self._spindrift_out.owner:
            self._spindrift_out.fail(tuple_id)
        else:
            self._spindrift.settle(tuple_id, acked=False)


class LocalTicklessBatchingBolt(pystorm.bolt.TicklessBatchingBolt):  # type: ignore[misc]
    """The timer thread of pystorm's TicklessBatchingBolt without the signal that carries its exceptions.

    pystorm starts it in the constructor and interrupts the main thread by SIGUSR1; here the executor starts and ends
    it, and an exception is handled where it is raised, under the lock, so that it fails its own batch and no other.
    """

    _spindrift: Runtime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super(pystorm.bolt.TicklessBatchingBolt, self).__init__(*args, **kwargs)
        self.exc_info = None
        self._batch_lock = pystorm.bolt.threading.RLock()
        self._spindrift_ends = Event()
        self._batcher: Thread | None = None

    def _spindrift_start(self) -> None:
        self._batcher = Thread(
            target=self._batch_entry, name=f"{self.component_name}-{self.task_id}-batcher", daemon=True
        )
        self._batcher.start()

    def _spindrift_stop(self) -> None:
        self._spindrift_ends.set()

    def _batch_entry(self) -> None:
        while not self._spindrift_ends.is_set():
            self._batch_entry_run()

    def _batch_entry_run(self) -> None:
        self._spindrift_ends.wait(self.secs_between_batches)
        self._spindrift_process()

    def _spindrift_process(self) -> None:
        """Process what is held now, whoever's turn it is."""
        with self._batch_lock:
            try:
                self.process_batches()
            except BaseException as error:
                self._spindrift.raised(error)


class LocalSpout(_Local, pystorm.spout.Spout):  # type: ignore[misc]
    """Transport of spouts."""

    def read_command(self) -> Any:
        return self._spindrift.take()

    def emit(
        self,
        tup: Any,
        tup_id: Any = None,
        stream: str | None = None,
        direct_task: int | None = None,
        need_task_ids: bool = False,
    ) -> list[int] | None:
        tasks = self._spindrift.emit_root(tup, stream, tup_id, direct_task)
        return tasks if need_task_ids else None


@cache
def embedded(cls: type[Any]) -> type[Any]:
    """The class of a component as the runner instantiates it."""
    if issubclass(cls, pystorm.spout.Spout):
        bases: tuple[type[Any], ...] = (cls, LocalSpout)
    elif issubclass(cls, pystorm.bolt.TicklessBatchingBolt):
        bases = (cls, LocalTicklessBatchingBolt, LocalBolt)
    else:
        bases = (cls, LocalBolt)
    return type(cls.__name__, bases, {"__module__": cls.__module__, "__qualname__": cls.__qualname__})


def is_plain_bolt(cls: type[Any]) -> bool:
    """Whether a bolt's loop and acks are pystorm's own, so that the executor may run its tuples without them."""
    plain = ("_run", "ack", "read_tuple", "read_command", "is_tick", "is_heartbeat", "send_message")
    return all(getattr(cls, name) is getattr(pystorm.bolt.Bolt, name) for name in plain)


def forget_failed_batches(component: Any) -> None:
    """After an exception: pystorm keeps the key of a failed batch with no tuples, and would fail at it for ever."""
    if isinstance(component, pystorm.bolt.BatchingBolt):
        held = component._batches
        for key in [key for key, batch in held.items() if not batch]:
            del held[key]
