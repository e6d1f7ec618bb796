"""The memory that bodies take, from their first byte until nobody holds them any more."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress

_log = logging.getLogger(__name__)

FREE_SIZE = 256 * 1024
"""Bytes that any body may take without waiting: what large bodies are up to must not delay ordinary pages."""
PATIENCE = 60.0
"""Seconds without any release after which what is held downstream is written off as kept for good."""


class BodyBudget:
    """Bounds the bytes of bodies that are being received, or were handed out and are still held by somebody.

    A body counts as handed out until its last reference is gone: whoever has it (a queue, the parser, an indexer, a
    user's bolt) need not know of the budget. With `limit` bytes in use, a body that is larger than FREE_SIZE waits
    before it grows; one at a time is let through, so that many half-received bodies cannot block each other. While
    half of the limit is held by others, whoever fetches is `behind` and should start nothing; `on_room` is called in
    the loop when that is over. So no more is ever in use than `limit`, the largest body, and FREE_SIZE (and a piece)
    for each request under way. `limit` None: no bound.

    To be used within one event loop; bodies may be dropped in any thread.
    """

    def __init__(
        self,
        limit: int | None,
        on_room: Callable[[], None] = lambda: None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._limit = limit
        self._on_room = on_room
        self._loop: asyncio.AbstractEventLoop | None = None
        self._patience = patience
        self._receiving = 0
        self._held = 0
        # Dropped bodies, by any thread and even by the garbage collector: it can take no lock.
        self._dropped: deque[int] = deque()
        self._watched = False
        self._behind = False
        self._line: deque[tuple[Reception, asyncio.Future[None]]] = deque()
        self._alone: Reception | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def in_use(self) -> int:
        """Bytes received or held."""
        self._settle()
        return self._receiving + self._held

    @property
    def behind(self) -> bool:
        """Whether so much is held by others that nothing more should be started; `on_room` will tell when not."""
        if self._limit is None:
            return False
        self._settle()
        if not self._is_behind():
            return False
        self._behind = True
        self._watch()
        return self._is_behind()

    def receive(self) -> "Reception":
        """A body that is about to be received."""
        return Reception(self)

    def hand_out(self, content: bytes) -> bytes:
        """`content`, which counts until nobody holds it any more."""
        if self._limit is None or not content:
            return content
        body = _Body(content)
        body.budget = self
        self._held += len(body)
        return body

    def _is_behind(self) -> bool:
        return self._limit is not None and 2 * self._held >= self._limit

    def _is_full(self) -> bool:
        return self._limit is not None and self._receiving + self._held >= self._limit

    def _settle(self) -> None:
        dropped = self._dropped
        while dropped:
            # What was written off may still be dropped.
            self._held = max(0, self._held - dropped.popleft())

    def _watch(self) -> None:
        """Have `_look` called at the next drop."""
        self._loop = asyncio.get_running_loop()
        self._watched = True
        if self._timer is None:
            self._timer = self._loop.call_later(self._patience, self._write_off)
        self._settle()  # a drop that came before the flag was set has called nobody

    def _drop(self, size: int) -> None:
        """In any thread."""
        self._dropped.append(size)
        if self._watched and self._loop is not None:
            self._watched = False
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._settle()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._behind and not self._is_behind():
            self._behind = False
            self._on_room()
        self._next_in_line()
        if self._behind or self._line:
            self._watch()

    def _write_off(self) -> None:
        """Whoever holds the bodies keeps them: to wait for ever would help nobody."""
        self._timer = None
        if self._is_behind():
            _log.warning(
                "%.0f MB of fetched pages have been held for %.0f s and are not counted any more; a bolt that keeps "
                "the content of pages takes memory without bound",
                self._held / 1e6,
                self._patience,
            )
            self._held = 0
        self._look()

    async def _wait_for_turn(self, reception: "Reception") -> None:
        turn = asyncio.get_running_loop().create_future()
        place = (reception, turn)
        self._line.append(place)
        try:
            self._watch()
            self._next_in_line()
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next_in_line()
            raise
        finally:
            if place in self._line:
                self._line.remove(place)

    def _next_in_line(self) -> None:
        """Let the first in line go on, if there is room, or if it may be the one that goes on without."""
        while self._line and self._line[0][1].done():
            self._line.popleft()  # has given up, and will come to know
        if not self._line or (self._is_full() and (self._alone is not None or self._is_behind())):
            return
        reception, turn = self._line.popleft()
        if self._is_full():
            self._alone = reception
        turn.set_result(None)


class Reception:
    """One body while it is received; a context manager."""

    __slots__ = ("_budget", "_size")

    def __init__(self, budget: BodyBudget) -> None:
        self._budget = budget
        self._size = 0

    def __enter__(self) -> "Reception":
        return self

    def __exit__(self, *_: object) -> None:
        budget = self._budget
        budget._receiving -= self._size
        if budget._alone is self:
            budget._alone = None
        if budget._line:
            budget._next_in_line()

    def must_wait(self) -> bool:
        """Whether there is no room for more of this body, so that `room` is to be awaited first."""
        budget = self._budget
        if self._size < FREE_SIZE or not budget._is_full():
            return False
        budget._settle()
        return budget._is_full() and budget._alone is not self

    async def room(self) -> None:
        """Wait until this body may grow."""
        await self._budget._wait_for_turn(self)

    def grow(self, size: int) -> None:
        """Count `size` bytes more."""
        self._size += size
        budget = self._budget
        budget._receiving += size
        if budget._line:
            budget._next_in_line()


class _Body(bytes):
    """The content of a page, which tells its budget when the last reference to it is gone. Plain bytes otherwise."""

    budget: BodyBudget | None = None

    def __del__(self) -> None:
        if self.budget is not None:
            self.budget._drop(len(self))

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        # Copies, and what goes to other processes, are nobody's here.
        return bytes, (bytes(self),)
