"""A component in a process of its own: `python -m spindrift.local.component_process MODULE CLASS STOP`.

pystorm's own `run` loop talks to the parent over standard input and output, as it would to Storm. This module only
guards the pipes: whatever else is written to standard output goes to the parent's, or to standard error where it is not
Python that writes, and whoever else reads standard input finds it empty. Besides, a byte that comes at the file
descriptor STOP tells a bolt that its topology stops.
"""

import importlib
import logging
import os
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import Any

import pystorm.bolt
import pystorm.component
from pystorm.exceptions import StormWentAwayError
from pystorm.serializers.msgpack_serializer import MsgpackSerializer

from spindrift.errors import SpindriftError
from spindrift.local.collector import calm_collector
from spindrift.local.errors import EmitError
from spindrift.local.last_call import make_last_call
from spindrift.local.pipe import Pipe
from spindrift.local.protocol_streams import PRINTED, take_streams
from spindrift.local.wire import CHUNK, unpacker
from spindrift.orphans import die_with_parent


def main() -> None:
    """Take the standard streams for the protocol, import the class, and run it until the parent is gone."""
    die_with_parent()
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the parent, which lets tuples drain first
    source, stream = take_streams()
    pipe = Pipe(stream)
    pystorm.component.StormHandler = _ParentHandler
    module, name = sys.argv[1:3]
    stop = int(sys.argv[3])
    os.set_inheritable(stop, False)
    component = guarded(getattr(importlib.import_module(module), name), pipe, source, stop)(serializer="msgpack")
    component.exit_on_exception = False
    # A parent that is gone hears no logs either, and standard error is its terminal.
    logging.raiseExceptions = False
    # At every orderly end it says that "Storm went away".
    logging.getLogger("pystorm.component").addFilter(lambda record: record.levelno >= logging.WARNING)
    try:
        with calm_collector():
            component.run()
    except StormWentAwayError:
        sys.exit(2)  # before it had begun
    except Exception as error:
        # Outside of pystorm's loop: the handshake or initialize.
        with suppress(StormWentAwayError):
            _refuse(component, error)
        sys.exit(1)


def _refuse(component: Any, error: Exception) -> None:
    """Say why it does not start; an error that is made for users goes without a traceback."""
    if isinstance(error, SpindriftError):
        component.send_message({"command": "error", "msg": str(error), "class": type(error).__name__})
        component.send_message({"command": "sync"})
    else:
        component.raise_exception(error)


class _ParentHandler(logging.Handler):
    """In place of pystorm's: sends the logger's name along, but for the component's own, so that one sees who warns."""

    def __init__(self, serializer: Any) -> None:
        super().__init__()
        self._serializer = serializer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level = pystorm.component._STORM_LOG_LEVELS.get(record.levelname.lower(), pystorm.component._STORM_LOG_INFO)
            message = {"command": "log", "msg": self.format(record), "level": level}
            if record.name == PRINTED:
                message = {"command": "print", "msg": message["msg"]}
            elif not record.name.startswith("pystorm"):
                message["logger"] = record.name
            self._serializer.send_message(message)
        except Exception:
            self.handleError(record)


class _Bundling(pystorm.bolt.Bolt):  # type: ignore[misc]  # pystorm has no type hints
    """The usual emit of a bolt, without a message of its own. It comes right before pystorm's own class."""

    _spindrift_pipe: Pipe

    def emit(
        self,
        tup: Any,
        stream: str | None = None,
        anchors: Any = None,
        direct_task: int | None = None,
        need_task_ids: bool = False,
    ) -> list[int] | None:
        current = self._current_tups
        if anchors is None and direct_task is None and not need_task_ids and len(current) == 1 and self.auto_anchor:
            try:
                if self._spindrift_pipe.emit(tup, stream, current[0]):
                    return None
            except Exception as error:
                raise _complaint(error, self.component_name, stream) from None
        said: list[int] | None = super().emit(tup, stream, anchors, direct_task, need_task_ids)
        return said


def _complaint(error: Exception, component: str, stream: str | None) -> Exception:
    """What to raise for what a pipe raises: whose tuple cannot be carried, or that nobody reads any more."""
    if isinstance(error, OSError):
        gone: Exception = StormWentAwayError()
        return gone
    if isinstance(error, TypeError | ValueError | OverflowError):
        return EmitError(f"{component} cannot emit on stream {stream or 'default'!r}: {error}")
    return error


def _serializer(pipe: Pipe, source: int) -> type[Any]:
    """pystorm's flushes after each message; with this one, emits and acks wait until the loop reads on."""
    reading = unpacker()

    class Serializer(MsgpackSerializer):  # type: ignore[misc]
        def read_message(self) -> Any:
            try:
                pipe.flush()
            except OSError:
                raise StormWentAwayError from None
            # pystorm's own takes no more than 100 MB, and fails for ever after what it cannot take.
            with self._reader_lock:
                while True:
                    for message in reading:
                        return message
                    data = os.read(source, CHUNK)
                    if not data:
                        raise StormWentAwayError
                    reading.feed(data)

        def send_message(self, message: dict[str, Any]) -> None:
            pipe.send(message)

    return Serializer


def _await_stop(component: Any, stop: int) -> None:
    """In a thread of its own: the bolt may be busy for long, and tuples may have been sent before."""
    if os.read(stop, 1):
        try:
            component.stopping()
        except Exception as error:
            component.logger.exception("Exception in %s when it was told of the stop", component.component_name)
            with suppress(StormWentAwayError):
                component.raise_exception(error)


def guarded(cls: type[Any], pipe: Pipe, source: int, stop: int | None = None) -> type[Any]:
    """The component's class, which reads from the file descriptor `source` and writes to `pipe`.

    A bolt with a method `stopping` has it called once there is a byte to read from `stop`.
    An emit that msgpack cannot carry is made an error, and there is a last call before the exit. pystorm logs what it
    cannot serialize and goes on, so that the tuple would be acked and its result lost.
    """
    serializer = _serializer(pipe, source)
    bases = (cls, _Bundling) if issubclass(cls, pystorm.bolt.Bolt) else (cls,)

    class Guarded(*bases):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.serializer.__class__ = serializer
            self._spindrift_pipe = pipe

        def _setup_component(self, storm_conf: Any, context: Any) -> None:
            # It would announce that what it logs goes to Storm.
            self.log = lambda message, level=None: None
            super()._setup_component(storm_conf, context)
            del self.log
            if storm_conf.get("pystorm.log.path"):
                # What goes to a file is shown from warnings on, as it is of components in the parent.
                shown = _ParentHandler(self.serializer)
                shown.setLevel(logging.WARNING)
                logging.getLogger().addHandler(shown)

        def initialize(self, storm_conf: Any, context: Any) -> None:
            super().initialize(storm_conf, context)
            if stop is not None and callable(getattr(self, "stopping", None)):
                Thread(target=_await_stop, args=(self, stop), name="stop", daemon=True).start()

        def send_message(self, message: Any) -> None:
            try:
                super().send_message(message)
            except Exception as error:
                raise _complaint(error, self.component_name, message.get("stream")) from None

        def _exit(self, status_code: int) -> None:
            make_last_call(self)
            with suppress(OSError):
                pipe.flush()
            super()._exit(status_code)

    Guarded.__name__, Guarded.__qualname__, Guarded.__module__ = cls.__name__, cls.__qualname__, cls.__module__
    return Guarded


if __name__ == "__main__":
    main()
