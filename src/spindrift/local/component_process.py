"""A component in a process of its own: `python -m spindrift.local.component_process MODULE CLASS`.

pystorm's own `run` loop and msgpack serializer talk to the parent over standard input and output, as they would to
Storm. This module only guards the pipe: whatever else is written to standard output goes to the log or standard error.
"""

import importlib
import logging
import os
import sys
from contextlib import suppress
from typing import Any

import pystorm.bolt
from pystorm.component import LogStream
from pystorm.exceptions import StormWentAwayError
from pystorm.serializers.msgpack_serializer import MsgpackSerializer

from spindrift.local.collector import calm_collector
from spindrift.local.errors import EmitError
from spindrift.local.pipe import Pipe
from spindrift.local.wire import BUFFER, widen


def main() -> None:
    """Take standard output for the protocol, import the class, and run it until the parent is gone."""
    pipe = Pipe(os.fdopen(widen(os.dup(1)), "wb", BUFFER))
    os.dup2(2, 1)
    sys.stdout = LogStream(logging.getLogger("pystorm.stdout"))
    module, name = sys.argv[1:3]
    component = guarded(getattr(importlib.import_module(module), name), pipe)(serializer="msgpack")
    component.exit_on_exception = False
    # A parent that is gone hears no logs either, and standard error is its terminal.
    logging.raiseExceptions = False
    # At every orderly end it says that "Storm went away".
    logging.getLogger("pystorm.component").addFilter(lambda record: record.levelno >= logging.WARNING)
    try:
        with calm_collector():
            component.run()
    except Exception as error:
        # Outside of pystorm's loop: the handshake or initialize.
        component.raise_exception(error)
        sys.exit(1)


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


def guarded(cls: type[Any], pipe: Pipe) -> type[Any]:
    """The component's class, with an emit that msgpack cannot carry made an error, and a last call before the exit.

    pystorm logs what it cannot serialize and goes on, so that the tuple would be acked and its result lost. It also
    flushes after each message: here, emits and acks wait until the loop reads on.
    """

    class Serializer(MsgpackSerializer):  # type: ignore[misc]
        def read_message(self) -> Any:
            try:
                pipe.flush()
            except OSError:
                raise StormWentAwayError from None
            return super().read_message()

        def send_message(self, message: dict[str, Any]) -> None:
            pipe.send(message)

    bases = (cls, _Bundling) if issubclass(cls, pystorm.bolt.Bolt) else (cls,)

    class Guarded(*bases):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.serializer.__class__ = Serializer
            self._spindrift_pipe = pipe

        def _setup_component(self, storm_conf: Any, context: Any) -> None:
            # It would announce that what it logs goes to Storm.
            self.log = lambda message, level=None: None
            super()._setup_component(storm_conf, context)
            del self.log

        def send_message(self, message: Any) -> None:
            try:
                super().send_message(message)
            except Exception as error:
                raise _complaint(error, self.component_name, message.get("stream")) from None

        def _exit(self, status_code: int) -> None:
            last = getattr(self, "cleanup", None) or getattr(self, "close", None)
            if callable(last):
                try:
                    last()
                except StormWentAwayError:
                    pass  # nobody is there to hear its last words
                except Exception:
                    logging.getLogger(__name__).exception("in the last call of %s", self.component_name)
            with suppress(OSError):
                pipe.flush()
            super()._exit(status_code)

    Guarded.__name__, Guarded.__qualname__, Guarded.__module__ = cls.__name__, cls.__qualname__, cls.__module__
    return Guarded


if __name__ == "__main__":
    main()
