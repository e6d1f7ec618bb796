"""The politeness queues: who may be asked next, and when. A state machine without threads, sockets or sleep."""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from spindrift.clock import Clock
from spindrift.politeness.key_state import NEVER, KeyState, Late
from spindrift.politeness.limits import QueueLimits

T = TypeVar("T")

MAX_REMEMBERED = 200_000
"""Keys that are remembered for nothing but a pause or hold; beyond it, those that end soonest are forgotten."""


class PolitenessQueues(Generic[T]):
    """Items by key, handed out so that no key is asked too often or by too many at once, and every key gets its turn.

    The pause of a key counts from the end of its last request (with several threads also from the start of the one
    before) to the start of the next. It outlives the queue: a key that drains is remembered until its pause is over.
    Of a key that is new, or new again, one item starts at a time until `settle`: its robots.txt may ask for a pause.
    Every operation costs O(log keys). Not for several threads.
    """

    def __init__(self, limits: QueueLimits, clock: Clock, jitter: Callable[[], float] = random.random) -> None:
        """`jitter` gives numbers from 0 to 1."""
        self.limits = limits
        self._clock = clock
        self._jitter = jitter
        self._keys: dict[str, KeyState[T]] = {}
        # (earliest start, order, key): at most one valid entry a key, the one whose order is the key's token.
        self._ready: list[tuple[float, int, str]] = []
        self._drained: list[tuple[float, int, str]] = []
        self._order = 0
        self.running = 0
        self.queued = 0

    def __len__(self) -> int:
        """Keys with something that waits or runs, or a pause that is not over."""
        return len(self._keys)

    def add(self, key: str, item: T, *, threads: int | None = None) -> bool:
        """Queue an item; False where the queue of its key is full. `threads` overrides the limit of a new key."""
        self._forget_drained()
        known = self._keys.get(key)
        most = self.limits.max_queue_size
        if known is not None and most is not None and known.queued >= most:
            return False
        state = self._known_or_new(key, threads)
        if state.waiting is None:
            state.waiting = deque()
        state.waiting.append((self._clock.monotonic(), item))
        self.queued += 1
        self._schedule(state)
        return True

    def start_next(self) -> tuple[str, T] | None:
        """The item whose turn it is, which now counts as running; None where nothing may start at this moment."""
        if self.running >= self.limits.threads:
            return None
        now = self._clock.monotonic()
        while self._ready:
            ready_at, order, key = self._ready[0]
            state = self._keys.get(key)
            if state is None or state.token != order:
                heapq.heappop(self._ready)  # overtaken by a later change
                continue
            if ready_at > now:
                return None
            heapq.heappop(self._ready)
            state.scheduled_at = NEVER
            state.token = 0
            if state.waiting is None:
                continue
            _, item = state.waiting.popleft()
            self.queued -= 1
            state.running += 1
            state.turned = False
            self.running += 1
            if state.threads > 1:
                state.next_start = max(state.next_start, now + self._pause(state))
            self._schedule(state)
            return key, item
        return None

    def finished(self, key: str, *, asked: bool = True) -> None:
        """A running item has ended; `asked` False: without any request, so that no pause is due."""
        state = self._keys[key]
        state.running -= 1
        self.running -= 1
        if asked:
            state.next_start = max(state.next_start, self._clock.monotonic() + self._pause(state))
        self._schedule(state)

    def put_back(self, key: str, item: T, waiting_since: float) -> None:
        """Queue a running item again, before all others of its key; call `finished` for it as well."""
        state = self._keys[key]
        if state.waiting is None:
            state.waiting = deque()
        state.waiting.appendleft((waiting_since, item))
        self.queued += 1
        self._schedule(state)

    def pause(self, key: str) -> None:
        """Start nothing more of a key until as many `resume`: one of its running items waits for its robots.txt."""
        state = self._keys[key]
        state.paused += 1
        self._schedule(state)

    def resume(self, key: str) -> None:
        """End a `pause`."""
        state = self._keys[key]
        state.paused -= 1
        self._schedule(state)

    def want_turn(self, key: str, patience: float) -> float | None:
        """Let the next turn of a key be that of a request without an item: see `take_turn`. How long to wait for it:
        `patience`, and the pause of the key, in seconds; None, and nothing is wanted, where that will not do.
        """
        self._forget_drained()
        state = self._known_or_new(key)
        pause = _shortest_pause(state)
        before = state.turns + (state.turns + state.turned if state.waiting else 0)  # items have turns in between
        if max(0.0, self.opens_at(key) - self._clock.monotonic()) + before * pause > patience + pause:
            self._schedule(state)
            return None
        state.turns += 1
        self._schedule(state)
        return patience + pause

    def take_turn(self, key: str) -> float | None:
        """Begin a wanted request, to be ended by `end_request`: None. Otherwise when (monotonic) the key opens: never,
        as long as it is being asked, or after such a request, until an item has had its turn that can start. Items
        that wait for their robots.txt do not ask: it may be that of a host whose own waits for this key.
        """
        state = self._keys[key]
        if state.running - state.paused + state.asking > 0 or (state.turned and state.token):
            return NEVER
        opens = self.opens_at(key)
        if opens > self._clock.monotonic():
            return opens
        state.turns -= 1
        state.asking += 1
        state.turned = True
        return None

    def drop_turn(self, key: str) -> None:
        """What was wanted is not wanted any more."""
        state = self._keys[key]
        state.turns -= 1
        self._schedule(state)

    def begin_request(self, key: str) -> bool:
        """Begin a request without an item, for whose key it is time; False where another is under way."""
        state = self._known_or_new(key)
        if state.asking:
            return False
        state.asking = 1
        self._schedule(state)
        return True

    def end_request(self, key: str, *, asked: bool = True) -> None:
        """A request without an item has ended, and the pause of the key begins if there was one."""
        state = self._keys[key]
        state.asking -= 1
        if asked:
            state.next_start = max(state.next_start, self._clock.monotonic() + self._pause(state))
        self._schedule(state)

    def settle(self, key: str) -> None:
        """The pause of a key is known from now on. Something of it must wait or run."""
        state = self._keys[key]
        if not state.settled:
            state.settled = True
            self._schedule(state)

    def set_crawl_delay(self, key: str, origin: str, seconds: float | None) -> None:
        """What the robots.txt of `origin` (scheme, host and port) asks for; the longest of a key's origins counts.

        Something of the key must wait or run.
        """
        state = self._keys[key]
        if seconds is not None:
            if state.crawl_delays is None:
                state.crawl_delays = {}
            state.crawl_delays[origin] = seconds
        elif state.crawl_delays is not None:
            state.crawl_delays.pop(origin, None)

    def has_crawl_delay(self, key: str) -> bool:
        """Whether any robots.txt of a key has asked for a pause of its own."""
        return bool(self._keys[key].crawl_delays)

    def ask_delays(self, key: str, delay: float, min_delay: float) -> None:
        """Pauses (with one thread, with several) that a URL of a key asks for; the longest counts from now on.

        Something of the key must wait or run.
        """
        state = self._keys[key]
        state.asked_delay = max(state.asked_delay, delay)
        state.asked_min_delay = max(state.asked_min_delay, min_delay)

    def set_throttle(self, key: str, seconds: float) -> None:
        """The pause that is right for a key's server, in place of the configured one. Something of it must run."""
        self._keys[key].throttle = seconds

    def hold(self, key: str, until: float, *, probe: bool = False) -> None:
        """Start nothing of a key before `until` (monotonic), and then, with `probe`, one item at a time."""
        state = self._known_or_new(key)
        state.held_until = until
        state.probing = probe
        self._schedule(state)

    def release(self, key: str) -> None:
        """End a `hold` and its probing."""
        state = self._keys.get(key)
        if state is not None:
            state.held_until = 0.0
            state.probing = False
            self._schedule(state)

    def opens_at(self, key: str) -> float:
        """The monotonic time from which a key may be asked again, by its pause and its holds."""
        state = self._keys.get(key)
        return max(state.next_start, state.held_until) if state is not None else 0.0

    def shortest_pause(self, key: str) -> float:
        """Seconds between two requests to a key, by what is known of it. Something of it must wait or run."""
        return _shortest_pause(self._keys[key])

    def reason_of_pause(self, key: str) -> str:
        """What a key's pause is, for people. Something of it must wait or run."""
        kind = "Crawl-delay" if self.has_crawl_delay(key) else "pause"
        return f"{kind} of {self.shortest_pause(key):g} s"

    def take_waiting(self, key: str) -> list[T]:
        """Take everything that waits for a key out of its queue."""
        state = self._keys.get(key)
        if state is None or state.waiting is None:
            return []
        items = [item for _, item in state.waiting]
        self.queued -= len(items)
        state.waiting = None
        self._schedule(state)
        return items

    def take_late(self, key: str, patience: float) -> Late[T] | None:
        """Take out what of a key will not start within `patience` seconds, if every request before it were answered at
        once; None where all may. The pause of a key that has not been asked yet is unknown: its items may.
        """
        state = self._keys.get(key)
        if state is None or state.waiting is None:
            return None
        now = self._clock.monotonic()
        pause = _shortest_pause(state) if state.next_start else 0.0
        first = max(state.next_start, state.held_until, now + pause if state.running >= state.at_once else now)
        if first - now > patience:
            in_time = 0
        elif pause > 0:
            in_time = 1 + int((patience - (first - now)) / pause)
        else:
            return None
        if in_time >= len(state.waiting):
            return None
        items = [state.waiting.pop()[1] for _ in range(len(state.waiting) - in_time)]
        self.queued -= len(items)
        self._schedule(state)
        return Late(items[::-1], first + max(0, in_time - 2) * pause, self.reason_of_pause(key))

    def take_expired(self) -> list[tuple[str, T]]:
        """Take out the items that have waited longer than the queue time-out. Looks at every key: for a timer."""
        if self.limits.queue_timeout is None:
            return []
        latest = self._clock.monotonic() - self.limits.queue_timeout
        expired = []
        for state in list(self._keys.values()):
            while state.waiting and state.waiting[0][0] <= latest:
                expired.append((state.key, state.waiting.popleft()[1]))
                self.queued -= 1
                self._schedule(state)
        return expired

    def next_wakeup(self) -> float | None:
        """The monotonic time at which `start_next` will have something; None where only an event can change that."""
        if self.running >= self.limits.threads:
            return None
        while self._ready:
            ready_at, order, key = self._ready[0]
            state = self._keys.get(key)
            if state is not None and state.token == order:
                return ready_at
            heapq.heappop(self._ready)
        return None

    def states(self) -> Iterator[KeyState[T]]:
        """Every key that is remembered, for reports."""
        return iter(self._keys.values())

    def _known_or_new(self, key: str, threads: int | None = None) -> KeyState[T]:
        """The state of a key; `threads` is for one that is new."""
        state = self._keys.get(key)
        if state is None:
            threads = threads or self.limits.threads_of(key)
            state = self._keys[key] = KeyState(key, threads, self.limits.delay_of(key, threads))
        return state

    def _pause(self, state: KeyState[T]) -> float:
        pause = _shortest_pause(state)
        return pause * (1 + self._jitter()) if self.limits.randomized else pause

    def _schedule(self, state: KeyState[T]) -> None:
        """Bring the key's place in the heaps up to date with its state."""
        if not state.waiting:
            state.waiting = None  # an empty deque is larger than all the rest of a key
            state.scheduled_at = NEVER
            state.token = 0
            if not (state.running or state.asking or state.turns):
                self._order += 1
                heapq.heappush(self._drained, (max(state.next_start, state.held_until), self._order, state.key))
            return
        if state.running + state.asking >= state.at_once or state.paused or (state.turns and not state.turned):
            state.scheduled_at = NEVER
            state.token = 0
            return
        opens = max(state.next_start, state.held_until)
        # A key that is open keeps its place in the line; one whose opening was moved gets a new one.
        if state.token and (opens == state.scheduled_at or opens <= state.scheduled_at <= self._clock.monotonic()):
            return
        state.scheduled_at = max(opens, self._clock.monotonic())
        self._order += 1
        state.token = self._order
        heapq.heappush(self._ready, (state.scheduled_at, self._order, state.key))
        if len(self._ready) > 2 * len(self._keys) + 64:
            self._ready = [entry for entry in self._ready if self._is_valid(entry)]
            heapq.heapify(self._ready)

    def _is_valid(self, entry: tuple[float, int, str]) -> bool:
        state = self._keys.get(entry[2])
        return state is not None and state.token == entry[1]

    def _forget_drained(self) -> None:
        """Drop keys that have nothing left, and whose pause is over."""
        now = self._clock.monotonic()
        while self._drained and (self._drained[0][0] <= now or len(self._drained) > MAX_REMEMBERED):
            _, _, key = heapq.heappop(self._drained)
            state = self._keys.get(key)
            if state is None or state.waiting or state.running or state.asking or state.turns:
                continue
            if max(state.next_start, state.held_until) <= now or len(self._drained) >= MAX_REMEMBERED:
                del self._keys[key]


def _shortest_pause(state: KeyState[T]) -> float:
    pause = state.delay
    asked = state.asked_delay if state.threads == 1 else state.asked_min_delay
    if state.throttle is not None:
        pause = state.throttle
    if state.crawl_delays:
        robots = max(state.crawl_delays.values())
        pause = robots if state.throttle is None else max(robots, pause)
    return max(asked, pause)
