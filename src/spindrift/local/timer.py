"""What happens every so many seconds of a topology's clock: ticks, and the search for trees that took too long."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from spindrift.clock import Clock, SystemClock

_LOOK_SECONDS = 0.002
"""How often a clock that is not the machine's is looked at: it may be moved at any moment."""


class Ticker(Protocol):
    """What the runner asks of a timer."""

    def every(self, seconds: float, action: Callable[[], None]) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Timer:
    """Runs actions periodically in one thread; they only queue something, and take no time.

    An action that is overdue by several periods runs once: nobody needs to make up for a clock that jumped.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._actions: list[tuple[float, Callable[[], None]]] = []
        self._ended = Event()
        self._thread = Thread(target=self._main, name="timer", daemon=True)

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        """Register an action; before `start`."""
        self._actions.append((seconds, action))

    def start(self) -> None:
        if self._actions:
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _main(self) -> None:
        now = self._clock.monotonic()
        due = [now + seconds for seconds, _ in self._actions]
        real = isinstance(self._clock, SystemClock)
        while not self._ended.wait(max(min(due) - now, 0.0) if real else _LOOK_SECONDS):
            now = self._clock.monotonic()
            for index, (seconds, action) in enumerate(self._actions):
                if due[index] <= now:
                    action()
                    due[index] += seconds * (1 + (now - due[index]) // seconds)
