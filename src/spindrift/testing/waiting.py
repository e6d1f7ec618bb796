"""Waiting for what other threads bring about."""

import time
from collections.abc import Callable

PATIENCE = 10.0
"""Seconds of the machine's time after which something that should come about has not."""
_LOOK_SECONDS = 0.002


def wait_until(condition: Callable[[], object], timeout: float, said: Callable[[], str]) -> None:
    """Return once `condition()` holds. Raises AssertionError with `said()` if it does not in `timeout` seconds."""
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() >= until:
            raise AssertionError(f"did not come about in {timeout:g} s: {said()}")
        time.sleep(_LOOK_SECONDS)
