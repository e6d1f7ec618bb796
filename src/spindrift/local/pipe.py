"""What a component process says to the parent, gathered so that a tuple of which a hundred are made is one write."""

from collections.abc import Mapping
from threading import RLock, get_ident
from typing import Any, BinaryIO

from pystorm.component import Tuple

from spindrift.local.wire import BUFFER, bundle, by_reference, pack

_WAITING = ("emit", "ack")


class Pipe:
    """Writes multilang messages, and bundles of emits. What the thread that made it emits and acks waits for `flush`.

    A bundle is what several `emit` messages would say: stream, anchor, and the values of each tuple. Storm has no such
    thing; both ends are ours. For any thread.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._loop = get_ident()
        self._lock = RLock()
        self._name: str | None = None
        self._anchor: Any = None
        self._tuples: list[bytes] = []
        self._size = 0

    def send(self, message: Mapping[str, Any]) -> None:
        """One message, after all that was said before it. Raises ValueError, TypeError or OverflowError as `pack`."""
        data = pack(message)
        with self._lock:
            self._close_bundle()
            self._stream.write(data)
            if get_ident() != self._loop or message.get("command") not in _WAITING:
                self._stream.flush()

    def emit(self, values: Any, stream: str | None, anchor: Tuple) -> bool:
        """A tuple of the loop's thread, in the bundle that it fits into; False: it has to be sent as a message.

        It is packed now, so that whoever emits it may change it afterwards. Raises as `send` does.
        """
        if get_ident() != self._loop or not isinstance(values, list | tuple):
            return False
        data = pack(by_reference(values, anchor.values))
        with self._lock:
            if anchor.id != self._anchor or stream != self._name or self._size > BUFFER:
                self._close_bundle()
                self._anchor, self._name = anchor.id, stream
            self._tuples.append(data)
            self._size += len(data)
        return True

    def flush(self) -> None:
        """Have everything on its way."""
        with self._lock:
            self._close_bundle()
            self._stream.flush()

    def _close_bundle(self) -> None:
        if self._tuples:
            self._stream.write(bundle(self._name, self._anchor, self._tuples))
            self._tuples.clear()
            self._size = 0
