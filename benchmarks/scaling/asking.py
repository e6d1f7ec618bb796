"""Questions to a frontier that take their time on a virtual clock."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final

from spindrift.clock import VirtualClock
from spindrift.frontier import Frontier, UrlRecord

_QUERY_SECONDS: Final = 0.03


class AskingClock(VirtualClock):
    """Also says how far a question to the frontier, which is asked at once, would have moved time."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Later(Executor):
    """Asks the frontier at once, and answers when the question would have been answered."""

    def __init__(self, clock: AskingClock, at: Callable[[float, Callable[[], None]], None]) -> None:
        self._clock = clock
        self._at = at

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        answer = fn(*args, **kwargs)
        self._at(max(self._clock.ahead, 0.001), lambda: future.set_result(answer))
        self._clock.ahead = 0.0
        return future


class AskedFrontier:
    """Lets time pass for whoever asks what is due; everything else is the frontier's."""

    def __init__(self, frontier: Frontier, clock: AskingClock) -> None:
        self._frontier = frontier
        self._clock = clock

    def due(self, *args: Any, **kwargs: Any) -> list[UrlRecord]:
        records = self._frontier.due(*args, **kwargs)
        self._clock.ahead = _QUERY_SECONDS
        return records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frontier, name)
