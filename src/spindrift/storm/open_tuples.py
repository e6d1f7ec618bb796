"""The tuples that a bolt has got from Storm, and neither acked nor failed."""

from collections.abc import Iterable
from typing import Any, Final

_HEARTBEAT: Final = "__heartbeat"


class OpenTuples:
    """Storm ends the worker for an emit anchored to another one, and for a second ack or fail. Not thread-safe."""

    def __init__(self) -> None:
        self._ids: set[Any] = set()

    def came(self, message: Any) -> None:
        """What Storm said; only tuples matter."""
        if isinstance(message, dict) and "tuple" in message and message.get("stream") != _HEARTBEAT:
            self._ids.add(message["id"])

    def close(self, name: Any) -> bool:
        """It is acked, or failed; False if that was said before."""
        if name not in self._ids:
            return False
        self._ids.remove(name)
        return True

    def are_open(self, names: Iterable[Any]) -> bool:
        """Whether all of them are."""
        return self._ids.issuperset(names)
