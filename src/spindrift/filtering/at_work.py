"""Which filter a call is of, or a stack is in: to name the one that comes to no end."""

from collections.abc import Iterable, Sequence
from types import FrameType

from spindrift.filtering.loading import LoadedFilter


def no_end(seconds: float) -> str:
    """What is said of a filter that was at work for so long."""
    return (
        f"has come to no end in {seconds:g} s (topology.subprocess.timeout.secs), after which a crawl gives a page up"
    )


def filter_of(call: FrameType, filters: Iterable[LoadedFilter]) -> LoadedFilter | None:
    """The filter whose method is called; None for any other call."""
    instance = call.f_locals.get("self")
    return next((loaded for loaded in filters if loaded.instance is instance), None)


def filter_at_work(frame: FrameType | None, filters: Sequence[LoadedFilter]) -> tuple[LoadedFilter, FrameType] | None:
    """The filter, and the frame of the call that it was given; None where the stack is in none of them."""
    found = None
    while frame is not None:
        if (loaded := filter_of(frame, filters)) is not None:
            found = loaded, frame
        frame = frame.f_back
    return found
