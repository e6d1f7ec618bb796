"""Requests for robots.txt, and for where they redirect to, take turns with all other requests of their hosts."""

import asyncio
from collections.abc import Callable

from spindrift.clock import Clock
from spindrift.fetching.item import FetchItem
from spindrift.politeness.queues import PolitenessQueues
from spindrift.protocol.response import FetchFailure
from spindrift.urls import host_of
from spindrift.urls.partition import Partitioner

NO_TURN = "too long a queue at the host that it redirects to"
_SLACK = 0.001  # timers of event loops fire up to a millisecond early


class RobotsTurns:
    """Turns in the queues of a fetch engine; for its event loop.

    The first request is the turn of the item on whose behalf it is made. Each redirect waits for a turn of the host
    that it leads to, also where that is the same: as long as `patience` (seconds) and the pause of that host.
    `hold` is called with a key first: it may have to be left alone. Whatever changes the queues has to call `grant`.
    """

    def __init__(
        self,
        queues: PolitenessQueues[FetchItem],
        clock: Clock,
        partitioner: Partitioner,
        patience: float,
        hold: Callable[[str], None],
        ended: Callable[[], None],
    ) -> None:
        """`ended` is called after each request."""
        self._queues = queues
        self._clock = clock
        self._partitioner = partitioner
        self._patience = patience
        self._hold = hold
        self._ended = ended
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def of(self, item: FetchItem) -> "ItemTurns":
        """The turns of what is asked for on behalf of `item`."""
        return ItemTurns(self, self._queues, self._partitioner, item)

    async def wait(self, key: str) -> None:
        """Wait for a turn of `key`. Raises FetchFailure where it takes too long."""
        self._hold(key)
        patience = self._queues.want_turn(key, self._patience)
        if patience is None:
            raise FetchFailure(NO_TURN, key)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, turn))
        self.grant()
        await asyncio.wait((turn,), timeout=patience)
        if not turn.done():
            self._waiting.remove((key, turn))
            self._queues.drop_turn(key)
            self._ended()
            raise FetchFailure(NO_TURN, key)

    def end(self, key: str, *, asked: bool) -> None:
        """A request has ended."""
        self._queues.end_request(key, asked=asked)
        self._ended()

    def grant(self) -> None:
        """Give the turns that may be given, and see to it that the next are given in time."""
        if not self._waiting:
            return
        soonest = float("inf")
        waiting, self._waiting = self._waiting, []
        for key, turn in waiting:
            opens = self._queues.take_turn(key)
            if opens is None:
                turn.set_result(None)
            else:
                self._waiting.append((key, turn))
                soonest = min(soonest, opens)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if soonest < float("inf"):
            delay = max(0.0, soonest - self._clock.monotonic()) + _SLACK
            self._timer = asyncio.get_running_loop().call_later(delay, self.grant)


class ItemTurns:
    """See RobotsTurns; the Turns of a RobotsRetrieval."""

    def __init__(
        self, turns: RobotsTurns, queues: PolitenessQueues[FetchItem], partitioner: Partitioner, item: FetchItem
    ) -> None:
        self._turns = turns
        self._queues = queues
        self._partitioner = partitioner
        self._item = item

    async def begin(self, url: str, *, redirected: bool) -> str:
        key = await _key_of(url, self._item, self._partitioner)
        if redirected or not self._queues.begin_request(key):
            await self._turns.wait(key)
        return key

    def end(self, key: str, *, asked: bool) -> None:
        self._turns.end(key, asked=asked)


class WaitedTurns:
    """Turns where nothing else goes on meanwhile: waits for them by `sleep`; `wait` says how long a key stays closed.

    Another host that stays closed for longer than `longest` (seconds) is not waited for.
    """

    def __init__(
        self,
        queues: PolitenessQueues[FetchItem],
        partitioner: Partitioner,
        item: FetchItem,
        wait: Callable[[str], float],
        longest: float,
        sleep: Callable[[float], object],
    ) -> None:
        self._queues = queues
        self._partitioner = partitioner
        self._item = item
        self._wait = wait
        self._longest = longest
        self._sleep = sleep

    async def begin(self, url: str, *, redirected: bool) -> str:
        key = await _key_of(url, self._item, self._partitioner)
        if redirected:
            if key != self._item.key and self._wait(key) > self._longest:
                raise FetchFailure(NO_TURN, key)
            while (wait := self._wait(key)) > 0:
                self._sleep(max(wait, 0.0005))
        self._queues.begin_request(key)
        return key

    def end(self, key: str, *, asked: bool) -> None:
        self._queues.end_request(key, asked=asked)


async def _key_of(url: str, item: FetchItem, partitioner: Partitioner) -> str:
    """The key of `url`, which the robots.txt of `item` is at or redirects to."""
    if host_of(url) == host_of(item.url):
        return item.key
    try:
        return (await partitioner.key_off_thread(url, {})).lower()
    except (ValueError, OSError):
        return url  # nobody is asked: its host has no address
