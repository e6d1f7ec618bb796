"""A component in a process of its own: `python -m spindrift.local.component_process MODULE CLASS`.

pystorm's own `run` loop and msgpack serializer talk to the parent over standard input and output, as they would to
Storm. This module only guards the pipe: whatever else is written to standard output goes to the log or standard error.
"""

import importlib
import logging
import os
import sys
from typing import Any, BinaryIO

from pystorm.component import LogStream
from pystorm.exceptions import StormWentAwayError
from pystorm.serializers.msgpack_serializer import MsgpackSerializer

from spindrift.local.errors import EmitError
from spindrift.local.wire import pack


def main() -> None:
    """Take standard output for the protocol, import the class, and run it until the parent is gone."""
    protocol = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = LogStream(logging.getLogger("pystorm.stdout"))
    module, name = sys.argv[1:3]
    component = guarded(getattr(importlib.import_module(module), name), protocol)(serializer="msgpack")
    component.exit_on_exception = False
    # At every orderly end it says that "Storm went away".
    logging.getLogger("pystorm.component").addFilter(lambda record: record.levelno >= logging.WARNING)
    try:
        component.run()
    except Exception as error:
        # Outside of pystorm's loop: the handshake or initialize.
        component.raise_exception(error)
        sys.exit(1)


def guarded(cls: type[Any], protocol: BinaryIO) -> type[Any]:
    """The component's class, with an emit that msgpack cannot carry made an error, and a last call before the exit.

    pystorm logs what it cannot serialize and goes on, so that the tuple would be acked and its result lost.
    """

    class Serializer(MsgpackSerializer):  # type: ignore[misc]
        def serialize_dict(self, message: dict[str, Any]) -> bytes:
            return pack(message)

        def send_message(self, message: dict[str, Any]) -> None:
            data = self.serialize_dict(message)
            with self._writer_lock:
                self.output_stream.write(data)
                self.output_stream.flush()

    class Guarded(cls):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.serializer.__class__ = Serializer
            self.serializer.output_stream = protocol

        def _setup_component(self, storm_conf: Any, context: Any) -> None:
            # It would announce that what it logs goes to Storm.
            self.log = lambda message, level=None: None
            super()._setup_component(storm_conf, context)
            del self.log

        def send_message(self, message: Any) -> None:
            try:
                super().send_message(message)
            except (TypeError, ValueError, OverflowError) as error:
                stream = message.get("stream") or "default"
                raise EmitError(f"{self.component_name} cannot emit on stream {stream!r}: {error}") from None
            except OSError:
                raise StormWentAwayError from None

        def _exit(self, status_code: int) -> None:
            last = getattr(self, "cleanup", None) or getattr(self, "close", None)
            if callable(last):
                try:
                    last()
                except Exception:
                    logging.getLogger(__name__).exception("in the last call of %s", self.component_name)
            super()._exit(status_code)

    Guarded.__name__, Guarded.__qualname__, Guarded.__module__ = cls.__name__, cls.__qualname__, cls.__module__
    return Guarded


if __name__ == "__main__":
    main()
