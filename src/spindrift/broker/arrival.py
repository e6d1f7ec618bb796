"""Lets readers of the embedded broker wait for what is written."""

import threading
from typing import Final

_LOOK: Final = 0.05
"""Seconds after which a reader looks for what other processes wrote."""


class Arrival:
    """Counts what this process committed; what other processes do is found by looking."""

    def __init__(self) -> None:
        self.count = 0
        self._condition = threading.Condition()

    def tell(self) -> None:
        """Something was committed."""
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Until more was committed than `seen`, it is time to look, or so many seconds have passed."""
        with self._condition:
            if self.count == seen:
                self._condition.wait(min(seconds, _LOOK))
