"""What ends a command whose filters come to no end."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from spindrift.cli.output import print_error
from spindrift.cli.signals import interrupts_end_at_once
from spindrift.conf import Settings
from spindrift.errors import SpindriftError
from spindrift.filtering.at_work import filter_at_work, no_end
from spindrift.filtering.loading import LoadedFilter


class _HasFilters(Protocol):
    """Its filters may change in the meantime."""

    loaded: tuple[LoadedFilter, ...]


@contextmanager
def endless_filters_end(
    settings: Settings, chains: Iterable[_HasFilters], leave: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """While this lasts, Ctrl-C ends the process at once, and so does a filter, by an error that names it, in one call.

    That is when it has been in it for topology.subprocess.timeout.secs, to within twice that. `leave` comes before.
    For the main thread, and for what leaves nothing else to clean up.
    """
    chains = list(chains)
    seconds = settings.seconds("topology.subprocess.timeout.secs")
    last: FrameType | None = None

    def look(_number: int, frame: FrameType | None) -> None:
        nonlocal last
        found = filter_at_work(frame, [loaded for chain in chains for loaded in chain.loaded])
        if found is None or found[1] is not last:
            last = found[1] if found else None
            return
        try:
            leave()
            print_error(SpindriftError(f"{_given(found[1])}filter {found[0].name} {no_end(seconds)}"))
        finally:
            os._exit(1)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        with interrupts_end_at_once(leave):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _given(call: FrameType) -> str:
    """The URL that a URL filter was given, as its last argument."""
    code = call.f_code
    url = call.f_locals.get(code.co_varnames[code.co_argcount - 1]) if code.co_argcount else None
    return f"{url}: " if isinstance(url, str) else ""
