"""Python's garbage collector while a topology runs in a process of its own."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 50_000


@contextmanager
def calm_collector() -> Iterator[None]:
    """Look for cycles less often while this lasts: tens of thousands of tuples in flight are no sign of garbage.

    With Python's own thresholds the collector walks through them after every 700 new objects, which costs a third of
    the throughput. Tuples are freed by their reference counts; cycles are still found, later.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
